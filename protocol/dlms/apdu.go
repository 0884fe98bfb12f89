package dlms

import (
	"bytes"
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Tag is the kind of an APDU.
type Tag uint8

// APDUs. The ciphered ones are named by what they hide.
const (
	ReadRequest       Tag = 5
	WriteRequest      Tag = 6
	ReadResponse      Tag = 12
	WriteResponse     Tag = 13
	DataNotification  Tag = 15
	AssociateRequest  Tag = 0x60
	AssociateResponse Tag = 0x61
	ReleaseRequest    Tag = 0x62
	ReleaseResponse   Tag = 0x63
	GetRequest        Tag = 0xc0
	SetRequest        Tag = 0xc1
	EventNotification Tag = 0xc2
	ActionRequest     Tag = 0xc3
	GetResponse       Tag = 0xc4
	SetResponse       Tag = 0xc5
	ActionResponse    Tag = 0xc7
	ExceptionResponse Tag = 0xd8
	GeneralGlobal     Tag = 0xdb
	GeneralDedicated  Tag = 0xdc
	GeneralCiphering  Tag = 0xdd
	GeneralSigning    Tag = 0xdf
	GeneralBlock      Tag = 0xe0
)

// Ciphered says that the APDU hides another: by a global or dedicated key.
func (t Tag) Ciphered() bool {
	return t >= 0xc8 && t <= 0xd7 || t >= GeneralGlobal && t <= GeneralSigning || t >= 0x21 && t <= 0x2d
}

// Known says that the standard has such an APDU.
func (t Tag) Known() bool {
	switch {
	case t.Ciphered(), t >= 0xc0 && t <= 0xc7, t >= 0x60 && t <= 0x63:
		return true
	}
	switch t {
	case ReadRequest, WriteRequest, ReadResponse, WriteResponse, DataNotification, ExceptionResponse, GeneralBlock, 1, 8, 14, 22, 24:
		return true
	}
	return false
}

// APDU is one application protocol data unit: its tag, and for the services
// that name an object, which one.
type APDU struct {
	Tag    Tag
	Choice uint8 // 1: one attribute; 2: the next block; 3: a list
	Invoke uint8
	// Attributed says that Class, Instance and Attribute are there: what a
	// normal request is about.
	Attributed bool
	Class      uint16
	Instance   [6]byte // the logical name A-B:C.D.E.F
	Attribute  uint8   // or the method of an action
	// Answered says that Result is there: 0 for success.
	Answered bool
	Result   uint8
	// Data is what a get response carries, undecoded and borrowed.
	Data []byte
}

// DecodeAPDU reads the start of an APDU.
func DecodeAPDU(b []byte) (APDU, error) {
	if len(b) == 0 {
		return APDU{}, ErrShort
	}
	a := APDU{Tag: Tag(b[0])}
	if !a.Tag.Known() {
		return APDU{}, ErrProtocol
	}
	switch a.Tag {
	case GetRequest, SetRequest, ActionRequest, GetResponse, SetResponse, ActionResponse:
		if len(b) < 3 {
			return a, ErrShort
		}
		a.Choice, a.Invoke = b[1], b[2]
		if a.Choice == 1 {
			a.normal(b[3:])
		}
	}
	return a, nil
}

// normal reads a request for one attribute, or the answer to it.
func (a *APDU) normal(b []byte) {
	switch a.Tag {
	case GetRequest, SetRequest, ActionRequest:
		if len(b) < 9 {
			return
		}
		a.Attributed = true
		a.Class = binary.BigEndian.Uint16(b)
		copy(a.Instance[:], b[2:8])
		a.Attribute = b[8]
	case GetResponse:
		if len(b) < 2 {
			return
		}
		a.Answered = true
		if b[0] == 0 {
			a.Data = b[1:]
		} else {
			a.Result = b[1]
		}
	default:
		if len(b) > 0 {
			a.Answered, a.Result = true, b[0]
		}
	}
}

// OctetString is the octets of data that is an octet string or a visible
// string, borrowed.
func OctetString(data []byte) ([]byte, bool) {
	const octets, visible = 9, 10
	if len(data) < 2 || data[0] != octets && data[0] != visible {
		return nil, false
	}
	n := int(data[1])
	if n >= 0x80 || n > len(data)-2 {
		return nil, false
	}
	return data[2 : 2+n : 2+n], true
}

// Association is what an association request or response says of the two ends.
type Association struct {
	// Title is the system title of who sends it: three letters of the
	// manufacturer and a number. Borrowed, nil where there is none.
	Title []byte
	// Ciphering says that the application context uses ciphering.
	Ciphering bool
	// Mechanism is the authentication: 0 none, 1 a password in clear, 2 and
	// above a challenge.
	Mechanism uint8
	// Secret says that an authentication value is there: with mechanism 1 a
	// password in clear.
	Secret bool
	// Result is that of a response: 0 accepted.
	Result uint8
}

// The names of contexts and mechanisms are object identifiers below
// 2.16.756.5.8: the last octet tells them apart.
var (
	contextName   = []byte("\x60\x85\x74\x05\x08\x01")
	mechanismName = []byte("\x60\x85\x74\x05\x08\x02")
)

// DecodeAssociation reads an association request or response.
func DecodeAssociation(b []byte) (Association, error) {
	var a Association
	e, _, _, err := ber.DecodePrefix(b)
	if err != nil {
		return a, ErrShort
	}
	if t := Tag(0x60 | e.Tag.Number()); e.Tag.Class() != ber.Application || t != AssociateRequest && t != AssociateResponse {
		return a, ErrProtocol
	}
	response := e.Tag.Number() == 1
	c := e.Children()
	for {
		f, ok := c.Next()
		if !ok {
			return a, nil
		}
		a.field(f, response)
	}
}

func (a *Association) field(f ber.Element, response bool) {
	if f.Tag.Class() != ber.Context {
		return
	}
	switch f.Tag.Number() {
	case 1:
		if n := named(inner(f), contextName); n == 3 || n == 4 {
			a.Ciphering = true
		}
	case 2:
		if v := inner(f); response && len(v) > 0 {
			a.Result = v[len(v)-1]
		}
	case 4:
		if response {
			a.Title = inner(f)
		}
	case 6:
		if !response {
			a.Title = inner(f)
		}
	case 9, 11:
		if (f.Tag.Number() == 9) == response {
			a.Mechanism = named(f.Body, mechanismName)
		}
	case 12:
		a.Secret = len(inner(f)) > 0
	}
}

func inner(e ber.Element) []byte {
	c := e.Children()
	x, _ := c.Next()
	return x.Body
}

func named(oid, prefix []byte) uint8 {
	rest, ok := bytes.CutPrefix(oid, prefix)
	if !ok || len(rest) != 1 {
		return 0
	}
	return rest[0]
}
