package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// storage keeps files under their paths.
type storage interface {
	// put makes the finished file in the scratch folder the one at path, in one
	// step: whoever looks sees the old state or the new one.
	put(ctx context.Context, scratch, path string) error
	open(ctx context.Context, path string) (object, error)
	// list calls each for every file below the root.
	list(ctx context.Context, each func(path string)) error
	// remove deletes a file; one that is not there is no error.
	remove(ctx context.Context, path string) error
}

// object is an open file.
type object interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// folder keeps files in a folder of the machine. No path leads out of it.
type folder struct {
	root *os.Root
	mu   sync.Mutex // held while folders come and go
}

func (f *folder) put(_ context.Context, scratch, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.makeFolders(path.Dir(name)); err != nil {
		return err
	}
	if err := f.root.Rename(scratch, name); err != nil {
		return err
	}
	return f.sync(path.Dir(name))
}

// makeFolders makes the folders of a path and sees to it that they are on the
// disk before a file in them counts.
func (f *folder) makeFolders(dir string) error {
	parent := "."
	for part := range strings.SplitSeq(dir, "/") {
		child := path.Join(parent, part)
		err := f.root.Mkdir(child, 0o750)
		if err == nil {
			err = f.sync(parent)
		} else if errors.Is(err, fs.ErrExist) {
			err = nil
		}
		if err != nil {
			return err
		}
		parent = child
	}
	return nil
}

func (f *folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	return nil
}

func (f *folder) open(_ context.Context, name string) (object, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", name)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return openFile{file, info.Size()}, nil
}

type openFile struct {
	*os.File
	size int64
}

// Size is the file's length when it was opened.
func (f openFile) Size() int64 { return f.size }

func (f *folder) list(ctx context.Context, each func(string)) error {
	return fs.WalkDir(f.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			each(name)
		}
		return errors.Join(err, ctx.Err())
	})
}

func (f *folder) remove(_ context.Context, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		f.removeEmpty(path.Dir(name))
	}
	return err
}

// removeEmpty removes the folders that a removed file leaves empty. What stays
// because something is in it stays.
func (f *folder) removeEmpty(dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if f.root.Remove(dir) != nil {
			return
		}
	}
}
