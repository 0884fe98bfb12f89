package simulate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

const text = `
site: works
currency: EUR
time_zone: Europe/Berlin
cost: { per_hour: 700 }
lines:
  - { id: line-1, name: Filling, cost: { per_hour: 3400, restart: 2600 }, members: [ { subnet: 10.21.1.0/24 } ] }
  - { id: line-2, name: Packaging, members: [ { subnet: 10.21.2.0/24 } ] }
zones:
  - { id: office, name: Office, kind: enterprise, members: [ { subnet: 10.1.0.0/24 } ] }
  - { id: operations, name: Operations, kind: operations, members: [ { subnet: 10.20.0.0/24 } ] }
  - { id: cell-1, name: Cell 1, kind: cell, members: [ { subnet: 10.21.1.0/24 } ] }
  - { id: cell-2, name: Cell 2, kind: cell, members: [ { subnet: 10.21.2.0/24 } ] }
conduits:
  - { id: read-1, from: operations, to: cell-1, allow: [ { protocol: modbus, verbs: [read] }, { protocol: opcua, verbs: [read, auth] } ], reason: SCADA }
  - { id: left-out, from: operations, to: cell-2, allow: [ { protocol: slmp } ], reason: SCADA }
`

// draft is the policy of the text as an enforcer holds it: slmp has no port that
// is known, so it is left out.
func draft(t testing.TB) (*model.Model, *policy.Policy) {
	t.Helper()
	m, problems := model.Parse(text, now)
	if m == nil {
		t.Fatal(problems)
	}
	in := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	p := &policy.Policy{
		Site: "works", Rest: model.StageEnforce,
		Zones: []policy.Zone{
			{},
			{ID: "office", Name: "Office", Kind: model.ZoneEnterprise, Ranges: in("10.1.0.0/24")},
			{ID: "operations", Name: "Operations", Kind: model.ZoneOperations, Ranges: in("10.20.0.0/24")},
			{ID: "cell-1", Name: "Cell 1", Kind: model.ZoneCell, Ranges: in("10.21.1.0/24")},
			{ID: "cell-2", Name: "Cell 2", Kind: model.ZoneCell, Ranges: in("10.21.2.0/24")},
		},
		Conduits: []policy.Conduit{{ID: "read-1", From: 2, To: 3, Matches: []policy.Match{
			{Proto: policy.TCP, First: 502, Last: 502, Relay: &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(plant.Read)}},
			{Proto: policy.TCP, First: 4840, Last: 4840},
		}}},
		Pairs:    []policy.Pair{{From: 1, To: 2, Stage: model.StageShadow}},
		Ethernet: []uint16{0x8892},
	}
	p.Normalize()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	return m, p
}

var assets = []record.Asset{
	asset("pc", "10.1.0.5"), asset("scada", "10.20.0.5"), asset("plc1", "10.21.1.5"), asset("plc1b", "10.21.1.6"), asset("plc2", "10.21.2.5"), asset("stray", "192.168.9.9"),
}

func asset(id, ip string) record.Asset {
	return record.Asset{Facts: model.Facts{ID: id, IPs: []netip.Addr{netip.MustParseAddr(ip)}}, Label: strings.ToUpper(id)}
}

var ids int64

func talk(client, server, protocol string, port uint16, kinds ...plant.Kind) record.Talk {
	end := func(id string) plant.Endpoint {
		i := slices.IndexFunc(assets, func(a record.Asset) bool { return a.ID == id })
		return plant.Endpoint{IP: assets[i].IPs[0]}
	}
	ids++
	return record.Talk{
		ID: ids, Client: client, Server: server, From: end(client), To: end(server), Transport: plant.TCP, Port: port, Protocol: protocol, Answered: true,
		Kinds: model.KindsOf(kinds...), Count: 3, First: now.Add(-48 * time.Hour), Last: now.Add(-time.Hour), Days: 2,
	}
}

