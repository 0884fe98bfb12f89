package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// judge asks the model what covers each conversation between zones.
func (t *tx) judge(p *placing, rows []placement) (err error) {
	for i := range rows {
		r := &rows[i]
		words := p.words[r.site]
		if words == nil || !r.client.Valid || !r.server.Valid {
			continue
		}
		talk := model.Talk{From: r.fromZone, To: r.toZone, Protocol: r.protocol, Transport: plant.Transport(r.transport), Port: uint16(r.port), Answered: r.answered}
		if r.fromZone != r.toZone {
			if talk.Kinds, err = t.kinds(r.one, r.other, r.port); err != nil {
				return err
			}
		}
		v := words.Judge(&talk)
		r.state, r.kinds = int64(v.State), int64(talk.Kinds)
		for _, w := range []struct {
			word string
			to   *int64
		}{{r.fromZone, &r.from}, {r.toZone, &r.to}, {v.Conduit, &r.conduit}} {
			if *w.to, err = t.word(p.numbers, w.word); err != nil {
				return err
			}
		}
	}
	return nil
}

// kinds are those of the operations that one endpoint asked of another.
func (t *tx) kinds(one, other, port int64) (k model.Kinds, err error) {
	err = t.each("SELECT DISTINCT kind FROM operation WHERE requester = ? AND responder = ? AND port = ?", []any{one, other, port}, func(scan func(...any) error) error {
		var kind int64
		err := scan(&kind)
		k |= model.KindsOf(kindOf(kind))
		return err
	})
	return k, err
}

// judgeSpan is how many numbers of conversations are marked at a time.
const judgeSpan = 50_000

// rejudge marks a site's conversations to be judged anew, if they were judged by
// another version, or by one of whose conduits some have expired. It is known
// when all are marked: one that was interrupted begins again.
func (db *DB) rejudge(ctx context.Context, s *siteWords) error {
	expired := s.until != 0 && nanos(db.options.Now()) >= s.until
	if s.words == nil || s.judged == s.version && !expired {
		return nil
	}
	var highest int64
	if err := db.row(ctx, "SELECT COALESCE(MAX(id), 0) FROM conversation", nil, &highest); err != nil {
		return db.failed("count conversations", err)
	}
	for low := int64(0); low <= highest; low += judgeSpan {
		err := db.change(ctx, "judge conversations anew", func(t *tx) error {
			// Within a zone stays within it as long as the assets do not move.
			_, err := t.exec("UPDATE conversation SET placed = 0 WHERE id > ? AND id <= ? AND site = ? AND placed = 1 AND state <> 1", low, low+judgeSpan, s.site)
			return err
		})
		if err != nil {
			return err
		}
	}
	return db.change(ctx, "note by which model conversations are judged", func(t *tx) error {
		_, err := t.exec("UPDATE site SET judged = ?, judged_until = ? WHERE id = ?", s.version, nanos(s.words.Until()), s.site)
		return err
	})
}

// assetPieces is how many assets are placed in one transaction.
const assetPieces = 2000

// placeAssets works out where a site's assets stand that are not placed.
func (db *DB) placeAssets(ctx context.Context, s *siteWords) error {
	for after := int64(0); ; {
		n := 0
		err := db.change(ctx, "place assets", func(t *tx) (err error) {
			n, err = t.placeSome(s, &after)
			return err
		})
		if err != nil {
			return err
		}
		if n < assetPieces {
			return nil
		}
	}
}

// stood is an asset as it was placed before.
type stood struct {
	num   int64
	facts model.Facts
	texts [6]string // zone, line, cell, owners, why
}

const factColumns = "num, id, macs, ips, vlans, names, role, zone, line, cell, owner_it, owner_ops, why"

func scanStood(scan func(...any) error) (s stood, err error) {
	var macs, ips, vlans, names []byte
	if err := scan(&s.num, &s.facts.ID, &macs, &ips, &vlans, &names, &s.facts.Role, &s.texts[0], &s.texts[1], &s.texts[2], &s.texts[3], &s.texts[4], &s.texts[5]); err != nil {
		return s, err
	}
	for _, l := range []struct {
		from []byte
		to   any
	}{{names, &s.facts.Names}, {ips, &s.facts.IPs}, {macs, &s.facts.MACs}, {vlans, &s.facts.VLANs}} {
		if string(l.from) == "[]" {
			continue
		}
		if err := json.Unmarshal(l.from, l.to); err != nil {
			return s, fmt.Errorf("asset %q: %w", s.facts.ID, err)
		}
	}
	return s, nil
}

