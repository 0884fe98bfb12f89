package store

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// assetAt makes the asset of endpoint n.
func assetAt(n int, change ...func(*plant.Asset)) AssetRow {
	e := endpoint(n)
	a := &plant.Asset{
		ID: fmt.Sprintf("a%d", n), Kind: plant.KindDevice, Side: plant.SideOT, Level: 1, Role: plant.RoleController,
		MACs: []plant.MAC{e.MAC}, Names: []string{fmt.Sprintf("PLC-%d", n)}, Vendor: "Siemens", Product: "CPU 315", Firmware: "V3.2", Serial: fmt.Sprint("S C-", n),
		Protocols: []string{"modbus", "s7comm"}, First: now.Add(-time.Hour), Last: now,
		Facts: []plant.Fact{{Field: plant.FieldFirmware, Value: "V3.2", Source: "lldp", Confidence: 0.5, Count: 1, First: now, Last: now, Packet: plant.NewPacketRef(1, 7)}},
	}
	if e.IP.IsValid() {
		a.IPs = []netip.Addr{e.IP}
	}
	for _, f := range change {
		f(a)
	}
	return AssetRow{Asset: a, Label: a.Names[0], Network: fmt.Sprintf("10.0.%d.0/24", n/250), Endpoints: []plant.Endpoint{e}}
}

func office(a *plant.Asset) {
	a.Side, a.Level, a.Role, a.Vendor = plant.SideIT, 4, plant.RolePC, "Dell"
	a.Protocols = []string{"smb"}
}

// talk is a batch with one conversation of each pair.
func talk(seq uint64, pairs ...[2]int) *plant.Batch {
	b := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: seq, From: now.Add(-time.Minute), To: now, Made: now}
	for i, p := range pairs {
		b.Conversations = append(b.Conversations, plant.Conversation{
			Client: endpoint(p[0]), Server: endpoint(p[1]), Transport: plant.TCP, Port: 502, Protocol: "modbus", Answered: true, Flows: 1,
			PacketsUp: 10, PacketsDown: 10, BytesUp: uint64(1000 * (i + 1)), BytesDown: 500, First: now.Add(-time.Minute), Last: now, Packet: plant.PacketRef(i + 1),
		})
		b.Operations = append(b.Operations, plant.Operation{
			Verb: plant.Verb{Protocol: "modbus", Code: "16", Name: "Write Multiple Registers", Kind: plant.Write}, Requester: endpoint(p[0]), Responder: endpoint(p[1]),
			Port: 502, Object: "holding registers 1-2", Value: "7", Requests: 2, Responses: 2, Accepted: 2, First: now, Last: now, Packet: plant.PacketRef(i + 1),
		})
	}
	return b
}

func save(t *testing.T, db *DB, at time.Time, rows ...AssetRow) Saved {
	t.Helper()
	return must[Saved](t)(db.SaveInventory(ctx, "works", at, slices.Values(rows)))
}

func TestSaveInventorySaysWhatChanged(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2}, [2]int{3, 2})}))
		later := now.Add(time.Minute)
		tests := []struct {
			name string
			rows []AssetRow
			want Saved
		}{
			{"all are new", []AssetRow{assetAt(1), assetAt(2)}, Saved{Put: []string{"a1", "a2"}, Changes: []Change{
				{Asset: "a1", Field: "asset", New: "seen", When: later}, {Asset: "a2", Field: "asset", New: "seen", When: later},
			}}},
			{"nothing changed", []AssetRow{assetAt(1), assetAt(2)}, Saved{}},
			{"only seen again", []AssetRow{assetAt(1, func(a *plant.Asset) { a.Last = later; a.Facts[0].Count = 9; a.Facts[0].Last = later }), assetAt(2)}, Saved{}},
			{"firmware changed", []AssetRow{assetAt(1, func(a *plant.Asset) { a.Firmware = "V3.3" }), assetAt(2)}, Saved{Put: []string{"a1"}, Changes: []Change{
				{Asset: "a1", Field: "firmware", Old: "V3.2", New: "V3.3", When: later},
			}}},
			{"a module came", []AssetRow{assetAt(1, func(a *plant.Asset) {
				a.Firmware, a.Modules = "V3.3", []plant.Module{{Slot: 3, OrderNumber: "CP 343"}}
			}), assetAt(2)}, Saved{Put: []string{"a1"}, Changes: []Change{{Asset: "a1", Field: "module 3", New: "CP 343", When: later}}}},
			{"one is gone", []AssetRow{assetAt(1, func(a *plant.Asset) {
				a.Firmware, a.Modules = "V3.3", []plant.Module{{Slot: 3, OrderNumber: "CP 343"}}
			})}, Saved{Removed: []string{"a2"}, Changes: []Change{{Asset: "a2", Field: "asset", Old: "seen", New: "gone", When: later}}}},
			{"it comes back", []AssetRow{assetAt(1, func(a *plant.Asset) {
				a.Firmware, a.Modules = "V3.3", []plant.Module{{Slot: 3, OrderNumber: "CP 343"}}
			}), assetAt(2)}, Saved{Put: []string{"a2"}, Changes: []Change{{Asset: "a2", Field: "asset", Old: "gone", New: "seen", When: later}}}},
		}
		for _, tt := range tests {
			if d := cmp.Diff(tt.want, save(t, db, later, tt.rows...)); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, d)
			}
		}
		d := must[AssetDetail](t)(db.Asset(ctx, "a1"))
		var fields []string
		for _, c := range d.Changes {
			fields = append(fields, c.Field)
		}
		if diff := cmp.Diff([]string{"module 3", "firmware", "asset"}, fields); diff != "" {
			t.Errorf("changes of a1, newest first (-want +got):\n%s", diff)
		}
		l := must[List[Change]](t)(db.Changes(ctx, "works", time.Time{}, Page{Limit: 2}))
		if l.Total != 6 || len(l.Items) != 2 || l.Items[0].Asset != "a2" || l.Next == "" {
			t.Errorf("all changes: %+v", l)
		}
	})
}

