package compile

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// claim says that a range stands in a zone, unless something that outranks it
// says otherwise.
type claim struct {
	netip.Prefix
	zone int
}

// ranges gives every zone its addresses. Claims come in layers, the strongest
// first: single machines, subnets of zones from the longest, subnets of lines
// that are in a zone, and the internet. Each layer takes what none before took.
func (c *compiler) ranges(p *policy.Policy) error {
	layers := [][]claim{c.machines()}
	layers = append(layers, byLength(c.subnets())...)
	layers = append(layers, byLength(c.lines())...)
	layers = append(layers, c.internet())

	// The first set is not Nowhere's: it adds up all others.
	sets := make([]netipx.IPSetBuilder, len(p.Zones))
	var taken netipx.IPSetBuilder
	for _, layer := range layers {
		before, err := taken.IPSet()
		if err != nil {
			return fmt.Errorf("add up addresses: %w", err)
		}
		for zone, list := range byZone(layer) {
			var b netipx.IPSetBuilder
			for _, p := range list {
				b.AddPrefix(p)
				taken.AddPrefix(p)
			}
			if zone == policy.Nowhere {
				continue
			}
			b.RemoveSet(before)
			free, err := b.IPSet()
			if err != nil {
				return fmt.Errorf("add up the addresses of zone %q: %w", p.Zones[zone].ID, err)
			}
			sets[zone].AddSet(free)
		}
	}
	for i := 1; i < len(sets); i++ {
		set, err := sets[i].IPSet()
		if err != nil {
			return fmt.Errorf("add up the addresses of zone %q: %w", p.Zones[i].ID, err)
		}
		p.Zones[i].Ranges = set.Prefixes()
		sets[policy.Nowhere].AddSet(set)
	}
	return c.sayLost(&sets[policy.Nowhere])
}

// sayLost counts the machines of which no address stands in a zone.
func (c *compiler) sayLost(placed *netipx.IPSetBuilder) error {
	set, err := placed.IPSet()
	if err != nil {
		return fmt.Errorf("add up all addresses: %w", err)
	}
	lost, first := 0, ""
	for i := range c.Assets {
		ips := c.Assets[i].Facts.IPs
		if len(ips) == 0 || slices.ContainsFunc(ips, func(ip netip.Addr) bool { return set.Contains(ip.Unmap().WithZone("")) }) {
			continue
		}
		if lost++; lost == 1 {
			first = c.Assets[i].Label
		}
	}
	if lost > 0 {
		c.note("", nil, Unplaced, "machines with addresses that stand in no zone: %d, the first is %s; no conduit allows them anything: make them members of a zone", lost, first)
	}
	return nil
}

// byZone sorts claims by zone. What one layer claims for two zones was settled
// before: the first to say so has it.
func byZone(layer []claim) map[int][]netip.Prefix {
	m := map[int][]netip.Prefix{}
	claimed := map[netip.Prefix]bool{}
	for _, x := range layer {
		if !claimed[x.Prefix] {
			claimed[x.Prefix] = true
			m[x.zone] = append(m[x.zone], x.Prefix)
		}
	}
	return m
}

// byLength puts claims of one length into one layer, the longest first: they
// are the same or have nothing in common.
func byLength(all []claim) [][]claim {
	slices.SortStableFunc(all, func(a, b claim) int { return cmp.Compare(b.Bits(), a.Bits()) })
	var layers [][]claim
	for i, x := range all {
		if i == 0 || x.Bits() != all[i-1].Bits() {
			layers = append(layers, nil)
		}
		layers[len(layers)-1] = append(layers[len(layers)-1], x)
	}
	return layers
}

// subnets are the members of zones that name a subnet and nothing else. One that
// names more is about machines that fit the rest too: machines finds those.
func (c *compiler) subnets() []claim {
	var all []claim
	for i := range c.Model.Zones {
		z := &c.Model.Zones[i]
		for _, m := range z.Members {
			if plain(&m) {
				all = append(all, claim{unmapped(m.Subnet), c.zones[z.ID]})
			}
		}
	}
	return all
}

// plain reports whether a member names a subnet only.
func plain(m *model.Member) bool {
	return m.Subnet.IsValid() && *m == model.Member{Subnet: m.Subnet}
}

// unmapped is a range of IPv4 where it was written as one of IPv6.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

// lines are the subnets of lines and cells. Where those are members of a zone,
// what will be plugged in there stands in it too; where they are not, the range
// is nobody's, even within the range of a line that is.
func (c *compiler) lines() []claim {
	var all []claim
	for i := range c.Model.Lines {
		l := &c.Model.Lines[i]
		for k := range l.Cells {
			zone := c.member(model.Member{Cell: l.Cells[k].ID})
			if zone == policy.Nowhere {
				zone = c.member(model.Member{Line: l.ID})
			}
			all = claims(all, l.Cells[k].Members, zone)
		}
		all = claims(all, l.Members, c.member(model.Member{Line: l.ID}))
	}
	return all
}

