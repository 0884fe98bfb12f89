package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

const accountColumns = "id, name, display, mail, grants, password, secret, step, provider, subject, created, seen, unlocked, version"

func scanAccount(scan func(...any) error) (a Account, err error) {
	var grants string
	var created, seen, unlocked int64
	err = scan(&a.ID, &a.Name, &a.Display, &a.Mail, &grants, &a.Password, &a.Secret, &a.Step, &a.Provider, &a.Subject, &created, &seen, &unlocked, &a.Version)
	a.Grants, a.Created, a.Seen, a.Unlocked = json.RawMessage(grants), clock(created), clock(seen), clock(unlocked)
	return a, err
}

func (db *DB) hasAccounts(ctx context.Context) (bool, error) {
	var n int
	err := db.row(ctx, "SELECT COUNT(*) FROM account", nil, &n)
	return n > 0, db.failed("count accounts", err)
}

func (db *DB) accounts(ctx context.Context) (list []Account, err error) {
	err = db.each(ctx, "SELECT "+accountColumns+" FROM account ORDER BY name", nil, func(scan func(...any) error) error {
		a, err := scanAccount(scan)
		list = append(list, a)
		return err
	})
	return list, db.failed("list accounts", err)
}

func (db *DB) accountBy(ctx context.Context, condition string, values ...string) (a Account, err error) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = text(v)
	}
	n := 0
	err = db.each(ctx, "SELECT "+accountColumns+" FROM account WHERE "+condition, args, func(scan func(...any) error) (err error) {
		n++
		a, err = scanAccount(scan)
		return err
	})
	if err == nil && n != 1 {
		a, err = Account{}, ErrNotFound
		if n > 1 {
			err = ErrConflict
		}
	}
	return a, db.failed("read an account", err)
}

// accounts are all of them within a transaction.
func (t *tx) accounts() (list []Account, err error) {
	err = t.each("SELECT "+accountColumns+" FROM account ORDER BY name", nil, func(scan func(...any) error) error {
		a, err := scanAccount(scan)
		list = append(list, a)
		return err
	})
	return list, err
}

func (t *tx) addAccount(a *Account) error {
	n, err := t.exec("INSERT INTO account ("+accountColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (name) DO NOTHING",
		a.ID, text(a.Name), text(a.Display), text(a.Mail), string(a.Grants), a.Password, a.Secret, a.Step, a.Provider, text(a.Subject),
		nanos(a.Created), nanos(a.Seen), nanos(a.Unlocked))
	if err == nil && n == 0 {
		err = fmt.Errorf("there is an account of this name: %w", ErrConflict)
	}
	return err
}

// room is ErrConflict if a table has max rows that fit.
func (t *tx) room(max int, table, condition string, args ...any) error {
	var n int
	if _, err := t.row("SELECT COUNT(*) FROM "+table+" WHERE "+condition, args, &n); err != nil {
		return err
	}
	if n >= max {
		return fmt.Errorf("there are %d already: %w", n, ErrConflict)
	}
	return nil
}

func (db *DB) addAccount(ctx context.Context, a Account, max int) error {
	return db.change(ctx, "add an account", func(t *tx) error {
		if err := t.room(max, "account", "id <> ''"); err != nil {
			return err
		}
		return t.addAccount(&a)
	})
}

func (db *DB) putAccount(ctx context.Context, a Account, version int64, check func([]Account) error) error {
	return db.change(ctx, "change an account", func(t *tx) error {
		all, err := t.accounts()
		if err != nil {
			return err
		}
		found := false
		for i := range all {
			switch {
			case all[i].ID == a.ID:
				if all[i].Version != version {
					return fmt.Errorf("it was changed meanwhile: %w", ErrConflict)
				}
				found, all[i].Name, all[i].Grants = true, a.Name, a.Grants
			case all[i].Name == a.Name:
				return fmt.Errorf("there is an account of this name: %w", ErrInvalid)
			}
		}
		if !found {
			return ErrNotFound
		}
		if err := check(all); err != nil {
			return err
		}
		_, err = t.exec("UPDATE account SET name = ?, display = ?, mail = ?, grants = ?, version = version + 1 WHERE id = ?",
			text(a.Name), text(a.Display), text(a.Mail), string(a.Grants), a.ID)
		return err
	})
}

func (db *DB) deleteAccount(ctx context.Context, id string, check func([]Account) error) error {
	return db.change(ctx, "remove an account", func(t *tx) error {
		all, err := t.accounts()
		if err != nil {
			return err
		}
		var stay []Account
		for _, a := range all {
			if a.ID != id {
				stay = append(stay, a)
			}
		}
		if len(stay) == len(all) {
			return ErrNotFound
		}
		if err := check(stay); err != nil {
			return err
		}
		for _, table := range []string{"passkey", "recovery", "link", "session", "token"} {
			if _, err := t.exec("DELETE FROM "+table+" WHERE account = ?", id); err != nil {
				return err
			}
		}
		_, err = t.exec("DELETE FROM account WHERE id = ?", id)
		return err
	})
}

