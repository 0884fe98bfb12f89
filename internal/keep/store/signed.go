package store

import (
	"context"
	"errors"
	"time"
)

const linkColumns = "hash, kind, account, maker, created, expires"

func scanLink(scan func(...any) error) (l AccountLink, err error) {
	var created, expires int64
	err = scan(&l.Hash, &l.Kind, &l.Account, &l.Maker, &created, &expires)
	l.Created, l.Expires = clock(created), clock(expires)
	return l, err
}

func (db *DB) putLink(ctx context.Context, l AccountLink) error {
	return db.change(ctx, "add a link", func(t *tx) error {
		if _, err := t.exec("DELETE FROM link WHERE account = ?", l.Account); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO link ("+linkColumns+") VALUES (?, ?, ?, ?, ?, ?)", l.Hash, l.Kind, l.Account, text(l.Maker), nanos(l.Created), nanos(l.Expires))
		return err
	})
}

func (db *DB) link(ctx context.Context, hash string, now time.Time) (l AccountLink, err error) {
	err = ErrNotFound
	each := db.each(ctx, "SELECT "+linkColumns+" FROM link WHERE hash = ? AND expires > ?", []any{hash, nanos(now)}, func(scan func(...any) error) error {
		l, err = scanLink(scan)
		return err
	})
	if each != nil {
		err = each
	}
	return l, db.failed("read a link", err)
}

func (db *DB) links(ctx context.Context, now time.Time) (list []AccountLink, err error) {
	err = db.each(ctx, "SELECT "+linkColumns+" FROM link WHERE expires > ?", []any{nanos(now)}, func(scan func(...any) error) error {
		l, err := scanLink(scan)
		list = append(list, l)
		return err
	})
	return list, db.failed("list links", err)
}

// takeLink spends a link. The row that goes is the one that was read: the
// writer's transaction is the only one.
func (t *tx) takeLink(hash string, now time.Time) (l AccountLink, err error) {
	err = ErrNotFound
	each := t.each("SELECT "+linkColumns+" FROM link WHERE hash = ? AND expires > ?", []any{hash, nanos(now)}, func(scan func(...any) error) error {
		l, err = scanLink(scan)
		return err
	})
	if each != nil || err != nil {
		return l, errors.Join(each, err)
	}
	return l, t.must("DELETE FROM link WHERE hash = ?", ErrNotFound, hash)
}

func (db *DB) takeLink(ctx context.Context, hash string, now time.Time) (l AccountLink, err error) {
	err = db.change(ctx, "take a link", func(t *tx) (err error) {
		l, err = t.takeLink(hash, now)
		return err
	})
	return l, err
}

func (db *DB) redeem(ctx context.Context, hash string, now time.Time, e Enrolment) error {
	return db.change(ctx, "end an enrolment", func(t *tx) error {
		l, err := t.takeLink(hash, now)
		if err != nil {
			return err
		}
		a := &e.Account
		if l.Kind == FirstAccount {
			if err := t.room(1, "account", "id <> ''"); err != nil {
				return err
			}
			if err := t.addAccount(a); err != nil {
				return err
			}
		} else if l.Account != a.ID {
			return ErrInvalid
		}
		return t.enrol(&e)
	})
}

// enrol writes what somebody set up to sign in with.
func (t *tx) enrol(e *Enrolment) error {
	a := &e.Account
	if e.Reset {
		for _, table := range []string{"passkey", "recovery", "session"} {
			if _, err := t.exec("DELETE FROM "+table+" WHERE account = ?", a.ID); err != nil {
				return err
			}
		}
		if err := t.must("UPDATE account SET password = '', secret = '' WHERE id = ?", ErrNotFound, a.ID); err != nil {
			return err
		}
	}
	if e.Passkey != nil {
		return t.addPasskey(e.Passkey)
	}
	if err := t.must("UPDATE account SET password = ?, secret = ?, step = ? WHERE id = ?", ErrNotFound, a.Password, a.Secret, a.Step, a.ID); err != nil {
		return err
	}
	return t.setRecovery(a.ID, e.Codes)
}

const sessionColumns = "id, hash, account, via, origin, agent, created, used, fresh, expires"

func scanSession(scan func(...any) error) (s Session, err error) {
	var created, used, fresh, expires int64
	err = scan(&s.ID, &s.Hash, &s.Account, &s.Via, &s.Origin, &s.Agent, &created, &used, &fresh, &expires)
	s.Created, s.Used, s.Fresh, s.Expires = clock(created), clock(used), clock(fresh), clock(expires)
	return s, err
}

