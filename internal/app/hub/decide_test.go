package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
)

var (
	now  = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	anna = store.Person{ID: "1", Name: "Anna Weiss"}
)

// works is a hub over a store that can be started anew.
type works struct {
	*Hub
	db  *store.DB
	dir string
	seq uint64
}

func startWorks(t *testing.T) *works {
	w := &works{dir: t.TempDir()}
	w.restart(t)
	t.Cleanup(func() { w.db.Close() })
	return w
}

// restart makes the hub anew from what is kept.
func (w *works) restart(t *testing.T) {
	t.Helper()
	if w.db != nil {
		if err := w.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	var err error
	if w.db, err = store.Open(t.Context(), filepath.Join(w.dir, "state.db"), store.Options{Now: func() time.Time { return now }, Crosses: Crosses, Stale: -1, Log: log}); err != nil {
		t.Fatal(err)
	}
	archive, err := history.Open(t.Context(), history.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { archive.Close() })
	if w.Hub, err = New(t.Context(), Options{Store: w.db, Archive: archive, Now: func() time.Time { return now }, Log: log}); err != nil {
		t.Fatal(err)
	}
}

func at(n int) plant.Endpoint {
	return plant.Endpoint{MAC: plant.MAC{0, 0x1b, 0x1b, 0, 0, byte(n)}, IP: netip.AddrFrom4([4]byte{10, 0, 0, byte(n)})}
}

// hear takes a batch in which each of some machines claims its address and asks
// the next for values, and judges it.
func (w *works) hear(t *testing.T, machines ...int) {
	t.Helper()
	w.seq++
	b := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: w.seq, From: now.Add(-time.Minute), To: now, Made: now}
	for i, n := range machines {
		e, next := at(n), at(machines[(i+1)%len(machines)])
		b.Sightings = append(b.Sightings,
			plant.Sighting{Endpoint: e, Slot: plant.NoSlot, Field: plant.FieldAddress, Value: e.IP.String(), Source: "arp", Confidence: .9, Count: 1, First: now, Last: now},
			plant.Sighting{Endpoint: e, Slot: plant.NoSlot, Field: plant.FieldName, Value: fmt.Sprint("machine-", n), Source: "lldp", Confidence: .9, Count: 1, First: now, Last: now})
		b.Conversations = append(b.Conversations, plant.Conversation{
			Client: e, Server: next, Transport: plant.TCP, Port: 502, Protocol: "modbus", Confirmed: true, Answered: true, Established: true,
			Flows: 1, PacketsUp: 9, PacketsDown: 9, BytesUp: 900, BytesDown: 900, First: now.Add(-time.Minute), Last: now,
		})
	}
	if err := w.apply(t.Context(), []*plant.Batch{b}); err != nil {
		t.Fatal(err)
	}
	w.judged(t)
}

