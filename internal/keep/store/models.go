package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// maxVersions bounds the versions of one site; the oldest go first.
const maxVersions = 2000

func (db *DB) modelAt(ctx context.Context, site string, version int64) (ModelVersion, error) {
	v := ModelVersion{Site: site}
	var at int64
	query, args := "SELECT m.version, m.text, m.author, m.note, m.at FROM model m JOIN site s ON s.id = m.site WHERE s.name = ?", []any{text(site)}
	if version > 0 {
		query, args = query+" AND m.version = ?", append(args, version)
	} else {
		query += " AND m.version = s.model"
	}
	err := db.row(ctx, query, args, &v.Version, &v.Text, &v.Author, &v.Note, &at)
	v.At = clock(at)
	return v, db.failed(fmt.Sprintf("read the model of site %q", site), err)
}

func (db *DB) modelVersions(ctx context.Context, site string, p Page) (List[ModelVersion], error) {
	var l List[ModelVersion]
	var w where
	// No site of that name has no versions.
	id, err := db.siteNumber(ctx, text(site))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return l, db.failed("read sites", err)
	}
	w.add("m.site = ?", id)
	o, err := orderOf(p, map[string]string{"version": "m.version"}, "-version", "m.version")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, "model m", w); err != nil {
		return l, db.failed("count the versions of the model", err)
	}
	tail, limit, err := o.page(p, &w)
	if err != nil {
		return l, err
	}
	// paged would find rows by their version alone, which two sites share.
	err = db.each(ctx, "SELECT m.version, m.author, m.note, m.at FROM model m"+w.clause()+tail, w.args, func(scan func(...any) error) error {
		v := ModelVersion{Site: site}
		var at int64
		if err := scan(&v.Version, &v.Author, &v.Note, &at); err != nil {
			return err
		}
		if len(l.Items) == limit {
			last := l.Items[limit-1].Version
			l.Next = cursorAt(o.name, last, last).encode()
			return nil
		}
		v.At = clock(at)
		l.Items = append(l.Items, v)
		return nil
	})
	return l, db.failed("list the versions of the model", err)
}

func (db *DB) putModel(ctx context.Context, v ModelVersion, was int64) (int64, error) {
	if len(v.Text) > model.MaxText || v.Text != unlimited(v.Text) {
		return 0, fmt.Errorf("save the model of site %q: it is too long or no text: %w", v.Site, ErrInvalid)
	}
	next := was + 1
	err := db.change(ctx, fmt.Sprintf("save the model of site %q", v.Site), func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		site, err := t.site(n, text(v.Site))
		if err != nil {
			return err
		}
		changed, err := t.exec("UPDATE site SET model = ? WHERE id = ? AND model = ?", next, site, was)
		if err != nil {
			return err
		}
		if changed == 0 {
			return fmt.Errorf("it was changed meanwhile: %w", ErrConflict)
		}
		if _, err := t.exec("INSERT INTO model (site, version, text, author, note, at) VALUES (?, ?, ?, ?, ?, ?)", site, next, v.Text, text(v.Author), text(v.Note), nanos(v.At)); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM model WHERE site = ? AND version <= ?", site, next-maxVersions); err != nil {
			return err
		}
		if _, err := t.exec("UPDATE asset SET placed = 0 WHERE site = ?", site); err != nil {
			return err
		}
		return n.save(t)
	})
	if err != nil {
		return 0, err
	}
	db.placeSoon(ctx)
	return next, nil
}

