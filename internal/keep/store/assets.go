package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

const assetColumns = `asset.num, asset.id, site.name, asset.kind, asset.side, asset.level, asset.role, asset.label, asset.network, asset.vendor, asset.product,
 asset.order_number, asset.firmware, asset.hardware, asset.serial, asset.os, asset.names, asset.ips, asset.macs, asset.vlans, asset.protocols,
 asset.facts, asset.modules, asset.conflicts, asset.first, asset.last, asset.gone, asset.high, asset.medium, asset.low, asset.info,
 asset.zone, asset.line, asset.cell, asset.owner_it, asset.owner_ops`

const (
	assetJoin = " JOIN site ON site.id = asset.site"
	assetFrom = " FROM asset" + assetJoin
)

// scanAsset reads assetColumns and then whatever else is asked for.
func scanAsset(scan func(...any) error, more ...any) (num int64, a AssetItem, err error) {
	var names, ips, macs, vlans, protocols []byte
	var first, last, gone int64
	dest := []any{
		&num, &a.ID, &a.Site, &a.Kind, &a.Side, &a.Level, &a.Role, &a.Label, &a.Network, &a.Vendor, &a.Product,
		&a.OrderNumber, &a.Firmware, &a.Hardware, &a.Serial, &a.OS, &names, &ips, &macs, &vlans, &protocols,
		&a.Facts, &a.Modules, &a.Conflicts, &first, &last, &gone, &a.Findings.High, &a.Findings.Medium, &a.Findings.Low, &a.Findings.Info,
		&a.Zone, &a.Line, &a.Cell, &a.OwnerIT, &a.OwnerOperations,
	}
	if err := scan(append(dest, more...)...); err != nil {
		return 0, a, err
	}
	a.First, a.Last, a.Gone = clock(first), clock(last), clock(gone)
	var macTexts []string
	for _, l := range []struct {
		from []byte
		to   any
	}{{names, &a.Names}, {ips, &a.IPs}, {macs, &macTexts}, {vlans, &a.VLANs}, {protocols, &a.Protocols}} {
		if string(l.from) == "[]" {
			continue
		}
		if err := json.Unmarshal(l.from, l.to); err != nil {
			return 0, a, fmt.Errorf("asset %q: %w", a.ID, err)
		}
	}
	for _, m := range macTexts {
		a.MACs = append(a.MACs, parseMAC(m))
	}
	return num, a, nil
}

var assetSortColumns = map[string]string{
	"label": "asset.sorted", "role": "asset.role", "vendor": "asset.vendor", "level": "asset.level", "kind": "asset.kind",
	"side": "asset.side", "network": "asset.network", "zone": "asset.zone", "line": "asset.line", "first_seen": "asset.first", "last_seen": "asset.last",
	"findings": "(asset.high * 1000000000 + asset.medium * 1000000 + asset.low * 1000 + asset.info)",
}

// findingColumns are where an asset counts its findings, by level.
var findingColumns = map[string]string{
	"high": "asset.high > 0", "medium": "asset.medium > 0", "low": "asset.low > 0", "info": "asset.info > 0",
	"any": "asset.high + asset.medium + asset.low + asset.info > 0",
}

func (db *DB) assetWhere(ctx context.Context, f *AssetFilter) (where, error) {
	var w where
	if !f.Gone {
		w.add("asset.gone = 0")
	}
	if err := db.ofSite(ctx, &w, "asset.site", f.Site); err != nil {
		return w, err
	}
	for _, e := range []struct{ column, value string }{
		{"asset.kind", f.Kind}, {"asset.side", f.Side}, {"asset.role", f.Role}, {"asset.vendor", f.Vendor}, {"asset.network", f.Network},
	} {
		w.equal(e.column, text(e.value))
	}
	f.placed(&w)
	if f.Level != nil {
		w.add("asset.level = ?", *f.Level)
	}
	if f.Protocol != "" {
		// Within the JSON list: "modbus" with its quotes is in no other name.
		quoted := strings.Trim(jsonText([]string{text(f.Protocol)}), "[]")
		w.add(`asset.protocols LIKE ? ESCAPE '\'`, "%"+escapeLike(quoted)+"%")
	}
	if f.Finding != "" {
		c, ok := findingColumns[f.Finding]
		if !ok {
			return w, fmt.Errorf("findings of level %q: %w", f.Finding, ErrInvalid)
		}
		w.add(c)
	}
	if !f.SeenSince.IsZero() {
		w.add("asset.last >= ?", nanos(f.SeenSince))
	}
	if !f.FirstSince.IsZero() {
		w.add("asset.first >= ?", nanos(f.FirstSince))
	}
	return w, f.search(&w)
}

