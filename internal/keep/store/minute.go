package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// minuteTable is where the rows by the minute of one kind wait to be sealed.
type minuteTable struct {
	layout
	kind  plant.SegmentKind
	table string
	of    string // table of totals
}

var (
	conversationMinutes = minuteTable{layout{counts: 7}, plant.SegmentConversations, "conversation_minute", "conversation"}
	operationMinutes    = minuteTable{layout{counts: 4, texts: true}, plant.SegmentOperations, "operation_minute", "operation"}
)

func minuteTableOf(kind plant.SegmentKind) (*minuteTable, error) {
	for _, m := range []*minuteTable{&conversationMinutes, &operationMinutes} {
		if m.kind == kind {
			return m, nil
		}
	}
	return nil, fmt.Errorf("segments of kind %q: %w", kind, ErrInvalid)
}

// siteRow is a row by the minute on its way into the database.
type siteRow struct {
	site int64
	minuteRow
}

// write packs rows of any sites and minutes and writes them. It sorts rows.
func (m *minuteTable) write(t *tx, s *serials, rows []siteRow) error {
	slices.SortFunc(rows, func(a, b siteRow) int {
		return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(a.at/minute, b.at/minute), cmp.Compare(a.of, b.of), cmp.Compare(a.sensor, b.sensor), cmp.Compare(a.at, b.at))
	})
	insert := t.bulk("INSERT INTO "+m.table+" (id, site, minute, pack)", "")
	var part []minuteRow
	texts := 0
	for i := range rows {
		r := &rows[i]
		part = append(part, r.minuteRow)
		texts += len(r.value)
		if i+1 < len(rows) && rows[i+1].site == r.site && rows[i+1].at/minute == r.at/minute && len(part) < packRows && texts < packTexts {
			continue
		}
		at := r.at / minute
		if err := insert.add(s.take(m.table), r.site, at, m.pack(part, at*minute)); err != nil {
			return err
		}
		part, texts = part[:0], 0
	}
	return insert.flush()
}

// packs goes through the packs of a site that have rows in [from, to), some at
// a time and in order of the minute. The rows are do's only until it returns;
// some may be outside of the stretch by less than a minute. With keep, packs
// without a row of a total that it wants come without rows.
//
// A page of packs is read to its end before do is called, so that do may ask
// over the same connection.
func (m *minuteTable) packs(t *tx, site, from, to int64, keep func(of int64) bool, do func(id, at int64, rows []minuteRow) error) error {
	type one struct {
		id, at int64
		pack   []byte
	}
	last := one{at: max(0, from) / minute, id: -1} // before the first
	var page []one
	var rows []minuteRow
	for {
		page = page[:0]
		err := t.each("SELECT id, minute, pack FROM "+m.table+" WHERE site = ? AND (minute, id) > (?, ?) AND minute < ? ORDER BY minute, id LIMIT ?",
			[]any{site, last.at, last.id, (to + minute - 1) / minute, pageOfPacks}, func(scan func(...any) error) error {
				var p one
				err := scan(&p.id, &p.at, &p.pack)
				page = append(page, p)
				return err
			})
		if err != nil {
			return err
		}
		for _, p := range page {
			if rows, err = m.unpack(p.pack, p.at*minute, rows[:0], keep); err != nil {
				return fmt.Errorf("pack %d of %s: %w", p.id, m.table, err)
			}
			if err := do(p.id, p.at, rows); err != nil {
				return err
			}
		}
		if len(page) < pageOfPacks {
			return nil
		}
		last = page[len(page)-1]
	}
}

// pageOfPacks is how many packs are read at a time: an hour or so of a plant
// with one sensor.
const pageOfPacks = 64

