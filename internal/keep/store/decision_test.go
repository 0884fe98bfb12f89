package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func mergeOf(id string, at time.Time, assets ...int) *Decision {
	d := &Decision{ID: id, Site: "works", Kind: DecisionMerge, Reason: "one cabinet", By: Person{"1", "Anna"}, At: at}
	for i, n := range assets {
		d.Assets = append(d.Assets, DecidedAsset{fmt.Sprintf("a%d", n), fmt.Sprintf("PLC-%d", n)})
		d.Endpoints = append(d.Endpoints, DecidedEndpoint{endpoint(n), i})
	}
	return d
}

func TestDecisionsAreKept(t *testing.T) {
	o := testOptions()
	o.Limits.Decisions = 3
	enginesWith(t, o, func(t *testing.T, db *DB) {
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2}, [2]int{3, 2}, [2]int{4, 2})}))
		save(t, db, now, assetAt(1), assetAt(2), assetAt(3), assetAt(4))
		first := mergeOf("x", now, 1, 2)
		ok(t, db.PutDecision(ctx, first))
		ok(t, db.PutDecision(ctx, mergeOf("y", now.Add(time.Second), 3, 4)))
		wantKind(t, db.PutDecision(ctx, mergeOf("x", now, 3, 4)), ErrConflict)
		got := must[Decision](t)(db.Decision(ctx, "x"))
		if d := cmp.Diff(*first, got, cmpopts.EquateComparable(plant.Endpoint{})); d != "" {
			t.Error(d)
		}
		of := func(asset string) (list []string) {
			for _, d := range must[List[Decision]](t)(db.Decisions(ctx, DecisionFilter{Site: "works", Asset: asset}, Page{})).Items {
				list = append(list, d.ID)
			}
			return list
		}
		if all := of(""); !slices.Equal(all, []string{"y", "x"}) {
			t.Errorf("all: %q", all)
		}
		if some := of("a2"); !slices.Equal(some, []string{"x"}) {
			t.Errorf("of a2: %q", some)
		}
		_, err := db.Decisions(ctx, DecisionFilter{Asset: "a%"}, Page{})
		wantKind(t, err, ErrNotFound)

		// What is followed is told once, and again after it is undone.
		ok(t, db.DecisionsFollowed(ctx, []Decision{got}, now))
		undone := must[Decision](t)(db.UndoDecision(ctx, "x", Person{"2", "Bernd"}, now.Add(time.Minute)))
		if undone.Holds() || undone.UndoneBy.Name != "Bernd" || !undone.Followed.IsZero() {
			t.Errorf("%+v", undone)
		}
		_, err = db.UndoDecision(ctx, "x", Person{}, now)
		wantKind(t, err, ErrConflict)
		_, err = db.UndoDecision(ctx, "none", Person{}, now)
		wantKind(t, err, ErrNotFound)
		ok(t, db.DecisionsFollowed(ctx, []Decision{got}, now)) // as it was before
		if l := must[[]Decision](t)(db.DecisionsToFollow(ctx, "works")); len(l) != 2 || l[0].ID != "x" || len(l[1].Endpoints) != 2 {
			t.Errorf("%+v", l)
		}
		ok(t, db.DecisionsFollowed(ctx, []Decision{undone}, now))
		if l := must[[]Decision](t)(db.DecisionsToFollow(ctx, "works")); len(l) != 1 || l[0].ID != "y" {
			t.Errorf("%+v", l)
		}

		ok(t, db.PutDecision(ctx, mergeOf("z1", now, 1, 2)))
		ok(t, db.PutDecision(ctx, mergeOf("z2", now, 1, 3)))
		wantKind(t, db.PutDecision(ctx, mergeOf("z3", now, 1, 4)), ErrTooMany)
	})
}

