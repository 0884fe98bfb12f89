package wall

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Files of the folder. Every one is replaced as a whole: a loss of power leaves
// the old or the new one.
const (
	confirmedFile    = "confirmed.json"    // the record that was confirmed last
	pendingFile      = "pending.json"      // the record on trial
	previousFile     = "previous.json"     // what is put back
	confirmFile      = "confirm.json"      // the operator's word for the trial
	rollbackFile     = "rollback.json"     // the operator's word against it
	progressFile     = "progress.json"     // what the guard sees
	outcomeFile      = "outcome.json"      // how the last trial ended
	grantsFile       = "grants.json"       // that hold
	containmentsFile = "containments.json" // that hold
	openedFile       = "opened.json"       // who has opened the wall
	lockFile         = "lock"              // held by the server
	guardLockFile    = "guard.lock"        // held by the guard
)

// folder is where the boundary keeps what must survive it.
type folder string

// record is a revision with everything that is needed to put it in force.
type record struct {
	ID        string            `json:"id"`
	Site      string            `json:"site"`
	Revision  Revision          `json:"revision"`
	Policy    json.RawMessage   `json:"policy"` // canonical
	Signature string            `json:"signature"`
	Critical  []policy.Critical `json:"critical"`
	Within    time.Duration     `json:"within"`
	Until     time.Time         `json:"until"`
}

// previous is what was in the kernel before a trial.
type previous struct {
	Box      Box               `json:"box"`
	Number   int64             `json:"number"` // 0 for no revision
	Policy   json.RawMessage   `json:"policy"`
	Critical []policy.Critical `json:"critical"`
}

// word is what an operator said about a trial.
type word struct {
	ID     string    `json:"id"` // of the trial
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// progress is what a guard sees.
type progress struct {
	ID   string `json:"id"`
	Seen []Seen `json:"seen"`
	// Problem is what it cannot do.
	Problem string `json:"problem,omitempty"`
}

func (d folder) path(name string) string { return filepath.Join(string(d), name) }

// write replaces a file and returns when it is on the disk.
func (d folder) write(name string, v any) error { return d.put(name, v, true) }

// note replaces a file that nobody misses after a loss of power.
func (d folder) note(name string, v any) error { return d.put(name, v, false) }

func (d folder) put(name string, v any, sync bool) (err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	f, err := os.CreateTemp(string(d), "."+name+"-")
	if err != nil {
		return d.unwritten(name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return d.unwritten(name, err)
	}
	if err = os.Rename(f.Name(), d.path(name)); err != nil {
		return d.unwritten(name, err)
	}
	if sync {
		return d.sync()
	}
	return nil
}

// unwritten is the error of what could not be kept.
func (d folder) unwritten(name string, err error) error {
	hint := "look at the folder's rights and at the disk"
	if isFull(err) {
		hint = "the disk is full: make room there"
	}
	return fmt.Errorf("write %s: %w; %s", d.path(name), err, hint)
}

// sync makes renames and removals last.
func (d folder) sync() error {
	f, err := os.Open(string(d))
	if err != nil {
		return fmt.Errorf("sync the folder %s: %w", d, err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync the folder %s: %w", d, err)
	}
	return nil
}

// read reads a file; false if there is none.
func (d folder) read(name string, v any) (bool, error) {
	b, err := os.ReadFile(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the boundary's state: %w", err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return false, fmt.Errorf("read the boundary's state %s: %w; set the file aside and apply again", d.path(name), err)
	}
	return true, nil
}

// remove removes files; it is well if they are not there.
func (d folder) remove(names ...string) error {
	for _, n := range names {
		if err := os.Remove(d.path(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s: %w", d.path(n), err)
		}
	}
	return d.sync()
}

// keep makes the record on trial the confirmed one. It is one rename: it needs
// no room on the disk, and a loss of power leaves it done or not done.
func (d folder) keep() error {
	if err := os.Rename(d.path(pendingFile), d.path(confirmedFile)); err != nil {
		return fmt.Errorf("keep the revision: %w", err)
	}
	return d.sync()
}

// pending is the record on trial, nil for none.
func (d folder) pending() (*record, error) { return d.record(pendingFile) }

func (d folder) record(name string) (*record, error) {
	var r record
	if ok, err := d.read(name, &r); !ok {
		return nil, err
	}
	return &r, nil
}

// saying is the operator's word in a file about a trial; false if there is none.
// One about another trial is old and counts for nothing.
func (d folder) saying(name, id string) (word, bool) {
	var w word
	ok, err := d.read(name, &w)
	return w, ok && err == nil && w.ID == id
}

// newID names a trial.
func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// trialFiles are those of a trial, gone with it. The first is what makes it one.
var trialFiles = []string{pendingFile, previousFile, confirmFile, rollbackFile, progressFile}