// placeSoon places in the background and waits for it as long as ctx lasts.
// What fails is tried again with the next inventory.
func (db *DB) placeSoon(ctx context.Context) {
	done := make(chan struct{})
	db.running.Go(func() {
		defer close(done)
		if err := db.PlaceModel(db.living); err != nil && db.living.Err() == nil {
			db.options.Log.Warn("the plant model is not applied to assets yet", "error", err)
		}
		db.figures.drop("assets", "facets", "map", "boundary")
	})
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// siteWords is what a site's newest text says, and what is kept of its judging.
type siteWords struct {
	site    int64
	name    string
	version int64
	judged  int64 // version by which conversations were judged
	until   int64 // when that judging ends
	words   Words // nil without a model
}

// allWords reads the newest models. One that was read before is kept as it is,
// unless it is to be judged by another day.
func (db *DB) allWords(ctx context.Context) ([]siteWords, error) {
	var all []siteWords
	err := db.each(ctx, "SELECT id, name, model, judged, judged_until FROM site ORDER BY id", nil, func(scan func(...any) error) error {
		var s siteWords
		err := scan(&s.site, &s.name, &s.version, &s.judged, &s.until)
		all = append(all, s)
		return err
	})
	if err != nil || db.options.Words == nil {
		return all, err
	}
	now := db.options.Now()
	for i := range all {
		s := &all[i]
		if s.version == 0 {
			continue
		}
		kept := db.words[s.site]
		if kept.version != s.version || !kept.until.IsZero() && !now.Before(kept.until) {
			v, err := db.modelAt(ctx, s.name, s.version)
			if err != nil {
				return nil, err
			}
			if kept.words, err = db.options.Words(s.name, v.Text, now); err != nil {
				return nil, fmt.Errorf("read version %d of the model of site %q: %w", s.version, s.name, err)
			}
			kept.version, kept.until = s.version, kept.words.Until()
			if db.words == nil {
				db.words = map[int64]madeWords{}
			}
			db.words[s.site] = kept
		}
		s.words = kept.words
	}
	return all, nil
}

// madeWords is a model that is ready, of a version.
type madeWords struct {
	version int64
	until   time.Time
	words   Words
}

// word is the number of a zone or conduit, made if it is new.
func (t *tx) word(known map[string]int64, word string) (int64, error) {
	if word == "" {
		return 0, nil
	}
	if id, ok := known[word]; ok {
		return id, nil
	}
	var id int64
	found, err := t.row("SELECT id FROM model_word WHERE word = ?", []any{word}, &id)
	if err == nil && !found {
		if _, err = t.row("SELECT COALESCE(MAX(id), 0) + 1 FROM model_word", nil, &id); err == nil {
			_, err = t.exec("INSERT INTO model_word (id, word) VALUES (?, ?)", id, word)
		}
	}
	if err == nil {
		known[word] = id
	}
	return id, err
}

// wordNumber is the number of a zone or conduit; -1, which no row has, if no
// conversation ever had it.
func (db *DB) wordNumber(ctx context.Context, word string) (int64, error) {
	var id int64
	err := db.row(ctx, "SELECT id FROM model_word WHERE word = ?", []any{text(word)}, &id)
	if errors.Is(err, ErrNotFound) {
		return -1, nil
	}
	return id, err
}

// modelWords are zones and conduits by their numbers. There are few.
func (db *DB) modelWords(ctx context.Context) (map[int64]string, error) {
	words := map[int64]string{}
	err := db.each(ctx, "SELECT id, word FROM model_word", nil, func(scan func(...any) error) error {
		var id int64
		var word string
		err := scan(&id, &word)
		words[id] = word
		return err
	})
	return words, err
}

func (db *DB) boundary(ctx context.Context, site string, from, to time.Time) (*Boundary, error) {
	// By the minute, so that one who asks every second asks for the same.
	if !from.IsZero() {
		from = from.Truncate(time.Minute)
	}
	if !to.IsZero() {
		to = to.Truncate(time.Minute).Add(time.Minute)
	}
	v, err := db.figure(ctx, fmt.Sprint("boundary ", site, " ", nanos(from), " ", nanos(to)), func(ctx context.Context) (any, error) {
		return db.makeBoundary(ctx, site, from, to)
	})
	if err != nil {
		return nil, db.failed("add up what goes between zones", err)
	}
	return v.(*Boundary), nil
}

func (db *DB) makeBoundary(ctx context.Context, site string, from, to time.Time) (*Boundary, error) {
	b := &Boundary{Made: db.options.Now(), Zones: map[string]int64{}}
	var id int64
	err := db.row(ctx, "SELECT id, model FROM site WHERE name = ?", []any{text(site)}, &id, &b.Version)
	if errors.Is(err, ErrNotFound) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	if err := db.each(ctx, "SELECT zone, COUNT(*) FROM asset WHERE site = ? AND gone = 0 GROUP BY zone", []any{id}, func(scan func(...any) error) error {
		var zone string
		var n int64
		err := scan(&zone, &n)
		b.Zones[zone] = n
		return err
	}); err != nil {
		return nil, err
	}
	b.Cells, err = db.boundaryCells(ctx, id, from, to)
	return b, err
}

type cellKey struct {
	from, to, state, conduit int64
}

func (db *DB) boundaryCells(ctx context.Context, site int64, from, to time.Time) ([]BoundaryCell, error) {
	words, err := db.modelWords(ctx)
	if err != nil {
		return nil, err
	}
	var w where
	w.add("site = ?", site)
	w.add("state > 1") // written into the query: the index is for these
	if !from.IsZero() {
		w.add("last >= ?", nanos(from))
	}
	if !to.IsZero() {
		w.add("first < ?", nanos(to))
	}
	cells := map[cellKey]*BoundaryCell{}
	// Kinds are a set in a number: grouped by, since no engine has an OR over
	// rows that both know.
	err = db.each(ctx, `SELECT from_zone, to_zone, state, conduit, protocol, kinds, COUNT(*), SUM(packets_up + packets_down), SUM(bytes_up + bytes_down), MIN(first), MAX(last)
 FROM conversation`+w.clause()+" GROUP BY from_zone, to_zone, state, conduit, protocol, kinds", w.args, func(scan func(...any) error) error {
		var k cellKey
		var protocol string
		var kinds, n, first, last int64
		var packets, bytes uint64
		if err := scan(&k.from, &k.to, &k.state, &k.conduit, &protocol, &kinds, &n, &packets, &bytes, &first, &last); err != nil {
			return err
		}
		c := cells[k]
		if c == nil {
			c = &BoundaryCell{From: words[k.from], To: words[k.to], State: model.State(k.state), Conduit: words[k.conduit], First: clock(first)}
			cells[k] = c
		}
		c.add(protocol, model.Kinds(kinds), n, packets, bytes, clock(first), clock(last))
		return nil
	})
	all := make([]BoundaryCell, 0, len(cells))
	for _, c := range cells {
		slices.Sort(c.Protocols)
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b BoundaryCell) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.State, b.State), cmp.Compare(a.Conduit, b.Conduit))
	})
	return all, err
}

