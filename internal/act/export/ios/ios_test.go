package ios

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

func bound(p *policy.Policy) device.Options {
	o := device.Options{Interfaces: map[string]string{"": "Dialer1"}}
	for i, z := range p.Zones[1:] {
		o.Interfaces[z.ID] = fmt.Sprint("GigabitEthernet0/", i)
	}
	return o
}

var brand = Brand{Render: Render, Parse: Parse, Options: bound}

func TestGolden(t *testing.T) {
	for name, p := range map[string]*policy.Policy{"works": Works(), "staged": Staged()} {
		o := bound(p)
		o.Revision, o.Reasons = "12", map[string]string{"supervise": `polls "everything" & more`}
		o.Own = []netip.Addr{netip.MustParseAddr("10.1.0.1"), netip.MustParseAddr("fd00:1::1")}
		got, err := Render(p, o)
		if err != nil {
			t.Fatal(err)
		}
		Golden(t, name+".golden", got)
	}
}

func TestRoundTrip(t *testing.T) { RoundTrip(t, brand, 60) }

// TestNotApplied holds that lists that no interface applies stop nothing for
// sure.
func TestNotApplied(t *testing.T) {
	text, err := Render(Works(), device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{"10.20.0.1 > 10.21.1.1 tcp/502 unknown", "10.1.0.1 > 10.21.1.1 tcp/502 unknown", "fd00:1::1 > fd00:3::1 tcp/9 unknown"})
}

func TestDoubts(t *testing.T) {
	Doubts(t, brand, func(line string) string {
		if strings.HasPrefix(line, " permit ") || strings.HasPrefix(line, " deny ") {
			return line + " new-option"
		}
		return line
	})
}

func TestMutations(t *testing.T) {
	Mutations(t, brand, [][3]string{
		{"a wider mask", " 10.20.0.0 255.255.255.0", " 10.20.0.0 255.255.254.0"},
		{"a wider wildcard", "permit udp 10.1.0.0 0.0.255.255", "permit udp 10.1.0.0 0.1.255.255"},
		{"a wider prefix", "permit tcp fd00:1::/64", "permit tcp fd00::/16"},
		{"another port", "-line-1 eq 502\n", "-line-1 eq 503\n"},
		{"more ports", "range 443 445\n", "range 443 446\n"},
		{"without its flags", " established", ""},
		{"no end", "deny ip any any log", "permit ip any any"},
		{"an interface without", " ip access-group BH-", " no ip access-group BH-"},
		{"a list that is not there", "ipv6 traffic-filter BH-", "ipv6 traffic-filter XX-"},
		{"an entry before", " remark conduit reports", " permit ip any any\n remark conduit reports"},
		{"a condition", "-line-1 eq 502\n", "-line-1 eq 502 dscp ef\n"},
	})
}

func TestRefuses(t *testing.T) {
	late := Ending()
	late.Conduits[1].Matches = late.Conduits[1].Matches[:1]
	late.Conduits[1].Until = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	wide := Works()
	for i := range 120 {
		wide.Zones[1].Ranges = append(wide.Zones[1].Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 16, byte(i), 0}), 24))
		wide.Zones[2].Ranges = append(wide.Zones[2].Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 17, byte(i), 0}), 24))
	}
	for want, x := range map[string]*policy.Policy{
		`conduit "supervise": it holds modbus`:                                      Relayed(),
		`conduit "reports": it ends at 2028-01-01T00:00:00Z, and only rules of TCP`: Ending(),
		`times there end in 2035`:                                                   late,
		`conduit "reports": with it the list for IPv4 has more than 10000 entries`:  wide,
	} {
		if _, err := Render(x, device.Options{}); !errors.Is(err, device.ErrRefused) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestEnds(t *testing.T) {
	p := Ending()
	p.Conduits[1].Matches = p.Conduits[1].Matches[:1]
	text, err := Render(p, bound(p))
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
}

func TestAPlantsRouter(t *testing.T) {
	b, err := os.ReadFile("testdata/plant.conf")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{
		"192.168.10.50 > 10.20.0.9 tcp/502 passes",
		"192.168.10.69 > 10.20.0.9 icmp passes",
		"192.168.10.70 > 10.20.0.9 icmp stops",
		"192.168.10.51 > 10.20.0.9 tcp/443 unknown", // in the shift
		"192.168.10.51 > 10.20.0.9 tcp/1023:443 stops",
		"192.168.10.52 > 10.20.0.9 udp/162 passes", // until the project ends
		"192.168.10.52 > 10.20.0.9 udp/163 stops",
		"192.168.10.2 > 10.20.0.7 tcp/23 stops",   // even addresses may, but not on the way out
		"192.168.10.2 > 10.20.0.8 tcp/80 unknown", // for a kind of service
		"192.168.10.2 > 203.0.113.9 tcp/80 passes",
		"10.20.0.9 > 192.168.10.50 tcp/80 stops",
		"10.20.0.9 > 192.168.10.50 udp/161:5000 passes", // a hole: whoever asks from port 161
		"203.0.113.200 > 10.20.0.9 tcp/502 stops",
		"203.0.113.201 > 10.20.0.9 tcp/502 passes", // a hole
		"203.0.113.201 > 10.20.0.9 tcp/23 stops",
		"2001:db8::1 > 2001:db8:1::1 tcp/80 stops",
	})
	after := s.At(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC))
	Check(t, after, []string{"192.168.10.52 > 10.20.0.9 udp/162 stops"})
}

