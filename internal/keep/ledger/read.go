package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Each reads the records of a folder, oldest first, without a change and
// without a lock. A line that is no record is given as its number and error:
// Verify says what it means.
func Each(ctx context.Context, dir string, record func(Record) error, bad func(line int64, err error)) error {
	f, err := os.Open(filepath.Join(dir, recordsName))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", dir, ErrNone)
	}
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	defer f.Close()
	r := newLineReader(f, 0)
	for n := int64(1); ctx.Err() == nil; n++ {
		b, err := r.next()
		if err == io.EOF {
			return nil
		}
		if errors.Is(err, errTorn) {
			bad(n, err)
			return nil
		}
		if err != nil {
			return err
		}
		rec, err := decode(b)
		if err != nil {
			bad(n, err)
			continue
		}
		if err := record(rec); err != nil {
			return err
		}
	}
	return fmt.Errorf("read the ledger: %w", ctx.Err())
}

// Last is the last checkpoint in a folder that is signed by the ledger's key.
func Last(dir string) (Checkpoint, error) {
	v := &verification{dir: dir, roots: roots{}}
	if err := v.open(nil); err != nil {
		return Checkpoint{}, err
	}
	return v.last, v.hashes.Close()
}

// Copy copies a ledger as it is at one moment, while it may be written to, into
// a folder that it makes. ErrNone if there is none.
func Copy(dir, to string) error {
	if _, err := os.Stat(filepath.Join(dir, recordsName)); errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("copy the ledger: %w", err)
	}
	defer lock.Close()
	release, err := lockFile(lock)
	if err != nil {
		return fmt.Errorf("copy the ledger: %w", err)
	}
	defer release()
	if err := os.MkdirAll(to, 0o700); err != nil {
		return fmt.Errorf("copy the ledger: %w", err)
	}
	for _, name := range Files {
		if err := copyFile(filepath.Join(dir, name), filepath.Join(to, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("copy the ledger: %w", err)
		}
	}
	return nil
}

// Files are the names of what a ledger's folder holds, but for the lock.
var Files = []string{recordsName, hashesName, checkpointsName, keyName, verifierName}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
