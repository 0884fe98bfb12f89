package symbolic

import (
	"encoding/binary"
	"math"
	"math/big"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// A second way to do all of it, slow and plain: sets of packets as lists of
// boxes that do not overlap, from which other boxes are cut out. It shares
// nothing with the diagrams.

// box is packets of one family: a range of numbers in each of five dimensions.
type box struct {
	six bool
	dim [5]span // source, destination, protocol, server's port, client's port
}

type span struct{ first, last u128 }

type u128 struct{ high, low uint64 }

func (a u128) less(b u128) bool { return a.high < b.high || a.high == b.high && a.low < b.low }

func (a u128) next() u128 {
	a.low++
	if a.low == 0 {
		a.high++
	}
	return a
}

func (a u128) prev() u128 {
	if a.low == 0 {
		a.high--
	}
	a.low--
	return a
}

func (a u128) big() *big.Int {
	n := new(big.Int).SetUint64(a.high)
	return n.Add(n.Lsh(n, 64), new(big.Int).SetUint64(a.low))
}

func small(first, last int) span { return span{u128{0, uint64(first)}, u128{0, uint64(last)}} }

func of(a netip.Addr) u128 {
	if a.Is4() {
		b := a.As4()
		return u128{0, uint64(binary.BigEndian.Uint32(b[:]))}
	}
	b := a.As16()
	return u128{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func prefixSpan(p netip.Prefix) span {
	first := of(p.Masked().Addr())
	host := p.Addr().BitLen() - p.Bits()
	last := first
	for i := range host {
		if i < 64 {
			last.low |= 1 << i
		} else {
			last.high |= 1 << (i - 64)
		}
	}
	return span{first, last}
}

func every(six bool) span {
	if six {
		return span{u128{}, u128{math.MaxUint64, math.MaxUint64}}
	}
	return span{u128{}, u128{0, math.MaxUint32}}
}

// world is every packet.
func world() []box {
	var all []box
	for _, six := range []bool{false, true} {
		ports, none := small(0, 65535), small(0, 0)
		for _, p := range []span{small(1, 5), small(7, 16), small(18, 57), small(58, 58), small(59, 255)} {
			if first := int(p.first.low); first == 58 && !six {
				continue
			} else if first == 1 && six {
				p = small(2, 5)
			}
			all = append(all, box{six, [5]span{every(six), every(six), p, none, none}})
		}
		all = append(all, box{six, [5]span{every(six), every(six), small(6, 6), ports, ports}}, box{six, [5]span{every(six), every(six), small(17, 17), ports, ports}})
	}
	return all
}

// meets reports whether two boxes have a packet in common.
func (b *box) meets(c *box) bool {
	if b.six != c.six {
		return false
	}
	for i := range b.dim {
		if b.dim[i].last.less(c.dim[i].first) || c.dim[i].last.less(b.dim[i].first) {
			return false
		}
	}
	return true
}

// without cuts a box out of others.
func without(all []box, c box) []box {
	var left []box
	for _, b := range all {
		if !b.meets(&c) {
			left = append(left, b)
			continue
		}
		for i := range b.dim {
			if b.dim[i].first.less(c.dim[i].first) {
				below := b
				below.dim[i].last = c.dim[i].first.prev()
				left = append(left, below)
				b.dim[i].first = c.dim[i].first
			}
			if c.dim[i].last.less(b.dim[i].last) {
				above := b
				above.dim[i].first = c.dim[i].last.next()
				left = append(left, above)
				b.dim[i].last = c.dim[i].last
			}
		}
	}
	return left
}

func minus(all, cut []box) []box {
	for _, c := range cut {
		all = without(all, c)
	}
	return all
}

// both is what is in all and in cut.
func both(all, cut []box) []box { return minus(all, minus(all, cut)) }

// packets is how many packets are in boxes that do not overlap.
func packets(all []box, six bool) float64 {
	sum := new(big.Int)
	for _, b := range all {
		if b.six != six {
			continue
		}
		n := big.NewInt(1)
		for _, d := range b.dim {
			size := new(big.Int).Sub(d.last.big(), d.first.big())
			n.Mul(n, size.Add(size, big.NewInt(1)))
		}
		sum.Add(sum, n)
	}
	f, _ := new(big.Float).SetInt(sum).Float64()
	return f
}

// ruleBoxes are the packets that a rule is about; they may overlap.
func ruleBoxes(r *policy.Rule) []box {
	matches := r.Matches
	if len(matches) == 0 {
		matches = []policy.PortMatch{{SrcLast: 65535, Last: 65535}}
	}
	var all []box
	for _, six := range []bool{false, true} {
		for _, from := range spans(r.From, six) {
			for _, to := range spans(r.To, six) {
				for _, m := range matches {
					proto := small(int(m.Proto), int(m.Proto))
					if m.Proto == policy.Any {
						proto = small(0, 255)
					}
					all = append(all, box{six, [5]span{from, to, proto, small(int(m.First), int(m.Last)), small(int(m.SrcFirst), int(m.SrcLast))}})
				}
			}
		}
	}
	return all
}

func spans(list []netip.Prefix, six bool) []span {
	if len(list) == 0 {
		return []span{every(six)}
	}
	var all []span
	for _, p := range list {
		if p.Addr().Is6() == six {
			all = append(all, prefixSpan(p))
		}
	}
	return all
}

// passing is what a list of rules lets through: certainly, and at most.
func passing(s *policy.RuleSet) (must, may []box) {
	fold := func(most bool) []box {
		var pass []box
		left := world()
		decide := func(r *policy.Rule, allow bool) {
			for _, b := range ruleBoxes(r) {
				if allow {
					pass = append(pass, both(left, []box{b})...)
				}
				left = without(left, b)
			}
		}
		for i := 0; i <= len(s.Rules); i++ {
			for k := range s.Unknown {
				l := &s.Unknown[k]
				if l.Rule != i || l.Harmless {
					continue
				}
				bound := l.Bound
				if bound == nil {
					bound = &policy.Rule{Allow: most}
				}
				// The line decides about all that it can when that makes the
				// answer larger or smaller, and about nothing otherwise.
				if bound.Allow == most {
					decide(bound, most)
				}
			}
			if i < len(s.Rules) {
				decide(&s.Rules[i], s.Rules[i].Allow)
			}
		}
		if s.Default {
			pass = append(pass, left...)
		}
		return pass
	}
	return fold(false), fold(true)
}
