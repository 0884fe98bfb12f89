package device

import (
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Services is a set of services as a configuration says it: what is surely in
// it, and what might be. None of a list is no service.
type Services struct {
	Sure, Might []policy.PortMatch
}

// AnyService is everything.
func AnyService() Services { return Service(policy.Any) }

// UnknownService is nobody knows what of a protocol, policy.Any of all.
func UnknownService(proto uint8) Services {
	return Services{Might: []policy.PortMatch{{Proto: proto, SrcLast: 65535, Last: 65535}}}
}

// Service is a protocol with all its ports, policy.Any all protocols.
func Service(proto uint8) Services {
	return Ports(proto, Span{0, 65535}, Span{0, 65535})
}

// Span is a range of ports, both ends included.
type Span struct{ First, Last uint16 }

// AllPorts is every port.
var AllPorts = Span{0, 65535}

// Ports is a protocol with ports of the asking and of the answering side.
func Ports(proto uint8, src, dst Span) Services {
	m := []policy.PortMatch{{Proto: proto, SrcFirst: src.First, SrcLast: src.Last, First: dst.First, Last: dst.Last}}
	return Services{m, m}
}

// Product is a protocol with every pairing of source and destination ports.
func Product(proto uint8, src, dst []Span) Services {
	var all []policy.PortMatch
	for _, s := range src {
		for _, d := range dst {
			all = append(all, policy.PortMatch{Proto: proto, SrcFirst: s.First, SrcLast: s.Last, First: d.First, Last: d.Last})
		}
	}
	return Services{all, all}
}

// Without are all ports but these.
func Without(spans []Span) []Span {
	sorted := slices.Clone(spans)
	slices.SortFunc(sorted, func(a, b Span) int { return int(a.First) - int(b.First) })
	var rest []Span
	next := 0
	for _, s := range sorted {
		if int(s.First) > next {
			rest = append(rest, Span{uint16(next), s.First - 1})
		}
		next = max(next, int(s.Last)+1)
	}
	if next <= 65535 {
		rest = append(rest, Span{uint16(next), 65535})
	}
	return rest
}

// Or is what is in any of them.
func (s Services) Or(others ...Services) Services {
	out := Services{slices.Clone(s.Sure), slices.Clone(s.Might)}
	for _, x := range others {
		out.Sure = append(out.Sure, x.Sure...)
		out.Might = append(out.Might, x.Might...)
	}
	return out
}

// Not is what is not in it, as far as that can be said: every protocol that is
// not named, and the ports of TCP and UDP that are not.
func (s Services) Not() Services {
	if len(s.Might) == 0 {
		return AnyService()
	}
	return UnknownService(policy.Any)
}

// And is what is in both.
func (s Services) And(t Services) Services {
	return Services{meet(s.Sure, t.Sure), meet(s.Might, t.Might)}
}

func meet(a, b []policy.PortMatch) []policy.PortMatch {
	var all []policy.PortMatch
	for _, x := range a {
		for _, y := range b {
			if x.Proto != y.Proto && x.Proto != policy.Any && y.Proto != policy.Any {
				continue
			}
			m := policy.PortMatch{Proto: max(x.Proto, y.Proto), SrcFirst: max(x.SrcFirst, y.SrcFirst), SrcLast: min(x.SrcLast, y.SrcLast), First: max(x.First, y.First), Last: min(x.Last, y.Last)}
			if m.SrcFirst <= m.SrcLast && m.First <= m.Last {
				all = append(all, m)
			}
		}
	}
	return all
}

// Known reports whether all is known of it.
func (s Services) Known() bool { return slices.Equal(s.Sure, s.Might) }

// matches is a list as a rule has it, where none is everything. It is false for
// no service, which a rule cannot say.
func matches(list []policy.PortMatch) ([]policy.PortMatch, bool) {
	if slices.ContainsFunc(list, func(m policy.PortMatch) bool {
		return m.Proto == policy.Any && m.SrcFirst == 0 && m.SrcLast == 65535 && m.First == 0 && m.Last == 65535
	}) {
		return nil, true
	}
	return list, len(list) > 0
}

// ICMP is what a filter for one type of ICMP (or of ICMPv6) means to the first
// packets of connections. An echo request is one. Errors, answers and what
// neighbours say to each other are none: such a filter decides nothing, and
// decides is false. Other types nobody here knows to be either.
func ICMP(proto uint8, kind int) (s Services, decides bool) {
	echo, aside := 8, []int{0, 3, 4, 11, 12}
	if proto == policy.ICMPv6 {
		echo, aside = 128, []int{1, 2, 3, 4, 129, 130, 131, 132, 133, 134, 135, 136, 137, 143}
	}
	switch {
	case kind == echo:
		return Service(proto), true
	case slices.Contains(aside, kind):
		return Services{}, false
	}
	return UnknownService(proto), true
}
