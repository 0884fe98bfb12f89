package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// keptAsset is what is known of a kept asset before an inventory is saved.
type keptAsset struct {
	num                       int64
	hash                      [16]byte
	stand                     Stand
	first, last               int64
	facts, modules, conflicts int
	gone                      int64
	seen                      bool
}

// assetWrite is an asset that must be written.
type assetWrite struct {
	row  AssetRow
	hash [16]byte
	doc  []byte // nil if only times and numbers changed
	old  *plant.Asset
	kept *keptAsset // nil for one that is new
}

// saving is one SaveInventory at work.
type saving struct {
	site      int64
	now       time.Time
	kept      map[string]*keptAsset
	writes    []assetWrite
	former    map[string]string // former identifier to the present one
	saved     Saved
	endpoints []int64 // whose asset is another now
	moved     []int64 // assets that stand elsewhere now
}

func (db *DB) saveInventory(ctx context.Context, site string, now time.Time, assets iter.Seq[AssetRow]) (Saved, error) {
	db.saving.Lock()
	defer db.saving.Unlock()
	s := &saving{now: now, former: map[string]string{}}
	if err := db.makeSite(ctx, site, s); err != nil {
		return Saved{}, err
	}
	var err error
	if s.kept, err = db.keptAssets(ctx, s.site); err != nil {
		return Saved{}, db.failed("read the kept assets", err)
	}
	for row := range assets {
		if err := s.compare(&row); err != nil {
			return Saved{}, err
		}
	}
	if err := db.readOld(ctx, s); err != nil {
		return Saved{}, db.failed("read the kept assets", err)
	}
	if err := db.change(ctx, "save the inventory", func(t *tx) error { return s.write(t, &db.options.Limits) }, func() {
		if len(s.saved.Put) >= firstPlan {
			db.planned = 0 // as if the store were young
			db.grown(int64(len(s.saved.Put)))
		}
	}); err != nil {
		return Saved{}, err
	}
	if err := db.place(ctx); err != nil {
		return Saved{}, err
	}
	db.figures.drop("assets", "facets")
	return s.saved, nil
}

func (db *DB) makeSite(ctx context.Context, site string, s *saving) error {
	return db.change(ctx, "name the site", func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		if s.site, err = t.site(n, text(site)); err != nil {
			return err
		}
		return n.save(t)
	})
}

func (db *DB) keptAssets(ctx context.Context, site int64) (map[string]*keptAsset, error) {
	all := map[string]*keptAsset{}
	err := db.each(ctx, "SELECT id, num, hash, kind, side, level, role, first, last, facts, modules, conflicts, gone FROM asset WHERE site = ?", []any{site},
		func(scan func(...any) error) error {
			var id string
			var h []byte
			k := &keptAsset{}
			err := scan(&id, &k.num, &h, &k.stand.Kind, &k.stand.Side, &k.stand.Level, &k.stand.Role, &k.first, &k.last, &k.facts, &k.modules, &k.conflicts, &k.gone)
			copy(k.hash[:], h)
			all[id] = k
			return err
		})
	return all, err
}

// compare decides whether an asset must be written.
func (s *saving) compare(row *AssetRow) error {
	id := row.Asset.ID
	k := s.kept[id]
	for _, f := range row.Former {
		if f != id {
			s.former[f] = id
		}
	}
	h := hashOf(row)
	if k == nil || k.hash != h || k.gone != 0 {
		doc, err := json.Marshal(row.Asset)
		if err != nil {
			return fmt.Errorf("write asset %q: %w", id, err)
		}
		s.writes = append(s.writes, assetWrite{row: *row, hash: h, doc: doc, kept: k})
		if k == nil {
			k = &keptAsset{}
			s.kept[id] = k
		} else if k.seen {
			return fmt.Errorf("save the inventory: asset %q comes twice: %w", id, ErrInvalid)
		}
		k.seen = true
		return nil
	}
	if k.seen {
		return fmt.Errorf("save the inventory: asset %q comes twice: %w", id, ErrInvalid)
	}
	k.seen = true
	a := row.Asset
	if k.first != nanos(a.First) || k.last != nanos(a.Last) || k.facts != len(a.Facts) || k.modules != len(a.Modules) || k.conflicts != len(a.Conflicts) {
		s.writes = append(s.writes, assetWrite{row: *row, hash: h, kept: k})
	}
	return nil
}

// readOld reads the documents of the assets that changed, to say what did.
func (db *DB) readOld(ctx context.Context, s *saving) error {
	for i := range s.writes {
		w := &s.writes[i]
		if w.kept == nil || w.doc == nil {
			continue
		}
		var doc []byte
		if err := db.row(ctx, "SELECT doc FROM asset_doc WHERE asset = ?", []any{w.kept.num}, &doc); err != nil {
			return err
		}
		w.old = new(plant.Asset)
		if err := json.Unmarshal(doc, w.old); err != nil {
			return err
		}
	}
	return nil
}

