package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

const (
	decisionColumns = "d.num, d.id, site.name, d.kind, d.assets, d.reason, d.author, d.author_name, d.at, d.undoer, d.undoer_name, d.undone, d.followed"
	decisionJoin    = " JOIN site ON site.id = d.site"
)

func scanDecision(scan func(...any) error, more ...any) (int64, Decision, error) {
	var d Decision
	var num, at, undone, followed int64
	var assets []byte
	err := scan(append([]any{
		&num, &d.ID, &d.Site, &d.Kind, &assets, &d.Reason, &d.By.ID, &d.By.Name, &at, &d.UndoneBy.ID, &d.UndoneBy.Name, &undone, &followed,
	}, more...)...)
	if err == nil {
		err = json.Unmarshal(assets, &d.Assets)
	}
	d.At, d.Undone, d.Followed = clock(at), clock(undone), clock(followed)
	return num, d, err
}

func (db *DB) putDecision(ctx context.Context, d *Decision) error {
	return db.change(ctx, "keep a decision", func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		site, err := t.site(n, text(d.Site))
		if err != nil {
			return err
		}
		if err := t.roomForDecision(site, db.options.Limits.Decisions); err != nil {
			return err
		}
		num := n.take("decision")
		rows, err := t.exec("INSERT INTO decision (num, id, site, kind, assets, reason, author, author_name, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
			num, d.ID, site, string(d.Kind), jsonText(d.Assets), text(d.Reason), text(d.By.ID), text(d.By.Name), nanos(d.At))
		switch {
		case err != nil:
			return err
		case rows == 0:
			return ErrConflict
		}
		insert := t.bulk("INSERT INTO decision_endpoint (decision, place, part, mac, ip, vlan)", "")
		for i, e := range d.Endpoints {
			if err := insert.add(num, int64(i), int64(e.Part), macText(e.MAC), ipText(e.IP), int64(e.VLAN)); err != nil {
				return err
			}
		}
		if err := insert.flush(); err != nil {
			return err
		}
		return n.save(t)
	})
}

// roomForDecision refuses one more where there are too many, and removes the
// oldest of those that were undone.
func (t *tx) roomForDecision(site int64, limit int) error {
	var holding int
	if _, err := t.row("SELECT COUNT(*) FROM decision WHERE site = ? AND undone = 0", []any{site}, &holding); err != nil {
		return err
	}
	if holding >= limit {
		return fmt.Errorf("%d decisions hold at this site: %w", holding, ErrTooMany)
	}
	_, err := t.exec("DELETE FROM decision WHERE num IN (SELECT num FROM decision WHERE site = ? AND undone <> 0 AND followed <> 0 ORDER BY num DESC LIMIT 1000000 OFFSET ?)", site, limit)
	return err
}

func (db *DB) undoDecision(ctx context.Context, id string, by Person, at time.Time) (Decision, error) {
	err := db.change(ctx, fmt.Sprintf("undo decision %q", id), func(t *tx) error {
		n, err := t.exec("UPDATE decision SET undoer = ?, undoer_name = ?, undone = ?, followed = 0 WHERE id = ? AND undone = 0", text(by.ID), text(by.Name), nanos(at), text(id))
		if err != nil || n > 0 {
			return err
		}
		var num int64
		found, err := t.row("SELECT num FROM decision WHERE id = ?", []any{text(id)}, &num)
		switch {
		case err != nil:
			return err
		case !found:
			return ErrNotFound
		}
		return fmt.Errorf("it is undone already: %w", ErrConflict)
	})
	if err != nil {
		return Decision{}, err
	}
	return db.decision(ctx, id)
}

func (db *DB) decision(ctx context.Context, id string) (Decision, error) {
	all, err := db.readDecisions(ctx, " WHERE d.id = ?", text(id))
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Decision{}, db.failed(fmt.Sprintf("read decision %q", id), err)
	}
	return all[0], nil
}

