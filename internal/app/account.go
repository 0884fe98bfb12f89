package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// newAccounts are the accounts that a configuration describes, kept in a store.
func newAccounts(c *config.Config, db *store.DB, now func() time.Time) (*account.Accounts, error) {
	o := account.Options{Store: db, Now: now}
	a := &c.Accounts
	for _, d := range []struct {
		text config.Duration
		to   *time.Duration
	}{
		{a.Idle, &o.Lifetimes.Idle},
		{a.IdleAdministrator, &o.Lifetimes.IdleAdministrator},
		{a.Longest, &o.Lifetimes.Longest},
		{a.LongestAdministrator, &o.Lifetimes.LongestAdministrator},
		{a.Fresh, &o.Lifetimes.Fresh},
	} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.to, err = d.text.Length(); err != nil {
			return nil, err
		}
	}
	for _, p := range a.Providers {
		secret, err := config.Secret(p.ClientSecretFile)
		if err != nil {
			return nil, err
		}
		o.Providers = append(o.Providers, account.Provider{
			ID: p.ID, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: secret,
			Domain: p.Domain, Default: account.Grant{Site: p.Site, Role: account.Role(p.Role)},
		})
	}
	return account.New(o)
}

// OpenAccounts opens the accounts of a hub from beside it, also while it runs.
// Whoever may read and write the data folder may do so: on the host nobody is
// asked who they are. Call done at the end.
func OpenAccounts(ctx context.Context, c *config.Config) (a *account.Accounts, done func() error, err error) {
	db, err := openStoreOf(ctx, c)
	if err == nil && db == nil {
		err = fmt.Errorf("there is no hub in %s: %w; start it once with bulkhead run, or name its folder with --data", c.Data, os.ErrNotExist)
	}
	if err != nil {
		return nil, nil, err
	}
	if a, err = newAccounts(c, db, time.Now); err != nil {
		db.Close()
		return nil, nil, err
	}
	return a, db.Close, nil
}

// NeedsSetup reports whether there is no account yet.
func (p *Process) NeedsSetup(ctx context.Context) (bool, error) { return p.hub.accounts.Setup(ctx) }

// SetupPath is where the console is set up, "" if there is an account already.
// Each call makes a new link and voids the one before.
func (p *Process) SetupPath(ctx context.Context) (string, error) {
	if p.hub == nil {
		return "", nil
	}
	if none, err := p.hub.accounts.Setup(ctx); err != nil || !none {
		return "", err
	}
	l, err := p.hub.accounts.SetupLink(ctx)
	return l.Path(), err
}

// EnterPath is where somebody is signed in as an administrator without anything
// else, once: for the demonstration.
func (p *Process) EnterPath(ctx context.Context, name, display string) (string, error) {
	l, err := p.hub.accounts.EnterLink(ctx, name, display)
	return l.Path(), err
}

// forgetEvery is how often links, sessions and tokens that have expired are
// removed.
const forgetEvery = 10 * time.Minute

// forget removes what has expired until ctx is done.
func (h *hubRole) forget(ctx context.Context) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := h.accounts.Forget(ctx); err != nil && ctx.Err() == nil {
				h.process.o.Log.Warn("expired sessions stay", "error", err)
			}
		}
	}
}

// writeHostToken lets bulkhead doctor ask this hub: whoever may read the data
// folder may.
func (h *hubRole) writeHostToken() error {
	path := filepath.Join(h.process.c.Data, config.HostToken)
	if err := os.WriteFile(path, []byte(h.accounts.HostToken()+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the token of this machine's own programs: %w", err)
	}
	return nil
}
