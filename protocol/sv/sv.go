// Package sv decodes Sampled Values of IEC 61850: the payload of an Ethernet
// frame with EtherType 0x88BA, VLAN tags removed. Merging units send thousands
// of these each second.
//
// Decode reads the frame's header, DecodePDU the number of units and gives the
// first, Units walks them all. Everything points into the caller's buffer and
// nothing is allocated. Samples are given as bytes: their scale is in the
// station's SCD file. Routable SV over UDP and signatures are not read.
//
// Reference: IEC 61850-9-2 ed. 2.1, clause 8 and annex A; UCA International
// Users Group, 9-2 LE guideline R2-1.
package sv

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors of this package. ErrShort means that bytes are missing, as in a frame
// that the capture cut; ErrProtocol that the bytes are not Sampled Values.
var (
	ErrShort    = errors.New("sv: short frame")
	ErrProtocol = errors.New("sv: not a sampled-values frame")
)

const headerLen = 8

// Frame is the header of one frame. PDU points into the decoded buffer.
type Frame struct {
	AppID     uint16
	Simulated bool // sent by a test set in place of the merging unit
	PDU       []byte
	Cut       bool // the frame is shorter than its header claims
}

// Decode reads the frame at the start of b and returns the number of bytes it
// took.
func Decode(b []byte) (Frame, int, error) {
	if len(b) < headerLen {
		return Frame{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < headerLen {
		return Frame{}, 0, ErrProtocol
	}
	f := Frame{AppID: binary.BigEndian.Uint16(b), Simulated: b[4]&0x80 != 0, Cut: n > len(b)}
	n = min(n, len(b))
	f.PDU = b[headerLen:n:n]
	return f, n, nil
}

// PDU is one savPdu. The units are borrowed: walk them with Units.
type PDU struct {
	Count uint32 // noASDU: how many units it says it holds
	units []byte
}

// DecodePDU reads the savPdu at the start of b. With ErrShort it returns what
// is there.
func DecodePDU(b []byte) (PDU, error) {
	var p PDU
	e, _, cut, err := ber.DecodePrefix(b)
	switch {
	case errors.Is(err, ber.ErrShort):
		return p, ErrShort
	case err != nil || e.Tag != ber.Application || !e.Constructed:
		return p, ErrProtocol
	}
	c := e.Children()
	count, ok := c.Take(ber.Context)
	if !ok {
		return p, damage(&c, cut)
	}
	if p.Count, ok = number(count); !ok {
		return p, ErrProtocol
	}
	list, ok := c.Find(ber.Context | 2)
	switch {
	case ok:
		p.units = list.Body
	case cut:
		// The list is cut, but units at its start may be whole.
		if list, _, _, err := ber.DecodePrefix(c.Rest()); err == nil && list.Tag == ber.Context|2 {
			p.units = list.Body
		}
		return p, ErrShort
	default:
		return p, damage(&c, cut)
	}
	return p, nil
}

func damage(c *ber.Cursor, cut bool) error {
	if cut || errors.Is(c.Err(), ber.ErrShort) {
		return ErrShort
	}
	return ErrProtocol
}

// Unit is one ASDU. Strings and samples are borrowed.
type Unit struct {
	ID              []byte // svID
	DataSet         []byte // datSet, often left out
	Counter         uint16 // smpCnt
	Configuration   uint32 // confRev
	Synchronisation uint8  // smpSynch: 0 none, 1 local, 2 global clock
	Rate            uint16 // smpRate, 0 when left out
	Samples         []byte
}

// Units walks the units of a PDU.
type Units struct{ list ber.Cursor }

// Units is a walk over the units of the PDU.
func (p PDU) Units() Units { return Units{ber.Over(p.units)} }

// Next is the next unit that can be read.
func (u *Units) Next() (Unit, bool) {
	e, ok := u.list.Next()
	if !ok || e.Tag != ber.Sequence {
		return Unit{}, false
	}
	var unit Unit
	c := e.Children()
	for {
		f, ok := c.Next()
		if !ok {
			return unit, c.Err() == nil
		}
		unit.field(f)
	}
}

func (u *Unit) field(e ber.Element) {
	switch e.Tag {
	case ber.Context:
		u.ID = e.Body
	case ber.Context | 1:
		u.DataSet = e.Body
	case ber.Context | 2:
		v, _ := number(e)
		u.Counter = uint16(v)
	case ber.Context | 3:
		u.Configuration, _ = number(e)
	case ber.Context | 5:
		v, _ := number(e)
		u.Synchronisation = uint8(v)
	case ber.Context | 6:
		v, _ := number(e)
		u.Rate = uint16(v)
	case ber.Context | 7:
		u.Samples = e.Body
	}
}

func number(e ber.Element) (uint32, bool) {
	v, ok := ber.Unsigned(e.Body)
	return uint32(v), ok && v < 1<<32
}
