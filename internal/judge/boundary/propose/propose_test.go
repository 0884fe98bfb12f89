package propose

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// site is a plant in the making.
type site struct {
	assets []record.Asset
	talks  []record.Talk
}

func (s *site) add(id, ip string, role plant.Role, side plant.Side, level float64) {
	a := record.Asset{Facts: model.Facts{ID: id, Names: []string{id}, Role: role}, Label: id, Kind: plant.KindDevice, Side: side, Level: level}
	switch addr, err := netip.ParseAddr(ip); {
	case err != nil:
	case side == "outside":
		a.Kind, a.Side, a.IPs = plant.KindExternal, plant.SideIT, []netip.Addr{addr}
	default:
		a.IPs = []netip.Addr{addr}
		p, _ := addr.Prefix(24)
		a.Network = p.String()
	}
	s.assets = append(s.assets, a)
}

func (s *site) end(id string) plant.Endpoint {
	i := slices.IndexFunc(s.assets, func(a record.Asset) bool { return a.ID == id })
	if i < 0 || len(s.assets[i].IPs) == 0 {
		return plant.Endpoint{MAC: plant.MAC{2, byte(i)}}
	}
	return plant.Endpoint{IP: s.assets[i].IPs[0]}
}

func (s *site) talk(client, server, protocol string, port uint16, kinds ...plant.Kind) *record.Talk {
	s.talks = append(s.talks, record.Talk{
		ID: int64(len(s.talks) + 1), Client: client, Server: server, From: s.end(client), To: s.end(server), Transport: plant.TCP, Port: port, Protocol: protocol,
		Answered: true, Kinds: model.KindsOf(kinds...), Count: 4, First: now.Add(-48 * time.Hour), Last: now.Add(-time.Hour), Days: 2,
	})
	return &s.talks[len(s.talks)-1]
}

// flat is a plant that nobody ever divided: an office, a SCADA server, a
// workstation, two lines with a safety controller, all in one network.
func flat() *site {
	s := &site{}
	for i := range 6 {
		s.add(fmt.Sprint("pc-", i), fmt.Sprint("192.168.1.", 10+i), plant.RolePC, plant.SideIT, 4)
	}
	s.add("scada", "192.168.1.50", plant.RoleSCADA, plant.SideOT, 2)
	s.add("eng", "192.168.1.51", plant.RoleEngineering, plant.SideOT, 2)
	for _, l := range []string{"a", "b"} {
		base := map[string]int{"a": 100, "b": 120}[l]
		s.add("plc-"+l, fmt.Sprint("192.168.1.", base), plant.RoleController, plant.SideOT, 1)
		s.add("hmi-"+l, fmt.Sprint("192.168.1.", base+1), plant.RoleHMI, plant.SideOT, 2)
		s.add("io-"+l, fmt.Sprint("192.168.1.", base+2), plant.RoleRemoteIO, plant.SideOT, 0)
		s.add("drive-"+l, fmt.Sprint("192.168.1.", base+3), plant.RoleDrive, plant.SideOT, 0)
		s.talk("hmi-"+l, "plc-"+l, "modbus", 502, plant.Read, plant.Write)
		s.talk("plc-"+l, "io-"+l, "modbus", 502, plant.Read, plant.Write)
		s.talk("plc-"+l, "drive-"+l, "modbus", 502, plant.Read, plant.Write)
		s.talk("scada", "plc-"+l, "modbus", 502, plant.Read)
		s.talk("eng", "plc-"+l, "modbus", 502, plant.Program)
	}
	s.add("guard", "192.168.1.130", plant.RoleSafety, plant.SideOT, 1)
	s.add("guard-io", "192.168.1.131", plant.RoleRemoteIO, plant.SideOT, 0)
	s.talk("guard", "guard-io", "modbus", 502, plant.Read)
	s.talk("hmi-b", "guard", "modbus", 502, plant.Read)
	s.talk("pc-0", "scada", "http", 80)
	return s
}