// placed adds the conditions on what the plant model says.
func (f *AssetFilter) placed(w *where) {
	for _, e := range []struct{ column, value string }{{"asset.zone", f.Zone}, {"asset.line", f.Line}, {"asset.cell", f.Cell}} {
		if e.value == None {
			w.add(e.column + " = ''")
		} else {
			w.equal(e.column, text(e.value))
		}
	}
	switch owner := text(f.Owner); owner {
	case "":
	case None:
		w.add("(asset.owner_it = '' OR asset.owner_ops = '')")
	default:
		w.add("(asset.owner_it = ? OR asset.owner_ops = ?)", owner, owner)
	}
}

// maxWords bounds the words of a search.
const maxWords = 8

func (f *AssetFilter) search(w *where) error {
	words := strings.Fields(strings.ToLower(text(f.Q)))
	if len(words) > maxWords {
		return fmt.Errorf("search for %d words: it can be %d: %w", len(words), maxWords, ErrInvalid)
	}
	for _, word := range words {
		w.add(`asset.search LIKE ? ESCAPE '\'`, "%"+escapeLike(word)+"%")
	}
	return nil
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func escapeLike(s string) string { return likeEscaper.Replace(s) }

func (db *DB) assets(ctx context.Context, f AssetFilter, p Page) (List[AssetItem], error) {
	var l List[AssetItem]
	w, err := db.assetWhere(ctx, &f)
	if err != nil {
		return l, err
	}
	o, err := orderOf(p, assetSortColumns, "label", "asset.num")
	if err != nil {
		return l, err
	}
	if l.Total, err = db.assetTotal(ctx, w); err != nil {
		return l, err
	}
	l.Items, l.Next, err = paged(ctx, db, listing{assetColumns, "asset", assetJoin}, w, o, p, func(scan func(...any) error, by *any) (int64, AssetItem, error) {
		return scanAsset(scan, by)
	})
	return l, db.failed("list assets", err)
}

// assetTotal counts what the filter leaves.
func (db *DB) assetTotal(ctx context.Context, w where) (int64, error) {
	v, err := db.figure(ctx, "assets"+w.clause()+fmt.Sprint(w.args), func(ctx context.Context) (any, error) {
		var n int64
		err := db.row(ctx, "SELECT COUNT(*) FROM asset"+w.clause(), w.args, &n)
		return n, err
	})
	if err != nil {
		return 0, db.failed("count assets", err)
	}
	return v.(int64), nil
}

// maxFacets is how many values of one thing are counted.
const maxFacets = 100

func (db *DB) assetFacets(ctx context.Context, f AssetFilter) (Facets, error) {
	w, err := db.assetWhere(ctx, &f)
	if err != nil {
		return Facets{}, err
	}
	v, err := db.figure(ctx, "facets"+w.clause()+fmt.Sprint(w.args), func(ctx context.Context) (any, error) { return db.countFacets(ctx, w) })
	if err != nil {
		return Facets{}, db.failed("count assets", err)
	}
	return v.(Facets), nil
}

func (db *DB) countFacets(ctx context.Context, w where) (Facets, error) {
	var total int64
	names := []string{"vendor", "role", "kind", "side", "level", "protocol", "network", "site", "zone", "line", "cell", "owner"}
	counts := make(map[string]map[string]int64, len(names))
	for _, n := range names {
		counts[n] = map[string]int64{}
	}
	// All in one walk: eight queries that group read the same rows eight times.
	err := db.each(ctx, "SELECT asset.vendor, asset.role, asset.kind, asset.side, asset.network, site.name, asset.level, asset.protocols, asset.zone, asset.line, asset.cell, asset.owner_it, asset.owner_ops, COUNT(*)"+assetFrom+w.clause()+
		" GROUP BY asset.vendor, asset.role, asset.kind, asset.side, asset.network, site.name, asset.level, asset.protocols, asset.zone, asset.line, asset.cell, asset.owner_it, asset.owner_ops", w.args, func(scan func(...any) error) error {
		var vendor, role, kind, side, network, site, protocols, zone, line, cell, it, operations string
		var level float64
		var n int64
		if err := scan(&vendor, &role, &kind, &side, &network, &site, &level, &protocols, &zone, &line, &cell, &it, &operations, &n); err != nil {
			return err
		}
		total += n
		for name, value := range map[string]string{"vendor": vendor, "role": role, "kind": kind, "side": side, "network": network, "site": site, "level": levelText(level), "zone": orNone(zone), "line": orNone(line), "cell": orNone(cell)} {
			counts[name][value] += n
		}
		countOwners(counts["owner"], it, operations, n)
		var list []string
		if err := json.Unmarshal([]byte(protocols), &list); err != nil {
			return err
		}
		for _, p := range list {
			counts["protocol"][p] += n
		}
		return nil
	})
	top := func(name string) []Count { return topCounts(counts[name]) }
	return Facets{
		Total: total, Vendors: top("vendor"), Roles: top("role"), Kinds: top("kind"), Sides: top("side"),
		Levels: top("level"), Protocols: top("protocol"), Networks: top("network"), Sites: top("site"),
		Zones: top("zone"), Lines: top("line"), Cells: top("cell"), Owners: top("owner"),
	}, err
}

func orNone(value string) string {
	if value == "" {
		return None
	}
	return value
}

// countOwners counts assets by who answers for them. One who does on both sides
// counts once.
func countOwners(of map[string]int64, it, operations string, n int64) {
	if it == "" || operations == "" {
		of[None] += n
	}
	if it != "" {
		of[it] += n
	}
	if operations != "" && operations != it {
		of[operations] += n
	}
}

// topCounts are the most frequent values.
func topCounts(of map[string]int64) []Count {
	all := make([]Count, 0, len(of))
	for v, n := range of {
		all = append(all, Count{v, n})
	}
	slices.SortFunc(all, func(a, b Count) int {
		if a.Count != b.Count {
			return int(b.Count - a.Count)
		}
		return strings.Compare(a.Value, b.Value)
	})
	return all[:min(len(all), maxFacets)]
}

func (db *DB) asset(ctx context.Context, id string) (AssetDetail, error) {
	var d AssetDetail
	num, err := db.assetNumber(ctx, id)
	if err == nil {
		err = db.readAsset(ctx, num, &d)
	}
	return d, db.failed(fmt.Sprintf("read asset %q", id), err)
}

// assetNumber finds an asset by its present or a former identifier.
func (db *DB) assetNumber(ctx context.Context, id string) (int64, error) {
	id = text(id)
	var num int64
	err := db.row(ctx, "SELECT num FROM asset WHERE id = ?", []any{id}, &num)
	if errors.Is(err, ErrNotFound) {
		err = db.row(ctx, "SELECT asset FROM asset_alias WHERE former = ?", []any{id}, &num)
	}
	return num, err
}

func (db *DB) readAsset(ctx context.Context, num int64, d *AssetDetail) error {
	var doc []byte
	var why []byte
	query := "SELECT " + assetColumns + ", asset_doc.doc, asset.why" + assetFrom + " JOIN asset_doc ON asset_doc.asset = asset.num WHERE asset.num = ?"
	found := false
	err := db.each(ctx, query, []any{num}, func(scan func(...any) error) (err error) {
		found = true
		_, d.AssetItem, err = scanAsset(scan, &doc, &why)
		return err
	})
	switch {
	case err != nil:
		return err
	case !found:
		return ErrNotFound
	}
	if err := json.Unmarshal(doc, &d.Full); err != nil {
		return err
	}
	if len(why) > 0 {
		if err := json.Unmarshal(why, &d.Why); err != nil {
			return err
		}
	}
	d.Full.First, d.Full.Last = d.First, d.Last
	for _, read := range []func(context.Context, int64, *AssetDetail) error{db.readFacts, db.readEndpoints, db.readChanges, db.readFormer, db.readOpen} {
		if err := read(ctx, num, d); err != nil {
			return err
		}
	}
	return nil
}

// readFacts brings the counts and times of an asset's facts up to date: the
// document is only written when a fact is new.
func (db *DB) readFacts(ctx context.Context, num int64, d *AssetDetail) error {
	type factName struct {
		slot                 int
		field, value, source string
	}
	type fresh struct {
		count       uint64
		first, last int64
	}
	now := map[factName]fresh{}
	err := db.each(ctx, `SELECT f.slot, f.field, f.value, f.source, SUM(f.count), MIN(f.first), MAX(f.last) FROM fact f JOIN endpoint e ON e.id = f.endpoint
 WHERE e.asset = ? GROUP BY f.slot, f.field, f.value, f.source`, []any{num}, func(scan func(...any) error) error {
		var n factName
		var f fresh
		err := scan(&n.slot, &n.field, &n.value, &n.source, &f.count, &f.first, &f.last)
		now[n] = f
		return err
	})
	if err != nil {
		return err
	}
	renew := func(slot int, facts []plant.Fact) {
		for i := range facts {
			f := &facts[i]
			if n, ok := now[factName{slot, string(f.Field), f.Value, f.Source}]; ok {
				f.Count, f.First, f.Last = n.count, clock(n.first), clock(n.last)
			}
		}
	}
	renew(plant.NoSlot, d.Full.Facts)
	for i := range d.Full.Modules {
		renew(d.Full.Modules[i].Slot, d.Full.Modules[i].Facts)
	}
	return nil
}

// maxEndpoints bounds the endpoints that are shown of one asset.
const maxEndpoints = 1000

func (db *DB) readEndpoints(ctx context.Context, num int64, d *AssetDetail) error {
	return db.each(ctx, fmt.Sprintf("SELECT mac, ip, vlan FROM endpoint WHERE asset = ? ORDER BY id LIMIT %d", maxEndpoints), []any{num}, func(scan func(...any) error) error {
		var mac, ip string
		var vlan int64
		err := scan(&mac, &ip, &vlan)
		d.Endpoints = append(d.Endpoints, endpointOf(mac, ip, vlan))
		return err
	})
}

func (db *DB) readChanges(ctx context.Context, num int64, d *AssetDetail) error {
	return db.each(ctx, "SELECT field, old, new, at FROM asset_change WHERE asset = ? ORDER BY id DESC", []any{num}, func(scan func(...any) error) error {
		c := Change{Asset: d.ID}
		var at int64
		err := scan(&c.Field, &c.Old, &c.New, &at)
		c.When = clock(at)
		d.Changes = append(d.Changes, c)
		return err
	})
}

func (db *DB) readFormer(ctx context.Context, num int64, d *AssetDetail) error {
	return db.each(ctx, "SELECT former FROM asset_alias WHERE asset = ? ORDER BY former", []any{num}, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		d.Former = append(d.Former, id)
		return err
	})
}

