package mikrotik

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	. "github.com/bulkhead-ot/bulkhead/internal/act/export/exporttest"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var brand = Brand{Render: Render, Parse: Parse}

func TestGolden(t *testing.T) {
	for name, p := range map[string]*policy.Policy{"works": Works(), "staged": Staged()} {
		got, err := Render(p, device.Options{Revision: "12", Reasons: map[string]string{"supervise": `polls "everything" & more`}})
		if err != nil {
			t.Fatal(err)
		}
		Golden(t, name+".golden", got)
	}
}

func TestRoundTrip(t *testing.T) { RoundTrip(t, brand, 60) }

func bound(p *policy.Policy) device.Options {
	o := device.Options{Interfaces: map[string]string{}}
	for i, z := range p.Zones[1:] {
		o.Interfaces[z.ID] = fmt.Sprint("ether", i+2)
	}
	return o
}

func around(p *policy.Policy, text []byte) []byte {
	var b strings.Builder
	b.WriteString("/ip dhcp-client\nadd interface=ether1\n")
	for i, z := range p.Zones[1:] {
		fmt.Fprintf(&b, "/ip address\nadd address=172.16.%d.1/24 interface=ether%d\n", i, i+2)
		for _, r := range z.Ranges {
			fmt.Fprintf(&b, "%sroute\nadd dst-address=%v gateway=ether%d\n", strings.TrimSuffix(root(map[bool]int{true: 4, false: 6}[r.Addr().Is4()]), "firewall "), r, i+2)
		}
	}
	return append([]byte(b.String()), text...)
}

func TestRoundTripWithInterfaces(t *testing.T) {
	RoundTrip(t, Brand{Render: Render, Parse: Parse, Options: bound, Around: around}, 40)
}

