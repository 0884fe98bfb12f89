package history

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// scratchDir is where unfinished segments are, below Options.Dir. Their names do
// not end in .parquet, so that no reader takes one for a segment.
const scratchDir = ".unfinished"

// scratchFile is what an unfinished segment is written to.
type scratchFile interface {
	io.WriteCloser
	Sync() error
}

// unfinished is a segment that is being written.
type unfinished struct {
	scratchFile
	archive *Archive
	name    string // below Options.Dir
	closed  bool
}

// unfinished begins a new segment.
func (a *Archive) unfinished() (*unfinished, error) {
	u := &unfinished{archive: a, name: scratchDir + "/" + rand.Text() + ".tmp"}
	a.mu.Lock()
	a.writing[u.name] = true
	a.mu.Unlock()
	file, err := a.create(u.name)
	if err != nil {
		u.closed = true
		u.discard()
		return nil, fmt.Errorf("make unfinished segment: %w", err)
	}
	u.scratchFile = file
	return u, nil
}

// finish brings the whole file to the disk.
func (u *unfinished) finish() error {
	u.closed = true
	if err := errors.Join(u.Sync(), u.Close()); err != nil {
		return fmt.Errorf("write unfinished segment to disk: %w", err)
	}
	return nil
}

// discard removes what is left of the unfinished file, if it got no name.
func (u *unfinished) discard() {
	if !u.closed {
		u.Close()
	}
	u.archive.scratch.Remove(u.name) // gone when it was renamed; else Sweep tries again
	u.archive.mu.Lock()
	delete(u.archive.writing, u.name)
	u.archive.mu.Unlock()
}

// createScratch makes an unfinished file.
func createScratch(root *os.Root) func(name string) (scratchFile, error) {
	return func(name string) (scratchFile, error) {
		return root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	}
}

// sweepScratch removes unfinished files that nobody is writing and returns their
// paths.
func (a *Archive) sweepScratch() ([]string, error) {
	files, err := fs.ReadDir(a.scratch.FS(), scratchDir)
	if err != nil {
		return nil, err
	}
	var gone []string
	for _, f := range files {
		name := scratchDir + "/" + f.Name()
		a.mu.Lock()
		busy := a.writing[name]
		a.mu.Unlock()
		if busy || !strings.HasSuffix(name, ".tmp") {
			continue
		}
		if err := a.scratch.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return gone, err
		}
		gone = append(gone, name)
	}
	return gone, nil
}
