package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestFindingsOpenAndClose(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		save(t, db, now, assetAt(1), assetAt(2))
		login := plant.Finding{Rule: "cleartext-login", Level: "high", Title: "Passwords in clear", Assets: []string{"a1", "a2"}, Count: 2, First: now, Last: now, Details: []string{"one"}}
		scan := plant.Finding{Rule: "scan", Level: "low", Title: "A scan", Assets: []string{"a1"}, Count: 1, First: now, Last: now}
		at := func(m int) time.Time { return now.Add(time.Duration(m) * time.Minute) }
		more := login
		more.Count, more.First, more.Assets = 3, at(5), []string{"a1"} // what it found first is no longer kept
		steps := []struct {
			name     string
			findings []plant.Finding
			want     Saved
			counts   [2]FindingCounts
		}{
			{"two are found", []plant.Finding{login, scan}, Saved{Put: []string{"cleartext-login@works", "scan@works"}, Assets: []string{"a1", "a2"}}, [2]FindingCounts{{High: 1, Low: 1}, {High: 1}}},
			{"nothing changed", []plant.Finding{login, scan}, Saved{}, [2]FindingCounts{{High: 1, Low: 1}, {High: 1}}},
			{"one grew", []plant.Finding{more, scan}, Saved{Put: []string{"cleartext-login@works"}, Assets: []string{"a2"}}, [2]FindingCounts{{High: 1, Low: 1}, {}}},
			{"one is gone", []plant.Finding{more}, Saved{Removed: []string{"scan@works"}, Assets: []string{"a1"}}, [2]FindingCounts{{High: 1}, {}}},
			{"it is found again", []plant.Finding{more, scan}, Saved{Put: []string{"scan@works"}, Assets: []string{"a1"}}, [2]FindingCounts{{High: 1, Low: 1}, {}}},
		}
		for i, s := range steps {
			got := must[Saved](t)(db.SaveFindings(ctx, "works", at(i), s.findings))
			if d := cmp.Diff(s.want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", s.name, d)
			}
			for j, id := range []string{"a1", "a2"} {
				if d := must[AssetDetail](t)(db.Asset(ctx, id)); d.Findings != s.counts[j] || len(d.Open) != s.counts[j].High+s.counts[j].Low {
					t.Errorf("%s: %s has %+v and %+v, want %+v", s.name, id, d.Findings, d.Open, s.counts[j])
				}
			}
		}
		f := must[FindingItem](t)(db.Finding(ctx, "cleartext-login@works"))
		if !f.First.Equal(now) || !f.Opened.Equal(now) || !f.Closed.IsZero() || f.Count != 3 {
			t.Errorf("finding is %+v", f)
		}
		if f = must[FindingItem](t)(db.Finding(ctx, "scan@works")); !f.Opened.Equal(at(4)) {
			t.Errorf("the finding that came back was opened at %s", f.Opened)
		}
		_, err := db.Finding(ctx, "none@works")
		wantKind(t, err, ErrNotFound)
		_, err = db.SaveFindings(ctx, "works", now, []plant.Finding{login, login})
		wantKind(t, err, ErrInvalid)
		_, err = db.SaveFindings(ctx, "works", now, []plant.Finding{{Rule: "x", Level: "terrible"}})
		wantKind(t, err, ErrInvalid)
	})
}

func TestFindingFilters(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		save(t, db, now, assetAt(1), assetAt(2))
		all := []plant.Finding{
			{Rule: "a", Level: "info", Assets: []string{"a1"}},
			{Rule: "b", Level: "high", Assets: []string{"a1", "a2"}},
			{Rule: "c", Level: "medium"},
		}
		must[Saved](t)(db.SaveFindings(ctx, "works", now, append(all, plant.Finding{Rule: "d", Level: "low"})))
		must[Saved](t)(db.SaveFindings(ctx, "works", now, all))
		for _, tt := range []struct {
			name string
			f    FindingFilter
			want []string
		}{
			{"open", FindingFilter{}, []string{"b", "c", "a"}},
			{"closed, too", FindingFilter{Closed: true}, []string{"b", "c", "d", "a"}},
			{"level", FindingFilter{Level: "high"}, []string{"b"}},
			{"asset", FindingFilter{Asset: "a1"}, []string{"b", "a"}},
			{"rule", FindingFilter{Rule: "c", Site: "works"}, []string{"c"}},
			{"another site", FindingFilter{Site: "x"}, nil},
		} {
			l := must[List[FindingItem]](t)(db.Findings(ctx, tt.f, Page{}))
			var rules []string
			for _, f := range l.Items {
				rules = append(rules, f.Rule)
			}
			if d := cmp.Diff(tt.want, rules); d != "" || int(l.Total) != len(tt.want) {
				t.Errorf("%s: %d (-want +got):\n%s", tt.name, l.Total, d)
			}
		}
		l := must[List[AssetItem]](t)(db.Assets(ctx, AssetFilter{Finding: "high"}, Page{Sort: "-findings"}))
		if len(l.Items) != 2 || l.Items[0].ID != "a1" {
			t.Errorf("assets with findings are %+v", l.Items)
		}
	})
}
