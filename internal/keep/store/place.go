package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// unplace marks the conversations and operations whose ends belong to another
// asset now, or to one that stands elsewhere.
func (s *saving) unplace(t *tx) error {
	for _, u := range []struct{ table, client, server string }{
		{"conversation", "client", "server"},
		{"operation", "requester", "responder"},
	} {
		if err := t.unplace(u.table, u.client, u.server, s.endpoints); err != nil {
			return err
		}
		if err := t.unplace(u.table, u.client+"_asset", u.server+"_asset", s.moved); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) unplace(table, one, other string, ids []int64) error {
	return t.inChunks(ids, func(in string, args []any) error {
		// By one column at a time, so that an index leads to the rows.
		for _, column := range []string{one, other} {
			if _, err := t.exec("UPDATE "+table+" SET placed = 0 WHERE placed = 1 AND "+column+" IN ("+in+")", args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// placeRows is how many rows are placed in one transaction: batches wait
// meanwhile.
const placeRows = 5000

// place brings everything up to date that depends on where assets stand: their
// zones, lines and owners by the newest model, and of each conversation and
// operation which assets its ends belong to, whether it crosses a boundary and
// which conduit covers it. The caller holds saving.
func (db *DB) place(ctx context.Context) error {
	sites, err := db.allWords(ctx)
	if err != nil {
		return db.failed("read the plant models", err)
	}
	for i := range sites {
		if err := db.placeAssets(ctx, &sites[i]); err != nil {
			return err
		}
		if err := db.rejudge(ctx, &sites[i]); err != nil {
			return err
		}
	}
	words := map[int64]Words{}
	for _, s := range sites {
		words[s.site] = s.words
	}
	// Operations first: which there are decides what covers a conversation.
	for _, table := range []string{"operation", "conversation"} {
		p := &placing{words: words, numbers: map[string]int64{}, table: table}
		if err := db.placeTable(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// placing is one walk over the rows of a table that are not placed.
type placing struct {
	table   string
	words   map[int64]Words  // by site
	numbers map[string]int64 // of zones and conduits
}

func (db *DB) placeTable(ctx context.Context, p *placing) error {
	for after := int64(0); ; {
		n := 0
		err := db.change(ctx, "place "+p.table+"s", func(t *tx) error {
			rows, err := db.unplaced(t, p, after)
			if err != nil {
				return err
			}
			n = len(rows)
			if n > 0 {
				after = rows[n-1].id
			}
			if p.table == "conversation" {
				if err := t.judge(p, rows); err != nil {
					return err
				}
				return t.placedConversations(rows)
			}
			return t.placedOperations(rows)
		})
		if err != nil {
			// What was made may not have been kept.
			clear(p.numbers)
			return err
		}
		if n < placeRows {
			return nil
		}
	}
}

// placement is a row with what its ends belong to.
type placement struct {
	id             int64
	client, server sql.NullInt64 // assets
	crossing       int64

	site             int64
	one, other       int64 // endpoints
	port             int64
	transport        int64
	protocol         string
	answered         bool
	fromZone, toZone string
	from, to         int64 // numbers of the zones
	state, conduit   int64
	kinds            int64
}

// unplaced reads the next rows that are not placed. Rows of one endpoint whose
// asset is not known yet are placed as well: they are marked again when it is.
func (db *DB) unplaced(t *tx, p *placing, after int64) ([]placement, error) {
	// An operation was answered if a response came.
	columns, one, other := "t.flags & 2, t.transport", "client", "server"
	if p.table == "operation" {
		columns, one, other = "t.responses, 0", "requester", "responder"
	}
	query := fmt.Sprintf(`SELECT t.id, t.site, t.port, t.protocol, %s, t.%s, t.%s, c.num, c.kind, c.side, c.level, c.role, c.zone, s.num, s.kind, s.side, s.level, s.role, s.zone
 FROM %s t JOIN endpoint ce ON ce.id = t.%s JOIN endpoint se ON se.id = t.%s LEFT JOIN asset c ON c.num = ce.asset LEFT JOIN asset s ON s.num = se.asset
 WHERE t.placed = 0 AND t.id > ? ORDER BY t.id LIMIT %d`, columns, one, other, p.table, one, other, placeRows)
	var all []placement
	err := t.each(query, []any{after}, func(scan func(...any) error) error {
		var p placement
		var answered int64
		var c, s standRow
		if err := scan(&p.id, &p.site, &p.port, &p.protocol, &answered, &p.transport, &p.one, &p.other,
			&p.client, &c.kind, &c.side, &c.level, &c.role, &c.zone, &p.server, &s.kind, &s.side, &s.level, &s.role, &s.zone); err != nil {
			return err
		}
		p.answered, p.fromZone, p.toZone = answered != 0, c.zone.String, s.zone.String
		if db.options.Crosses != nil && p.client.Valid && p.server.Valid && db.options.Crosses(c.stand(), s.stand(), p.protocol, p.answered) {
			p.crossing = 1
		}
		all = append(all, p)
		return nil
	})
	return all, err
}

type standRow struct {
	kind, side, role, zone sql.NullString
	level                  sql.NullFloat64
}

func (r *standRow) stand() Stand {
	return Stand{Kind: plant.AssetKind(r.kind.String), Side: plant.Side(r.side.String), Level: r.level.Float64, Role: r.role.String}
}

func (t *tx) placedConversations(rows []placement) error {
	update := t.bulkUpdate("conversation", "client_asset = v.column2, server_asset = v.column3, crossing = v.column4, from_zone = v.column5, to_zone = v.column6, state = v.column7, conduit = v.column8, kinds = v.column9, placed = 1", 9)
	for i := range rows {
		p := &rows[i]
		if err := update.add(p.id, p.client, p.server, p.crossing, p.from, p.to, p.state, p.conduit, p.kinds); err != nil {
			return err
		}
	}
	return update.flush()
}

// placedOperations also marks the conversations between zones that an operation
// belongs to: it may be the first of its kind, which its conduit does not allow.
func (t *tx) placedOperations(rows []placement) error {
	update := t.bulkUpdate("operation", "requester_asset = v.column2, responder_asset = v.column3, crossing = v.column4, placed = 1", 4)
	marked := map[[3]int64]bool{}
	for i := range rows {
		p := &rows[i]
		if err := update.add(p.id, p.client, p.server, p.crossing); err != nil {
			return err
		}
		ends := [3]int64{p.one, p.other, p.port}
		if p.fromZone == p.toZone || marked[ends] {
			continue
		}
		marked[ends] = true
		if _, err := t.exec("UPDATE conversation SET placed = 0 WHERE client = ? AND server = ? AND port = ? AND placed = 1 AND state > 1", p.one, p.other, p.port); err != nil {
			return err
		}
	}
	return update.flush()
}