// TestWhatIsNotUnderstood holds that each of these lines makes an answer unknown
// that would otherwise be sure.
func TestWhatIsNotUnderstood(t *testing.T) {
	right, err := Render(Works(), bound(Works()))
	if err != nil {
		t.Fatal(err)
	}
	for name, extra := range map[string]string{
		"a line nobody knows":  "quantum leap\n",
		"zones":                "zone-pair security A source x destination y\n",
		"translation":          "ip nat inside source static 10.21.1.1 203.0.113.1\n",
		"taken away":           "no ip access-list extended BH-X\n",
		"intrusion prevention": "interface GigabitEthernet0/0\n ip ips X in\n",
		"tunnels":              "crypto map X 10 ipsec-isakmp\n",
	} {
		s, err := Parse(append(slices.Clone(right), extra...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Run(name, func(t *testing.T) { Check(t, s, []string{"10.20.0.1 > 10.21.1.1 tcp/502 unknown"}) })
	}
}

func TestWildcardsWithGaps(t *testing.T) {
	s, err := Parse([]byte("interface Vlan1\n ip access-group 101 in\naccess-list 101 permit tcp 10.0.0.1 0.255.0.0 any eq 502\naccess-list 101 permit tcp 11.0.0.1 170.170.170.170 host 1.1.1.1\naccess-list 101 deny ip any any\n"))
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{
		"10.7.0.1 > 1.1.1.2 tcp/502 passes",
		"10.7.0.2 > 1.1.1.2 tcp/502 stops",
		"11.0.0.1 > 1.1.1.1 tcp/9 unknown", // 65,536 ranges
		"11.0.0.1 > 1.1.1.2 tcp/9 stops",
	})
}

// TestManyGroups holds that addresses are written out where groups would be too
// many.
func TestManyGroups(t *testing.T) {
	p := Works()
	for i := range 1100 {
		p.Conduits = append(p.Conduits, policy.Conduit{ID: fmt.Sprintf("many-%04d", i), From: 1, To: 3, Matches: []policy.Match{{Proto: policy.TCP, First: uint16(3000 + 2*i), Last: uint16(3000 + 2*i)}}})
	}
	p.Normalize()
	text, err := Render(p, bound(p))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "object-group") || !strings.Contains(string(text), "permit tcp 10.1.0.0 0.0.255.255 host 10.21.2.17 eq 3000\n") {
		t.Error("there are groups")
	}
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{"10.1.0.1 > 10.21.1.1 tcp/5198 passes", "10.1.0.1 > 10.21.1.1 tcp/5199 stops"})
}

// TestNumbers holds that entries count in the order of their numbers, not in
// that of the text.
func TestNumbers(t *testing.T) {
	s, err := Parse([]byte("ip access-list extended A\n 20 permit tcp any any\n deny udp any any\n 10 deny tcp any any eq 23\n 25 permit udp any any eq 53\ninterface Vlan1\n ip access-group A in\n"))
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{
		"10.0.0.1 > 10.1.0.1 tcp/23 stops",
		"10.0.0.1 > 10.1.0.1 tcp/22 passes",
		"10.0.0.1 > 10.1.0.1 udp/53 passes",
		"10.0.0.1 > 10.1.0.1 udp/54 stops",
	})
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
		p.Conduits[1].Matches = p.Conduits[1].Matches[:1]
		p.Conduits[1].Until = time.Date(2028, month, 1, 0, 0, 0, 0, time.UTC)
		o := bound(p)
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
	for _, p := range []*policy.Policy{Works(), Staged()} {
		text, err := Render(p, bound(p))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	if b, err := os.ReadFile("testdata/plant.conf"); err == nil {
		f.Add(b)
	}
	f.Add([]byte("interface a\n ip access-group 1 in\nbanner x ^C\n^C\naccess-list 1 permit any\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		Robust(t, s, err)
	})
}
