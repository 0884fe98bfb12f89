package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// plantOf saves 40 assets, 10 of them in the office.
func plantOf(t *testing.T, db *DB) {
	t.Helper()
	var rows []AssetRow
	var pairs [][2]int
	for i := 1; i <= 40; i++ {
		change := func(a *plant.Asset) { a.Last = now.Add(time.Duration(i) * time.Second) }
		if i%4 == 0 {
			rows = append(rows, assetAt(i, office, change))
		} else {
			rows = append(rows, assetAt(i, change))
		}
		pairs = append(pairs, [2]int{i, i%40 + 1})
	}
	must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, pairs...)}))
	save(t, db, now, rows...)
}

func TestAssetFilters(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		plantOf(t, db)
		four := 4.0
		tests := []struct {
			name string
			f    AssetFilter
			want int64
		}{
			{"all", AssetFilter{}, 40},
			{"site", AssetFilter{Site: "works"}, 40},
			{"another site", AssetFilter{Site: "nowhere"}, 0},
			{"side", AssetFilter{Side: "it"}, 10},
			{"role", AssetFilter{Role: plant.RolePC}, 10},
			{"vendor", AssetFilter{Vendor: "Siemens"}, 30},
			{"level", AssetFilter{Level: &four}, 10},
			{"kind", AssetFilter{Kind: "network"}, 0},
			{"network", AssetFilter{Network: "10.0.0.0/24"}, 40},
			{"protocol", AssetFilter{Protocol: "smb"}, 10},
			{"part of a protocol's name", AssetFilter{Protocol: "mod"}, 0},
			{"protocol that is a pattern", AssetFilter{Protocol: "s%"}, 0},
			{"name", AssetFilter{Q: "plc-7"}, 1},
			{"two words", AssetFilter{Q: "PLC siemens"}, 30},
			{"address", AssetFilter{Q: "10.0.0.9"}, 1},
			{"serial number", AssetFilter{Q: "c-38"}, 1},
			{"MAC", AssetFilter{Q: "00:1b:1b:00:00:0a"}, 1},
			{"wildcards are letters", AssetFilter{Q: "%"}, 0},
			{"underscore is a letter", AssetFilter{Q: "plc_7"}, 0},
			{"seen since", AssetFilter{SeenSince: now.Add(31 * time.Second)}, 10},
			{"first since", AssetFilter{FirstSince: now}, 0},
			{"quote", AssetFilter{Q: "' OR 1=1 --", Vendor: "'"}, 0},
		}
		for _, tt := range tests {
			l := must[List[AssetItem]](t)(db.Assets(ctx, tt.f, Page{}))
			if l.Total != tt.want || int64(len(l.Items)) != tt.want {
				t.Errorf("%s: %d of %d assets, want %d", tt.name, len(l.Items), l.Total, tt.want)
			}
			if f := must[Facets](t)(db.AssetFacets(ctx, tt.f)); f.Total != tt.want {
				t.Errorf("%s: facets count %d, want %d", tt.name, f.Total, tt.want)
			}
		}
		f := must[Facets](t)(db.AssetFacets(ctx, AssetFilter{}))
		want := Facets{
			Total: 40, Vendors: []Count{{"Siemens", 30}, {"Dell", 10}}, Roles: []Count{{"controller", 30}, {"PC", 10}}, Kinds: []Count{{"device", 40}},
			Sides: []Count{{"ot", 30}, {"it", 10}}, Levels: []Count{{"1", 30}, {"4", 10}}, Protocols: []Count{{"modbus", 30}, {"s7comm", 30}, {"smb", 10}},
			Networks: []Count{{"10.0.0.0/24", 40}}, Sites: []Count{{"works", 40}},
			Zones: []Count{{None, 40}}, Lines: []Count{{None, 40}}, Cells: []Count{{None, 40}}, Owners: []Count{{None, 40}},
		}
		if d := cmp.Diff(want, f); d != "" {
			t.Errorf("facets (-want +got):\n%s", d)
		}
	})
}

