package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// FindingItem is a kept finding.
type FindingItem struct {
	ID   string // rule and site, "cleartext-login@works"
	Site string
	plant.Finding
	Opened time.Time // when it was first saved
	Closed time.Time // when it was no longer found; zero while open
}

// FindingFilter says which findings. Zero fields do not filter.
type FindingFilter struct {
	Site, Level, Rule string
	Asset             string // identifier
	Closed            bool   // closed ones, too
}

// SaveFindings replaces the open findings of a site: one for each rule. Those
// that are no longer found are closed, those found again are opened anew and
// keep when they were first seen.
func (db *DB) SaveFindings(ctx context.Context, site string, now time.Time, findings []plant.Finding) (Saved, error) {
	return db.saveFindings(ctx, site, now, findings)
}

// FindingSorts are what a list of findings may be sorted by, "-" before it for
// descending.
var FindingSorts = []string{"severity", "last_seen", "first_seen", "opened"}

// Findings lists findings, the most serious first unless Page.Sort says
// otherwise.
func (db *DB) Findings(ctx context.Context, f FindingFilter, p Page) (List[FindingItem], error) {
	return db.findings(ctx, f, p)
}

// Finding is one finding.
func (db *DB) Finding(ctx context.Context, id string) (FindingItem, error) {
	return db.finding(ctx, id)
}

// severities order levels, the least first.
var severities = []string{"info", "low", "medium", "high"}

func findingID(site, rule string) string { return rule + "@" + site }

// keptFinding is a finding before the new set is saved.
type keptFinding struct {
	num                   int64
	first, opened, closed int64
	doc                   string
}

func (db *DB) saveFindings(ctx context.Context, site string, now time.Time, findings []plant.Finding) (Saved, error) {
	var saved Saved
	err := db.change(ctx, "save findings", func(t *tx) error {
		saved = Saved{}
		n, err := t.serials()
		if err != nil {
			return err
		}
		number, err := t.site(n, text(site))
		if err != nil {
			return err
		}
		kept, err := t.keptFindings(number)
		if err != nil {
			return err
		}
		found := map[string]bool{}
		for i := range findings {
			f := &findings[i]
			id := findingID(text(site), f.Rule)
			if found[id] {
				return fmt.Errorf("rule %q comes twice: %w", f.Rule, ErrInvalid)
			}
			found[id] = true
			k, was := kept[id]
			if !was {
				k = keptFinding{num: n.take("finding")}
			}
			changed, err := t.saveFinding(number, id, now, f, k, was)
			if err != nil {
				return fmt.Errorf("finding %q: %w", f.Rule, err)
			}
			if changed {
				saved.Put = append(saved.Put, id)
			}
		}
		for id, k := range kept {
			if found[id] || k.closed != 0 {
				continue
			}
			saved.Removed = append(saved.Removed, id)
			if _, err := t.exec("UPDATE finding SET closed = ? WHERE num = ?", nanos(now), k.num); err != nil {
				return err
			}
		}
		slices.Sort(saved.Removed)
		if saved.Assets, err = t.countFindings(number); err != nil {
			return err
		}
		return n.save(t)
	})
	db.figures.drop("assets", "facets")
	return saved, err
}

func (t *tx) keptFindings(site int64) (map[string]keptFinding, error) {
	all := map[string]keptFinding{}
	err := t.each("SELECT num, id, first, opened, closed, doc FROM finding WHERE site = ?", []any{site}, func(scan func(...any) error) error {
		var k keptFinding
		var id string
		err := scan(&k.num, &id, &k.first, &k.opened, &k.closed, &k.doc)
		all[id] = k
		return err
	})
	return all, err
}

// saveFinding writes a finding if it is not as it was.
func (t *tx) saveFinding(site int64, id string, now time.Time, f *plant.Finding, k keptFinding, was bool) (changed bool, err error) {
	severity := slices.Index(severities, f.Level)
	if severity < 0 {
		return false, fmt.Errorf("level %q: %w", f.Level, ErrInvalid)
	}
	first := nanos(f.First)
	if was && k.first != 0 && (first == 0 || k.first < first) {
		first = k.first
	}
	doc, err := json.Marshal(f)
	if err != nil {
		return false, err
	}
	if was && k.closed == 0 && k.doc == string(doc) && k.first == first {
		return false, nil
	}
	opened := k.opened
	if !was || k.closed != 0 {
		opened = nanos(now)
	}
	if _, err := t.exec(`INSERT INTO finding (num, id, site, rule, level, severity, title, count, first, last, opened, closed, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
 ON CONFLICT (num) DO UPDATE SET level = excluded.level, severity = excluded.severity, title = excluded.title, count = excluded.count,
 first = excluded.first, last = excluded.last, opened = excluded.opened, closed = 0, doc = excluded.doc`,
		k.num, id, site, f.Rule, f.Level, severity, f.Title, counter(f.Count), first, nanos(f.Last), opened, string(doc)); err != nil {
		return false, err
	}
	if _, err := t.exec("DELETE FROM finding_asset WHERE finding = ?", k.num); err != nil {
		return false, err
	}
	insert := t.bulk("INSERT INTO finding_asset (finding, asset)", "ON CONFLICT (finding, asset) DO NOTHING")
	for _, a := range f.Assets {
		if err := insert.add(k.num, text(a)); err != nil {
			return false, err
		}
	}
	return true, insert.flush()
}

