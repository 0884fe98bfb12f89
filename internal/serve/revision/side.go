package revision

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// sides are the two that must say yes.
var sides = []model.Side{model.SideIT, model.SideOperations}

// Need is a side that has not approved, and who can.
type Need struct {
	Side   model.Side
	Owners []string // names of those who own what changes
	Others []string // names of others of that side
	You    bool     // who asks can
}

// people is the model whose people speak for the sides of a site: that of the
// newest signed revision. Before there is one it is the plant model that is
// saved, and without that the given one.
func (d *Desk) people(ctx context.Context, site string, otherwise *model.Model) (*model.Model, error) {
	r, err := d.store.SignedRevision(ctx, site)
	text := r.Text
	if errors.Is(err, store.ErrNotFound) {
		var v store.ModelVersion
		v, err = d.store.Model(ctx, site)
		text = v.Text
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return otherwise, nil
	case err != nil:
		return nil, err
	}
	if m, _ := model.Parse(text, time.Time{}); m != nil {
		return m, nil
	}
	return otherwise, nil
}

// speaker is the person of a side whom an account stands for: the one with its
// mail address, else the one whose identifier is its name. Nil is nobody.
// Administrators stand for nobody by being that, nor does this machine.
func (d *Desk) speaker(ctx context.Context, m *model.Model, side model.Side, who *account.Identity) (*model.Person, error) {
	if who == nil || who.Account == "" || who.Account == account.Host {
		return nil, nil
	}
	mail := ""
	if d.o.Mail != nil {
		var err error
		if mail, err = d.o.Mail(ctx, who.Account); err != nil {
			return nil, err
		}
	}
	return person(m, side, mail, who.Name), nil
}

func person(m *model.Model, side model.Side, mail, name string) *model.Person {
	if mail = strings.TrimSpace(mail); mail != "" {
		for i := range m.People {
			// An address that is somebody's on the other side is not asked for by name.
			if p := &m.People[i]; strings.EqualFold(p.Mail, mail) {
				if p.Side == side {
					return p
				}
				return nil
			}
		}
	}
	for i := range m.People {
		if p := &m.People[i]; p.ID == name && p.Side == side {
			return p
		}
	}
	return nil
}

// owners are the people of a side who own some of what a revision changes, with
// those of teams, and what is inherited.
func owners(m *model.Model, body *store.RevisionBody, side model.Side) map[string]bool {
	all := map[string]bool{}
	add := func(o model.Owned) {
		id := o.IT.ID
		if side == model.SideOperations {
			id = o.Operations.ID
		}
		if t := m.Team(id); t != nil {
			for _, p := range t.Members {
				all[p] = true
			}
		} else if id != "" {
			all[id] = true
		}
	}
	for _, id := range body.Changed {
		if c := m.Conduit(id); c != nil {
			add(m.OwnersOfConduit(c))
		}
	}
	for _, id := range body.Zones {
		if m.Zone(id) != nil {
			add(m.OwnersOf("", "", id))
		}
	}
	if len(all) == 0 {
		add(m.OwnersOf("", "", ""))
	}
	return all
}

// Needs says who can approve a revision, for each side that has not.
func (d *Desk) Needs(ctx context.Context, r *store.Revision, who *account.Identity) ([]Need, error) {
	if r.Signature != "" {
		return nil, nil
	}
	m, err := d.people(ctx, r.Site, &model.Model{})
	if err != nil {
		return nil, err
	}
	var all []Need
	for _, side := range sides {
		if slices.ContainsFunc(r.Approvals, func(a store.Approval) bool { return a.Side == side }) {
			continue
		}
		n := Need{Side: side}
		own := owners(m, &r.Body, side)
		for i := range m.People {
			switch p := &m.People[i]; {
			case p.Side != side:
			case own[p.ID]:
				n.Owners = append(n.Owners, p.Name)
			default:
				n.Others = append(n.Others, p.Name)
			}
		}
		p, err := d.speaker(ctx, m, side, who)
		if err != nil {
			return nil, err
		}
		n.You = p != nil && !slices.ContainsFunc(r.Approvals, func(a store.Approval) bool { return a.Account.ID == who.Account })
		all = append(all, n)
	}
	return all, nil
}

// Approve keeps the yes of a side. Who asks must be one of its people in the
// plant model. With the second yes the revision is signed.
func (d *Desk) Approve(ctx context.Context, site string, n int64, side model.Side, hash string, who *account.Identity) error {
	r, err := d.store.RevisionHead(ctx, site, n)
	if err != nil {
		return found(err, "Site %s has no revision %d.", site, n)
	}
	if hash != "" && hash != r.Hash {
		return refuse(ErrConflict, "Revision %d is not what you looked at. Look at it again.", n)
	}
	if r.Signature != "" {
		return refuse(ErrConflict, "Revision %d is approved by both sides already.", n)
	}
	if signed, err := d.store.SignedRevision(ctx, site); err == nil && signed.N > n {
		return refuse(ErrConflict, "Revision %d is newer and signed: what is older cannot be approved any more. Make a new revision of it.", signed.N)
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	m, err := d.people(ctx, site, &model.Model{})
	if err != nil {
		return err
	}
	p, err := d.speaker(ctx, m, side, who)
	if err != nil {
		return err
	}
	if p == nil {
		return refuse(ErrDenied, "Your account speaks for nobody of %s: in the plant model there is no person on that side with its mail address, or with its name as identifier. That holds for administrators too.", sideName(side))
	}
	a := store.Approval{Side: side, Person: p.ID, Name: p.Name, Account: store.Person{ID: who.Account, Name: who.Name}, At: d.o.Now()}
	if err := d.store.ApproveRevision(ctx, site, n, a); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return refuse(ErrConflict, "%s has approved revision %d already, or you have for the other side: it takes two different people.", sideName(side), n)
		}
		return err
	}
	d.o.Changed(site)
	return d.sign(ctx, site, n)
}

func sideName(s model.Side) string {
	if s == model.SideIT {
		return "IT"
	}
	return "operations"
}

// sign signs a revision that both sides have approved. It does nothing to
// others.
func (d *Desk) sign(ctx context.Context, site string, n int64) error {
	r, err := d.store.RevisionHead(ctx, site, n)
	if err != nil || r.Signature != "" || len(r.Approvals) < len(sides) {
		return err
	}
	if d.o.Sign == nil {
		return refuse(ErrAbsent, "Both sides have approved, and this installation has no key to sign with.")
	}
	signature, err := d.o.Sign(site, n, r.Hash)
	if err != nil {
		return err
	}
	return d.store.SignRevision(ctx, site, n, signature, d.o.Now())
}
