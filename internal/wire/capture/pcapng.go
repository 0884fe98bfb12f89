package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// Block types of pcapng.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacketOld = 2
	blockSimple    = 3
	blockEnhanced  = 6
)

const (
	maxInterfaces = 4096
	maxBlock      = maxFrame + 1<<16
)

// iface is one interface of a section.
type iface struct {
	link   int
	snap   uint32
	ticks  uint64 // timestamp units in a second
	offset int64  // seconds to add
}

// pcapng reads the block format.
type pcapng struct {
	src    *source
	order  binary.ByteOrder
	ifaces []iface
}

func (p *pcapng) next(f *Frame) error {
	for {
		head, err := p.src.peek(12)
		if err != nil {
			if err == io.EOF && len(head) == 0 {
				return io.EOF
			}
			return truncated(err)
		}
		if binary.BigEndian.Uint32(head) == blockSection {
			if err := p.section(head); err != nil {
				return err
			}
			continue
		}
		kind, size := p.order.Uint32(head), int64(p.order.Uint32(head[4:]))
		read := isPacket(kind) || kind == blockInterface
		if size < 12 || size%4 != 0 || size > maxBlock && read {
			return fmt.Errorf("%w: a block of type %d claims %d bytes", ErrCorrupt, kind, size)
		}
		if !read {
			if err := p.src.skip(int(size)); err != nil {
				return err
			}
			continue
		}
		b, err := p.src.record(int(size))
		if err != nil {
			return err
		}
		done, err := p.block(kind, b[8:len(b)-4], f)
		if done || err != nil {
			return err
		}
	}
}

func isPacket(kind uint32) bool {
	return kind == blockEnhanced || kind == blockSimple || kind == blockPacketOld
}

// section begins a section: its byte order, and no interfaces yet.
func (p *pcapng) section(head []byte) error {
	switch {
	case binary.LittleEndian.Uint32(head[8:]) == 0x1a2b3c4d:
		p.order = binary.LittleEndian
	case binary.BigEndian.Uint32(head[8:]) == 0x1a2b3c4d:
		p.order = binary.BigEndian
	default:
		return fmt.Errorf("%w: a section without a byte order", ErrCorrupt)
	}
	size := int64(p.order.Uint32(head[4:]))
	if size < 28 || size%4 != 0 {
		return fmt.Errorf("%w: a section header claims %d bytes", ErrCorrupt, size)
	}
	p.ifaces = p.ifaces[:0]
	return p.src.skip(int(size))
}

// block reads the body of an interface or packet block; done means that f holds
// a frame.
func (p *pcapng) block(kind uint32, b []byte, f *Frame) (done bool, err error) {
	switch kind {
	case blockInterface:
		return false, p.interfaceBlock(b)
	case blockSimple:
		return true, p.simple(b, f)
	case blockPacketOld:
		if len(b) < 20 {
			return false, fmt.Errorf("%w: a packet block of %d bytes", ErrCorrupt, len(b))
		}
		return true, p.packet(uint32(p.order.Uint16(b)), b[4:], f)
	default:
		if len(b) < 20 {
			return false, fmt.Errorf("%w: a packet block of %d bytes", ErrCorrupt, len(b))
		}
		return true, p.packet(p.order.Uint32(b), b[4:], f)
	}
}

func (p *pcapng) interfaceBlock(b []byte) error {
	if len(b) < 8 {
		return fmt.Errorf("%w: an interface block of %d bytes", ErrCorrupt, len(b))
	}
	if len(p.ifaces) >= maxInterfaces {
		return fmt.Errorf("%w: more than %d interfaces", ErrCorrupt, maxInterfaces)
	}
	i := iface{link: int(p.order.Uint16(b)), snap: p.order.Uint32(b[4:]), ticks: 1e6}
	for b = b[8:]; len(b) >= 4; {
		code, n := p.order.Uint16(b), int(p.order.Uint16(b[2:]))
		if code == 0 || 4+n > len(b) {
			break
		}
		switch v := b[4 : 4+n]; {
		case code == 9 && n >= 1: // if_tsresol
			i.ticks = resolution(v[0])
		case code == 14 && n >= 8: // if_tsoffset
			i.offset = int64(p.order.Uint64(v))
		}
		b = b[min(4+(n+3)&^3, len(b)):]
	}
	p.ifaces = append(p.ifaces, i)
	return nil
}

// resolution is the number of timestamp units in a second: a power of ten, or of
// two when the top bit is set.
func resolution(v byte) uint64 {
	if v&0x80 != 0 {
		return 1 << min(v&0x7f, 63)
	}
	t := uint64(1)
	for range min(v, 19) {
		t *= 10
	}
	return t
}

// packet reads timestamp (8), captured length, wire length and the data.
func (p *pcapng) packet(number uint32, b []byte, f *Frame) error {
	if int64(number) >= int64(len(p.ifaces)) {
		return fmt.Errorf("%w: a packet of interface %d, which was not described", ErrCorrupt, number)
	}
	i := &p.ifaces[number]
	stamp := uint64(p.order.Uint32(b))<<32 | uint64(p.order.Uint32(b[4:]))
	captured, wire := p.order.Uint32(b[8:]), p.order.Uint32(b[12:])
	if int64(captured) > int64(len(b)-16) {
		return fmt.Errorf("%w: a packet of %d bytes in a block of %d", ErrCorrupt, captured, len(b))
	}
	f.Data = b[16 : 16+captured]
	f.Time, f.Wire, f.Link = i.nanoseconds(stamp), int(max(wire, captured)), i.link
	return nil
}

// nanoseconds turns a timestamp into nanoseconds since 1970.
func (i *iface) nanoseconds(stamp uint64) int64 {
	sec, rest := stamp/i.ticks, stamp%i.ticks
	hi, lo := bits.Mul64(rest, 1e9)
	nano, _ := bits.Div64(hi, lo, i.ticks)
	return (int64(sec)+i.offset)*1e9 + int64(nano)
}

// simple reads a simple packet block, which has no time and belongs to the first
// interface.
func (p *pcapng) simple(b []byte, f *Frame) error {
	if len(b) < 4 || len(p.ifaces) == 0 {
		return fmt.Errorf("%w: a simple packet without interface", ErrCorrupt)
	}
	i, wire := &p.ifaces[0], p.order.Uint32(b)
	n := min(wire, uint32(len(b)-4))
	if i.snap != 0 {
		n = min(n, i.snap)
	}
	f.Data, f.Wire, f.Link = b[4:4+n], int(wire), i.link
	return nil
}