// hasher hashes what an asset is, without its counters and when it was last
// seen: those change all the time and are not worth a new document.
type hasher struct {
	h hash.Hash
	b [8]byte
}

func (h *hasher) number(n uint64) {
	binary.LittleEndian.PutUint64(h.b[:], n)
	h.h.Write(h.b[:])
}

func (h *hasher) texts(texts ...string) {
	h.number(uint64(len(texts)))
	for _, t := range texts {
		h.number(uint64(len(t)))
		h.h.Write([]byte(t))
	}
}

func (h *hasher) facts(facts []plant.Fact) {
	h.number(uint64(len(facts)))
	for _, f := range facts {
		h.texts(string(f.Field), f.Value, f.Source)
		h.number(math.Float64bits(f.Confidence))
	}
}

func hashOf(row *AssetRow) [16]byte {
	a := row.Asset
	h := hasher{h: sha256.New()}
	h.texts(a.ID, string(a.Kind), string(a.Side), a.Role, row.Label, row.Network, a.Vendor, a.Product, a.OrderNumber, a.Firmware, a.Hardware, a.Serial, a.OS)
	h.texts(a.Names...)
	h.texts(a.Protocols...)
	h.number(math.Float64bits(a.Level))
	for _, m := range a.MACs {
		h.texts(m.String())
	}
	for _, ip := range a.IPs {
		h.texts(ip.String())
	}
	for _, v := range a.VLANs {
		h.number(uint64(v))
	}
	h.facts(a.Facts)
	for _, m := range a.Modules {
		h.number(uint64(m.Slot))
		h.texts(m.Vendor, m.Product, m.OrderNumber, m.Firmware, m.Hardware, m.Serial)
		h.facts(m.Facts)
	}
	for _, r := range a.Reasons {
		h.texts(r.What, r.Why)
		h.number(uint64(r.Packet))
	}
	for _, c := range a.Conflicts {
		h.texts(string(c.Field), c.Why)
		h.facts(c.Facts)
	}
	for _, e := range row.Endpoints {
		h.texts(e.MAC.String(), ipText(e.IP))
		h.number(uint64(e.VLAN))
	}
	h.texts(row.Former...)
	return [16]byte(h.h.Sum(nil)[:16])
}

// write writes all that differs in one transaction.
func (s *saving) write(t *tx, limits *Limits) error {
	n, err := t.serials()
	if err != nil {
		return err
	}
	for i := range s.writes {
		w := &s.writes[i]
		if w.doc == nil {
			err = t.touchAsset(w)
		} else {
			err = s.writeAsset(t, n, w)
		}
		if err != nil {
			return fmt.Errorf("asset %q: %w", w.row.Asset.ID, err)
		}
	}
	if err := s.writeVanished(t, n); err != nil {
		return err
	}
	if err := s.writeChanges(t, n, limits.Changes); err != nil {
		return err
	}
	if err := s.unplace(t); err != nil {
		return err
	}
	return n.save(t)
}

func (t *tx) touchAsset(w *assetWrite) error {
	a := w.row.Asset
	_, err := t.exec("UPDATE asset SET first = ?, last = ?, facts = ?, modules = ?, conflicts = ? WHERE num = ?",
		nanos(a.First), nanos(a.Last), len(a.Facts), len(a.Modules), len(a.Conflicts), w.kept.num)
	return err
}

const assetInsert = `INSERT INTO asset (num, id, site, kind, side, level, role, label, sorted, network, vendor, product, order_number, firmware, hardware, serial, os,
 names, ips, macs, vlans, protocols, search, facts, modules, conflicts, first, last, gone, hash)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
 ON CONFLICT (num) DO UPDATE SET kind = excluded.kind, side = excluded.side, level = excluded.level, role = excluded.role,
 label = excluded.label, sorted = excluded.sorted, network = excluded.network, vendor = excluded.vendor, product = excluded.product,
 order_number = excluded.order_number, firmware = excluded.firmware, hardware = excluded.hardware, serial = excluded.serial, os = excluded.os,
 names = excluded.names, ips = excluded.ips, macs = excluded.macs, vlans = excluded.vlans, protocols = excluded.protocols, search = excluded.search,
 facts = excluded.facts, modules = excluded.modules, conflicts = excluded.conflicts, first = excluded.first, last = excluded.last, gone = 0, hash = excluded.hash, placed = 0`

