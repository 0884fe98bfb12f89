package history

import (
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// test leaves out the rows that a query does not ask for, by some columns.
type test struct {
	columns []int
	keep    func(*block)
}

// tests are those of a query, the one that leaves most out first.
func (q Query) tests(kind plant.SegmentKind) []test {
	var list []test
	if len(q.Addrs) > 0 {
		list = append(list, addressTest(q.Addrs))
	}
	if len(q.Kinds) > 0 && kind == plant.SegmentOperations {
		var names []string
		for _, k := range q.Kinds {
			names = append(names, k.String())
		}
		list = append(list, wordTest(opKind, names))
	}
	if len(q.Protocols) > 0 {
		col := colProtocol
		if kind == plant.SegmentOperations {
			col = opProtocol
		}
		list = append(list, wordTest(col, q.Protocols))
	}
	if len(q.Sensors) > 0 {
		list = append(list, wordTest(colSensor, q.Sensors))
	}
	if len(q.VLANs) > 0 {
		list = append(list, vlanTest(q.VLANs))
	}
	return list
}

// filter keeps the rows for which ok holds.
func (b *block) filter(ok func(row int32) bool) {
	kept := b.rows[:0]
	for _, r := range b.rows {
		if ok(r) {
			kept = append(kept, r)
		}
	}
	b.rows = kept
}

// wordTest keeps rows whose text is one of some. A text is compared once for each
// row group: rows have its place in the dictionary.
func wordTest(col int, some []string) test {
	return test{[]int{col}, func(b *block) {
		v := &b.columns[col]
		ok, any := among(v.words, some)
		if !any {
			b.rows = b.rows[:0]
			return
		}
		b.filter(func(r int32) bool { return ok[v.ids[r]] })
	}}
}

// among says which words are some of those.
func among(words, some []string) (ok []bool, any bool) {
	ok = make([]bool, len(words))
	for i, w := range words {
		ok[i] = slices.Contains(some, w)
		any = any || ok[i]
	}
	return ok, any
}

// addressTest keeps rows with one of the addresses on either side: the IP
// address where there is one, else the MAC address.
func addressTest(addrs []string) test {
	return test{[]int{colFromIP, colFromMAC, colToIP, colToMAC}, func(b *block) {
		from, anyFrom := sideOf(b, colFromIP, colFromMAC, addrs)
		to, anyTo := sideOf(b, colToIP, colToMAC, addrs)
		if !anyFrom && !anyTo {
			b.rows = b.rows[:0]
			return
		}
		b.filter(func(r int32) bool { return from(r) || to(r) })
	}}
}

func sideOf(b *block, ipCol, macCol int, addrs []string) (is func(int32) bool, any bool) {
	ips, macs := &b.columns[ipCol], &b.columns[macCol]
	ipOK, anyIP := among(ips.words, addrs)
	macOK, anyMAC := among(macs.words, addrs)
	none := slices.Index(ips.words, "")
	return func(r int32) bool {
		ip := ips.ids[r]
		return ipOK[ip] || int(ip) == none && macOK[macs.ids[r]]
	}, anyIP || anyMAC && none >= 0
}

func vlanTest(vlans []uint16) test {
	return test{[]int{colFromVLAN, colToVLAN}, func(b *block) {
		b.filter(func(r int32) bool {
			return slices.Contains(vlans, uint16(b.int(colFromVLAN, r))) || slices.Contains(vlans, uint16(b.int(colToVLAN, r)))
		})
	}}
}
