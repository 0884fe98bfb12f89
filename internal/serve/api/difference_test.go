package api

import (
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// sealTalks seals conversations of some hours of a day.
func (p *madePlant) sealTalks(t *testing.T, day time.Time, hours int, talks ...plant.Conversation) {
	t.Helper()
	var all []plant.Segment
	for h := range hours {
		at := day.Add(time.Duration(h) * time.Hour)
		s, err := p.archive.WriteConversations(t.Context(), history.Spec{Site: "plant", Step: plant.StepHour, From: at, To: at.Add(time.Hour)}, func(yield func(history.Conversation, error) bool) {
			for _, c := range talks {
				c.First, c.Last = at, at.Add(time.Minute)
				if !yield(history.Conversation{Sensor: "line-1", Start: at, Conversation: c}, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := p.db.ReplaceSegments(t.Context(), nil, all); err != nil {
		t.Fatal(err)
	}
}

// between is a conversation of two assets, of so many bytes an hour.
func between(a, b int, protocol string, bytes uint64) plant.Conversation {
	return plant.Conversation{Client: endpoint(a), Server: endpoint(b), Transport: plant.TCP, Port: 102, Protocol: protocol, Answered: true, Flows: 1, PacketsUp: 5, PacketsDown: 5, BytesUp: bytes / 2, BytesDown: bytes / 2}
}

func TestMapDifference(t *testing.T) {
	p := fill(t, 450, Options{})
	// All assets were seen first on the 26th and last on the 28th: move the two
	// days before that and tell by what was said.
	monday, tuesday := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	rows := func(yield func(store.AssetRow) bool) {
		for row := range madeRows(450) {
			row.Asset.First = monday.AddDate(0, 0, -7)
			switch row.Asset.ID {
			case "a00007":
				row.Asset.First = tuesday.Add(time.Hour) // came
			case "a00008":
				row.Asset.Last = monday.Add(5 * time.Hour) // went
			}
			if !yield(row) {
				return
			}
		}
	}
	if _, err := p.db.SaveInventory(t.Context(), "plant", clock, rows); err != nil {
		t.Fatal(err)
	}
	p.sealTalks(t, monday, 24, between(0, 1, "modbus", 1000), between(0, 2, "modbus", 1000), between(0, 8, "modbus", 1000), between(0, 3, "s7comm", 1000), between(200, 4, "modbus", 1000), between(0, 11, "modbus", 1000))
	p.sealTalks(t, tuesday, 24, between(0, 1, "modbus", 1100), between(0, 2, "modbus", 8000), between(0, 7, "modbus", 1000), between(0, 3, "opcua", 1000), between(0, 19, "http", 500), between(0, 12, "modbus", 1000))
	d := getJSON[MapDifference](t, p.Server, base+"/map/difference?site=plant&from=2026-11-23&to=2026-11-24")
	if d.From.Kept != "whole" || d.To.Kept != "whole" || d.From.Hours != 24 || d.From.Step != "hour" || d.From.Says != "" || d.TimeZone != "UTC" {
		t.Errorf("what is kept: %+v %+v", d.From, d.To)
	}
	names := func(list []DayAsset) (all []string) {
		for _, a := range list {
			text := a.ID
			if a.Proven {
				text += " proven"
			}
			all = append(all, text)
		}
		return all
	}
	if got := names(d.Assets.Appeared); !slices.Equal(got, []string{"a00007 proven", "a00012", "a00019"}) {
		t.Errorf("appeared: %q", got)
	}
	if got := names(d.Assets.Vanished); !slices.Equal(got, []string{"a00008 proven", "a00004", "a00011", "a00200"}) {
		t.Errorf("vanished: %q", got)
	}
	edges := func(list []DayEdge) (all []string) {
		for _, e := range list {
			all = append(all, e.From+">"+e.To)
		}
		return all
	}
	if got := edges(d.Edges.Appeared); !slices.Equal(got, []string{"a00000>a00019", "a00000>a00007", "a00000>a00012"}) || !d.Edges.Appeared[0].Crossing || d.Edges.Appeared[0].Unproven {
		t.Errorf("appeared: %q %+v", got, d.Edges.Appeared)
	}
	if got := edges(d.Edges.Vanished); !slices.Equal(got, []string{"plant/10.0.1.0/24>plant/10.0.0.0/24", "a00000>a00008", "a00000>a00011", "a00200>a00004"}) {
		t.Errorf("vanished: %q", got)
	}
	if got := edges(d.Edges.Changed); !slices.Equal(got, []string{"a00000>a00002", "a00000>a00003"}) || d.Edges.Changed[0].BytesFrom != 24_000 || d.Edges.Changed[0].BytesTo != 192_000 {
		t.Errorf("changed: %q %+v", got, d.Edges.Changed)
	}
	if e := d.Edges.Changed[1]; !slices.Equal(e.New, []string{"opcua"}) || !slices.Equal(e.Gone, []string{"s7comm"}) || e.FromLabel != "unit-00000" {
		t.Errorf("%+v", e)
	}
}

// TestMapDifferenceOfWhatIsNotKept says what is not known and claims nothing.
func TestMapDifferenceOfWhatIsNotKept(t *testing.T) {
	p := fill(t, 30, Options{})
	// The assets were seen for the first time on the 26th, at noon.
	d := getJSON[MapDifference](t, p.Server, base+"/map/difference?from=2026-11-25&to=2026-11-28")
	if d.From.Kept != "nothing" || d.From.Says == "" || d.To.Kept != "part" || d.To.Hours != 1 || d.To.Step != "minute" {
		t.Errorf("%+v %+v", d.From, d.To)
	}
	if len(d.Assets.Appeared) != 30 || !d.Assets.Appeared[0].Proven || len(d.Assets.Vanished) != 0 || d.Assets.Unknown != 0 {
		t.Errorf("%d appeared, %d vanished", len(d.Assets.Appeared), len(d.Assets.Vanished))
	}
	if len(d.Edges.Appeared) == 0 || !d.Edges.Appeared[0].Unproven || len(d.Edges.Vanished) != 0 {
		t.Errorf("%+v", d.Edges.Appeared)
	}
	// Of the 27th nothing is kept and nothing tells whether they were there.
	d = getJSON[MapDifference](t, p.Server, base+"/map/difference?from=2026-11-27&to=2026-11-28")
	if len(d.Assets.Appeared) != 0 || d.Assets.Unknown != 30 {
		t.Errorf("%d appeared, %d unknown", len(d.Assets.Appeared), d.Assets.Unknown)
	}
	for _, bad := range []string{"from=2026-11-28&to=2026-11-27", "from=2026-11-27&to=2026-11-29", "from=2026-11-27&to=2026-11-27", "from=27.11.2026&to=2026-11-28", "from=2026-11-27"} {
		if got := ask(t, p.Server, http.MethodGet, base+"/map/difference?"+bad, nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, got.status)
		}
	}
}

// TestADayOfTooManyIsNotWhole fills a day: what found no room is told, or its
// absence would count as proof.
func TestADayOfTooManyIsNotWhole(t *testing.T) {
	d := &dayTalk{known: DayKnown{Kept: "whole"}, links: map[[2]plant.Endpoint]*linkSum{}}
	server := endpoint(0)
	for i := range history.MaxGroups + 3 {
		d.add(plant.Endpoint{IP: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}, server, []string{"modbus"}, 1, 1)
	}
	d.tellLeft()
	if d.left != 3 || len(d.links) != history.MaxGroups || d.known.Kept != "part" || d.known.Says == "" {
		t.Errorf("%d left out of %d: %+v", d.left, len(d.links), d.known)
	}
}
