package dnp3

import "encoding/binary"

// Function is the function code of an application fragment.
type Function uint8

// Functions of IEEE 1815-2012 clause 4.2.2.5.
const (
	Confirm            Function = 0
	Read               Function = 1
	Write              Function = 2
	Select             Function = 3
	Operate            Function = 4
	DirectOperate      Function = 5
	DirectOperateNoAck Function = 6
	Freeze             Function = 7
	FreezeNoAck        Function = 8
	FreezeClear        Function = 9
	FreezeClearNoAck   Function = 10
	FreezeAtTime       Function = 11
	FreezeAtTimeNoAck  Function = 12
	ColdRestart        Function = 13
	WarmRestart        Function = 14
	InitializeData     Function = 15
	InitializeApp      Function = 16
	StartApp           Function = 17
	StopApp            Function = 18
	SaveConfig         Function = 19
	EnableUnsolicited  Function = 20
	DisableUnsolicited Function = 21
	AssignClass        Function = 22
	DelayMeasure       Function = 23
	RecordTime         Function = 24
	OpenFile           Function = 25
	CloseFile          Function = 26
	DeleteFile         Function = 27
	GetFileInfo        Function = 28
	AuthenticateFile   Function = 29
	AbortFile          Function = 30
	ActivateConfig     Function = 31
	AuthRequest        Function = 32
	AuthRequestNoAck   Function = 33
	Response           Function = 129
	Unsolicited        Function = 130
	AuthResponse       Function = 131
)

// Response says that an outstation sends this function, with indications.
func (f Function) Response() bool { return f >= Response }

// NoAck says that no response follows a request with this function.
func (f Function) NoAck() bool {
	switch f {
	case Confirm, DirectOperateNoAck, FreezeNoAck, FreezeClearNoAck, FreezeAtTimeNoAck, AuthRequestNoAck:
		return true
	}
	return false
}

// Internal indications of a response that say that the request failed, and
// others that tell the state of the outstation.
const (
	DeviceTrouble      = 1 << 6
	DeviceRestart      = 1 << 7
	LocalControl       = 1 << 5
	NeedTime           = 1 << 4
	NoFunction         = 1 << 8
	UnknownObject      = 1 << 9
	ParameterError     = 1 << 10
	AlreadyExecuting   = 1 << 12
	ConfigCorrupt      = 1 << 13
	refusedIndications = NoFunction | UnknownObject | ParameterError
)

// Fragment is one application fragment. Objects is borrowed.
type Fragment struct {
	First, Final bool
	Confirm      bool // the sender wants a confirmation
	Unsolicited  bool
	Sequence     uint8 // 0 to 15
	Function     Function
	Indications  uint16 // of a response: the first octet below, the second above
	Objects      []byte
}

// DecodeFragment reads the header of an application fragment.
func DecodeFragment(b []byte) (Fragment, error) {
	if len(b) < 2 {
		return Fragment{}, ErrShort
	}
	f := Fragment{
		First:       b[0]&0x80 != 0,
		Final:       b[0]&0x40 != 0,
		Confirm:     b[0]&0x20 != 0,
		Unsolicited: b[0]&0x10 != 0,
		Sequence:    b[0] & 0x0f,
		Function:    Function(b[1]),
		Objects:     b[2:],
	}
	if f.Function.Response() {
		if len(b) < 4 {
			return f, ErrShort
		}
		f.Indications = binary.LittleEndian.Uint16(b[2:])
		f.Objects = b[4:]
	}
	return f, nil
}

// Refused says that a response reports failure: by its indications, or by the
// status of the first control it echoes that was not accepted.
func (f Fragment) Refused() bool {
	if !f.Function.Response() {
		return false
	}
	if f.Indications&refusedIndications != 0 {
		return true
	}
	headers := f.Headers()
	for {
		h, ok := headers.Next()
		if !ok {
			return false
		}
		points := h.Points()
		for {
			p, ok := points.Next()
			if !ok {
				break
			}
			if s, ok := p.Status(); ok && s != 0 {
				return true
			}
		}
	}
}