func replay(t testing.TB, marks []Mark, talks ...record.Talk) *Result {
	t.Helper()
	m, p := draft(t)
	r := New(Input{Policy: p, Model: m, Assets: assets, Marks: marks, Now: now})
	for i := range talks {
		r.Add(&talks[i])
	}
	return r.Result()
}

func TestWhatADraftWouldDo(t *testing.T) {
	unanswered := func(x record.Talk) record.Talk { x.Answered = false; return x }
	over := func(x record.Talk, tr plant.Transport) record.Talk { x.Transport = tr; return x }
	frame := func(x record.Talk) record.Talk {
		x.Transport, x.Port, x.From, x.To = plant.Ethernet, 0, plant.Endpoint{MAC: plant.MAC{2, 1}}, plant.Endpoint{MAC: plant.MAC{2, 2}}
		return x
	}
	group := func(x record.Talk) record.Talk { x.To.IP = netip.MustParseAddr("239.1.1.1"); return x }
	for name, c := range map[string]struct {
		talk record.Talk
		list string // "" passes
		line string
		cost float64
		why  string
	}{
		"within a zone":                           {talk("plc1", "plc1b", "modbus", 502, plant.Program), "", "", 0, ""},
		"a read through the relay":                {talk("scada", "plc1", "modbus", 502, plant.Read, plant.Identify), "", "", 0, ""},
		"only to say who one is":                  {talk("scada", "plc1", "modbus", 502), "", "", 0, ""},
		"a write through the relay":               {talk("scada", "plc1", "modbus", 502, plant.Read, plant.Write), "refused", "line-1", 3400, "allows read, and the relay would refuse write"},
		"something else on the relay's port":      {talk("scada", "plc1", "unknown", 502), "refused", "line-1", 3400, "reads modbus"},
		"more than the words mean, by port":       {talk("scada", "plc1", "opcua", 4840, plant.Read, plant.Auth, plant.Write), "beyond", "line-1", 3400, "asks for write; it passes all the same"},
		"a port that nothing opens":               {talk("scada", "plc1", "s7comm", 102, plant.Read), "blocked", "line-1", 3400, "conduit read-1 allows"},
		"the office to a controller":              {talk("pc", "plc1", "modbus", 502, plant.Write), "blocked", "line-1", 3400, "no conduit leads from Office to Cell 1"},
		"line to line":                            {talk("plc1", "plc2", "s7comm", 102, plant.Read), "blocked", "line-1", 3400, "no conduit leads from Cell 1 to Cell 2"},
		"a line without a cost of its own":        {talk("scada", "plc2", "modbus", 502, plant.Read), "blocked", "line-2", 700, "conduit left-out allows slmp"},
		"a service that cannot be held to a port": {talk("scada", "plc2", "slmp", 5007, plant.Read), "blocked", "line-2", 700, "conduit left-out means it"},
		"no line":                                {talk("pc", "scada", "rdp", 3389), "blocked", "", 0, "no conduit leads from Office to Operations"},
		"an end that stands nowhere":             {talk("stray", "plc1", "modbus", 502, plant.Read), "blocked", "line-1", 3400, "the client stands in no zone"},
		"both ends nowhere":                      {talk("stray", "stray", "http", 80), "blocked", "", 0, "neither end stands in a zone"},
		"nobody answered":                        {unanswered(talk("pc", "plc1", "modbus", 502)), "attempts", "line-1", 3400, "no conduit leads"},
		"a stream that nobody answers":           {unanswered(over(talk("scada", "plc2", "enip", 2222), plant.UDP)), "blocked", "line-2", 700, "conduit left-out allows"},
		"names and time":                         {over(talk("plc1", "scada", "ntp", 123), plant.UDP), "aside", "line-1", 3400, "no conduit allows ntp from Cell 1 to Operations"},
		"the same port over the other transport": {over(talk("scada", "plc1", "modbus", 502, plant.Read), plant.UDP), "blocked", "line-1", 3400, "conduit read-1 means it"},
		"a frame that the boundary names":        {frame(talk("plc1", "plc2", "profinet-rt", 0)), "local", "", 0, ""},
		"a frame that it does not":               {frame(talk("plc1", "plc2", "goose", 0)), "frames", "line-1", 3400, "no IP header"},
		"a frame within a zone":                  {frame(talk("plc1", "plc1b", "goose", 0)), "local", "", 0, ""},
		"to a group":                             {group(over(talk("scada", "plc1", "enip", 44818), plant.UDP)), "local", "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			out := replay(t, nil, c.talk)
			lists := map[string][]Row{"blocked": out.Blocked, "attempts": out.Attempts, "refused": out.Refused, "beyond": out.Beyond, "aside": out.Aside, "frames": out.Frames}
			for list, rows := range lists {
				if (list == c.list) != (len(rows) == 1) {
					t.Fatalf("%s has %d rows: %+v", list, len(rows), rows)
				}
			}
			if passed := c.list == "" || c.list == "beyond"; (out.Passes == 1) != passed {
				t.Errorf("passes %d", out.Passes)
			}
			if (out.Local == 1) != (c.list == "local" || c.list == "frames") {
				t.Errorf("local %d", out.Local)
			}
			if rows := lists[c.list]; len(rows) == 1 {
				w := rows[0]
				if w.Line != c.line || w.PerHour != c.cost || !strings.Contains(w.Why, c.why) {
					t.Errorf("line %q, %v an hour, why %q", w.Line, w.PerHour, w.Why)
				}
				if w.Talk != c.talk.ID || w.Count != 3 || !w.Last.Equal(c.talk.Last) || len(w.Clients) != 1 || w.Clients[0].Label != strings.ToUpper(c.talk.Client) {
					t.Errorf("%+v", w)
				}
			}
		})
	}
}

