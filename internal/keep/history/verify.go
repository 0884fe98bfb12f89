package history

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Verify reads the whole file and compares size, hash, number of rows and what
// the file says of itself with the record.
func (a *Archive) Verify(ctx context.Context, s plant.Segment) error {
	if err := a.verify(ctx, s); err != nil {
		return &SegmentError{s.Path, err}
	}
	return nil
}

func (a *Archive) verify(ctx context.Context, s plant.Segment) error {
	f, err := a.openSegment(ctx, s)
	if err != nil {
		return err
	}
	defer f.Close()
	if uint64(f.meta.NumRows) != s.Rows {
		return fmt.Errorf("%d rows, but %d are recorded", f.meta.NumRows, s.Rows)
	}
	sum, err := hashOf(ctx, f)
	if err == nil && sum != s.SHA256 {
		err = fmt.Errorf("its hash is %s, but %s is recorded", sum, s.SHA256)
	}
	return err
}

// hashOf is the SHA-256 of a file, in hexadecimal.
func hashOf(ctx context.Context, o object) (string, error) {
	sum := sha256.New()
	b := make([]byte, 256<<10)
	for at := int64(0); at < o.Size(); at += int64(len(b)) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		b = b[:min(int64(len(b)), o.Size()-at)]
		if err := readFull(o, b, at); err != nil {
			return "", err
		}
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Records reads all files and returns the records that belong to them, sorted by
// path, for a hub that lost its own. It cannot know which of them were replaced
// by others, or have rows that are still in SQL. Files that are no segment are
// named by the error, a join of *SegmentError.
func (a *Archive) Records(ctx context.Context) ([]plant.Segment, error) {
	var paths []string
	err := a.files.list(ctx, func(path string) {
		if segmentName.MatchString(path) {
			paths = append(paths, path)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list segments: %w", err)
	}
	slices.Sort(paths)
	var list []plant.Segment
	var bad []error
	for _, path := range paths {
		s, err := a.record(ctx, path)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			bad = append(bad, &SegmentError{path, err})
		default:
			list = append(list, s)
		}
	}
	return list, errors.Join(bad...)
}

// record makes the record of a file from what it says of itself, and holds that
// it is where such a file belongs.
func (a *Archive) record(ctx context.Context, path string) (s plant.Segment, err error) {
	o, err := a.files.open(ctx, path)
	if err != nil {
		return s, err
	}
	defer o.Close()
	f := &segmentFile{object: o}
	if err := f.readMeta(); err != nil {
		return s, err
	}
	s = plant.Segment{
		Site: f.note("bulkhead.site"), Kind: plant.SegmentKind(f.note("bulkhead.kind")), Step: plant.Step(f.note("bulkhead.step")),
		Path: path, Rows: uint64(f.meta.NumRows), Bytes: uint64(o.Size()),
	}
	f.columns = columnsOf(s.Kind)
	if err := f.check(s); err != nil {
		return s, err
	}
	var from, to error
	s.From, from = time.Parse(time.RFC3339, f.note("bulkhead.from"))
	s.To, to = time.Parse(time.RFC3339, f.note("bulkhead.to"))
	if err := errors.Join(from, to); err != nil {
		return s, err
	}
	if s.SHA256, err = hashOf(ctx, o); err != nil {
		return s, err
	}
	if want := segmentPath(s.Kind, Spec{Site: s.Site, Step: s.Step, From: s.From, To: s.To}, s.SHA256); want != path {
		return s, fmt.Errorf("damaged or moved: it belongs at %s", want)
	}
	return s, nil
}