// member is the first zone with exactly that member.
func (c *compiler) member(m model.Member) int {
	for i := range c.Model.Zones {
		if slices.Contains(c.Model.Zones[i].Members, m) {
			return c.zones[c.Model.Zones[i].ID]
		}
	}
	return policy.Nowhere
}

func claims(all []claim, members []model.Member, zone int) []claim {
	for i := range members {
		if plain(&members[i]) {
			all = append(all, claim{unmapped(members[i].Subnet), zone})
		}
	}
	return all
}

// public is what stands in the internet unless a zone claims it: IPv4 without
// the ranges of RFC 6890 that never come from there, and IPv6's global unicast
// (RFC 4291, section 2.4) with the well-known prefix of NAT64 (RFC 6052). The
// ranges of documentation are in it: the inventory takes them for outside too.
var (
	public    = prefixes("0.0.0.0/0", "2000::/3", "64:ff9b::/96")
	notPublic = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3")
)

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// internet gives the zone of the internet whatever nobody claims.
func (c *compiler) internet() []claim {
	var all []claim
	for i := range c.Model.Zones {
		z := &c.Model.Zones[i]
		if z.Kind != model.ZoneInternet {
			continue
		}
		if len(all) > 0 {
			c.note("", nil, Internet, "zone %s is a second zone of the internet: it has the addresses that it names, and all others stand in the first; give it another kind, or take one of them out", z.ID)
			continue
		}
		all = c.outside(z.ID)
	}
	return all
}

func (c *compiler) outside(zone string) []claim {
	var b netipx.IPSetBuilder
	for _, p := range public {
		b.AddPrefix(p)
	}
	for _, p := range notPublic {
		b.RemovePrefix(p)
	}
	set, err := b.IPSet()
	if err != nil {
		return nil // constants
	}
	var all []claim
	for _, p := range set.Prefixes() {
		all = append(all, claim{p, c.zones[zone]})
	}
	return all
}

// machines are the addresses that stand where their machine stands.
func (c *compiler) machines() []claim {
	placer := model.NewPlacer(c.Model)
	at := map[netip.Addr]claim{}
	torn := map[netip.Addr][]string{}
	who := map[netip.Addr]string{}
	for i := range c.Assets {
		a := &c.Assets[i]
		zone := a.Zone
		if zone == "" {
			zone = placer.Place(&a.Facts).Zone
		}
		for _, ip := range a.Facts.IPs {
			ip = ip.Unmap().WithZone("")
			n, ok := c.zones[c.stands(placer, a, zone, ip)]
			if !ok || !ownable(ip) {
				continue
			}
			if was, twice := at[ip]; twice && was.zone != n {
				torn[ip] = append(torn[ip], a.Label)
				continue
			}
			at[ip], who[ip] = claim{netip.PrefixFrom(ip, ip.BitLen()), n}, a.Label
		}
	}
	c.sayTorn(torn, who)
	var all []claim
	for ip, x := range at {
		if torn[ip] == nil {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b claim) int { return a.Addr().Compare(b.Addr()) })
	return all
}

// stands is the zone of one address of a machine: that of the machine if it is
// pinned or no subnet knows the address, else what the model makes of the
// machine with this address alone.
func (c *compiler) stands(placer *model.Placer, a *Asset, zone string, ip netip.Addr) string {
	if a.Pinned || !c.covered(ip) {
		return zone
	}
	alone := a.Facts
	alone.IPs = []netip.Addr{ip}
	if at := placer.Place(&alone).Zone; at != "" {
		return at
	}
	return zone
}

// covered reports whether a zone's member names a subnet that holds an address.
func (c *compiler) covered(ip netip.Addr) bool {
	for i := range c.Model.Zones {
		for k := range c.Model.Zones[i].Members {
			if m := &c.Model.Zones[i].Members[k]; m.Subnet.IsValid() && unmapped(m.Subnet).Contains(ip) {
				return true
			}
		}
	}
	return false
}

// ownable reports whether an address can be one machine's.
func ownable(ip netip.Addr) bool {
	return ip.IsValid() && !ip.IsUnspecified() && !ip.IsLoopback() && !ip.IsMulticast() && ip != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// sayTorn names the addresses that machines of different zones have: they stand
// where their subnet stands, or nowhere.
func (c *compiler) sayTorn(torn map[netip.Addr][]string, who map[netip.Addr]string) {
	var ips []netip.Addr
	for ip := range torn {
		ips = append(ips, ip)
	}
	slices.SortFunc(ips, netip.Addr.Compare)
	for i, ip := range ips {
		if i == maxTorn {
			c.note("", nil, TwoZones, "%d further addresses are those of machines in different zones", len(ips)-i)
			return
		}
		c.note("", nil, TwoZones, "%s is an address of %s and of %s, which stand in different zones: it stands where its subnet does, if any; a policy cannot tell the two apart", ip, who[ip], strings.Join(torn[ip], ", "))
	}
}

// maxTorn bounds the notes of one kind.
const maxTorn = 20
