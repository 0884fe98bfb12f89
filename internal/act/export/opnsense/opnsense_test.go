package opnsense

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	. "github.com/bulkhead-ot/bulkhead/internal/act/export/exporttest"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var brand = Brand{Render: Render, Parse: Parse}

func TestGolden(t *testing.T) {
	for name, p := range map[string]*policy.Policy{"works": Works(), "staged": Staged()} {
		got, err := Render(p, device.Options{Revision: "12--x", Reasons: map[string]string{"supervise": `polls "everything" & more`}})
		if err != nil {
			t.Fatal(err)
		}
		Golden(t, name+".golden", got)
	}
}

func TestRoundTrip(t *testing.T) { RoundTrip(t, brand, 60) }

func TestDoubts(t *testing.T) {
	Doubts(t, brand, func(line string) string {
		return strings.Replace(line, "<quick>", "<newcondition>7</newcondition><quick>", 1)
	})
}

func TestMutations(t *testing.T) {
	Mutations(t, brand, [][3]string{
		{"a wider mask", "10.20.0.0/24", "10.20.0.0/23"},
		{"a wider prefix", "fd00:2::/64", "fd00:2::/63"},
		{"another port", "<destination_port>502<", "<destination_port>503<"},
		{"more ports", "<destination_port>443-445<", "<destination_port>443-446<"},
		{"both protocols", "<protocol>TCP<", "<protocol>TCP/UDP<"},
		{"a rule off", "<enabled>1</enabled>\n      <sequence>1000<", "<enabled>0</enabled>\n      <sequence>1000<"},
		{"not a block", "<action>block<", "<action>pass<"},
		{"later", "<sequence>1000<", "<sequence>9000<"},
		{"turned round", "<source_not>0<", "<source_not>1<"},
		{"everybody", "<source_net>BH_office<", "<source_net>any<"},
		{"one family", "<ipprotocol>inet46<", "<ipprotocol>inet<"},
		{"a condition", "<log>0</log>", "<log>0</log><sched>nights</sched>"},
		{"an alias made elsewhere", "<type>network<", "<type>urltable<"},
		{"a rule before", "    <rules>", "    <rules><rule><sequence>1</sequence></rule>"},
	})
}

func TestRefuses(t *testing.T) {
	odd := Works()
	odd.Conduits[1].Matches[0] = policy.Match{Proto: 253, Last: 65535}
	for want, x := range map[string]*policy.Policy{
		`conduit "supervise": it holds modbus`:                        Relayed(),
		`conduit "reports": it ends at 2028-01-01T00:00:00Z`:          Ending(),
		`conduit "reports": a rule there cannot name IP protocol 253`: odd,
	} {
		if _, err := Render(x, device.Options{}); !errors.Is(err, device.ErrRefused) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestAPlantsFirewall(t *testing.T) {
	b, err := os.ReadFile("testdata/config.xml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	Check(t, s, []string{
		"192.168.1.50 > 192.168.20.9 tcp/502 passes",
		"192.168.1.60 > 192.168.20.9 tcp/503 passes",
		"192.168.1.61 > 192.168.20.9 tcp/503 stops", // the newer kind of rule comes first
		"192.168.1.61 > 192.168.20.9 tcp/102 passes",
		"192.168.1.70 > 192.168.20.9 tcp/102 stops",
		"192.168.1.70 > 192.168.20.9 icmp passes",
		"192.168.1.70 > 203.0.113.9 tcp/80 passes",
		"2001:db8:1::5 > 2001:db8:9::1 tcp/80 passes",
		"192.168.20.9 > 203.0.113.9 tcp/443 unknown", // the vendor's name
		"192.168.20.9 > 203.0.113.9 tcp/80 stops",
		"192.168.20.9 > 192.168.1.5 udp/123 unknown", // on working days
		"192.168.20.9 > 192.168.1.6 tcp/9 passes",    // nothing else says so
		"192.168.20.9 > 192.168.1.7 tcp/9 stops",
		"172.16.0.9 > 192.168.1.7 tcp/9 stops",
		"203.0.113.9 > 192.168.20.9 tcp/502 stops",
	})
}

// TestWhatIsNotUnderstood holds that each of these makes an answer unknown that
// would otherwise be sure.
func TestWhatIsNotUnderstood(t *testing.T) {
	right, err := Render(Works(), device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct{ part, packet string }{
		"a section nobody knows": {"<quantum><a>1</a></quantum>", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"a part nobody knows":    {"<OPNsense><Quantum><a>1</a></Quantum></OPNsense>", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"the filter is off":      {"<system><ipv6allow>1</ipv6allow><disablefilter>enabled</disablefilter></system>", "10.1.0.1 > 10.21.1.1 tcp/502 unknown"},
		"no IPv6":                {"<system><hostname>x</hostname></system>", "fd00:2::1 > fd00:3::1 tcp/502 stops"},
		"translation":            {"<nat><rule><interface>wan</interface><target>10.21.1.1</target></rule></nat>", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"prevention":             {"<OPNsense><IDS><general><enabled>1</enabled><ips>1</ips></general></IDS></OPNsense>", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"prevention stops only":  {"<OPNsense><IDS><general><enabled>1</enabled><ips>1</ips></general></IDS></OPNsense>", "10.1.0.1 > 10.21.1.1 tcp/502 stops"},
		"a portal":               {"<OPNsense><captiveportal><zones><zone><enabled>1</enabled></zone></zones></captiveportal></OPNsense>", "10.20.0.1 > 10.21.1.1 tcp/502 unknown"},
		"on the way out":         {"<filter><rule><type>block</type><floating>yes</floating><direction>out</direction><quick>1</quick><interface>any</interface><source><any/></source><destination><any/></destination></rule></filter>", "10.20.0.1 > 10.21.1.1 tcp/502 stops"},
	} {
		s, err := Parse(bytes.Replace(right, []byte("<opnsense>"), []byte("<opnsense>"+x.part), 1))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Run(name, func(t *testing.T) { Check(t, s, []string{x.packet}) })
	}
}

func TestBroken(t *testing.T) {
	for name, x := range map[string][2]string{
		"not ended":   {"<opnsense>\n<filter>\n", "line 3: "},
		"other brand": {"<pfsense></pfsense>", "its root is not <opnsense>"},
		"no XML":      {"config firewall policy\nend\n", "its root is not <opnsense>"},
		"deep":        {"<opnsense>" + strings.Repeat("<a>", 100), "nested too deep"},
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
	if b, err := os.ReadFile("testdata/config.xml"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		Robust(t, s, err)
	})
}