func (w *works) judged(t *testing.T) {
	t.Helper()
	if err := w.JudgeNow(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// idOf is the identifier of the asset that a machine's address belongs to.
func (w *works) idOf(t *testing.T, n int) string {
	t.Helper()
	found := ""
	err := w.db.EndpointAssets(t.Context(), "works", func(e plant.Endpoint, id string) error {
		if e == at(n) {
			found = id
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// picture is all that is kept of the assets, but for what was noted of changes.
func (w *works) picture(t *testing.T) map[string]store.AssetDetail {
	t.Helper()
	l, err := w.db.Assets(t.Context(), store.AssetFilter{}, store.Page{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]store.AssetDetail{}
	for _, a := range l.Items {
		d, err := w.db.Asset(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		d.Changes = nil
		all[a.ID] = d
	}
	return all
}

func (w *works) talks(t *testing.T, asset string) int {
	t.Helper()
	l, err := w.db.Conversations(t.Context(), store.TalkFilter{Asset: asset}, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return len(l.Items)
}

func isRefusal(t *testing.T, err, kind error, words string) {
	t.Helper()
	var r *api.Refusal
	if !errors.As(err, &r) || !errors.Is(err, kind) || !strings.Contains(r.Text, words) {
		t.Errorf("%v is no refusal with %q", err, words)
	}
}

func TestMergeAndUndo(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		t.Run(fmt.Sprint("restarts ", restarts), func(t *testing.T) {
			w := startWorks(t)
			again := func() {
				if restarts {
					w.restart(t)
				}
				w.judged(t)
			}
			w.hear(t, 1, 2, 3, 4)
			before := w.picture(t)
			one, two, three := w.idOf(t, 1), w.idOf(t, 2), w.idOf(t, 3)
			d, err := w.Curator().Merge(t.Context(), []string{two, one}, "It has two network cards.", anna)
			if err != nil {
				t.Fatal(err)
			}
			again()
			if id := w.idOf(t, 1); id != two || w.idOf(t, 2) != two {
				t.Errorf("the merged asset is %s, not %s", id, two)
			}
			a, err := w.db.Asset(t.Context(), one)
			if err != nil || a.ID != two || len(a.Endpoints) != 2 || !slices.Equal(a.Former, []string{one}) {
				t.Errorf("the link to %s leads to %s with %v, former %v: %v", one, a.ID, a.Endpoints, a.Former, err)
			}
			want := plant.Reason{What: "merge", Why: "merged by Anna Weiss on 2026-11-28 (machine-2, machine-1) because: It has two network cards."}
			if !slices.Contains(a.Full.Reasons, want) {
				t.Errorf("its reasons are %+v", a.Full.Reasons)
			}
			if n := w.talks(t, one); n != 3 { // 4-1, 1-2, 2-3
				t.Errorf("%d conversations moved with it", n)
			}
			// It stays so when more is learnt.
			w.hear(t, 1, 2, 3, 4, 5)
			if w.idOf(t, 1) != two || w.idOf(t, 2) != two {
				t.Error("what came later took it apart")
			}
			if kept, err := w.db.Decision(t.Context(), d.ID); err != nil || kept.Followed.IsZero() {
				t.Errorf("it is not said that it is followed: %+v %v", kept, err)
			}
			_, err = w.Curator().Merge(t.Context(), []string{one, two}, "again", anna)
			isRefusal(t, err, api.ErrConflict, "one asset already")
			_, err = w.Curator().Split(t.Context(), two, []plant.Endpoint{at(1)}, "no", anna)
			isRefusal(t, err, api.ErrConflict, "merged by Anna Weiss on 2026-11-28 (machine-2, machine-1)")
			_, err = w.Curator().Merge(t.Context(), []string{two, "nothing"}, "no", anna)
			isRefusal(t, err, api.ErrNotFound, "nothing")

			// A third joins, then the first merge is taken back: the third stays.
			second, err := w.Curator().Merge(t.Context(), []string{three, two}, "A rack.", anna)
			if err != nil {
				t.Fatal(err)
			}
			again()
			if w.idOf(t, 1) != three || w.idOf(t, 2) != three {
				t.Errorf("%s %s", w.idOf(t, 1), w.idOf(t, 2))
			}
			undo(t, w, d.ID)
			again()
			if w.idOf(t, 1) != one || w.idOf(t, 2) != three || w.idOf(t, 3) != three {
				t.Errorf("after the first was taken back: %s %s %s", w.idOf(t, 1), w.idOf(t, 2), w.idOf(t, 3))
			}
			undo(t, w, second.ID)
			again()
			after := w.picture(t)
			delete(after, w.idOf(t, 5))
			if diff := cmp.Diff(ends(before), ends(after), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("taken back, it is not as before (-before +after):\n%s", diff)
			}
			_, err = w.Curator().Undo(t.Context(), d.ID, anna)
			isRefusal(t, err, api.ErrConflict, "already")
		})
	}
}

func undo(t *testing.T, w *works, id string) {
	t.Helper()
	d, err := w.Curator().Undo(t.Context(), id, anna)
	if err != nil || d.Holds() || d.UndoneBy != anna {
		t.Fatalf("%+v %v", d, err)
	}
}

// ends are assets by what they are made of and called.
func ends(all map[string]store.AssetDetail) map[string][]plant.Endpoint {
	of := map[string][]plant.Endpoint{}
	for id, a := range all {
		of[id+" "+a.Label+" "+strings.Join(a.Former, ",")] = a.Endpoints
	}
	return of
}

func TestSplitAndUndo(t *testing.T) {
	w := startWorks(t)
	w.hear(t, 1, 2)
	// The first machine's interface claims another address, too.
	bridged := plant.Endpoint{MAC: at(1).MAC, IP: netip.MustParseAddr("10.0.0.77")}
	b := &plant.Batch{Site: "works", Sensor: "west", Epoch: "a", Sequence: 2, From: now, To: now, Made: now, Sightings: []plant.Sighting{
		{Endpoint: bridged, Slot: plant.NoSlot, Field: plant.FieldAddress, Value: "10.0.0.77", Source: "arp", Confidence: .9, Count: 1, First: now, Last: now},
	}, Conversations: []plant.Conversation{
		{Client: bridged, Server: at(2), Transport: plant.TCP, Port: 502, Protocol: "modbus", Confirmed: true, Answered: true, Flows: 1, PacketsUp: 1, PacketsDown: 1, First: now, Last: now},
	}}
	if err := w.apply(t.Context(), []*plant.Batch{b}); err != nil {
		t.Fatal(err)
	}
	w.judged(t)
	one := w.idOf(t, 1)
	before := w.picture(t)
	if n := len(before[one].Endpoints); n != 2 {
		t.Fatalf("%d endpoints", n)
	}
	d, err := w.Curator().Split(t.Context(), one, []plant.Endpoint{bridged}, "A bridge.", anna)
	if err != nil {
		t.Fatal(err)
	}
	w.judged(t)
	if w.idOf(t, 1) != one {
		t.Errorf("what stays is %s, not %s", w.idOf(t, 1), one)
	}
	parted, err := w.db.Asset(t.Context(), "ip-10.0.0.77")
	if err != nil || len(parted.Endpoints) != 1 || !slices.ContainsFunc(parted.Full.Reasons, func(r plant.Reason) bool { return r.What == "split" }) {
		t.Errorf("%+v %v", parted, err)
	}
	if n := w.talks(t, parted.ID); n != 1 {
		t.Errorf("%d conversations went with it", n)
	}
	for _, id := range []string{one, parted.ID} {
		l, err := w.db.Decisions(t.Context(), store.DecisionFilter{Asset: id}, store.Page{})
		if err != nil || len(l.Items) != 1 || l.Items[0].ID != d.ID || len(l.Items[0].Endpoints) != 2 {
			t.Errorf("decisions about %s: %+v %v", id, l, err)
		}
	}
	_, err = w.Curator().Merge(t.Context(), []string{one, parted.ID}, "no", anna)
	isRefusal(t, err, api.ErrConflict, "split by Anna Weiss")
	_, err = w.Curator().Split(t.Context(), one, []plant.Endpoint{at(1)}, "no", anna)
	isRefusal(t, err, api.ErrInvalid, "Nothing would be left")
	undo(t, w, d.ID)
	w.restart(t)
	w.judged(t)
	if diff := cmp.Diff([]string{"ip-10.0.0.77"}, w.picture(t)[one].Former); diff != "" {
		t.Error(diff)
	}
	if a := w.picture(t)[one]; len(a.Endpoints) != 2 || len(w.picture(t)) != len(before) {
		t.Errorf("%+v", a.Endpoints)
	}
}

// TestDecisionsAreSeenSoon has a running hub follow a decision by itself.
func TestDecisionsAreSeenSoon(t *testing.T) {
	w := startWorks(t)
	w.hear(t, 1, 2, 3)
	ctx, stop := context.WithCancel(t.Context())
	published := make(chan string, 100)
	w.o.Publish = func(topic string, removed bool, id string) {
		if topic == "assets" && removed {
			published <- id
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.judge(ctx)
	}()
	one, two := w.idOf(t, 1), w.idOf(t, 2)
	begin := time.Now()
	if _, err := w.Curator().Merge(t.Context(), []string{one, two}, "One.", anna); err != nil {
		t.Fatal(err)
	}
	if id := <-published; id != two {
		t.Errorf("%s is gone, not %s", id, two)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("after %s", took)
	}
	stop()
	<-done
}