// TestPagesGiveEveryRowOnce walks every list in every order with small pages.
func TestPagesGiveEveryRowOnce(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		plantOf(t, db)
		for _, sort := range AssetSorts {
			for _, sort := range []string{sort, "-" + sort} {
				walkPages(t, "assets by "+sort, 40, sort, func(p Page) (List[AssetItem], error) { return db.Assets(ctx, AssetFilter{}, p) }, func(a AssetItem) string { return a.ID })
			}
		}
		for _, sort := range []string{"first_seen", "last_seen", "bytes", "packets"} {
			for _, sort := range []string{sort, "-" + sort} {
				walkPages(t, "conversations by "+sort, 40, sort, func(p Page) (List[ConversationItem], error) { return db.Conversations(ctx, TalkFilter{}, p) }, func(c ConversationItem) string { return fmt.Sprint(c.ID) })
				walkPages(t, "conversations of a7 by "+sort, 2, sort, func(p Page) (List[ConversationItem], error) {
					return db.Conversations(ctx, TalkFilter{Asset: "a7"}, p)
				}, func(c ConversationItem) string { return fmt.Sprint(c.ID) })
			}
		}
		for _, sort := range []string{"first_seen", "last_seen", "requests"} {
			walkPages(t, "operations by "+sort, 40, sort, func(p Page) (List[OperationItem], error) { return db.Operations(ctx, TalkFilter{Kind: "write"}, p) }, func(c OperationItem) string { return fmt.Sprint(c.ID) })
		}
	})
}

func walkPages[T any](t *testing.T, name string, want int, sort string, page func(Page) (List[T], error), id func(T) string) {
	t.Helper()
	seen := map[string]bool{}
	var order []string
	whole := must[List[T]](t)(page(Page{Sort: sort, Limit: 1000}))
	for p := (Page{Sort: sort, Limit: 7}); ; {
		l, err := page(p)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, item := range l.Items {
			if seen[id(item)] {
				t.Fatalf("%s: %s comes twice", name, id(item))
			}
			seen[id(item)] = true
			order = append(order, id(item))
		}
		if l.Next == "" {
			break
		}
		p.Cursor = l.Next
	}
	var at []string
	for _, item := range whole.Items {
		at = append(at, id(item))
	}
	if len(seen) != want || !slices.Equal(at, order) {
		t.Errorf("%s: pages give %d rows, want %d in the order of one page", name, len(seen), want)
	}
}

func TestWhatNoListCanDo(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		plantOf(t, db)
		first := must[List[AssetItem]](t)(db.Assets(ctx, AssetFilter{}, Page{Limit: 1}))
		tests := []struct {
			name string
			p    Page
		}{
			{"sort by what is none", Page{Sort: "color"}},
			{"sort by SQL", Page{Sort: "label; DROP TABLE asset"}},
			{"a cursor that is none", Page{Cursor: "?"}},
			{"a cursor of another order", Page{Cursor: first.Next, Sort: "-label"}},
			{"a limit below 0", Page{Limit: -1}},
			{"a limit above all", Page{Limit: maxLimit + 1}},
		}
		for _, tt := range tests {
			_, err := db.Assets(ctx, AssetFilter{}, tt.p)
			wantKind(t, err, ErrInvalid)
		}
		_, err := db.Conversations(ctx, TalkFilter{Kind: "write"}, Page{})
		wantKind(t, err, ErrInvalid)
		_, err = db.Conversations(ctx, TalkFilter{Peer: "a1"}, Page{})
		wantKind(t, err, ErrInvalid)
		_, err = db.Assets(ctx, AssetFilter{Q: strings.Repeat("a ", 20)}, Page{})
		wantKind(t, err, ErrInvalid)
		_, err = db.Traffic(ctx, "works", "", now, now, time.Minute)
		wantKind(t, err, ErrInvalid)
		_, err = db.TopTalkers(ctx, "works", now, 0)
		wantKind(t, err, ErrInvalid)
	})
}

func TestTalkFilters(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		plantOf(t, db)
		no, yes := false, true
		tests := []struct {
			name string
			f    TalkFilter
			want int64
		}{
			{"all", TalkFilter{}, 40},
			{"asset", TalkFilter{Asset: "a5"}, 2},
			{"pair", TalkFilter{Asset: "a5", Peer: "a6"}, 1},
			{"pair the other way", TalkFilter{Asset: "a6", Peer: "a5"}, 1},
			{"strangers", TalkFilter{Asset: "a5", Peer: "a9"}, 0},
			{"nobody", TalkFilter{Asset: "nobody"}, 0},
			{"protocol", TalkFilter{Protocol: "modbus"}, 40},
			{"crossing", TalkFilter{Crossing: &yes}, 20},
			{"not crossing", TalkFilter{Crossing: &no}, 20},
			{"from", TalkFilter{From: now.Add(time.Second)}, 0},
			{"to", TalkFilter{To: now.Add(-time.Hour)}, 0},
			{"between", TalkFilter{From: now.Add(-time.Hour), To: now.Add(time.Hour)}, 40},
			{"site", TalkFilter{Site: "works"}, 40},
			{"another site", TalkFilter{Site: "nowhere"}, 0},
		}
		for _, tt := range tests {
			l := must[List[ConversationItem]](t)(db.Conversations(ctx, tt.f, Page{}))
			o := must[List[OperationItem]](t)(db.Operations(ctx, tt.f, Page{}))
			if l.Total != tt.want || int64(len(l.Items)) != tt.want || o.Total != tt.want {
				t.Errorf("%s: %d of %d conversations and %d operations, want %d", tt.name, len(l.Items), l.Total, o.Total, tt.want)
			}
		}
	})
}

