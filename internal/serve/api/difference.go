package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Bounds of one comparison.
const (
	maxDifferences = 1000 // in each list, of each sort of edge
	muchMore       = 4    // times as many bytes
	notWorthIt     = 10_000
)

// dayTalk is what was said on one day.
type dayTalk struct {
	known DayKnown
	from  time.Time
	to    time.Time
	links map[[2]plant.Endpoint]*linkSum
	seen  map[string]bool // assets that said something
	left  uint64          // rows between ends that found no room
}

// linkSum is what passed between two ends on one day.
type linkSum struct {
	protocols      []string // sorted; there are hundreds of thousands of links, and a set each is dear
	packets, bytes uint64
}

func (l *linkSum) add(protocols []string, packets, bytes uint64) {
	for _, p := range protocols {
		if at, found := slices.BinarySearch(l.protocols, p); !found {
			l.protocols = slices.Insert(l.protocols, at, p)
		}
	}
	l.packets += packets
	l.bytes += bytes
}

func (s *Server) mapDifference(ctx context.Context, in *differenceInput) (*MapDifference, error) {
	site, err := s.oneSite(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	zone := s.zoneOf(ctx, site)
	from, to, err := in.days(s.opt.Now(), zone)
	if err != nil {
		return nil, err
	}
	// The days begin where the model says; one who asks for the same gets the same.
	name := fmt.Sprint("two days ", site, " ", from.Unix(), " ", to.Unix(), " ", zone)
	v, err := s.store.Figure(ctx, name, func(ctx context.Context) (any, error) { return s.difference(ctx, site, zone, from, to) })
	if err != nil {
		return nil, err
	}
	return v.(*MapDifference), nil
}

// difference compares two days.
func (s *Server) difference(ctx context.Context, site string, zone *time.Location, from, to time.Time) (*MapDifference, error) {
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return nil, err
	}
	defer done()
	d := &differing{s: s, site: site, of: map[plant.Endpoint]string{}}
	if d.assets, err = s.assets(ctx); err != nil {
		return nil, err
	}
	if d.before, err = s.dayTalk(ctx, site, from); err != nil {
		return nil, err
	}
	if d.after, err = s.dayTalk(ctx, site, to); err != nil {
		return nil, err
	}
	if err := s.store.AssetsOf(ctx, site, d.ends(), func(e plant.Endpoint, asset string) error { d.of[e] = asset; return nil }); err != nil {
		return nil, err
	}
	d.note(d.before)
	d.note(d.after)
	return &MapDifference{Site: site, TimeZone: zone.String(), From: d.before.known, To: d.after.known, Assets: d.assetDifference(), Edges: d.edgeDifference()}, nil
}

// zoneOf is in what time zone the days of a site begin.
func (s *Server) zoneOf(ctx context.Context, site string) *time.Location {
	if m := s.called(ctx, site).model; m != nil && m.TimeZone != "" {
		if zone, err := time.LoadLocation(m.TimeZone); err == nil {
			return zone
		}
	}
	return time.UTC
}

// days are the beginnings of the two days.
func (in *differenceInput) days(now time.Time, zone *time.Location) (from, to time.Time, err error) {
	for _, d := range []struct {
		text string
		at   *time.Time
	}{{in.From, &from}, {in.To, &to}} {
		if *d.at, err = time.ParseInLocation(time.DateOnly, d.text, zone); err != nil {
			return from, to, refuse(ErrInvalid, "A day is written 2026-11-27.")
		}
	}
	switch {
	case !from.Before(to):
		err = refuse(ErrInvalid, "from must be an earlier day than to.")
	case to.After(now):
		err = refuse(ErrInvalid, "The later day has not begun.")
	}
	return from, to, err
}

