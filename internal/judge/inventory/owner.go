package inventory

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// claimant is a MAC that has an IP on its own link.
type claimant struct {
	node    uint32
	mac     plant.MAC
	vlans   []uint16
	packets uint64
	last    int64
	seen    evidence
	record  uint32 // the endpoint with the most packets
	most    uint64
	realm   int
}

// ownIPs gives every IP to one node in each realm.
func (b *Builder) ownIPs(f *folded) {
	for lo := 0; lo < len(f.byIP); {
		hi := lo + 1
		for hi < len(f.byIP) && b.endpoints.at(f.byIP[hi]).ip == b.endpoints.at(f.byIP[lo]).ip {
			hi++
		}
		if records := f.byIP[lo:hi]; b.endpoints.at(records[0]).hasIP() {
			b.ownIP(f, records)
		}
		lo = hi
	}
}

// ownIP gives one IP, with these records, to the MAC that owns it, or to a
// node of its own where it only came through routers.
func (b *Builder) ownIP(f *folded, records []uint32) {
	claimants := b.claimants(f, records)
	if len(claimants) == 0 {
		b.ownItself(f, records)
		return
	}
	winners := b.winners(f, claimants)
	for _, r := range records {
		e := b.endpoints.at(r)
		w := ownerIn(winners, e.vlan)
		if !e.place.onLink() {
			f.node[r] = w.node
		}
		f.holds[r] = f.node[r] == w.node && f.node[r] != nobody && e.usedIP()
	}
}

// ownItself makes a node of an IP that sent packets but is on no link we see.
func (b *Builder) ownItself(f *folded, records []uint32) {
	id := nobody
	for _, r := range records {
		if b.endpoints.at(r).seen&sentIP != 0 {
			id = f.newNode(node{record: r})
			break
		}
	}
	for _, r := range records {
		f.node[r] = id
		f.holds[r] = id != nobody && b.endpoints.at(r).seen&sentIP != 0
	}
}

// claimants are the MACs that have the IP of these records, sorted by MAC, on
// their own link.
func (b *Builder) claimants(f *folded, records []uint32) []claimant {
	var all []claimant
	for _, r := range records {
		e := b.endpoints.at(r)
		if !e.place.onLink() || f.node[r] == nobody {
			continue
		}
		if len(all) == 0 || all[len(all)-1].node != f.node[r] {
			all = append(all, claimant{node: f.node[r], mac: e.mac, record: r})
		}
		all[len(all)-1].add(e, r)
	}
	if strong := slices.DeleteFunc(slices.Clone(all), func(c claimant) bool { return c.seen&^(announcedIP|heard|spoke|hairpinned) == 0 }); len(strong) > 0 {
		return strong // a port that announces the address is no rival of the one that has it
	}
	return all
}

func (c *claimant) add(e *endpoint, record uint32) {
	c.packets += e.packets
	c.last = max(c.last, e.last)
	c.seen |= e.seen
	if e.packets > c.most {
		c.most, c.record = e.packets, record
	}
	if !slices.Contains(c.vlans, e.vlan) {
		c.vlans = append(c.vlans, e.vlan)
	}
}

// winners are the owners of an IP, one for each realm. Of several claimants in
// one realm it is the one that used the IP most, then last; the others keep
// their MACs and the clash is noted with both.
func (b *Builder) winners(f *folded, all []claimant) []claimant {
	if len(all) == 1 {
		return all
	}
	best := make([]int, sortRealms(all))
	for realm := range best {
		best[realm] = -1
	}
	for i := range all {
		if at := &best[all[i].realm]; *at < 0 || all[i].before(&all[*at]) {
			*at = i
		}
	}
	winners := make([]claimant, 0, len(best))
	for _, i := range best {
		winners = append(winners, all[i])
	}
	if !b.endpoints.at(all[0].record).addr().IsLoopback() { // every machine has that
		f.noteClashes(all, best)
	}
	slices.SortFunc(winners, func(x, y claimant) int {
		if x.before(&y) {
			return -1
		}
		return 1
	})
	return winners
}

// before says which of two claimants an IP goes to. The MAC that a group of
// routers shares goes first: the address is theirs together.
func (c *claimant) before(o *claimant) bool {
	if v := isVirtual(c.mac); v != isVirtual(o.mac) {
		return v
	}
	return cmp.Or(
		cmp.Compare(o.packets, c.packets), cmp.Compare(o.last, c.last),
		bytes.Compare(c.mac[:], o.mac[:]), cmp.Compare(c.node, o.node)) < 0
}

// maxClashes bounds how many rivals of one node are told.
const maxClashes = 16

// noteClashes notes that the others in a winner's realm use its address. A
// router that answers for the address of its group is no clash.
func (f *folded) noteClashes(all []claimant, best []int) {
	for i := range all {
		w := &all[best[all[i].realm]]
		if all[i].node == w.node || isVirtual(w.mac) {
			continue
		}
		f.noteClash(all[i].node, clash{all[i].record, w.record})
		f.noteClash(w.node, clash{w.record, all[i].record})
	}
}

func (f *folded) noteClash(node uint32, c clash) {
	if len(f.clashes[node]) < maxClashes {
		f.clashes[node] = append(f.clashes[node], c)
	}
}

// sortRealms numbers the realms of the claimants and returns how many there
// are. MACs that were seen in one VLAN share a realm; without VLAN tags there
// is only one, since untagged copies may come from any of them.
func sortRealms(all []claimant) int {
	parent := make(map[uint16]uint16)
	var root func(v uint16) uint16
	root = func(v uint16) uint16 {
		p, ok := parent[v]
		if !ok || p == v {
			return v
		}
		parent[v] = root(p)
		return parent[v]
	}
	for i := range all {
		for _, v := range all[i].vlans {
			if v == 0 {
				return 1
			}
			parent[root(v)] = root(all[i].vlans[0])
		}
	}
	numbers := make(map[uint16]int)
	for i := range all {
		r := root(all[i].vlans[0])
		n, ok := numbers[r]
		if !ok {
			n = len(numbers)
			numbers[r] = n
		}
		all[i].realm = n
	}
	return len(numbers)
}

// ownerIn is the owner in the realm that a VLAN belongs to, else the one that
// used the address most.
func ownerIn(winners []claimant, vlan uint16) *claimant {
	for i := range winners {
		if slices.Contains(winners[i].vlans, vlan) {
			return &winners[i]
		}
	}
	return &winners[0]
}
