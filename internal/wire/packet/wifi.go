package packet

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// radiotap skips the header that a wireless capture puts before each frame
// (radiotap.org: version, pad, length in little endian).
func (d *decoder) radiotap(b []byte) {
	if len(b) < 8 || b[0] != 0 {
		return
	}
	if n := int(binary.LittleEndian.Uint16(b[2:])); n >= 8 && n <= len(b) {
		d.wifi(b[n:])
	}
}

// wifi reads a data frame of IEEE 802.11 that is not encrypted: addresses by the
// direction bits (802.11-2020, table 9-30), then LLC.
func (d *decoder) wifi(b []byte) {
	if len(b) < 24 {
		return
	}
	const (
		toDS, fromDS, protected, order = 1, 2, 0x40, 0x80
		data, qos, noData              = 2, 8, 4
	)
	kind, subtype, flags := b[0]>>2&3, b[0]>>4, b[1]
	if kind != data || subtype&noData != 0 || flags&protected != 0 {
		return
	}
	a1, a2, a3 := plant.MAC(b[4:10]), plant.MAC(b[10:16]), plant.MAC(b[16:22])
	n := 24
	src, dst := a2, a1
	switch flags & (toDS | fromDS) {
	case toDS:
		dst = a3
	case fromDS:
		src = a3
	case toDS | fromDS:
		if len(b) < 30 {
			return
		}
		src, dst = plant.MAC(b[24:30]), a3
		n = 30
	}
	if subtype&qos != 0 {
		if len(b) < n+2 || b[n]&0x80 != 0 { // several frames in one: not read
			return
		}
		n += 2
		if flags&order != 0 {
			n += 4
		}
	}
	if len(b) < n {
		return
	}
	d.p.MACs, d.p.SrcMAC, d.p.DstMAC = true, src, dst
	d.llc(len(b)-n, b[n:])
}

// fddi reads an FDDI frame: frame control, two addresses, LLC. The addresses
// are in the bit order of the recorder, which nothing tells: they are left out.
func (d *decoder) fddi(b []byte) {
	if len(b) > 13 && b[0]&0xf0 == 0x50 {
		d.llc(len(b)-13, b[13:])
	}
}
