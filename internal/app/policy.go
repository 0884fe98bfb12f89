package app

import (
	"context"
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export"
	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// openDesk makes the desk of a hub: where revisions of policies are made, with
// the ledger's key to sign them, and the boundary on this machine to hold them.
func (h *hubRole) openDesk() (err error) {
	p := h.process
	o := revision.Options{
		Store: h.store, Archive: h.archive, Brands: brands(), Now: p.o.Now, Log: p.o.Log,
		Sign: func(site string, n int64, hash string) (string, error) {
			return wall.Sign(h.ledger.Signer(), site, n, hash)
		},
		Mail: mailOf(h.store),
		Record: func(ctx context.Context, act, object, detail string) error {
			_, err := h.ledger.Append(ctx, ledger.Entry{Act: act, Object: object, Detail: detail, Outcome: ledger.Done, Actor: "bulkhead", Name: "boundary", Via: "boundary"})
			return err
		},
		Changed: func(site string) { h.live.Publish(api.TopicPolicy, api.OpPut, site, nil) },
	}
	if p.c.Boundary != nil {
		client := wall.Dial(p.c.BoundarySocket())
		p.later(func() error { client.Close(); return nil })
		o.Wall, o.WallSite = &wallOf{client: client}, p.c.Site
	}
	h.desk, err = revision.New(o)
	return err
}

// mailOf is the mail address of an account.
func mailOf(db *store.DB) func(context.Context, string) (string, error) {
	return func(ctx context.Context, id string) (string, error) {
		a, err := db.Account(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return "", nil
		}
		return a.Mail, err
	}
}

// brands are those that policies can be written for.
func brands() []revision.Brand {
	var all []revision.Brand
	for _, b := range export.Brands() {
		all = append(all, revision.Brand{
			ID: b.ID, Name: b.Name, File: b.File, Parse: b.Parse,
			Render: func(p *policy.Policy, o revision.ExportOptions) ([]byte, error) {
				return b.Render(p, export.Options{Revision: o.Revision, Now: o.Now, Interfaces: o.Interfaces, Reasons: o.Reasons, Location: o.Location, Own: o.Own, Family: o.Family})
			},
		})
	}
	return all
}

// deskIn makes a desk over the store of a data folder in which no hub works:
// it proposes, tries and compares, and signs and applies nothing.
func deskIn(db *store.DB, now func() time.Time) (*revision.Desk, error) {
	return revision.New(revision.Options{Store: db, Brands: brands(), Now: now})
}
