package revision

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/compile"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Draft is a policy that is not signed, or a revision, with what it was made
// from. Nobody may change it.
type Draft struct {
	Site     string
	Revision int64 // 0 for a text
	Version  int64 // of the plant model; 0 for a text that was not saved
	Text     string
	Model    *model.Model
	Problems []model.Problem // warnings
	Policy   *policy.Policy
	Hash     string
	Notes    []compile.Note
	// Assets are where the model places them.
	Assets []record.Asset

	scene *scene
}

// drafts are those that were made last: who draws a conduit asks for the same
// again and again.
type drafts struct {
	mu   sync.Mutex
	last []*Draft
	day  []time.Time // by the minute, of each: conduits expire
}

// maxDrafts bounds the drafts that are kept.
const maxDrafts = 4

func (c *drafts) find(site, text string, s *scene, now time.Time) *Draft {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, d := range c.last {
		if d.Site == site && d.scene == s && c.day[i].Equal(now.Truncate(time.Minute)) && d.Text == text {
			return d
		}
	}
	return nil
}

func (c *drafts) keep(d *Draft, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.last) == maxDrafts {
		c.last, c.day = slices.Delete(c.last, 0, 1), slices.Delete(c.day, 0, 1)
	}
	c.last, c.day = append(c.last, d), append(c.day, now.Truncate(time.Minute))
}

// Draft compiles a text for a site; "" is the newest plant model. The error of a
// text that is wrong is a *TextError.
func (d *Desk) Draft(ctx context.Context, site, text string) (*Draft, error) {
	version := int64(0)
	newest, err := d.store.Model(ctx, site)
	switch {
	case err == nil && (text == "" || text == newest.Text):
		text, version = newest.Text, newest.Version
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return nil, err
	case text == "":
		return nil, refuse(ErrNotFound, "Site %s has no plant model yet: save one, or take the proposal.", site)
	}
	s, err := d.scene(ctx, site)
	if err != nil {
		return nil, err
	}
	now := d.o.Now()
	if x := d.drafts.find(site, text, s, now); x != nil && x.Version == version {
		return x, nil
	}
	x, err := compiled(site, text, s, now)
	if err != nil {
		return nil, err
	}
	x.Version = version
	d.drafts.keep(x, now)
	return x, nil
}

// compiled makes a draft of a text.
func compiled(site, text string, s *scene, now time.Time) (*Draft, error) {
	m, problems := model.Parse(text, now)
	if m != nil && m.Site != site {
		problems = append([]model.Problem{model.SiteProblem(text, "the text is of site "+m.Site, "it is tried for site "+site+": write  site: "+site)}, problems...)
		m = nil
	}
	if m == nil {
		return nil, &TextError{problems}
	}
	x := &Draft{Site: site, Text: text, Model: m, Problems: problems, Assets: s.placed(m), scene: s}
	in := compile.Input{Model: m, Now: now}
	for i := range x.Assets {
		a := &x.Assets[i]
		in.Assets = append(in.Assets, compile.Asset{ID: a.ID, Label: a.Label, Facts: a.Facts})
	}
	// The first time for the zones only: between which of them something was
	// recorded is known by its addresses, since a machine can stand in several.
	where, _, err := compile.Compile(in)
	if err == nil {
		in.Services = services(where, s.talks, now)
		x.Policy, x.Notes, err = compile.Compile(in)
	}
	if err != nil {
		return nil, refuse(ErrInvalid, "The plant model cannot be made a policy: %v.", err)
	}
	x.Hash = x.Policy.Hash()
	return x, nil
}

// services are what was recorded between the zones of a policy, each once.
func services(where *policy.Policy, talks []record.Talk, now time.Time) []compile.Seen {
	table := verdict.New(where, now)
	known := map[compile.Seen]bool{}
	var all []compile.Seen
	for i := range talks {
		t := &talks[i]
		if !t.From.IP.IsValid() || !t.To.IP.IsValid() {
			continue
		}
		v := table.Judge(policy.Packet{Src: t.From.IP, Dst: t.To.IP, Proto: t.Proto(), DstPort: t.Port})
		x := compile.Seen{From: where.Zones[v.From].ID, To: where.Zones[v.To].ID, Protocol: t.Protocol, Transport: t.Transport, Port: t.Port}
		if x.From == "" || x.To == "" || x.From == x.To || known[x] {
			continue
		}
		known[x] = true
		all = append(all, x)
	}
	return all
}

// Revised is a revision as a draft: its policy is as it was kept, and what
// stands where is as it is now.
func (d *Desk) Revised(ctx context.Context, site string, n int64) (*Draft, error) {
	r, err := d.store.Revision(ctx, site, n)
	if err != nil {
		return nil, found(err, "Site %s has no revision %d.", site, n)
	}
	return d.revised(ctx, &r)
}

func (d *Desk) revised(ctx context.Context, r *store.Revision) (*Draft, error) {
	p, err := policy.Parse(r.Policy)
	if err != nil {
		return nil, err
	}
	s, err := d.scene(ctx, r.Site)
	if err != nil {
		return nil, err
	}
	x := &Draft{Site: r.Site, Revision: r.N, Version: r.Version, Text: r.Text, Policy: p, Hash: r.Hash, scene: s}
	if x.Model, x.Problems = model.Parse(r.Text, time.Time{}); x.Model == nil {
		// It was right when it was made: an earlier version of the program was less
		// strict. What is in force is the policy.
		x.Model = &model.Model{Site: r.Site}
	}
	x.Assets = s.placed(x.Model)
	for _, n := range r.Body.Notes {
		x.Notes = append(x.Notes, compile.Note{Conduit: n.Conduit, Service: n.Service, Kind: compile.Kind(n.Kind), Text: n.Text})
	}
	return x, nil
}

// hosts are addresses of real machines, for examples.
func (x *Draft) hosts() []netip.Addr {
	var all []netip.Addr
	for i := range x.Assets {
		if !x.Assets[i].Outside() {
			all = append(all, x.Assets[i].IPs...)
		}
	}
	return all
}
