package asa

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	. "github.com/bulkhead-ot/bulkhead/internal/act/export/exporttest"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var brand = Brand{Render: Render, Parse: Parse}

func bound(p *policy.Policy) device.Options {
	o := device.Options{Interfaces: map[string]string{"": "outside"}}
	for i, z := range p.Zones[1:] {
		o.Interfaces[z.ID] = fmt.Sprint("zone", i+1)
	}
	return o
}

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

func TestRoundTripWithInterfaces(t *testing.T) {
	RoundTrip(t, Brand{Render: Render, Parse: Parse, Options: bound}, 30)
}

func TestDoubts(t *testing.T) {
	Doubts(t, brand, func(line string) string {
		if strings.Contains(line, " permit ") || strings.Contains(line, " deny ") {
			return line + " new-option"
		}
		return line
	})
}

func TestMutations(t *testing.T) {
	Mutations(t, brand, [][3]string{
		{"a wider mask", "network-object 10.20.0.0 255.255.255.0", "network-object 10.20.0.0 255.255.254.0"},
		{"a wider prefix", "network-object fd00:2::/64", "network-object fd00:2::/63"},
		{"another port", "eq 502", "eq 503"},
		{"more ports", "range 443 445", "range 443 446"},
		{"another protocol", "permit udp", "permit tcp"},
		{"a rule off", " eq 502", " eq 502 inactive"},
		{"no end", "deny ip any any", "permit ip any any"},
		{"not in force", "access-group", "no access-group"},
		{"only on the way out", "global\n", "out interface plant\n"},
		{"a list that is not there", "access-group BH-", "access-group XX-"},
		{"a member by name", "network-object fd00:3::/64", "network-object object elsewhere"},
		{"at times", " eq 502", " eq 502 time-range NIGHT"},
		{"tunnels", "access-group", "crypto map X interface outside\naccess-group"},
	})
}

func TestRefuses(t *testing.T) {
	late := Ending()
	late.Conduits[1].Until = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	wide := Works()
	for i := range 160 {
		wide.Zones[1].Ranges = append(wide.Zones[1].Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 16, byte(i), 0}), 24))
		wide.Zones[2].Ranges = append(wide.Zones[2].Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 17, byte(i), 0}), 24))
	}
	for want, x := range map[string]*policy.Policy{
		`conduit "supervise": it holds modbus`: Relayed(),
		`times there end in 2035`:              late,
		`the list has more than 25000 entries`: wide,
	} {
		if _, err := Render(x, device.Options{}); !errors.Is(err, device.ErrRefused) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

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
	Check(t, s.At(until.Add(-time.Minute)), []string{"10.1.0.1 > 10.20.0.1 tcp/443 passes", "fd00:1::1 > fd00:2::1 udp/123 passes"})
	Check(t, s.At(until), []string{"10.1.0.1 > 10.20.0.1 tcp/443 stops", "fd00:1::1 > fd00:2::1 udp/123 stops"})
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
		"192.168.10.50 > 10.20.0.7 tcp/502 passes",
		"192.168.10.127 > 10.20.0.7 tcp/4843 passes",
		"192.168.10.128 > 10.20.0.7 tcp/4843 stops",
		"192.168.10.50 > 10.20.0.7 tcp/1024:102 passes",
		"192.168.10.50 > 10.20.0.7 tcp/1023:102 stops",
		"192.168.10.50 > 10.20.0.7 udp/161 passes",
		"192.168.10.9 > 10.20.0.7 icmp passes",
		"192.168.10.9 > 10.20.0.9 tcp/80 stops", // the entry is off
		"192.168.10.77 > 10.20.0.9 tcp/443 passes",
		"192.168.10.78 > 10.20.0.7 tcp/443 unknown", // is that the vendor?
		"192.168.10.78 > 203.0.113.9 tcp/443 passes",
		"10.20.0.7 > 192.168.10.9 tcp/80 passes", // from level 90 to 50
		"10.21.0.7 > 10.30.0.9 tcp/80 passes",
		"10.30.0.9 > 10.21.0.7 tcp/80 stops",
		"10.30.0.9 > 192.168.10.9 tcp/80 passes",
		"203.0.113.9 > 10.20.0.7 tcp/502 stops",
		"2001:db8:10::9 > 2001:db8:20::9 tcp/502 stops", // operators have no IPv6
		"2001:db8:20::9 > 2001:db8:10::9 tcp/502 passes",
	})
	Check(t, s.At(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)), []string{"192.168.10.77 > 10.20.0.9 tcp/443 stops"})
}

// TestWhatIsNotUnderstood holds that each of these lines makes an answer unknown
// that would otherwise be sure.
func TestWhatIsNotUnderstood(t *testing.T) {
	right, err := Render(Works(), device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string][2]string{
		"a line nobody knows": {"quantum leap\n", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"translation":         {"nat (a,b) source static X X destination static Y Z\n", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"taken away":          {"no access-list X\n", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"transparent":         {"firewall transparent\n", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"tunnels":             {"crypto map X interface outside\n", "10.1.0.1 > 10.21.1.1 tcp/502 unknown"},
		"filtered tunnels":    {"crypto map X interface outside\nno sysopt connection permit-vpn\n", "10.1.0.1 > 10.21.1.1 tcp/502 stops"},
		"an old release":      {"ASA Version 8.4(7)\n", "fd00:2::1 > fd00:3::1 tcp/502 unknown"},
		"for users":           {"access-group X in interface a per-user-override\n", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
	} {
		s, err := Parse(append(slices.Clone(right), x[0]...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Run(name, func(t *testing.T) { Check(t, s, []string{x[1]}) })
	}
}

// TestTimeZone holds that times are written and read in the device's own zone,
// in winter and in summer.
func TestTimeZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones: ", err)
	}
	for _, month := range []time.Month{time.January, time.July} {
		p := Ending()
		p.Conduits[1].Until = time.Date(2028, month, 1, 0, 0, 0, 0, time.UTC)
		o := device.Options{}
		o.Location = berlin
		text, err := Render(p, o)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(append(text, "clock timezone CET 1 0\nclock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00\n"...))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(s.Rules, func(r policy.Rule) bool { return !r.Until.IsZero() })
		if i < 0 || !s.Rules[i].Until.Equal(p.Conduits[1].Until) {
			t.Errorf("%v: %+v", month, s.Rules)
		}
	}
}

func TestBroken(t *testing.T) {
	for name, x := range map[string][2]string{
		"other brand": {"config firewall policy\nend\n", "neither interfaces nor access lists"},
		"not text":    {"interface a\n\x00", "line 2: it is not text"},
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
