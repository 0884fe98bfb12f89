package store

import (
	"database/sql"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// dialect is all in which the engines differ.
type dialect struct {
	name   string
	goose  goose.Dialect
	schema string // folder of its migrations
	// lock makes writers of several processes wait for each other, where
	// beginning a transaction does not do so already.
	lock string
	// reading is how a transaction is begun that reads only and sees one
	// consistent picture.
	reading *sql.TxOptions
	// statistics renews what queries are planned by, where tables grew much.
	statistics string
	// tend are the other statements of Tend.
	tend []string
	// free asks for the pages of the file that nothing uses, "" where the server
	// sees to that.
	free string
	// numbered has parameters written $1; else they are written ?.
	numbered bool
	// parameters is how many one statement may have, and rows how many rows
	// one INSERT is given: measured, more is not faster.
	rows int
	// kind maps the engine's errors to ours, nil for one it does not know.
	kind func(error) error
}

// writeLock is the key of the advisory lock that PostgreSQL's writers take:
// any number that nobody else uses.
const writeLock = 4_817_320_231

var sqliteDialect = dialect{
	name: "sqlite", goose: goose.DialectSQLite3, schema: "migration/sqlite",
	statistics: "PRAGMA optimize(0x10012)", // all tables, a bounded part of each
	tend:       []string{"PRAGMA incremental_vacuum(4096)", "PRAGMA wal_checkpoint(PASSIVE)"},
	free:       "PRAGMA freelist_count",
	rows:       32, kind: sqliteKind, reading: &sql.TxOptions{ReadOnly: true},
}

var postgresDialect = dialect{
	name: "postgres", goose: goose.DialectPostgres, schema: "migration/postgres",
	lock:       "SELECT pg_advisory_xact_lock(" + strconv.FormatInt(writeLock, 10) + ")",
	statistics: "ANALYZE", numbered: true,
	rows: 128, kind: postgresKind, reading: &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
}

// values writes n groups of parameters, "(?,?),(?,?)" or "($1,$2),($3,$4)".
// SQLite reads names slower than question marks.
func (d *dialect) values(n, columns int, numbers bool) string {
	var b strings.Builder
	for i := range n * columns {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%columns == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		parameter := "?"
		if d.numbered {
			parameter = "$" + strconv.Itoa(i+1)
		}
		if numbers {
			parameter = "CAST(" + parameter + " AS BIGINT)"
		}
		b.WriteString(parameter)
	}
	b.WriteByte(')')
	return b.String()
}

// numbered writes each ? of a query as $1, $2 …, which both engines read. The
// queries of this package have no ? in texts.
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}
