// Package state saves and restores everything that a hub keeps: one archive
// with the state, the history, the ledger and the packets that somebody kept as
// evidence.
//
// A backup is consistent while the hub works. The database is copied in one
// transaction; segments of history never change, so they are copied as the copy
// of the database lists them. An archive names each file with its hash, and
// nothing is put in place before all of them are right.
package state

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Places in a data folder.
const (
	Database = "bulkhead.db"
	History  = "history"
	Ledger   = "ledger"
)

// manifestName is the first member of an archive.
const manifestName = "manifest.json"

// Manifest says what an archive holds.
type Manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"`
	Made    time.Time `json:"made"`
	Files   []File    `json:"files"`
}

// File is one file of an archive, by its path in the data folder.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// format is the version of the archive.
const format = 1

// Errors that people can do something about.
var (
	ErrNotEmpty  = errors.New("the folder is not empty; restore into one that is, and then use it with --data")
	ErrDamaged   = errors.New("the backup is damaged")
	errRolledOff = errors.New("history changed while it was copied")
)

// tries is how often a backup begins anew because history was rolled up under
// it, which happens a few times an hour at most.
const tries = 5

// Backup writes an archive of the data folder to out, which must not exist.
func Backup(ctx context.Context, data, out, program string, now time.Time) (*Manifest, error) {
	if _, err := os.Lstat(out); err == nil {
		return nil, fmt.Errorf("back up to %s: %w", out, fs.ErrExist)
	}
	if _, err := os.Stat(filepath.Join(data, Database)); err != nil {
		return nil, fmt.Errorf("back up %s: %w; a hub that keeps its state in PostgreSQL is backed up with pg_dump", data, err)
	}
	for n := 1; ; n++ {
		m, err := backup(ctx, data, out, program, now)
		if !errors.Is(err, errRolledOff) || n == tries {
			return m, err
		}
	}
}

func backup(ctx context.Context, data, out, program string, now time.Time) (_ *Manifest, err error) {
	work, err := os.MkdirTemp(filepath.Dir(out), ".bulkhead-backup-")
	if err != nil {
		return nil, fmt.Errorf("back up to %s: %w", out, err)
	}
	defer os.RemoveAll(work)
	copied := filepath.Join(work, Database)
	segments, err := copyDatabase(ctx, filepath.Join(data, Database), copied)
	if err != nil {
		return nil, err
	}
	sources := map[string]string{Database: copied}
	for _, s := range segments {
		p := path.Join(History, s)
		sources[p] = filepath.Join(data, filepath.FromSlash(p))
	}
	if err := kept(data, sources); err != nil {
		return nil, err
	}
	if err := copyLedger(data, work, sources); err != nil {
		return nil, err
	}
	m := &Manifest{Format: format, Program: program, Made: now.UTC()}
	if err := m.measure(ctx, sources); err != nil {
		return nil, err
	}
	temporary := filepath.Join(work, "archive")
	if err := m.write(ctx, temporary, sources); err != nil {
		return nil, err
	}
	if err := os.Link(temporary, out); err != nil { // fails where a file came in the meantime
		return nil, fmt.Errorf("back up to %s: %w", out, err)
	}
	return m, syncFolder(filepath.Dir(out))
}

// copyDatabase copies the state and lists the segments that the copy knows.
func copyDatabase(ctx context.Context, from, to string) (paths []string, err error) {
	db, err := store.Open(ctx, from, store.Options{})
	if err != nil {
		return nil, err
	}
	err = db.Backup(ctx, to)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	if db, err = store.Open(ctx, to, store.Options{}); err != nil {
		return nil, err
	}
	list, err := db.Segments(ctx, store.SegmentFilter{})
	for i := range list {
		paths = append(paths, list[i].Path)
	}
	return paths, errors.Join(err, db.Close())
}

// copyLedger adds the ledger. It is copied after the database, so that it holds
// all that the checkpoint in there covers.
func copyLedger(data, work string, sources map[string]string) error {
	to := filepath.Join(work, Ledger)
	if err := ledger.Copy(filepath.Join(data, Ledger), to); errors.Is(err, ledger.ErrNone) {
		return nil // of a program that had none
	} else if err != nil {
		return err
	}
	for _, name := range ledger.Files {
		if _, err := os.Stat(filepath.Join(to, name)); err == nil {
			sources[path.Join(Ledger, name)] = filepath.Join(to, name)
		}
	}
	return nil
}

// kept adds the packets that somebody kept, the captures that were imported, and
// damaged ledgers, which are evidence, and the certificate authority, which
// people would have to trust anew.
func kept(data string, sources map[string]string) error {
	for _, pattern := range []string{"ring/*/kept/*", "imports/*.capture", Ledger + "-aside-*/*", "tls/*", "tls/acme/*"} {
		found, err := filepath.Glob(filepath.Join(data, filepath.FromSlash(pattern)))
		if err != nil {
			return err
		}
		for _, f := range found {
			info, err := os.Stat(f)
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			rel, err := filepath.Rel(data, f)
			if err != nil {
				return err
			}
			sources[filepath.ToSlash(rel)] = f
		}
	}
	return nil
}

// measure notes size and hash of each file.
func (m *Manifest) measure(ctx context.Context, sources map[string]string) error {
	for p, file := range sources {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum, n, err := hash(file)
		if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(p, History+"/") {
			return errRolledOff
		}
		if err != nil {
			return fmt.Errorf("back up %s: %w", p, err)
		}
		m.Files = append(m.Files, File{p, n, sum})
	}
	slices.SortFunc(m.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

func hash(file string) (sum string, n int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

func (m *Manifest) write(ctx context.Context, out string, sources map[string]string) (err error) {
	f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := zstd.NewWriter(f)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := member(t, manifestName, int64(len(text)), m.Made, strings.NewReader(string(text))); err != nil {
		return err
	}
	for _, x := range m.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := copyFile(t, x, m.Made, sources[x.Path]); err != nil {
			return fmt.Errorf("back up %s: %w", x.Path, err)
		}
	}
	if err := errors.Join(t.Close(), z.Close()); err != nil {
		return err
	}
	return f.Sync()
}

func copyFile(t *tar.Writer, x File, made time.Time, file string) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(x.Path, History+"/") {
		return errRolledOff
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return member(t, x.Path, x.Bytes, made, f)
}

func member(t *tar.Writer, name string, size int64, made time.Time, r io.Reader) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: made, Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err := io.CopyN(t, r, size)
	return err
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
