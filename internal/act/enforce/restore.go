package enforce

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// numbersOf reads the numbers of zones from set names.
func numbersOf(names []element) numbering {
	n := numbering{Of: map[string]uint32{}, Next: 1}
	for _, e := range names {
		if len(e.key) == 4 {
			if k := binary.NativeEndian.Uint32(e.key); k != 0 {
				n.Of[e.note], n.Next = k, max(n.Next, k+1)
			}
		}
	}
	return n
}

// policyOf makes a policy of what the elements do, whoever put them there. Names
// and kinds of zones, and what relays may pass, are those of want where it has
// them: the kernel does not use them. A zone without a name there is called by
// its number.
func policyOf(have contents, want *plan) *policy.Policy {
	r := &restorer{have: have, p: &policy.Policy{Zones: []policy.Zone{{}}, Rest: model.StageEnforce}, index: map[uint32]int{0: 0}}
	numbers := numbersOf(have["names"])
	r.names = numbers.byNumber()
	if want != nil {
		r.want = want
		r.p.Site = want.policy.Site
		r.names = want.numbers.byNumber()
	}
	r.zones("zones4", false)
	r.zones("zones6", true)
	r.rest()
	r.conduits()
	r.pairs()
	r.ethernet()
	r.p.Normalize()
	return r.p
}

type restorer struct {
	have  contents
	want  *plan
	p     *policy.Policy
	names map[uint32]string
	index map[uint32]int // of zones, by number
}

// zone is the index of the zone of a number.
func (r *restorer) zone(n uint32) int {
	if i, known := r.index[n]; known {
		return i
	}
	z := policy.Zone{ID: r.names[n], Kind: model.ZoneEnterprise}
	if z.ID == "" {
		z.ID = fmt.Sprintf("zone-number-%d", n)
	}
	if r.want != nil {
		if i := r.want.policy.Zone(z.ID); i >= 0 {
			z.Name, z.Kind = r.want.policy.Zones[i].Name, r.want.policy.Zones[i].Kind
		}
	}
	r.p.Zones = append(r.p.Zones, z)
	r.index[n] = len(r.p.Zones) - 1
	return r.index[n]
}

// zones reads the intervals. One without an end reaches to the last address.
func (r *restorer) zones(set string, v6 bool) {
	list := r.have[set]
	for i, e := range list {
		first, ok := netip.AddrFromSlice(e.key)
		if e.stop || !ok || len(e.val) != 4 {
			continue
		}
		last := lastOf(v6)
		for _, x := range list[i+1:] {
			if a, ok := netip.AddrFromSlice(x.key); ok && first.Less(a) {
				last = a.Prev()
				break
			}
		}
		if n := binary.NativeEndian.Uint32(e.val); n != 0 {
			z := &r.p.Zones[r.zone(n)]
			z.Ranges = append(z.Ranges, netipx.IPRangeFrom(first, last).Prefixes()...)
		}
	}
}

