// Package nbdgm decodes NetBIOS datagrams (UDP port 138) and what Windows
// machines announce in them: mailslot messages of the browser service.
//
// Three layers are read, each with a function of its own: the datagram, the
// SMB transaction that addresses a mailslot, and the browser frame with the
// machine's name, its operating system and its roles. Datagrams in several
// fragments are not put together: announcements fit one.
//
// References: RFC 1002 (section 4.4); MS-CIFS (section 2.2.4.33) for the
// transaction; MS-BRWS (section 2.2) for the frames.
package nbdgm

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/protocol/nbns"
)

// Errors that the functions wrap. ErrShort means that bytes are missing;
// ErrFormat that these are not a NetBIOS datagram; ErrOther that it is one
// with something else in it.
var (
	ErrShort  = errors.New("nbdgm: short message")
	ErrFormat = errors.New("nbdgm: not a NetBIOS datagram")
	ErrOther  = errors.New("nbdgm: not a mailslot message")
)

// Type is the kind of a datagram.
type Type uint8

// Types of datagram (RFC 1002 section 4.4.1).
const (
	DirectUnique  Type = 0x10
	DirectGroup   Type = 0x11
	Broadcast     Type = 0x12
	Error         Type = 0x13
	QueryRequest  Type = 0x14
	QueryPositive Type = 0x15
	QueryNegative Type = 0x16
)

// Datagram is one NetBIOS datagram. Data points into the decoded buffer.
type Datagram struct {
	Type           Type
	Flags          uint8
	ID             uint16
	SourceAddr     netip.Addr
	SourcePort     uint16
	Offset         uint16 // of Data in the whole datagram, when it is fragmented
	From, To       nbns.Name
	HasFrom, HasTo bool
	Data           []byte
}

const (
	headerSize = 10
	nameSize   = 34 // one label of 32 letters and the root
)

// More reports whether further fragments follow.
func (d Datagram) More() bool { return d.Flags&1 != 0 }

// Decode reads one datagram and returns the number of bytes it took. On
// ErrShort the fields before the cut are set.
func Decode(b []byte) (Datagram, int, error) {
	if len(b) < headerSize {
		return Datagram{}, 0, ErrShort
	}
	d := Datagram{
		Type: Type(b[0]), Flags: b[1], ID: binary.BigEndian.Uint16(b[2:]),
		SourceAddr: netip.AddrFrom4([4]byte(b[4:8])), SourcePort: binary.BigEndian.Uint16(b[8:]),
	}
	if b[1]&0xf0 != 0 {
		return d, 0, ErrFormat
	}
	switch d.Type {
	case DirectUnique, DirectGroup, Broadcast:
		return d.message(b)
	case Error:
		if len(b) < headerSize+1 {
			return d, 0, ErrShort
		}
		return d, headerSize + 1, nil
	case QueryRequest, QueryPositive, QueryNegative:
		return d.query(b)
	}
	return d, 0, ErrFormat
}

// message reads the part of a datagram that carries data.
func (d Datagram) message(b []byte) (Datagram, int, error) {
	const fixed = headerSize + 4
	if len(b) < fixed {
		return d, 0, ErrShort
	}
	end := fixed + int(binary.BigEndian.Uint16(b[10:]))
	d.Offset = binary.BigEndian.Uint16(b[12:])
	if end < fixed+2*nameSize {
		return d, 0, ErrFormat
	}
	var err error
	if d.From, err = name(b, fixed); err != nil {
		return d, 0, err
	}
	d.HasFrom = true
	if d.To, err = name(b, fixed+nameSize); err != nil {
		return d, 0, err
	}
	d.HasTo = true
	d.Data = b[fixed+2*nameSize:]
	if len(b) < end {
		return d, 0, ErrShort
	}
	d.Data = b[fixed+2*nameSize : end]
	return d, end, nil
}

// query reads a question to a distribution server, or its answer.
func (d Datagram) query(b []byte) (Datagram, int, error) {
	var err error
	if d.To, err = name(b, headerSize); err != nil {
		return d, 0, err
	}
	d.HasTo = true
	return d, headerSize + nameSize, nil
}

// name reads a name without a scope, as all known senders write it.
func name(b []byte, at int) (nbns.Name, error) {
	if len(b) < at+nameSize {
		return nbns.Name{}, ErrShort
	}
	if b[at] != 32 || b[at+nameSize-1] != 0 {
		return nbns.Name{}, ErrFormat
	}
	n, err := nbns.DecodeName(b[at+1 : at+33])
	if err != nil {
		return nbns.Name{}, ErrFormat
	}
	return n, nil
}
