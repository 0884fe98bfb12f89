package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// assetEnds are the assets at both ends; an end that has none is NULL.
const (
	assetEnds         = ", site.name, ca.id, ca.label, sa.id, sa.label, t.crossing"
	conversationAsset = conversationJoin + " JOIN site ON site.id = t.site LEFT JOIN asset ca ON ca.num = t.client_asset LEFT JOIN asset sa ON sa.num = t.server_asset"
	modelColumns      = ", t.state, t.kinds, fz.word, tz.word, cw.word"
	modelJoin         = " LEFT JOIN model_word fz ON fz.id = t.from_zone LEFT JOIN model_word tz ON tz.id = t.to_zone LEFT JOIN model_word cw ON cw.id = t.conduit"
	operationAsset    = operationJoin + " JOIN site ON site.id = t.site LEFT JOIN asset ca ON ca.num = t.requester_asset LEFT JOIN asset sa ON sa.num = t.responder_asset"
)

// assetEndRow is where assetEnds are read to.
type assetEndRow struct {
	site                string
	oneID, oneLabel     *string
	otherID, otherLabel *string
	crossingNumber      int64
}

func (r *assetEndRow) dest() []any {
	return []any{&r.site, &r.oneID, &r.oneLabel, &r.otherID, &r.otherLabel, &r.crossingNumber}
}

func refOf(id, label *string) AssetRef {
	if id == nil || label == nil {
		return AssetRef{}
	}
	return AssetRef{ID: *id, Label: *label}
}

// talkTable is one of the two tables of totals.
type talkTable struct {
	name       string
	join       string
	one, other string // the columns with assets
	sorts      map[string]string
}

var conversationTable = talkTable{
	name: "conversation", join: conversationAsset + modelJoin, one: "t.client_asset", other: "t.server_asset",
	sorts: map[string]string{"first_seen": "t.id", "last_seen": "t.last", "bytes": "(t.bytes_up + t.bytes_down)", "packets": "(t.packets_up + t.packets_down)"},
}

var operationTable = talkTable{
	name: "operation", join: operationAsset, one: "t.requester_asset", other: "t.responder_asset",
	sorts: map[string]string{"first_seen": "t.id", "last_seen": "t.last", "requests": "t.requests"},
}

// where makes the conditions of a filter. No asset of that name is no row.
func (db *DB) talkWhere(ctx context.Context, table *talkTable, f *TalkFilter) (where, error) {
	var w where
	if err := db.ofSite(ctx, &w, "t.site", f.Site); err != nil {
		return w, err
	}
	if f.Peer != "" && f.Asset == "" {
		return w, fmt.Errorf("a peer without an asset: %w", ErrInvalid)
	}
	if f.Asset != "" {
		if err := db.talkEnds(ctx, table, f, &w); err != nil {
			return w, err
		}
	}
	w.equal("t.protocol", text(f.Protocol))
	if f.Kind != "" {
		k, ok := plant.ParseKind(f.Kind)
		if !ok || table.name != "operation" {
			return w, fmt.Errorf("operations of kind %q: %w", f.Kind, ErrInvalid)
		}
		w.add("t.kind = ?", int64(k))
	}
	if f.Crossing != nil {
		// Written into the query: an index is for one of the two.
		if *f.Crossing {
			w.add("t.crossing = 1")
		} else {
			w.add("t.crossing = 0")
		}
	}
	if err := db.talkZones(ctx, f, &w); err != nil {
		return w, err
	}
	if !f.From.IsZero() {
		w.add("t.last >= ?", nanos(f.From))
	}
	if !f.To.IsZero() {
		w.add("t.first < ?", nanos(f.To))
	}
	return w, nil
}

// talkZones are the conditions on what the plant model makes of conversations.
func (db *DB) talkZones(ctx context.Context, f *TalkFilter, w *where) error {
	if len(f.States) > 0 {
		w.add("t.state > 1") // written into the query: the index is for these
		args := make([]any, len(f.States))
		for i, s := range f.States {
			args[i] = int64(s)
		}
		w.add("t.state IN ("+list(len(args))+")", args...)
	}
	for _, e := range []struct{ column, word string }{{"t.from_zone", f.FromZone}, {"t.to_zone", f.ToZone}, {"t.conduit", f.Conduit}} {
		if e.word == "" {
			continue
		}
		number := int64(0)
		if e.word != None {
			var err error
			if number, err = db.wordNumber(ctx, e.word); err != nil {
				return db.failed("read the words of the model", err)
			}
		}
		w.add(e.column+" = ?", number)
	}
	return nil
}