func (s *saving) writeAsset(t *tx, n *serials, w *assetWrite) error {
	a := w.row.Asset
	num := int64(0)
	if w.kept != nil {
		num = w.kept.num
	} else {
		num = n.take("asset")
		s.kept[a.ID].num = num
	}
	h := w.hash
	macs, ips := addressTexts(a)
	if _, err := t.exec(assetInsert, num, a.ID, s.site, string(a.Kind), string(a.Side), a.Level, a.Role, text(w.row.Label), strings.ToLower(text(w.row.Label)), w.row.Network,
		text(a.Vendor), text(a.Product), text(a.OrderNumber), text(a.Firmware), text(a.Hardware), text(a.Serial), text(a.OS),
		jsonText(a.Names), jsonText(ips), jsonText(macs), jsonText(a.VLANs), jsonText(a.Protocols), searchText(&w.row, macs, ips),
		len(a.Facts), len(a.Modules), len(a.Conflicts), nanos(a.First), nanos(a.Last), h[:]); err != nil {
		return err
	}
	if _, err := t.exec("INSERT INTO asset_doc (asset, doc) VALUES (?, ?) ON CONFLICT (asset) DO UPDATE SET doc = excluded.doc", num, string(w.doc)); err != nil {
		return err
	}
	was, err := t.comeBack(a.ID, num)
	if err != nil {
		return err
	}
	s.note(w, num, was)
	return s.writeEndpoints(t, num, w.row.Endpoints)
}