func (db *DB) addSession(ctx context.Context, s Session, max int) error {
	return db.change(ctx, "begin a session", func(t *tx) error {
		if err := t.must("UPDATE account SET seen = ? WHERE id = ?", ErrNotFound, nanos(s.Created), s.Account); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM session WHERE account = ? AND id NOT IN (SELECT id FROM session WHERE account = ? ORDER BY used DESC, id LIMIT ?)",
			s.Account, s.Account, max-1); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO session ("+sessionColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			s.ID, s.Hash, s.Account, s.Via, text(s.Origin), text(s.Agent), nanos(s.Created), nanos(s.Used), nanos(s.Fresh), nanos(s.Expires))
		return err
	})
}

func (db *DB) session(ctx context.Context, hash string) (s Session, err error) {
	err = ErrNotFound
	each := db.each(ctx, "SELECT "+sessionColumns+" FROM session WHERE hash = ?", []any{hash}, func(scan func(...any) error) error {
		s, err = scanSession(scan)
		return err
	})
	if each != nil {
		err = each
	}
	return s, db.failed("read a session", err)
}

func (db *DB) sessions(ctx context.Context, account string) (list []Session, err error) {
	err = db.each(ctx, "SELECT "+sessionColumns+" FROM session WHERE account = ? ORDER BY used DESC, id", []any{account}, func(scan func(...any) error) error {
		s, err := scanSession(scan)
		list = append(list, s)
		return err
	})
	return list, db.failed("list sessions", err)
}

func (db *DB) rotateSession(ctx context.Context, hash, newHash string, at time.Time) error {
	return db.change(ctx, "renew a session", func(t *tx) error {
		return t.must("UPDATE session SET hash = ?, fresh = ?, used = ? WHERE hash = ?", ErrNotFound, newHash, nanos(at), nanos(at), hash)
	})
}

func (db *DB) deleteSessions(ctx context.Context, account, but string) error {
	return db.change(ctx, "end sessions", func(t *tx) error {
		_, err := t.exec("DELETE FROM session WHERE account = ? AND id <> ?", account, but)
		return err
	})
}

const tokenColumns = "id, hash, account, name, role, site, created, expires, used"

func scanToken(scan func(...any) error) (k Token, err error) {
	var created, expires, used int64
	err = scan(&k.ID, &k.Hash, &k.Account, &k.Name, &k.Role, &k.Site, &created, &expires, &used)
	k.Created, k.Expires, k.Used = clock(created), clock(expires), clock(used)
	return k, err
}

func (db *DB) addToken(ctx context.Context, k Token, max int) error {
	return db.change(ctx, "add a token", func(t *tx) error {
		if err := t.room(max, "token", "account = ?", k.Account); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO token ("+tokenColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			k.ID, k.Hash, k.Account, text(k.Name), k.Role, text(k.Site), nanos(k.Created), nanos(k.Expires), nanos(k.Used))
		return err
	})
}

func (db *DB) token(ctx context.Context, hash string) (k Token, err error) {
	err = ErrNotFound
	each := db.each(ctx, "SELECT "+tokenColumns+" FROM token WHERE hash = ?", []any{hash}, func(scan func(...any) error) error {
		k, err = scanToken(scan)
		return err
	})
	if each != nil {
		err = each
	}
	return k, db.failed("read a token", err)
}

func (db *DB) tokens(ctx context.Context, account string) (list []Token, err error) {
	var w where
	w.equal("account", account)
	err = db.each(ctx, "SELECT "+tokenColumns+" FROM token"+w.clause()+" ORDER BY created, id", w.args, func(scan func(...any) error) error {
		k, err := scanToken(scan)
		list = append(list, k)
		return err
	})
	return list, db.failed("list tokens", err)
}

func (db *DB) forgetExpired(ctx context.Context, now, unused time.Time) error {
	return db.change(ctx, "forget what has expired", func(t *tx) error {
		for _, q := range []struct {
			query string
			at    time.Time
		}{
			{"DELETE FROM link WHERE expires <= ?", now},
			{"DELETE FROM session WHERE expires <= ?", now},
			{"DELETE FROM session WHERE used <= ?", unused},
			{"DELETE FROM token WHERE expires <= ?", now},
		} {
			if _, err := t.exec(q.query, nanos(q.at)); err != nil {
				return err
			}
		}
		return nil
	})
}
