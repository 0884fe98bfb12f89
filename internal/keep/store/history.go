package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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

// WatchedSince is from when on a site was watched up to a time, if no more than
// slack of what is between may be missing: hours in which conversations were
// seen, as far as rows of the history are fine enough to tell. Without any it is
// until itself.
func (db *DB) WatchedSince(ctx context.Context, site string, until time.Time, slack time.Duration) (time.Time, error) {
	segments, err := db.segments(ctx, SegmentFilter{Site: site, Kind: plant.SegmentConversations, To: until})
	if err != nil {
		return until, err
	}
	waiting, err := db.hoursToSeal(ctx, until.Add(time.Hour)) // the hour that is not over is one of them
	if err != nil {
		return until, err
	}
	for _, h := range waiting {
		if h.Site == site && h.Kind == plant.SegmentConversations {
			segments = append(segments, plant.Segment{From: h.At, To: h.At.Add(time.Hour)})
		}
	}
	slices.SortFunc(segments, func(a, b plant.Segment) int { return b.To.Compare(a.To) })
	since := until
	for _, s := range segments {
		if gap := since.Sub(s.To); gap > 0 {
			if slack -= gap; slack < 0 {
				break
			}
		}
		if s.From.Before(since) {
			since = s.From
		}
	}
	return since, nil
}

func (db *DB) hoursToSeal(ctx context.Context, before time.Time) ([]Hour, error) {
	names, err := db.siteNumbers(ctx)
	if err != nil {
		return nil, err
	}
	var hours []Hour
	for name, site := range names {
		for _, m := range []*minuteTable{&conversationMinutes, &operationMinutes} {
			// From hour to hour by the index: the rows between are not read.
			at := int64(0)
			for {
				var next sql.NullInt64
				if err := db.row(ctx, "SELECT MIN(minute) FROM "+m.table+" WHERE site = ? AND minute >= ?", []any{site, at}, &next); err != nil {
					return nil, db.failed("look for hours to seal", err)
				}
				hour := time.Unix(60*next.Int64, 0).UTC().Truncate(time.Hour)
				if !next.Valid || hour.Add(time.Hour).After(before) {
					break
				}
				hours = append(hours, Hour{Site: name, At: hour, Kind: m.kind})
				at = hour.Add(time.Hour).Unix() / 60
			}
		}
	}
	slices.SortFunc(hours, func(a, b Hour) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Site, b.Site), cmp.Compare(a.Kind, b.Kind))
	})
	return hours, nil
}

// siteNumbers are all sites. There are few.
func (db *DB) siteNumbers(ctx context.Context) (map[string]int64, error) {
	all := map[string]int64{}
	err := db.each(ctx, "SELECT name, id FROM site", nil, func(scan func(...any) error) error {
		var name string
		var id int64
		err := scan(&name, &id)
		all[name] = id
		return err
	})
	return all, db.failed("read sites", err)
}

// siteNumber is the number of a site, ErrNotFound if it was never heard of.
func (db *DB) siteNumber(ctx context.Context, name string) (int64, error) {
	var id int64
	err := db.row(ctx, "SELECT id FROM site WHERE name = ?", []any{name}, &id)
	return id, err
}

func (db *DB) recentConversations(ctx context.Context, site string, from, to time.Time, yield func(string, *plant.Conversation) error) (upTo int64, err error) {
	upTo, err = recent(ctx, db, &conversationMinutes, conversationTotals(), site, from, to, func(sensor string, o plant.Conversation, m *minuteRow) error {
		m.conversation(&o)
		return yield(sensor, &o)
	})
	return upTo, db.failed("read conversations by the minute", err)
}

func (db *DB) recentOperations(ctx context.Context, site string, from, to time.Time, yield func(string, *plant.Operation) error) (upTo int64, err error) {
	upTo, err = recent(ctx, db, &operationMinutes, operationTotals(), site, from, to, func(sensor string, o plant.Operation, m *minuteRow) error {
		m.operation(&o)
		return yield(sensor, &o)
	})
	return upTo, db.failed("read operations by the minute", err)
}

// recent streams the rows of a site by the minute, with the sensor of each.
func recent[V any](ctx context.Context, db *DB, m *minuteTable, totals *total[V], site string, from, to time.Time, yield func(string, V, *minuteRow) error) (upTo int64, err error) {
	number, err := db.siteNumber(ctx, site)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	err = db.look(ctx, func(t *tx) error {
		sensors, err := t.sensorNames()
		if err != nil {
			return err
		}
		upTo, err = stream(t, m, totals, number, from.UnixNano(), to.UnixNano(), func(v V, r *minuteRow) error { return yield(sensors[r.sensor], v, r) })
		return err
	})
	return upTo, err
}

func (db *DB) sealed(ctx context.Context, h Hour, upTo int64, segments []plant.Segment) error {
	m, err := minuteTableOf(h.Kind)
	if err != nil {
		return err
	}
	return db.change(ctx, "record sealed history", func(t *tx) error {
		if err := t.addSegments(segments); err != nil {
			return err
		}
		from := h.At.Unix() / 60
		_, err := t.exec("DELETE FROM "+m.table+" WHERE site = (SELECT id FROM site WHERE name = ?) AND minute >= ? AND minute < ? AND id <= ?",
			h.Site, from, from+60, upTo)
		return err
	})
}

// addSegments records segments. One that is there already is the same: its path
// is made from its content.
func (t *tx) addSegments(segments []plant.Segment) error {
	for _, s := range segments {
		if _, err := t.exec("INSERT INTO segment (path, site, kind, step, low, high, rows, bytes, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO NOTHING",
			s.Path, s.Site, string(s.Kind), string(s.Step), nanos(s.From), nanos(s.To), counter(s.Rows), counter(s.Bytes), s.SHA256); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) replaceSegments(ctx context.Context, old, new []plant.Segment) error {
	return db.change(ctx, "replace segments of history", func(t *tx) error {
		for _, s := range old {
			n, err := t.exec("DELETE FROM segment WHERE path = ?", s.Path)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("segment %s is not recorded: %w", s.Path, ErrConflict)
			}
		}
		return t.addSegments(new)
	})
}

func (db *DB) segments(ctx context.Context, f SegmentFilter) ([]plant.Segment, error) {
	var w where
	w.equal("site", f.Site)
	w.equal("kind", string(f.Kind))
	w.equal("step", string(f.Step))
	if !f.From.IsZero() {
		w.add("high > ?", nanos(f.From))
	}
	if !f.To.IsZero() {
		w.add("low < ?", nanos(f.To))
	}
	var all []plant.Segment
	err := db.each(ctx, "SELECT path, site, kind, step, low, high, rows, bytes, sha256 FROM segment"+w.clause()+" ORDER BY low, site, kind, path", w.args,
		func(scan func(...any) error) error {
			var s plant.Segment
			var low, high int64
			err := scan(&s.Path, &s.Site, &s.Kind, &s.Step, &low, &high, &s.Rows, &s.Bytes, &s.SHA256)
			s.From, s.To = clock(low), clock(high)
			all = append(all, s)
			return err
		})
	return all, db.failed("read segments of history", err)
}
