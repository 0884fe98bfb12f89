package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many queries SQLite answers at once.
const readers = 4

// Settings of SQLite's connections. The writer syncs the log at each commit
// (synchronous=FULL): with NORMAL a power cut could take back the last
// transactions, and with them batches that the bus was told to forget. The log
// is folded into the file when it has 16 MB and is cut back to 64 MB after a
// large transaction.
var (
	writerPragmas = []string{
		"auto_vacuum(2)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(10000)",
		"cache_size(-32768)", "journal_size_limit(67108864)", "wal_autocheckpoint(4000)", "temp_store(2)",
	}
	readerPragmas = []string{"query_only(1)", "busy_timeout(10000)", "cache_size(-16384)", "temp_store(2)"}
)

func openSQLite(path string) (*DB, error) {
	if err := makeFile(path); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dsn(path, writerPragmas, "&_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	read, err := sql.Open("sqlite", dsn(path, readerPragmas, ""))
	if err != nil {
		write.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	// A connection reads statistics when it is opened, and never again.
	read.SetConnMaxLifetime(10 * time.Minute)
	return &DB{dialect: sqliteDialect, write: write, read: read, path: path}, nil
}

func dsn(path string, pragmas []string, more string) string {
	u := url.URL{Path: path}
	return "file:" + u.EscapedPath() + "?_pragma=" + strings.Join(pragmas, "&_pragma=") + more
}

// makeFile makes the file readable for its owner only, and tells in words why
// it cannot.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("open %s: the file or its folder cannot be written by this user; change its owner or name another folder: %w", path, ErrUnavailable)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("open %s: there is no folder %s; make it first: %w", path, filepath.Dir(path), ErrUnavailable)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("open %s: %w", path, ErrFull)
	case err != nil:
		return fmt.Errorf("open %s: %w", path, err)
	}
	return f.Close()
}

// sqliteKind is the kind of an error of SQLite.
func sqliteKind(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return ErrUnavailable
	case sqlite3.SQLITE_IOERR:
		// The index of the log found no room to grow; writes that find none
		// are SQLITE_FULL.
		if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE {
			return ErrFull
		}
		return ErrUnavailable
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return errDamaged
	}
	return nil
}

// errDamaged is what people read when the file is none of ours.
var errDamaged = errors.New("the file is damaged or is no SQLite database; restore a backup or move it away")

// backup copies the file with VACUUM INTO, which reads one snapshot and does
// not keep others from writing.
func (db *DB) backup(ctx context.Context, path string) error {
	if db.path == "" {
		return fmt.Errorf("back up a PostgreSQL store: use pg_dump on the server: %w", ErrUnsupported)
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("back up to %s: the file exists: %w", path, ErrConflict)
	}
	// The name is written whole or not at all: a copy that was cut short must
	// not look like a backup.
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	err := makeFile(part)
	if err == nil {
		err = vacuumInto(ctx, db.path, part)
	}
	if err == nil {
		err = syncFile(part)
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		os.Remove(part)
		return db.failed("back up to "+path, err)
	}
	return syncFile(filepath.Dir(path))
}

// vacuumInto copies over a connection of its own: readers may write nothing,
// not even a copy, and the writer must not wait.
func vacuumInto(ctx context.Context, from, to string) error {
	conn, err := sql.Open("sqlite", dsn(from, []string{"busy_timeout(10000)"}, ""))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.ExecContext(ctx, "VACUUM INTO $1", to)
	return err
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
