package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Hour is an hour of rows by the minute that waits to be sealed. A row belongs
// to the hour in which it begins.
type Hour struct {
	Site string
	At   time.Time
	Kind plant.SegmentKind
}

// HoursToSeal are the hours that have rows and end at or before a time, oldest
// first. An hour that was sealed comes again if rows came after.
func (db *DB) HoursToSeal(ctx context.Context, before time.Time) ([]Hour, error) {
	return db.hoursToSeal(ctx, before)
}

// RecentConversations streams an hour's rows by the minute, sorted by time,
// with the sensor that saw each. The value is yield's only until it returns.
// It returns the mark that Sealed takes.
func (db *DB) RecentConversations(ctx context.Context, site string, hour time.Time, yield func(sensor string, c *plant.Conversation) error) (upTo int64, err error) {
	return db.recentConversations(ctx, site, hour, hour.Add(time.Hour), yield)
}

// RecentOperations is RecentConversations for operations.
func (db *DB) RecentOperations(ctx context.Context, site string, hour time.Time, yield func(sensor string, o *plant.Operation) error) (upTo int64, err error) {
	return db.recentOperations(ctx, site, hour, hour.Add(time.Hour), yield)
}

// ConversationsBetween streams the rows by the minute that begin in [from, to),
// sorted by time, for queries that history answers up to from.
func (db *DB) ConversationsBetween(ctx context.Context, site string, from, to time.Time, yield func(sensor string, c *plant.Conversation) error) error {
	_, err := db.recentConversations(ctx, site, from, to, yield)
	return err
}

// OperationsBetween is ConversationsBetween for operations.
func (db *DB) OperationsBetween(ctx context.Context, site string, from, to time.Time, yield func(sensor string, o *plant.Operation) error) error {
	_, err := db.recentOperations(ctx, site, from, to, yield)
	return err
}

// Sealed records segments and removes, in the same transaction, exactly the
// rows of the hour that a stream ending with the mark upTo has handed out.
// Rows that came later stay.
func (db *DB) Sealed(ctx context.Context, h Hour, upTo int64, segments []plant.Segment) error {
	return db.sealed(ctx, h, upTo, segments)
}

// ReplaceSegments removes the records of old segments and adds those of new
// ones in one transaction. It is ErrConflict if one of the old is not there.
func (db *DB) ReplaceSegments(ctx context.Context, old, new []plant.Segment) error {
	return db.replaceSegments(ctx, old, new)
}

// SegmentFilter says which segments. Zero fields do not filter.
type SegmentFilter struct {
	Site     string
	Kind     plant.SegmentKind
	Step     plant.Step
	From, To time.Time // those that overlap [From, To)
}

// Segments are the recorded segments, oldest first.
func (db *DB) Segments(ctx context.Context, f SegmentFilter) ([]plant.Segment, error) {
	return db.segments(ctx, f)
}
