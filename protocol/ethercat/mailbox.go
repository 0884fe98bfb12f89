package ethercat

import (
	"bytes"
	"encoding/binary"
)

// MailboxType is the protocol in a mailbox.
type MailboxType uint8

// Mailbox protocols.
const (
	AoE MailboxType = 1
	EoE MailboxType = 2
	CoE MailboxType = 3
	FoE MailboxType = 4
	SoE MailboxType = 5
)

const mailboxHeader = 6

// Mailbox is a message to or from a slave. Data points into the decoded buffer.
type Mailbox struct {
	Address uint16 // of the sender or receiver behind a gateway, mostly 0
	Type    MailboxType
	Data    []byte
}

// Mailbox reads the mailbox that the datagram writes or read. Any memory may be
// written this way, so that the bytes must fit a mailbox in every respect.
func (d Datagram) Mailbox() (Mailbox, bool) {
	b := d.Data
	if d.Command.Logical() || d.Register < RegMailbox || len(b) < mailboxHeader+2 {
		return Mailbox{}, false
	}
	n := int(binary.LittleEndian.Uint16(b))
	t := MailboxType(b[5] & 0xf)
	if n < 2 || mailboxHeader+n > len(b) || t < AoE || t > SoE || b[4]&0x3f != 0 || b[5]&0x80 != 0 {
		return Mailbox{}, false
	}
	return Mailbox{binary.LittleEndian.Uint16(b[2:]), t, b[mailboxHeader : mailboxHeader+n]}, true
}

// SDO is a CANopen object that is read or written.
type SDO struct {
	Response bool
	Write    bool
	Abort    bool
	Index    uint16
	Sub      uint8
	Data     []byte // the value, as far as the first segment has it
}

// SDO reads a CoE message about an object; false for segments, emergencies and
// the object dictionary.
func (m Mailbox) SDO() (SDO, bool) {
	const request, response = 2, 3
	if m.Type != CoE || len(m.Data) < 2+8 {
		return SDO{}, false
	}
	service := binary.LittleEndian.Uint16(m.Data) >> 12
	b := m.Data[2:]
	s := SDO{Response: service == response, Index: binary.LittleEndian.Uint16(b[1:]), Sub: b[3]}
	command := b[0] >> 5
	switch {
	case service != request && service != response:
		return SDO{}, false
	case command == 4:
		s.Abort = true
		return s, true
	case !s.Response && command == 1: // download
		s.Write, s.Data = true, value(b)
	case s.Response && command == 3: // downloaded
		s.Write = true
	case !s.Response && command == 2: // upload
	case s.Response && command == 2: // uploaded
		s.Data = value(b)
	default:
		return SDO{}, false
	}
	return s, true
}

// value is what an initiating SDO message carries: up to four bytes in place
// of a size, or that size and more bytes.
func value(b []byte) []byte {
	const expedited, sized = 2, 1
	if b[0]&expedited != 0 {
		n := 4
		if b[0]&sized != 0 {
			n -= int(b[0] >> 2 & 3)
		}
		return b[4 : 4+n]
	}
	n := binary.LittleEndian.Uint32(b[4:])
	return b[8:min(uint64(len(b)), 8+uint64(n))]
}

// Objects that name a slave (ETG.1000.6).
const (
	ObjectName     = 0x1008
	ObjectHardware = 0x1009
	ObjectSoftware = 0x100a
	ObjectIdentity = 0x1018 // 1 vendor, 2 product, 3 revision, 4 serial number
)

// File is a file that is read or written (FoE).
type File struct {
	Write bool
	Name  []byte
}

// File reads the message that opens a file; false for its data.
func (m Mailbox) File() (File, bool) {
	const read, write, header = 1, 2, 6
	if m.Type != FoE || len(m.Data) < header || m.Data[0] != read && m.Data[0] != write {
		return File{}, false
	}
	return File{m.Data[0] == write, bytes.TrimRight(m.Data[header:], "\x00")}, true
}
