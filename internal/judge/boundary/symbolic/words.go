package symbolic

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// mostParts bounds the lists of a region.
const mostParts = 64

// describe says what is in a region.
func (q *question) describe(r *Region, packets bdd.Ref) {
	from, to := q.standsIn(r.Example.Src), q.standsIn(r.Example.Dst)
	r.FromZone, r.ToZone = from.ID, to.ID
	var whole [3]bool
	r.From, whole[0] = q.ranges(packets, q.src, r.Family == 6)
	r.To, whole[1] = q.ranges(packets, q.dst, r.Family == 6)
	r.Services, r.Except, whole[2] = q.services(packets, r.Family == 6)
	r.Cut = whole != [3]bool{true, true, true}
	r.Says = q.sentence(r, end(&from, r.From)+q.moved(r.Example.Src, r.From), end(&to, r.To)+q.moved(r.Example.Dst, r.To))
}

// standsIn is the zone by which an address is named.
func (q *question) standsIn(a netip.Addr) policy.Zone {
	by := []*policy.Policy{nil, nil, q.opt.Names}
	for i, s := range q.sides {
		if s != nil {
			by[1-i] = s.zones()
		}
	}
	for _, p := range by {
		if p != nil {
			if z := &p.Zones[p.At(a)]; z.ID != "" {
				return *z
			}
		}
	}
	return policy.Zone{}
}

// moved says of addresses that stand in another zone on each side which: a
// subnet that was given away is the reason then.
func (q *question) moved(a netip.Addr, ranges []netip.Prefix) string {
	var zone [2]*policy.Zone
	for i, s := range q.sides {
		if s == nil || s.zones() == nil {
			return ""
		}
		zone[i] = &s.zones().Zones[s.zones().At(a)]
	}
	if zone[0].ID == zone[1].ID {
		return ""
	}
	where := a.String()
	if len(ranges) == 1 {
		where = ranges[0].String()
	}
	return fmt.Sprintf(" (%s: %s before, %s after)", where, orNone(zone[0]), orNone(zone[1]))
}

func orNone(z *policy.Zone) string {
	if z.ID == "" {
		return "no zone"
	}
	return called(z)
}

// ranges are the addresses that a region has at a place.
func (q *question) ranges(packets bdd.Ref, place int, six bool) ([]netip.Prefix, bool) {
	runs, whole := q.Numbers(q.And(packets, q.of(number46(six))), place, q.width, 1<<16)
	var b netipx.IPSetBuilder
	members := q.classesOf(six).members
	for _, r := range runs {
		for n := r.First; n <= r.Last && n < uint32(len(members)); n++ {
			for _, m := range members[n] {
				b.AddRange(m)
			}
		}
	}
	set, err := b.IPSet()
	if err != nil {
		return nil, false
	}
	all := set.Prefixes()
	if len(all) > mostParts {
		return all[:mostParts], false
	}
	return all, whole
}

// services are the protocols and ports of a region; where they are most of all,
// those that it does not have.
func (q *question) services(packets bdd.Ref, six bool) (list, except []policy.PortMatch, whole bool) {
	all := q.Exists(q.And(q.real, q.of(number46(six))), 0, q.proto)
	mine := q.Exists(packets, 0, q.proto)
	if list, whole = q.listed(mine); whole && len(list) <= mostWords {
		return list, nil, true
	}
	rest := q.Diff(all, mine)
	if except, less := q.listed(rest); less && (!whole || len(except) < len(list)) && q.And(q.any(except), all) == rest {
		return []policy.PortMatch{{Proto: policy.Any, SrcLast: 65535, Last: 65535}}, except, true
	}
	return list, nil, whole
}

func number46(six bool) int {
	if six {
		return 6
	}
	return 4
}

// listed is a set of services, one by one.
func (q *question) listed(set bdd.Ref) ([]policy.PortMatch, bool) {
	protos, _ := q.Numbers(set, q.proto, 8, 256)
	var all []policy.PortMatch
	whole := true
	for _, r := range protos {
		for n := r.First; n <= r.Last; n++ {
			if n != policy.TCP && n != policy.UDP {
				all = append(all, policy.PortMatch{Proto: uint8(n), SrcLast: 65535, Last: 65535})
				continue
			}
			list, ok := q.portsOf(q.And(set, q.protocols(uint8(n))), uint8(n))
			all = append(all, list...)
			whole = whole && ok
		}
	}
	if len(all) > mostParts {
		return all[:mostParts], false
	}
	return all, whole
}

