package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLedgerCheckpoint(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		is := func(want ...string) {
			t.Helper()
			if d := cmp.Diff(want, must[[]string](t)(db.LedgerCheckpoints(ctx))); d != "" {
				t.Errorf("kept (-want +got):\n%s", d)
			}
		}
		is()
		ok(t, db.PutLedgerCheckpoint(ctx, "a", 5, "five"))
		ok(t, db.PutLedgerCheckpoint(ctx, "a", 7, "seven"))
		ok(t, db.PutLedgerCheckpoint(ctx, "a", 6, "six, late"))
		is("seven")
		ok(t, db.PutLedgerCheckpoint(ctx, "b", 1, "another"))
		is("seven", "another")
		ok(t, db.ForgetLedgerCheckpoint(ctx, "a"))
		is("another")
	})
}