// add adds up the rows in [from, to) of several sites, in any order: all of
// them, or with keep those of the totals that it wants.
func (m *minuteTable) add(t *tx, sites []any, from, to int64, keep func(of int64) bool, sum func(*minuteRow)) error {
	for _, site := range sites {
		err := m.packs(t, site.(int64), from, to, keep, func(_, _ int64, rows []minuteRow) error {
			for i := range rows {
				if rows[i].at >= from && rows[i].at < to && (keep == nil || keep(rows[i].of)) {
					sum(&rows[i])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// total is what the rows by the minute of one total have in common.
type total[V any] struct {
	of map[int64]V
	// load reads the totals of some numbers.
	load func(t *tx, numbers []any, found func(int64, V)) error
}

// maxTotals bounds the totals that a stream holds.
const maxTotals = 1 << 16

// need reads the totals of rows that are not there yet.
func (l *total[V]) need(t *tx, rows []minuteRow) error {
	var missing []any
	asked := map[int64]bool{}
	for i := range rows {
		n := rows[i].of
		if _, ok := l.of[n]; !ok && !asked[n] {
			asked[n] = true
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if len(l.of)+len(missing) > maxTotals {
		// Some of the rows need what goes: all of them are read anew.
		clear(l.of)
		clear(asked)
		missing = missing[:0]
		for i := range rows {
			if n := rows[i].of; !asked[n] {
				asked[n] = true
				missing = append(missing, n)
			}
		}
	}
	return l.load(t, missing, func(n int64, v V) { l.of[n] = v })
}

// streamStep is for how many rows totals are read at once.
const streamStep = 1 << 14

// stream hands out the rows of a site that begin in [from, to), sorted by time,
// each with its total. It returns the highest number of a pack. The rows of one
// minute are in memory at once.
func stream[V any](t *tx, m *minuteTable, totals *total[V], site, from, to int64, yield func(V, *minuteRow) error) (upTo int64, err error) {
	var held []minuteRow // of one minute
	var at int64
	flush := func() error {
		slices.SortFunc(held, func(a, b minuteRow) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.of, b.of)) })
		for rest := held; len(rest) > 0; {
			part := rest[:min(len(rest), streamStep)]
			rest = rest[len(part):]
			if err := totals.need(t, part); err != nil {
				return err
			}
			for i := range part {
				v, ok := totals.of[part[i].of]
				if !ok {
					return fmt.Errorf("row by the minute of %s %d, which is not there: %w", m.of, part[i].of, errPack)
				}
				if err := yield(v, &part[i]); err != nil {
					return err
				}
			}
		}
		held = held[:0]
		return nil
	}
	err = m.packs(t, site, from, to, nil, func(id, minute int64, rows []minuteRow) error {
		upTo = max(upTo, id)
		if minute != at {
			if err := flush(); err != nil {
				return err
			}
			at = minute
		}
		for i := range rows {
			if rows[i].at >= from && rows[i].at < to {
				held = append(held, rows[i])
			}
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return upTo, err
}

// sensorNames are the names of all sensors by number.
func (t *tx) sensorNames() (map[int64]string, error) {
	names := map[int64]string{}
	return names, t.each("SELECT id, name FROM sensor", nil, func(scan func(...any) error) error {
		var id int64
		var name string
		err := scan(&id, &name)
		names[id] = name
		return err
	})
}

func conversationTotals() *total[plant.Conversation] {
	var r conversationRow
	var id int64
	dest := append([]any{&id, &r.o.Transport, &r.o.Port, &r.o.Protocol}, r.server.into(r.client.into(nil))...)
	return &total[plant.Conversation]{map[int64]plant.Conversation{}, func(t *tx, numbers []any, found func(int64, plant.Conversation)) error {
		return t.in("SELECT t.id, "+conversationKeys+conversationEnds+" FROM conversation t"+conversationJoin+" WHERE t.id IN ", nil, numbers, func(scan func(...any) error) error {
			if err := scan(dest...); err != nil {
				return err
			}
			found(id, *r.finish())
			return nil
		})
	}}
}

// conversation sets what a row by the minute says of its conversation.
func (m *minuteRow) conversation(o *plant.Conversation) {
	setFlags(o, m.counts[countFlags])
	o.Flows, o.Lost = uint64(m.counts[countFlows]), uint64(m.counts[countLost])
	o.PacketsUp, o.PacketsDown = uint64(m.counts[countPacketsUp]), uint64(m.counts[countPacketsDown])
	o.BytesUp, o.BytesDown = uint64(m.counts[countBytesUp]), uint64(m.counts[countBytesDown])
	o.First, o.Last, o.Packet = clock(m.at), clock(m.last), plant.PacketRef(m.packet)
}

func operationTotals() *total[plant.Operation] {
	var r operationRow
	var id int64
	v := &r.o.Verb
	dest := append([]any{&id, &r.o.Port, &v.Protocol, &v.Code, &v.Name, &r.kind, &v.Technique, &v.Reply, &r.o.Object}, r.responder.into(r.requester.into(nil))...)
	return &total[plant.Operation]{map[int64]plant.Operation{}, func(t *tx, numbers []any, found func(int64, plant.Operation)) error {
		return t.in("SELECT t.id, "+operationKeys+conversationEnds+" FROM operation t"+operationJoin+" WHERE t.id IN ", nil, numbers, func(scan func(...any) error) error {
			if err := scan(dest...); err != nil {
				return err
			}
			found(id, *r.finish())
			return nil
		})
	}}
}

// operation sets what a row by the minute says of its operation.
func (m *minuteRow) operation(o *plant.Operation) {
	o.Value = m.value
	o.Requests, o.Responses = uint64(m.counts[countRequests]), uint64(m.counts[countResponses])
	o.Accepted, o.Refused = uint64(m.counts[countAccepted]), uint64(m.counts[countRefused])
	o.First, o.Last, o.Packet = clock(m.at), clock(m.last), plant.PacketRef(m.packet)
}

// look runs several queries over one connection, in one consistent picture.
func (db *DB) look(ctx context.Context, do func(*tx) error) error {
	sqlTx, err := db.read.BeginTx(ctx, db.dialect.reading)
	if err != nil {
		return err
	}
	defer sqlTx.Rollback() // nothing was changed
	return do(newTx(sqlTx, &db.dialect))
}
