package fortigate

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	. "github.com/bulkhead-ot/bulkhead/internal/act/export/exporttest"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var brand = Brand{Render: Render, Parse: Parse}

func TestGolden(t *testing.T) {
	for name, p := range map[string]*policy.Policy{"works": Works(), "staged": Staged(), "ending": Ending()} {
		got, err := Render(p, device.Options{Revision: "12", Reasons: map[string]string{"supervise": `polls "everything" & more`}})
		if err != nil {
			t.Fatal(err)
		}
		Golden(t, name+".golden", got)
	}
}

func TestRoundTrip(t *testing.T) { RoundTrip(t, brand, 60) }

// bound is a device whose interfaces are the zones', and its configuration.
func bound(p *policy.Policy) device.Options {
	o := device.Options{Interfaces: map[string]string{}}
	for i, z := range p.Zones[1:] {
		o.Interfaces[z.ID] = fmt.Sprint("port", i+1)
	}
	return o
}

func around(p *policy.Policy, text []byte) []byte {
	var b strings.Builder
	b.WriteString("config system interface\n")
	for i := range p.Zones[1:] {
		fmt.Fprintf(&b, "edit \"port%d\"\nnext\n", i+1)
	}
	b.WriteString("edit \"wan\"\nset mode dhcp\nnext\nend\nconfig router static6\n")
	n := 1
	for i, z := range p.Zones[1:] {
		for _, r := range z.Ranges {
			if r.Addr().Is6() {
				fmt.Fprintf(&b, "edit %d\nset dst %v\nset device \"port%d\"\nnext\n", n, r, i+1)
				n++
			}
		}
	}
	b.WriteString("end\nconfig router static\n")
	for i, z := range p.Zones[1:] {
		for _, r := range z.Ranges {
			if r.Addr().Is4() {
				fmt.Fprintf(&b, "edit %d\nset dst %v %v\nset device \"port%d\"\nnext\n", n, r.Addr(), device.Netmask(r), i+1)
				n++
			}
		}
	}
	b.WriteString("end\n")
	return append([]byte(b.String()), text...)
}

func TestRoundTripWithInterfaces(t *testing.T) {
	RoundTrip(t, Brand{Render: Render, Parse: Parse, Options: bound, Around: around}, 40)
}

// TestInterfacesWithoutNetworks holds that a policy bound to interfaces whose
// networks are not in the text is not taken for one that is not.
func TestInterfacesWithoutNetworks(t *testing.T) {
	p := Works()
	text, err := Render(p, bound(p))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{
		"10.20.0.7 > 10.21.1.9 tcp/502 unknown",
		"10.1.0.7 > 10.21.1.9 tcp/502 stops",
	})
}

func TestDoubts(t *testing.T) {
	Doubts(t, brand, func(line string) string {
		return strings.Replace(line, "set schedule \"always\"", "set new-condition x\nset schedule \"always\"", 1)
	})
}

func TestMutations(t *testing.T) {
	Mutations(t, brand, [][3]string{
		{"a wider mask", "set subnet 10.20.0.0 255.255.255.0", "set subnet 10.20.0.0 255.255.254.0"},
		{"a wider prefix", "set ip6 fd00:2::/64", "set ip6 fd00:2::/63"},
		{"another port", "set tcp-portrange 502", "set tcp-portrange 503"},
		{"more ports", "set tcp-portrange 443-445", "set tcp-portrange 443-446"},
		{"both protocols", "set tcp-portrange 502", "set tcp-portrange 502\nset udp-portrange 502"},
		{"a policy off", " supervise\"", " supervise\"\nset status disable"},
		{"not a deny", "set action deny", "set action accept"},
		{"turned round", "set srcaddr \"BH-zone-office\"", "set srcaddr-negate enable\nset srcaddr \"BH-zone-office\""},
		{"every service", "set service \"BH-icmp\"", "set service \"ALL\""},
		{"a user", "set logtraffic disable", "set logtraffic disable\nset groups \"admins\""},
		{"by name", "set member \"BH-10.20.0.0_24\"", "set member \"elsewhere\""},
		{"a family more", "set srcaddr \"BH-zone-office\"", "set srcaddr \"all\""},
	})
}

