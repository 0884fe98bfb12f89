package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

const applicationColumns = "x.num, x.id, s.name, x.revision, x.hash, x.state, x.author, x.author_name, x.at, x.until, x.forced, x.reason, x.ended, x.ender, x.says"

func scanApplication(scan func(...any) error, more ...any) (int64, Application, error) {
	var a Application
	var num, at, until, forced, ended int64
	err := scan(append([]any{
		&num, &a.ID, &a.Site, &a.Revision, &a.Hash, &a.State, &a.By.ID, &a.By.Name, &at, &until, &forced, &a.Reason, &ended, &a.EndedBy, &a.Says,
	}, more...)...)
	a.At, a.Until, a.Ended, a.Forced = clock(at), clock(until), clock(ended), forced != 0
	return num, a, err
}

func (db *DB) putApplication(ctx context.Context, a Application) error {
	return db.change(ctx, "keep an application", func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		site, err := t.site(n, text(a.Site))
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO policy_application (num, id, site, revision, hash, state, author, author_name, at, until, forced, reason, ended, ender, says) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			n.take("policy_application"), a.ID, site, a.Revision, a.Hash, string(a.State), text(a.By.ID), text(a.By.Name), nanos(a.At), nanos(a.Until), yesNo(a.Forced), text(a.Reason),
			nanos(a.Ended), text(a.EndedBy), text(a.Says)); err != nil {
			return err
		}
		return n.save(t)
	})
}

func (db *DB) endApplication(ctx context.Context, a Application) error {
	return db.change(ctx, fmt.Sprintf("end application %q", a.ID), func(t *tx) error {
		rows, err := t.exec("UPDATE policy_application SET state = ?, ended = ?, ender = ?, says = ? WHERE id = ? AND state = ?",
			string(a.State), nanos(a.Ended), text(a.EndedBy), text(a.Says), text(a.ID), string(ApplicationPending))
		if err == nil && rows == 0 {
			err = fmt.Errorf("it is not pending: %w", ErrConflict)
		}
		return err
	})
}

// siteList lists rows of one site, sorted by their number. The table is called x
// and the site s.
func siteList[T any](ctx context.Context, db *DB, what, columns, table, site string, w where, p Page, row func(scan func(...any) error, more ...any) (int64, T, error)) (List[T], error) {
	var l List[T]
	o, err := orderOf(p, map[string]string{"at": "x.num"}, "-at", "x.num")
	if err != nil {
		return l, err
	}
	id, err := db.siteNumber(ctx, text(site))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return l, db.failed("read sites", err)
	}
	w.add("x.site = ?", id)
	if l.Total, l.More, err = db.capped(ctx, table+" x", w); err != nil {
		return l, db.failed("count "+what, err)
	}
	l.Items, l.Next, err = paged(ctx, db, listing{columns: columns, table: table + " x", joins: " JOIN site s ON s.id = x.site"}, w, o, p,
		func(scan func(...any) error, by *any) (int64, T, error) { return row(scan, by) })
	return l, db.failed("list "+what, err)
}

func (db *DB) applications(ctx context.Context, site string, p Page) (List[Application], error) {
	return siteList(ctx, db, "applications", applicationColumns, "policy_application", site, where{}, p, scanApplication)
}

const containmentColumns = "x.num, x.id, s.name, x.state, x.body, x.until, x.reason, x.author, x.author_name, x.at, x.consent, x.consented, x.ended, x.ender, x.says"

func scanContainment(scan func(...any) error, more ...any) (int64, Containment, error) {
	var c Containment
	var num, until, at, consented, ended int64
	var body, consent []byte
	err := scan(append([]any{
		&num, &c.ID, &c.Site, &c.State, &body, &until, &c.Reason, &c.By.ID, &c.By.Name, &at, &consent, &consented, &ended, &c.EndedBy, &c.Says,
	}, more...)...)
	if err == nil {
		err = json.Unmarshal(body, &c.Body)
	}
	if err == nil && len(consent) > 0 {
		c.Consent = &Approval{}
		err = json.Unmarshal(consent, c.Consent)
	}
	c.Until, c.At, c.Ended = clock(until), clock(at), clock(ended)
	return num, c, err
}

// consentText is who consented, "" for nobody.
func consentText(a *Approval) (string, int64) {
	if a == nil {
		return "", 0
	}
	return jsonOf(a), nanos(a.At)
}

// jsonOf is a value of texts, numbers, times and lists, which always marshals.
func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return unlimited(string(b))
}

