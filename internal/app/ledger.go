package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Act is something that somebody does on the host's command line and that the
// ledger keeps.
type Act struct {
	Name   string // "state-backup"
	Object string
	Detail string // never a secret
}

// entry names who sits at the command line. Sudo's word for the user is only
// that: root can say anything.
func (a Act) entry() ledger.Entry {
	return ledger.Entry{Act: a.Name, Object: a.Object, Detail: a.Detail, Actor: hostActor(), Name: os.Getenv("SUDO_USER"), Via: "command line"}
}

// hostActor is who works on this machine.
func hostActor() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "host " + u.Username
	}
	return "host root"
}

// storeURL is where a configuration keeps the state.
func storeURL(c *config.Config) (string, error) {
	if file := c.Hub.StoreURLFile; file != "" {
		return config.Secret(file)
	}
	return filepath.Join(c.Data, state.Database), nil
}

// openStoreOf opens the state of an installation, beside the hub that may run;
// nil if it has none yet.
func openStoreOf(ctx context.Context, c *config.Config) (*store.DB, error) {
	url, err := storeURL(c)
	if err != nil {
		return nil, err
	}
	if c.Hub.StoreURLFile == "" {
		if _, err := os.Stat(url); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	return store.Open(ctx, url, store.Options{})
}

// Recorded does something on the host's command line between two records of the
// ledger: what cannot be recorded is not done.
func Recorded(ctx context.Context, c *config.Config, a Act, do func() error) error {
	db, err := openStoreOf(ctx, c)
	if err != nil {
		return err
	}
	if db != nil {
		defer db.Close()
	}
	return recordedIn(ctx, filepath.Join(c.Data, state.Ledger), db, a, do)
}

// recordedIn is Recorded with a store that is open already; db may be nil.
func recordedIn(ctx context.Context, dir string, db *store.DB, a Act, do func() error) (err error) {
	o := ledger.Options{Dir: dir, Log: slog.Default()}
	if db != nil {
		o.Anchor = db
	}
	l, err := ledger.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return recorded(ctx, l, a.entry(), do)
}

// errUnrecorded means that something was not done because the ledger does not
// take it.
var errUnrecorded = errors.New("it cannot be recorded")

// recorded does something between two records of a ledger.
func recorded(ctx context.Context, l *ledger.Ledger, e ledger.Entry, do func() error) error {
	e.Outcome = ledger.Asked
	asked, err := l.Append(ctx, e)
	if err != nil {
		return fmt.Errorf("%s was not done: %w: %w", e.Act, errUnrecorded, err)
	}
	done := do()
	e.Outcome, e.Of = ledger.Done, asked.Index
	if done != nil {
		e.Outcome, e.Detail = ledger.Failed, done.Error()
	}
	last := context.WithoutCancel(ctx)
	if _, err := l.Append(last, e); err != nil {
		return errors.Join(done, fmt.Errorf("%s: its outcome is not recorded: %w", e.Act, err))
	}
	return errors.Join(done, l.PutAnchor(last))
}

// LedgerReport is what VerifyLedger found in a ledger that is whole.
type LedgerReport struct {
	*ledger.Verified
	Store bool // it was held against the checkpoint in the store
}

// VerifyLedger verifies an installation's ledger, also while its hub works,
// against the checkpoint in the store and against texts of others.
func VerifyLedger(ctx context.Context, c *config.Config, checkpoints []string) (*LedgerReport, error) {
	db, err := openStoreOf(ctx, c)
	if err != nil {
		return nil, err
	}
	known := checkpoints
	if db != nil {
		// Before the files are read: they hold all that this covers.
		kept, err := db.LedgerCheckpoints(ctx)
		if err = errors.Join(err, db.Close()); err != nil {
			return nil, err
		}
		known = append(kept, checkpoints...)
	}
	v, err := ledger.Verify(ctx, filepath.Join(c.Data, state.Ledger), known...)
	if err != nil {
		return nil, err
	}
	v.Known -= len(known) - len(checkpoints)
	return &LedgerReport{v, db != nil}, nil
}

// RenewLedger begins a new ledger in place of one that is damaged. The hub must
// not run.
func RenewLedger(ctx context.Context, c *config.Config, reason string) (aside string, err error) {
	lock, err := lockFolder(c.Data)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	db, err := openStoreOf(ctx, c)
	if err != nil {
		return "", err
	}
	o := ledger.Options{Dir: filepath.Join(c.Data, state.Ledger), Now: time.Now, Log: slog.Default()}
	if db != nil {
		defer db.Close()
		o.Anchor = db
	}
	return ledger.Renew(ctx, o, Act{Detail: reason}.entry())
}

// Backup saves an installation into a file and records that.
func Backup(ctx context.Context, data, out, version string) (m *state.Manifest, err error) {
	do := func() error {
		m, err = state.Backup(ctx, data, out, version, time.Now())
		return err
	}
	// What is asked for wrongly is refused before anything is recorded.
	if _, err := os.Stat(filepath.Join(data, state.Database)); err != nil {
		return m, do()
	}
	if _, err := os.Lstat(out); err == nil {
		return m, do()
	}
	return m, Recorded(ctx, &config.Config{Data: data}, Act{Name: "state-backup", Object: out}, do)
}

// Restore puts a saved installation into an empty folder. The restored ledger
// says so; one that does not verify is set aside there.
func Restore(ctx context.Context, archive, data string) (*state.Manifest, error) {
	return state.Restore(ctx, archive, data, func(dir string, m *state.Manifest) error {
		a := Act{Name: "state-restore", Object: archive, Detail: "as of " + m.Made.UTC().Format(time.RFC3339)}
		return Recorded(ctx, &config.Config{Data: dir}, a, func() error { return nil })
	})
}
