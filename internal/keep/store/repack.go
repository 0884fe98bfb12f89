package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// repack is the step of the schema that packs the rows by the minute which an
// earlier version kept as rows of SQL, and removes their tables.
func (d *dialect) repack() *goose.Migration {
	return goose.NewGoMigration(3, &goose.GoFunc{RunTx: func(_ context.Context, sqlTx *sql.Tx) error {
		t := newTx(sqlTx, d)
		s, err := t.serials()
		if err != nil {
			return err
		}
		if err := t.repackTable(s, &conversationMinutes, "recent_conversation", "conversation, sensor, at, last, packet, '', flags, flows, packets_up, packets_down, bytes_up, bytes_down, lost"); err != nil {
			return err
		}
		if err := t.repackTable(s, &operationMinutes, "recent_operation", "operation, sensor, at, last, packet, value, requests, responses, accepted, refused"); err != nil {
			return err
		}
		return s.save(t)
	}}, nil)
}

// repackRows is how many rows are packed at a time.
const repackRows = 1 << 16

func (t *tx) repackTable(s *serials, m *minuteTable, old, columns string) error {
	var last int64
	for {
		var rows []siteRow
		err := t.each("SELECT id, site, "+columns+" FROM "+old+" WHERE id > ? ORDER BY id LIMIT ?", []any{last, repackRows}, func(scan func(...any) error) error {
			var r siteRow
			dest := []any{&last, &r.site, &r.of, &r.sensor, &r.at, &r.last, &r.packet, &r.value}
			for c := range m.counts {
				dest = append(dest, &r.counts[c])
			}
			err := scan(dest...)
			rows = append(rows, r)
			return err
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			_, err := t.exec("DROP TABLE " + old)
			return err
		}
		if err := m.write(t, s, rows); err != nil {
			return err
		}
	}
}
