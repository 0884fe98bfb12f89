package revision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Bounds of a trial.
const (
	usualTrial = 5 * time.Minute
	leastTrial = 10 * time.Second
)

// Wish is the wish to put a revision into force.
type Wish struct {
	Within time.Duration // until it goes back unless it is confirmed; 0 is usualTrial
	Force  bool
	Reason string
}

// Apply puts a signed revision into force, on trial. Without force it is refused
// outside a maintenance window of a line that is concerned, and where a polling
// would be stopped.
func (d *Desk) Apply(ctx context.Context, site string, n int64, w Wish, by store.Person) error {
	d.acting.Lock()
	defer d.acting.Unlock()
	if err := d.must(site); err != nil {
		return err
	}
	if w.Within == 0 {
		w.Within = usualTrial
	}
	switch {
	case w.Force && strings.TrimSpace(w.Reason) == "":
		return refuse(ErrInvalid, "Give a reason: it is applied past what would hold it back.")
	case w.Within < leastTrial:
		return refuse(ErrInvalid, "Give the plant %s at least to show that it is well.", leastTrial)
	}
	if err := d.sign(ctx, site, n); err != nil { // it may have been interrupted before
		return found(err, "Site %s has no revision %d.", site, n)
	}
	r, err := d.store.Revision(ctx, site, n)
	if err != nil {
		return found(err, "Site %s has no revision %d.", site, n)
	}
	if err := d.mayApply(ctx, &r); err != nil {
		return err
	}
	x, err := d.revised(ctx, &r)
	if err != nil {
		return err
	}
	critical, err := d.heldBack(ctx, x, &w)
	if err != nil {
		return err
	}
	t, err := d.o.Wall.Apply(ctx, &Order{N: n, Policy: r.Policy, Signature: r.Signature, Critical: critical, Within: w.Within, Force: w.Force, Reason: w.Reason, By: by.Name})
	if err != nil {
		return err
	}
	d.o.Changed(site)
	return d.store.PutApplication(context.WithoutCancel(ctx), store.Application{
		ID: t.ID, Site: site, Revision: n, Hash: r.Hash, State: store.ApplicationPending, By: by, At: d.o.Now(), Until: t.Until, Forced: w.Force, Reason: w.Reason,
	})
}

// mayApply refuses what is not signed, and a second trial.
func (d *Desk) mayApply(ctx context.Context, r *store.Revision) error {
	if r.Signature == "" {
		var missing []string
		for _, side := range sides {
			if !slices.ContainsFunc(r.Approvals, func(a store.Approval) bool { return a.Side == side }) {
				missing = append(missing, sideName(side))
			}
		}
		return refuse(ErrConflict, "Revision %d lacks the approval of %s.", r.N, strings.Join(missing, " and "))
	}
	v, _ := d.Boundary(ctx, r.Site)
	switch {
	case !v.Since.IsZero():
		return away(v)
	case v.Status != nil && v.Status.Pending != nil:
		return refuse(ErrConflict, "Revision %d is on trial until %s: confirm it or take it back first.", v.Status.Pending.N, v.Status.Pending.Until.UTC().Format("15:04:05 UTC"))
	}
	return nil
}

// away says that a boundary does not answer, and what to do.
func away(v View) error {
	last := "It has not answered since the hub was started."
	if !v.At.IsZero() {
		last = "It answered last at " + v.At.UTC().Format("2006-01-02 15:04:05 UTC") + "."
	}
	return refuse(ErrAway, "The boundary does not answer, so nothing was changed: what is in its kernel stays in force. %s Look on its machine with systemctl status bulkhead-boundary.", last)
}

// heldBack are the conversations that must be seen again after a change. It
// refuses a change that a person should not make now, unless it is forced.
func (d *Desk) heldBack(ctx context.Context, x *Draft, w *Wish) ([]policy.Critical, error) {
	pollings, err := d.Critical(ctx, x)
	if err != nil {
		return nil, err
	}
	var critical []policy.Critical
	var stopped []string
	for i := range pollings {
		p := &pollings[i]
		if !p.Verdict.Action.Passes() {
			stopped = append(stopped, p.Says)
		}
		// What comes too seldom to be missed in time is left out.
		if 4*p.Period <= w.Within {
			critical = append(critical, p.Critical)
		}
	}
	if w.Force {
		return critical, nil
	}
	if len(stopped) > 0 {
		return nil, refuse(ErrConflict, "It would stop what a line lives on: %s. Change the plant model; or force it with a reason, and the boundary takes it back when that is missed.", some(stopped, 5))
	}
	outside, err := d.outside(ctx, x)
	if err != nil {
		return nil, err
	}
	if len(outside) > 0 {
		return nil, refuse(ErrConflict, "%s. Wait for the window, or force it with a reason.", some(outside, 5))
	}
	return critical, nil
}

// some are the first of a list of texts, and how many more there are.
func some(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(list[:n], "; "), len(list)-n)
}

