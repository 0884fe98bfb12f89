package symbolic

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
)

// classes are the addresses of one family by what tells them apart: two
// addresses are in one class when every list of ranges holds both or neither.
type classes struct {
	members [][]netipx.IPRange // of each class
	lists   [][]bdd.Run        // of each list the classes that it holds
	starts  []netip.Addr       // where the class changes, sorted
	class   []uint32           // of what begins there
}

// catalogue gathers the lists of ranges of a question before its classes can be
// told. A list that is there already is not taken twice.
type catalogue struct {
	sets  []*netipx.IPSet
	known map[string]int
}

// everywhere is the list that holds every address.
const everywhere = 0

func newCatalogue() *catalogue {
	c := &catalogue{known: map[string]int{}}
	c.add([]netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)})
	return c
}

// add is the number of a list.
func (c *catalogue) add(list []netip.Prefix) int {
	var b netipx.IPSetBuilder
	for _, p := range list {
		b.AddPrefix(p)
	}
	set, err := b.IPSet()
	if err != nil {
		set = &netipx.IPSet{} // of ranges that are none: they hold nothing
	}
	var key strings.Builder
	for _, r := range set.Ranges() {
		key.WriteString(r.String())
		key.WriteByte(' ')
	}
	if n, ok := c.known[key.String()]; ok {
		return n
	}
	n := len(c.sets)
	c.known[key.String()] = n
	c.sets = append(c.sets, set)
	return n
}

// edge is where a list begins to hold addresses, or ends.
type edge struct {
	at     netip.Addr
	list   int
	begins bool
}

// classes tells the addresses of a family apart.
func (c *catalogue) classes(six bool) *classes {
	var edges []edge
	for i, set := range c.sets {
		for _, r := range set.Ranges() {
			if r.From().Is6() != six {
				continue
			}
			edges = append(edges, edge{r.From(), i, true})
			if next := r.To().Next(); next.IsValid() {
				edges = append(edges, edge{next, i, false})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.list, b.list)) })
	x := &classes{lists: make([][]bdd.Run, len(c.sets))}
	holds := newMarks(len(c.sets))
	known := map[string]uint32{}
	for i := 0; i < len(edges); {
		at := edges[i].at
		for ; i < len(edges) && edges[i].at == at; i++ {
			holds.set(edges[i].list, edges[i].begins)
		}
		last := lastAddr(six)
		if i < len(edges) {
			last = edges[i].at.Prev()
		}
		key := holds.key()
		n, ok := known[string(key)]
		if !ok {
			n = uint32(len(x.members))
			known[string(key)] = n
			x.members = append(x.members, nil)
			holds.each(func(list int) { x.lists[list] = extended(x.lists[list], n) })
		}
		x.members[n] = append(x.members[n], netipx.IPRangeFrom(at, last))
		x.starts, x.class = append(x.starts, at), append(x.class, n)
	}
	return x
}

// extended adds the next number to runs.
func extended(runs []bdd.Run, n uint32) []bdd.Run {
	if k := len(runs); k > 0 && runs[k-1].Last+1 == n {
		runs[k-1].Last = n
		return runs
	}
	return append(runs, bdd.Run{First: n, Last: n})
}

func lastAddr(six bool) netip.Addr {
	if !six {
		return netip.AddrFrom4([4]byte{255, 255, 255, 255})
	}
	return netip.AddrFrom16([16]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255})
}

// of is the class of an address. The first list holds every address, so there
// is one.
func (x *classes) of(a netip.Addr) uint32 {
	i, found := slices.BinarySearchFunc(x.starts, a, netip.Addr.Compare)
	if !found {
		i--
	}
	return x.class[i]
}

// marks is a set of small numbers.
type marks struct {
	words []uint64
	bytes []byte
}

func newMarks(n int) *marks {
	words := (n + 63) / 64
	return &marks{make([]uint64, words), make([]byte, 8*words)}
}

func (m *marks) set(i int, on bool) {
	if on {
		m.words[i/64] |= 1 << (i % 64)
	} else {
		m.words[i/64] &^= 1 << (i % 64)
	}
}

// key is the set as bytes, until the next call.
func (m *marks) key() []byte {
	for i, w := range m.words {
		binary.LittleEndian.PutUint64(m.bytes[8*i:], w)
	}
	return m.bytes
}

func (m *marks) each(f func(int)) {
	for i, w := range m.words {
		for ; w != 0; w &= w - 1 {
			f(64*i + bits.TrailingZeros64(w))
		}
	}
}
