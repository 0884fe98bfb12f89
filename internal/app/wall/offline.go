package wall

import (
	"errors"
	"fmt"
	"time"
)

// ConfirmIn confirms the trial in a folder whose boundary process is dead. Its
// guard reads that.
func ConfirmIn(dir, by string) (*Revision, error) {
	return sayIn(dir, confirmFile, word{By: by})
}

// RollbackIn tells the guard of the trial in a folder whose boundary process is
// dead to put the previous contents back.
func RollbackIn(dir, by, reason string) (*Revision, error) {
	return sayIn(dir, rollbackFile, word{By: by, Reason: reason})
}

func sayIn(dir, file string, w word) (*Revision, error) {
	d := folder(dir)
	r, err := d.pending()
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fmt.Errorf("%w: no revision is on trial in %s", ErrNotFound, dir)
	}
	if !adopt(d.path(guardLockFile)).Alive() {
		return nil, fmt.Errorf("%w: the guard of revision %d is gone too: the revision will be taken back when the boundary process starts; systemctl start bulkhead-boundary", ErrConflict, r.Revision.Number)
	}
	w.ID, w.At = r.ID, time.Now()
	return &r.Revision, d.write(file, w)
}

// OpenIn opens the wall of a folder whose boundary process is dead, and keeps
// that for when it starts.
func OpenIn(dir string, b Box, open Open, r EndRequest) error {
	d := folder(dir)
	if p, err := RollbackIn(dir, r.By, "the wall is opened: "+r.Reason); err == nil {
		if err := d.awaitEnd(); err != nil {
			return fmt.Errorf("take revision %d back first: %w", p.Number, err)
		}
	} else if !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrConflict) {
		return err
	}
	k, err := open(b)
	if err != nil {
		return fmt.Errorf("reach the wall in the kernel: %w; by hand: nft delete table inet bulkhead", err)
	}
	defer k.Close()
	if _, err := k.Apply(openPolicy("")); err != nil {
		return fmt.Errorf("open the wall: %w; by hand: nft delete table inet bulkhead", err)
	}
	return d.write(openedFile, Opened{By: r.By, Reason: r.Reason, At: time.Now()})
}

// awaitEnd waits for the end of a trial.
func (d folder) awaitEnd() error {
	for range 150 {
		if r, err := d.pending(); r == nil && err == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return errors.New("its guard does not end")
}
