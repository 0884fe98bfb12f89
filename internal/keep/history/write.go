package history

import (
	"context"
	"iter"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// MaxBucketRows is how many rows of one step of time are held in memory to be
// sorted and added up. What is above it is written as rows of its own: totals
// stay right, the file gets larger.
const MaxBucketRows = 1 << 18

// WriteConversations seals rows into one segment. Rows come in order of Start,
// in any order within the same Start; rows of the same Start, sensor, endpoints,
// transport, port and protocol are added up. The same rows give the same bytes
// and the same path, so that a repeat after a crash writes the same file again.
// After an error (a full disk, a row outside the spec, an error of rows) nothing
// is left behind. No row at all is ErrEmpty.
func (a *Archive) WriteConversations(ctx context.Context, s Spec, rows iter.Seq2[Conversation, error]) (plant.Segment, error) {
	return plant.Segment{}, errLater
}

// WriteOperations is WriteConversations for operations; rows of the same Start,
// sensor, verb, endpoints, port and object are added up.
func (a *Archive) WriteOperations(ctx context.Context, s Spec, rows iter.Seq2[Operation, error]) (plant.Segment, error) {
	return plant.Segment{}, errLater
}

// RollUp adds the rows of segments up to the given step, which is theirs or a
// coarser one: all segments of one site, kind and day become one segment of that
// day (where step is minute, all of one hour become one of that hour). It returns
// the new segments, sorted by path, and removes nothing: the caller records them
// in place of the old ones in one transaction and then calls Remove. The same
// segments give the same result, whatever their order. If a segment cannot be
// read, nothing is returned and the error names it.
func (a *Archive) RollUp(ctx context.Context, segments []plant.Segment, step plant.Step) ([]plant.Segment, error) {
	return nil, errLater
}
