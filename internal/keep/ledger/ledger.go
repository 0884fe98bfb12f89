// Package ledger keeps the tamper-evident log of administrative acts: who did
// what, when, from where, and how it went.
//
// It is a folder of append-only files. records holds one JSON object a line;
// hashes the RFC 6962 tree over these lines; checkpoints a signed note for each
// commit, which says how many records there are and the root of their tree; key
// the Ed25519 key that signs, made at the first start. An act is on disk when
// Append returns. The files can be read and verified while they are written
// (Verify), and several processes can append to them in turn.
//
// Whoever can write the files and read the key can write another history. That
// is found out by checkpoints that are kept elsewhere: the latest stands in the
// store (Anchor), and people can keep some where no one of the host reaches.
//
// References: RFC 6962 section 2; C2SP tlog-checkpoint and signed-note.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Names of the files.
const (
	recordsName     = "records"
	hashesName      = "hashes"
	checkpointsName = "checkpoints"
	keyName         = "key"
	verifierName    = "key.pub"
	lockName        = "lock"
)

// Errors to be asked for with errors.Is.
var (
	// ErrFull means that the disk is full. Nothing was recorded.
	ErrFull = errors.New("the ledger has no room on disk")
	// ErrDamaged means that nothing can be added, because the files were changed
	// while they were in use. Opening it anew heals that.
	ErrDamaged = errors.New("the ledger was damaged while it was in use and takes no records; look with bulkhead ledger verify, then start the hub anew")
	// ErrBusy means that too many acts wait to be recorded.
	ErrBusy = errors.New("too many acts at once wait to be recorded")
	// ErrNone means that there is no ledger in a folder.
	ErrNone = errors.New("there is no ledger")
)

// Anchor keeps the latest checkpoint of each ledger in another place than the
// ledger's folder. There is one ledger; an anchor of another is one of which the
// folder went away.
type Anchor interface {
	// LedgerCheckpoints are the texts that were put last, one of each name.
	LedgerCheckpoints(ctx context.Context) ([]string, error)
	// PutLedgerCheckpoint keeps a text if size is not less than that of the one
	// of this name that is kept.
	PutLedgerCheckpoint(ctx context.Context, name string, size int64, text string) error
	// ForgetLedgerCheckpoint forgets what is kept of a name.
	ForgetLedgerCheckpoint(ctx context.Context, name string) error
}

// Options say where a ledger is.
type Options struct {
	Dir    string // made if it is missing
	Anchor Anchor // nil for none
	Now    func() time.Time
	Log    *slog.Logger
}

// Ledger is an open ledger. Its methods can be called by several goroutines.
type Ledger struct {
	o                            Options
	records, hashes, checkpoints *os.File
	lock                         *os.File
	signer                       note.Signer
	verifier                     note.Verifier
	public                       string

	waiting sync.Mutex
	queue   []*waiter

	commit sync.Mutex // held by whoever reads or writes the files; guards what follows
	tree   frontier
	end    int64       // bytes of records
	room   int64       // bytes of records that have room on disk
	noted  int64       // bytes of checkpoints
	behind []tlog.Hash // hashes that found no room yet
	last   Checkpoint
	broken error // why nothing can be added
	marks  []int64
	lines  int64

	problem atomic.Pointer[Damage]
	changed chan struct{} // the anchor is behind
}

// Open opens a ledger, or begins one. A record that was not written to its end
// when the process or the power went is cut off, and a record says so.
//
// A ledger that somebody changed must not stop a plant from being watched, so it
// opens as well and Problem says what was found. Where a record was changed but
// the tree is whole, it goes on: Verify tells of that record for ever. Where
// the tree is not, the folder is set aside as evidence and a new ledger begins
// with a record of that; Verify fails until Renew.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if _, err := os.Stat(filepath.Join(o.Dir, recordsName)); errors.Is(err, fs.ErrNotExist) {
		if err := begin(o, ""); err != nil {
			return nil, fmt.Errorf("begin a ledger: %w", full(err))
		}
	}
	l, err := open(ctx, o)
	var damage *Damage
	if !errors.As(err, &damage) {
		return l, err
	}
	aside, err := setAside(o)
	if err != nil {
		return nil, fmt.Errorf("set a damaged ledger aside: %w", err)
	}
	o.Log.Error("the ledger is damaged, a new one begins", "damage", damage, "aside", aside)
	if err := begin(o, "the one before is damaged and set aside in "+filepath.Base(aside)+": "+damage.Error()); err != nil {
		return nil, fmt.Errorf("begin a ledger: %w", full(err))
	}
	if l, err = open(ctx, o); err != nil {
		return nil, err
	}
	l.problem.CompareAndSwap(nil, damage)
	return l, nil
}