// dayTalk adds up what was said on a day, in the history and in the rows by the
// minute.
func (s *Server) dayTalk(ctx context.Context, site string, at time.Time) (*dayTalk, error) {
	end := at.AddDate(0, 0, 1)
	p := &span{sites: []string{site}, from: at, to: end, kind: plant.SegmentConversations}
	var t *dayTalk
	err := s.stable(ctx, p, func(segments []plant.Segment) error {
		t = &dayTalk{from: at, to: end, links: map[[2]plant.Endpoint]*linkSum{}, seen: map[string]bool{}}
		var recent [2]time.Time
		err := s.store.ConversationsBetween(ctx, site, at, end, func(_ string, c *plant.Conversation) error {
			recent[0], recent[1] = earliest(recent[0], c.First), latest(recent[1], c.Last)
			t.add(c.Client, c.Server, []string{c.Protocol}, c.PacketsUp+c.PacketsDown, c.BytesUp+c.BytesDown)
			return nil
		})
		if err != nil {
			return err
		}
		t.known = knownOf(at, end, s.opt.Now(), segments, recent)
		defer t.tellLeft()
		if s.opt.History == nil || len(segments) == 0 {
			return nil
		}
		a, err := s.opt.History.Links(ctx, segments, history.Query{From: at, To: end, Site: site})
		if err != nil {
			return err
		}
		for i := range a.Groups {
			l := &a.Groups[i]
			t.add(l.Client, l.Server, l.Protocols, l.PacketsUp+l.PacketsDown, l.BytesUp+l.BytesDown)
		}
		t.left += a.Rest.Rows
		return nil
	})
	return t, err
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (t *dayTalk) add(client, server plant.Endpoint, protocols []string, packets, bytes uint64) {
	k := [2]plant.Endpoint{client, server}
	l := t.links[k]
	if l == nil {
		if len(t.links) >= history.MaxGroups {
			t.left++
			return
		}
		l = &linkSum{}
		t.links[k] = l
	}
	l.add(protocols, packets, bytes)
}

// tellLeft makes nothing of what is missing where not all found room.
func (t *dayTalk) tellLeft() {
	if t.left > 0 {
		t.known.Kept = "part"
		t.known.Says = strings.TrimSpace(t.known.Says + fmt.Sprintf(" More talked than can be compared: only the first %d pairs of addresses are.", history.MaxGroups))
	}
}

// knownOf says of which hours of a day something is kept.
func knownOf(begin, end, now time.Time, segments []plant.Segment, recent [2]time.Time) DayKnown {
	k := DayKnown{Day: begin.Format(time.DateOnly), Begins: begin.UTC(), Ends: end.UTC(), Kept: "nothing"}
	hours := make([]bool, (end.Sub(begin)+time.Hour-1)/time.Hour) // 23 to 25 of them
	mark := func(from, to time.Time) {
		from, to = latest(from, begin), earliest(to, end)
		k.First = when(earliest(timeOr(k.First), from))
		k.Last = when(latest(timeOr(k.Last), to))
		for h := range hours {
			at := begin.Add(time.Duration(h) * time.Hour)
			hours[h] = hours[h] || from.Before(at.Add(time.Hour)) && to.After(at)
		}
	}
	for i := range segments {
		x := &segments[i]
		mark(x.From, x.To)
		if k.Step == "" || history.Length(x.Step) > history.Length(plant.Step(k.Step)) {
			k.Step = string(x.Step)
		}
	}
	if !recent[0].IsZero() {
		mark(recent[0], recent[1].Add(time.Nanosecond))
		k.Step = cmp.Or(k.Step, string(plant.StepMinute))
	}
	for _, is := range hours {
		if is {
			k.Hours++
		}
	}
	switch {
	case k.Hours == 0:
		k.Says = "Nothing is kept of this day: only when assets were seen for the first and the last time tells of it."
	case int(k.Hours) == len(hours):
		k.Kept = "whole"
	case end.After(now):
		k.Kept = "part"
		k.Says = fmt.Sprintf("The day is not over: something is known of %g hours so far.", k.Hours)
	default:
		k.Kept = "part"
		k.Says = fmt.Sprintf("Something is kept of %g of %d hours. In the others nothing was said, nothing watched, or it is kept no more.", k.Hours, len(hours))
	}
	return k
}

func timeOr(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// differing is a comparison at work.
type differing struct {
	s             *Server
	site          string
	assets        map[string]*store.AssetItem
	of            map[plant.Endpoint]string
	before, after *dayTalk
}

// ends are the endpoints that said something on either day.
func (d *differing) ends() []plant.Endpoint {
	all := map[plant.Endpoint]bool{}
	for _, t := range []*dayTalk{d.before, d.after} {
		for k := range t.links {
			all[k[0]], all[k[1]] = true, true
		}
	}
	return slices.Collect(maps.Keys(all))
}

// note marks the assets that took part in what was said on a day.
func (d *differing) note(t *dayTalk) {
	for k := range t.links {
		for _, e := range k {
			if id := d.of[e]; id != "" {
				t.seen[id] = true
			}
		}
	}
}

// there reports whether an asset was there on a day, and whether it is proven
// that it was not.
func (t *dayTalk) there(a *store.AssetItem) (was, proven bool) {
	within := func(at time.Time) bool { return !at.Before(t.from) && at.Before(t.to) }
	if t.seen[a.ID] || within(a.First) || within(a.Last) {
		return true, false
	}
	return false, !a.First.Before(t.to) || a.Last.Before(t.from)
}

func (d *differing) assetDifference() AssetDifference {
	out := AssetDifference{Appeared: []DayAsset{}, Vanished: []DayAsset{}}
	for _, a := range d.assets {
		if a.Site != d.site {
			continue
		}
		before, notBefore := d.before.there(a)
		after, notAfter := d.after.there(a)
		switch {
		case after && !before && (notBefore || d.before.known.Kept != "nothing"):
			out.Appeared = append(out.Appeared, d.dayAsset(a, notBefore))
		case before && !after && (notAfter || d.after.known.Kept != "nothing"):
			out.Vanished = append(out.Vanished, d.dayAsset(a, notAfter))
		case before != after, !before && !notBefore && !notAfter:
			out.Unknown++
		}
	}
	for _, list := range []*[]DayAsset{&out.Appeared, &out.Vanished} {
		slices.SortFunc(*list, func(x, y DayAsset) int {
			return cmp.Or(-compareBools(x.Proven, y.Proven), cmp.Compare(x.Label, y.Label), cmp.Compare(x.ID, y.ID))
		})
		out.More += cut(list)
	}
	return out
}

func (d *differing) dayAsset(a *store.AssetItem, proven bool) DayAsset {
	ref := (&names{assets: d.assets}).asset(store.AssetRef{ID: a.ID}, a.Label)
	return DayAsset{AssetRef: ref, Box: boxID(d.site, a.Network), FirstSeen: when(a.First), LastSeen: when(a.Last), Proven: proven}
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// cut leaves as many as are shown and says how many it left out.
func cut[T any](list *[]T) int64 {
	if len(*list) <= maxDifferences {
		return 0
	}
	more := len(*list) - maxDifferences
	*list = (*list)[:maxDifferences]
	return int64(more)
}

// joint is what passed between two boxes or assets on both days.
type joint struct {
	before, after linkSum
	crossing      bool
}

func (d *differing) edgeDifference() EdgeDifference {
	boxes, pairs := map[[2]string]*joint{}, map[[2]string]*joint{}
	d.join(d.before, boxes, pairs, func(j *joint) *linkSum { return &j.before })
	d.join(d.after, boxes, pairs, func(j *joint) *linkSum { return &j.after })
	out := EdgeDifference{Appeared: []DayEdge{}, Vanished: []DayEdge{}, Changed: []DayEdge{}}
	for _, x := range []struct {
		between string
		of      map[[2]string]*joint
	}{{"boxes", boxes}, {"assets", pairs}} {
		between := x.between
		var appeared, vanished, changed []joinedPair
		for k, j := range x.of {
			switch {
			case j.before.packets == 0:
				appeared = append(appeared, joinedPair{k, j})
			case j.after.packets == 0:
				vanished = append(vanished, joinedPair{k, j})
			case j.differs():
				changed = append(changed, joinedPair{k, j})
			}
		}
		for _, l := range []struct {
			from     []joinedPair
			to       *[]DayEdge
			unproven bool
		}{{appeared, &out.Appeared, d.before.known.Kept != "whole"}, {vanished, &out.Vanished, d.after.known.Kept != "whole"}, {changed, &out.Changed, false}} {
			slices.SortFunc(l.from, compareJoinedPairs)
			out.More += cut(&l.from)
			for _, x := range l.from { // written out only where it is shown
				e := d.edge(between, x.ends, x.joint)
				e.Unproven = l.unproven
				*l.to = append(*l.to, e)
			}
		}
	}
	return out
}

// joinedPair is what passed, and between what.
type joinedPair struct {
	ends [2]string
	*joint
}

// compareJoinedPairs orders what is shown first: what crosses, then the largest.
func compareJoinedPairs(x, y joinedPair) int {
	return cmp.Or(-compareBools(x.crossing, y.crossing), cmp.Compare(y.before.bytes+y.after.bytes, x.before.bytes+x.after.bytes), cmp.Compare(x.ends[0], y.ends[0]), cmp.Compare(x.ends[1], y.ends[1]))
}

// join adds a day's links to what passed between boxes and between assets.
func (d *differing) join(t *dayTalk, boxes, pairs map[[2]string]*joint, side func(*joint) *linkSum) {
	for k, l := range t.links {
		a, b := d.assets[d.of[k[0]]], d.assets[d.of[k[1]]]
		if a == nil || b == nil || a == b {
			continue
		}
		crossing := false
		for _, p := range l.protocols {
			crossing = crossing || d.s.crosses(a, b, p, true)
		}
		add := func(to map[[2]string]*joint, from, into string) {
			k := [2]string{from, into}
			j := to[k]
			if j == nil {
				j = &joint{}
				to[k] = j
			}
			j.crossing = j.crossing || crossing
			side(j).add(l.protocols, l.packets, l.bytes)
		}
		add(pairs, a.ID, b.ID)
		if a.Network != b.Network {
			add(boxes, boxID(d.site, a.Network), boxID(d.site, b.Network))
		}
	}
}

// differs reports whether much more or less passed, or something else.
func (j *joint) differs() bool {
	if !slices.Equal(j.before.protocols, j.after.protocols) {
		return true
	}
	less, more := min(j.before.bytes, j.after.bytes), max(j.before.bytes, j.after.bytes)
	return more >= notWorthIt && more/muchMore >= less
}

func (d *differing) edge(between string, k [2]string, j *joint) DayEdge {
	e := DayEdge{
		Between: between, From: k[0], To: k[1], FromLabel: d.label(between, k[0]), ToLabel: d.label(between, k[1]), Crossing: j.crossing,
		New: only(j.after.protocols, j.before.protocols), Gone: only(j.before.protocols, j.after.protocols),
		BytesFrom: j.before.bytes, BytesTo: j.after.bytes, Packets: j.before.packets + j.after.packets,
	}
	both := linkSum{protocols: slices.Clone(j.before.protocols)}
	both.add(j.after.protocols, 0, 0)
	e.Protocols = orEmpty(both.protocols)
	return e
}

func (d *differing) label(between, id string) string {
	if between == "boxes" {
		return id[min(len(id), len(d.site)+1):]
	}
	if a := d.assets[id]; a != nil {
		return a.Label
	}
	return id
}

// only are the words of one sorted list that are not in another.
func only(of, not []string) []string {
	list := []string{}
	for _, w := range of {
		if _, found := slices.BinarySearch(not, w); !found {
			list = append(list, w)
		}
	}
	return list
}
