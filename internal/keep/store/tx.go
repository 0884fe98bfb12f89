package store

import (
	"database/sql"
	"strings"
)

// tx is a transaction of the writer with its prepared statements.
type tx struct {
	*sql.Tx
	dialect  *dialect
	prepared map[string]*sql.Stmt
}

func newTx(t *sql.Tx, d *dialect) *tx {
	return &tx{Tx: t, dialect: d, prepared: map[string]*sql.Stmt{}}
}

func (t *tx) statement(query string) (*sql.Stmt, error) {
	if s := t.prepared[query]; s != nil {
		return s, nil
	}
	s, err := t.Prepare(query)
	if err == nil {
		t.prepared[query] = s
	}
	return s, err
}

// exec runs a statement with ? for parameters, prepared once a transaction.
func (t *tx) exec(query string, args ...any) (int64, error) {
	s, err := t.statement(numbered(query))
	if err != nil {
		return 0, err
	}
	r, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row reads one row with ? for parameters into dest, false if there is none.
func (t *tx) row(query string, args []any, dest ...any) (bool, error) {
	s, err := t.statement(numbered(query))
	if err != nil {
		return false, err
	}
	err = s.QueryRow(args...).Scan(dest...)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}

// each reads all rows of a query with ? for parameters.
func (t *tx) each(query string, args []any, row func(scan func(...any) error) error) error {
	s, err := t.statement(numbered(query))
	if err != nil {
		return err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return err
	}
	return walk(rows, row)
}

// walk calls row for each row and closes rows.
func walk(rows *sql.Rows, row func(scan func(...any) error) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// bulk is one statement that takes many rows: INSERT INTO … VALUES (…),(…) ….
type bulk struct {
	t       *tx
	head    string // up to VALUES
	tail    string // after the values
	columns int
	numbers bool // all values are numbers, and said to be: nothing else tells PostgreSQL
	args    []any
}

func (t *tx) bulk(head, tail string) *bulk {
	columns := strings.Count(head, ",") + 1
	return &bulk{t: t, head: head + " VALUES ", tail: " " + tail, columns: columns, args: make([]any, 0, columns*t.dialect.rows)}
}

// bulkUpdate is UPDATE table SET set FROM (VALUES …) AS v. v.column1 is the
// row's number, and all values are whole numbers or NULL.
func (t *tx) bulkUpdate(table, set string, columns int) *bulk {
	return &bulk{
		t: t, head: "UPDATE " + table + " SET " + set + " FROM (VALUES ", tail: ") AS v WHERE " + table + ".id = v.column1",
		columns: columns, numbers: true, args: make([]any, 0, columns*t.dialect.rows),
	}
}

func (b *bulk) add(args ...any) error {
	b.args = append(b.args, args...)
	if len(b.args) < b.columns*b.t.dialect.rows {
		return nil
	}
	return b.flush()
}

// flush writes what was added. Call it after the last row.
func (b *bulk) flush() error {
	for rows := len(b.args) / b.columns; rows > 0; rows = len(b.args) / b.columns {
		// A rest is written by powers of two, so that few statements are
		// prepared whatever its size.
		n := b.t.dialect.rows
		for n > rows {
			n /= 2
		}
		s, err := b.t.statement(b.head + b.t.dialect.values(n, b.columns, b.numbers) + b.tail)
		if err != nil {
			return err
		}
		if _, err := s.Exec(b.args[:n*b.columns]...); err != nil {
			return err
		}
		b.args = append(b.args[:0], b.args[n*b.columns:]...)
	}
	return nil
}

// chunk is how many values an IN list is given at once.
const chunk = 200

// list writes "?,?,?" for n values.
func list(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
