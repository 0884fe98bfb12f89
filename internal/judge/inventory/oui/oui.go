// Package oui names the manufacturer that the IEEE gave a block of MAC
// addresses to.
//
// It holds the public registries MA-L (24-bit prefixes), MA-M (28-bit) and
// MA-S with the older IAB (36-bit), packed by the program in gen into one file
// that is searched where it lies: nothing is unpacked and nothing is allocated.
// Company forms ("GmbH & Co. KG", "Inc.") are left off the names.
//
// Locally administered addresses name nobody, and neither do blocks whose
// holder asked the IEEE not to be listed.
package oui

import (
	_ "embed"
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed oui.bin
var table string

// The file is a header, three tables of records sorted by prefix, and the
// names. A record is the prefix, left-aligned in whole bytes, and the offset of
// the name's length byte, 24 bits, big endian.
const (
	magic      = "OUI1"
	headerSize = len(magic) + 10 + 3*4 // magic, date, record counts
	offsetSize = 3
)

// prefixes are the lengths of the three tables' prefixes, in bits.
var prefixes = [3]int{24, 28, 36}

// Date is the day of the registry that is built in, "2026-08-26".
func Date() string { return table[len(magic) : len(magic)+10] }

// Vendor is the holder of the smallest registered block that m lies in, or "".
// The string points into the table.
func Vendor(m plant.MAC) string {
	if m.IsLocal() || m.IsGroup() {
		return ""
	}
	at, names := [3]int{}, headerSize
	for i, bits := range prefixes {
		at[i] = names
		names += count(i) * recordSize(bits)
	}
	for i := len(prefixes) - 1; i >= 0; i-- {
		if name, ok := find(m, prefixes[i], at[i], count(i)); ok {
			return text(names + name)
		}
	}
	return ""
}

// Len is the number of blocks that the table holds.
func Len() int { return count(0) + count(1) + count(2) }

func count(i int) int {
	at := len(magic) + 10 + 4*i
	return int(binary.BigEndian.Uint32([]byte(table[at : at+4])))
}

func recordSize(bits int) int { return (bits+7)/8 + offsetSize }

// find searches n records from offset at for m's prefix.
func find(m plant.MAC, bits, at, n int) (name int, ok bool) {
	want, size := key(m, bits), recordSize(bits)
	keyed := size - offsetSize
	low, high := 0, n
	for low < high {
		mid := (low + high) / 2
		r := table[at+mid*size:][:size]
		switch have := number(r[:keyed]); {
		case have == want:
			return int(number(r[keyed:])), true
		case have < want:
			low = mid + 1
		default:
			high = mid
		}
	}
	return 0, false
}

// key is the first bits of m, left-aligned in whole bytes.
func key(m plant.MAC, bits int) uint64 {
	whole := (bits + 7) / 8
	k := number(string(m[:whole]))
	spare := uint(whole*8 - bits)
	return k >> spare << spare
}

func number(s string) uint64 {
	var n uint64
	for i := range len(s) {
		n = n<<8 | uint64(s[i])
	}
	return n
}

func text(at int) string { return table[at+1 : at+1+int(table[at])] }