func (db *DB) readOpen(ctx context.Context, _ int64, d *AssetDetail) error {
	return db.each(ctx, "SELECT f.id, f.level, f.title FROM finding_asset fa JOIN finding f ON f.num = fa.finding WHERE fa.asset = ? AND f.closed = 0 ORDER BY f.severity DESC, f.id", []any{d.ID},
		func(scan func(...any) error) error {
			var r FindingRef
			err := scan(&r.ID, &r.Level, &r.Title)
			d.Open = append(d.Open, r)
			return err
		})
}

const endpointAsset = "SELECT e.mac, e.ip, e.vlan, asset.id FROM endpoint e JOIN asset ON asset.num = e.asset JOIN site ON site.id = e.site WHERE site.name = ?"

func (db *DB) endpointAssets(ctx context.Context, site string, yield func(plant.Endpoint, string) error) error {
	err := db.each(ctx, endpointAsset, []any{site}, scanEndpointAsset(yield))
	return db.failed("read which endpoints are whose", err)
}

func scanEndpointAsset(yield func(plant.Endpoint, string) error) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		var mac, ip, id string
		var vlan int64
		if err := scan(&mac, &ip, &vlan, &id); err != nil {
			return err
		}
		return yield(endpointOf(mac, ip, vlan), id)
	}
}