// talkEnds are the conditions on the assets at the ends.
func (db *DB) talkEnds(ctx context.Context, table *talkTable, f *TalkFilter, w *where) error {
	asset, err := db.assetNumber(ctx, f.Asset)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if f.Peer == "" {
		w.add("("+table.one+" = ? OR "+table.other+" = ?)", asset, asset)
		return nil
	}
	peer, err := db.assetNumber(ctx, f.Peer)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	w.add("("+table.one+" = ? AND "+table.other+" = ? OR "+table.one+" = ? AND "+table.other+" = ?)", asset, peer, peer, asset)
	return nil
}

func (db *DB) conversations(ctx context.Context, f TalkFilter, p Page) (List[ConversationItem], error) {
	var l List[ConversationItem]
	w, err := db.talkWhere(ctx, &conversationTable, &f)
	if err != nil {
		return l, db.failed("list conversations", err)
	}
	o, err := orderOf(p, conversationTable.sorts, "-first_seen", "t.id")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, "conversation t", w); err != nil {
		return l, db.failed("count conversations", err)
	}
	l.Items, l.Next, err = paged(ctx, db, listing{"t.id, " + conversationColumns("t", "t.first") + assetEnds + modelColumns, "conversation t", conversationTable.join}, w, o, p, scanConversation)
	return l, db.failed("list conversations", err)
}

func scanConversation(scan func(...any) error, by *any) (int64, ConversationItem, error) {
	var r conversationRow
	var e assetEndRow
	var id, state, kinds int64
	var from, to, conduit sql.NullString
	err := scan(append(append(append([]any{&id}, r.dest()...), e.dest()...), &state, &kinds, &from, &to, &conduit, by)...)
	return id, ConversationItem{
		ID: id, Conversation: *r.finish(), Site: e.site, ClientAsset: refOf(e.oneID, e.oneLabel), ServerAsset: refOf(e.otherID, e.otherLabel), Crossing: e.crossingNumber != 0,
		FromZone: from.String, ToZone: to.String, State: model.State(state), Conduit: conduit.String, Kinds: model.Kinds(kinds),
	}, err
}

func (db *DB) operations(ctx context.Context, f TalkFilter, p Page) (List[OperationItem], error) {
	var l List[OperationItem]
	w, err := db.talkWhere(ctx, &operationTable, &f)
	if err != nil {
		return l, db.failed("list operations", err)
	}
	o, err := orderOf(p, operationTable.sorts, "-first_seen", "t.id")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, "operation t", w); err != nil {
		return l, db.failed("count operations", err)
	}
	l.Items, l.Next, err = paged(ctx, db, listing{"t.id, " + operationColumns("t", "t.first") + assetEnds, "operation t", operationTable.join}, w, o, p,
		func(scan func(...any) error, by *any) (int64, OperationItem, error) {
			var r operationRow
			var e assetEndRow
			var id int64
			err := scan(append(append(append([]any{&id}, r.dest()...), e.dest()...), by)...)
			return id, OperationItem{
				ID: id, Operation: *r.finish(), Site: e.site, RequesterAsset: refOf(e.oneID, e.oneLabel), ResponderAsset: refOf(e.otherID, e.otherLabel), Crossing: e.crossingNumber != 0,
			}, err
		})
	return l, db.failed("list operations", err)
}

func (db *DB) peers(ctx context.Context, asset string, recent time.Time, p Page) (List[Peer], error) {
	var l List[Peer]
	num, err := db.assetNumber(ctx, asset)
	if err != nil {
		return l, db.failed(fmt.Sprintf("read asset %q", asset), err)
	}
	if p.Sort == "" {
		p.Sort = "-bytes"
	}
	all, err := db.conversations(ctx, TalkFilter{Asset: asset}, p)
	if err != nil {
		return l, err
	}
	l.Next, l.Total, l.More = all.Next, all.Total, all.More
	var id string
	var site int64
	if err := db.row(ctx, "SELECT id, site FROM asset WHERE num = ?", []any{num}, &id, &site); err != nil {
		return l, db.failed("read asset", err)
	}
	sums, err := db.recentOf(ctx, site, all.Items, recent)
	for _, c := range all.Items {
		var s carried
		if sums[c.ID] != nil {
			s = *sums[c.ID]
		}
		l.Items = append(l.Items, Peer{ConversationItem: c, Out: c.ClientAsset.ID == id, RecentPackets: s.packets, RecentBytes: s.bytes})
	}
	return l, db.failed("add up recent conversations", err)
}

