// Package bacnet decodes BACnet: the virtual link layer over IPv4 and IPv6,
// the network layer, the application layer and the services that name a device
// or change it.
//
// It reads bytes and returns values: it keeps no state, puts no segments
// together and knows property values only as tags. Slices of decoded values
// point into the decoded buffer. BACnet/SC (over WebSocket) is encrypted and
// not read.
//
// Reference: ANSI/ASHRAE 135-2020, clauses 6 (network layer), 20 (encoding of
// APDUs), 21 (formal description), annex J (BACnet/IP) and annex U
// (BACnet/IPv6).
package bacnet

import (
	"encoding/binary"
	"errors"
)

// Errors of the decoders. ErrShort means that bytes are missing; the others
// mean that the bytes are not BACnet and never will be.
var (
	ErrShort   = errors.New("bacnet: short message")
	ErrType    = errors.New("bacnet: not a BACnet virtual link frame")
	ErrVersion = errors.New("bacnet: not version 1 of the network layer")
	ErrLength  = errors.New("bacnet: lengths contradict each other")
	ErrTag     = errors.New("bacnet: tags contradict each other")
	ErrAPDU    = errors.New("bacnet: unknown application message")
)

// Function is the function of a virtual link frame (clause J.2).
type Function uint8

// Functions over IPv4. The functions of IPv6 have other numbers and are not
// named here, but for the frames that carry messages.
const (
	Result             Function = 0x00
	WriteBDT           Function = 0x01 // write the broadcast distribution table
	ReadBDT            Function = 0x02
	ReadBDTAck         Function = 0x03
	Forwarded          Function = 0x04
	RegisterForeign    Function = 0x05
	ReadFDT            Function = 0x06
	ReadFDTAck         Function = 0x07
	DeleteFDTEntry     Function = 0x08
	DistributeBroad    Function = 0x09
	OriginalUnicast    Function = 0x0a
	OriginalBroadcast  Function = 0x0b
	SecureFrame        Function = 0x0c
	typeIPv4                    = 0x81
	typeIPv6                    = 0x82
	v6Unicast                   = 0x01
	v6Broadcast                 = 0x02
	v6Forwarded                 = 0x08
	virtualAddressSize          = 3
)

// Frame is one virtual link frame. NPDU is what it carries for the network
// layer, nil for a frame that only manages the link; Body is what follows the
// header of such a frame.
type Frame struct {
	IPv6     bool
	Function Function
	Origin   []byte // Forwarded: address (4 or 16 bytes) and port (2) of the first sender
	NPDU     []byte
	Body     []byte
	Cut      bool // the datagram is shorter than the frame says: NPDU and Body end early
}

// DecodeFrame reads the virtual link frame in b and returns the number of
// bytes it took. A frame that the capture cut short gives what is left of it.
func DecodeFrame(b []byte) (Frame, int, error) {
	if len(b) > 0 && b[0] != typeIPv4 && b[0] != typeIPv6 {
		return Frame{}, 0, ErrType
	}
	if len(b) < 4 {
		return Frame{}, 0, ErrShort
	}
	f := Frame{IPv6: b[0] == typeIPv6, Function: Function(b[1])}
	if f.Function > SecureFrame {
		return Frame{}, 0, ErrType
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < 4 {
		return Frame{}, 0, ErrLength
	}
	if n > len(b) {
		n, f.Cut = len(b), true
	}
	f.Body = b[4:n]
	if err := f.split(); err != nil {
		return Frame{}, 0, err
	}
	return f, n, nil
}

// split finds the network message in the body.
func (f *Frame) split() error {
	skip := -1
	switch {
	case f.IPv6 && f.Function == v6Unicast:
		skip = 2 * virtualAddressSize
	case f.IPv6 && f.Function == v6Broadcast:
		skip = virtualAddressSize
	case f.IPv6 && f.Function == v6Forwarded:
		skip = virtualAddressSize + 18
	case f.IPv6:
	case f.Function == Forwarded:
		skip = 6
	case f.Function >= DistributeBroad && f.Function <= OriginalBroadcast:
		skip = 0
	}
	if skip < 0 {
		return nil
	}
	switch {
	case len(f.Body) < skip && f.Cut:
		return ErrShort
	case len(f.Body) < skip:
		return ErrLength
	}
	if f.Function == v6Forwarded && f.IPv6 {
		f.Origin = f.Body[virtualAddressSize:skip]
	} else if f.Function == Forwarded && !f.IPv6 {
		f.Origin = f.Body[:skip]
	}
	f.NPDU = f.Body[skip:]
	return nil
}

// NPDU is one message of the network layer. Source and Destination are the
// hardware addresses of stations behind a router, empty where the sender or
// receiver is on the link itself; network 0xffff is all of them.
type NPDU struct {
	Message            bool  // a message of the network layer itself
	MessageType        uint8 // 0 Who-Is-Router, 1 I-Am-Router, 6 Initialize-Routing-Table …
	ExpectsReply       bool
	Priority           uint8 // 0 normal … 3 life safety
	HasSource, HasDest bool
	SourceNet, DestNet uint16
	Source             []byte
	Destination        []byte
	Payload            []byte // an APDU, or the body of the network message
}

// DecodeNPDU reads a network message, which takes all of b.
func DecodeNPDU(b []byte) (NPDU, error) {
	if len(b) < 2 {
		return NPDU{}, ErrShort
	}
	control := b[1]
	if b[0] != 1 || control&0x50 != 0 {
		return NPDU{}, ErrVersion
	}
	n := NPDU{Message: control&0x80 != 0, ExpectsReply: control&4 != 0, Priority: control & 3, HasDest: control&0x20 != 0, HasSource: control&8 != 0}
	b = b[2:]
	ok := true
	if n.HasDest {
		n.DestNet, n.Destination, b, ok = station(b)
	}
	if ok && n.HasSource {
		n.SourceNet, n.Source, b, ok = station(b)
	}
	if !ok || n.HasDest && len(b) < 1 {
		return NPDU{}, ErrShort
	}
	if n.HasDest {
		b = b[1:] // hop count
	}
	if n.Message {
		return n.message(b)
	}
	n.Payload = b
	return n, nil
}

func station(b []byte) (net uint16, addr, rest []byte, ok bool) {
	if len(b) < 3 || len(b) < 3+int(b[2]) {
		return 0, nil, nil, false
	}
	end := 3 + int(b[2])
	return binary.BigEndian.Uint16(b), b[3:end], b[end:], true
}

// message splits the type off a network layer message; types from 0x80 are
// proprietary and carry a vendor identifier.
func (n NPDU) message(b []byte) (NPDU, error) {
	skip := 1
	if len(b) > 0 && b[0] >= 0x80 {
		skip = 3
	}
	if len(b) < skip {
		return NPDU{}, ErrShort
	}
	n.MessageType, n.Payload = b[0], b[skip:]
	return n, nil
}