func TestAnAssetIsFoundByItsFormerIdentifiers(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2})}))
		save(t, db, now, assetAt(1), assetAt(2))
		both := assetAt(1, func(a *plant.Asset) { a.ID = "b" })
		both.Former = []string{"a1", "a2"}
		both.Endpoints = []plant.Endpoint{endpoint(1), endpoint(2)}
		saved := save(t, db, now, both)
		if d := cmp.Diff([]string{"a1", "a2"}, saved.Removed); d != "" {
			t.Errorf("removed (-want +got):\n%s", d)
		}
		again := assetAt(1, func(a *plant.Asset) { a.ID = "c" })
		again.Former = []string{"b"}
		again.Endpoints = both.Endpoints
		save(t, db, now, again)
		for _, id := range []string{"a1", "a2", "b", "c"} {
			d := must[AssetDetail](t)(db.Asset(ctx, id))
			if d.ID != "c" || d.Full.ID != "c" {
				t.Errorf("%s leads to %s", id, d.ID)
			}
			if diff := cmp.Diff([]string{"a1", "a2", "b"}, d.Former); diff != "" {
				t.Errorf("former (-want +got):\n%s", diff)
			}
			if len(d.Changes) < 4 {
				t.Errorf("%d changes came along, want those of all", len(d.Changes))
			}
		}
		_, err := db.Asset(ctx, "nobody")
		wantKind(t, err, ErrNotFound)
		owners := map[plant.Endpoint]string{}
		ok(t, db.EndpointAssets(ctx, "works", func(e plant.Endpoint, id string) error { owners[e] = id; return nil }))
		if d := cmp.Diff(map[plant.Endpoint]string{endpoint(1): "c", endpoint(2): "c"}, owners, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
			t.Errorf("owners (-want +got):\n%s", d)
		}
	})
}

func TestAssetsOfSomeEndpoints(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		var rows []AssetRow
		pairs := [][2]int{{1, 40}}
		for i := range 30 { // some have no IP address
			rows, pairs = append(rows, assetAt(i)), append(pairs, [2]int{i, 1})
		}
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, pairs...)}))
		save(t, db, now, rows...)
		all := map[plant.Endpoint]string{}
		ok(t, db.EndpointAssets(ctx, "works", func(e plant.Endpoint, id string) error { all[e] = id; return nil }))
		asked := []plant.Endpoint{endpoint(40), endpoint(99)} // of nobody, never seen
		want := map[plant.Endpoint]string{}
		for i := 3; i < 25; i++ {
			asked = append(asked, endpoint(i), endpoint(i))
			want[endpoint(i)] = all[endpoint(i)]
		}
		other := endpoint(26)
		other.VLAN++ // the address is another's
		for _, more := range []int{0, manyEndpoints} {
			for i := range more {
				asked = append(asked, endpoint(100+i))
			}
			got := map[plant.Endpoint]string{}
			ok(t, db.AssetsOf(ctx, "works", append(asked, other), func(e plant.Endpoint, id string) error { got[e] = id; return nil }))
			if len(got) != 22 || !maps.Equal(want, got) {
				t.Errorf("with %d others: %v, want %v", more, got, want)
			}
		}
	})
}

