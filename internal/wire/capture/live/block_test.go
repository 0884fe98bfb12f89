package live

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// made is a frame as the kernel puts it into a block.
type made struct {
	data      []byte
	wire      int // 0: all of data
	sec, nano uint32
	tci, tpid uint16
	status    uint32
}

// makeBlock lays frames out as net/packet/af_packet.c does: link headers at 86
// bytes from the frame's header (68 and 14, aligned, and the reserve), frames
// aligned to 16.
func makeBlock(size int, frames ...made) []byte {
	b := make([]byte, size)
	order := binary.NativeEndian
	order.PutUint32(b[blockStatus:], 1)
	order.PutUint32(b[blockPackets:], uint32(len(frames)))
	order.PutUint32(b[blockFirst:], blockHeader)
	at := blockHeader
	for i, f := range frames {
		h := b[at:]
		order.PutUint32(h[frameSec:], f.sec)
		order.PutUint32(h[frameNano:], f.nano)
		order.PutUint32(h[frameKept:], uint32(len(f.data)))
		order.PutUint32(h[frameWire:], uint32(max(f.wire, len(f.data))))
		order.PutUint32(h[frameStatus:], f.status)
		order.PutUint16(h[frameMAC:], 86)
		order.PutUint32(h[frameVLAN:], uint32(f.tci))
		order.PutUint16(h[frameVLANTag:], f.tpid)
		copy(h[86:], f.data)
		next := (86 + len(f.data) + 15) &^ 15
		if i < len(frames)-1 { // the kernel leaves it at 0 in the last
			order.PutUint32(h[frameNext:], uint32(next))
		}
		at += next
	}
	return b
}

func TestBlock(t *testing.T) {
	macs := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	join := func(b ...[]byte) []byte { return bytes.Join(b, nil) }
	plain := join(macs, []byte{8, 0, 0x45, 0xaa})
	inner := join(macs, []byte{0x81, 0, 0, 7, 8, 0, 0x45})
	cases := []struct {
		name string
		in   made
		want []byte
		wire int
		n    counts
	}{
		{"plain", made{data: plain}, plain, 16, counts{packets: 1, bytes: 16}},
		{"a status that is none of ours", made{data: plain, status: 0x20000001, tci: 9}, plain, 16, counts{packets: 1, bytes: 16}},
		{"tag", made{data: plain, status: 0x10, tci: 0xe005}, join(macs, []byte{0x81, 0, 0xe0, 5}, plain[12:]), 20, counts{packets: 1, bytes: 20}},
		{"tag of VLAN 0", made{data: plain, status: 0x10}, join(macs, []byte{0x81, 0, 0, 0}, plain[12:]), 20, counts{packets: 1, bytes: 20}},
		{"tag with type", made{data: plain, status: 0x50, tci: 5, tpid: 0x88a8}, join(macs, []byte{0x88, 0xa8, 0, 5}, plain[12:]), 20, counts{packets: 1, bytes: 20}},
		{"stacked tags", made{data: inner, status: 0x50, tci: 5, tpid: 0x88a8}, join(macs, []byte{0x88, 0xa8, 0, 5}, inner[12:]), 23, counts{packets: 1, bytes: 23}},
		{"cut", made{data: plain, wire: 1000}, plain, 1000, counts{packets: 1, bytes: 1000, cut: 1}},
		{"merged and cut", made{data: plain, wire: 3000}, plain, 3000, counts{packets: 1, bytes: 3000, cut: 1, merged: 1}},
		{"too short for a tag", made{data: plain[:11], status: 0x10, tci: 5}, plain[:11], 11, counts{packets: 1, bytes: 11}},
		{"empty", made{}, []byte{}, 0, counts{packets: 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.in.sec, c.in.nano = 1_700_000_000, 123_456_789
			w := walk{link: 1, merged: 1522}
			w.begin(makeBlock(4096, c.in, c.in))
			var f capture.Frame
			for range 2 {
				if !w.next(&f) {
					t.Fatal("no frame")
				}
				if !bytes.Equal(f.Data, c.want) || f.Wire != c.wire || f.Time != 1_700_000_000_123_456_789 || f.Link != 1 {
					t.Errorf("got %x of %d at %d", f.Data, f.Wire, f.Time)
				}
			}
			if w.next(&f) {
				t.Error("a frame after the last")
			}
			if twice := (counts{2 * c.n.packets, 2 * c.n.bytes, 2 * c.n.merged, 2 * c.n.cut}); w.count != twice {
				t.Errorf("counts %+v, want %+v", w.count, twice)
			}
		})
	}
}

// TestBrokenBlock holds that no block makes the walk leave its memory.
func TestBrokenBlock(t *testing.T) {
	good := makeBlock(1024, made{data: make([]byte, 60), status: 0x50, tci: 5}, made{data: make([]byte, 60)})
	for at := range good {
		for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			b := bytes.Clone(good)
			b[at] = v
			w := walk{merged: 1522}
			w.begin(b)
			var f capture.Frame
			for n := 0; w.next(&f); n++ {
				if n > len(b) {
					t.Fatalf("byte %d = %#x: the walk does not end", at, v)
				}
			}
		}
	}
}
