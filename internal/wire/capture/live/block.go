package live

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Where things lie in a block of a TPACKET_V3 ring and in the header of each
// frame (linux/if_packet.h), in the host's byte order.
const (
	blockStatus  = 8
	blockPackets = 12
	blockFirst   = 16
	blockHeader  = 48

	frameNext    = 0
	frameSec     = 4
	frameNano    = 8
	frameKept    = 12
	frameWire    = 16
	frameStatus  = 20
	frameMAC     = 24 // where the link header begins, from the frame's header
	frameVLAN    = 32
	frameVLANTag = 36
	frameHeader  = 48
)

// Bits of a frame's status.
const (
	statusVLAN    = 0x10 // the card or the kernel took a tag out of the frame
	statusVLANTag = 0x40 // and says of which EtherType it was
)

// tagSize is what one VLAN tag takes, and what every frame has room for before
// it: see reserve.
const tagSize = 4

const etherTypeVLAN = 0x8100

// walk goes through the frames of one block.
type walk struct {
	block []byte
	at    int // of the next frame's header
	left  int // frames to come

	link   int
	merged int // a frame longer than this was put together from several

	count counts
}

// counts are what was handed out of a block.
type counts struct{ packets, bytes, merged, cut uint64 }

// begin starts with a block that the kernel handed over.
func (w *walk) begin(block []byte) {
	w.block = block
	w.left = int(binary.NativeEndian.Uint32(block[blockPackets:]))
	w.at = int(binary.NativeEndian.Uint32(block[blockFirst:]))
}

// next reads the next frame of the block; false after the last. Offsets are
// checked although the kernel wrote them: a frame that does not lie in its block
// ends the block and not the program.
func (w *walk) next(f *capture.Frame) bool {
	if w.left <= 0 {
		return false
	}
	w.left--
	if w.at < blockHeader || w.at+frameHeader > len(w.block) {
		w.left = 0
		return false
	}
	h := w.block[w.at:]
	kept, wire := int(binary.NativeEndian.Uint32(h[frameKept:])), int(binary.NativeEndian.Uint32(h[frameWire:]))
	from := int(binary.NativeEndian.Uint16(h[frameMAC:]))
	if from < frameHeader+tagSize || kept > len(h)-from {
		w.left = 0
		return false
	}
	f.Time = int64(binary.NativeEndian.Uint32(h[frameSec:]))*1e9 + int64(binary.NativeEndian.Uint32(h[frameNano:]))
	f.Data, f.Wire, f.Link = h[from:from+kept:from+kept], wire, w.link
	if wire > kept {
		w.count.cut++
	}
	if wire > w.merged {
		w.count.merged++
	}
	if status := binary.NativeEndian.Uint32(h[frameStatus:]); status&statusVLAN != 0 && kept >= 12 {
		tag(h[from-tagSize:from+kept:from+kept], status, h)
		f.Data = h[from-tagSize : from+kept : from+kept]
		f.Wire += tagSize
	}
	w.count.packets++
	w.count.bytes += uint64(f.Wire)
	next := int(binary.NativeEndian.Uint32(h[frameNext:]))
	if next == 0 {
		w.left = 0 // the kernel's mark of the last frame
	}
	w.at += next
	return true
}

// tag puts the tag that was taken out of a frame back where it was: the two MAC
// addresses move four bytes forward into reserved room, so that the frame itself
// stays where it is. Tags behind the first were left in the frame.
func tag(b []byte, status uint32, header []byte) {
	kind := uint16(etherTypeVLAN)
	if status&statusVLANTag != 0 {
		kind = binary.NativeEndian.Uint16(header[frameVLANTag:])
	}
	copy(b[:12], b[tagSize:tagSize+12])
	binary.BigEndian.PutUint16(b[12:], kind)
	binary.BigEndian.PutUint16(b[14:], uint16(binary.NativeEndian.Uint32(header[frameVLAN:])))
}
