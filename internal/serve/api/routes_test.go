package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestAssetFilters(t *testing.T) {
	const n = 450
	p := fill(t, n, Options{})
	count := func(keep func(*plant.Asset) bool) int64 {
		var k int64
		for i := range n {
			if keep(made(i)) {
				k++
			}
		}
		return k
	}
	for _, c := range []struct {
		name, query string
		keep        func(*plant.Asset) bool
	}{
		{"none", "", func(*plant.Asset) bool { return true }},
		{"vendor", "vendor=Siemens", func(a *plant.Asset) bool { return a.Vendor == "Siemens" }},
		{"role", "role=HMI", func(a *plant.Asset) bool { return a.Role == "HMI" }},
		{"side", "side=it", func(a *plant.Asset) bool { return a.Side == plant.SideIT }},
		{"level", "level=3", func(a *plant.Asset) bool { return a.Level == 3 }},
		{"no level", "level=unknown", func(*plant.Asset) bool { return false }},
		{"kind", "kind=external", func(*plant.Asset) bool { return false }},
		{"protocol", "protocol=http", func(a *plant.Asset) bool { return slices.Contains(a.Protocols, "http") }},
		{"network", "network=" + url.QueryEscape(network(200)), func(a *plant.Asset) bool { return strings.HasPrefix(a.IPs[0].String(), "10.0.1.") }},
		{"another site", "site=elsewhere", func(*plant.Asset) bool { return false }},
		{"a name", "q=unit-00007", func(a *plant.Asset) bool { return a.Names[0] == "unit-00007" }},
		{"words in different fields", "q=siemens+drive", func(a *plant.Asset) bool { return a.Vendor == "Siemens" && a.Role == "drive" }},
		{"an address", "q=10.0.2.7", func(a *plant.Asset) bool { return strings.Contains(a.IPs[0].String(), "10.0.2.7") }},
		{"nothing like it", "q=%25", func(*plant.Asset) bool { return false }},
		{"seen lately", "seen_since=" + clock.Add(-100*time.Second).Format(time.RFC3339), func(a *plant.Asset) bool { return !a.Last.Before(clock.Add(-100 * time.Second)) }},
		{"new", "first_since=" + clock.Add(-48*time.Hour+400*time.Second).Format(time.RFC3339), func(a *plant.Asset) bool { return !a.First.Before(clock.Add(-48*time.Hour + 400*time.Second)) }},
		{"with a finding", "finding=any", func(a *plant.Asset) bool { return a.ID == "a00000" || a.ID == "a00001" || a.ID == "a00009" }},
		{"with a serious finding", "finding=high", func(a *plant.Asset) bool { return a.ID == "a00000" || a.ID == "a00009" }},
		{"two together", "vendor=Siemens&role=controller", func(a *plant.Asset) bool { return a.Vendor == "Siemens" && a.Role == "controller" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := getJSON[List[AssetRow]](t, p.Server, base+"/assets?limit=1000&"+c.query)
			want := count(c.keep)
			if l.Total != want || int64(len(l.Items)) != want {
				t.Errorf("%d rows, total %d, not %d", len(l.Items), l.Total, want)
			}
			if f := getJSON[Facets](t, p.Server, base+"/assets/facets?"+c.query); f.Total != want {
				t.Errorf("facets count %d", f.Total)
			}
		})
	}
}

