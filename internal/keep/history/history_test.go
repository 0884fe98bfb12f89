package history

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

var addrs = gocmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func read(t testing.TB, a *Archive, segments []plant.Segment, q Query) []Conversation {
	t.Helper()
	var rows []Conversation
	if err := a.Conversations(context.Background(), segments, q, func(c *Conversation) bool {
		rows = append(rows, *c)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

func sorted(rows []Conversation) []Conversation {
	return slices.SortedFunc(slices.Values(rows), func(a, b Conversation) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Packet, b.Packet), cmp.Compare(a.Client.Addr(), b.Client.Addr()), cmp.Compare(a.Server.Addr(), b.Server.Addr()), cmp.Compare(a.Port, b.Port))
	})
}

func TestConversationsComeBackAsTheyWere(t *testing.T) {
	a, _ := openTest(t)
	var want []Conversation
	p := newTestPlant(1, 100)
	for range 60 {
		want = append(want, p.minute()...)
	}
	want[3].Client.IP, want[3].Packet = netip.MustParseAddr("2001:db8::5"), plant.NewPacketRef(40000, 1<<47)
	want[4].BytesUp, want[4].Lost = 1<<63-1, 1<<40
	segment, err := a.WriteConversations(context.Background(), hour(0), rowsOf(want))
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, a, []plant.Segment{segment}, Query{})
	for i := range want {
		want[i].Site = "north"
	}
	if d := gocmp.Diff(sorted(want), sorted(got), addrs); d != "" {
		t.Errorf("(-written +read):\n%s", d)
	}
	if err := a.Verify(context.Background(), segment); err != nil {
		t.Error(err)
	}
	if segment.Rows != uint64(len(want)) {
		t.Errorf("%d rows recorded, %d written", segment.Rows, len(want))
	}
}

func TestOperationsComeBackAsTheyWere(t *testing.T) {
	a, _ := openTest(t)
	want := operations(20, 60)
	segment, err := a.WriteOperations(context.Background(), hour(0), rowsOf(want))
	if err != nil {
		t.Fatal(err)
	}
	var got []Operation
	err = a.Operations(context.Background(), []plant.Segment{segment}, Query{}, func(o *Operation) bool {
		got = append(got, *o)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		want[i].Site = "north"
	}
	order := func(a, b Operation) int { return cmp.Compare(a.Packet, b.Packet) }
	slices.SortFunc(got, order)
	if d := gocmp.Diff(want, got, addrs); d != "" {
		t.Errorf("(-written +read):\n%s", d)
	}
	kinds := 0
	err = a.Operations(context.Background(), []plant.Segment{segment}, Query{Kinds: []plant.Kind{plant.Read}}, func(*Operation) bool { kinds++; return true })
	if err != nil || kinds != 0 {
		t.Errorf("%d reads among writes, %v", kinds, err)
	}
}

func TestTheSameRowsGiveTheSameFile(t *testing.T) {
	a, dir := openTest(t)
	p := newTestPlant(2, 200)
	var rows []Conversation
	for range 60 {
		rows = append(rows, p.minute()...)
	}
	first, err := a.WriteConversations(context.Background(), hour(0), rowsOf(rows))
	if err != nil {
		t.Fatal(err)
	}
	// Another order within the minute, and a row that came in two halves.
	slices.SortStableFunc(rows, func(a, b Conversation) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(b.Packet, a.Packet))
	})
	half := rows[0]
	half.BytesUp, half.Flows, half.PacketsUp, half.PacketsDown, half.BytesDown, half.Lost = 1, 0, 0, 0, 0, 0
	rows[0].BytesUp--
	rows = slices.Insert(rows, 1, half)
	second, err := a.WriteConversations(context.Background(), hour(0), rowsOf(rows))
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(first, second); d != "" {
		t.Errorf("a repeat gives another segment:\n%s", d)
	}
	if files := filesBelow(t, dir); len(files) != 1 || files[0] != first.Path {
		t.Errorf("files %q, want %q", files, first.Path)
	}
}

