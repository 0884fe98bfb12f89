package ring

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
)

// errDamaged: the bytes are no block that this package wrote. What comes after
// them can only be found by the index.
var errDamaged = errors.New("the file is damaged here")

// maxBlock is more than any block that is written.
const maxBlock = maxFrame + 4096

// scanner reads the blocks of a stretch of a file.
type scanner struct {
	r     io.Reader
	buf   []byte
	next  uint64 // number of the next packet, unless it says another
	about about
	links []int // of the interfaces
}

// head reads the blocks before the first packet.
func (s *scanner) head() error {
	s.links = s.links[:0]
	kind, b, err := s.block()
	if err != nil {
		return err
	}
	if kind != blockSection || len(b) < 16 || binary.LittleEndian.Uint32(b) != byteOrder {
		return errDamaged
	}
	eachOption(b[16:], func(code uint16, v []byte) {
		if code == optionComment {
			_ = json.Unmarshal(v, &s.about) // a file without it is of no epoch
		}
	})
	return nil
}

// packet reads the next packet into r, whose data is valid until the next call.
// Interfaces on the way are noted. It returns io.EOF at the end,
// io.ErrUnexpectedEOF inside a block, and errDamaged.
func (s *scanner) packet(r *record) error {
	for {
		kind, b, err := s.block()
		if err != nil {
			return err
		}
		switch kind {
		case blockInterface:
			if len(b) < 8 || len(s.links) >= maxLinks {
				return errDamaged
			}
			s.links = append(s.links, int(binary.LittleEndian.Uint16(b)))
			continue
		case blockPacket:
			return s.read(b, r)
		default:
			return errDamaged
		}
	}
}

func (s *scanner) read(b []byte, r *record) error {
	if len(b) < packetHead-8 {
		return errDamaged
	}
	kept := binary.LittleEndian.Uint32(b[12:])
	if int64(kept) > int64(len(b)-20) {
		return errDamaged
	}
	r.iface = binary.LittleEndian.Uint32(b)
	r.time = int64(uint64(binary.LittleEndian.Uint32(b[4:]))<<32 | uint64(binary.LittleEndian.Uint32(b[8:])))
	r.wire = int(binary.LittleEndian.Uint32(b[16:]))
	r.data = b[20 : 20+kept]
	r.number = s.next
	eachOption(b[min(20+(int(kept)+3)&^3, len(b)):], func(code uint16, v []byte) {
		if code == optionPacketID && len(v) == 8 {
			r.number = binary.LittleEndian.Uint64(v)
		}
	})
	if int64(r.iface) >= int64(len(s.links)) {
		return errDamaged
	}
	s.next = r.number + 1
	return nil
}

// block reads one block and returns its body.
func (s *scanner) block() (kind uint32, body []byte, err error) {
	if cap(s.buf) < 8 {
		s.buf = make([]byte, 64<<10)
	}
	head := s.buf[:8]
	if _, err := io.ReadFull(s.r, head); err != nil {
		return 0, nil, err
	}
	kind, size := binary.LittleEndian.Uint32(head), int(binary.LittleEndian.Uint32(head[4:]))
	if size < 12 || size%4 != 0 || size > maxBlock {
		return 0, nil, errDamaged
	}
	if size > cap(s.buf) {
		s.buf = make([]byte, size)
	}
	b := s.buf[:size-8]
	if _, err := io.ReadFull(s.r, b); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	if int(binary.LittleEndian.Uint32(b[len(b)-4:])) != size {
		return 0, nil, errDamaged
	}
	return kind, b[:len(b)-4], nil
}

func eachOption(b []byte, do func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if code == 0 || 4+n > len(b) {
			return
		}
		do(code, b[4:4+n])
		b = b[min(4+(n+3)&^3, len(b)):]
	}
}
