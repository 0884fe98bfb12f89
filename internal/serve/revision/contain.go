package revision

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/simulate"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// Target is what is to be stopped: one of the four.
type Target struct {
	Asset   string
	Conduit string
	Pair    []string
	Island  bool
}

// maxContained is the longest time for which something is contained.
const maxContained = 7 * 24 * time.Hour

// Preview is what a containment would stop.
type Preview struct {
	Target
	Label  string // of the asset
	Addrs  []netip.Addr
	Pairs  [][2]string
	Result *simulate.Result // Blocked is what it would stop
	Lines  []string         // that it touches
	Needs  bool             // the consent of operations
	You    bool             // who asks can give it
	// Rehearsed is when an island was last looked at for what is in force; zero
	// for never.
	Rehearsed time.Time
	Within    int // recorded conversations that the boundary cannot stop, since they do not cross it
	draft     *Draft
}

// Preview says what a containment would stop, from what was recorded.
func (d *Desk) Preview(ctx context.Context, site string, t Target, who *account.Identity) (*Preview, error) {
	x, err := d.inUse(ctx, site)
	if err != nil {
		return nil, err
	}
	p := &Preview{Target: t, draft: x}
	if err := p.aim(); err != nil {
		return nil, err
	}
	p.replay(d.o.Now())
	p.touch()
	m, err := d.people(ctx, site, x.Model)
	if err != nil {
		return nil, err
	}
	speaker, err := d.speaker(ctx, m, model.SideOperations, who)
	p.You = speaker != nil
	if err != nil || !t.Island {
		return p, err
	}
	return p, d.rehearse(ctx, site, p)
}

// rehearsal is that somebody looked at what an island would stop.
type rehearsal struct {
	Hash string    `json:"hash"` // of what was in force
	At   time.Time `json:"at"`
}

