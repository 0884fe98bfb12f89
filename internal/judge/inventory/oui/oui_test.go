package oui

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestVendor(t *testing.T) {
	for _, c := range []struct {
		name string
		mac  plant.MAC
		want string
	}{
		{"first of the registry", plant.MAC{0, 0, 0, 1, 2, 3}, "XEROX"},
		{"24-bit block", plant.MAC{0x00, 0x1b, 0x1b, 1, 2, 3}, "Siemens"},
		{"24-bit block of a controller maker", plant.MAC{0x00, 0x00, 0xbc, 1, 2, 3}, "Rockwell Automation"},
		{"28-bit block inside a shared one", plant.MAC{0x20, 0x85, 0x93, 0xb1, 2, 3}, "IOG Products"},
		{"36-bit block", plant.MAC{0x70, 0xb3, 0xd5, 0x71, 0x91, 3}, "2M Technology"},
		{"36-bit block of the older kind", plant.MAC{0x00, 0x50, 0xc2, 0x7d, 0x5f, 3}, "DEUTA-WERKE"},
		{"locally administered", plant.MAC{0x02, 0x1b, 0x1b, 1, 2, 3}, ""},
		{"multicast", plant.MAC{0x01, 0x00, 0x5e, 0, 0, 1}, ""},
		{"nobody's", plant.MAC{0xfc, 0xff, 0xff, 0xff, 0xff, 0xfe}, ""},
	} {
		if got := Vendor(c.mac); got != c.want {
			t.Errorf("%s: Vendor(%v) = %q, want %q", c.name, c.mac, got, c.want)
		}
	}
}

// Every record must be found again by its own prefix, in the order of the
// table: the search depends on it.
func TestTableIsSorted(t *testing.T) {
	at := headerSize
	for i, bits := range prefixes {
		var last uint64
		for n := range count(i) {
			r := table[at:]
			k := number(r[:recordSize(bits)-offsetSize])
			if n > 0 && k <= last {
				t.Fatalf("%d-bit record %d: %x does not follow %x", bits, n, k, last)
			}
			last = k
			at += recordSize(bits)
		}
	}
	if Len() < 50_000 || len(Date()) != 10 {
		t.Errorf("table holds %d blocks of %q", Len(), Date())
	}
}

func BenchmarkVendor(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		Vendor(plant.MAC{0, byte(i >> 8), byte(i), 1, 2, 3})
	}
}