func TestAPairThatIsNotEnforcedIsStillTold(t *testing.T) {
	out := replay(t, nil, talk("pc", "scada", "rdp", 3389))
	if len(out.Blocked) != 1 || out.Blocked[0].Stage != model.StageShadow {
		t.Fatalf("%+v", out.Blocked)
	}
}

func TestRowsAreGroupedAndTheDearestComesFirst(t *testing.T) {
	out := replay(
		t, nil,
		talk("pc", "scada", "rdp", 3389),
		talk("scada", "plc2", "modbus", 502, plant.Write),
		talk("pc", "plc1", "modbus", 502, plant.Read),
		talk("pc", "plc1b", "modbus", 502, plant.Write),
		talk("pc", "plc1", "s7comm", 102, plant.Read),
	)
	var got []string
	for _, w := range out.Blocked {
		got = append(got, fmt.Sprintf("%s %d→%d %s", w.Protocol, w.ClientCount, w.ServerCount, strings.Join(w.KindNames(), " ")))
	}
	want := []string{"modbus 1→2 write read", "s7comm 1→1 read", "modbus 1→1 write", "rdp 1→1 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var lines []string
	for _, l := range out.Lines {
		lines = append(lines, fmt.Sprintf("%s %q %d %v", l.ID, l.Name, l.Blocked, l.PerHour))
	}
	if diff := cmp.Diff([]string{`line-1 "Filling" 2 3400`, `line-2 "Packaging" 1 700`, ` "" 1 0`}, lines); diff != "" {
		t.Error(diff)
	}
	if out.Open != 4 {
		t.Errorf("%d open", out.Open)
	}
}

func TestMarks(t *testing.T) {
	x := talk("pc", "scada", "rdp", 3389)
	key := replay(t, nil, x).Blocked[0].Key
	for name, c := range map[string]struct {
		mark Mark
		open int
	}{
		"accepted":                {Mark{Row: key, Says: Accept}, 0},
		"to be fixed":             {Mark{Row: key, Says: Fix}, 1},
		"ignored":                 {Mark{Row: key, Says: Ignore, Until: now.Add(time.Hour)}, 0},
		"ignored until yesterday": {Mark{Row: key, Says: Ignore, Until: now.Add(-24 * time.Hour)}, 1},
		"ignored for ever":        {Mark{Row: key, Says: Ignore}, 1},
		"another row":             {Mark{Row: "blocked|x", Says: Accept}, 1},
	} {
		if out := replay(t, []Mark{c.mark}, x); out.Open != c.open {
			t.Errorf("%s: %d open", name, out.Open)
		}
	}
}

// TestNothingIsLostAndOrderDoesNotMatter replays random conversations: each is
// counted once, and a shuffled recording says the same.
func TestNothingIsLostAndOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var talks []record.Talk
	protocols := []string{"modbus", "s7comm", "opcua", "ntp", "slmp", "http"}
	for range 3000 {
		x := talk(assets[r.IntN(len(assets))].ID, assets[r.IntN(len(assets))].ID, protocols[r.IntN(len(protocols))], []uint16{102, 502, 4840, uint16(r.IntN(3))}[r.IntN(4)], plant.Kind(r.IntN(9)))
		x.Answered, x.Count, x.Last = r.IntN(3) > 0, r.Uint64N(9), now.Add(-time.Duration(r.IntN(1e6))*time.Second)
		talks = append(talks, x)
	}
	a := replay(t, nil, talks...)
	sum := a.Passes + a.Local
	for _, rows := range [][]Row{a.Blocked, a.Attempts, a.Refused, a.Aside} {
		for _, w := range rows {
			sum += w.Conversations
		}
	}
	if sum != len(talks) || a.Total != len(talks) {
		t.Errorf("%d of %d are counted", sum, len(talks))
	}
	r.Shuffle(len(talks), func(i, j int) { talks[i], talks[j] = talks[j], talks[i] })
	b := replay(t, nil, talks...)
	// Of two that were seen last at one time either may be named.
	if diff := cmp.Diff(a, b, cmpopts.IgnoreFields(Row{}, "Talk")); diff != "" {
		t.Error(diff)
	}
}

