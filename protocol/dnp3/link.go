// Package dnp3 decodes DNP3: link frames, transport segments and application
// fragments, over TCP and UDP alike.
//
// Decode reads one link frame and checks its header's CRC; Frame.AppendData
// takes the block CRCs out of its data into a buffer of the caller; Segment
// splits off the transport octet; DecodeFragment reads an application fragment,
// Fragment.Headers walks its object headers. Nothing is allocated. Joining the
// segments of a fragment needs memory and is left to the caller (Assembler
// helps). Secure authentication is named but its objects are not read.
//
// Reference: IEEE 1815-2012, clauses 4 (application), 8 (transport), 9 (link),
// 11 (device attributes) and annex A (object library).
package dnp3

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not DNP3 or damaged.
var (
	ErrShort  = errors.New("dnp3: short frame")
	ErrStart  = errors.New("dnp3: start octets are not 05 64")
	ErrLength = errors.New("dnp3: length below 5")
	ErrHeader = errors.New("dnp3: header CRC is wrong")
	ErrBlock  = errors.New("dnp3: CRC of a data block is wrong")
)

const (
	start1    = 0x05
	start2    = 0x64
	headerLen = 10
	blockLen  = 16
	// MaxData is the most data of one link frame, MaxFrame the frame itself.
	MaxData  = 250
	MaxFrame = headerLen + MaxData + 2*16
)

// Link functions of the primary (who asks) and of the secondary side.
const (
	ResetLink       = 0
	TestLink        = 2
	ConfirmedData   = 3
	UnconfirmedData = 4
	RequestStatus   = 9
	SecondaryAck    = 0
	SecondaryNack   = 1
	LinkStatus      = 11
)

// Frame is one link frame. The blocks are borrowed.
type Frame struct {
	FromMaster  bool // direction bit
	Primary     bool
	Function    uint8
	Destination uint16
	Source      uint16
	Length      int // octets of data, without CRCs
	blocks      []byte
}

// Decode reads the link frame at the start of b and returns the number of
// bytes it took. The CRCs of its data are checked by AppendData.
func Decode(b []byte) (Frame, int, error) {
	if len(b) > 0 && b[0] != start1 || len(b) > 1 && b[1] != start2 {
		return Frame{}, 0, ErrStart
	}
	if len(b) < headerLen {
		return Frame{}, 0, ErrShort
	}
	if b[2] < 5 {
		return Frame{}, 0, ErrLength
	}
	if !sound(b[:headerLen]) {
		return Frame{}, 0, ErrHeader
	}
	data := int(b[2]) - 5
	n := headerLen + data + 2*((data+blockLen-1)/blockLen)
	if n > len(b) {
		return Frame{}, 0, ErrShort
	}
	return Frame{
		FromMaster:  b[3]&0x80 != 0,
		Primary:     b[3]&0x40 != 0,
		Function:    b[3] & 0x0f,
		Destination: binary.LittleEndian.Uint16(b[4:]),
		Source:      binary.LittleEndian.Uint16(b[6:]),
		Length:      data,
		blocks:      b[headerLen:n:n],
	}, n, nil
}

// HasData says that the frame carries a transport segment.
func (f Frame) HasData() bool {
	return f.Primary && f.Length > 0 && (f.Function == ConfirmedData || f.Function == UnconfirmedData)
}

// AppendData appends the frame's data to dst without the CRCs. It stops with
// ErrBlock at the first block whose CRC is wrong.
func (f Frame) AppendData(dst []byte) ([]byte, error) {
	for b := f.blocks; len(b) > 2; {
		n := min(blockLen+2, len(b))
		if !sound(b[:n]) {
			return dst, ErrBlock
		}
		dst = append(dst, b[:n-2]...)
		b = b[n:]
	}
	return dst, nil
}

// sound checks the CRC in the last two octets of b.
func sound(b []byte) bool {
	n := len(b) - 2
	return crc(b[:n]) == binary.LittleEndian.Uint16(b[n:])
}

// crcTable is that of CRC-16/DNP, polynomial 0x3d65 reflected, by the lower
// nibble.
var crcTable = [16]uint16{
	0x0000, 0xb26b, 0x29af, 0x9bc4, 0x535e, 0xe135, 0x7af1, 0xc89a,
	0xa6bc, 0x14d7, 0x8f13, 0x3d78, 0xf5e2, 0x4789, 0xdc4d, 0x6e26,
}

func crc(b []byte) uint16 {
	var c uint16
	for _, x := range b {
		c ^= uint16(x)
		c = c>>4 ^ crcTable[c&0x0f]
		c = c>>4 ^ crcTable[c&0x0f]
	}
	return ^c
}
