package enforce

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// plan is what the kernel's sets hold for a policy.
type plan struct {
	policy  *policy.Policy
	hash    string // of the policy
	numbers numbering
	zone    []uint32 // the number of each zone of the policy
	sets    contents
}

// planFor makes the contents of the sets that hold a policy. What the policy
// lets pass only until a time that has come is left out; what ends later has a
// timeout.
func planFor(cfg Config, before numbering, p *policy.Policy, now time.Time) (*plan, error) {
	if err := refuse(cfg, p); err != nil {
		return nil, err
	}
	x := &plan{policy: p, sets: contents{}}
	x.numbers, x.zone = before.add(p)
	x.sets["zones4"], x.sets["zones6"] = x.zones(false), x.zones(true)
	for i := range p.Zones {
		x.add("names", element{key: native(x.zone[i]), note: short(cmpOr(p.Zones[i].ID, "nowhere"))})
	}
	x.conduits(now)
	x.pairs(cfg)
	if cfg.Mode == Bridge {
		x.ethernet()
	}
	text := p.Canonical()
	sum := sha256.Sum256(text)
	x.hash = hex.EncodeToString(sum[:])
	words, err := packWords(text, x.numbers)
	if err != nil {
		return nil, err
	}
	x.sets["words"] = words
	x.sets.sort()
	return x, nil
}

// refuse says what of a policy this wall cannot hold.
func refuse(cfg Config, p *policy.Policy) error {
	if err := p.Validate(); err != nil {
		return err
	}
	var no []string
	for i := range p.Conduits {
		for _, m := range p.Conduits[i].Matches {
			if m.Relay != nil && int(m.Last)-int(m.First) >= maxRelayed {
				no = append(no, fmt.Sprintf("conduit %q needs a relay for more than %d ports", p.Conduits[i].ID, maxRelayed))
				break
			}
			if m.Relay != nil && cfg.Relay[m.Relay.Protocol] == 0 {
				no = append(no, fmt.Sprintf("conduit %q needs a relay for %s, which this %s has not", p.Conduits[i].ID, m.Relay.Protocol, cfg.Mode))
				break
			}
		}
	}
	if len(no) > 0 {
		return fmt.Errorf("%w: %s", ErrRefused, strings.Join(no[:min(len(no), 10)], "; "))
	}
	return nil
}

func (x *plan) add(set string, e element) { x.sets[set] = append(x.sets[set], e) }

// zones are the intervals of one version. The last has no end: there is no
// address behind it.
func (x *plan) zones(v6 bool) []element {
	var all []element
	list := spans(x.policy, v6)
	for i, s := range list {
		all = append(all, element{key: s.first.AsSlice(), val: native(x.zone[s.zone])})
		if i+1 < len(list) {
			all = append(all, element{key: s.last.Next().AsSlice(), stop: true})
		}
	}
	return all
}

// piece is a rectangle of protocols and ports of one pair of zones that no other
// piece of the pair covers.
type piece struct {
	proto, lastProto uint8
	first, last      uint16
	conduit          int
	match            int
	until            time.Time
}

// conduits are cut into pieces that do not overlap, since the kernel's intervals
// must not. Of two that overlap the first has the piece, and one without an end
// before one with.
func (x *plan) conduits(now time.Time) {
	x.sets["conduits"] = make([]element, 0, len(x.policy.Conduits)+len(x.policy.Conduits)/4)
	direct, relayed := map[[2]int]*cutter{}, map[[2]int]*cutter{}
	for _, i := range x.order(now) {
		c := &x.policy.Conduits[i]
		for j, m := range c.Matches {
			at := direct
			if m.Relay != nil {
				at = relayed
			}
			k := [2]int{c.From, c.To}
			if at[k] == nil {
				at[k] = &cutter{}
			}
			at[k].add(m, piece{conduit: i, match: j, until: c.Until})
		}
	}
	for pair, c := range direct {
		for _, s := range c.pieces(nil) {
			if !s.single() {
				x.add("ranges", x.element(pair, s))
				continue
			}
			for _, e := range x.singles(pair, s) {
				x.add("conduits", e)
			}
		}
	}
	for pair, c := range relayed {
		for _, s := range c.pieces(direct[pair]) {
			for _, e := range x.singles(pair, s) {
				e.verdict = "relay-" + x.policy.Conduits[s.conduit].Matches[s.match].Relay.Protocol
				x.add("relayed", e)
			}
		}
	}
}