func TestTheDetailOfAnAssetIsUpToDate(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		row := assetAt(1)
		b := talk(1, [2]int{1, 2})
		f := row.Asset.Facts[0]
		b.Sightings = []plant.Sighting{{Endpoint: endpoint(1), Slot: plant.NoSlot, Field: f.Field, Value: f.Value, Source: f.Source, Count: 5, First: now.Add(-time.Hour), Last: now.Add(time.Hour), Packet: 7}}
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{b}))
		save(t, db, now, row, assetAt(2))
		d := must[AssetDetail](t)(db.Asset(ctx, "a1"))
		if got := d.Full.Facts[0]; got.Count != 5 || !got.Last.Equal(now.Add(time.Hour)) || got.Packet != f.Packet {
			t.Errorf("fact is %+v", got)
		}
		want := *row.Asset
		if diff := cmp.Diff(want, d.Full, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(plant.Fact{}, "Count", "First", "Last")); diff != "" {
			t.Errorf("asset (-want +got):\n%s", diff)
		}
	})
}

func TestCrossingsFollowTheInventory(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2}, [2]int{3, 2})}))
		yes := true
		crossing := func() (names []string) {
			t.Helper()
			l := must[List[ConversationItem]](t)(db.Conversations(ctx, TalkFilter{Crossing: &yes}, Page{Sort: "first_seen"}))
			for _, c := range l.Items {
				names = append(names, c.ClientAsset.ID+"-"+c.ServerAsset.ID)
			}
			o := must[List[OperationItem]](t)(db.Operations(ctx, TalkFilter{Crossing: &yes}, Page{}))
			if len(o.Items) != len(l.Items) {
				t.Errorf("%d operations cross and %d conversations", len(o.Items), len(l.Items))
			}
			return names
		}
		steps := []struct {
			name string
			do   func()
			want []string
		}{
			{"nothing is placed", func() {}, nil},
			{"one client is in the office", func() { save(t, db, now, assetAt(1, office), assetAt(2), assetAt(3)) }, []string{"a1-a2"}},
			{"the other is, too", func() { save(t, db, now, assetAt(1, office), assetAt(2), assetAt(3, office)) }, []string{"a1-a2", "a3-a2"}},
			{"the first moves to the floor", func() { save(t, db, now, assetAt(1), assetAt(2), assetAt(3, office)) }, []string{"a3-a2"}},
			{"the second is gone", func() { save(t, db, now, assetAt(1), assetAt(2)) }, nil},
			{"it comes back", func() { save(t, db, now, assetAt(1), assetAt(2), assetAt(3, office)) }, []string{"a3-a2"}},
			{"a new conversation crosses once it is placed", func() {
				must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(2, [2]int{3, 1})}))
				save(t, db, now, assetAt(1), assetAt(2), assetAt(3, office))
			}, []string{"a3-a2", "a3-a1"}},
			{"its endpoint goes to another asset", func() {
				all := assetAt(2)
				all.Endpoints = []plant.Endpoint{endpoint(2), endpoint(1)}
				none := assetAt(1)
				none.Endpoints = nil
				save(t, db, now, none, all, assetAt(3, office))
			}, []string{"a3-a2", "a3-a2"}},
		}
		for _, s := range steps {
			s.do()
			if d := cmp.Diff(s.want, crossing()); d != "" {
				t.Errorf("%s (-want +got):\n%s", s.name, d)
			}
		}
	})
}

func TestChangesOfAnAssetAreBounded(t *testing.T) {
	o := testOptions()
	o.Limits.Changes = 3
	enginesWith(t, o, func(t *testing.T, db *DB) {
		for i := range 8 {
			save(t, db, now, assetAt(1, func(a *plant.Asset) { a.Firmware = fmt.Sprint(i) }), assetAt(2))
		}
		d := must[AssetDetail](t)(db.Asset(ctx, "a1"))
		if len(d.Changes) != 3 || d.Changes[0].New != "7" || d.Changes[2].New != "5" {
			t.Errorf("changes are %+v", d.Changes)
		}
	})
}

func TestAnInventoryWithTwins(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		_, err := db.SaveInventory(ctx, "works", now, slices.Values([]AssetRow{assetAt(1), assetAt(1)}))
		wantKind(t, err, ErrInvalid)
		save(t, db, now, assetAt(1))
		_, err = db.SaveInventory(ctx, "works", now, slices.Values([]AssetRow{assetAt(1), assetAt(1)}))
		wantKind(t, err, ErrInvalid)
	})
}
