package bacnet

// Type is the kind of an application message (clause 20.1).
type Type uint8

// Types.
const (
	ConfirmedRequest   Type = 0
	UnconfirmedRequest Type = 1
	SimpleAck          Type = 2
	ComplexAck         Type = 3
	SegmentAck         Type = 4
	Error              Type = 5
	Reject             Type = 6
	Abort              Type = 7
)

// Services that are confirmed.
const (
	AcknowledgeAlarm      = 0
	ConfirmedCOV          = 1
	ConfirmedEvent        = 2
	AtomicReadFile        = 6
	AtomicWriteFile       = 7
	AddListElement        = 8
	RemoveListElement     = 9
	CreateObject          = 10
	DeleteObject          = 11
	ReadProperty          = 12
	ReadPropertyCond      = 13
	ReadPropertyMultiple  = 14
	WriteProperty         = 15
	WritePropertyMultiple = 16
	DeviceControl         = 17 // DeviceCommunicationControl
	PrivateTransfer       = 18
	ReinitializeDevice    = 20
	ReadRange             = 26
)

// Services that are not confirmed.
const (
	IAm             = 0
	IHave           = 1
	UnconfirmedCOV  = 2
	UnconfirmedEvt  = 3
	TimeSync        = 6
	WhoHas          = 7
	WhoIs           = 8
	UTCTimeSync     = 9
	WriteGroup      = 10
	lastUnconfirmed = 13
	lastConfirmed   = 34
)

// APDU is one application message. Data is what follows the header and points
// into the decoded buffer.
type APDU struct {
	Type      Type
	Segmented bool
	More      bool // more segments follow
	Server    bool // SegmentAck, Abort: sent by the server
	Invoke    uint8
	Sequence  uint8 // number of the segment
	Service   uint8 // requests, acks and errors
	Reason    uint8 // Reject, Abort
	Data      []byte
}

// HasService reports whether Service is set.
func (a APDU) HasService() bool {
	return a.Type <= ComplexAck || a.Type == Error
}

// DecodeAPDU reads an application message, which takes all of b.
func DecodeAPDU(b []byte) (APDU, error) {
	if len(b) < 1 {
		return APDU{}, ErrShort
	}
	a := APDU{Type: Type(b[0] >> 4)}
	switch a.Type {
	case ConfirmedRequest:
		return a.segments(b, 2) // the second byte says what the client can take
	case UnconfirmedRequest:
		if len(b) < 2 {
			return APDU{}, ErrShort
		}
		a.Service, a.Data = b[1], b[2:]
		return a, nil
	case ComplexAck:
		return a.segments(b, 1)
	case SimpleAck, Error, Reject, Abort, SegmentAck:
		return a.small(b)
	}
	return APDU{}, ErrAPDU
}

// segments reads the invoke id at b[at] and what stands behind it.
func (a APDU) segments(b []byte, at int) (APDU, error) {
	a.Segmented, a.More = b[0]&8 != 0, b[0]&4 != 0
	n := at + 2
	if a.Segmented {
		n += 2
	}
	if len(b) < n {
		return APDU{}, ErrShort
	}
	a.Invoke = b[at]
	if a.Segmented {
		a.Sequence = b[at+1]
	}
	a.Service, a.Data = b[n-1], b[n:]
	return a, nil
}

func (a APDU) small(b []byte) (APDU, error) {
	n := 3
	if a.Type == SegmentAck {
		n = 4
	}
	if len(b) < n {
		return APDU{}, ErrShort
	}
	a.Invoke, a.Data = b[1], b[n:]
	switch a.Type {
	case SimpleAck, Error:
		a.Service = b[2]
	case SegmentAck:
		a.Sequence = b[2]
		a.Server = b[0]&1 != 0
	case Reject, Abort:
		a.Reason = b[2]
		a.Server = b[0]&1 != 0
	}
	return a, nil
}

// Plausible reports whether the header holds values that the standard defines:
// a probe's question.
func (a APDU) Plausible() bool {
	switch a.Type {
	case UnconfirmedRequest:
		return a.Service <= lastUnconfirmed
	case ConfirmedRequest, SimpleAck, ComplexAck:
		return a.Service <= lastConfirmed
	}
	return a.Type <= Abort
}
