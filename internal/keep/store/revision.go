package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

const (
	revisionHeads   = "r.n, r.parent, r.hash, r.model, r.author, r.author_name, r.at, r.reason, r.body, r.signature, r.signed"
	revisionColumns = revisionHeads + ", r.policy, r.text"
	revisionFrom    = " FROM policy_revision r JOIN site s ON s.id = r.site WHERE s.name = ?"
)

// scanRevision reads the columns of a head, and policy and text where they were
// asked for.
func scanRevision(scan func(...any) error, site string, whole bool) (Revision, error) {
	r := Revision{Site: site}
	var at, signed int64
	var body []byte
	dest := []any{&r.N, &r.Parent, &r.Hash, &r.Version, &r.Author.ID, &r.Author.Name, &at, &r.Reason, &body, &r.Signature, &signed}
	if whole {
		dest = append(dest, &r.Policy, &r.Text)
	}
	err := scan(dest...)
	if err == nil {
		err = json.Unmarshal(body, &r.Body)
	}
	r.At, r.Signed = clock(at), clock(signed)
	return r, err
}

func (db *DB) putRevision(ctx context.Context, r *Revision) (int64, error) {
	if len(r.Text) > model.MaxText || len(r.Policy) > policy.MaxText || r.Text != unlimited(r.Text) {
		return 0, fmt.Errorf("keep a revision of site %q: it is too long or no text: %w", r.Site, ErrInvalid)
	}
	next := r.Parent + 1
	err := db.change(ctx, fmt.Sprintf("keep a revision of site %q", r.Site), func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		site, err := t.site(n, text(r.Site))
		if err != nil {
			return err
		}
		var newest int64
		if _, err := t.row("SELECT COALESCE(MAX(n), 0) FROM policy_revision WHERE site = ?", []any{site}, &newest); err != nil {
			return err
		}
		switch {
		case newest != r.Parent:
			return fmt.Errorf("there is revision %d meanwhile: %w", newest, ErrConflict)
		case newest >= int64(db.options.Limits.Revisions):
			return fmt.Errorf("%d revisions of one site: %w", newest, ErrTooMany)
		}
		if _, err := t.exec("INSERT INTO policy_revision (site, n, parent, hash, policy, text, model, author, author_name, at, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			site, next, r.Parent, r.Hash, string(r.Policy), r.Text, r.Version, text(r.Author.ID), text(r.Author.Name), nanos(r.At), text(r.Reason), jsonOf(r.Body)); err != nil {
			return err
		}
		return n.save(t)
	})
	if err != nil {
		return 0, err
	}
	return next, nil
}

func (db *DB) revision(ctx context.Context, site string, n int64) (Revision, error) {
	return db.oneRevision(ctx, site, revisionColumns, n, true)
}

func (db *DB) revisionHead(ctx context.Context, site string, n int64) (Revision, error) {
	return db.oneRevision(ctx, site, revisionHeads, n, false)
}

func (db *DB) oneRevision(ctx context.Context, site, columns string, n int64, whole bool) (Revision, error) {
	condition, args := "", []any{text(site)}
	if n > 0 {
		condition, args = " AND r.n = ?", append(args, n)
	}
	return db.firstRevision(ctx, site, "SELECT "+columns+revisionFrom+condition, args, whole)
}

func (db *DB) signedRevision(ctx context.Context, site string) (Revision, error) {
	return db.firstRevision(ctx, site, "SELECT "+revisionColumns+revisionFrom+" AND r.signed > 0", []any{text(site)}, true)
}

// firstRevision is the newest of those that a query finds, with its approvals.
func (db *DB) firstRevision(ctx context.Context, site, query string, args []any, whole bool) (r Revision, err error) {
	found := false
	err = db.each(ctx, query+" ORDER BY r.n DESC LIMIT 1", args, func(scan func(...any) error) (err error) {
		found = true
		r, err = scanRevision(scan, site, whole)
		return err
	})
	if err == nil && !found {
		err = ErrNotFound
	}
	if err == nil {
		all := []Revision{r}
		err = db.approvals(ctx, site, all)
		r = all[0]
	}
	return r, db.failed(fmt.Sprintf("read a revision of site %q", site), err)
}

