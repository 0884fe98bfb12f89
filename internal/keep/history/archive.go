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
type Archive struct{}

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

var errLater = errors.New("history: not yet")

// Open opens the archive and makes its folder if there is none. It reads no
// segment. With S3 it asks whether the bucket is there.
func Open(ctx context.Context, o Options) (*Archive, error) { return nil, errLater }

// Close gives up the archive's handles. Calls in progress must have ended.
func (a *Archive) Close() error { return errLater }

// Remove deletes the files of segments. A file that is already gone is no error.
func (a *Archive) Remove(ctx context.Context, segments []plant.Segment) error { return errLater }

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
	return Swept{}, errLater
}

// Verify reads the whole file and compares size, hash, number of rows and what
// the file says of itself with the record.
func (a *Archive) Verify(ctx context.Context, s plant.Segment) error { return errLater }