// order is the conduits that hold, those without an end first, then those that
// hold longest.
func (x *plan) order(now time.Time) []int {
	var all []int
	for i := range x.policy.Conduits {
		if u := x.policy.Conduits[i].Until; u.IsZero() || now.Before(u) {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(i, j int) int {
		a, b := x.policy.Conduits[i].Until, x.policy.Conduits[j].Until
		switch {
		case a.IsZero() && b.IsZero():
			return 0
		case a.IsZero():
			return -1
		case b.IsZero():
			return 1
		}
		return b.Compare(a)
	})
	return all
}

// maxSingles is how many ports of a range are elements of their own;
// maxRelayed how many a relay can have.
const (
	maxSingles = 8
	maxRelayed = 64
)

// single reports whether a piece is a few keys rather than a range of them.
func (s *piece) single() bool {
	return s.proto == s.lastProto && (!ported(s.proto) || int(s.last)-int(s.first) < maxSingles)
}

func ported(proto uint8) bool { return proto == policy.TCP || proto == policy.UDP }

// singles are the keys of a piece of one protocol, one by one. A protocol
// without ports has port 0.
func (x *plan) singles(pair [2]int, s piece) []element {
	if !ported(s.proto) {
		s.last = s.first
	}
	var all []element
	for p := int(s.first); p <= int(s.last); p++ {
		one := s
		one.first, one.last = uint16(p), uint16(p)
		e := x.element(pair, one)
		e.end = nil
		all = append(all, e)
	}
	return all
}

func (x *plan) element(pair [2]int, s piece) element {
	e := element{
		key:  conduitKeyOf(x.zone[pair[0]], x.zone[pair[1]], s.proto, s.first),
		end:  conduitKeyOf(x.zone[pair[0]], x.zone[pair[1]], s.lastProto, s.last),
		note: short(x.policy.Conduits[s.conduit].ID),
	}
	e.until = s.until
	return e
}

// conduitKeyOf is the key as conduitKey loads it: each field in 32 bits.
func conduitKeyOf(from, to uint32, proto uint8, port uint16) []byte {
	b := make([]byte, 16)
	binary.NativeEndian.PutUint32(b, from)
	binary.NativeEndian.PutUint32(b[4:], to)
	b[8] = proto
	binary.BigEndian.PutUint16(b[12:], port)
	return b
}

// pairs are the stages: those of pairs that have one of their own and of every
// zone with itself, and of all others by the zone they come from.
func (x *plan) pairs(cfg Config) {
	p := x.policy
	for i := range p.Zones {
		x.add("rest", element{key: native(x.zone[i]), verdict: denial(p, i, p.Rest)})
		if i != policy.Nowhere {
			x.add("pairs", element{key: pairKey(x.zone[i], x.zone[i]), verdict: "pass"})
		}
	}
	for _, s := range p.Pairs {
		x.add("pairs", element{key: pairKey(x.zone[s.From], x.zone[s.To]), verdict: denial(p, s.From, s.Stage)})
	}
	if cfg.Mode == Bridge && cfg.Tracking == Stateless {
		x.answers()
	}
}

// answers are, for a bridge that knows no connections, the pairs of zones of
// which the way back is open: the key is that of the pair the other way.
func (x *plan) answers() {
	p := x.policy
	way := func(s model.Stage) string {
		if policy.Rest(s).Passes() {
			return "accept"
		}
		return "loose"
	}
	for i := range p.Zones {
		x.add("backrest", element{key: native(x.zone[i]), verdict: way(p.Rest)})
		if i != policy.Nowhere {
			x.add("back", element{key: pairKey(x.zone[i], x.zone[i]), verdict: "accept"})
		}
	}
	for _, s := range p.Pairs {
		x.add("back", element{key: pairKey(x.zone[s.From], x.zone[s.To]), verdict: way(s.Stage)})
	}
}

func pairKey(from, to uint32) []byte { return append(native(from), native(to)...) }

// denial is the chain for what no conduit allows from a zone at a stage.
func denial(p *policy.Policy, from int, s model.Stage) string {
	switch policy.Rest(s) {
	case policy.Observe:
		return "pass"
	case policy.Shadow:
		return "shadow"
	}
	if p.Zones[from].OT() {
		return "silence"
	}
	return "refuse"
}

// ethernet is a verdict for every EtherType: those of the list pass, all others
// as the policy's rest says.
func (x *plan) ethernet() {
	rest := "framestop"
	switch policy.Rest(x.policy.Rest) {
	case policy.Observe:
		rest = "accept"
	case policy.Shadow:
		rest = "frameshadow"
	}
	verdictAt := func(n int) string {
		if slices.Contains(x.policy.Ethernet, uint16(n)) {
			return "accept"
		}
		return rest
	}
	starts := []int{0}
	for _, e := range x.policy.Ethernet {
		starts = append(starts, int(e), int(e)+1)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	last := ""
	for _, n := range starts {
		if v := verdictAt(n); v != last && n <= 0xffff {
			if n > 0 {
				x.add("ethernet", element{key: ether(uint16(n)), stop: true})
			}
			x.add("ethernet", element{key: ether(uint16(n)), verdict: v})
			last = v
		}
	}
}

func ether(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }

// native is a number as the kernel keeps it in a register.
func native(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }

// maxNote is what fits with an element beside its length and a zero byte.
const maxNote = 240

// short cuts a note to what the kernel keeps, at the end of a character.
func short(s string) string {
	if len(s) <= maxNote {
		return s
	}
	return strings.ToValidUTF8(s[:maxNote], "")
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