// comeBack gives an asset that had gone into another its former identifiers and
// changes back, and says into which it had gone, "" for none.
func (t *tx) comeBack(id string, num int64) (was string, err error) {
	var from int64
	found, err := t.row("SELECT asset.num, asset.id FROM asset_alias JOIN asset ON asset.num = asset_alias.asset WHERE former = ?", []any{id}, &from, &was)
	if err != nil || !found {
		return "", err
	}
	// What had gone into it before goes with it.
	ids := []string{id}
	for i := 0; i < len(ids); i++ {
		err := t.each("SELECT former FROM asset_alias WHERE via = ? AND asset = ?", []any{ids[i], from}, func(scan func(...any) error) error {
			var former string
			err := scan(&former)
			if !slices.Contains(ids, former) {
				ids = append(ids, former)
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	for _, x := range ids {
		if _, err := t.exec("UPDATE asset_change SET asset = ?, former = CASE WHEN former = ? THEN '' ELSE former END WHERE asset = ? AND former = ?", num, id, from, x); err != nil {
			return "", err
		}
		if _, err := t.exec("UPDATE asset_alias SET asset = ? WHERE former = ?", num, x); err != nil {
			return "", err
		}
	}
	_, err = t.exec("DELETE FROM asset_alias WHERE former = ?", id)
	return was, err
}

// note says what is new about an asset; was is what it had gone into.
func (s *saving) note(w *assetWrite, num int64, was string) {
	a := w.row.Asset
	s.saved.Put = append(s.saved.Put, a.ID)
	switch {
	case w.kept == nil && was != "" && was != a.ID:
		s.saved.Changes = append(s.saved.Changes, Change{Asset: a.ID, Field: "id", Old: was, New: a.ID, When: s.now})
		return
	case w.kept == nil:
		s.saved.Changes = append(s.saved.Changes, Change{Asset: a.ID, Field: "asset", New: "seen", When: s.now})
		return
	case w.kept.gone != 0:
		s.saved.Changes = append(s.saved.Changes, Change{Asset: a.ID, Field: "asset", Old: "gone", New: "seen", When: s.now})
		s.moved = append(s.moved, num)
	case w.kept.stand != standOf(a):
		s.moved = append(s.moved, num)
	}
	for _, c := range differences(w.old, a) {
		c.Asset, c.When = a.ID, s.now
		s.saved.Changes = append(s.saved.Changes, c)
	}
}

func standOf(a *plant.Asset) Stand {
	return Stand{Kind: a.Kind, Side: a.Side, Level: a.Level, Role: a.Role}
}

// writeEndpoints gives endpoints to an asset, and takes from it those it no
// longer has.
func (s *saving) writeEndpoints(t *tx, num int64, endpoints []plant.Endpoint) error {
	had := map[plant.Endpoint]int64{}
	err := t.each("SELECT id, mac, ip, vlan FROM endpoint WHERE asset = ?", []any{num}, func(scan func(...any) error) error {
		var r endRow
		err := scan(&r.id, &r.mac, &r.ip, &r.vlan)
		had[endpointOf(r.mac, r.ip, r.vlan)] = r.id
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		if _, ok := had[e]; ok {
			delete(had, e)
			continue
		}
		var id int64
		found, err := t.row("SELECT id FROM endpoint WHERE site = ? AND ip = ? AND mac = ? AND vlan = ?", []any{s.site, ipText(e.IP), macText(e.MAC), int64(e.VLAN)}, &id)
		if err != nil {
			return err
		}
		if !found {
			continue // a fact names it and no sensor saw it
		}
		if _, err := t.exec("UPDATE endpoint SET asset = ? WHERE id = ?", num, id); err != nil {
			return err
		}
		s.endpoints = append(s.endpoints, id)
	}
	for _, id := range had {
		if _, err := t.exec("UPDATE endpoint SET asset = NULL WHERE id = ? AND asset = ?", id, num); err != nil {
			return err
		}
		s.endpoints = append(s.endpoints, id)
	}
	return nil
}

// writeVanished marks the assets that the inventory no longer makes, and lets
// their identifiers lead to what they became.
func (s *saving) writeVanished(t *tx, n *serials) error {
	for id, k := range s.kept {
		became := s.former[id]
		if k.seen || k.gone != 0 && became == "" {
			continue
		}
		s.saved.Removed = append(s.saved.Removed, id)
		if err := s.freeEndpoints(t, k.num); err != nil {
			return err
		}
		if became == "" {
			s.saved.Changes = append(s.saved.Changes, Change{Asset: id, Field: "asset", Old: "seen", New: "gone", When: s.now})
			if _, err := t.exec("UPDATE asset SET gone = ? WHERE num = ?", nanos(s.now), k.num); err != nil {
				return err
			}
			continue
		}
		if err := s.merge(t, id, k.num, became); err != nil {
			return err
		}
	}
	for former, id := range s.former {
		if k := s.kept[former]; k != nil && k.seen {
			continue // it is an asset of its own again
		}
		if _, err := t.exec("INSERT INTO asset_alias (former, asset, via) VALUES (?, ?, ?) ON CONFLICT (former) DO UPDATE SET asset = excluded.asset, via = excluded.via", former, s.kept[id].num, id); err != nil {
			return err
		}
	}
	slices.Sort(s.saved.Removed)
	return nil
}

// merge moves what is kept of an asset to the one it went into.
func (s *saving) merge(t *tx, id string, num int64, became string) error {
	into := s.kept[became].num
	if _, err := t.exec("UPDATE asset_change SET asset = ?, former = CASE WHEN former = '' THEN ? ELSE former END WHERE asset = ?", into, id, num); err != nil {
		return err
	}
	if _, err := t.exec("UPDATE asset_alias SET asset = ? WHERE asset = ?", into, num); err != nil {
		return err
	}
	s.saved.Changes = append(s.saved.Changes, Change{Asset: became, Field: "id", Old: id, New: became, When: s.now})
	s.moved = append(s.moved, num)
	_, err := t.exec("DELETE FROM asset WHERE num = ?", num)
	return err
}

func (s *saving) freeEndpoints(t *tx, num int64) error {
	err := t.each("SELECT id FROM endpoint WHERE asset = ?", []any{num}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		s.endpoints = append(s.endpoints, id)
		return err
	})
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE endpoint SET asset = NULL WHERE asset = ?", num)
	return err
}

func (s *saving) writeChanges(t *tx, n *serials, limit int) error {
	insert := t.bulk("INSERT INTO asset_change (id, site, asset, field, old, new, at)", "")
	crowded := map[int64]bool{}
	for _, c := range s.saved.Changes {
		k := s.kept[c.Asset]
		if c.New != "seen" || c.Old != "" {
			crowded[k.num] = true
		}
		if err := insert.add(n.take("asset_change"), s.site, k.num, c.Field, text(c.Old), text(c.New), nanos(c.When)); err != nil {
			return err
		}
	}
	if err := insert.flush(); err != nil {
		return err
	}
	for num := range crowded {
		if _, err := t.exec("DELETE FROM asset_change WHERE asset = ? AND id <= (SELECT MAX(id) FROM (SELECT id FROM asset_change WHERE asset = ? ORDER BY id DESC LIMIT 1000000 OFFSET ?) older)", num, num, limit); err != nil {
			return err
		}
	}
	return nil
}

func jsonText[T any](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	b, err := json.Marshal(list)
	if err != nil {
		return "[]" // texts and numbers always marshal
	}
	return string(b)
}

func addressTexts(a *plant.Asset) (macs, ips []string) {
	for _, m := range a.MACs {
		macs = append(macs, m.String())
	}
	for _, ip := range a.IPs {
		ips = append(ips, ip.String())
	}
	return macs, ips
}

// maxSearch bounds what of an asset can be searched: a gateway may have
// thousands of addresses.
const maxSearch = 4 << 10

// searchText is everything that a search looks at, in lower case.
func searchText(row *AssetRow, macs, ips []string) string {
	a := row.Asset
	parts := slices.Concat([]string{row.Label}, a.Names, []string{a.Role, a.Vendor, a.Product, a.OrderNumber, a.Firmware, a.Serial, a.OS}, a.Protocols, ips, macs)
	for _, m := range a.Modules {
		parts = append(parts, m.OrderNumber, m.Serial)
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	s := strings.ToLower(text(strings.Join(parts, "\n")))
	return text(s[:min(len(s), maxSearch)])
}