// approvals puts those of revisions with them. They are of one site and stand in
// order of their numbers, the newest first.
func (db *DB) approvals(ctx context.Context, site string, all []Revision) error {
	if len(all) == 0 {
		return nil
	}
	at := make(map[int64]int, len(all))
	for i := range all {
		at[all[i].N] = i
	}
	return db.each(ctx, "SELECT a.n, a.side, a.person, a.name, a.account, a.account_name, a.at FROM policy_approval a JOIN site s ON s.id = a.site WHERE s.name = ? AND a.n BETWEEN ? AND ? ORDER BY a.n, a.side",
		[]any{text(site), all[len(all)-1].N, all[0].N}, func(scan func(...any) error) error {
			var n, when int64
			var a Approval
			if err := scan(&n, &a.Side, &a.Person, &a.Name, &a.Account.ID, &a.Account.Name, &when); err != nil {
				return err
			}
			a.At = clock(when)
			if i, ok := at[n]; ok {
				all[i].Approvals = append(all[i].Approvals, a)
			}
			return nil
		})
}

func (db *DB) revisions(ctx context.Context, site string, p Page) (List[Revision], error) {
	var l List[Revision]
	var w where
	id, err := db.siteNumber(ctx, text(site))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return l, db.failed("read sites", err)
	}
	w.add("r.site = ?", id) // no site of that name has no revisions
	o, err := orderOf(p, map[string]string{"n": "r.n"}, "-n", "r.n")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, "policy_revision r", w); err != nil {
		return l, db.failed("count revisions", err)
	}
	tail, limit, err := o.page(p, &w)
	if err != nil {
		return l, err
	}
	// As in modelVersions: two sites share numbers.
	err = db.each(ctx, "SELECT "+revisionHeads+" FROM policy_revision r"+w.clause()+tail, w.args, func(scan func(...any) error) error {
		r, err := scanRevision(scan, site, false)
		if err != nil {
			return err
		}
		if len(l.Items) == limit {
			last := l.Items[limit-1].N
			l.Next = cursorAt(o.name, last, last).encode()
			return nil
		}
		l.Items = append(l.Items, r)
		return nil
	})
	if err == nil {
		err = db.approvals(ctx, site, l.Items)
	}
	return l, db.failed("list revisions", err)
}

// ofRevision finds the number of a site and whether its revision is signed.
func (t *tx) ofRevision(site string, n int64) (id int64, signed bool, err error) {
	var at int64
	found, err := t.row("SELECT r.site, r.signed"+revisionFrom+" AND r.n = ?", []any{text(site), n}, &id, &at)
	if err == nil && !found {
		err = ErrNotFound
	}
	return id, at > 0, err
}

func (db *DB) approveRevision(ctx context.Context, site string, n int64, a Approval) error {
	return db.change(ctx, fmt.Sprintf("approve revision %d of site %q", n, site), func(t *tx) error {
		id, _, err := t.ofRevision(site, n)
		if err != nil {
			return err
		}
		rows, err := t.exec("INSERT INTO policy_approval (site, n, side, person, name, account, account_name, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			id, n, string(a.Side), text(a.Person), text(a.Name), text(a.Account.ID), text(a.Account.Name), nanos(a.At))
		if err == nil && rows == 0 {
			err = fmt.Errorf("the side or the account has approved already: %w", ErrConflict)
		}
		return err
	})
}

func (db *DB) signRevision(ctx context.Context, site string, n int64, signature string, at time.Time) error {
	return db.change(ctx, fmt.Sprintf("sign revision %d of site %q", n, site), func(t *tx) error {
		id, signed, err := t.ofRevision(site, n)
		if err != nil || signed {
			return err
		}
		var sides int
		if _, err := t.row("SELECT COUNT(*) FROM policy_approval WHERE site = ? AND n = ?", []any{id, n}, &sides); err != nil {
			return err
		}
		if sides < 2 {
			return fmt.Errorf("%d of 2 sides have approved: %w", sides, ErrConflict)
		}
		_, err = t.exec("UPDATE policy_revision SET signature = ?, signed = ? WHERE site = ? AND n = ? AND signed = 0", text(signature), nanos(at), id, n)
		return err
	})
}