// carried is what rows by the minute add up to.
type carried struct{ packets, bytes uint64 }

func (c *carried) add(m *minuteRow) {
	c.packets += uint64(m.counts[countPacketsUp]) + uint64(m.counts[countPacketsDown])
	c.bytes += uint64(m.counts[countBytesUp]) + uint64(m.counts[countBytesDown])
}

// ever is after all times that are kept.
const ever = int64(1<<63 - 1 - minute)

// recentOf adds up the rows by the minute of conversations of a site.
func (db *DB) recentOf(ctx context.Context, site int64, items []ConversationItem, since time.Time) (map[int64]*carried, error) {
	sums := map[int64]*carried{}
	for _, c := range items {
		sums[c.ID] = &carried{}
	}
	if len(items) == 0 {
		return sums, nil
	}
	return sums, db.look(ctx, func(t *tx) error {
		return conversationMinutes.add(t, []any{site}, nanos(since), ever, func(of int64) bool { return sums[of] != nil }, func(m *minuteRow) { sums[m.of].add(m) })
	})
}

// maxTalkers bounds the answer of TopTalkers.
const maxTalkers = 1000

func (db *DB) topTalkers(ctx context.Context, site string, from time.Time, n int) ([]Talker, error) {
	if n <= 0 || n > maxTalkers {
		return nil, fmt.Errorf("%d talkers: it can be 1 to %d: %w", n, maxTalkers, ErrInvalid)
	}
	// By the minute, so that one who asks every second asks for the same.
	from = from.Truncate(time.Minute)
	v, err := db.figure(ctx, fmt.Sprint("talkers ", site, " ", from.Unix(), " ", n), func(ctx context.Context) (any, error) { return db.countTalkers(ctx, site, from, n) })
	if err != nil {
		return nil, db.failed("add up who talks most", err)
	}
	return v.([]Talker), nil
}

func (db *DB) countTalkers(ctx context.Context, site string, from time.Time, n int) ([]Talker, error) {
	sites, err := db.sitesOf(ctx, site)
	if err != nil || len(sites) == 0 {
		return []Talker{}, err
	}
	all := []Talker{}
	err = db.look(ctx, func(t *tx) error {
		// By conversation first: there are far fewer of them than rows.
		sums := map[int64]*carried{}
		if err := conversationMinutes.add(t, sites, nanos(from), ever, nil, func(m *minuteRow) {
			s := sums[m.of]
			if s == nil {
				s = &carried{}
				sums[m.of] = s
			}
			s.add(m)
		}); err != nil {
			return err
		}
		ends, err := t.byEndpoint(sums)
		if err != nil {
			return err
		}
		all, err = t.talkers(ends, n)
		return err
	})
	return all, err
}

// byEndpoint adds up what conversations carried for both their ends.
func (t *tx) byEndpoint(sums map[int64]*carried) (map[int64]carried, error) {
	numbers := make([]any, 0, len(sums))
	for n := range sums {
		numbers = append(numbers, n)
	}
	of := map[int64]carried{}
	return of, t.in("SELECT id, client, server FROM conversation WHERE id IN ", nil, numbers, func(scan func(...any) error) error {
		var id, client, server int64
		if err := scan(&id, &client, &server); err != nil {
			return err
		}
		s := sums[id]
		for i, e := range []int64{client, server} {
			if i == 0 || client != server {
				of[e] = carried{of[e].packets + s.packets, of[e].bytes + s.bytes}
			}
		}
		return nil
	})
}