func draw(t testing.TB, s *site, text string) *Proposal {
	t.Helper()
	p, err := Propose(&Input{Site: "works", Text: text, Assets: s.assets, Talks: s.talks, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// zonesOf are the assets by zone.
func zonesOf(p *Proposal) map[string]string {
	out := map[string]string{}
	for _, z := range p.Zones {
		out[z.ID+" "+string(z.Kind)] = strings.Join(slices.Sorted(slices.Values(z.Assets)), " ")
	}
	return out
}

func TestAFlatNetworkIsDividedByRolesAndTalk(t *testing.T) {
	p := draw(t, flat(), "")
	want := map[string]string{
		"office enterprise": "pc-0 pc-1 pc-2 pc-3 pc-4 pc-5", "operations operations": "scada", "engineering operations": "eng",
		"cell-plc-a cell": "drive-a hmi-a io-a plc-a", "cell-plc-b cell": "drive-b hmi-b io-b plc-b", "safety-plc-b safety": "guard guard-io",
	}
	if diff := cmp.Diff(want, zonesOf(p)); diff != "" {
		t.Error(diff)
	}
	for _, z := range p.Zones {
		for _, m := range z.Members {
			if m.Asset == "" {
				t.Errorf("zone %s has member %s", z.ID, m.String())
			}
		}
	}
	if len(p.Wrong) != 0 {
		t.Errorf("%+v", p.Wrong)
	}
	var got []string
	for _, c := range p.Conduits {
		got = append(got, fmt.Sprintf("%s: %v", c.ID, c.Allow))
	}
	conduits := []string{
		"cell-plc-b-to-safety-plc-b: [modbus tcp 502 (read)]", "engineering-to-cell-plc-a: [modbus tcp 502 (program)]", "engineering-to-cell-plc-b: [modbus tcp 502 (program)]",
		"office-to-operations: [http tcp 80]", "operations-to-cell-plc-a: [modbus tcp 502 (read)]", "operations-to-cell-plc-b: [modbus tcp 502 (read)]",
	}
	if diff := cmp.Diff(conduits, got); diff != "" {
		t.Error(diff)
	}
}

func TestNetworksOfOneKindAreZonesByTheirRange(t *testing.T) {
	s := &site{}
	for i := range 10 {
		s.add(fmt.Sprint("pc-", i), fmt.Sprint("10.1.0.", 10+i), plant.RolePC, plant.SideIT, 4)
		s.add(fmt.Sprint("plc-l7-", i), fmt.Sprint("10.21.7.", 10+i), plant.RoleController, plant.SideOT, 1)
	}
	s.add("printer", "10.21.7.90", plant.RolePrinter, plant.SideIT, 4) // an odd one
	s.add("web", "198.51.100.7", plant.RoleExternalPeer, "outside", 5)
	s.add("broker", "10.30.0.5", plant.RoleBroker, plant.SideUnknown, 3.5)
	p := draw(t, s, "")
	members := map[string]string{}
	for _, z := range p.Zones {
		var all []string
		for _, m := range z.Members {
			all = append(all, m.String())
		}
		members[z.ID] = strings.Join(all, ", ")
	}
	want := map[string]string{"office": "subnet 10.1.0.0/24, asset printer", "cell-l7": "subnet 10.21.7.0/24", "internet": "role external peer", "dmz": "subnet 10.30.0.0/24"}
	if diff := cmp.Diff(want, members); diff != "" {
		t.Error(diff)
	}
}

func TestWhatLooksWrong(t *testing.T) {
	plantOf := func() *site {
		s := flat()
		s.add("web", "198.51.100.7", plant.RoleExternalPeer, "outside", 5)
		s.add("laptop", "172.16.9.9", plant.RoleUnknown, plant.SideUnknown, plant.LevelUnknown)
		s.add("mirror", "10.30.0.5", plant.RoleHistorian, plant.SideUnknown, 3.5)
		return s
	}
	for name, c := range map[string]struct {
		talk func(*site) *record.Talk
		rule Rule // "" is proposed
	}{
		"the office writes to a controller":       {func(s *site) *record.Talk { return s.talk("pc-1", "plc-a", "modbus", 502, plant.Write) }, Control},
		"the office loads a program":              {func(s *site) *record.Talk { return s.talk("pc-1", "plc-a", "s7comm", 102, plant.Program) }, Control},
		"the office stops a controller":           {func(s *site) *record.Talk { return s.talk("pc-1", "guard", "s7comm", 102, plant.Mode) }, Control},
		"the DMZ writes to a controller":          {func(s *site) *record.Talk { return s.talk("mirror", "plc-a", "modbus", 502, plant.Write) }, Control},
		"the office reads from a controller":      {func(s *site) *record.Talk { return s.talk("pc-1", "plc-a", "modbus", 502, plant.Read) }, ""},
		"the office writes to a server's share":   {func(s *site) *record.Talk { return s.talk("pc-1", "scada", "smb", 445, plant.Write) }, ""},
		"a controller talks to the internet":      {func(s *site) *record.Talk { return s.talk("plc-a", "web", "tls", 443) }, Internet},
		"a SCADA server asks the internet's time": {func(s *site) *record.Talk { x := s.talk("scada", "web", "ntp", 123); x.Transport = plant.UDP; return x }, Internet},
		"the office talks to the internet":        {func(s *site) *record.Talk { return s.talk("pc-1", "web", "tls", 443) }, ""},
		"the internet reaches in":                 {func(s *site) *record.Talk { return s.talk("web", "hmi-a", "vnc", 5900) }, Inbound},
		"the internet reaches the office":         {func(s *site) *record.Talk { return s.talk("web", "pc-1", "rdp", 3389) }, Inbound},
		"the office steers a SCADA server":        {func(s *site) *record.Talk { return s.talk("pc-1", "scada", "rdp", 3389) }, Remote},
		"by way of the jump host":                 {func(s *site) *record.Talk { return s.talk("mirror", "scada", "rdp", 3389) }, ""},
		"TeamViewer within operations":            {func(s *site) *record.Talk { return s.talk("eng", "scada", "teamviewer", 5938) }, Remote},
		"line to line":                            {func(s *site) *record.Talk { return s.talk("hmi-a", "io-b", "http", 80) }, Across},
		"a panel of a line to its guard":          {func(s *site) *record.Talk { return s.talk("plc-b", "guard", "modbus", 502, plant.Read) }, ""},
		"a panel of another line to the guard":    {func(s *site) *record.Talk { return s.talk("hmi-a", "guard", "http", 80) }, Across},
		"a vendor reads a controller":             {func(s *site) *record.Talk { return s.talk("laptop", "plc-a", "modbus", 502, plant.Read) }, Direct},
		"a vendor programs a controller":          {func(s *site) *record.Talk { return s.talk("laptop", "plc-a", "modbus", 502, plant.Program) }, Control},
		"nobody answered":                         {func(s *site) *record.Talk { x := s.talk("pc-1", "plc-a", "s7comm", 102); x.Answered = false; return x }, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			s := plantOf()
			x := c.talk(s)
			p := draw(t, s, "")
			i := slices.IndexFunc(p.Wrong, func(w Wrong) bool { return w.Talk == x.ID })
			proposed := slices.ContainsFunc(p.Conduits, func(k Conduit) bool { return slices.Contains(k.Talks, x.ID) })
			switch {
			case c.rule == "" && (i >= 0 || !proposed):
				t.Errorf("proposed %v, wrong %+v", proposed, p.Wrong)
			case c.rule == "none" && (i >= 0 || proposed):
				t.Errorf("proposed %v, wrong %+v", proposed, p.Wrong)
			case c.rule != "" && c.rule != "none" && (i < 0 || p.Wrong[i].Rule != c.rule || p.Wrong[i].Why == "" || proposed):
				t.Errorf("proposed %v, wrong %+v", proposed, p.Wrong)
			}
		})
	}
}

func TestAScannerIsNamedAndGetsNothing(t *testing.T) {
	s := flat()
	for i := range 40 {
		x := s.talk("pc-2", "plc-a", "snmp", 161)
		x.Transport, x.Answered, x.To.IP = plant.UDP, false, netip.AddrFrom4([4]byte{192, 168, 1, byte(i)})
	}
	p := draw(t, s, "")
	if len(p.Wrong) != 1 || p.Wrong[0].Rule != Scan || p.Wrong[0].Client != "pc-2" {
		t.Errorf("%+v", p.Wrong)
	}
	for _, c := range p.Conduits {
		if slices.ContainsFunc(c.Allow, func(s model.Service) bool { return s.Protocol == "snmp" }) {
			t.Errorf("%s allows %v", c.ID, c.Allow)
		}
	}
}

const kept = `# Our plant. Do not touch without asking Anna.
site: works
time_zone: Europe/Berlin
currency: EUR
people:
  - { id: anna, name: Anna Weiss, side: it } # head of IT
  - { id: bernd, name: Bernd Ott, side: operations }
owners: { it: anna, operations: bernd }
lines:
  - { id: line-a, name: Line A, cost: { per_hour: 900 }, members: [ { name: "*-a" } ] }
zones:
  # The office is Anna's.
  - { id: buero, name: Büro, kind: enterprise, members: [ { name: "pc-*" } ] }
  - { id: halle, name: Halle A, kind: cell, members: [ { line: line-a } ] }
conduits:
  - { id: reading, from: buero, to: halle, allow: [ { protocol: modbus, verbs: [read] } ], reason: Planning counts bottles. }
windows:
  - { id: sat, lines: [line-a], days: [sat], from: "06:00", to: "10:00" }
`

func TestAModelThatIsThereIsKept(t *testing.T) {
	s := flat()
	carried := s.talk("pc-1", "plc-a", "modbus", 502, plant.Read)
	p := draw(t, s, kept)
	for _, line := range strings.Split(strings.TrimSpace(kept), "\n") {
		if !strings.Contains(p.Text, line) {
			t.Errorf("%q is gone", line)
		}
	}
	before, _ := model.Parse(kept, now)
	for _, d := range model.Diff(before, p.Model) {
		if d.Op != model.Added {
			t.Errorf("changed: %s", d.Says)
		}
	}
	zones := zonesOf(p)
	if zones["buero enterprise"] != "pc-0 pc-1 pc-2 pc-3 pc-4 pc-5" || zones["halle cell"] != "drive-a hmi-a io-a plc-a" || zones["cell-plc-b cell"] != "drive-b hmi-b io-b plc-b" {
		t.Errorf("%v", zones)
	}
	i := slices.IndexFunc(p.Conduits, func(c Conduit) bool { return c.ID == "reading" })
	if i < 0 || !p.Conduits[i].Kept || !slices.Contains(p.Conduits[i].Talks, carried.ID) || p.Conduits[i].Conversations != 1 {
		t.Errorf("%+v", p.Conduits)
	}
	// What is proposed once is not proposed again.
	again := draw(t, s, p.Text)
	if again.Text != p.Text {
		t.Errorf("proposed again:\n%s", model.Unified("first", "second", p.Text, again.Text))
	}
}

func TestAModelWithoutZonesGetsThemByItsLines(t *testing.T) {
	s := flat()
	text := "site: works\nlines:\n  - { id: line-a, name: Line A, members: [ { name: \"*-a\" } ] }\n"
	p := draw(t, s, text)
	i := slices.IndexFunc(p.Zones, func(z Zone) bool { return z.ID == "cell-line-a" })
	if i < 0 || len(p.Zones[i].Members) != 1 || p.Zones[i].Members[0] != (model.Member{Line: "line-a"}) {
		t.Errorf("%+v", p.Zones)
	}
	if !strings.HasPrefix(p.Text, text) {
		t.Errorf("the text is another one:\n%s", p.Text)
	}
}

func TestNothingAndNonsense(t *testing.T) {
	p := draw(t, &site{}, "")
	if len(p.Zones)+len(p.Conduits)+len(p.Wrong) != 0 || !strings.Contains(p.Text, "Nothing was seen yet.") {
		t.Errorf("%+v", p)
	}
	p = draw(t, flat(), "site: [")
	if len(p.Zones) < 5 || len(p.Notes) == 0 || !strings.Contains(p.Notes[0], "cannot be read") {
		t.Errorf("%+v", p.Notes)
	}
}

// TestWhateverIsSeen makes plants at random and holds that the text can be read,
// that all that was not wrong is carried by a conduit or stands within a zone,
// that nothing wrong is, and that the order of the recording does not matter.
func TestWhateverIsSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	roles := []plant.Role{plant.RoleController, plant.RoleSafety, plant.RoleHMI, plant.RoleDrive, plant.RoleRemoteIO, plant.RoleSCADA, plant.RoleEngineering, plant.RolePC, plant.RoleServer, plant.RoleUnknown, plant.RoleSwitch, plant.RoleAccessPoint, plant.RoleHistorian}
	names := []string{"plc", "Ä/ö \"x\"", "name: yes", "- a", "#", "plc-l1", "hmi-l1", "x-l2.example", "{", "C:\\n"}
	protocols := []string{"modbus", "s7comm", "opcua", "enip", "http", "rdp", "dns", "unknown", "smb", "snmp", "icmp", "dcerpc"}
	for round := range 100 {
		s := &site{}
		for i := range 1 + r.IntN(40) {
			ip := fmt.Sprintf("10.%d.0.%d", r.IntN(4), i+1)
			if r.IntN(10) == 0 {
				ip = fmt.Sprintf("fd00:%d::%d", r.IntN(3), i+1)
			}
			side := []plant.Side{plant.SideIT, plant.SideOT, plant.SideUnknown, "outside"}[r.IntN(4)]
			s.add(fmt.Sprint("a", i), ip, roles[r.IntN(len(roles))], side, []float64{-1, 0, 1, 2, 3, 3.5, 4}[r.IntN(7)])
			a := &s.assets[i]
			a.Label = fmt.Sprint(names[r.IntN(len(names))], i)
			a.Names = []string{a.Label}
			if side == "outside" {
				a.Role, a.IPs = plant.RoleExternalPeer, []netip.Addr{netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})}
			}
			if a.Role == plant.RoleSwitch || a.Role == plant.RoleAccessPoint {
				a.Kind = plant.KindNetwork
			}
		}
		for range r.IntN(120) {
			x := s.talk(fmt.Sprint("a", r.IntN(len(s.assets))), fmt.Sprint("a", r.IntN(len(s.assets))), protocols[r.IntN(len(protocols))], uint16(r.IntN(65536)), plant.Kind(r.IntN(9)))
			x.Transport, x.Answered = plant.Transport(r.IntN(4)), r.IntN(5) > 0
			if x.Transport == plant.OtherIP || x.Transport == plant.Ethernet {
				x.Port = 0
			}
		}
		text := ""
		if r.IntN(3) == 0 {
			text = kept
		}
		p := draw(t, s, text)
		holdCarried(t, s, p)
		r.Shuffle(len(s.talks), func(i, j int) { s.talks[i], s.talks[j] = s.talks[j], s.talks[i] })
		r.Shuffle(len(s.assets), func(i, j int) { s.assets[i], s.assets[j] = s.assets[j], s.assets[i] })
		if again := draw(t, s, text); again.Text != p.Text {
			t.Fatalf("round %d: another order, another proposal:\n%s", round, model.Unified("one", "other", p.Text, again.Text))
		}
		if t.Failed() {
			t.Fatalf("round %d:\n%s", round, p.Text)
		}
	}
}