func lastOf(v6 bool) netip.Addr {
	if v6 {
		return netipx.PrefixLastIP(netip.PrefixFrom(netip.IPv6Unspecified(), 0))
	}
	return netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// stageOf is the stage that a verdict stands for. Which of the two enforcing
// stages it was the kernel does not know: the stricter.
func stageOf(verdict string) model.Stage {
	switch verdict {
	case "pass", "accept":
		return model.StageObserve
	case "shadow", "frameshadow":
		return model.StageShadow
	}
	return model.StageEnforce
}

// rest is the stage of pairs that are not named: that of most zones; zones whose
// stage is another have their pairs named.
func (r *restorer) rest() {
	count := map[model.Stage]int{}
	for _, e := range r.have["rest"] {
		count[stageOf(e.verdict)]++
		if len(e.key) == 4 {
			r.zone(binary.NativeEndian.Uint32(e.key))
		}
	}
	for _, s := range model.Stages {
		if count[s] > count[r.p.Rest] {
			r.p.Rest = s
		}
	}
	if r.want != nil && stageLike(r.want.policy.Rest, r.p.Rest) {
		r.p.Rest = r.want.policy.Rest
	}
}

// stageLike reports whether two stages have one verdict.
func stageLike(a, b model.Stage) bool { return policy.Rest(a) == policy.Rest(b) }

func (r *restorer) pairs() {
	named := map[[2]int]bool{}
	add := func(from, to int, s model.Stage) {
		if named[[2]int{from, to}] || from == to && from != policy.Nowhere {
			return
		}
		named[[2]int{from, to}] = true
		if r.want != nil {
			f, t := r.want.policy.Zone(r.p.Zones[from].ID), r.want.policy.Zone(r.p.Zones[to].ID)
			if w := r.want.policy.StageOf(max(f, 0), max(t, 0)); stageLike(w, s) {
				s = w
			}
		}
		r.p.Pairs = append(r.p.Pairs, policy.Pair{From: from, To: to, Stage: s})
	}
	for _, e := range r.have["pairs"] {
		if len(e.key) == 8 {
			add(r.zone(binary.NativeEndian.Uint32(e.key)), r.zone(binary.NativeEndian.Uint32(e.key[4:])), stageOf(e.verdict))
		}
	}
	for _, e := range r.have["rest"] {
		if s := stageOf(e.verdict); len(e.key) == 4 && !stageLike(s, r.p.Rest) {
			for to := range r.p.Zones {
				add(r.zone(binary.NativeEndian.Uint32(e.key)), to, s)
			}
		}
	}
}

// conduits reads the elements; several of one note, from and to are one conduit.
func (r *restorer) conduits() {
	for _, set := range []string{"conduits", "ranges", "relayed"} {
		for _, e := range r.have[set] {
			if len(e.end) == 0 {
				e.end = e.key
			}
			if len(e.key) != 16 || len(e.end) != 16 {
				continue
			}
			from, to := r.zone(binary.NativeEndian.Uint32(e.key)), r.zone(binary.NativeEndian.Uint32(e.key[4:]))
			if from == policy.Nowhere || to == policy.Nowhere || from == to {
				continue // a policy cannot say it; the drift does
			}
			c := r.conduit(cmpOr(e.note, "unnamed"), from, to)
			c.Until = e.until
			for _, m := range matchesOf(e) {
				if set == "relayed" {
					m.Relay = r.relay(c.ID, e.verdict)
				}
				c.Matches = merge(c.Matches, m)
			}
		}
	}
}

// merge adds a match to a list, to the one whose ports it goes on if there is one.
func merge(list []policy.Match, m policy.Match) []policy.Match {
	for i, x := range list {
		if x.Proto == m.Proto && (x.Relay == nil) == (m.Relay == nil) && int(m.First) <= int(x.Last)+1 && int(x.First) <= int(m.Last)+1 {
			list[i].First, list[i].Last = min(x.First, m.First), max(x.Last, m.Last)
			return list
		}
	}
	return append(list, m)
}

func (r *restorer) conduit(id string, from, to int) *policy.Conduit {
	for n := 1; ; n++ {
		name := id
		if n > 1 {
			name = fmt.Sprintf("%s (%d)", id, n)
		}
		i := slices.IndexFunc(r.p.Conduits, func(c policy.Conduit) bool { return c.ID == name })
		if i < 0 {
			r.p.Conduits = append(r.p.Conduits, policy.Conduit{ID: name, From: from, To: to})
			return &r.p.Conduits[len(r.p.Conduits)-1]
		}
		if c := &r.p.Conduits[i]; c.From == from && c.To == to {
			return c
		}
	}
}

// matchesOf are the protocols and ports of an element, as a policy says them:
// ports only of TCP and UDP.
func matchesOf(e element) []policy.Match {
	first, last := binary.BigEndian.Uint16(e.key[12:]), binary.BigEndian.Uint16(e.end[12:])
	if e.key[8] == 0 && e.end[8] == 255 {
		return []policy.Match{{Proto: policy.Any, First: 0, Last: 65535}}
	}
	var all []policy.Match
	for p := int(e.key[8]); p <= int(e.end[8]); p++ {
		m := policy.Match{Proto: uint8(p), First: first, Last: last}
		if m.Proto != policy.TCP && m.Proto != policy.UDP {
			if first > 0 {
				continue // the kernel asks for port 0 there
			}
			m.First, m.Last = 0, 65535
		}
		if p != policy.Any {
			all = append(all, m)
		}
	}
	return all
}

// relay is what the relay of a chain may pass: what was applied, else nothing.
func (r *restorer) relay(conduit, verdict string) *policy.Relay {
	name, _ := strings.CutPrefix(verdict, "relay-")
	if r.want != nil {
		for _, c := range r.want.policy.Conduits {
			for _, m := range c.Matches {
				if c.ID == conduit && m.Relay != nil && m.Relay.Protocol == name {
					return m.Relay
				}
			}
		}
	}
	return &policy.Relay{Protocol: name}
}

// ethernet are the types that pass where others do not.
func (r *restorer) ethernet() {
	list := r.have["ethernet"]
	for i, e := range list {
		if e.stop || e.verdict != "accept" || len(e.key) != 2 {
			continue
		}
		first, last := int(binary.BigEndian.Uint16(e.key)), 0xffff
		for _, x := range list[i+1:] {
			if len(x.key) == 2 && string(x.key) > string(e.key) {
				last = int(binary.BigEndian.Uint16(x.key)) - 1
				break
			}
		}
		if last-first > 64 { // everything passes
			continue
		}
		for n := first; n <= last; n++ {
			r.p.Ethernet = append(r.p.Ethernet, uint16(n))
		}
	}
}