func TestAPersonReadsTensOfRows(t *testing.T) {
	var talks []record.Talk
	for port := range uint16(9000) {
		talks = append(talks, talk("pc", "plc1", fmt.Sprint("p", port%100), 20000+port))
	}
	out := replay(t, nil, talks...)
	n := 0
	for _, w := range out.Blocked {
		n += w.Conversations
	}
	if len(out.Blocked) > maxRows || n != len(talks) || !out.Approximate {
		t.Errorf("%d rows of %d conversations, approximate %v", len(out.Blocked), n, out.Approximate)
	}
	few := replay(t, nil, talks[:70]...) // 70 protocols
	if len(few.Blocked) != 1 || few.Blocked[0].Conversations != 70 || few.Blocked[0].Line != "line-1" || few.Approximate {
		t.Errorf("%d rows: %+v", len(few.Blocked), few.Blocked)
	}
}

// BenchmarkAYear replays what a plant of 1,000 assets says in a year, a row for
// each conversation and day.
func BenchmarkAYear(b *testing.B) {
	m, p := draft(b)
	var plant []record.Asset
	for i := range 1000 {
		plant = append(plant, asset(fmt.Sprint("a", i), fmt.Sprintf("10.%d.%d.%d", []int{1, 20, 21, 21}[i%4], []int{0, 0, 1, 2}[i%4], 1+i/4)))
	}
	r := rand.New(rand.NewPCG(5, 6))
	var talks []record.Talk
	for range 6000 {
		c, s := &plant[r.IntN(1000)], &plant[r.IntN(1000)]
		x := talk("pc", "plc1", []string{"modbus", "s7comm", "opcua", "http"}[r.IntN(4)], []uint16{502, 102, 4840, 80}[r.IntN(4)], 2)
		x.Client, x.Server, x.From.IP, x.To.IP = c.ID, s.ID, c.IPs[0], s.IPs[0]
		talks = append(talks, x)
	}
	b.ReportAllocs()
	for b.Loop() {
		replay := New(Input{Policy: p, Model: m, Assets: plant, Now: now})
		for range 365 {
			for i := range talks {
				replay.Add(&talks[i])
			}
		}
		replay.Result()
	}
	b.ReportMetric(float64(b.Elapsed().Seconds())/float64(b.N), "s/year")
}
