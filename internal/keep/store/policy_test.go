package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func revisionOf(site string, parent int64) *Revision {
	return &Revision{
		Site: site, Parent: parent, Hash: fmt.Sprintf("hash-%d", parent+1), Policy: []byte(`{"site":"works"}`), Text: "site: works\n", Version: 3,
		Author: Person{"a1", "anna"}, At: now, Reason: "first",
		Body: RevisionBody{Changes: []string{"a zone"}, Notes: []RevisionNote{{Kind: "ports-only", Text: "x"}}, Zones: []string{"office"}, Changed: []string{"c"}, Size: [4]int{1, 2, 3, 4}},
	}
}

func TestRevisionsAreAppendedAndApprovedByTwo(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		for i := range int64(3) {
			if n := must[int64](t)(db.PutRevision(ctx, revisionOf("works", i))); n != i+1 {
				t.Fatalf("revision %d", n)
			}
		}
		must[int64](t)(db.PutRevision(ctx, revisionOf("north", 0)))
		if _, err := db.PutRevision(ctx, revisionOf("works", 1)); !errors.Is(err, ErrConflict) {
			t.Errorf("another one after the first: %v", err)
		}
		it := Approval{Side: model.SideIT, Person: "anna", Name: "Anna", Account: Person{"a1", "anna"}, At: now}
		if err := db.SignRevision(ctx, "works", 2, "sig", now); !errors.Is(err, ErrConflict) {
			t.Errorf("signed without approvals: %v", err)
		}
		if err := db.ApproveRevision(ctx, "works", 2, it); err != nil {
			t.Fatal(err)
		}
		again := it
		again.Account = Person{"a2", "bernd"}
		other := it
		other.Side = model.SideOperations
		for name, a := range map[string]Approval{"the side again": again, "the other side by the same account": other} {
			if err := db.ApproveRevision(ctx, "works", 2, a); !errors.Is(err, ErrConflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := db.SignRevision(ctx, "works", 2, "sig", now); !errors.Is(err, ErrConflict) {
			t.Errorf("signed with one approval: %v", err)
		}
		ops := Approval{Side: model.SideOperations, Person: "bernd", Name: "Bernd", Account: Person{"a2", "bernd"}, At: now}
		if err := db.ApproveRevision(ctx, "works", 2, ops); err != nil {
			t.Fatal(err)
		}
		if _, err := db.SignedRevision(ctx, "works"); !errors.Is(err, ErrNotFound) {
			t.Errorf("signed before it is: %v", err)
		}
		for _, sig := range []string{"sig", "another"} {
			if err := db.SignRevision(ctx, "works", 2, sig, now); err != nil {
				t.Fatal(err)
			}
		}
		want := *revisionOf("works", 1)
		want.N, want.Signature, want.Signed, want.Approvals = 2, "sig", now, []Approval{it, ops}
		if d := cmp.Diff(want, must[Revision](t)(db.SignedRevision(ctx, "works"))); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		if d := cmp.Diff(want, must[Revision](t)(db.Revision(ctx, "works", 2))); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		want.Policy, want.Text = nil, ""
		l := must[List[Revision]](t)(db.Revisions(ctx, "works", Page{Limit: 2}))
		if len(l.Items) != 2 || l.Total != 3 || l.Items[0].N != 3 || cmp.Diff(want, l.Items[1]) != "" || l.Next == "" {
			t.Errorf("%+v", l)
		}
		l = must[List[Revision]](t)(db.Revisions(ctx, "works", Page{Limit: 2, Cursor: l.Next}))
		if len(l.Items) != 1 || l.Items[0].N != 1 || l.Next != "" {
			t.Errorf("%+v", l)
		}
		if r := must[Revision](t)(db.RevisionHead(ctx, "works", 0)); r.N != 3 || r.Text != "" {
			t.Errorf("%+v", r)
		}
		if l := must[List[Revision]](t)(db.Revisions(ctx, "elsewhere", Page{})); len(l.Items) != 0 {
			t.Errorf("%+v", l)
		}
		if err := db.ApproveRevision(ctx, "works", 9, it); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
	})
}