// manyEndpoints is from how many on it is quicker to read all of a site.
const manyEndpoints = 5000

func (db *DB) assetsOf(ctx context.Context, site string, endpoints []plant.Endpoint, yield func(plant.Endpoint, string) error) error {
	wanted := make(map[plant.Endpoint]bool, len(endpoints))
	for _, e := range endpoints {
		wanted[e] = true
	}
	found := func(e plant.Endpoint, asset string) error {
		if !wanted[e] {
			return nil
		}
		return yield(e, asset)
	}
	if len(wanted) > manyEndpoints {
		return db.endpointAssets(ctx, site, found)
	}
	// By address, which the index begins with: there are few VLANs to one.
	var ips, macs []any
	asked := map[any]bool{}
	for e := range wanted {
		list, address := &ips, ipText(e.IP)
		if address == "" {
			list, address = &macs, macText(e.MAC)
		}
		if !asked[address] {
			asked[address] = true
			*list = append(*list, address)
		}
	}
	err := db.look(ctx, func(t *tx) error {
		if err := t.in(endpointAsset+" AND e.ip IN ", []any{site}, ips, scanEndpointAsset(found)); err != nil {
			return err
		}
		return t.in(endpointAsset+" AND e.ip = '' AND e.mac IN ", []any{site}, macs, scanEndpointAsset(found))
	})
	return db.failed("read which endpoints are whose", err)
}
