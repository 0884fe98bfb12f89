package capture

import (
	"encoding/binary"
	"fmt"
	"io"
)

// pcap reads the classic format.
type pcap struct {
	src   *source
	order binary.ByteOrder
	unit  int64 // nanoseconds in a tick of the record's fraction
	head  int   // bytes of a record's header: 16, or 24 in Kuznetzov's variant
	link  int
}

// newPcap knows the variants by their magic number; nil if it is none.
func newPcap(magic []byte) *pcap {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(magic) {
		case 0xa1b2c3d4:
			return &pcap{order: order, unit: 1000, head: 16}
		case 0xa1b23c4d:
			return &pcap{order: order, unit: 1, head: 16}
		case 0xa1b2cd34:
			return &pcap{order: order, unit: 1000, head: 24}
		}
	}
	return nil
}

func (p *pcap) header() error {
	b, err := p.src.take(24)
	if len(b) < 24 { // a recorder that was stopped before it wrote its header
		if err == io.EOF {
			p.head = 0
			return nil
		}
		return err
	}
	p.link = int(p.order.Uint32(b[20:]) & 0x0fffffff) // the top bits tell of frame check sequences
	return nil
}

func (p *pcap) next(f *Frame) error {
	if p.head == 0 {
		return ErrTruncated
	}
	h, err := p.src.take(p.head)
	if err != nil {
		if err == io.EOF && len(h) == 0 {
			return io.EOF
		}
		return truncated(err)
	}
	var sec, frac, captured, wire uint32
	if p.order == binary.LittleEndian { // devirtualised: the common case
		sec, frac = binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:])
		captured, wire = binary.LittleEndian.Uint32(h[8:]), binary.LittleEndian.Uint32(h[12:])
	} else {
		sec, frac = binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:])
		captured, wire = binary.BigEndian.Uint32(h[8:]), binary.BigEndian.Uint32(h[12:])
	}
	if captured > maxFrame {
		return fmt.Errorf("%w: a record claims %d bytes", ErrCorrupt, captured)
	}
	f.Data, err = p.src.record(int(captured))
	if err != nil {
		return err
	}
	f.Time = int64(sec)*1e9 + int64(frac)*p.unit
	f.Wire, f.Link = int(max(wire, captured)), p.link
	return nil
}
