package inventory

import (
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Bounds of what one device does with addresses on one link. Measured on no
// plant in particular: they are well above what hosts do and well below what
// routers and ARP proxies do.
const (
	maxClaims = 8 // addresses of one version claimed in one VLAN; beyond: an ARP proxy
	maxLeases = 8 // addresses held one after another
	maxIPv6   = 8 // IPv6 addresses at once: temporary ones are renewed daily (RFC 8981)

	// An address was really held, and not only passed by, when it sent this
	// much for this long.
	leasePackets = 5
	leaseTime    = 10 * 1e9 // nanoseconds
)

// use is what one MAC did with one IP, in all VLANs. A router's MAC has very
// many of them.
type use struct {
	first, last int64
	packets     uint64
	lo, hi      uint32 // its records in those of the MAC
	seen        evidence
	version     version
	ttl         ttlKind
	proxied     bool // claimed only where the MAC claims far too many
	local       bool // an address of this link by its kind
	place       place
}

// version is 4 or 6.
type version uint8

func versionOf(a netip.Addr) version {
	if a.Is4() {
		return 4
	}
	return 6
}

// placeAll decides for every endpoint whether its IP is its MAC's own. order
// is sorted by MAC.
func (b *Builder) placeAll(order []uint32) {
	var uses []use
	for len(order) > 0 {
		n := 1
		for n < len(order) && b.sameMAC(order[0], order[n]) {
			n++
		}
		uses = b.placeMAC(order[:n], uses[:0])
		order = order[n:]
	}
}

// sameMAC reports whether two records have one MAC node. A router's virtual
// MAC is numbered per link, so that each VLAN has its own.
func (b *Builder) sameMAC(i, j uint32) bool {
	x, y := b.endpoints.at(i), b.endpoints.at(j)
	return x.mac == y.mac && (x.vlan == y.vlan || !isVirtual(x.mac))
}

// placeMAC places the addresses of one MAC; uses is room to work in.
func (b *Builder) placeMAC(records []uint32, uses []use) []use {
	uses = b.collectUses(records, uses)
	mac := b.endpoints.at(records[0]).mac
	for i := range uses {
		uses[i].place = placeAlready(&uses[i], mac)
	}
	if b.hairpin(records) {
		settle(uses, 4)
		settle(uses, 6)
	}
	placeIPv4(uses)
	placeIPv6(uses)
	for i := range uses {
		for _, r := range records[uses[i].lo:uses[i].hi] {
			b.endpoints.at(r).place = uses[i].place
		}
	}
	return uses
}

// hairpin reports whether addresses of the MAC sent packets to each other:
// no machine does so on the wire, but a router does.
func (b *Builder) hairpin(records []uint32) bool {
	for _, r := range records {
		if b.endpoints.at(r).seen&hairpinned != 0 {
			return true
		}
	}
	return false
}

// findHairpins marks the endpoints that talked to another IP of their MAC.
func (b *Builder) findHairpins() {
	for i := range uint32(b.links.n) {
		l := b.links.at(i)
		x, y := b.endpoints.at(l.client), b.endpoints.at(l.server)
		if x.mac == y.mac && !x.mac.IsZero() && x.ip != y.ip && x.hasIP() && y.hasIP() {
			x.seen |= hairpinned
			y.seen |= hairpinned
		}
	}
}

// collectUses gathers the records of one MAC, sorted by IP, into uses.
func (b *Builder) collectUses(records []uint32, uses []use) []use {
	proxy := b.proxyVLANs(records)
	for lo := 0; lo < len(records); {
		hi := lo + 1
		for hi < len(records) && b.endpoints.at(records[hi]).ip == b.endpoints.at(records[lo]).ip {
			hi++
		}
		if b.endpoints.at(records[lo]).hasIP() {
			if u := b.newUse(records, lo, hi, proxy); u.seen&(sentIP|ownIP) != 0 {
				uses = append(uses, u)
			}
		}
		lo = hi
	}
	return uses
}

func (b *Builder) newUse(records []uint32, lo, hi int, proxy proxies) use {
	e := b.endpoints.at(records[lo])
	a := e.addr()
	u := use{lo: uint32(lo), hi: uint32(hi), version: versionOf(a), proxied: true}
	u.local = a.IsLinkLocalUnicast() || a.IsLoopback() || fromMAC(a, e.mac)
	for _, r := range records[lo:hi] {
		e := b.endpoints.at(r)
		u.seen |= e.seen
		u.ttl |= e.ttl
		u.packets += e.packets
		u.last = max(u.last, e.last)
		if e.first != 0 && (u.first == 0 || e.first < u.first) {
			u.first = e.first
		}
		u.proxied = u.proxied && proxy.idle(e)
	}
	return u
}

// proxyVLANs finds the VLANs where a MAC claims so many addresses that its
// claims prove nothing: a router that answers ARP for others.
func (b *Builder) proxyVLANs(records []uint32) (p proxies) {
	if len(records) <= maxClaims {
		return nil
	}
	for _, r := range records {
		if e := b.endpoints.at(r); e.seen&claimedIP != 0 {
			if p == nil {
				p = make(proxies)
			}
			p[claimedOn{e.vlan, versionOf(e.addr())}]++
		}
	}
	return p
}

// proxies counts what a MAC claims in each VLAN.
type proxies map[claimedOn]int

type claimedOn struct {
	vlan    uint16
	version version
}

// idle reports whether an endpoint's claim proves nothing: it made none, or too
// many are made there.
func (p proxies) idle(e *endpoint) bool {
	return e.seen&claimedIP == 0 || p[claimedOn{e.vlan, versionOf(e.addr())}] > maxClaims
}

// placeAlready places an address that needs no comparing with others;
// placeNone leaves it open.
func placeAlready(u *use, mac plant.MAC) place {
	switch {
	case mac.IsZero():
		return placeUnclear
	case u.local, u.seen&saidIP != 0, u.seen&claimedIP != 0 && !u.proxied:
		return placeOwn
	case u.ttl == ttlFewer, isVirtual(mac):
		return placeRouted
	case u.seen&announcedIP != 0:
		return placeAlone
	}
	return placeNone
}

// placeIPv4 places the IPv4 addresses that are still open. A MAC that sends
// from one address only has that address; several that came one after another
// are one machine whose address changed; otherwise all of them are unclear.
func placeIPv4(uses []use) {
	open, own, routed := count(uses, 4)
	for i := range uses {
		u := &uses[i]
		if open == 1 && own == 0 && u.place == placeNone && u.version == 4 && (routed == 0 || u.ttl == ttlInitial) {
			u.place = placeAlone
		}
	}
	if routed == 0 && open+own <= maxLeases && successive(uses) {
		for i := range uses {
			if uses[i].place == placeNone && uses[i].version == 4 {
				uses[i].place = placeAlone
			}
		}
	}
	settle(uses, 4)
}

// successive reports whether all open IPv4 addresses were held one after
// another.
func successive(uses []use) bool {
	for i := range uses {
		if u := &uses[i]; u.place == placeNone && u.version == 4 && (u.ttl != ttlInitial || !held(uses, i)) {
			return false
		}
	}
	return true
}

// placeIPv6 does so for IPv6, where a machine has several addresses at once.
func placeIPv6(uses []use) {
	open, own, routed := count(uses, 6)
	for i := range uses {
		u := &uses[i]
		if u.place != placeNone || u.version != 6 {
			continue
		}
		if open+own == 1 && routed == 0 || open+own <= maxIPv6 && u.ttl == ttlInitial {
			u.place = placeAlone
		}
	}
	settle(uses, 6)
}

// count sorts the addresses of one version that can be routed: still open, the
// MAC's own, routed.
func count(uses []use, v version) (open, own, routed int) {
	for i := range uses {
		u := &uses[i]
		switch {
		case u.version != v, u.local:
		case u.place == placeNone:
			open++
		case u.place == placeRouted:
			routed++
		default:
			own++
		}
	}
	return open, own, routed
}

func settle(uses []use, v version) {
	for i := range uses {
		if uses[i].place == placeNone && uses[i].version == v {
			uses[i].place = placeUnclear
		}
	}
}

// held reports whether address i was held for a while, and no other IPv4
// address of the MAC was used at that time.
func held(uses []use, i int) bool {
	u := &uses[i]
	if u.packets < leasePackets || u.last-u.first < leaseTime {
		return false
	}
	for j := range uses {
		o := &uses[j]
		if j != i && o.version == 4 && !o.local && o.first <= u.last && u.first <= o.last {
			return false
		}
	}
	return true
}

// fromMAC reports whether an IPv6 address was made from that MAC (modified
// EUI-64, RFC 4291 appendix A).
func fromMAC(a netip.Addr, mac plant.MAC) bool {
	if !a.Is6() {
		return false
	}
	ip := a.As16()
	want := [8]byte{mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]}
	return [8]byte(ip[8:]) == want
}

// isVirtual reports whether a MAC is that of a group of routers that share it:
// VRRP and CARP (RFC 5798), HSRP 1 and 2, GLBP (Cisco).
func isVirtual(m plant.MAC) bool {
	switch {
	case m[0] == 0 && m[1] == 0 && m[2] == 0x5e && m[3] == 0 && (m[4] == 1 || m[4] == 2),
		m[0] == 0 && m[1] == 0 && m[2] == 0x0c && m[3] == 0x07 && m[4] == 0xac,
		m[0] == 0 && m[1] == 0 && m[2] == 0x0c && m[3] == 0x9f && m[4]>>4 == 0xf,
		m[0] == 0 && m[1] == 0x07 && m[2] == 0xb4 && m[3] == 0:
		return true
	}
	return false
}
