// Package history is the archive of conversations and operations: immutable
// Parquet segments in a folder or on S3-compatible storage.
//
// A segment holds the rows of one site, one kind and one step (minute, hour or
// day) for one stretch of time, sorted by time. It is written once, under a name
// made from its content, so that doing it again after a crash gives the same
// file. The package keeps no list of segments: the caller records what a write
// or RollUp returns, and hands the records back to ask, roll up or remove. Any
// Parquet reader can read the files; docs/history.md has the columns.
//
// Reference: Apache Parquet format 2.10 (https://github.com/apache/parquet-format).
package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// SchemaVersion is the version of the columns, kept in each file under the key
// "bulkhead.schema". A file of another version is not read.
const SchemaVersion = 1

// Options say where an archive is.
type Options struct {
	// Dir is the archive's folder. With S3 it is where unfinished segments are
	// made before they are sent; it then needs room for one segment.
	Dir string
	// S3 is the storage to use in place of Dir, nil for the folder.
	S3 *S3
}

// S3 names S3-compatible storage. A bucket and prefix belong to one hub: Sweep
// removes what it does not know.
type S3 struct {
	Endpoint string // "https://s3.example.org" or "http://10.0.0.5:9000"
	Region   string // "" to ask the storage
	Bucket   string // must exist
	Prefix   string // of every object's name, "" for none
	// AccessKeyFile and SecretKeyFile hold the keys, one line each, so that no
	// key stands in a configuration or in a list of processes.
	AccessKeyFile, SecretKeyFile string
}

// Archive reads and writes segments. Its methods can be called from several
// goroutines at once.
type Archive struct {
	files   storage
	scratch *os.Root // Options.Dir
	create  func(name string) (scratchFile, error)
	zstd    *zstd.Decoder

	mu      sync.Mutex
	writing map[string]bool // unfinished files in use
}

// ErrEmpty means that there was no row, and so there is no segment.
var ErrEmpty = errors.New("history: no rows")

// SegmentError is what is wrong with one segment. The others are not affected.
type SegmentError struct {
	Path string
	Err  error
}

// Error names the segment.
func (e *SegmentError) Error() string { return fmt.Sprintf("segment %s: %v", e.Path, e.Err) }

// Unwrap is the cause.
func (e *SegmentError) Unwrap() error { return e.Err }

// Open opens the archive and makes its folder if there is none. It reads no
// segment. With S3 it asks whether the bucket is there.
func Open(ctx context.Context, o Options) (*Archive, error) {
	if err := os.MkdirAll(filepath.Join(o.Dir, scratchDir), 0o750); err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	pages, err := newDecompressor()
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("open history: %w", err)
	}
	a := &Archive{files: &folder{root: root}, zstd: pages, scratch: root, create: createScratch(root), writing: map[string]bool{}}
	if o.S3 == nil {
		return a, nil
	}
	if a.files, err = openS3(ctx, *o.S3, root); err != nil {
		root.Close()
		return nil, fmt.Errorf("open history on %s: %w", o.S3.Endpoint, err)
	}
	return a, nil
}

// Close gives up the archive's handles. Calls in progress must have ended.
func (a *Archive) Close() error {
	a.zstd.Close()
	return a.scratch.Close()
}

// Remove deletes the files of segments. A file that is already gone is no error.
func (a *Archive) Remove(ctx context.Context, segments []plant.Segment) error {
	var all []error
	for _, s := range segments {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(all, err)...)
		}
		if err := a.files.remove(ctx, s.Path); err != nil {
			all = append(all, &SegmentError{s.Path, fmt.Errorf("remove: %w", err)})
		}
	}
	return errors.Join(all...)
}

// Swept is what Sweep did.
type Swept struct {
	Removed []string        // paths of files without a record, now deleted
	Missing []plant.Segment // records whose file is gone
}

// Sweep compares the files with the records: it deletes unfinished files and
// segments without a record, and names records without a file. Call it before
// anything is written, with every record there is: what is sealed and not yet
// recorded counts as unknown. Files that are not named like segments stay.
func (a *Archive) Sweep(ctx context.Context, known []plant.Segment) (Swept, error) {
	var s Swept
	var err error
	if s.Removed, err = a.sweepScratch(); err != nil {
		return s, fmt.Errorf("sweep unfinished segments: %w", err)
	}
	wanted := map[string]bool{}
	for _, k := range known {
		wanted[k.Path] = true
	}
	var unknown []string
	err = a.files.list(ctx, func(path string) {
		if wanted[path] {
			delete(wanted, path)
		} else if segmentName.MatchString(path) {
			unknown = append(unknown, path)
		}
	})
	if err != nil {
		return s, fmt.Errorf("list segments: %w", err)
	}
	for _, k := range known {
		if wanted[k.Path] {
			s.Missing = append(s.Missing, k)
		}
	}
	for _, path := range unknown {
		if err := a.files.remove(ctx, path); err != nil {
			return s, fmt.Errorf("remove segment without a record: %w", err)
		}
		s.Removed = append(s.Removed, path)
	}
	return s, nil
}