// talkers names the n endpoints with most bytes.
func (t *tx) talkers(of map[int64]carried, n int) ([]Talker, error) {
	largest := slices.SortedFunc(maps.Keys(of), func(a, b int64) int {
		return cmp.Or(cmp.Compare(of[b].bytes, of[a].bytes), cmp.Compare(a, b))
	})
	largest = largest[:min(n, len(largest))]
	all, place := make([]Talker, len(largest)), map[int64]int{}
	numbers := make([]any, len(largest))
	for i, e := range largest {
		place[e], numbers[i] = i, e
	}
	return all, t.in("SELECT e.id, e.mac, e.ip, asset.id, asset.label FROM endpoint e LEFT JOIN asset ON asset.num = e.asset WHERE e.id IN ", nil, numbers, func(scan func(...any) error) error {
		var e int64
		var mac, ip string
		var id, label *string
		err := scan(&e, &mac, &ip, &id, &label)
		all[place[e]] = Talker{Asset: refOf(id, label), Address: endpointOf(mac, ip, 0).Addr(), Packets: of[e].packets, Bytes: of[e].bytes}
		return err
	})
}

// sitesOf are the numbers of one site, or of all.
func (db *DB) sitesOf(ctx context.Context, site string) ([]any, error) {
	var ids []any
	w := where{}
	w.equal("name", text(site))
	err := db.each(ctx, "SELECT id FROM site"+w.clause(), w.args, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// maxBuckets bounds the steps of one answer.
const maxBuckets = 2000

func (db *DB) traffic(ctx context.Context, site, asset string, from, to time.Time, step time.Duration) ([]Bucket, error) {
	if step < time.Minute || step%time.Minute != 0 || !from.Before(to) || to.Sub(from)/step > maxBuckets {
		return nil, fmt.Errorf("traffic from %s to %s by %s: steps are whole minutes, at most %d of them: %w", from.Format(time.RFC3339), to.Format(time.RFC3339), step, maxBuckets, ErrInvalid)
	}
	sites, err := db.sitesOf(ctx, site)
	if err != nil || len(sites) == 0 {
		return nil, db.failed("read sites", err)
	}
	if asset != "" {
		return db.trafficOf(ctx, asset, nanos(from), nanos(to), step)
	}
	by := int64(step / time.Minute)
	query := "SELECT minute / ? AS bucket, protocol, SUM(packets), SUM(bytes) FROM traffic WHERE site IN (" + list(len(sites)) + ") AND minute >= ? AND minute < ? GROUP BY bucket, protocol ORDER BY bucket, protocol"
	args := append(append([]any{by}, sites...), nanos(from)/minute, (nanos(to)+minute-1)/minute)
	var all []Bucket
	err = db.each(ctx, query, args, func(scan func(...any) error) error {
		var b Bucket
		var at int64
		err := scan(&at, &b.Protocol, &b.Packets, &b.Bytes)
		b.At = time.Unix(0, at*int64(step)).UTC()
		all = append(all, b)
		return err
	})
	return all, db.failed("add up traffic", err)
}

// trafficOf adds up the rows by the minute of one asset's conversations.
func (db *DB) trafficOf(ctx context.Context, asset string, from, to int64, step time.Duration) ([]Bucket, error) {
	num, err := db.assetNumber(ctx, asset)
	if err != nil {
		return nil, db.failed(fmt.Sprintf("read asset %q", asset), err)
	}
	type bucket struct {
		at       int64
		protocol string
	}
	sums := map[bucket]*carried{}
	err = db.look(ctx, func(t *tx) error {
		var site int64
		if _, err := t.row("SELECT site FROM asset WHERE num = ?", []any{num}, &site); err != nil {
			return err
		}
		protocols := map[int64]string{}
		if err := t.each("SELECT id, protocol FROM conversation WHERE client_asset = ? OR server_asset = ?", []any{num, num}, func(scan func(...any) error) error {
			var id int64
			var protocol string
			err := scan(&id, &protocol)
			protocols[id] = protocol
			return err
		}); err != nil {
			return err
		}
		wanted := func(of int64) bool { _, ok := protocols[of]; return ok }
		return conversationMinutes.add(t, []any{site}, from, to, wanted, func(m *minuteRow) {
			k := bucket{m.at / int64(step), protocols[m.of]}
			if sums[k] == nil {
				sums[k] = &carried{}
			}
			sums[k].add(m)
		})
	})
	all := make([]Bucket, 0, len(sums))
	for k, s := range sums {
		all = append(all, Bucket{time.Unix(0, k.at*int64(step)).UTC(), k.protocol, s.packets, s.bytes})
	}
	slices.SortFunc(all, func(a, b Bucket) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Protocol, b.Protocol)) })
	return all, db.failed("add up traffic", err)
}
