package api

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// The made-up plant: n assets in networks of 200, the first of each network a
// SCADA server that polls the others; every tenth asset stands in the office
// and asks the server of the first network for a page, which crosses.
var (
	vendors = []string{"Siemens", "Rockwell Automation", "Schneider Electric", "Beckhoff", ""}
	roles   = []string{plant.RoleController, plant.RoleDrive, plant.RoleHMI, plant.RoleRemoteIO}
)

const perNetwork = 200

// made is the plant's asset number i.
func made(i int) *plant.Asset {
	network, host := i/perNetwork, i%perNetwork+1
	a := &plant.Asset{
		ID: fmt.Sprintf("a%05d", i), Kind: plant.KindDevice, Side: plant.SideOT, Level: 1, Role: roles[i%len(roles)],
		MACs: []plant.MAC{{2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}}, IPs: []netip.Addr{netip.AddrFrom4([4]byte{10, byte(network >> 8), byte(network), byte(host)})},
		Names: []string{fmt.Sprintf("unit-%05d", i)}, Vendor: vendors[i%len(vendors)], Product: "Model " + string(rune('A'+i%7)), Firmware: fmt.Sprintf("V%d.%d", i%4, i%10),
		Protocols: []string{"modbus"}, First: clock.Add(-48 * time.Hour).Add(time.Duration(i) * time.Second), Last: clock.Add(-time.Duration(i%3600) * time.Second),
		Facts: []plant.Fact{
			{Field: plant.FieldName, Value: fmt.Sprintf("unit-%05d", i), Source: "lldp", Confidence: .9, Count: 3, First: clock.Add(-time.Hour), Last: clock, Packet: plant.NewPacketRef(1, uint64(i)+1)},
		},
		Reasons: []plant.Reason{{What: "role", Why: "It answers Modbus requests.", Packet: plant.NewPacketRef(1, uint64(i)+1)}},
	}
	switch {
	case i%perNetwork == 0:
		a.Role, a.Level, a.Vendor = plant.RoleSCADA, 3, "AVEVA"
	case i%10 == 9:
		a.Role, a.Level, a.Side, a.Vendor, a.Protocols = plant.RolePC, 4, plant.SideIT, "Dell", []string{"http"}
	}
	return a
}

func endpoint(i int) plant.Endpoint {
	a := made(i)
	return plant.Endpoint{MAC: a.MACs[0], IP: a.IPs[0]}
}

func network(i int) string {
	p, _ := endpoint(i).IP.Prefix(24)
	return p.String()
}

func madeRows(n int) iter.Seq[store.AssetRow] {
	return func(yield func(store.AssetRow) bool) {
		for i := range n {
			row := store.AssetRow{Asset: made(i), Network: network(i), Endpoints: []plant.Endpoint{endpoint(i)}}
			row.Label = row.Asset.Names[0]
			if i == 1 {
				row.Former = []string{"former-1"}
			}
			if !yield(row) {
				return
			}
		}
	}
}

// talk is the conversation of asset i with its server in one minute.
func talk(i int, at time.Time) plant.Conversation {
	c := plant.Conversation{
		Client: endpoint(i - i%perNetwork), Server: endpoint(i), Transport: plant.TCP, Port: 502, Protocol: "modbus", Confirmed: true, Answered: true, Established: true,
		Flows: 1, PacketsUp: 10, PacketsDown: 10, BytesUp: 1000, BytesDown: 1000 + uint64(i), First: at, Last: at.Add(50 * time.Second), Packet: plant.NewPacketRef(0, uint64(i)+1),
	}
	if i%10 == 9 {
		c.Client, c.Server, c.Port, c.Protocol = endpoint(i), endpoint(0), 80, "http"
	}
	return c
}

// ask is what the server asks of asset i in one minute.
func asked(i int, at time.Time) plant.Operation {
	o := plant.Operation{
		Verb:      plant.Verb{Protocol: "modbus", Code: "3", Name: "Read Holding Registers", Kind: plant.Read},
		Requester: endpoint(i - i%perNetwork), Responder: endpoint(i), Port: 502, Object: "holding registers 0-9",
		Requests: 60, Responses: 60, Accepted: 60, First: at, Last: at.Add(50 * time.Second), Packet: plant.NewPacketRef(0, uint64(i)+1),
	}
	if i%50 == 1 {
		o.Verb = plant.Verb{Protocol: "modbus", Code: "16", Name: "Write Multiple Registers", Kind: plant.Write, Technique: "T0855"}
		o.Value, o.Refused, o.Accepted = "7", 1, 59
	}
	return o
}

// crosses is from one side to the other.
func crosses(a, b store.Stand, protocol string, _ bool) bool {
	return a.Side != b.Side && a.Side != plant.SideUnknown && b.Side != plant.SideUnknown && !plant.Housekeeping(protocol)
}