func open(ctx context.Context, o Options) (_ *Ledger, err error) {
	l := &Ledger{o: o, changed: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if err := l.openFiles(); err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	if err := l.start(ctx); err != nil {
		return nil, fmt.Errorf("open the ledger: %w", full(err))
	}
	return l, nil
}

func (l *Ledger) openFiles() (err error) {
	if l.lock, err = os.OpenFile(filepath.Join(l.o.Dir, lockName), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	for _, f := range []struct {
		to   **os.File
		name string
	}{{&l.records, recordsName}, {&l.hashes, hashesName}, {&l.checkpoints, checkpointsName}} {
		// A file of hashes or checkpoints that is gone is made: what is missing
		// in it is found when it is held against the records.
		if *f.to, err = os.OpenFile(filepath.Join(l.o.Dir, f.name), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
			return err
		}
	}
	if l.signer, l.verifier, err = readKey(l.o.Dir); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(l.o.Dir, verifierName))
	l.public = strings.TrimSpace(string(text))
	return err
}

// Close gives the files back.
func (l *Ledger) Close() error {
	var all []error
	for _, f := range []*os.File{l.records, l.hashes, l.checkpoints, l.lock} {
		if f != nil {
			all = append(all, f.Close())
		}
	}
	return errors.Join(all...)
}

// Problem is what was found wrong when the ledger was opened or last written
// to, nil if nothing was.
func (l *Ledger) Problem() error {
	if d := l.problem.Load(); d != nil {
		return d
	}
	return nil
}

// Able is why nothing can be recorded, nil if it can.
func (l *Ledger) Able() error {
	l.commit.Lock()
	defer l.commit.Unlock()
	return l.broken
}

// Checkpoint is the latest.
func (l *Ledger) Checkpoint() Checkpoint {
	l.commit.Lock()
	defer l.commit.Unlock()
	return l.last
}

// Verifier is the public key that verifies checkpoints, as tools of signed notes
// take it: name, hash and key.
func (l *Ledger) Verifier() string { return l.public }

// Run keeps the anchor up to date until ctx is done: after each commit, and
// again in a while where the store could not take it.
func (l *Ledger) Run(ctx context.Context) {
	again := time.NewTicker(anchorEvery)
	defer again.Stop()
	for {
		if err := l.PutAnchor(ctx); err != nil && ctx.Err() == nil {
			l.o.Log.Warn("keep the ledger's checkpoint in the store", "error", err)
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			if err := l.PutAnchor(last); err != nil {
				l.o.Log.Warn("keep the ledger's last checkpoint in the store", "error", err)
			}
			return
		case <-l.changed:
		case <-again.C:
		}
	}
}

// anchorEvery is how often the anchor is written even if nothing was recorded:
// it heals a store that could not be reached.
const anchorEvery = time.Minute

// PutAnchor writes the latest checkpoint to the store. A ledger that is damaged
// does not: the one that is there proves what was lost.
func (l *Ledger) PutAnchor(ctx context.Context) error {
	l.commit.Lock()
	last, broken := l.last, l.broken
	l.commit.Unlock()
	if l.o.Anchor == nil || broken != nil || last.Text == "" {
		return nil
	}
	return l.o.Anchor.PutLedgerCheckpoint(ctx, l.verifier.Name(), last.Size, last.Text)
}

// Dir is the folder that it is in.
func (l *Ledger) Dir() string { return l.o.Dir }