func TestBadQueries(t *testing.T) {
	p := fill(t, 10, Options{})
	for _, c := range []struct{ name, path string }{
		{"a filter that does not exist", "/assets?vendr=Siemens"},
		{"a limit of nothing", "/assets?limit=0"},
		{"a limit beyond bounds", "/assets?limit=1001"},
		{"a limit that is no number", "/assets?limit=many"},
		{"an order that does not exist", "/assets?sort=colour"},
		{"a cursor that is none", "/assets?cursor=nonsense"},
		{"the cursor of another list", "/conversations?cursor=AAAAAAAAAAAAAAAAAAAAAA"},
		{"a cursor of sums that is none", "/conversations?cursor=x&from=2026-11-28T00:00:00Z"},
		{"a kind that does not exist", "/assets?kind=robot"},
		{"a level that does not exist", "/assets?level=9"},
		{"a time that is none", "/assets?seen_since=yesterday"},
		{"a search that is too long", "/assets?q=" + strings.Repeat("x", 201)},
		{"a peer without an asset", "/conversations?peer=a00001"},
		{"a time that ends before it begins", "/conversations?from=2026-11-28T00:00:00Z&to=2026-11-27T00:00:00Z"},
		{"traffic of a century", "/traffic?from=1926-11-28T00:00:00Z"},
		{"a step of a second", "/traffic?step=1"},
		{"packets of nothing", "/packets?sensor=line-1"},
		{"packets without a sensor", "/packets?number=1"},
		{"packets of a week", "/packets?sensor=line-1&from=2026-11-20T00:00:00Z&to=2026-11-27T00:00:00Z"},
		{"an unknown operation kind", "/operations?kind=explode"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.opt.Packets = &cutter{}
			if got := ask(t, p.Server, "GET", base+c.path, nil); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
}

func TestPages(t *testing.T) {
	const n = 333
	p := fill(t, n, Options{})
	for _, sort := range []string{"name", "-name", "last_seen", "-last_seen", "first_seen", "vendor", "-role", "level", "-level", "network", "-findings"} {
		t.Run(sort, func(t *testing.T) {
			all, pages := walk[AssetRow](t, p.Server, base+"/assets?limit=50&sort="+sort)
			got := slices.Compact(ids(all, func(a *AssetRow) string { return a.ID }))
			if len(all) != n || len(got) != n || pages != 7 {
				t.Errorf("%d rows, %d different, on %d pages", len(all), len(got), pages)
			}
		})
	}
	rows, _ := walk[AssetRow](t, p.Server, base+"/assets?limit=50&sort=-last_seen")
	if !slices.IsSortedFunc(rows, func(a, b AssetRow) int { return b.LastSeen.Compare(*a.LastSeen) }) {
		t.Error("-last_seen is not sorted")
	}
	talks, _ := walk[Conversation](t, p.Server, base+"/conversations?limit=50")
	if len(talks) != n || !slices.IsSortedFunc(talks, func(a, b Conversation) int { return int(b.Bytes) - int(a.Bytes) }) {
		t.Errorf("%d conversations, or not the largest first", len(talks))
	}
}

func TestAssetPage(t *testing.T) {
	p := fill(t, 300, Options{})
	a := getJSON[Asset](t, p.Server, base+"/assets/a00001")
	if a.Label != "unit-00001" || len(a.Facts) != 1 || len(a.Reasons) != 1 || len(a.Findings) != 1 || a.Findings[0].Level != "low" || !slices.Equal(a.Aliases, []string{"former-1"}) || len(a.Changes) == 0 {
		t.Errorf("%+v", a)
	}
	if k := a.Facts[0].Packet; k == nil || k.Sensor != "line-1" || k.Number != 2 || k.Available || k.At == nil {
		t.Errorf("the ring does not reach back an hour: %+v", k)
	}
	if k := a.Reasons[0].Packet; k == nil || !k.Available || k.At != nil {
		t.Errorf("a packet whose time is not known may be there: %+v", k)
	}
	if got := ask(t, p.Server, "GET", base+"/assets/former-1", nil); got.status != http.StatusTemporaryRedirect || got.header.Get("Location") != base+"/assets/a00001" {
		t.Errorf("a former identifier: %d %v", got.status, got.header)
	}
	if got := ask(t, p.Server, "GET", base+"/assets/none", nil); got.status != http.StatusNotFound {
		t.Errorf("none: %d", got.status)
	}

	peers := getJSON[List[Peer]](t, p.Server, base+"/assets/a00000/peers?limit=1000")
	out, in, crossing := 0, 0, 0
	for _, x := range peers.Items {
		if x.Direction == "out" {
			out++
		} else {
			in++
		}
		if x.Crossing {
			crossing++
		}
		if x.Asset.Role == "" || x.Asset.Label == "" || x.BytesDay == nil || *x.BytesDay != x.Bytes {
			t.Fatalf("%+v", x)
		}
	}
	// It polls those of its network but the office PCs; those of both networks
	// ask it, and it "polls" itself.
	if out != 180 || in != 30 || crossing != 30 {
		t.Errorf("%d out, %d in, %d crossing", out, in, crossing)
	}

	ops := getJSON[List[Operation]](t, p.Server, base+"/assets/a00001/operations")
	if len(ops.Items) != 1 || ops.Items[0].Kind != "write" || ops.Items[0].Requests != 120 || ops.Items[0].Refused != 2 || ops.Items[0].Responder.ID != "a00001" || ops.Items[0].Packet == nil {
		t.Errorf("%+v", ops)
	}
	if reads := getJSON[List[Operation]](t, p.Server, base+"/assets/a00001/operations?kind=read"); len(reads.Items) != 0 {
		t.Errorf("%+v", reads)
	}
}

func TestTalkFilters(t *testing.T) {
	p := fill(t, 300, Options{})
	for _, c := range []struct {
		path string
		want int64
	}{
		{"/conversations?", 300},
		{"/conversations?protocol=http", 30},
		{"/conversations?crossing=true", 30},
		{"/conversations?crossing=false", 270},
		{"/conversations?asset=a00005", 1},
		{"/conversations?asset=a00000&peer=a00005", 1},
		{"/conversations?asset=a00001&peer=a00002", 0},
		{"/operations?", 268},
		{"/operations?kind=write", 6},
		{"/operations?kind=write&asset=a00001", 1},
		{"/operations?protocol=s7comm", 0},
		{"/findings?", 2},
		{"/findings?level=high", 1},
		{"/findings?rule=no-authentication", 1},
		{"/findings?asset=a00009", 1},
		{"/findings?asset=a00005", 0},
	} {
		for _, over := range []string{"", "&from=2026-11-28T11:00:00Z", "&to=2026-11-28T13:00:00Z"} {
			if over != "" && strings.HasPrefix(c.path, "/findings") {
				continue
			}
			got := getJSON[List[json.RawMessage]](t, p.Server, base+c.path+over)
			if got.Total != c.want {
				t.Errorf("%s%s: %d, not %d", c.path, over, got.Total, c.want)
			}
		}
	}
}

// TestSumsOverTime adds rows by the minute to those that were sealed.
func TestSumsOverTime(t *testing.T) {
	p := fill(t, 250, Options{})
	hour := clock.Add(-3 * time.Hour)
	p.seal(t, hour, 5)
	target := func(from, to time.Time, more string) string {
		return base + "/conversations?limit=60&from=" + from.Format(time.RFC3339) + "&to=" + to.Format(time.RFC3339) + more
	}
	all, pages := walk[Conversation](t, p.Server, target(hour, clock, ""))
	if len(all) != 250 || pages != 5 {
		t.Fatalf("%d rows on %d pages", len(all), pages)
	}
	if len(slices.Compact(ids(all, func(c *Conversation) string { return c.ClientAddress + c.ServerAddress + c.Protocol }))) != 250 {
		t.Error("a conversation is on two pages")
	}
	for _, c := range all {
		if c.Flows != 7 || c.Client.ID == "" || c.Server.Role == "" {
			t.Fatalf("five sealed minutes and two of now: %+v", c)
		}
	}
	if part, _ := walk[Conversation](t, p.Server, target(hour, hour.Add(2*time.Minute), "&asset=a00005")); len(part) != 1 || part[0].Flows != 2 || part[0].Bytes != 2*(2000+5) {
		t.Errorf("two sealed minutes of one asset: %+v", part)
	}
	if now, _ := walk[Conversation](t, p.Server, target(clock.Add(-time.Hour), clock, "&crossing=true")); len(now) != 25 || now[0].Flows != 2 || !now[0].Crossing {
		t.Errorf("what crosses now: %+v", now)
	}
	ops, _ := walk[Operation](t, p.Server, base+"/operations?from="+hour.Format(time.RFC3339)+"&kind=write")
	if len(ops) != 5 || ops[0].Requests != 7*60 || ops[0].Refused != 7 {
		t.Errorf("%+v", ops)
	}

	peers := getJSON[List[Peer]](t, p.Server, base+"/assets/a00005/peers")
	if len(peers.Items) != 1 || peers.Items[0].BytesDay == nil || *peers.Items[0].BytesDay != 7*(2000+5) {
		t.Errorf("the last day: %+v", peers.Items)
	}

	traffic := getJSON[Traffic](t, p.Server, base+"/traffic?asset=a00005&step=3600&from="+hour.Format(time.RFC3339))
	if len(traffic.Series) != 1 || traffic.Series[0].Protocol != "modbus" || !slices.Equal(traffic.Series[0].Packets, []uint64{100, 0, 40}) {
		t.Errorf("traffic: %+v", traffic)
	}

	h := getJSON[History](t, p.Server, base+"/history")
	if len(h.Days) != 2 || h.Rows == 0 || h.Bytes == 0 || !h.Oldest.Equal(hour) {
		t.Errorf("%+v", h)
	}
	past := getJSON[Map](t, p.Server, base+"/map?at="+hour.Add(30*time.Minute).Format(time.RFC3339))
	if past.From == nil || len(past.Boxes) != 2 || len(past.Edges) != 1 || !past.Edges[0].Crossing && past.Edges[0].Between != "boxes" {
		t.Errorf("the map of the past: %+v", past)
	}
}

func TestMap(t *testing.T) {
	p := fill(t, 450, Options{Limits: Limits{Assets: 300}})
	m := getJSON[Map](t, p.Server, base+"/map")
	drawn, total := 0, int64(0)
	for _, b := range m.Boxes {
		drawn += len(b.Assets)
		total += b.Total
	}
	if len(m.Boxes) != 3 || drawn != 300 || total != 450 || m.More != 150 {
		t.Errorf("%d boxes, %d of %d drawn, %d more", len(m.Boxes), drawn, total, m.More)
	}
	if len(m.Bands) != 1 || m.Bands[0].Name != "Control (level 1)" || m.Boxes[0].Side != "ot" {
		t.Errorf("%+v", m.Bands)
	}
	if worst := m.Boxes[0].Assets[0].Worst; m.Boxes[0].Network == "10.0.0.0/24" && worst != "high" {
		t.Errorf("what needs someone is drawn first: %s", worst)
	}
	known := map[string]bool{}
	for _, b := range m.Boxes {
		known[b.ID] = true
		for _, a := range b.Assets {
			known[a.ID] = true
		}
	}
	crossing := 0
	for _, e := range m.Edges {
		if e.Between == "boxes" && (!known[e.From] || !known[e.To]) {
			t.Errorf("an edge between boxes that are not drawn: %+v", e)
		}
		if e.Between == "assets" && e.Crossing {
			crossing++
		}
	}
	if crossing != 45 {
		t.Errorf("%d crossings between assets", crossing)
	}
	if before := getJSON[Map](t, p.Server, base+"/map?at="+made(9).First.Format(time.RFC3339)); len(before.Boxes) != 1 || before.Boxes[0].Total != 10 {
		t.Errorf("when ten had been seen: %+v", before.Boxes)
	}
}

func TestOverviewAndSensors(t *testing.T) {
	p := fill(t, 300, Options{Version: "9.9"})
	o := getJSON[Overview](t, p.Server, base+"/overview")
	if o.Assets.Total != 300 || o.Conversations != 300 || o.Crossings != 30 || o.Findings.High != 1 || o.Findings.Low != 1 || o.Sensors.OK != 1 || o.Version != "9.9" || !slices.Equal(o.Sites, []string{"plant"}) {
		t.Errorf("%+v", o)
	}
	x := getJSON[Sensor](t, p.Server, base+"/sensors/line-1")
	if !x.OK || x.Sequence != 2 || x.Packets != 12000 || x.PacketsPerSecond == nil || *x.PacketsPerSecond != 100 || x.Lag == nil {
		t.Errorf("%+v", x)
	}
	if l := getJSON[List[Sensor]](t, p.Server, base+"/sensors"); len(l.Items) != 1 || l.Items[0].BytesPerSecond == nil {
		t.Errorf("%+v", l)
	}
	if got := ask(t, p.Server, "GET", base+"/sensors/none", nil); got.status != 404 {
		t.Errorf("%d", got.status)
	}
	p.opt.Now = func() time.Time { return clock.Add(time.Hour) }
	if x := getJSON[Sensor](t, p.Server, base+"/sensors/line-1"); x.OK || x.Problem == "" {
		t.Errorf("an hour later: %+v", x)
	}
}

func TestSensorProblems(t *testing.T) {
	for _, c := range []struct {
		name string
		x    store.Sensor
		ok   bool
	}{
		{"watching", store.Sensor{Heard: clock, Status: plant.SensorStatus{State: plant.SensorWatching}}, true},
		{"it says what is wrong", store.Sensor{Heard: clock, Status: plant.SensorStatus{State: plant.SensorWatching, Problem: "disk full"}}, false},
		{"silent", store.Sensor{Heard: clock, Status: plant.SensorStatus{State: plant.SensorSilent}}, false},
		{"no link", store.Sensor{Heard: clock, Status: plant.SensorStatus{State: plant.SensorNoLink}}, false},
		{"not heard of", store.Sensor{Heard: clock.Add(-time.Hour), Status: plant.SensorStatus{State: plant.SensorWatching}}, false},
		{"a file that was read", store.Sensor{Heard: clock.Add(-time.Hour), Status: plant.SensorStatus{State: plant.SensorEnded}}, true},
	} {
		if got := problem(&c.x, clock); (got == "") != c.ok {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestRates(t *testing.T) {
	at := func(minute int, packets uint64) store.Sample {
		return store.Sample{At: clock.Add(time.Duration(minute) * time.Minute), Packets: packets}
	}
	for _, c := range []struct {
		name    string
		samples []store.Sample
		want    float64 // -1 for none
	}{
		{"nothing", nil, -1},
		{"one", []store.Sample{at(0, 5)}, -1},
		{"two", []store.Sample{at(0, 0), at(1, 60)}, 1},
		{"the last five minutes only", []store.Sample{at(-60, 0), at(0, 6000), at(1, 6060)}, 1},
		{"a sensor that began anew", []store.Sample{at(0, 9000), at(1, 0), at(2, 120)}, 2},
		{"began anew just now", []store.Sample{at(0, 9000), at(1, 5)}, -1},
		{"the clock stood still", []store.Sample{at(0, 5), at(0, 6)}, -1},
	} {
		got, _, _ := rates(c.samples)
		if (got == nil) != (c.want < 0) || got != nil && *got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestPackets(t *testing.T) {
	cut := &cutter{data: []byte("\x0a\x0d\x0d\x0a packets"), kept: store.Kept{ID: "k1", Site: "plant", Sensor: "line-1", SHA256: "abc", Packets: 1, Size: 12}}
	p := fill(t, 20, Options{Packets: cut})
	got := ask(t, p.Server, "GET", base+"/packets?sensor=line-1&number=5&around=10&asset=a00001&peer=a00000", nil)
	if got.status != 200 || !bytes.Equal(got.body, cut.data) || got.header.Get("Content-Disposition") != `attachment; filename="line-1-5.pcapng"` {
		t.Errorf("%d %v", got.status, got.header)
	}
	if q := cut.asks[0]; q.Site != "plant" || q.First != 1 || q.Last != 15 || len(q.Hosts) != 1 || q.Hosts[0] != endpoint(1) || len(q.Peers) != 1 {
		t.Errorf("%+v", q)
	}
	body := `{"sensor":"line-1","from":"2026-11-28T11:58:00Z","to":"2026-11-28T11:59:00Z","note":"evidence"}`
	if got := ask(t, p.Server, "POST", base+"/packets/keep", strings.NewReader(body), "Content-Type", "application/json"); got.status != 201 || !strings.Contains(string(got.body), `"note":"evidence"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if err := p.db.PutKept(t.Context(), cut.kept); err != nil {
		t.Fatal(err)
	}
	if l := getJSON[List[KeptPackets]](t, p.Server, base+"/packets/kept"); len(l.Items) != 1 || l.Items[0].SHA256 != "abc" {
		t.Errorf("%+v", l)
	}
	if got := ask(t, p.Server, "GET", base+"/packets/kept/k1", nil); got.status != 200 || !bytes.Equal(got.body, cut.data) {
		t.Errorf("%d", got.status)
	}
	if got := ask(t, p.Server, "GET", base+"/packets/kept/k1", nil, "If-None-Match", `"abc"`); got.status != 304 {
		t.Errorf("%d", got.status)
	}
	cut.err = ErrNotFound
	if got := ask(t, p.Server, "GET", base+"/packets?sensor=line-1&number=5", nil); got.status != 404 || got.header.Get("Content-Disposition") != "" {
		t.Errorf("no longer there: %d", got.status)
	}
	p.opt.Packets = nil
	if got := ask(t, p.Server, "GET", base+"/packets?sensor=line-1&number=5", nil); got.status != 501 {
		t.Errorf("no ring: %d", got.status)
	}
}

func TestCaptures(t *testing.T) {
	im := &importer{jobs: map[string]store.Capture{"c9": {ID: "c9", State: store.CaptureQueued}}}
	p := fill(t, 10, Options{Importer: im, Uploads: t.TempDir()})
	c := store.Capture{ID: "c9", Site: "plant", Name: "monday.pcap", Sensor: "import-c9", Size: 1000, ReadBytes: 400, State: store.CaptureReading, Created: clock}
	if err := p.db.PutCapture(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if l := getJSON[List[Job]](t, p.Server, base+"/captures"); len(l.Items) != 1 || l.Items[0].BytesRead != 400 {
		t.Errorf("%+v", l)
	}
	if j := getJSON[Job](t, p.Server, base+"/captures/c9"); j.State != "reading" || j.Ended != nil {
		t.Errorf("%+v", j)
	}
	for i, want := range []int{200, 409} {
		if got := ask(t, p.Server, "DELETE", base+"/captures/c9", nil); got.status != want {
			t.Errorf("cancel %d: %d", i, got.status)
		}
	}
	if got := ask(t, p.Server, "DELETE", base+"/captures/none", nil); got.status != 404 {
		t.Errorf("%d", got.status)
	}
}

func TestRetention(t *testing.T) {
	p := fill(t, 10, Options{})
	if r := getJSON[Settings](t, p.Server, base+"/settings").Retention; r.MinuteDays != 7 || r.HourDays != 90 {
		t.Errorf("the default: %+v", r)
	}
	for _, c := range []struct {
		name, body string
		want       int
	}{
		{"a good one", `{"minute_days":2,"hour_days":30,"day_days":365,"max_bytes":1000000000}`, 200},
		{"for ever", `{"minute_days":2,"hour_days":30,"day_days":0,"max_bytes":0}`, 200},
		{"hours shorter than minutes", `{"minute_days":30,"hour_days":2,"day_days":365,"max_bytes":0}`, 422},
		{"minutes for ever, hours not", `{"minute_days":0,"hour_days":2,"day_days":365,"max_bytes":0}`, 422},
		{"a part of it", `{"minute_days":2}`, 422},
		{"less than nothing", `{"minute_days":-1,"hour_days":30,"day_days":365,"max_bytes":0}`, 422},
		{"a word too many", `{"minute_days":2,"hour_days":30,"day_days":365,"max_bytes":0,"x":1}`, 422},
		{"no JSON", `minute_days=2`, 400},
		{"nothing", ``, 400},
	} {
		if got := ask(t, p.Server, "PUT", base+"/history/retention", strings.NewReader(c.body), "Content-Type", "application/json"); got.status != c.want {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
	}
	if r := getJSON[History](t, p.Server, base+"/history").Retention; r.MinuteDays != 2 || r.DayDays != 0 {
		t.Errorf("%+v", r)
	}
	r, version, err := ReadRetention(t.Context(), p.db)
	if err != nil || version != 2 || r.History().Minute != 48*time.Hour {
		t.Errorf("%+v %d %v", r, version, err)
	}
}

// TestEveryRouteAnswers asks every route of the document once: the answer is
// the documented success, with the documented schema.
func TestEveryRouteAnswers(t *testing.T) {
	cut := &cutter{data: []byte("packets"), kept: store.Kept{ID: "k1", Sensor: "line-1"}}
	im := &importer{jobs: map[string]store.Capture{"c1": {ID: "c1", State: store.CaptureQueued}}}
	p := fill(t, 50, Options{Packets: cut, Importer: im, Curator: &curator{}, Uploads: t.TempDir(), Ledger: newLedger(t), TLS: newCertificates(t)})
	p.seal(t, clock.Add(-2*time.Hour), 1)
	for _, id := range []string{"v1", "v2"} {
		if _, err := p.db.PutView(t.Context(), store.View{ID: id, Page: "assets", Name: id, Owner: store.Person{ID: "a1", Name: "anna"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.db.PutKept(t.Context(), cut.kept); err != nil {
		t.Fatal(err)
	}
	if err := p.db.PutCapture(t.Context(), store.Capture{ID: "c1", State: store.CaptureQueued}); err != nil {
		t.Fatal(err)
	}
	finding := getJSON[List[Finding]](t, p.Server, base+"/findings").Items[0].ID
	bodies := map[string]string{
		"POST " + base + "/packets/keep":     `{"sensor":"line-1","number":1}`,
		"PUT " + base + "/history/retention": `{"minute_days":2,"hour_days":30,"day_days":365,"max_bytes":0}`,
		"POST " + base + "/captures":         string(pcapHead),
		"POST " + base + "/assets/merge":     `{"assets":["a00001","a00002"],"reason":"It has two cards."}`,
		"POST " + base + "/assets/split":     `{"asset":"a00001","endpoints":[{"mac":"","ip":"10.0.0.2","vlan":0}],"reason":"A bridge."}`,
		"POST " + base + "/views":            `{"page":"assets","name":"new","query":"side=ot","shared":true}`,
		"PUT " + base + "/views/{id}":        `{"page":"assets","name":"v1","query":"side=it","shared":false}`,
	}
	queries := map[string]string{"packets": "?sensor=line-1&number=1", "importCapture": "?name=x.pcap", "mapDifference": "?from=2026-11-27&to=2026-11-28"}
	names := map[string]string{"assets": "a00001", "decisions": "d1", "views": "v1", "findings": url.PathEscape(finding), "sensors": "line-1", "kept": "k1", "captures": "c1"}
	for path, item := range p.doc.OpenAPI().Paths {
		for method, op := range map[string]any{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete} {
			o := operationOf(p.Server, &http.Request{Method: method, URL: &url.URL{Path: strings.NewReplacer("{id}", "x", "{name}", "x").Replace(path)}})
			if o == nil || op == nil || o.Path != path || o.OperationID == "events" || identityRoute(o) || modelRoute(o) || policyRoute(o) {
				continue // the stream, sign-in, the plant model and the policy have tests of their own
			}
			target := path
			for what, id := range names {
				target = strings.Replace(strings.Replace(target, what+"/{id}", what+"/"+id, 1), what+"/{name}", what+"/"+id, 1)
			}
			if o.OperationID == "removeView" {
				target = base + "/views/v2" // the other is changed, now or later
			}
			got := ask(t, p.Server, method, target+queries[o.OperationID], strings.NewReader(bodies[method+" "+path]), "Content-Type", "application/json", "If-Match", `"v1"`)
			if o.Responses[strconv.Itoa(got.status)] == nil {
				t.Errorf("%s %s: %d %.300s", method, target, got.status, got.body)
			}
		}
	}
}

func FuzzQuery(f *testing.F) {
	for _, q := range []string{"", "q=x", "limit=5&cursor=AAAA", "sort=-name&level=3.5", "seen_since=2026-11-28T00:00:00Z", "q=%00%ff&vendor=%f0", "cursor=eyJ9", "from=2026-11-28T00:00:00Z&cursor=AAAAAAAAAAAAAAAAAAAAAAA", "level=unknown&finding=any", "q=\"*\" NEAR("} {
		f.Add(q)
	}
	p := fill(f, 30, Options{})
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/assets", "/conversations", "/operations", "/findings", "/traffic", "/map"} {
			u := url.URL{Path: base + path, RawQuery: query}
			if _, err := http.NewRequest("GET", u.String(), nil); err != nil || strings.ContainsAny(query, " \r\n\t#") {
				return
			}
			got := ask(t, p.Server, "GET", u.String(), nil)
			if got.status != 200 && got.status != 422 && got.status != 400 && got.status != 404 {
				t.Errorf("%s?%s: %d %s", path, query, got.status, got.body)
			}
		}
	})
}

// TestHeavyQuestionsWaitTheirTurn holds the one turn there is: what reads
// history is told to come again, and the rest goes on.
func TestHeavyQuestionsWaitTheirTurn(t *testing.T) {
	p := fill(t, 10, Options{Packets: &cutter{}, Limits: Limits{Heavy: 1, Wait: time.Millisecond}})
	done, err := p.heavy.take(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/traffic", "/conversations?from=2026-11-28T00:00:00Z", "/operations?to=2026-11-28T00:00:00Z", "/packets?sensor=line-1&number=1", "/map?at=2026-11-28T10:00:00Z"} {
		if got := ask(t, p.Server, "GET", base+path, nil); got.status != 503 || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	for _, path := range []string{"/overview", "/map", "/conversations", "/assets/a00001"} {
		if got := ask(t, p.Server, "GET", base+path, nil); got.status != 200 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	p.seal(t, clock.Add(-2*time.Hour), 1)
	if peers := getJSON[List[Peer]](t, p.Server, base+"/assets/a00001/peers"); peers.Items[0].BytesDay != nil {
		t.Error("bytes of the last day without the history")
	}
	done()
	if got := ask(t, p.Server, "GET", base+"/traffic", nil); got.status != 200 {
		t.Errorf("after it: %d", got.status)
	}
}

// TestTwoSites has the same addresses and sensor names in two sites.
func TestTwoSites(t *testing.T) {
	p := fill(t, 20, Options{Packets: &cutter{}})
	at := clock.Add(-time.Minute)
	b := &plant.Batch{Site: "north", Sensor: "line-1", Epoch: "e1", Sequence: 1, From: at, To: clock, Made: clock, Conversations: []plant.Conversation{talk(1, at)}}
	if _, err := p.db.Apply(t.Context(), []*plant.Batch{b}); err != nil {
		t.Fatal(err)
	}
	rows := func(yield func(store.AssetRow) bool) {
		for i := range 2 {
			a := made(i)
			a.ID = "north-" + a.ID
			if !yield(store.AssetRow{Asset: a, Label: a.Names[0], Network: network(i), Endpoints: []plant.Endpoint{endpoint(i)}}) {
				return
			}
		}
	}
	if _, err := p.db.SaveInventory(t.Context(), "north", clock, rows); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		want int
	}{
		{"/sensors/line-1", 422},
		{"/sensors/line-1?site=north", 200},
		{"/packets?sensor=line-1&number=1", 422},
		{"/packets?sensor=line-1&number=1&site=north", 200},
	} {
		if got := ask(t, p.Server, "GET", base+c.path, nil); got.status != c.want {
			t.Errorf("%s: %d %s", c.path, got.status, got.body)
		}
	}
	if m := getJSON[Map](t, p.Server, base+"/map"); len(m.Boxes) != 2 || m.Boxes[0].ID != "north/10.0.0.0/24" || m.Boxes[1].ID != "plant/10.0.0.0/24" {
		t.Errorf("%+v", m.Boxes)
	}
	// The same endpoints are other assets in the other site.
	l := getJSON[List[Conversation]](t, p.Server, base+"/conversations?site=north&from=2026-11-28T00:00:00Z")
	if len(l.Items) != 1 || l.Items[0].Server.ID != "north-a00001" {
		t.Errorf("%+v", l.Items)
	}
	if l := getJSON[List[Conversation]](t, p.Server, base+"/conversations?asset=north-a00001&from=2026-11-28T00:00:00Z"); len(l.Items) != 1 || l.Items[0].Server.ID != "north-a00001" {
		t.Errorf("one asset: %+v", l.Items)
	}
}