func (q *question) portsOf(packets bdd.Ref, proto uint8) ([]policy.PortMatch, bool) {
	server, whole := q.Numbers(packets, q.dport, 16, mostParts)
	client, whole2 := q.Numbers(packets, q.sport, 16, mostParts)
	if len(client) != 1 { // say less about the client's than too much
		client = []bdd.Run{{First: 0, Last: 65535}}
	}
	var all []policy.PortMatch
	for _, r := range server {
		all = append(all, policy.PortMatch{Proto: proto, First: uint16(r.First), Last: uint16(r.Last), SrcFirst: uint16(client[0].First), SrcLast: uint16(client[0].Last)})
	}
	return all, whole && whole2
}

// phrases say what changed.
var phrases = map[Change]string{
	NewlyAllowed: "newly allowed",
	NewlyStopped: "newly stopped",
	Unrelayed:    "no longer read by a relay",
	Relayed:      "newly read by a relay",
	Otherwise:    "read by a relay that allows otherwise",
	Unknown:      "unknown",
	Reaches:      "passes",
}

func (q *question) sentence(r *Region, from, to string) string {
	says := fmt.Sprintf("%s: %s from %s to %s, for example %s", phrases[r.Change], r.services(), from, to, Packet(&r.Example))
	if q.sides[1] == nil {
		return says + ": " + r.After.Says
	}
	return fmt.Sprintf("%s. %s: %s. %s: %s", says, sideName(q.names[1], "after"), r.After.Says, sideName(q.names[0], "before"), r.Before.Says)
}

// services are those of a region, in words.
func (r *Region) services() string {
	says := Services(r.Services)
	if len(r.Except) > 0 {
		says += " but " + Services(r.Except)
	}
	return says
}

func sideName(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}

func called(z *policy.Zone) string {
	if z.Name != "" {
		return z.Name
	}
	return z.ID
}

// end names one end of a region.
func end(z *policy.Zone, ranges []netip.Prefix) string {
	switch {
	case z.ID != "":
		return called(z)
	case len(ranges) == 1 && ranges[0].Bits() == 0:
		return "anywhere"
	case len(ranges) == 1:
		return ranges[0].String()
	}
	return "addresses without a zone"
}

// protocolNames are those of protocols that have no ports.
var protocolNames = map[uint8]string{
	policy.ICMP: "icmp", 2: "igmp", policy.TCP: "tcp", policy.UDP: "udp", 47: "gre", 50: "esp", 51: "ah", policy.ICMPv6: "icmpv6", 88: "eigrp", 89: "ospf", 103: "pim", 112: "vrrp", 132: "sctp",
}

func protocolName(n uint8) string {
	if name, ok := protocolNames[n]; ok {
		return name
	}
	return fmt.Sprintf("ip protocol %d", n)
}

// mostWords bounds the services of a sentence.
const mostWords = 6

// Services are protocols with ports as people say them: "tcp 80, tcp 443".
func Services(list []policy.PortMatch) string {
	var all []string
	for i, m := range list {
		if i == mostWords {
			all = append(all, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		says := "everything"
		if m.Proto != policy.Any {
			says = protocolName(m.Proto)
		}
		switch {
		case m.Proto != policy.TCP && m.Proto != policy.UDP && m.Proto != policy.Any || m.First == 0 && m.Last == 65535:
		case m.First == m.Last:
			says += fmt.Sprintf(" %d", m.First)
		default:
			says += fmt.Sprintf(" %d-%d", m.First, m.Last)
		}
		if m.SrcFirst != 0 || m.SrcLast != 65535 {
			says += fmt.Sprintf(" from port %d-%d", m.SrcFirst, m.SrcLast)
		}
		all = append(all, says)
	}
	return strings.Join(all, ", ")
}

// Packet is a packet as people say it: "10.1.1.10 → 10.2.2.2 tcp 502".
func Packet(k *policy.Packet) string {
	says := fmt.Sprintf("%s → %s %s", k.Src, k.Dst, protocolName(k.Proto))
	if k.Proto == policy.TCP || k.Proto == policy.UDP {
		says += fmt.Sprintf(" %d", k.DstPort)
	}
	return says
}
