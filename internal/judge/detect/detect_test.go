package detect

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// A small site: assets by name, each with one address.
type site struct {
	assets []plant.Asset
}

func (s *site) add(name, ip string, side plant.Side, kind plant.AssetKind) plant.Endpoint {
	a := netip.MustParseAddr(ip)
	s.assets = append(s.assets, plant.Asset{ID: "id-" + name, Kind: kind, Side: side, Names: []string{name}, IPs: []netip.Addr{a}})
	return plant.Endpoint{IP: a}
}

func (s *site) number(e plant.Endpoint) int {
	return slices.IndexFunc(s.assets, func(a plant.Asset) bool { return slices.Contains(a.IPs, e.IP) })
}

func (s *site) detector(t *testing.T) *Detector {
	t.Helper()
	k, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var traits []Traits
	for i := range s.assets {
		traits = append(traits, TraitsOf(&s.assets[i]))
	}
	return New(k, Assets{Number: s.number, Traits: traits, At: func(i int) *plant.Asset { return &s.assets[i] }})
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func talk(from, to plant.Endpoint, protocol string, port uint16) *plant.Conversation {
	return &plant.Conversation{
		Client: from, Server: to, Transport: plant.TCP, Port: port, Protocol: protocol, Confirmed: true, Answered: true,
		Established: true, Flows: 1, PacketsUp: 5, PacketsDown: 5, BytesUp: 500, BytesDown: 500, First: noon, Last: noon, Packet: 7,
	}
}

func TestRulesOnConversations(t *testing.T) {
	var s site
	plc := s.add("plc", "10.0.1.1", plant.SideOT, plant.KindDevice)
	hmi := s.add("hmi", "10.0.1.2", plant.SideOT, plant.KindDevice)
	pc := s.add("pc", "10.0.9.1", plant.SideIT, plant.KindDevice)
	web := s.add("web", "93.184.216.34", plant.SideUnknown, plant.KindExternal)
	odd := s.add("odd", "10.0.5.5", plant.SideUnknown, plant.KindDevice)

	unanswered := *talk(plc, web, "tls", 443)
	unanswered.Answered = false
	half := *talk(hmi, plc, "modbus", 502)
	half.PacketsDown, half.BytesUp = 0, 5000
	lossy := *talk(hmi, plc, "modbus", 502)
	lossy.Lost = 77

	cases := []struct {
		name string
		c    *plant.Conversation
		want []string
	}{
		{"inside the plant", talk(hmi, plc, "modbus", 502), nil},
		{"plant to the internet", talk(plc, web, "tls", 443), []string{"internet"}},
		{"tried and not answered", &unanswered, nil},
		{"office to the internet", talk(pc, web, "tls", 443), nil},
		{"internet into the plant", talk(web, hmi, "vnc", 5900), []string{"inbound", "remote-access"}},
		{"office to plant", talk(pc, plc, "s7comm", 102), []string{"crossing"}},
		{"plant to office", talk(hmi, pc, "smb", 445), []string{"crossing"}},
		{"names and time cross everywhere", talk(hmi, pc, "dns", 53), nil},
		{"remote desktop into the plant", talk(pc, hmi, "rdp", 3389), []string{"crossing", "remote-access"}},
		{"nobody knows the side", talk(odd, plc, "s7comm", 102), nil},
		{"one side only", &half, []string{"half-seen"}},
		{"bytes are missing", &lossy, []string{"gaps"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := s.detector(t)
			d.Conversation(c.c)
			if got := rules(d.Findings()); !slices.Equal(got, sorted(c.want)) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func rules(list []plant.Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Rule)
	}
	return sorted(out)
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

func TestRulesOnOperations(t *testing.T) {
	var s site
	plc := s.add("plc", "10.0.1.1", plant.SideOT, plant.KindDevice)
	ews := s.add("ews", "10.0.1.3", plant.SideOT, plant.KindDevice)
	pc := s.add("pc", "10.0.9.1", plant.SideIT, plant.KindDevice)
	cases := []struct {
		name      string
		from      plant.Endpoint
		protocol  string
		kind      plant.Kind
		technique string
		want      []string
	}{
		{"polling", ews, "modbus", plant.Read, "T0801", nil},
		{"a write inside the plant", ews, "modbus", plant.Write, "T0855", nil},
		{"a write from the office", pc, "modbus", plant.Write, "T0855", []string{"office-controls"}},
		{"a download", ews, "s7comm", plant.Program, "T0843", []string{"program"}},
		{"a download from the office", pc, "s7comm", plant.Program, "T0843", []string{"office-controls", "program"}},
		{"an upload", ews, "s7comm", plant.Program, "T0845", []string{"upload"}},
		{"a stop", ews, "s7comm", plant.Mode, "T0858", []string{"mode"}},
		{"firmware", ews, "cip", plant.Firmware, "T0857", []string{"firmware"}},
		{"a clock", ews, "fins", plant.Config, "T0838", []string{"config"}},
		{"a file written to a share is no control", pc, "smb", plant.Write, "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := s.detector(t)
			d.Operation(&plant.Operation{
				Verb:      plant.Verb{Protocol: c.protocol, Code: "1", Name: "Do", Kind: c.kind, Technique: c.technique},
				Requester: c.from, Responder: plc, Requests: 1, First: noon, Last: noon, Packet: 9,
			})
			list := d.Findings()
			if got := rules(list); !slices.Equal(got, sorted(c.want)) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			for _, f := range list {
				if f.Evidence[0] != 9 || f.Assets[0] != "id-plc" || len(f.Next) == 0 || f.Why == "" {
					t.Errorf("an incomplete finding: %+v", f)
				}
			}
		})
	}
}

func TestRulesOnAssets(t *testing.T) {
	fact := func(f plant.Field, v string) plant.Asset {
		return plant.Asset{ID: "x", IPs: []netip.Addr{netip.MustParseAddr("10.0.0.1")}, Facts: []plant.Fact{{Field: f, Value: v, Packet: 3}}}
	}
	cases := []struct {
		name  string
		asset plant.Asset
		want  []string
	}{
		{"a password in clear", fact(plant.FieldCleartextLogin, "ftp user admin"), []string{"cleartext-login"}},
		{"SMB 1", fact(plant.FieldSecurity, "smb1"), []string{"weak-security"}},
		{"any weak cipher", fact(plant.FieldSecurity, "tls.cipher=TLS_RSA_WITH_RC4_128_MD5"), []string{"weak-security"}},
		{"a value that is no weakness", fact(plant.FieldSecurity, "opcua.policy=Basic256Sha256"), nil},
		{"key in remote", fact(plant.FieldKeySwitch, "remote"), []string{"key-remote"}},
		{"key of a Siemens controller", fact(plant.FieldKeySwitch, "RUN-P"), []string{"key-remote"}},
		{"key of a controller in a rack", plant.Asset{ID: "x", Modules: []plant.Module{{Slot: 3, Facts: []plant.Fact{{Field: plant.FieldKeySwitch, Value: "remote", Packet: 5}}}}}, []string{"key-remote"}},
		{"key in run", fact(plant.FieldKeySwitch, "run"), nil},
		{"two devices, one address", plant.Asset{ID: "x", Conflicts: []plant.Conflict{{Field: plant.FieldAddress, Why: "two", Facts: []plant.Fact{{Packet: 4}}}}}, []string{"address-conflict"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var s site
			d := s.detector(t)
			d.Asset(&c.asset)
			if got := rules(d.Findings()); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestScans(t *testing.T) {
	for addresses, want := range map[int][]string{10: nil, 40: {"scan"}} {
		var s site
		scanner := s.add("scanner", "10.0.0.1", plant.SideUnknown, plant.KindDevice)
		d := s.detector(t)
		for i := range addresses {
			c := talk(scanner, plant.Endpoint{IP: netip.MustParseAddr(fmt.Sprintf("10.0.2.%d", i+1))}, "unknown", 102)
			c.Answered, c.Established = false, false
			d.Conversation(c)
		}
		if got := rules(d.Findings()); !slices.Equal(got, want) {
			t.Errorf("%d addresses: got %v, want %v", addresses, got, want)
		}
	}
}

func TestFindingsAreFewAndOrdered(t *testing.T) {
	var s site
	plc := s.add("plc", "10.0.1.1", plant.SideOT, plant.KindDevice)
	web := s.add("web", "93.184.216.34", plant.SideUnknown, plant.KindExternal)
	d := s.detector(t)
	for i := range 1000 {
		c := talk(plc, web, "tls", uint16(i))
		c.Lost = 1
		d.Conversation(c)
	}
	d.Anomaly(&plant.Anomaly{Kind: plant.AnomalyMalformed, Protocol: "modbus", Source: plc, Destination: web, Count: 1, First: noon, Last: noon})
	list := d.Findings()
	var levels []string
	for _, f := range list {
		levels = append(levels, f.Level)
	}
	if !slices.Equal(levels, []string{"high", "low", "info"}) {
		t.Errorf("levels %v", levels)
	}
	if list[0].Count != 1000 || len(list[0].Details) != maxDetails {
		t.Errorf("count %d with %d lines", list[0].Count, len(list[0].Details))
	}
}

func TestDataFiles(t *testing.T) {
	k, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range k.Rules {
		if seen[r.Rule] || r.Title == "" || r.Why == "" || len(r.Next) == 0 {
			t.Errorf("rule %q is incomplete or stands twice", r.Rule)
		}
		if _, known := levels[r.Level]; !known {
			t.Errorf("rule %q has level %q", r.Rule, r.Level)
		}
		seen[r.Rule] = true
	}
	values := map[string]bool{}
	for _, w := range k.Weaknesses {
		if values[w.Value] || w.Says == "" {
			t.Errorf("weakness %q is incomplete or stands twice", w.Value)
		}
		values[w.Value] = true
	}
}
