package relay

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func TestFromPolicy(t *testing.T) {
	reading := &policy.Relay{Protocol: Modbus, Kinds: model.KindsOf(plant.Read)}
	writing := &policy.Relay{Protocol: Modbus, Kinds: model.KindsOf(plant.Write)}
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	p := &policy.Policy{
		Zones: []policy.Zone{
			{},
			{ID: "office", Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24"), netip.MustParsePrefix("fd01::/64")}},
			{ID: "cell", Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.2.0/24"), netip.MustParsePrefix("fd02::/64")}},
			{ID: "dmz", Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.3.0/24")}},
		},
		Conduits: []policy.Conduit{
			{ID: "read", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 503, Relay: reading}}},
			{ID: "write", From: 1, To: 2, Until: now.Add(time.Hour), Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 502, Relay: writing}}},
			{ID: "udp", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.UDP, First: 504, Last: 504}}},
		},
		Rest:  model.StageEnforce,
		Pairs: []policy.Pair{{From: 3, To: 2, Stage: model.StageShadow}},
	}
	find := FromPolicy(p, func() time.Time { return now })
	for _, c := range []struct {
		name, from, to string
		ok             bool
		stage          model.Stage
		relays         []*policy.Relay
	}{
		{"both conduits", "10.0.1.5:4000", "10.0.2.7:502", true, model.StageEnforce, []*policy.Relay{reading, writing}},
		{"both, in IPv6", "[fd01::5]:4000", "[fd02::7]:502", true, model.StageEnforce, []*policy.Relay{reading, writing}},
		{"one", "10.0.1.5:4000", "10.0.2.7:503", true, model.StageEnforce, []*policy.Relay{reading}},
		{"the way back is another way", "10.0.2.7:4000", "10.0.1.5:502", false, "", nil},
		{"UDP is no TCP", "10.0.1.5:4000", "10.0.2.7:504", false, "", nil},
		{"within a zone", "10.0.2.5:4000", "10.0.2.7:502", true, "", []*policy.Relay{nil}},
		{"from nowhere", "192.0.2.1:4000", "10.0.2.7:502", false, "", nil},
		{"nowhere to nowhere", "192.0.2.1:4000", "192.0.2.2:502", false, "", nil},
		{"a pair that is watched", "10.0.3.1:4000", "10.0.2.7:502", true, model.StageShadow, nil},
	} {
		r, ok := find(netip.MustParseAddrPort(c.from), netip.MustParseAddrPort(c.to))
		if ok != c.ok || ok && (r.Stage != c.stage || len(r.Relays) != len(c.relays)) {
			t.Errorf("%s: %+v, %v", c.name, r, ok)
			continue
		}
		for i := range c.relays {
			if r.Relays[i] != c.relays[i] {
				t.Errorf("%s: relay %d", c.name, i)
			}
		}
	}
	now = now.Add(time.Hour)
	if r, _ := find(netip.MustParseAddrPort("10.0.1.5:4000"), netip.MustParseAddrPort("10.0.2.7:502")); len(r.Relays) != 1 || r.Relays[0] != reading {
		t.Errorf("after its time: %+v", r)
	}
}

// TestConduitRunsOut holds that a connection ends with its conduit.
func TestConduitRunsOut(t *testing.T) {
	over := false
	s := newSession(t, Modbus, Rule{}, func(c *Config) {
		c.Policy = func(netip.AddrPort, netip.AddrPort) (Rule, bool) { return reads(Modbus), !over }
	})
	s.passes(adu(1, "03 0000 0001"))
	s.relay.ask()
	s.passes(adu(2, "03 0000 0001"))
	over = true
	s.relay.ask()
	s.ends()
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		protocol, object string
		ok               bool
	}{
		{Modbus, "holding registers 0-99", true},
		{Modbus, "unit 3", true},
		{Modbus, "unit 300", false},
		{Modbus, "unit 3 coils", true},
		{Modbus, "registers", false},
		{Modbus, "holding registers 9-1", false},
		{Modbus, "7-9", false},
		{Modbus, "", false},
		{S7, "DB1", true},
		{S7, "DB1 0-99", true},
		{S7, "DB1, DB2, flags", true},
		{S7, "DB1.DBX0.8", false},
		{S7, "Q1.3", true},
		{S7, "DB", false},
		{S7, "SZL 0x0424", true},
		{S7, "OB1", true},
		{S7, "OB1 0-3", false},
		{S7, "holding registers", false},
		{S7, "", false},
		{ENIP, "tags", true},
		{ENIP, "tag", false},
		{ENIP, "tag Line.Speed", true},
		{ENIP, "assembly instance 3 attribute 3", true},
		{ENIP, "TCP/IP interface", true},
		{ENIP, "DB1", false},
		{ENIP, "I/O connection", true},
		{"opcua", "", false},
	} {
		err := Check(&policy.Relay{Protocol: c.protocol, Objects: []string{c.object}})
		if (err == nil) != c.ok {
			t.Errorf("%s %q: %v", c.protocol, c.object, err)
		}
	}
}

// TestWordsMatch holds that an object as a report calls it is understood as one
// that may be asked about, and is the one.
func TestWordsMatch(t *testing.T) {
	for protocol, requests := range map[string][][]byte{
		Modbus: {adu(1, "03 0005 0002"), adu(1, "01 0000 0001"), adu(1, "14 07 06 0001 0000 0002")},
		S7:     {dt(job(readDB, "")), dt(job("04 01 120a1001000100018400000b", "")), dt(job("04 01 120a101d000200001d000004", ""))},
		ENIP:   {rr(unhex(readTag)), rr(unhex("0e 03 20 04 24 64 30 03")), rr(unhex("0e 03 20 8e 24 64 30 03"))},
	} {
		for _, m := range requests {
			var l ledger
			r := compile(kinds(protocol), protocol)
			if v, err := newReader(protocol, &l).judge(m, r); err != nil || v.pass || len(l.rows) != 1 || l.rows[0].object == "" {
				t.Fatalf("%x: %+v, %v, %+v", m, v, err, l.rows)
			}
			r = compile(reads(protocol, l.rows[0].object), protocol)
			if v, err := newReader(protocol, &l).judge(m, r); err != nil || !v.pass {
				t.Errorf("%q does not allow %x: %v", l.rows[0].object, m, err)
			}
		}
	}
}

func TestLedgerIsBounded(t *testing.T) {
	var l ledger
	v := &plant.Verb{Name: "Write"}
	for i := range 10 * maxEntries {
		l.refuse(v, &target{number: int64(i), space: "DB"}, whyKind, false)
	}
	if len(l.rows) != maxEntries+1 || l.unlisted == 0 {
		t.Errorf("%d rows, %d without their object", len(l.rows), l.unlisted)
	}
	var b book
	from, to := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddrPort("10.0.0.2:502")
	b.collect(&l, from, to)
	var n uint64
	for _, d := range b.take() {
		n += d.Refused
	}
	if n != 10*maxEntries || len(l.rows) != 0 || len(b.list) != 0 {
		t.Errorf("%d refusals of %d", n, 10*maxEntries)
	}
	for i := range 3 * maxDecisions {
		b.add(key{client: from, object: strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String(), why: whyKind, verb: v}, &entry{verb: v, count: 1})
	}
	if len(b.list) > 2*maxDecisions || b.lost == 0 {
		t.Errorf("%d decisions, %d lost", len(b.list), b.lost)
	}
}
