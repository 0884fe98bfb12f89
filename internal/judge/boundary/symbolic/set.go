package symbolic

import "github.com/bulkhead-ot/bulkhead/internal/plant/policy"

// Set is the packets that a source lets through, to be asked about single ones.
type Set struct{ q *question }

// Of is the set of a source. It is not for several goroutines.
func Of(s Source, opt Options) (*Set, error) {
	q, err := ask(opt, s, Source{Rules: &policy.RuleSet{}})
	if err != nil {
		return nil, err
	}
	return &Set{q}, nil
}

// Passes reports whether a packet certainly passes, and whether it might: the
// two differ where a line that was not understood might decide. A packet of a
// family's other ICMP, or with ports where its protocol has none, is none.
func (s *Set) Passes(k policy.Packet) (certainly, perhaps bool) {
	k.Src, k.Dst = k.Src.Unmap().WithZone(""), k.Dst.Unmap().WithZone("")
	if !k.Src.IsValid() || k.Src.BitLen() != k.Dst.BitLen() || !s.q.has(s.q.whole(), &k) {
		return false, false
	}
	must, may := s.q.sides[0].bounds()
	return s.q.has(must, &k), s.q.has(may, &k)
}

// Size says how large the set's diagram is, in nodes, and how many bits a packet
// has in it.
func (s *Set) Size() (nodes, bits int) {
	must, _ := s.q.sides[0].bounds()
	return s.q.Size(must), s.q.sport + 16
}