func TestRefuses(t *testing.T) {
	p := Relayed()
	p.Conduits[1].Matches[0] = policy.Match{Proto: policy.TCP, First: 0, Last: 7}
	_, err := Render(p, device.Options{})
	if !errors.Is(err, device.ErrRefused) || !strings.Contains(err.Error(), `conduit "supervise": it holds modbus`) {
		t.Errorf("a relay: %v", err)
	}
	p.Conduits[2].Matches[1].Relay = nil
	if _, err := Render(p, device.Options{}); !errors.Is(err, device.ErrRefused) || !strings.Contains(err.Error(), `conduit "reports": a service there has no port 0`) {
		t.Errorf("port 0: %v", err)
	}
	big := &policy.Policy{Rest: "shadow", Zones: []policy.Zone{{}}}
	for i := range 80 {
		big.Zones = append(big.Zones, policy.Zone{ID: fmt.Sprint(i), Ranges: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i)}), 16)}})
	}
	if _, err := Render(big, device.Options{}); !errors.Is(err, device.ErrRefused) || !strings.Contains(err.Error(), "small models hold 5000") {
		t.Errorf("too many: %v", err)
	}
}

// TestImportedAfterAnother holds that nothing of a revision is left in force by
// the next, whose policies have the same numbers.
func TestImportedAfterAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 12 {
		old, err := Render(Policy(r, true), device.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := Policy(r, false)
		next, err := Render(p, device.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(slices.Concat(old, next))
		if err != nil {
			t.Fatal(err)
		}
		if x, differs := Differ(r, p.Rules(), s); differs {
			t.Fatalf("%+v\n%s\n%s", x, old, next)
		}
	}
}

// TestNamesOfRevisions holds that no name of a revision is that of another
// policy of the next: FortiOS takes no name twice.
func TestNamesOfRevisions(t *testing.T) {
	names := func(p *policy.Policy) map[string]string {
		text, err := Render(p, device.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, m := range regexp.MustCompile(`edit (\d+)\n        set name "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			if len(m[2]) > maxPolicyName {
				t.Errorf("%q is too long", m[2])
			}
			if _, is := found[m[2]]; is {
				t.Errorf("%q twice", m[2])
			}
			found[m[2]] = m[1]
		}
		return found
	}
	old, next := names(Works()), names(Staged())
	for name, number := range next {
		if n, is := old[name]; is && n != number {
			t.Errorf("%q was %s and is %s", name, n, number)
		}
	}
}

// TestEnds holds that what has ended is not written, and what ends is read so.
func TestEnds(t *testing.T) {
	p := Ending()
	text, err := Render(p, device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	until := p.Conduits[1].Until
	Check(t, s.At(until.Add(-time.Minute)), []string{"10.1.0.1 > 10.20.0.1 tcp/443 passes"})
	Check(t, s.At(until), []string{"10.1.0.1 > 10.20.0.1 tcp/443 stops"})
	late, err := Render(p, device.Options{Now: p.Conduits[1].Until})
	if err != nil || strings.Contains(string(late), "BH-until") {
		t.Errorf("what has ended is written: %v\n%s", err, late)
	}
}

// TestTimeZone holds that times are written and read in the device's own zone.
func TestTimeZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones: ", err)
	}
	for _, month := range []time.Month{time.January, time.July} {
		p := Ending()
		p.Conduits[1].Until = time.Date(2028, month, 1, 0, 0, 0, 0, time.UTC)
		text, err := Render(p, device.Options{Location: berlin})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(append(text, "config system global\nset timezone \"Europe/Berlin\"\nend\n"...))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(s.Rules, func(r policy.Rule) bool { return !r.Until.IsZero() })
		if i < 0 || !s.Rules[i].Until.Equal(p.Conduits[1].Until) {
			t.Errorf("%v: %+v", month, s.Rules)
		}
	}
}

func TestAPlantsFirewall(t *testing.T) {
	b, err := os.ReadFile("testdata/plant.conf")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{
		"192.168.10.50 > 192.168.20.9 tcp/502 passes",
		"192.168.10.109 > 192.168.20.9 tcp/1024:102 passes",
		"192.168.10.109 > 192.168.20.9 tcp/1023:102 stops",
		"192.168.10.110 > 192.168.20.9 tcp/502 stops",
		"192.168.10.50 > 192.168.20.9 icmp passes",
		"192.168.10.50 > 192.168.20.9 tcp/4843 stops", // before the night shift
		"192.168.10.50 > 192.168.20.9 tcp/22 unknown", // the night shift's hours
		"192.168.10.51 > 192.168.20.9 tcp/22 stops",   // not theirs
		"192.168.10.51 > 203.0.113.7 tcp/22 passes",   // out, whatever the provider's address
		"192.168.10.51 > 192.168.20.7 tcp/9999 stops", // not behind wan1
		"192.168.20.9 > 203.0.113.7 tcp/443 unknown",  // the vendor's name
		"192.168.20.9 > 203.0.113.7 tcp/80 stops",     // not by HTTP
		"203.0.113.7 > 192.168.20.9 tcp/502 stops",
		"2001:db8:10::5 > 2001:db8:20::9 tcp/502 passes",
		"2001:db8:20::9 > 2001:db8:10::5 tcp/502 stops",
	})
	if len(s.Rules) != 4 && len(s.Rules) != 5 {
		t.Errorf("%d rules", len(s.Rules))
	}
}

// TestWhatIsNotUnderstood holds that each of these lines makes an answer unknown
// that would otherwise be sure.
func TestWhatIsNotUnderstood(t *testing.T) {
	right, err := Render(Works(), device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, extra := range map[string]string{
		"a section of the firewall": "config firewall DoS-policy\nedit 1\nset interface \"wan1\"\nnext\nend\n",
		"a section nobody knows":    "config firehose\nset x 1\nend\n",
		"a command":                 "config firewall policy\ndelete 7\nend\n",
		"outside":                   "set x 1\n",
		"judged by application":     "config system settings\nset ngfw-mode policy-based\nend\n",
		"translation":               "config firewall policy46\nedit 1\nset action accept\nnext\nend\n",
		"within a zone":             "config system zone\nedit \"plant\"\nset intrazone allow\nset interface \"a\" \"b\"\nnext\nend\n",
		"a second firewall":         "config vdom\nedit two\nconfig firewall policy\nedit 1\nset action accept\nnext\nend\nnext\nend\n",
	} {
		s, err := Parse(append(slices.Clone(right), extra...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := Judge(s, policy.Packet{Src: s.Rules[0].From[0].Addr(), Dst: s.Rules[0].To[0].Addr(), Proto: policy.TCP, DstPort: 9}); got != Unknown {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBroken(t *testing.T) {
	for name, x := range map[string][2]string{
		"not ended":   {"config firewall policy\nedit 1\n", `line 1: "config firewall policy" is never ended`},
		"quoted":      {"config firewall policy\nedit 1\nset name \"x\n", "line 3: a quotation mark is never closed"},
		"other brand": {"/ip firewall filter\nadd chain=forward\n", `it has no "config" section`},
		"not text":    {"config a\nend\n\x00", "line 3: it is not text"},
		"deep":        {strings.Repeat("config a\n", 20), "sections nest deeper"},
	} {
		if _, err := Parse([]byte(x[0])); !errors.Is(err, device.ErrText) || !strings.Contains(err.Error(), x[1]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range []*policy.Policy{Works(), Staged(), Ending()} {
		text, err := Render(p, device.Options{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	if b, err := os.ReadFile("testdata/plant.conf"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		Robust(t, s, err)
	})
}