// outside says which lines a change concerns that are in no maintenance window
// now: those with machines in zones between which other packets would be
// stopped than before. What only lets more through stops no line.
func (d *Desk) outside(ctx context.Context, x *Draft) ([]string, error) {
	before, _, err := d.inForce(ctx, x.Site)
	if err != nil {
		return nil, err
	}
	now := d.o.Now()
	diff, err := compare(before, source(x), x, now)
	if err != nil {
		return nil, err
	}
	zones := map[string]bool{}
	for i := range diff.Regions {
		if r := &diff.Regions[i]; r.Change != symbolic.NewlyAllowed {
			zones[r.FromZone], zones[r.ToZone] = true, true
		}
	}
	var says []string
	for _, line := range linesIn(x, zones, diff.More) {
		if _, open := x.Model.WindowAt(line.ID, now); open {
			continue
		}
		next := "it has no window in the plant model"
		if o, ok := x.Model.NextWindow(line.ID, now); ok {
			next = "its next window begins " + o.From.Format("Mon 2006-01-02 15:04")
		}
		says = append(says, fmt.Sprintf("Line %s (%s) is in no maintenance window now; %s", line.ID, line.Name, next))
	}
	return says, nil
}

// linesIn are the lines with machines in zones, all of them where not all
// differences are known.
func linesIn(x *Draft, zones map[string]bool, all bool) []*model.Line {
	has := map[string]bool{}
	for i := range x.Assets {
		if a := &x.Assets[i]; a.Line != "" && zones[a.Zone] {
			has[a.Line] = true
		}
	}
	var lines []*model.Line
	for i := range x.Model.Lines {
		if l := &x.Model.Lines[i]; has[l.ID] || all {
			lines = append(lines, l)
		}
	}
	return lines
}

// Confirm says that the plant is well.
func (d *Desk) Confirm(ctx context.Context, site string, by store.Person) error {
	return d.end(ctx, site, func() error { return d.o.Wall.Confirm(ctx, by.Name) })
}

// Rollback takes a trial back.
func (d *Desk) Rollback(ctx context.Context, site, reason string, by store.Person) error {
	return d.end(ctx, site, func() error { return d.o.Wall.Rollback(ctx, by.Name, reason) })
}

func (d *Desk) end(ctx context.Context, site string, do func() error) error {
	d.acting.Lock()
	defer d.acting.Unlock()
	if err := d.must(site); err != nil {
		return err
	}
	v, _ := d.Boundary(ctx, site)
	switch {
	case !v.Since.IsZero():
		return away(v)
	case v.Status == nil || v.Status.Pending == nil:
		return refuse(ErrConflict, "Nothing is on trial. To go back to an earlier policy make a revision of its text and apply that.")
	}
	if err := do(); err != nil {
		return err
	}
	d.o.Changed(site)
	return d.Follow(context.WithoutCancel(ctx), site)
}

// Follow keeps how trials ended, also those that the guard took back by itself,
// and what was contained for a time that is over. The hub calls it every few
// seconds, and whoever asks how a trial goes does.
func (d *Desk) Follow(ctx context.Context, site string) error {
	if err := d.expire(ctx, site); err != nil {
		return err
	}
	v, has := d.Boundary(ctx, site)
	if !has || v.Status == nil || !v.Since.IsZero() {
		return nil
	}
	l, err := d.store.Applications(ctx, site, store.Page{Limit: 1})
	if err != nil || len(l.Items) == 0 || l.Items[0].State != store.ApplicationPending {
		return err
	}
	a := l.Items[0]
	if p := v.Status.Pending; p != nil && p.ID == a.ID {
		return nil
	}
	a.Ended, a.State, a.Says = d.o.Now(), store.ApplicationFailed, "The boundary knows nothing of how it ended."
	if e := v.Status.Last; e != nil && e.ID == a.ID {
		a.Ended, a.EndedBy, a.Says, a.State = e.Ended, e.By, e.Why, store.ApplicationRolledBack
		if e.Confirmed {
			a.State = store.ApplicationConfirmed
		}
	}
	if err := d.store.EndApplication(ctx, a); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return nil // somebody else kept it
		}
		return err
	}
	d.o.Changed(site)
	return d.note(ctx, "policy-"+string(a.State), "revision "+itoa(a.Revision)+" of site "+site, a.Says)
}

// note puts what happened by itself into the ledger.
func (d *Desk) note(ctx context.Context, act, object, detail string) error {
	if d.o.Record == nil {
		return nil
	}
	return d.o.Record(ctx, act, object, detail)
}

// Applied is the newest thing that was put into force, and the trial that is on.
func (d *Desk) Applied(ctx context.Context, site string) (*store.Application, *Trial, error) {
	if err := d.Follow(ctx, site); err != nil {
		return nil, nil, err
	}
	l, err := d.store.Applications(ctx, site, store.Page{Limit: 1})
	if err != nil {
		return nil, nil, err
	}
	d.wall.mu.Lock()
	defer d.wall.mu.Unlock()
	var trial *Trial
	if d.enforces(site) && d.wall.status != nil {
		trial = d.wall.status.Pending
	}
	if len(l.Items) == 0 {
		return nil, trial, nil
	}
	return &l.Items[0], trial, nil
}

// Run follows what the boundary does by itself until ctx is done.
func (d *Desk) Run(ctx context.Context) {
	if d.o.Wall == nil {
		return
	}
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		if err := d.Follow(ctx, d.o.WallSite); err != nil && ctx.Err() == nil {
			d.o.Log.Warn("what the boundary does was not kept", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// followEvery is how often a boundary is asked.
const followEvery = 3 * time.Second
