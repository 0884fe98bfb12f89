package s7comm

// Direction says whether userdata asks, answers or reports unasked.
type Direction uint8

// Directions.
const (
	Push Direction = iota
	Request
	Response
)

// Group is a family of userdata functions.
type Group uint8

// Groups.
const (
	ModeTransition Group = 0x0
	Programmer     Group = 0x1 // test and commissioning: watching, forcing, breakpoints
	Cyclic         Group = 0x2
	BlockInfo      Group = 0x3
	CPU            Group = 0x4 // system status lists, diagnostics, alarms
	Security       Group = 0x5
	PBC            Group = 0x6 // BSEND and BRECV
	Time           Group = 0x7
	NCProgram      Group = 0xf
)

// UserdataHead is the parameter part of userdata. Unit, More and Error stand
// only in its longer form, which answers and reports have.
type UserdataHead struct {
	Direction   Direction
	NC          bool // of the SINUMERIK family
	Group       Group
	Subfunction uint8
	Sequence    uint8
	Unit        uint8 // number of a series of units that belong together, 0 for a single one
	More        bool  // more units of the series follow
	Error       uint16
}

// DecodeUserdata reads the parameters of a userdata unit.
func DecodeUserdata(param []byte) (UserdataHead, bool) {
	if len(param) < 8 || !userdataStart(param) {
		return UserdataHead{}, false
	}
	kind := param[5] >> 4 // bits 0 and 1 are both set in the SINUMERIK family
	if kind&3 != 0 && kind&3 != 3 {
		return UserdataHead{}, false
	}
	u := UserdataHead{Group: Group(param[5] & 0x0f), Subfunction: param[6], Sequence: param[7], NC: kind&3 == 3}
	switch kind &^ 3 {
	case 0:
		u.Direction = Push
	case 4:
		u.Direction = Request
	case 8:
		u.Direction = Response
	default:
		return UserdataHead{}, false
	}
	if param[3] >= 8 && len(param) >= 12 {
		u.Unit, u.More, u.Error = param[8], param[9] != 0, be16(param[10:])
	}
	return u, true
}

// userdataStart knows the three bytes in front: 00 01 12, and 01 00 10 in mode
// transition reports.
func userdataStart(p []byte) bool {
	return p[0] == 0 && p[1] == 1 && p[2] == 0x12 || p[0] == 1 && p[1] == 0 && p[2] == 0x10
}

// RequestedBlock is the block that a request for block information is about.
func RequestedBlock(data []byte) (Block, bool) {
	d, _, _ := DecodeData(data)
	return DecodeBlock(d.Value)
}
