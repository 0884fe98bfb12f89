package revision

import (
	"context"
	"errors"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxSentences bounds the sentences that a revision keeps.
const maxSentences = 500

// Revise makes a revision of a text, "" for the newest plant model.
func (d *Desk) Revise(ctx context.Context, site, text, reason string, by store.Person) (*store.Revision, error) {
	x, err := d.Draft(ctx, site, text)
	if err != nil {
		return nil, err
	}
	parent, err := d.store.Revision(ctx, site, 0)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if parent.N > 0 && parent.Hash == x.Hash && parent.Text == x.Text {
		return nil, refuse(ErrConflict, "Revision %d is the same already: nothing of it would change.", parent.N)
	}
	r := &store.Revision{
		Site: site, Parent: parent.N, Hash: x.Hash, Policy: x.Policy.Canonical(), Text: x.Text, Version: x.Version, Author: by, At: d.o.Now(), Reason: reason,
	}
	if r.Body, err = d.body(&parent, x); err != nil {
		return nil, err
	}
	if r.N, err = d.store.PutRevision(ctx, r); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return nil, refuse(ErrConflict, "Somebody made another revision at the same time. Look at it, and make yours again.")
		}
		return nil, err
	}
	d.o.Changed(site)
	return r, nil
}

// body is what is kept of a revision beside what it is.
func (d *Desk) body(parent *store.Revision, x *Draft) (store.RevisionBody, error) {
	b := store.RevisionBody{Changes: []string{}, Notes: []store.RevisionNote{}, Size: size(x.Policy)}
	for _, n := range x.Notes {
		b.Notes = append(b.Notes, store.RevisionNote{Conduit: n.Conduit, Service: n.Service, Kind: string(n.Kind), Text: n.Text})
	}
	before := &policy.Policy{Site: x.Site, Zones: []policy.Zone{{}}, Rest: model.StageObserve}
	was := &model.Model{Site: x.Site}
	if parent.N > 0 {
		var err error
		if before, err = policy.Parse(parent.Policy); err != nil {
			return b, err
		}
		if m, _ := model.Parse(parent.Text, d.o.Now()); m != nil {
			was = m
		}
	}
	for _, c := range model.Diff(was, x.Model) {
		if len(b.Changes) < maxSentences {
			b.Changes = append(b.Changes, c.Says)
		}
	}
	b.Zones, b.Changed = changed(before, x.Policy)
	return b, nil
}

func size(p *policy.Policy) [4]int {
	n := [4]int{len(p.Zones) - 1, len(p.Conduits)}
	for i := range p.Zones {
		n[2] += len(p.Zones[i].Ranges)
	}
	for i := range p.Conduits {
		n[3] += len(p.Conduits[i].Matches)
	}
	return n
}

// changed are the zones and conduits that two policies have otherwise: whose
// owners are asked first. A pair's stage is a matter of both its zones.
func changed(a, b *policy.Policy) (zones, conduits []string) {
	z, c := map[string]bool{}, map[string]bool{}
	for _, p := range [2][2]*policy.Policy{{a, b}, {b, a}} {
		for i := 1; i < len(p[0].Zones); i++ {
			x := &p[0].Zones[i]
			if j := p[1].Zone(x.ID); j < 0 || p[1].Zones[j].Kind != x.Kind || !slices.Equal(p[1].Zones[j].Ranges, x.Ranges) {
				z[x.ID] = true
			}
		}
		for i := range p[0].Conduits {
			x := &p[0].Conduits[i]
			j := slices.IndexFunc(p[1].Conduits, func(y policy.Conduit) bool { return y.ID == x.ID })
			if j < 0 || !sameConduit(p[0], x, p[1], &p[1].Conduits[j]) {
				c[x.ID] = true
			}
		}
		stages(p[0], p[1], z)
	}
	return sorted(z), sorted(c)
}

func sorted(m map[string]bool) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func sameConduit(p *policy.Policy, x *policy.Conduit, q *policy.Policy, y *policy.Conduit) bool {
	return p.Zones[x.From].ID == q.Zones[y.From].ID && p.Zones[x.To].ID == q.Zones[y.To].ID && x.Until.Equal(y.Until) &&
		slices.EqualFunc(x.Matches, y.Matches, func(m, n policy.Match) bool {
			same := m.Proto == n.Proto && m.First == n.First && m.Last == n.Last && (m.Relay == nil) == (n.Relay == nil)
			return same && (m.Relay == nil || m.Relay.Protocol == n.Relay.Protocol && m.Relay.Kinds == n.Relay.Kinds && slices.Equal(m.Relay.Objects, n.Relay.Objects))
		})
}

// stages adds the zones of pairs whose stage the other policy has otherwise.
func stages(p, q *policy.Policy, zones map[string]bool) {
	for _, x := range p.Pairs {
		from, to := p.Zones[x.From].ID, p.Zones[x.To].ID
		i, j := q.Zone(from), q.Zone(to)
		if from == "" {
			i = policy.Nowhere
		}
		if to == "" {
			j = policy.Nowhere
		}
		if i >= 0 && j >= 0 && q.StageOf(i, j) == x.Stage {
			continue
		}
		for _, id := range []string{from, to} {
			if id != "" {
				zones[id] = true
			}
		}
	}
	if p.Rest != q.Rest {
		for i := 1; i < len(p.Zones); i++ {
			zones[p.Zones[i].ID] = true
		}
	}
}

// Mark answers a kind of conversation that a draft would stop.
func (d *Desk) Mark(ctx context.Context, site string, m store.Mark) (store.Mark, error) {
	now := d.o.Now()
	switch {
	case m.Says == "ignore" && !m.Until.After(now):
		return m, refuse(ErrInvalid, "Say until when it is left open: a time to come.")
	case m.Says == "ignore" && m.Until.After(now.AddDate(1, 0, 1)):
		return m, refuse(ErrInvalid, "Leave it open for a year at most.")
	case m.Says != "" && m.Reason == "":
		return m, refuse(ErrInvalid, "Give a reason: who comes after you asks why.")
	}
	m.At = now
	if err := d.store.PutMark(ctx, site, m); err != nil {
		return m, err
	}
	d.o.Changed(site)
	return m, nil
}