func (c *BoundaryCell) add(protocol string, kinds model.Kinds, n int64, packets, bytes uint64, first, last time.Time) {
	c.Conversations += n
	c.Packets += packets
	c.Bytes += bytes
	c.Kinds |= kinds
	if first.Before(c.First) {
		c.First = first
	}
	if last.After(c.Last) {
		c.Last = last
	}
	if !slices.Contains(c.Protocols, protocol) {
		c.Protocols = append(c.Protocols, protocol)
	}
}

func (db *DB) talks(ctx context.Context, site string, yield func(client, server string, t *model.Talk) error) error {
	id, err := db.siteNumber(ctx, text(site))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return db.failed("read sites", err)
	}
	names, err := db.assetIDs(ctx, id)
	if err != nil {
		return db.failed("read assets", err)
	}
	err = db.each(ctx, "SELECT client_asset, server_asset, protocol, transport, port, flags, kinds FROM conversation WHERE site = ? AND client_asset IS NOT NULL AND server_asset IS NOT NULL", []any{id},
		func(scan func(...any) error) error {
			var client, server, transport, port, flags, kinds int64
			var t model.Talk
			if err := scan(&client, &server, &t.Protocol, &transport, &port, &flags, &kinds); err != nil {
				return err
			}
			t.Transport, t.Port, t.Answered, t.Kinds = plant.Transport(transport), uint16(port), flags&flagAnswered != 0, model.Kinds(kinds)
			return yield(names[client], names[server], &t)
		})
	return db.failed("read conversations", err)
}