func TestRevisionsAreBounded(t *testing.T) {
	o := testOptions()
	o.Limits.Revisions = 2
	enginesWith(t, o, func(t *testing.T, db *DB) {
		for i := range int64(2) {
			must[int64](t)(db.PutRevision(t.Context(), revisionOf("works", i)))
		}
		if _, err := db.PutRevision(t.Context(), revisionOf("works", 2)); !errors.Is(err, ErrTooMany) {
			t.Errorf("a third: %v", err)
		}
	})
}

func TestApplicationsEndOnce(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		a := Application{ID: "x1", Site: "works", Revision: 2, Hash: "h", State: ApplicationPending, By: Person{"a1", "anna"}, At: now, Until: now.Add(time.Minute), Forced: true, Reason: "urgent"}
		if err := db.PutApplication(ctx, a); err != nil {
			t.Fatal(err)
		}
		a.State, a.Ended, a.EndedBy, a.Says = ApplicationRolledBack, now.Add(time.Second), "guard", "a polling was not seen"
		if err := db.EndApplication(ctx, a); err != nil {
			t.Fatal(err)
		}
		late := a
		late.State = ApplicationConfirmed
		if err := db.EndApplication(ctx, late); !errors.Is(err, ErrConflict) {
			t.Errorf("ended twice: %v", err)
		}
		l := must[List[Application]](t)(db.Applications(ctx, "works", Page{}))
		if d := cmp.Diff([]Application{a}, l.Items); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		if l := must[List[Application]](t)(db.Applications(ctx, "north", Page{})); len(l.Items) != 0 {
			t.Errorf("%+v", l)
		}
	})
}

func TestContainments(t *testing.T) {
	o := testOptions()
	o.Limits.Containments = 2
	enginesWith(t, o, func(t *testing.T, db *DB) {
		ctx := t.Context()
		put := func(id, site string) Containment {
			c := Containment{
				ID: id, Site: site, State: ContainmentWaiting, Until: now.Add(time.Hour), Reason: "worm", By: Person{"a1", "anna"}, At: now,
				Body: ContainmentBody{Asset: "a7", Label: "PC-7", Lines: []string{"line-2"}, Needs: true, Parts: []policy.Containment{{ID: id, Until: now.Add(time.Hour), Why: "worm", By: "anna"}}},
			}
			if err := db.PutContainment(ctx, c); err != nil {
				t.Fatal(err)
			}
			return c
		}
		c := put("c1", "works")
		put("c2", "works")
		put("c3", "north")
		if err := db.PutContainment(ctx, Containment{ID: "c4", Site: "works", State: ContainmentActive}); !errors.Is(err, ErrTooMany) {
			t.Errorf("a third: %v", err)
		}
		c.State, c.Consent = ContainmentActive, &Approval{Side: model.SideOperations, Person: "bernd", Name: "Bernd", Account: Person{"a2", "bernd"}, At: now}
		if err := db.ChangeContainment(ctx, c, ContainmentWaiting); err != nil {
			t.Fatal(err)
		}
		if err := db.ChangeContainment(ctx, c, ContainmentWaiting); !errors.Is(err, ErrConflict) {
			t.Errorf("consented twice: %v", err)
		}
		if d := cmp.Diff(c, must[Containment](t)(db.Containment(ctx, "works", "c1")), cmp.Comparer(samePolicy)); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		if _, err := db.Containment(ctx, "works", "c3"); !errors.Is(err, ErrNotFound) {
			t.Errorf("another site's: %v", err)
		}
		c.State, c.Ended, c.EndedBy, c.Says = ContainmentEnded, now.Add(time.Minute), "bernd", "over"
		if err := db.ChangeContainment(ctx, c, ContainmentActive); err != nil {
			t.Fatal(err)
		}
		if l := must[List[Containment]](t)(db.Containments(ctx, "works", ContainmentWaiting, Page{})); len(l.Items) != 1 || l.Items[0].ID != "c2" || l.Total != 1 {
			t.Errorf("%+v", l)
		}
		if l := must[List[Containment]](t)(db.Containments(ctx, "works", "", Page{})); len(l.Items) != 2 || l.Items[1].EndedBy != "bernd" {
			t.Errorf("%+v", l)
		}
		put("c5", "works") // there is room again
	})
}

