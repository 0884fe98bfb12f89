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
	loopback := b.endpoints.at(all[0].record).addr().IsLoopback()
	realms := sortRealms(all)
	var winners []claimant
	for realm := range realms {
		best := -1
		for i := range all {
			if all[i].realm == realm && (best < 0 || all[i].before(&all[best])) {
				best = i
			}
		}
		winners = append(winners, all[best])
		if !loopback { // every machine has it
			f.noteClashes(all, best)
		}
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

// noteClashes notes that the others in the winner's realm use its address. A
// router that answers for the address of its group is no clash.
func (f *folded) noteClashes(all []claimant, best int) {
	w := &all[best]
	if isVirtual(w.mac) {
		return
	}
	for i := range all {
		if i != best && all[i].realm == w.realm {
			f.clashes[all[i].node] = append(f.clashes[all[i].node], clash{all[i].record, w.record})
			f.clashes[w.node] = append(f.clashes[w.node], clash{w.record, all[i].record})
		}
	}
}

// sortRealms numbers the realms of the claimants and returns how many there
// are. MACs that were seen in one VLAN share a realm; without VLAN tags there
// is only one, since untagged copies may come from any of them.
func sortRealms(all []claimant) int {
	for i := range all {
		if slices.Contains(all[i].vlans, 0) {
			return 1
		}
	}
	n := 0
	for i := range all {
		all[i].realm = n
		for j := range i {
			if shareVLAN(&all[i], &all[j]) {
				renumber(all[:i+1], all[i].realm, all[j].realm)
			}
		}
		if all[i].realm == n {
			n++
		}
	}
	return compact(all)
}

func shareVLAN(x, y *claimant) bool {
	return slices.ContainsFunc(x.vlans, func(v uint16) bool { return slices.Contains(y.vlans, v) })
}

func renumber(all []claimant, from, to int) {
	for i := range all {
		if all[i].realm == from {
			all[i].realm = to
		}
	}
}

// compact numbers the realms from 0 without holes.
func compact(all []claimant) int {
	seen := make(map[int]int)
	for i := range all {
		n, ok := seen[all[i].realm]
		if !ok {
			n = len(seen)
			seen[all[i].realm] = n
		}
		all[i].realm = n
	}
	return len(seen)
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