// rehearse notes that an island was looked at for what is in force, and says
// when that was done before.
func (d *Desk) rehearse(ctx context.Context, site string, p *Preview) error {
	var was rehearsal
	if _, err := d.store.Look(ctx, site, lookIsland, &was); err == nil && was.Hash == p.draft.Hash {
		p.Rehearsed = was.At
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	now := d.o.Now()
	return d.store.PutLook(ctx, site, lookIsland, now, rehearsal{p.draft.Hash, now})
}

// inUse is what is in force; where nothing is, the newest plant model.
func (d *Desk) inUse(ctx context.Context, site string) (*Draft, error) {
	r, err := d.Enforced(ctx, site)
	if err != nil {
		return nil, err
	}
	if r != nil {
		return d.revised(ctx, r)
	}
	return d.Draft(ctx, site, "")
}

// aim finds what is meant.
func (p *Preview) aim() error {
	t, pol := &p.Target, p.draft.Policy
	if n := btoi(t.Asset != "") + btoi(t.Conduit != "") + btoi(len(t.Pair) > 0) + btoi(t.Island); n != 1 {
		return refuse(ErrInvalid, "Name one thing to contain: an asset, a conduit, a pair of zones, or an island.")
	}
	switch {
	case t.Asset != "":
		return p.aimAsset()
	case t.Conduit != "":
		if !slices.ContainsFunc(pol.Conduits, func(c policy.Conduit) bool { return c.ID == t.Conduit }) {
			return refuse(ErrNotFound, "There is no conduit %q in what is in force.", t.Conduit)
		}
	case len(t.Pair) > 0:
		if len(t.Pair) != 2 || t.Pair[0] == t.Pair[1] || pol.Zone(t.Pair[0]) < 0 || pol.Zone(t.Pair[1]) < 0 {
			return refuse(ErrInvalid, "Name two different zones of the plant model.")
		}
		p.Pairs = [][2]string{{t.Pair[0], t.Pair[1]}}
	default:
		for i := 1; i < len(pol.Zones); i++ {
			for j := 1; j < len(pol.Zones); j++ {
				if !pol.Zones[i].OT() && pol.Zones[j].OT() {
					p.Pairs = append(p.Pairs, [2]string{pol.Zones[i].ID, pol.Zones[j].ID})
				}
			}
		}
		if len(p.Pairs) == 0 {
			return refuse(ErrConflict, "There are no zones on both sides: an island needs zones of IT and zones of the plant.")
		}
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *Preview) aimAsset() error {
	i := slices.IndexFunc(p.draft.Assets, func(a record.Asset) bool { return a.ID == p.Asset })
	if i < 0 {
		return refuse(ErrNotFound, "There is no such asset.")
	}
	a := &p.draft.Assets[i]
	p.Label = a.Label
	for _, ip := range a.IPs {
		if ip = ip.Unmap().WithZone(""); ip.IsValid() && !slices.Contains(p.Addrs, ip) {
			p.Addrs = append(p.Addrs, ip)
		}
	}
	if len(p.Addrs) == 0 {
		return refuse(ErrConflict, "%s has no IP address that is known: the boundary cannot tell its packets.", a.Label)
	}
	return nil
}

// stops reports whether the containment stops a packet that passes now.
func (p *Preview) stops(x *policy.Packet, v policy.Verdict) bool {
	pol := p.draft.Policy
	switch {
	case len(p.Addrs) > 0:
		return slices.Contains(p.Addrs, x.Src) || slices.Contains(p.Addrs, x.Dst)
	case p.Conduit != "":
		return v.Conduit >= 0 && pol.Conduits[v.Conduit].ID == p.Conduit
	}
	from, to := pol.Zones[v.From].ID, pol.Zones[v.To].ID
	return slices.Contains(p.Pairs, [2]string{from, to}) || slices.Contains(p.Pairs, [2]string{to, from})
}

// replay adds up the recorded conversations that pass now and would be stopped:
// a policy of the same zones that allows nothing stops just those.
func (p *Preview) replay(now time.Time) {
	pol := p.draft.Policy
	nothing := &policy.Policy{Site: pol.Site, Zones: pol.Zones, Rest: model.StageEnforce}
	is := verdict.New(pol, now)
	r := simulate.New(simulate.Input{Policy: nothing, Table: verdict.New(nothing, now), Model: &model.Model{Site: pol.Site, Lines: p.draft.Model.Lines, Zones: p.draft.Model.Zones, Cost: p.draft.Model.Cost, Boundary: model.Between{Stage: model.StageEnforce}}, Assets: p.draft.Assets, Now: now})
	for i := range p.draft.scene.talks {
		t := &p.draft.scene.talks[i]
		if t.Local() || !t.Answered {
			continue
		}
		x := policy.Packet{Src: t.From.IP.Unmap().WithZone(""), Dst: t.To.IP.Unmap().WithZone(""), Proto: t.Proto(), DstPort: t.Port}
		v := is.Judge(x)
		switch {
		case !v.Action.Passes() || !p.stops(&x, v):
		case v.From == v.To:
			p.Within++
		default:
			r.Add(t)
		}
	}
	p.Result = r.Result()
}

// touch says which lines it touches: those of what it stops, and that of the
// asset itself.
func (p *Preview) touch() {
	has := map[string]bool{}
	for i := range p.Result.Blocked {
		if l := p.Result.Blocked[i].Line; l != "" {
			has[l] = true
		}
	}
	for i := range p.draft.Assets {
		if a := &p.draft.Assets[i]; a.ID == p.Asset && p.Asset != "" && a.Line != "" {
			has[a.Line] = true
		}
	}
	p.Lines = sorted(has)
	p.Needs = len(p.Lines) > 0
}

// parts are what the boundary is told.
func (p *Preview) parts(id string, until time.Time, why, by string) []policy.Containment {
	one := policy.Containment{ID: id, Addrs: p.Addrs, Conduit: p.Conduit, Until: until, Why: why, By: by}
	if len(p.Pairs) == 0 {
		return []policy.Containment{one}
	}
	var all []policy.Containment
	for i, pair := range p.Pairs {
		one.ID, one.Pair = fmt.Sprintf("%s-%d", id, i+1), pair
		all = append(all, one)
	}
	return all
}

// Contain stops something for a time. What touches a line waits for the consent
// of operations, unless who asks speaks for operations and consents.
func (d *Desk) Contain(ctx context.Context, site string, t Target, until time.Time, reason string, consent bool, who *account.Identity) (*store.Containment, error) {
	d.acting.Lock()
	defer d.acting.Unlock()
	if err := d.must(site); err != nil {
		return nil, err
	}
	now := d.o.Now()
	if !until.After(now) || until.After(now.Add(maxContained)) {
		return nil, refuse(ErrInvalid, "Say until when: a time to come, at most a week from now. It can be contained again.")
	}
	p, err := d.Preview(ctx, site, t, who)
	if err != nil {
		return nil, err
	}
	by := store.Person{ID: who.Account, Name: who.Name}
	c := &store.Containment{ID: newID(), Site: site, State: store.ContainmentWaiting, Until: until, Reason: reason, By: by, At: now}
	c.Body = store.ContainmentBody{Asset: t.Asset, Label: p.Label, Conduit: t.Conduit, Pair: t.Pair, Island: t.Island, Lines: p.Lines, Needs: p.Needs, Parts: p.parts(c.ID, until, reason, by.Name)}
	if consent {
		if c.Consent, err = d.consent(ctx, site, who); err != nil {
			return nil, err
		}
	}
	if err := d.store.PutContainment(ctx, *c); err != nil {
		return nil, err
	}
	d.o.Changed(site)
	if c.Body.Needs && c.Consent == nil {
		return c, nil
	}
	return c, d.activate(ctx, c)
}

func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// consent is the yes of operations by who asks.
func (d *Desk) consent(ctx context.Context, site string, who *account.Identity) (*store.Approval, error) {
	m, err := d.people(ctx, site, &model.Model{})
	if err != nil {
		return nil, err
	}
	p, err := d.speaker(ctx, m, model.SideOperations, who)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, refuse(ErrDenied, "Your account speaks for nobody of operations, so it cannot consent for them. Without your consent it waits for somebody who does.")
	}
	return &store.Approval{Side: model.SideOperations, Person: p.ID, Name: p.Name, Account: store.Person{ID: who.Account, Name: who.Name}, At: d.o.Now()}, nil
}

// activate tells the boundary. Parts that it took are taken back where it does
// not take all.
func (d *Desk) activate(ctx context.Context, c *store.Containment) error {
	was := c.State
	for i, part := range c.Body.Parts {
		err := d.o.Wall.Contain(ctx, part)
		if err == nil {
			continue
		}
		last := context.WithoutCancel(ctx)
		for _, done := range c.Body.Parts[:i] {
			if e := d.o.Wall.Release(last, done.ID, c.By.Name, "not all of it could be contained"); e != nil {
				d.o.Log.Error("a part of a containment was not taken back", "containment", done.ID, "error", e)
			}
		}
		c.State, c.Says, c.Ended = store.ContainmentFailed, err.Error(), d.o.Now()
		return errors.Join(err, d.store.ChangeContainment(last, *c, was))
	}
	c.State = store.ContainmentActive
	return d.store.ChangeContainment(context.WithoutCancel(ctx), *c, was)
}

// ConsentTo is the yes of operations to something that waits for it.
func (d *Desk) ConsentTo(ctx context.Context, site, id string, who *account.Identity) (*store.Containment, error) {
	d.acting.Lock()
	defer d.acting.Unlock()
	c, err := d.store.Containment(ctx, site, id)
	if err != nil {
		return nil, err
	}
	if c.State != store.ContainmentWaiting || !c.Until.After(d.o.Now()) {
		return nil, refuse(ErrConflict, "It does not wait for consent any more.")
	}
	if err := d.must(site); err != nil {
		return nil, err
	}
	if c.Consent, err = d.consent(ctx, site, who); err != nil {
		return nil, err
	}
	d.o.Changed(site)
	return &c, d.activate(ctx, &c)
}

// EndContainment ends one before its time, or takes one back that waits.
func (d *Desk) EndContainment(ctx context.Context, site, id string, by store.Person) (*store.Containment, error) {
	d.acting.Lock()
	defer d.acting.Unlock()
	c, err := d.store.Containment(ctx, site, id)
	if err != nil {
		return nil, err
	}
	was := c.State
	switch was {
	case store.ContainmentWaiting:
	case store.ContainmentActive:
		if err := d.must(site); err != nil {
			return nil, err
		}
		for _, part := range c.Body.Parts {
			if err := d.o.Wall.Release(ctx, part.ID, by.Name, "ended"); err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
		}
	default:
		return nil, refuse(ErrConflict, "It has ended already.")
	}
	c.State, c.Ended, c.EndedBy = store.ContainmentEnded, d.o.Now(), by.Name
	d.o.Changed(site)
	return &c, d.store.ChangeContainment(context.WithoutCancel(ctx), c, was)
}

// expire keeps that the time of containments is over: the boundary ends them by
// itself.
func (d *Desk) expire(ctx context.Context, site string) error {
	now := d.o.Now()
	for _, state := range []store.ContainmentState{store.ContainmentActive, store.ContainmentWaiting} {
		l, err := d.store.Containments(ctx, site, state, store.Page{Limit: 1000})
		if err != nil {
			return err
		}
		for _, c := range l.Items {
			if c.Until.After(now) {
				continue
			}
			c.State, c.Ended, c.EndedBy, c.Says = store.ContainmentEnded, c.Until, "", "Its time was over."
			if err := d.store.ChangeContainment(ctx, c, state); err != nil && !errors.Is(err, store.ErrConflict) {
				return err
			}
			d.o.Changed(site)
		}
	}
	return nil
}

// Containments lists those of a site, and whether who asks can consent.
func (d *Desk) Containments(ctx context.Context, site string, state store.ContainmentState, p store.Page, who *account.Identity) (l store.List[store.Containment], you bool, held []string, err error) {
	if err := d.expire(ctx, site); err != nil {
		return l, false, nil, err
	}
	if l, err = d.store.Containments(ctx, site, state, p); err != nil {
		return l, false, nil, err
	}
	if v, _ := d.Boundary(ctx, site); v.Status != nil && v.Since.IsZero() {
		held = v.Status.Contained
	}
	you, err = d.MayConsent(ctx, site, who)
	return l, you, held, err
}

// MayConsent reports whether somebody speaks for operations at a site.
func (d *Desk) MayConsent(ctx context.Context, site string, who *account.Identity) (bool, error) {
	m, err := d.people(ctx, site, &model.Model{})
	if err != nil {
		return false, err
	}
	p, err := d.speaker(ctx, m, model.SideOperations, who)
	return p != nil, err
}

// Says is what a preview comes to, as a sentence.
func (p *Preview) Says() string {
	var b strings.Builder
	switch n := len(p.Result.Blocked); n {
	case 0:
		b.WriteString("Nothing that was recorded would be stopped.")
	case 1:
		b.WriteString("One kind of recorded conversation would be stopped.")
	default:
		fmt.Fprintf(&b, "%d kinds of recorded conversation would be stopped.", n)
	}
	if len(p.Lines) > 0 {
		fmt.Fprintf(&b, " It touches %s: operations must consent.", some(p.Lines, 5))
	}
	return b.String()
}
