package verdict

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"
)

// zones fills the tables of addresses.
func (t *Table) zones() {
	var four, six []piece
	small := len(t.policy.Zones) < paged
	t.v4.root = make([]uint16, 1<<16)
	for zone := range t.policy.Zones {
		for _, r := range t.policy.Zones[zone].Ranges {
			p := piece{numberOf(r.Addr()), numberOf(lastOf(r)), uint32(zone)}
			if r.Addr().Is6() {
				six = append(six, p)
				continue
			}
			four = append(four, p)
			if small {
				small = t.v4.add(r, uint16(zone))
			}
		}
	}
	t.v6.fill(six)
	if !small {
		t.v4 = trie{}
		t.wide.fill(four)
	}
}

// zone is the zone of an address. An address within IPv6 that stands for one of
// IPv4 is that one, whatever range of IPv6 it is in.
func (t *Table) zone(a *netip.Addr) uint32 {
	if !a.Is4() && !a.Is4In6() {
		return t.v6.find(numberOf(*a))
	}
	if t.v4.root == nil {
		return t.wide.find(numberOf(*a))
	}
	b := a.As4()
	return t.v4.find(binary.BigEndian.Uint32(b[:]))
}

// trie finds the zone of an IPv4 address in one to three steps. An entry is a
// zone, or where paged is set a page of the next 8 bits.
//
// Its root has 128 kB; each /24 in which single machines stand elsewhere costs
// half a kilobyte. Where there are more zones or pages than an entry can name,
// halving is used for IPv4 too.
type trie struct {
	root  []uint16
	pages [][256]uint16
}

// maxPages bounds the trie to 8 MB.
const maxPages = 1 << 14

// paged is set in an entry that names a page.
const paged = 1 << 15

func (t *trie) find(a uint32) uint32 {
	e := t.root[a>>16]
	if e&paged != 0 {
		e = t.pages[e&^paged][uint8(a>>8)]
		if e&paged != 0 {
			e = t.pages[e&^paged][uint8(a)]
		}
	}
	return uint32(e)
}

// add puts a range of a zone in, or reports that it has no room. Ranges do not
// overlap.
func (t *trie) add(p netip.Prefix, zone uint16) bool {
	b := p.Addr().As4()
	a := binary.BigEndian.Uint32(b[:])
	length := p.Bits()
	if length <= 16 {
		fill(t.root[a>>16:][:1<<(16-length)], zone)
		return true
	}
	if len(t.pages)+2 > maxPages {
		return false
	}
	page := t.page(&t.root[a>>16])
	if length <= 24 {
		fill(t.pages[page][uint8(a>>8):][:1<<(24-length)], zone)
		return true
	}
	page = t.under(page, uint8(a>>8))
	fill(t.pages[page][uint8(a):][:1<<(32-length)], zone)
	return true
}

func fill(entries []uint16, zone uint16) {
	for i := range entries {
		entries[i] = zone
	}
}

// page is the page that an entry leads to, a new one if it leads to none.
func (t *trie) page(e *uint16) int {
	if *e&paged == 0 {
		t.pages = append(t.pages, [256]uint16{})
		*e = uint16(len(t.pages)-1) | paged
	}
	return int(*e &^ paged)
}

// under is page for an entry of a page, which may move when there is one more.
func (t *trie) under(page int, i uint8) int {
	e := t.pages[page][i]
	n := t.page(&e)
	t.pages[page][i] = e
	return n
}

// number is an address of 128 bits.
type number struct{ high, low uint64 }

func (n number) less(m number) bool { return n.high < m.high || n.high == m.high && n.low < m.low }

func numberOf(a netip.Addr) number {
	b := a.As16()
	return number{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// lastOf is the last address of a range, as one of IPv6.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().As16()
	for i := p.Bits() + 128 - p.Addr().BitLen(); i < 128; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom16(b)
}

// piece is addresses of one zone.
type piece struct {
	first, last number
	zone        uint32
}

// halving finds the zone of an address among sorted ranges.
type halving struct {
	starts []number // where a range begins, or nobody's addresses
	zones  []uint32 // of what begins there
}

// fill makes boundaries of ranges that do not overlap.
func (h *halving) fill(all []piece) {
	slices.SortFunc(all, func(a, b piece) int {
		if a.first.less(b.first) {
			return -1
		}
		return 1
	})
	h.begin(number{}, 0)
	for _, p := range all {
		h.begin(p.first, p.zone)
		if next := p.last.next(); next != (number{}) {
			h.begin(next, 0)
		}
	}
}

// begin says that from a on it is that zone.
func (h *halving) begin(a number, zone uint32) {
	if n := len(h.starts); n > 0 && h.starts[n-1] == a {
		h.zones[n-1] = zone
		return
	}
	h.starts = append(h.starts, a)
	h.zones = append(h.zones, zone)
}

func (n number) next() number {
	n.low++
	if n.low == 0 {
		n.high++
	}
	return n
}

// find takes no branch that depends on the address: a wrong guess of the
// processor at each step costs more than the search.
func (h *halving) find(a number) uint32 {
	low, size := 0, len(h.starts)
	for size > 1 {
		half := size / 2
		mid := &h.starts[low+half]
		_, below := bits.Sub64(a.low, mid.low, 0)
		_, below = bits.Sub64(a.high, mid.high, below)
		low += half & (int(below) - 1)
		size -= half
	}
	return h.zones[low]
}
