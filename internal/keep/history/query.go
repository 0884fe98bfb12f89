package history

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Query says which rows are asked for. Empty lists ask for all.
type Query struct {
	// From and To ask for rows whose step of time overlaps [From, To); zero
	// means without end. A row is not cut: the coarser the step, the more a range
	// takes in at its edges.
	From, To  time.Time
	Site      string   // "" for all
	Sensors   []string // that saw it
	Addrs     []string // on either side, as plant.Endpoint.Addr writes them
	VLANs     []uint16 // on either side
	Protocols []string
	Kinds     []plant.Kind // of operations; conversations have none
}

// Conversations yields the rows of segments that q asks for, segment by segment
// in order of From and Path, until yield returns false. The row is valid during
// the call only. Segments that cannot be read are left out and named by the
// error, a join of *SegmentError; rows of such a segment may have been yielded
// before the damage was met.
func (a *Archive) Conversations(ctx context.Context, segments []plant.Segment, q Query, yield func(*Conversation) bool) error {
	return errLater
}

// Operations is Conversations for operations.
func (a *Archive) Operations(ctx context.Context, segments []plant.Segment, q Query, yield func(*Operation) bool) error {
	return errLater
}
