package revision

import (
	"context"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Wall is a boundary process as a desk asks it. What it refuses is a *Refusal
// with its words; ErrAway is of one that does not answer.
type Wall interface {
	Status(context.Context) (*Status, error)
	Apply(context.Context, *Order) (*Trial, error)
	Confirm(ctx context.Context, by string) error
	Rollback(ctx context.Context, by, reason string) error
	Contain(context.Context, policy.Containment) error
	Release(ctx context.Context, id, by, reason string) error
	// ReadBack reads what the kernel has.
	ReadBack(context.Context) (*policy.Policy, error)
	// Probe sends a canary between the boundary's own ends. It takes seconds.
	Probe(context.Context) (*proof.Probe, error)
	// Reports are what was stopped, or would have been, the newest first.
	Reports(context.Context) ([]Report, error)
}

// Held is a revision that a boundary holds.
type Held struct {
	N      int64     `json:"n"`
	Hash   string    `json:"hash"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	Forced bool      `json:"forced"`
}

// Trial is a revision that goes back by itself unless it is confirmed.
type Trial struct {
	Held
	ID          string    `json:"id"`
	Until       time.Time `json:"until"`
	Confirmed   time.Time `json:"confirmed"`
	ConfirmedBy string    `json:"confirmed_by"`
	Seen        []Seen    `json:"seen"`
	Guarded     bool      `json:"guarded"`
}

// Seen is how a critical conversation fares since a policy was applied.
type Seen struct {
	policy.Critical
	Last time.Time `json:"last"`
	OK   bool      `json:"ok"`
}

// Ended is how a trial ended.
type Ended struct {
	Held
	ID        string    `json:"id"`
	Confirmed bool      `json:"confirmed"` // else it went back
	Ended     time.Time `json:"ended"`
	By        string    `json:"ended_by"` // who confirmed; "guard" where it went back by itself
	Why       string    `json:"why"`
}

// Status is how a boundary is.
type Status struct {
	Mode      string         `json:"mode"`
	Confirmed *Held          `json:"confirmed"` // nil before the first time
	Pending   *Trial         `json:"pending"`
	Last      *Ended         `json:"last"`
	Grants    []policy.Grant `json:"grants"`
	Contained []string       `json:"contained"` // identifiers
	Conduits  []Counter      `json:"conduits"`
	Problems  []string       `json:"problems"`
	// Opened is why everything passes in an emergency; "" while the wall is closed.
	Opened  string    `json:"opened"`
	Started time.Time `json:"started"`
}

// Counter is what passed by a conduit since the policy was applied.
type Counter struct {
	Conduit string `json:"conduit"`
	Packets uint64 `json:"packets"`
}

// Held is what is in the kernel: a trial, or what was confirmed; nil for nothing,
// as while the wall is opened.
func (s *Status) Held() *Held {
	switch {
	case s.Opened != "":
		return nil
	case s.Pending != nil:
		return &s.Pending.Held
	}
	return s.Confirmed
}

// Order puts a revision into force.
type Order struct {
	N         int64
	Policy    []byte
	Signature string
	Critical  []policy.Critical
	Within    time.Duration
	Force     bool
	Reason    string
	By        string
}

// Report is something that a boundary stopped, or would have stopped.
type Report struct {
	policy.Packet
	Kind      string // denied, shadow or refused
	Ethernet  uint16
	SrcMAC    string
	In        string
	Operation string // of a message that a relay refused, with its protocol and object
	Why       string
	Count     uint64
	First     time.Time
	Last      time.Time
}

// lastSeen is what a boundary said last, and since when it says nothing.
type lastSeen struct {
	mu     sync.Mutex
	read   bool // what was kept was read
	status *Status
	at     time.Time // when it answered last
	since  time.Time // since when it does not; zero while it does
	says   string    // why not
}

// lookWall is under which the last status is kept: after a start of the hub it
// is known what was in force, though nobody answers.
const lookWall = "wall"

// kept is a status as it is kept.
type kept struct {
	Status *Status   `json:"status"`
	At     time.Time `json:"at"`
}

// View is a boundary as it was seen last.
type View struct {
	Status *Status // nil if it never answered
	At     time.Time
	Since  time.Time // since when it does not answer; zero while it does
	Says   string
}

// enforces reports whether a site has a boundary.
func (d *Desk) enforces(site string) bool { return d.o.Wall != nil && d.o.WallSite == site }

// Boundary asks the boundary of a site how it is; the second result is false
// where it has none. One that does not answer is as it was last.
func (d *Desk) Boundary(ctx context.Context, site string) (View, bool) {
	if !d.enforces(site) {
		return View{}, false
	}
	s, err := d.o.Wall.Status(ctx)
	now := d.o.Now()
	w := &d.wall
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && !w.read {
		var k kept
		if _, e := d.store.Look(ctx, site, lookWall, &k); e == nil {
			w.status, w.at = k.Status, k.At
		}
	}
	w.read = true
	if err != nil {
		if w.since.IsZero() {
			w.since = now
			d.o.Log.Warn("the boundary does not answer", "site", site, "error", err)
		}
		w.says = err.Error()
		return View{w.status, w.at, w.since, w.says}, true
	}
	changed := !sameHeld(w.status, s)
	w.status, w.at, w.since, w.says = s, now, time.Time{}, ""
	if changed {
		if err := d.store.PutLook(ctx, site, lookWall, now, kept{s, now}); err != nil {
			d.o.Log.Warn("what the boundary holds was not kept", "site", site, "error", err)
		}
	}
	return View{s, now, time.Time{}, ""}, true
}

// sameHeld reports whether two statuses have the same in force.
func sameHeld(a, b *Status) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := a.Held(), b.Held()
	if x == nil || y == nil {
		return x == y
	}
	return x.N == y.N && x.Hash == y.Hash && (a.Pending == nil) == (b.Pending == nil)
}

// must refuses what needs a boundary at a site that has none.
func (d *Desk) must(site string) error {
	switch {
	case d.o.Wall == nil:
		return refuse(ErrAbsent, "This installation has no boundary: start one with bulkhead boundary and name its socket in the hub's configuration (boundary: socket).")
	case d.o.WallSite != site:
		return refuse(ErrAbsent, "The boundary of this installation belongs to site %s; site %s has none.", d.o.WallSite, site)
	}
	return nil
}