// TestImportedTwice holds that the script of a revision after that of another
// leaves the second alone in force.
func TestImportedTwice(t *testing.T) {
	p := Works()
	old, err := Render(Staged(), device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	next, err := Render(p, device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{slices.Concat(old, next), slices.Concat(next, next)} {
		s, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if why := Whys(s); len(why) > 0 {
			t.Errorf("%q", why)
		}
		Check(t, s, []string{
			"10.20.0.1 > 10.21.1.1 tcp/502 passes",
			"10.1.0.1 > 10.21.1.1 tcp/502 stops",
			"fd00:1::1 > fd00:3::1 tcp/502 stops",
		})
	}
}

func TestDoubts(t *testing.T) {
	for _, doubt := range []string{" new-matcher=7 action=", " new-matcher action="} {
		Doubts(t, brand, func(line string) string { return strings.Replace(line, " action=", doubt, 1) })
	}
}

func TestMutations(t *testing.T) {
	Mutations(t, brand, [][3]string{
		{"a wider mask", "address=10.20.0.0/24", "address=10.20.0.0/23"},
		{"a wider prefix", "address=fd00:2::/64", "address=fd00:2::/63"},
		{"another port", "dst-port=502", "dst-port=503"},
		{"more ports", "dst-port=443-445", "dst-port=443-446"},
		{"another protocol", "protocol=tcp dst-port=502", "protocol=udp dst-port=502"},
		{"a rule off", "action=accept src-address-list=BH-55efba33-operations", "action=accept disabled=yes src-address-list=BH-55efba33-operations"},
		{"no end", "action=reject reject-with=icmp-admin-prohibited", "action=passthrough"},
		{"no jump", "action=jump", "action=passthrough"},
		{"everybody", " src-address-list=BH-55efba33-office", ""},
		{"turned round", " src-address-list=BH-55efba33-office", " src-address-list=!BH-55efba33-office"},
		{"a condition", "dst-port=502", "dst-port=502 content=x"},
		{"a list that fills", "add chain=forward", "add chain=forward action=add-src-to-address-list address-list=BH-55efba33-operations\nadd chain=forward"},
		{"a shortcut", "add chain=forward action=jump", "add chain=forward action=accept protocol=udp\nadd chain=forward action=jump"},
	})
}

func TestRefuses(t *testing.T) {
	for name, x := range map[string]*policy.Policy{`conduit "supervise": it holds modbus`: Relayed(), `conduit "reports": it ends at 2028-01-01T00:00:00Z`: Ending()} {
		if _, err := Render(x, device.Options{}); !errors.Is(err, device.ErrRefused) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPlantsRouter(t *testing.T) {
	b, err := os.ReadFile("testdata/plant.rsc")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{
		"192.168.88.50 > 10.20.0.9 tcp/502 passes",
		"192.168.88.69 > 10.20.0.9 tcp/102 passes",
		"192.168.88.70 > 10.20.0.9 tcp/102 stops",
		"192.168.88.70 > 10.20.0.9 icmp passes",
		"192.168.88.70 > 10.20.0.99 tcp/22 unknown", // whose address is the vendor's?
		"192.168.88.70 > 10.20.0.98 tcp/22 stops",
		"203.0.113.9 > 192.168.88.70 tcp/22 stops",  // from outside
		"192.168.88.70 > 203.0.113.9 tcp/22 passes", // RouterOS lets through what nothing stops
		"10.20.0.9 > 203.0.113.9 tcp/443 unknown",   // at night?
		"10.20.0.9 > 203.0.113.9 tcp/22 stops",
		"fd00::1 > fd01::1 tcp/22 stops",
	})
}

// TestWhatIsNotUnderstood holds that each of these lines makes an answer unknown
// that would otherwise be sure.
func TestWhatIsNotUnderstood(t *testing.T) {
	right, err := Render(Works(), device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, extra := range map[string]string{
		"a menu nobody knows": "/ip quantum\nadd x=1\n",
		"a program":           "/ip firewall filter\n:foreach i in=[find] do={remove $i}\n",
		"a change":            "/ip firewall filter\nset [find where chain=forward] action=accept\n",
		"a position":          "/ip firewall filter\nadd chain=forward action=accept place-before=0\n",
		"translation":         "/ip firewall nat\nadd chain=dstnat action=dst-nat to-addresses=10.20.0.1\n",
		"raw":                 "/ip firewall raw\nadd chain=prerouting action=notrack\n",
		"the bridge's own":    "/interface bridge filter\nadd chain=forward action=drop\n",
		"no tracking":         "/ip firewall connection tracking\nset enabled=no\n",
		"upnp":                "/ip upnp\nset enabled=yes\n",
		"hotspot":             "/ip hotspot\nadd interface=bridge\n",
	} {
		s, err := Parse(append(slices.Clone(right), extra...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		Check(t, s, []string{"10.20.0.1 > 10.21.1.1 tcp/502 unknown"})
		if t.Failed() {
			t.Fatalf("%s: %q", name, Whys(s))
		}
	}
}

// TestOneMenuAlone holds that an export of one menu says nothing about others.
func TestOneMenuAlone(t *testing.T) {
	s, err := Parse([]byte("/ip firewall filter\nadd chain=forward action=accept ipsec-policy=in,ipsec\nadd chain=forward action=drop\n"))
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{"10.0.0.1 > 10.1.0.1 tcp/22 unknown", "fd00::1 > fd01::1 tcp/22 unknown"})
}

func TestBroken(t *testing.T) {
	for name, x := range map[string][2]string{
		"quoted":      {"/ip firewall filter\nadd chain=forward comment=\"x\n", "line 2: a quotation mark is never closed"},
		"other brand": {"config firewall policy\nend\n", `it has no menu "/ip …"`},
		"not text":    {"/ip\n\x00", "line 2: it is not text"},
	} {
		if _, err := Parse([]byte(x[0])); !errors.Is(err, device.ErrText) || !strings.Contains(err.Error(), x[1]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range []*policy.Policy{Works(), Staged()} {
		text, err := Render(p, device.Options{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	if b, err := os.ReadFile("testdata/plant.rsc"); err == nil {
		f.Add(b)
	}
	f.Add([]byte("/ip firewall filter\nadd chain=forward action=jump jump-target=forward\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		Robust(t, s, err)
	})
}
