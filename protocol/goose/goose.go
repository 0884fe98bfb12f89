// Package goose decodes GOOSE frames of IEC 61850: the payload of an Ethernet
// frame with EtherType 0x88B8, VLAN tags removed.
//
// Decode reads the frame's header and gives the PDU's bytes, DecodePDU reads
// the control block's fields of one PDU. A frame whose PDU is damaged still has
// its header. Everything points into the caller's buffer and nothing is
// allocated; the values of the data set are counted and can be walked, their
// meaning is in the station's SCD file and not here. Management frames (0x88B9),
// routable GOOSE over UDP and signatures are not read.
//
// Reference: IEC 61850-8-1 ed. 2.1, clause 18 and annexes A and C.
package goose

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors of this package. ErrShort means that bytes are missing, as in a frame
// that the capture cut; ErrProtocol that the bytes are not GOOSE.
var (
	ErrShort    = errors.New("goose: short frame")
	ErrProtocol = errors.New("goose: not a GOOSE frame")
)

const headerLen = 8

// Frame is the header of one frame. PDU points into the decoded buffer.
type Frame struct {
	AppID uint16
	// Simulated is the bit of the header by which a test set marks its frames
	// since edition 2.
	Simulated bool
	PDU       []byte
	// Cut says that the frame is shorter than its header claims: the PDU is
	// what there is.
	Cut bool
}

// Decode reads the frame at the start of b, padding behind it left over, and
// returns the number of bytes it took.
func Decode(b []byte) (Frame, int, error) {
	if len(b) < headerLen {
		return Frame{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < headerLen {
		return Frame{}, 0, ErrProtocol
	}
	f := Frame{
		AppID:     binary.BigEndian.Uint16(b),
		Simulated: b[4]&0x80 != 0,
		Cut:       n > len(b),
	}
	n = min(n, len(b))
	f.PDU = b[headerLen:n:n]
	return f, n, nil
}

// Fields of an IECGoosePdu; the set says which were there.
const (
	HasControlBlock = 1 << iota
	HasTimeAllowed
	HasDataSet
	HasID
	HasTime
	HasState
	HasSequence
	HasSimulation
	HasConfiguration
	HasCommissioning
	HasEntries
	HasData
)

// PDU is one IECGoosePdu. Strings and data are borrowed.
type PDU struct {
	Fields        uint16 // Has… bits
	ControlBlock  []byte // gocbRef: "IED1LD0/LLN0$GO$gcb01"
	TimeAllowed   uint32 // milliseconds until a receiver must miss it
	DataSet       []byte // datSet: "IED1LD0/LLN0$DataSet1"
	ID            []byte // goID
	Time          []byte // t, eight octets of UTC time
	State         uint32 // stNum: counts changes of the data
	Sequence      uint32 // sqNum: counts repetitions of a state
	Simulation    bool   // test data: edition 1 calls it test
	Configuration uint32 // confRev: counts changes of the data set
	Commissioning bool   // ndsCom: the publisher is not fully set up
	Entries       uint32 // numDatSetEntries
	Data          []byte // allData, undecoded: walk it with Values
}

const tagPDU = ber.Application | 1

// DecodePDU reads the IECGoosePdu at the start of b. With an error it returns
// the fields before the damage.
func DecodePDU(b []byte) (PDU, error) {
	var p PDU
	e, _, cut, err := ber.DecodePrefix(b)
	switch {
	case errors.Is(err, ber.ErrShort):
		return p, ErrShort
	case err != nil || e.Tag != tagPDU || !e.Constructed:
		return p, ErrProtocol
	}
	c := e.Children()
	for {
		f, ok := c.Next()
		if !ok {
			break
		}
		if !p.field(f) {
			return p, ErrProtocol
		}
	}
	if cut || errors.Is(c.Err(), ber.ErrShort) {
		return p, ErrShort
	}
	if c.Err() != nil {
		return p, ErrProtocol
	}
	return p, nil
}

// field reads one member. Members that later editions add are passed over.
func (p *PDU) field(e ber.Element) bool {
	if e.Tag.Class() != ber.Context {
		return false
	}
	ok := true
	switch n := e.Tag.Number(); n {
	case 0:
		p.ControlBlock = e.Body
	case 1:
		p.TimeAllowed, ok = number(e)
	case 2:
		p.DataSet = e.Body
	case 3:
		p.ID = e.Body
	case 4:
		p.Time = e.Body
	case 5:
		p.State, ok = number(e)
	case 6:
		p.Sequence, ok = number(e)
	case 7:
		p.Simulation, ok = e.Bool()
	case 8:
		p.Configuration, ok = number(e)
	case 9:
		p.Commissioning, ok = e.Bool()
	case 10:
		p.Entries, ok = number(e)
	case 11:
		p.Data = e.Body
	default:
		return true
	}
	if ok {
		p.Fields |= 1 << e.Tag.Number()
	}
	return ok
}

// number reads a counter. Some devices leave out the octet of zeros before one
// whose top bit is set, so it is taken as unsigned.
func number(e ber.Element) (uint32, bool) {
	v, ok := ber.Unsigned(e.Body)
	return uint32(v), ok && v < 1<<32
}

// Has says that all fields of the set were in the PDU.
func (p PDU) Has(fields uint16) bool { return p.Fields&fields == fields }

// Whole says that every field the standard makes mandatory is there.
func (p PDU) Whole() bool {
	return p.Has(HasControlBlock | HasTimeAllowed | HasDataSet | HasTime | HasState | HasSequence | HasConfiguration | HasEntries | HasData)
}

// Values is a walk over the values of the data set.
func (p PDU) Values() ber.Cursor { return ber.Over(p.Data) }

// LogicalDevice is the part of the control block's name before the slash: the
// device's name and its logical device, written together.
func (p PDU) LogicalDevice() []byte {
	for i, c := range p.ControlBlock {
		if c == '/' {
			return p.ControlBlock[:i]
		}
	}
	return nil
}