// placeSome places the next assets and marks the conversations of those that
// stand in another zone now.
func (t *tx) placeSome(s *siteWords, after *int64) (n int, err error) {
	var all []stood
	err = t.each("SELECT "+factColumns+" FROM asset WHERE placed = 0 AND site = ? AND num > ? ORDER BY num LIMIT ?", []any{s.site, *after, int64(assetPieces)}, func(scan func(...any) error) error {
		one, err := scanStood(scan)
		all = append(all, one)
		return err
	})
	if err != nil || len(all) == 0 {
		return 0, err
	}
	*after = all[len(all)-1].num
	var same, moved []int64
	for i := range all {
		a := &all[i]
		now := a.place(s.words)
		if now == a.texts {
			same = append(same, a.num)
			continue
		}
		if now[0] != a.texts[0] {
			moved = append(moved, a.num)
		}
		if _, err := t.exec("UPDATE asset SET zone = ?, line = ?, cell = ?, owner_it = ?, owner_ops = ?, why = ?, placed = 1 WHERE num = ?", now[0], now[1], now[2], now[3], now[4], now[5], a.num); err != nil {
			return 0, err
		}
	}
	if err := t.inChunks(same, func(in string, args []any) error {
		_, err := t.exec("UPDATE asset SET placed = 1 WHERE num IN ("+in+")", args...)
		return err
	}); err != nil {
		return 0, err
	}
	for _, table := range []struct{ name, one, other string }{{"conversation", "client_asset", "server_asset"}, {"operation", "requester_asset", "responder_asset"}} {
		if err := t.unplace(table.name, table.one, table.other, moved); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// place is where an asset stands now.
func (a *stood) place(words Words) (texts [6]string) {
	if words == nil {
		return texts
	}
	p := words.Place(&a.facts)
	why := PlaceWhy{Zone: p.ZoneWhy, Line: p.LineWhy, IT: p.Owners.IT.From, Operations: p.Owners.Operations.From}
	b, err := json.Marshal(why)
	if err != nil || why == (PlaceWhy{}) {
		b = nil // texts always marshal
	}
	return [6]string{p.Zone, p.Line, p.Cell, p.Owners.IT.ID, p.Owners.Operations.ID, text(string(b))}
}

// inChunks calls do with parts of a list, of sizes that are powers of two so
// that few statements are prepared.
func (t *tx) inChunks(ids []int64, do func(in string, args []any) error) error {
	for len(ids) > 0 {
		n := chunk
		for n > len(ids) {
			n /= 2
		}
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		if err := do(list(n), args); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (db *DB) assetFacts(ctx context.Context, site string, yield func(f *model.Facts, zone, line string) error) error {
	var w where
	w.add("gone = 0")
	if err := db.ofSite(ctx, &w, "site", site); err != nil {
		return err
	}
	err := db.each(ctx, "SELECT "+factColumns+" FROM asset"+w.clause()+" ORDER BY num", w.args, func(scan func(...any) error) error {
		s, err := scanStood(scan)
		if err != nil {
			return err
		}
		return yield(&s.facts, s.texts[0], s.texts[1])
	})
	return db.failed("read what assets are placed by", err)
}

func (db *DB) plugs(ctx context.Context, site string, yield func(asset, says string) error) error {
	var w where
	w.add("f.field = ?", string(plant.FieldNeighbor))
	w.add("a.gone = 0")
	if err := db.ofSite(ctx, &w, "e.site", site); err != nil {
		return err
	}
	err := db.each(ctx, "SELECT a.id, f.value FROM fact f JOIN endpoint e ON e.id = f.endpoint JOIN asset a ON a.num = e.asset"+w.clause()+" ORDER BY f.last, f.id", w.args, func(scan func(...any) error) error {
		var asset, says string
		if err := scan(&asset, &says); err != nil {
			return err
		}
		return yield(asset, says)
	})
	return db.failed("read what assets say of their neighbours", err)
}