// TestComingBack merges an asset that another went into before, and takes both
// apart again: identifiers and changes go and come with them.
func TestComingBack(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2}, [2]int{3, 2})}))
		at := func(m int) time.Time { return now.Add(time.Duration(m) * time.Minute) }
		with := func(n int, others ...int) AssetRow {
			row := assetAt(n)
			for _, o := range others {
				row.Endpoints = append(row.Endpoints, endpoint(o))
				row.Former = append(row.Former, fmt.Sprintf("a%d", o))
			}
			return row
		}
		save(t, db, at(0), assetAt(1), assetAt(2), assetAt(3))
		save(t, db, at(1), assetAt(1, func(a *plant.Asset) { a.Firmware = "V9" }), assetAt(2), assetAt(3))
		save(t, db, at(2), with(2, 1), assetAt(3)) // 1 goes into 2
		into := with(3, 2)
		into.Endpoints = append(into.Endpoints, endpoint(1))
		save(t, db, at(3), into) // and 2 into 3
		leads := func(id, want string) {
			t.Helper()
			if d := must[AssetDetail](t)(db.Asset(ctx, id)); d.ID != want {
				t.Errorf("%s leads to %s, not %s", id, d.ID, want)
			}
		}
		changes := func(id string) (list []string) {
			for _, c := range must[AssetDetail](t)(db.Asset(ctx, id)).Changes {
				list = append(list, c.Field+" "+c.Old+" "+c.New)
			}
			return list
		}
		leads("a1", "a3")
		leads("a2", "a3")
		if c := changes("a3"); !slices.Contains(c, "firmware V3.2 V9") {
			t.Errorf("changes that went along: %q", c)
		}
		two := assetAt(2)
		two.Endpoints = append(two.Endpoints, endpoint(1))
		save(t, db, at(4), two, assetAt(3)) // 2 comes back, with 1
		leads("a1", "a2")
		leads("a2", "a2")
		if c := changes("a3"); slices.Contains(c, "firmware V3.2 V9") {
			t.Errorf("changes that stayed behind: %q", c)
		}
		save(t, db, at(5), assetAt(1, func(a *plant.Asset) { a.Firmware = "V9" }), assetAt(2), assetAt(3)) // and 1
		leads("a1", "a1")
		if c := changes("a1"); !slices.Equal(c, []string{"id a2 a1", "firmware V3.2 V9", "asset  seen"}) {
			t.Errorf("changes that came back: %q", c)
		}
		if d := must[AssetDetail](t)(db.Asset(ctx, "a2")); len(d.Former) != 0 {
			t.Errorf("former identifiers that stayed: %q", d.Former)
		}
	})
}

func TestViews(t *testing.T) {
	o := testOptions()
	o.Limits.Views = 2
	enginesWith(t, o, func(t *testing.T, db *DB) {
		anna, bernd := Person{"1", "Anna"}, Person{"2", "Bernd"}
		v := must[View](t)(db.PutView(ctx, View{ID: "v1", Page: "assets", Name: "mine", Query: "side=ot", Owner: anna, Changed: now}))
		must[View](t)(db.PutView(ctx, View{ID: "v2", Page: "findings", Name: "ours", Shared: true, Owner: anna, Changed: now}))
		_, err := db.PutView(ctx, View{ID: "v3", Page: "assets", Name: "third", Owner: anna})
		wantKind(t, err, ErrTooMany)
		must[View](t)(db.PutView(ctx, View{ID: "v4", Page: "assets", Name: "mine", Owner: bernd}))
		_, err = db.PutView(ctx, View{ID: "v5", Page: "assets", Name: "mine", Owner: bernd})
		wantKind(t, err, ErrExists)
		for _, c := range []struct {
			who, page string
			want      int
		}{{"1", "", 2}, {"2", "", 2}, {"1", "assets", 1}, {"3", "", 1}, {"3", "assets", 0}} {
			if l := must[[]View](t)(db.Views(ctx, c.who, c.page)); len(l) != c.want {
				t.Errorf("%s sees %d views of %q", c.who, len(l), c.page)
			}
		}
		v.Query, v.Shared = "side=it", true
		changed := must[View](t)(db.PutView(ctx, v))
		if got := must[View](t)(db.View(ctx, "v1")); got != changed || got.Version != 2 || got.Query != "side=it" {
			t.Errorf("%+v", got)
		}
		_, err = db.PutView(ctx, v)
		wantKind(t, err, ErrConflict)
		wantKind(t, db.DeleteView(ctx, "v1", 1), ErrConflict)
		ok(t, db.DeleteView(ctx, "v1", 2))
		wantKind(t, db.DeleteView(ctx, "v1", 2), ErrNotFound)
		v.ID = "none"
		_, err = db.PutView(ctx, v)
		wantKind(t, err, ErrNotFound)
	})
}
