package device

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func TestWithout(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	in := func(spans []Span, p uint16) bool {
		return slices.ContainsFunc(spans, func(s Span) bool { return s.First <= p && p <= s.Last })
	}
	for range 200 {
		var spans []Span
		for range r.IntN(4) {
			a := uint16(r.IntN(65536))
			spans = append(spans, Span{a, a + uint16(r.IntN(65536-int(a)))})
		}
		rest := Without(spans)
		for range 50 {
			p := []uint16{0, 65535, uint16(r.IntN(65536))}[r.IntN(3)]
			if len(spans) > 0 && r.IntN(2) == 0 {
				s := spans[r.IntN(len(spans))]
				p = []uint16{s.First - 1, s.First, s.Last, s.Last + 1}[r.IntN(4)]
			}
			if in(spans, p) == in(rest, p) {
				t.Fatalf("%v and without %v: port %d", spans, rest, p)
			}
		}
	}
}

func TestServicesMeet(t *testing.T) {
	tcp := Ports(policy.TCP, AllPorts, Span{100, 200})
	if got := tcp.And(Ports(policy.TCP, Span{5, 9}, Span{150, 300})); len(got.Sure) != 1 || got.Sure[0] != (policy.PortMatch{Proto: policy.TCP, SrcFirst: 5, SrcLast: 9, First: 150, Last: 200}) {
		t.Errorf("%+v", got)
	}
	if got := tcp.And(Service(policy.UDP)); len(got.Might) != 0 {
		t.Errorf("TCP that is UDP: %+v", got)
	}
	if got := AnyService().And(tcp); !slices.Equal(got.Sure, tcp.Sure) {
		t.Errorf("everything that is TCP: %+v", got)
	}
	if got := UnknownService(policy.Any).And(tcp); len(got.Sure) != 0 || !slices.Equal(got.Might, tcp.Might) {
		t.Errorf("nobody knows what of TCP: %+v", got)
	}
	if got := tcp.Not(); got.Known() || len(got.Sure) != 0 {
		t.Errorf("all but some: %+v", got)
	}
}

func TestTypesOfICMP(t *testing.T) {
	for _, x := range []struct {
		proto          uint8
		kind           int
		decides, known bool
	}{
		{policy.ICMP, 8, true, true},
		{policy.ICMP, 3, false, true},
		{policy.ICMP, 0, false, true},
		{policy.ICMP, 5, true, false}, // a redirect is no error
		{policy.ICMPv6, 128, true, true},
		{policy.ICMPv6, 135, false, true},
		{policy.ICMPv6, 8, true, false},
	} {
		if s, decides := ICMP(x.proto, x.kind); decides != x.decides || s.Known() != x.known {
			t.Errorf("protocol %d type %d: decides %t, known %t", x.proto, x.kind, decides, s.Known())
		}
	}
}

// TestTooManyLines holds that lines that find no room are not forgotten: the
// last that has one stands for them, before all rules if one of them did.
func TestTooManyLines(t *testing.T) {
	var r Reading
	any := Found{From: AnyAddr(), To: AnyAddr(), What: AnyService()}
	for i := range MaxUnknown {
		r.Harmless(i+1, "x", "a banner")
	}
	r.Add(&any)
	r.Harmless(9, "x", "one banner more")
	if last := r.Set.Unknown[MaxUnknown-1]; !last.Harmless {
		t.Errorf("a banner decides: %+v", last)
	}
	r.Unknown(7, "y", "what is that?")
	last := r.Set.Unknown[MaxUnknown-1]
	if len(r.Set.Unknown) != MaxUnknown || last.Harmless || last.Bound != nil || last.Rule != 0 || last.Number != 7 {
		t.Errorf("%d lines, the last is %+v", len(r.Set.Unknown), last)
	}
}

// TestBounds holds how a rule of which only bounds are known is told: what is
// sure as a rule, then how far it may reach.
func TestBounds(t *testing.T) {
	var r Reading
	r.Add(&Found{Name: "a", Line: 3, Allow: true, From: Prefixes(prefix("10.0.0.0/8")).Or(UnknownAddr().And(Prefixes(prefix("11.0.0.0/8")))), To: AnyAddr(), What: Service(policy.TCP), Why: "a name"})
	r.Add(&Found{Name: "b", Line: 4, From: NoAddr(), To: AnyAddr(), What: AnyService()})
	r.Add(&Found{Name: "c", Line: 5, Maybe: true, From: AnyAddr(), To: AnyAddr(), What: AnyService(), Why: "at night"})
	s, err := r.Done()
	if err != nil || len(s.Rules) != 1 || len(s.Unknown) != 2 {
		t.Fatalf("%v %+v", err, s)
	}
	a, b := s.Rules[0], s.Unknown[0].Bound
	if !a.Allow || len(a.From) != 1 || a.To != nil || b == nil || !b.Allow || len(b.From) != 1 || b.From[0] != prefix("10.0.0.0/7") || s.Unknown[0].Rule != 1 {
		t.Errorf("%+v, then %+v", a, s.Unknown[0])
	}
	if c := s.Unknown[1]; c.Bound == nil || c.Bound.Allow || c.Bound.From != nil || c.Rule != 1 || c.Number != 5 {
		t.Errorf("%+v", c)
	}
}