// countFindings brings the counts at the assets of a site up to date and
// returns whose changed.
func (t *tx) countFindings(site int64) ([]string, error) {
	wanted := map[string]FindingCounts{}
	err := t.each("SELECT fa.asset, f.level, COUNT(*) FROM finding_asset fa JOIN finding f ON f.num = fa.finding WHERE f.site = ? AND f.closed = 0 GROUP BY fa.asset, f.level", []any{site},
		func(scan func(...any) error) error {
			var id, level string
			var n int
			err := scan(&id, &level, &n)
			c := wanted[id]
			c.set(level, n)
			wanted[id] = c
			return err
		})
	if err != nil {
		return nil, err
	}
	type update struct {
		num    int64
		id     string
		counts FindingCounts
	}
	var updates []update
	err = t.each("SELECT num, id, high, medium, low, info FROM asset WHERE site = ?", []any{site}, func(scan func(...any) error) error {
		var u update
		var is FindingCounts
		err := scan(&u.num, &u.id, &is.High, &is.Medium, &is.Low, &is.Info)
		if u.counts = wanted[u.id]; u.counts != is {
			updates = append(updates, u)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, u := range updates {
		if _, err := t.exec("UPDATE asset SET high = ?, medium = ?, low = ?, info = ? WHERE num = ?", u.counts.High, u.counts.Medium, u.counts.Low, u.counts.Info, u.num); err != nil {
			return nil, err
		}
		ids = append(ids, u.id)
	}
	slices.Sort(ids)
	return ids, nil
}

func (c *FindingCounts) set(level string, n int) {
	switch level {
	case "high":
		c.High = n
	case "medium":
		c.Medium = n
	case "low":
		c.Low = n
	case "info":
		c.Info = n
	}
}

const (
	findingColumnList = "f.num, f.id, site.name, f.first, f.opened, f.closed, f.doc"
	findingFrom       = " FROM finding f JOIN site ON site.id = f.site"
)

func scanFinding(scan func(...any) error, more ...any) (int64, FindingItem, error) {
	var f FindingItem
	var num, first, opened, closed int64
	var doc []byte
	if err := scan(append([]any{&num, &f.ID, &f.Site, &first, &opened, &closed, &doc}, more...)...); err != nil {
		return 0, f, err
	}
	err := json.Unmarshal(doc, &f.Finding)
	f.First, f.Opened, f.Closed = clock(first), clock(opened), clock(closed)
	return num, f, err
}

func (db *DB) findings(ctx context.Context, f FindingFilter, p Page) (List[FindingItem], error) {
	var l List[FindingItem]
	var w where
	if err := db.ofSite(ctx, &w, "f.site", f.Site); err != nil {
		return l, err
	}
	w.equal("f.level", text(f.Level))
	w.equal("f.rule", text(f.Rule))
	if !f.Closed {
		w.add("f.closed = 0")
	}
	if f.Asset != "" {
		w.add("f.num IN (SELECT finding FROM finding_asset WHERE asset = ?)", text(f.Asset))
	}
	sorts := map[string]string{"severity": "f.severity", "last_seen": "f.last", "first_seen": "f.first", "opened": "f.opened"}
	o, err := orderOf(p, sorts, "-severity", "f.num")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, "finding f", w); err != nil {
		return l, db.failed("count findings", err)
	}
	l.Items, l.Next, err = paged(ctx, db, listing{findingColumnList, "finding f", " JOIN site ON site.id = f.site"}, w, o, p, func(scan func(...any) error, by *any) (int64, FindingItem, error) {
		return scanFinding(scan, by)
	})
	return l, db.failed("list findings", err)
}

func (db *DB) finding(ctx context.Context, id string) (FindingItem, error) {
	var f FindingItem
	found := false
	err := db.each(ctx, "SELECT "+findingColumnList+findingFrom+" WHERE f.id = ?", []any{text(id)}, func(scan func(...any) error) (err error) {
		found = true
		_, f, err = scanFinding(scan)
		return err
	})
	if err == nil && !found {
		err = ErrNotFound
	}
	return f, db.failed(fmt.Sprintf("read finding %q", id), err)
}