func TestPeersMapTrafficAndOverview(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		plantOf(t, db)
		l := must[List[Peer]](t)(db.Peers(ctx, "a5", now.Add(-time.Hour), Page{}))
		if len(l.Items) != 2 || !l.Items[0].Out || l.Items[0].ServerAsset.ID != "a6" || l.Items[1].Out || l.Items[0].RecentBytes != 5500 || l.Items[0].RecentPackets != 20 {
			t.Errorf("peers are %+v", l.Items)
		}
		m := must[*Map](t)(db.Map(ctx, "works"))
		if len(m.Assets) != 40 || len(m.Pairs) != 20 || len(m.Networks) != 0 || !slices.Equal(m.Pairs[0].Operations, []plant.Kind{plant.Write}) || m.Pairs[0].From != "a40" {
			t.Errorf("map has %d assets, pairs %+v, networks %+v", len(m.Assets), m.Pairs, m.Networks)
		}
		o := must[*Overview](t)(db.Overview(ctx, ""))
		if o.Assets != 40 || o.Conversations != 40 || o.Crossings != 20 || !o.Observed.Equal(now) || !o.RecentFrom.Equal(now.Add(-time.Minute)) || !slices.Equal(o.Sites, []string{"works"}) {
			t.Errorf("overview is %+v", o)
		}
		talkers := must[[]Talker](t)(db.TopTalkers(ctx, "works", now.Add(-time.Hour), 3))
		if len(talkers) != 3 || talkers[0].Asset.ID != "a40" || talkers[0].Bytes != 40500+39500 {
			t.Errorf("talkers are %+v", talkers)
		}
		for _, asset := range []string{"", "a5"} {
			b := must[[]Bucket](t)(db.Traffic(ctx, "works", asset, now.Add(-time.Hour), now.Add(time.Hour), 5*time.Minute))
			want := []Bucket{{At: now.Add(-5 * time.Minute), Protocol: "modbus", Packets: 800, Bytes: 40*500 + 1000*820}}
			if asset != "" {
				want[0].Packets, want[0].Bytes = 40, 4500+5500
			}
			if d := cmp.Diff(want, b); d != "" {
				t.Errorf("traffic of %q (-want +got):\n%s", asset, d)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(cursorAt("label", "plc", 7).encode(), "label")
	f.Add(cursorAt("-bytes", int64(1<<60), 7).encode(), "-bytes")
	f.Add(cursorAt("level", 3.5, 7).encode(), "level")
	f.Add("e30", "")
	f.Fuzz(func(t *testing.T, s, sort string) {
		c, err := parseCursor(s, sort)
		if err != nil {
			return
		}
		v, err := c.value()
		if err != nil {
			t.Fatalf("a cursor that was read has no value: %v", err)
		}
		again, err := parseCursor(cursorAt(sort, v, c.ID).encode(), sort)
		if err != nil {
			t.Fatalf("it cannot be written again: %v", err)
		}
		if w, err := again.value(); err != nil || w != v || again.ID != c.ID {
			t.Fatalf("%v, %d became %v, %d", v, c.ID, w, again.ID)
		}
	})
}

func TestTallyCountsWhatIsInside(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		var batches [][2]int
		for i := 1; i < 6; i++ {
			batches = append(batches, [2]int{i, i + 1})
		}
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, batches...)}))
		save(t, db, now,
			assetAt(1),
			assetAt(2, func(a *plant.Asset) { a.Firmware, a.OS = "", "" }),
			assetAt(3, func(a *plant.Asset) { a.Firmware, a.OS = "", "Windows 10" }),
			assetAt(4, office),
			assetAt(5, func(a *plant.Asset) {
				a.Side, a.Role, a.Vendor, a.Firmware, a.OS = plant.SideUnknown, plant.RoleUnknown, "", "", ""
			}),
			assetAt(6, func(a *plant.Asset) {
				a.Kind, a.Side, a.Role, a.Vendor = plant.KindExternal, plant.SideUnknown, plant.RoleUnknown, ""
			}))
		if got, want := must[Tally](t)(db.Tally(ctx, "works")), (Tally{Inside: 5, Unknown: 1, Sideless: 1, Plant: 3, Version: 2, Lineless: 3, Zoneless: 5, Ownerless: 5, Crossings: 2}); got != want {
			t.Errorf("tally %+v, want %+v", got, want)
		}
		if got := must[Tally](t)(db.Tally(ctx, "nowhere")); got != (Tally{}) {
			t.Errorf("tally of no site: %+v", got)
		}
	})
}
