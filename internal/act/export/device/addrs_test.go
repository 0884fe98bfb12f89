package device

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

func addr(s string) netip.Addr     { return netip.MustParseAddr(s) }
func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// TestWildcard holds the ranges of a wildcard mask against its meaning, bit by
// bit.
func TestWildcard(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var mask uint32
		for range r.IntN(9) {
			mask |= 1 << r.IntN(32)
		}
		mask |= 1<<r.IntN(33) - 1
		a := r.Uint32()
		s, ok := Wildcard(address(a), address(mask))
		if !ok {
			t.Fatalf("%v %v: too many", address(a), address(mask))
		}
		for range 50 {
			x := r.Uint32()
			if r.IntN(2) == 0 { // one that matches, or nearly
				x = a&^mask | x&mask ^ uint32(r.IntN(2))<<r.IntN(32)
			}
			if want, got := (x^a)&^mask == 0, s.sure.Contains(address(x)); got != want {
				t.Fatalf("%v %v: %v is in it: %t, want %t", address(a), address(mask), address(x), got, want)
			}
		}
	}
	if _, ok := Wildcard(addr("10.0.0.0"), addr("170.170.170.170")); ok {
		t.Error("65,536 ranges are not too many")
	}
	if _, ok := Wildcard(addr("fd00::"), addr("0.0.0.0")); ok {
		t.Error("a wildcard mask of IPv6")
	}
}

func TestMasks(t *testing.T) {
	for bits := range 33 {
		p := netip.PrefixFrom(addr("203.0.113.77"), bits).Masked()
		if got, ok := Masked(addr("203.0.113.77"), Netmask(p)); !ok || got != p {
			t.Errorf("/%d: mask %v, %v", bits, Netmask(p), got)
		}
	}
	if _, ok := Masked(addr("10.0.0.0"), addr("255.0.255.0")); ok {
		t.Error("a mask with a gap")
	}
}

// TestSets holds that what is surely in a set is in what might be, whatever is
// done to it.
func TestSets(t *testing.T) {
	a := Prefixes(prefix("10.0.0.0/8"), prefix("fd00::/16"))
	b := Addrs{Prefixes(prefix("10.1.0.0/16")).sure, a.sure} // at least, at most
	for name, x := range map[string]struct {
		set        Addrs
		sure, most bool // of 10.1.0.1
		off        bool // of 10.2.0.1, surely
	}{
		"known":     {a, true, true, true},
		"bounded":   {b, true, true, false},
		"not":       {b.Not(), false, false, false},
		"not known": {UnknownAddr().And(b), false, true, false},
		"or":        {b.Or(a), true, true, true},
		"minus":     {a.And(b.Not()), false, false, false},
	} {
		if got := x.set.sure.Contains(addr("10.1.0.1")); got != x.sure {
			t.Errorf("%s: surely %t", name, got)
		}
		if got := x.set.might.Contains(addr("10.1.0.1")); got != x.most {
			t.Errorf("%s: perhaps %t", name, got)
		}
		if got := x.set.sure.Contains(addr("10.2.0.1")); got != x.off {
			t.Errorf("%s: 10.2.0.1 surely %t", name, got)
		}
	}
	if !Prefixes(prefix("224.0.0.5/32")).Local() || AnyAddr().Local() || NoAddr().Local() || Prefixes(prefix("224.0.0.0/8")).Local() {
		t.Error("what no router passes on")
	}
}

func TestBehind(t *testing.T) {
	var top Topology
	top.Connect("office", prefix("10.0.0.0/8"))
	top.Connect("plant", prefix("10.20.0.1/24"))
	top.Connect("plant", prefix("10.21.0.0/16"))
	top.Connect("lab", prefix("10.21.7.0/24"))
	top.Connect("a", prefix("172.16.0.0/24"))
	top.Connect("b", prefix("172.16.0.0/24"))
	top.Vague("wan", 4)
	top.Declare("dark")
	for _, x := range []struct {
		names, addr string
		sure, most  bool
	}{
		{"office", "10.9.9.9", true, true},
		{"office", "10.20.0.9", false, false}, // a longer route leads elsewhere
		{"plant", "10.20.0.9", true, true},
		{"plant", "10.21.7.1", false, false},
		{"plant lab", "10.21.7.1", true, true},
		{"wan", "203.0.113.9", true, true}, // the only way to all that is not routed
		{"wan", "10.9.9.9", false, false},
		{"wan", "2001:db8::1", false, false}, // nothing of IPv6 is routed there
		{"a", "172.16.0.9", false, true},     // or b
		{"dark", "10.9.9.9", false, false},
		{"nowhere", "10.9.9.9", false, true}, // not in the text
	} {
		got, why := top.Behind(strings.Fields(x.names)...)
		if got.sure.Contains(addr(x.addr)) != x.sure || got.might.Contains(addr(x.addr)) != x.most {
			t.Errorf("%s: %s: surely %t, perhaps %t", x.names, x.addr, got.sure.Contains(addr(x.addr)), got.might.Contains(addr(x.addr)))
		}
		if !got.Known() && why == "" {
			t.Errorf("%s: nobody says why it is not known", x.names)
		}
	}
	top.Vague("wan2", 4)
	top.known = nil
	if got, why := top.Behind("wan"); why == "" || got.Known() {
		t.Error("two providers, and their ways are known")
	}
	top.Dynamic = "routes come from elsewhere"
	if got, why := top.Behind("office"); why == "" || got.Known() {
		t.Error("routes come from elsewhere, and are known")
	}
}

func TestNames(t *testing.T) {
	n := Names{Max: 20, Allows: "-", Filler: '-'}
	seen := map[string]string{}
	for _, id := range []string{"office", "Office", "büro", "b\xc3\xbcro2", "line 1", "line-1", "line/1", strings.Repeat("x", 40), strings.Repeat("x", 41), "", "-"} {
		got := n.For("BH-", id)
		if len(got) > 20 || !strings.HasPrefix(got, "BH-") || strings.ContainsAny(got, " /ü") {
			t.Errorf("%q is called %q", id, got)
		}
		if other, is := seen[strings.ToLower(got)]; is {
			t.Errorf("%q and %q are both called %q", id, other, got)
		}
		seen[strings.ToLower(got)] = id
		if again := n.For("BH-", id); again != got {
			t.Errorf("%q is called %q, then %q", id, got, again)
		}
	}
	if got := (&Names{Max: 20, Filler: '_'}).For("BH_", "office"); got != "BH_office" {
		t.Errorf("office is called %q", got)
	}
}

func TestPlain(t *testing.T) {
	if got := Plain("a \"b\" \\ c;\n$d <é> {x}\x00", 100); got != "a .b. . c...d ... .x.." {
		t.Errorf("%q", got)
	}
	if got := Plain(strings.Repeat("é", 9), 4); got != "...." {
		t.Errorf("%q", got)
	}
}