func holdCarried(t *testing.T, s *site, p *Proposal) {
	t.Helper()
	placer := model.NewPlacer(p.Model)
	words := boundary.New(p.Model, now)
	facts := map[string]*model.Facts{}
	for i := range s.assets {
		facts[s.assets[i].ID] = &s.assets[i].Facts
	}
	wrong := map[wrongKey]bool{}
	scanners := map[string]bool{}
	for _, w := range p.Wrong {
		wrong[wrongKey{"", w.Client, w.Server, w.Protocol, w.Transport, w.Port}] = true
		scanners[w.Client] = scanners[w.Client] || w.Rule == Scan
	}
	for i := range s.talks {
		x := &s.talks[i]
		if x.Local() || !x.Answered || x.Client == x.Server || x.Transport == plant.Ethernet {
			continue
		}
		from, to := placer.Place(facts[x.Client]).Zone, placer.Place(facts[x.Server]).Zone
		bad := wrong[wrongKey{"", x.Client, x.Server, x.Protocol, x.Transport, x.Port}]
		v := words.Judge(&model.Talk{From: from, To: to, Protocol: x.Protocol, Transport: x.Transport, Port: x.Port, Answered: true, Kinds: x.Kinds})
		if from != "" && to != "" && !bad && v.State != model.StateCovered && v.State != model.StateWithin {
			t.Errorf("%s → %s %s %s %d %v is not carried: %s", x.Client, x.Server, x.Protocol, x.Transport, x.Port, x.Kinds.List(), v.Why)
		}
	}
}

func BenchmarkPropose(b *testing.B) {
	s := &site{}
	for l := range 50 {
		for i := range 20 {
			s.add(fmt.Sprintf("m-l%d-%d", l, i), fmt.Sprintf("10.21.%d.%d", l, i+1), []plant.Role{plant.RoleController, plant.RoleDrive, plant.RoleRemoteIO, plant.RoleHMI}[i%4], plant.SideOT, 1)
		}
		for i := 1; i < 20; i++ {
			s.talk(fmt.Sprintf("m-l%d-0", l), fmt.Sprintf("m-l%d-%d", l, i), "modbus", 502, plant.Read)
		}
	}
	for i := range s.assets {
		s.assets[i].Network = "10.21.0.0/16"
	}
	for b.Loop() {
		if _, err := Propose(&Input{Site: "works", Assets: s.assets, Talks: s.talks, Now: now}); err != nil {
			b.Fatal(err)
		}
	}
}
