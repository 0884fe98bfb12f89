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
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// Bounds of what an archive may claim.
const (
	maxManifest = 64 << 20
	maxFiles    = 1 << 20
)

// Restore puts an archive into a data folder, which must be missing or empty.
// Everything is unpacked and verified beside it first: after an error the
// folder is as it was.
//
// Settle is called with the unpacked folder before it is put in place: what it
// refuses is not restored. Nil does nothing.
func Restore(ctx context.Context, archive, data string, settle func(dir string, m *Manifest) error) (*Manifest, error) {
	if list, err := os.ReadDir(data); err == nil && len(list) > 0 {
		return nil, fmt.Errorf("restore into %s: %w", data, ErrNotEmpty)
	}
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data = filepath.Clean(data)
	work, err := os.MkdirTemp(filepath.Dir(data), ".bulkhead-restore-")
	if err != nil {
		return nil, fmt.Errorf("restore into %s: %w", data, err)
	}
	defer os.RemoveAll(work)
	m, err := unpack(ctx, f, work)
	if err != nil {
		return nil, fmt.Errorf("restore %s: %w", archive, err)
	}
	if settle != nil {
		if err := settle(work, m); err != nil {
			return nil, fmt.Errorf("restore %s: %w", archive, err)
		}
	}
	if err := os.Remove(data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("restore into %s: %w", data, err)
	}
	if err := os.Rename(work, data); err != nil {
		return nil, fmt.Errorf("restore into %s: %w", data, err)
	}
	return m, syncFolder(filepath.Dir(data))
}

func unpack(ctx context.Context, r io.Reader, dir string) (*Manifest, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer z.Close()
	t := tar.NewReader(z)
	m, err := readManifest(t)
	if err != nil {
		return nil, err
	}
	for _, x := range m.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := t.Next()
		if err != nil {
			return nil, fmt.Errorf("%w: before %s: %w", ErrDamaged, x.Path, err)
		}
		if h.Name != x.Path || h.Typeflag != tar.TypeReg {
			return nil, fmt.Errorf("%w: %q stands where %s should", ErrDamaged, h.Name, x.Path)
		}
		if err := place(t, dir, x); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func readManifest(t *tar.Reader) (*Manifest, error) {
	h, err := t.Next()
	if err != nil || h.Name != manifestName || h.Size > maxManifest {
		return nil, fmt.Errorf("%w: it does not begin as a backup does", ErrDamaged)
	}
	m := &Manifest{}
	if err := json.NewDecoder(t).Decode(m); err != nil {
		return nil, fmt.Errorf("%w: its list: %w", ErrDamaged, err)
	}
	if m.Format != format {
		return nil, fmt.Errorf("it has format %d, this program reads %d: use the program that made it (%s) or a later one", m.Format, format, m.Program)
	}
	if len(m.Files) > maxFiles {
		return nil, fmt.Errorf("%w: it lists %d files", ErrDamaged, len(m.Files))
	}
	return m, nil
}

// place writes one file and compares it with the list.
func place(r io.Reader, dir string, x File) (err error) {
	if !filepath.IsLocal(filepath.FromSlash(x.Path)) {
		return fmt.Errorf("%w: %q leads out of the folder", ErrDamaged, x.Path)
	}
	to := filepath.Join(dir, filepath.FromSlash(x.Path))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), r)
	if err != nil {
		return fmt.Errorf("%s: %w", x.Path, err)
	}
	if n != x.Bytes || hex.EncodeToString(h.Sum(nil)) != x.SHA256 {
		return fmt.Errorf("%w: %s is not what was saved", ErrDamaged, x.Path)
	}
	return f.Sync()
}