// setAccount writes one column of an account.
func (db *DB) setAccount(ctx context.Context, id, set string, value any) error {
	return db.change(ctx, "change an account", func(t *tx) error {
		return t.must("UPDATE account SET "+set+" WHERE id = ?", ErrNotFound, value, id)
	})
}

// must runs a statement that has to meet a row, else it is the error given.
func (t *tx) must(query string, none error, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n == 0 {
		err = none
	}
	return err
}

func (db *DB) setSubject(ctx context.Context, id, provider, subject string) error {
	return db.change(ctx, "bind an account to its provider", func(t *tx) error {
		return t.must("UPDATE account SET provider = ?, subject = ? WHERE id = ? AND subject = '' AND NOT EXISTS (SELECT 1 FROM account WHERE provider = ? AND subject = ?)",
			ErrConflict, provider, text(subject), id, provider, text(subject))
	})
}

func (t *tx) setRecovery(id string, hashes []string) error {
	_, err := t.exec("DELETE FROM recovery WHERE account = ?", id)
	for _, h := range hashes {
		if err == nil {
			_, err = t.exec("INSERT INTO recovery (account, hash) VALUES (?, ?)", id, h)
		}
	}
	return err
}

func (db *DB) setCodes(ctx context.Context, id, secret string, step int64, recovery []string) error {
	return db.change(ctx, "set up one-time codes", func(t *tx) error {
		if err := t.must("UPDATE account SET secret = ?, step = ? WHERE id = ?", ErrNotFound, secret, step, id); err != nil {
			return err
		}
		return t.setRecovery(id, recovery)
	})
}

func (db *DB) setRecovery(ctx context.Context, id string, hashes []string) error {
	return db.change(ctx, "set up recovery codes", func(t *tx) error { return t.setRecovery(id, hashes) })
}

func (db *DB) useStep(ctx context.Context, id string, step int64) error {
	return db.change(ctx, "take a one-time code", func(t *tx) error {
		return t.must("UPDATE account SET step = ? WHERE id = ? AND step < ?", ErrConflict, step, id, step)
	})
}

func (db *DB) useRecovery(ctx context.Context, id, hash string) error {
	return db.change(ctx, "take a recovery code", func(t *tx) error {
		return t.must("DELETE FROM recovery WHERE account = ? AND hash = ?", ErrNotFound, id, hash)
	})
}

func (db *DB) recoveryLeft(ctx context.Context, id string) (n int, err error) {
	err = db.row(ctx, "SELECT COUNT(*) FROM recovery WHERE account = ?", []any{id}, &n)
	return n, db.failed("count recovery codes", err)
}

const passkeyColumns = "id, account, name, host, credential, suspect, created, used"

func (db *DB) passkeys(ctx context.Context, account string) (list []Passkey, err error) {
	var w where
	w.equal("account", account)
	err = db.each(ctx, "SELECT "+passkeyColumns+" FROM passkey"+w.clause()+" ORDER BY created, id", w.args, func(scan func(...any) error) error {
		var p Passkey
		var credential string
		var suspect, created, used int64
		err := scan(&p.ID, &p.Account, &p.Name, &p.Host, &credential, &suspect, &created, &used)
		p.Credential, p.Suspect, p.Created, p.Used = json.RawMessage(credential), suspect != 0, clock(created), clock(used)
		list = append(list, p)
		return err
	})
	return list, db.failed("list passkeys", err)
}

func (t *tx) addPasskey(p *Passkey) error {
	return t.must("INSERT INTO passkey ("+passkeyColumns+") VALUES (?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (id) DO NOTHING", ErrConflict,
		p.ID, p.Account, text(p.Name), text(p.Host), string(p.Credential), nanos(p.Created), nanos(p.Used))
}

func (db *DB) addPasskey(ctx context.Context, p Passkey, max int) error {
	return db.change(ctx, "add a passkey", func(t *tx) error {
		if err := t.room(max, "passkey", "account = ?", p.Account); err != nil {
			return err
		}
		return t.addPasskey(&p)
	})
}

func (db *DB) usePasskey(ctx context.Context, p Passkey, was json.RawMessage) error {
	suspect := 0
	if p.Suspect {
		suspect = 1
	}
	return db.change(ctx, "use a passkey", func(t *tx) error {
		return t.must("UPDATE passkey SET credential = ?, suspect = ?, used = ? WHERE id = ? AND credential = ?", ErrConflict,
			string(p.Credential), suspect, nanos(p.Used), p.ID, string(was))
	})
}

// deleteOf removes a row of an account.
func (db *DB) deleteOf(ctx context.Context, table, account, id string) error {
	return db.change(ctx, "remove a "+table, func(t *tx) error {
		return t.must("DELETE FROM "+table+" WHERE id = ? AND account = ?", ErrNotFound, text(id), account)
	})
}

func (db *DB) touch(ctx context.Context, table, id string, at time.Time) error {
	return db.change(ctx, "note the use of a "+table, func(t *tx) error {
		_, err := t.exec("UPDATE "+table+" SET used = ? WHERE id = ? AND used < ?", nanos(at), id, nanos(at))
		return err
	})
}