// samePolicy compares containments as the boundary is told.
func samePolicy(a, b policy.Containment) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestMarksAndLooks(t *testing.T) {
	o := testOptions()
	o.Limits.Marks = 2
	enginesWith(t, o, func(t *testing.T, db *DB) {
		ctx := t.Context()
		m := Mark{Kind: "k1", Says: "ignore", Until: now.Add(time.Hour), By: Person{"a1", "anna"}, At: now, Reason: "the old printer"}
		for _, x := range []Mark{{Kind: "k1", Says: "fix"}, m, {Kind: "k2", Says: "accept"}} {
			if err := db.PutMark(ctx, "works", x); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.PutMark(ctx, "works", Mark{Kind: "k3", Says: "fix"}); !errors.Is(err, ErrTooMany) {
			t.Errorf("a third: %v", err)
		}
		if err := db.PutMark(ctx, "works", Mark{Kind: "k2"}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]Mark{m}, must[[]Mark](t)(db.Marks(ctx, "works"))); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		var v map[string]int
		if _, err := db.Look(ctx, "works", "canary", &v); !errors.Is(err, ErrNotFound) {
			t.Errorf("nobody has looked: %v", err)
		}
		for i := range 2 {
			if err := db.PutLook(ctx, "works", "canary", now.Add(time.Duration(i)*time.Hour), map[string]int{"sent": i}); err != nil {
				t.Fatal(err)
			}
		}
		at := must[time.Time](t)(db.Look(ctx, "works", "canary", &v))
		if !at.Equal(now.Add(time.Hour)) || v["sent"] != 1 {
			t.Errorf("%v %v", at, v)
		}
	})
}

func TestRecordedAndWatched(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		talks := func(yield func(*RecordedTalk)) {
			if err := db.Recorded(ctx, "works", func(x *RecordedTalk) error { yield(x); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		talks(func(*RecordedTalk) { t.Error("a conversation of nobody") })
		fillRecorded(t, ctx, db)
		var got []RecordedTalk
		talks(func(x *RecordedTalk) { got = append(got, *x) })
		if len(got) != 1 || got[0].ID == 0 || got[0].Kinds != model.KindsOf(plant.Write) || got[0].Flows != 2 || got[0].Port != 502 {
			t.Errorf("%+v", got)
		}
		w := must[[]Stretch](t)(db.Watched(ctx, "works", 5*time.Minute))
		if len(w) != 2 || w[0].To.Sub(w[0].From) != time.Minute || w[1].To.Sub(w[1].From) != 4*time.Minute {
			t.Errorf("%v", w)
		}
	})
}

// fillRecorded has one conversation with a write, at three times.
func fillRecorded(t *testing.T, ctx context.Context, db *DB) {
	t.Helper()
	for i, ago := range []time.Duration{2 * time.Hour, 13 * time.Minute, 10 * time.Minute} {
		at := now.Add(-ago).Truncate(time.Minute)
		b := &plant.Batch{Site: "works", Sensor: "s", Epoch: "e", Sequence: uint64(i + 1), From: at, To: at.Add(time.Minute), Made: at.Add(time.Minute)}
		c := plant.Conversation{Client: endpointOf("", "10.0.0.1", 0), Server: endpointOf("", "10.0.0.2", 0), Transport: plant.TCP, Port: 502, Protocol: "modbus", Answered: true, PacketsUp: 3, PacketsDown: 3, BytesUp: 9, BytesDown: 9, First: at, Last: at.Add(time.Second)}
		if i > 0 {
			c.Flows = 1
			b.Operations = []plant.Operation{{Requester: c.Client, Responder: c.Server, Port: 502, Verb: plant.Verb{Protocol: "modbus", Code: "6", Name: "Write", Kind: plant.Write}, Requests: 1, First: at, Last: at}}
		}
		b.Conversations = []plant.Conversation{c}
		if _, err := db.Apply(ctx, []*plant.Batch{b}); err != nil {
			t.Fatal(err)
		}
	}
}