func (db *DB) putContainment(ctx context.Context, c Containment) error {
	return db.change(ctx, "keep a containment", func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		site, err := t.site(n, text(c.Site))
		if err != nil {
			return err
		}
		var open int
		if _, err := t.row("SELECT COUNT(*) FROM policy_containment WHERE site = ? AND state IN (?, ?)", []any{site, string(ContainmentWaiting), string(ContainmentActive)}, &open); err != nil {
			return err
		}
		if open >= db.options.Limits.Containments {
			return fmt.Errorf("%d containments at one site: %w", open, ErrTooMany)
		}
		consent, consented := consentText(c.Consent)
		if _, err := t.exec("INSERT INTO policy_containment (num, id, site, state, body, until, reason, author, author_name, at, consent, consented) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			n.take("policy_containment"), c.ID, site, string(c.State), jsonOf(c.Body), nanos(c.Until), text(c.Reason), text(c.By.ID), text(c.By.Name), nanos(c.At), consent, consented); err != nil {
			return err
		}
		return n.save(t)
	})
}

func (db *DB) changeContainment(ctx context.Context, c Containment, was ContainmentState) error {
	return db.change(ctx, fmt.Sprintf("change containment %q", c.ID), func(t *tx) error {
		consent, consented := consentText(c.Consent)
		rows, err := t.exec("UPDATE policy_containment SET state = ?, consent = ?, consented = ?, ended = ?, ender = ?, says = ? WHERE id = ? AND state = ?",
			string(c.State), consent, consented, nanos(c.Ended), text(c.EndedBy), text(c.Says), text(c.ID), string(was))
		if err == nil && rows == 0 {
			err = fmt.Errorf("it is not %s any more: %w", was, ErrConflict)
		}
		return err
	})
}

func (db *DB) containment(ctx context.Context, site, id string) (Containment, error) {
	c, err := one(ctx, db, "containment", "SELECT "+containmentColumns+" FROM policy_containment x JOIN site s ON s.id = x.site WHERE x.id = ?", id, scanContainment)
	if err == nil && c.Site != site {
		err = ErrNotFound
	}
	return c, err
}

func (db *DB) containments(ctx context.Context, site string, state ContainmentState, p Page) (List[Containment], error) {
	var w where
	w.equal("x.state", string(state))
	return siteList(ctx, db, "containments", containmentColumns, "policy_containment", site, w, p, scanContainment)
}

func (db *DB) putMark(ctx context.Context, site string, m Mark) error {
	return db.change(ctx, "keep an answer", func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		id, err := t.site(n, text(site))
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM policy_mark WHERE site = ? AND kind = ?", id, text(m.Kind)); err != nil {
			return err
		}
		if m.Says == "" {
			return n.save(t)
		}
		var has int
		if _, err := t.row("SELECT COUNT(*) FROM policy_mark WHERE site = ?", []any{id}, &has); err != nil {
			return err
		}
		if has >= db.options.Limits.Marks {
			return fmt.Errorf("%d answers at one site: %w", has, ErrTooMany)
		}
		if _, err := t.exec("INSERT INTO policy_mark (site, kind, says, until, author, author_name, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			id, text(m.Kind), text(m.Says), nanos(m.Until), text(m.By.ID), text(m.By.Name), nanos(m.At), text(m.Reason)); err != nil {
			return err
		}
		return n.save(t)
	})
}

func (db *DB) marks(ctx context.Context, site string) (all []Mark, err error) {
	err = db.each(ctx, "SELECT m.kind, m.says, m.until, m.author, m.author_name, m.at, m.reason FROM policy_mark m JOIN site s ON s.id = m.site WHERE s.name = ? ORDER BY m.kind", []any{text(site)}, func(scan func(...any) error) error {
		var m Mark
		var until, at int64
		err := scan(&m.Kind, &m.Says, &until, &m.By.ID, &m.By.Name, &at, &m.Reason)
		m.Until, m.At = clock(until), clock(at)
		all = append(all, m)
		return err
	})
	return all, db.failed("read answers", err)
}

func (db *DB) putLook(ctx context.Context, site, kind string, at time.Time, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("keep a look at %s: %w", kind, err)
	}
	return db.change(ctx, "keep a look at "+kind, func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		id, err := t.site(n, text(site))
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO policy_look (site, kind, at, body) VALUES (?, ?, ?, ?) ON CONFLICT (site, kind) DO UPDATE SET at = excluded.at, body = excluded.body",
			id, kind, nanos(at), unlimited(string(b))); err != nil {
			return err
		}
		return n.save(t)
	})
}

func (db *DB) readLook(ctx context.Context, site, kind string, body any) (time.Time, error) {
	var at int64
	var b []byte
	err := db.row(ctx, "SELECT l.at, l.body FROM policy_look l JOIN site s ON s.id = l.site WHERE s.name = ? AND l.kind = ?", []any{text(site), kind}, &at, &b)
	if err == nil {
		err = json.Unmarshal(b, body)
	}
	return clock(at), db.failed("read the look at "+kind, err)
}
