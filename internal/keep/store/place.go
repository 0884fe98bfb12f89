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
	for len(ids) > 0 {
		n := chunk
		for n > len(ids) {
			n /= 2
		}
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		// By one column at a time, so that an index leads to the rows.
		for _, column := range []string{one, other} {
			if _, err := t.exec("UPDATE "+table+" SET placed = 0 WHERE placed = 1 AND "+column+" IN ("+list(n)+")", args...); err != nil {
				return err
			}
		}
		ids = ids[n:]
	}
	return nil
}

// placeRows is how many rows are placed in one transaction: batches wait
// meanwhile.
const placeRows = 5000

// placement is a row with what its ends belong to.
type placement struct {
	id             int64
	client, server sql.NullInt64
	crossing       int64
}

// place tells of each conversation and operation that is not placed which
// assets its ends belong to and whether it crosses a boundary.
func (db *DB) place(ctx context.Context) error {
	for _, table := range []string{"conversation", "operation"} {
		for after := int64(0); ; {
			n := 0
			err := db.change(ctx, "place "+table+"s", func(t *tx) error {
				rows, err := db.unplaced(t, table, after)
				if err != nil {
					return err
				}
				n = len(rows)
				if n > 0 {
					after = rows[n-1].id
				}
				return t.placed(table, rows)
			})
			if err != nil {
				return err
			}
			if n < placeRows {
				break
			}
		}
	}
	return nil
}

// unplaced reads the next rows that are not placed. Rows of one endpoint whose
// asset is not known yet are placed as well: they are marked again when it is.
func (db *DB) unplaced(t *tx, table string, after int64) ([]placement, error) {
	// An operation was answered if a response came.
	columns := "t.protocol, t.flags & 2"
	one, other := "client", "server"
	if table == "operation" {
		columns, one, other = "t.protocol, t.responses", "requester", "responder"
	}
	query := fmt.Sprintf(`SELECT t.id, %s, c.num, c.kind, c.side, c.level, c.role, s.num, s.kind, s.side, s.level, s.role
 FROM %s t JOIN endpoint ce ON ce.id = t.%s JOIN endpoint se ON se.id = t.%s LEFT JOIN asset c ON c.num = ce.asset LEFT JOIN asset s ON s.num = se.asset
 WHERE t.placed = 0 AND t.id > ? ORDER BY t.id LIMIT %d`, columns, table, one, other, placeRows)
	var all []placement
	err := t.each(query, []any{after}, func(scan func(...any) error) error {
		var p placement
		var protocol string
		var answered int64
		var c, s standRow
		if err := scan(&p.id, &protocol, &answered, &p.client, &c.kind, &c.side, &c.level, &c.role, &p.server, &s.kind, &s.side, &s.level, &s.role); err != nil {
			return err
		}
		if db.options.Crosses != nil && p.client.Valid && p.server.Valid && db.options.Crosses(c.stand(), s.stand(), protocol, answered != 0) {
			p.crossing = 1
		}
		all = append(all, p)
		return nil
	})
	return all, err
}

type standRow struct {
	kind, side, role sql.NullString
	level            sql.NullFloat64
}

func (r *standRow) stand() Stand {
	return Stand{Kind: plant.AssetKind(r.kind.String), Side: plant.Side(r.side.String), Level: r.level.Float64, Role: r.role.String}
}

func (t *tx) placed(table string, rows []placement) error {
	one, other := "client_asset", "server_asset"
	if table == "operation" {
		one, other = "requester_asset", "responder_asset"
	}
	update := t.bulkUpdate(table, one+" = v.column2, "+other+" = v.column3, crossing = v.column4, placed = 1", 4)
	for _, p := range rows {
		if err := update.add(p.id, p.client, p.server, p.crossing); err != nil {
			return err
		}
	}
	return update.flush()
}