func (db *DB) decisionsToFollow(ctx context.Context, site string) ([]Decision, error) {
	all, err := db.readDecisions(ctx, " WHERE site.name = ? AND (d.undone = 0 OR d.followed = 0) ORDER BY d.num", text(site))
	return all, db.failed("read the decisions", err)
}

func (db *DB) readDecisions(ctx context.Context, which string, args ...any) ([]Decision, error) {
	var all []Decision
	var nums []int64
	err := db.each(ctx, "SELECT "+decisionColumns+" FROM decision d"+decisionJoin+which, args, func(scan func(...any) error) error {
		num, d, err := scanDecision(scan)
		all, nums = append(all, d), append(nums, num)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, db.readDecided(ctx, nums, all)
}

// readDecided reads the endpoints that decisions are about.
func (db *DB) readDecided(ctx context.Context, nums []int64, all []Decision) error {
	of := make(map[int64]*Decision, len(nums))
	for i, n := range nums {
		of[n] = &all[i]
	}
	for len(nums) > 0 {
		n := min(chunk, len(nums))
		args := make([]any, n)
		for i := range args {
			args[i] = nums[i]
		}
		err := db.each(ctx, "SELECT decision, part, mac, ip, vlan FROM decision_endpoint WHERE decision IN ("+list(n)+") ORDER BY decision, place", args, func(scan func(...any) error) error {
			var num, vlan int64
			var e DecidedEndpoint
			var mac, ip string
			err := scan(&num, &e.Part, &mac, &ip, &vlan)
			e.Endpoint = endpointOf(mac, ip, vlan)
			of[num].Endpoints = append(of[num].Endpoints, e)
			return err
		})
		if err != nil {
			return err
		}
		nums = nums[n:]
	}
	return nil
}

func (db *DB) decisions(ctx context.Context, f DecisionFilter, p Page) (List[Decision], error) {
	var l List[Decision]
	w, err := db.decisionWhere(ctx, &f)
	if err != nil {
		return l, err
	}
	o, err := orderOf(p, map[string]string{"at": "d.num"}, "-at", "d.num")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, "decision d", w); err != nil {
		return l, db.failed("count decisions", err)
	}
	var nums []int64
	l.Items, l.Next, err = paged(ctx, db, listing{decisionColumns, "decision d", decisionJoin}, w, o, p, func(scan func(...any) error, by *any) (int64, Decision, error) {
		num, d, err := scanDecision(scan, by)
		nums = append(nums, num)
		return num, d, err
	})
	if err == nil {
		err = db.readDecided(ctx, nums[:len(l.Items)], l.Items)
	}
	return l, db.failed("list decisions", err)
}

func (db *DB) decisionWhere(ctx context.Context, f *DecisionFilter) (where, error) {
	var w where
	if err := db.ofSite(ctx, &w, "d.site", f.Site); err != nil {
		return w, err
	}
	if f.Asset == "" {
		return w, nil
	}
	num, err := db.assetNumber(ctx, f.Asset)
	if err != nil {
		return w, db.failed(fmt.Sprintf("read asset %q", f.Asset), err)
	}
	quoted := strings.Trim(jsonText([]string{text(f.Asset)}), "[]")
	w.add(`(EXISTS (SELECT 1 FROM decision_endpoint de JOIN endpoint e ON e.ip = de.ip AND e.mac = de.mac AND e.vlan = de.vlan WHERE de.decision = d.num AND e.site = d.site AND e.asset = ?)
 OR d.assets LIKE ? ESCAPE '\')`, num, `%"id":`+escapeLike(quoted)+",%")
	return w, nil
}

func (db *DB) decisionsFollowed(ctx context.Context, all []Decision, at time.Time) error {
	if len(all) == 0 {
		return nil
	}
	return db.change(ctx, "note which decisions are followed", func(t *tx) error {
		for i := range all {
			// One that was undone meanwhile is not followed yet.
			if _, err := t.exec("UPDATE decision SET followed = ? WHERE id = ? AND undone = ? AND followed = 0", nanos(at), all[i].ID, nanos(all[i].Undone)); err != nil {
				return err
			}
		}
		return nil
	})
}
