package store

import "context"

// LedgerCheckpoints are the texts of the checkpoints that were put last, one for
// each ledger. There is one ledger but for those that were lost.
func (db *DB) LedgerCheckpoints(ctx context.Context) ([]string, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT text FROM ledger_checkpoint ORDER BY name")
	if err != nil {
		return nil, db.failed("read the ledger's checkpoint", err)
	}
	var list []string
	err = walk(rows, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		list = append(list, text)
		return err
	})
	return list, db.failed("read the ledger's checkpoint", err)
}

// PutLedgerCheckpoint keeps the checkpoint of a ledger unless a larger one is
// kept already: several processes may put them in any order.
func (db *DB) PutLedgerCheckpoint(ctx context.Context, name string, size int64, text string) error {
	return db.change(ctx, "keep the ledger's checkpoint", func(t *tx) error {
		_, err := t.exec(`INSERT INTO ledger_checkpoint (name, size, text) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET size = excluded.size, text = excluded.text WHERE ledger_checkpoint.size <= excluded.size`, name, size, text)
		return err
	})
}

// ForgetLedgerCheckpoint forgets what is kept of a ledger.
func (db *DB) ForgetLedgerCheckpoint(ctx context.Context, name string) error {
	return db.change(ctx, "forget a ledger's checkpoint", func(t *tx) error {
		_, err := t.exec("DELETE FROM ledger_checkpoint WHERE name = ?", name)
		return err
	})
}