func TestTheSameRowsAgainAsAnotherPieceCountAgain(t *testing.T) {
	a, _ := openTest(t)
	ctx := context.Background()
	var segments []plant.Segment
	for piece := range 3 {
		spec := hour(0)
		spec.Piece = min(piece, 1) // the third repeats the second
		s, err := a.WriteConversations(ctx, spec, newTestPlant(2, 20).minutes(60))
		if err != nil {
			t.Fatal(err)
		}
		segments = append(segments, s)
	}
	if segments[0].Path == segments[1].Path || segments[1] != segments[2] {
		t.Errorf("paths %s, %s, %s", segments[0].Path, segments[1].Path, segments[2].Path)
	}
	one, two := whole(t, a, segments[:1]), whole(t, a, segments[:2])
	if two.BytesUp != 2*one.BytesUp || two.Flows != 2*one.Flows {
		t.Errorf("sums %+v and %+v", one, two)
	}
}

func filesBelow(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestSpecsAndRowsThatAreRefused(t *testing.T) {
	at := func(d time.Duration) Conversation {
		return Conversation{Sensor: "s", Start: monday.Add(d), Conversation: newTestPlant(1, 1).talks[0].Conversation}
	}
	midnight := hour(0)
	midnight.From, midnight.To = midnight.From.Add(23*time.Hour), midnight.To.Add(24*time.Hour)
	crooked := hour(0)
	crooked.From = crooked.From.Add(time.Second)
	broken := errors.New("the database went away")
	cases := []struct {
		name, want string
		spec       Spec
		rows       []Conversation
		err        error
	}{
		{"no rows", "no rows", hour(0), nil, nil},
		{"no site", "no site", Spec{Step: plant.StepMinute, From: monday, To: monday.Add(time.Hour)}, nil, nil},
		{"no step", "is no step", Spec{Site: "s", Step: "week", From: monday, To: monday.Add(time.Hour)}, nil, nil},
		{"backwards", "before it begins", Spec{Site: "s", Step: plant.StepMinute, From: monday, To: monday}, nil, nil},
		{"over midnight", "midnight", midnight, nil, nil},
		{"crooked", "multiples", crooked, nil, nil},
		{"a row before", "outside", hour(1), []Conversation{at(0)}, nil},
		{"a row at the end", "outside", hour(0), []Conversation{at(time.Hour)}, nil},
		{"a row within a minute", "within a minute", hour(0), []Conversation{at(time.Second)}, nil},
		{"out of order", "comes after", hour(0), []Conversation{at(time.Minute), at(0)}, nil},
		{"rows that break off", "went away", hour(0), []Conversation{at(0)}, broken},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, dir := openTest(t)
			_, err := a.WriteConversations(context.Background(), c.spec, func(yield func(Conversation, error) bool) {
				for _, r := range c.rows {
					if !yield(r, nil) {
						return
					}
				}
				if c.err != nil {
					yield(Conversation{}, c.err)
				}
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if files := filesBelow(t, dir); len(files) != 0 {
				t.Errorf("it leaves %q", files)
			}
		})
	}
}

func TestSitesAreFoldersOfTheArchive(t *testing.T) {
	a, dir := openTest(t)
	for _, site := range []string{"../../etc", ".", "a/b", "north=1", "Werk Süd", strings.Repeat("x", 60)} {
		s := hour(0)
		s.Site = site
		segment, err := a.WriteConversations(context.Background(), s, newTestPlant(1, 3).minutes(2))
		if err != nil {
			t.Fatalf("%q: %v", site, err)
		}
		if !segmentName.MatchString(segment.Path) || strings.Count(segment.Path, "/") != 4 || strings.Contains(segment.Path, "..") {
			t.Errorf("%q is kept at %q", site, segment.Path)
		}
		if got := read(t, a, []plant.Segment{segment}, Query{Site: site}); uint64(len(got)) != segment.Rows || got[0].Site != site {
			t.Errorf("%q: %d rows of %d", site, len(got), segment.Rows)
		}
	}
	if n := len(filesBelow(t, dir)); n != 6 {
		t.Errorf("%d files of 6 sites", n)
	}
}

func TestQueriesAskForWhatTheySay(t *testing.T) {
	a, _ := openTest(t)
	p := newTestPlant(3, 120)
	segments := p.hours(t, a, 3)
	every := read(t, a, segments, Query{})
	someone := every[10].Server.Addr()
	device := ""
	for _, c := range every {
		if !c.Client.IP.IsValid() {
			device = c.Client.Addr()
		}
	}
	from, to := monday.Add(70*time.Minute), monday.Add(80*time.Minute+time.Second)
	cases := []struct {
		name string
		q    Query
		want func(*Conversation) bool
	}{
		{"time", Query{From: from, To: to}, func(c *Conversation) bool {
			return c.Start.Before(to) && c.Start.Add(time.Minute).After(from)
		}},
		{"a moment", Query{From: from.Add(5 * time.Second), To: from.Add(6 * time.Second)}, func(c *Conversation) bool { return c.Start.Equal(from) }},
		{"address", Query{Addrs: []string{someone}}, func(c *Conversation) bool { return c.Client.Addr() == someone || c.Server.Addr() == someone }},
		{"address without IP", Query{Addrs: []string{device}}, func(c *Conversation) bool { return c.Client.Addr() == device || c.Server.Addr() == device }},
		{"MAC of one with an IP", Query{Addrs: []string{every[10].Server.MAC.String()}}, func(c *Conversation) bool {
			return !c.Server.IP.IsValid() && c.Server.MAC == every[10].Server.MAC
		}},
		{"protocols", Query{Protocols: []string{"modbus", "dns"}}, func(c *Conversation) bool { return c.Protocol == "modbus" || c.Protocol == "dns" }},
		{"VLAN", Query{VLANs: []uint16{30}}, func(c *Conversation) bool { return c.Client.VLAN == 30 || c.Server.VLAN == 30 }},
		{"sensor", Query{Sensors: []string{"sensor-2"}}, func(c *Conversation) bool { return false }},
		{"site", Query{Site: "south"}, func(c *Conversation) bool { return false }},
		{"all at once", Query{From: from, To: to, Addrs: []string{someone}, Protocols: []string{every[10].Protocol}, Sensors: []string{"sensor-1"}}, func(c *Conversation) bool {
			return !c.Start.Before(from) && c.Start.Before(to) && (c.Client.Addr() == someone || c.Server.Addr() == someone) && c.Protocol == every[10].Protocol
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var want []Conversation
			for i := range every {
				if c.want(&every[i]) {
					want = append(want, every[i])
				}
			}
			if d := gocmp.Diff(want, read(t, a, segments, c.q), addrs); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestReadingStopsWhenToldTo(t *testing.T) {
	a, _ := openTest(t)
	segments := newTestPlant(1, 50).hours(t, a, 2)
	n := 0
	if err := a.Conversations(context.Background(), segments, Query{}, func(*Conversation) bool { n++; return n < 5 }); err != nil || n != 5 {
		t.Errorf("%d rows, %v", n, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n = 0
	err := a.Conversations(ctx, segments, Query{}, func(*Conversation) bool { n++; cancel(); return true })
	if !errors.Is(err, context.Canceled) || uint64(n) != segments[0].Rows {
		t.Errorf("%d rows of %d, %v", n, segments[0].Rows, err)
	}
	if _, err := a.WriteConversations(ctx, hour(9), newTestPlant(1, 5).minutes(2)); !errors.Is(err, context.Canceled) {
		t.Errorf("writing: %v", err)
	}
}
