package store

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Outcome is what became of one batch.
type Outcome uint8

// Outcomes. Late is a batch whose number had been counted as missing; it
// counts like any other.
const (
	Counted Outcome = iota + 1
	Late
	Duplicate
)

// Applied is what Apply did, in the order of the batches.
type Applied struct {
	Batches []AppliedBatch
	// LeftOut is how many observations found no room within Limits.
	LeftOut uint64
}

// AppliedBatch is what became of one batch. Where it counted, the packet
// references in its observations now have Sensor as their capture.
type AppliedBatch struct {
	Sensor   int // the sensor's number, the capture of its packet references
	Outcome  Outcome
	NewEpoch bool   // the sensor lost its state, or was never heard of
	Missing  uint64 // batches between the last one and this that have not come
}

// Apply adds batches in one transaction: all of them count or none. A batch
// counts exactly once: of each epoch the sequence numbers that came are known,
// so one that comes again is a Duplicate and one that comes after its
// successors is Late. Packet references (capture 0) in the batches that count
// are changed in place to carry the sensor's number as capture, so that the
// caller may hand the observations on to its inventory; this is done only when
// the transaction has committed. Apply does not keep the batches.
//
// Several hundred batches at a time are much cheaper than one by one.
func (db *DB) Apply(ctx context.Context, batches []*plant.Batch) (Applied, error) {
	return db.apply(ctx, batches)
}