// madePlant is a server over a SQLite store with n assets, seen by one sensor
// in the last minutes.
type madePlant struct {
	*Server
	db      *store.DB
	archive *history.Archive
	n       int
}

func openStore(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.Options{Now: func() time.Time { return clock }, Words: readWords, Crosses: crosses, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func fill(t testing.TB, n int, o Options) *madePlant {
	t.Helper()
	ctx := context.Background()
	db := openStore(t)
	status := plant.SensorStatus{Version: "1", Source: "eth1", State: plant.SensorWatching, Started: clock.Add(-time.Hour), RingBytes: 1 << 20, RingOldest: clock.Add(-30 * time.Minute)}
	const minutes = 2
	for m := range minutes {
		at := clock.Add(time.Duration(m-minutes) * time.Minute)
		status.Packets += 6000
		status.Bytes += 600_000
		b := &plant.Batch{Site: "plant", Sensor: "line-1", Epoch: "e1", Sequence: uint64(m) + 1, From: at, To: at.Add(time.Minute), Made: at.Add(time.Minute), Status: status}
		for i := range n {
			b.Conversations = append(b.Conversations, talk(i, at))
			if i%perNetwork != 0 && i%10 != 9 {
				b.Operations = append(b.Operations, asked(i, at))
			}
			if m == 0 {
				f := made(i).Facts[0]
				b.Sightings = append(b.Sightings, plant.Sighting{Endpoint: endpoint(i), Slot: plant.NoSlot, Field: f.Field, Value: f.Value, Source: f.Source, Confidence: f.Confidence, Count: f.Count, First: f.First, Last: f.Last, Packet: plant.NewPacketRef(0, uint64(i)+1)})
			}
		}
		if _, err := db.Apply(ctx, []*plant.Batch{b}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.SaveInventory(ctx, "plant", clock, madeRows(n)); err != nil {
		t.Fatal(err)
	}
	findings := []plant.Finding{
		{Rule: "office-reaches-plant", Level: "high", Title: "An office PC reaches the plant floor", Why: "It should not.", Next: []string{"Ask who needs it."}, Assets: []string{made(9).ID, made(0).ID}, Count: 3, First: clock.Add(-time.Hour), Last: clock, Details: []string{"unit-00009 → unit-00000 http"}, Evidence: []plant.PacketRef{plant.NewPacketRef(1, 10)}},
		{Rule: "no-authentication", Level: "low", Title: "A protocol without authentication", Why: "Anyone can write.", Assets: []string{made(1).ID}, Count: 1, First: clock, Last: clock},
	}
	if _, err := db.SaveFindings(ctx, "plant", clock, findings); err != nil {
		t.Fatal(err)
	}
	archive, err := history.Open(ctx, history.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { archive.Close() })
	o.Store, o.History, o.Crosses = db, archive, crosses
	return &madePlant{Server: bare(t, o), db: db, archive: archive, n: n}
}

// seal puts one conversation and one operation of each asset into the history
// of an hour of yesterday, each minute of it.
func (p *madePlant) seal(t testing.TB, hour time.Time, minutes int) {
	t.Helper()
	ctx := context.Background()
	spec := history.Spec{Site: "plant", Step: plant.StepMinute, From: hour, To: hour.Add(time.Hour)}
	talks, err := p.archive.WriteConversations(ctx, spec, func(yield func(history.Conversation, error) bool) {
		for m := range minutes {
			for i := range p.n {
				at := hour.Add(time.Duration(m) * time.Minute)
				c := talk(i, at)
				c.Packet = plant.NewPacketRef(1, uint64(i)+1)
				if !yield(history.Conversation{Sensor: "line-1", Start: at, Conversation: c}, nil) {
					return
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	asks, err := p.archive.WriteOperations(ctx, spec, func(yield func(history.Operation, error) bool) {
		for m := range minutes {
			for i := range p.n {
				at := hour.Add(time.Duration(m) * time.Minute)
				if !yield(history.Operation{Sensor: "line-1", Start: at, Operation: asked(i, at)}, nil) {
					return
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.db.ReplaceSegments(ctx, nil, []plant.Segment{talks, asks}); err != nil {
		t.Fatal(err)
	}
}

// walk reads all pages of a list.
func walk[T any](t testing.TB, s *Server, target string) (all []T, pages int) {
	t.Helper()
	cursor := ""
	for {
		l := getJSON[List[T]](t, s, target+cursor)
		all = append(all, l.Items...)
		pages++
		if l.Next == "" {
			return all, pages
		}
		if pages > 1000 {
			t.Fatal("the list has no end")
		}
		cursor = "&cursor=" + l.Next
	}
}

func ids[T any](list []T, id func(*T) string) []string {
	var out []string
	for i := range list {
		out = append(out, id(&list[i]))
	}
	slices.Sort(out)
	return out
}
