package gesrtp

// Service is a service request code.
type Service uint8

// Service request codes (GFK-0529, appendix; Denton et al. table 2).
const (
	ShortStatus     Service = 0x00
	ProgramNames    Service = 0x03
	ReadSystem      Service = 0x04
	ReadTask        Service = 0x05
	ReadProgram     Service = 0x06
	WriteSystem     Service = 0x07
	WriteTask       Service = 0x08
	WriteProgram    Service = 0x09
	Logon           Service = 0x20
	ChangePrivilege Service = 0x21
	SetControlID    Service = 0x22
	SetRunStop      Service = 0x23
	SetTime         Service = 0x24
	ReturnTime      Service = 0x25
	FaultTable      Service = 0x38
	ClearFaultTable Service = 0x39
	ProgramStore    Service = 0x3f // from the controller
	ProgramLoad     Service = 0x40 // to the controller
	ReturnIdentity  Service = 0x43
	ToggleForce     Service = 0x44
)

// Segment is a segment selector: a kind of memory and how it is counted.
type Segment uint8

// String is the memory's name in GE's tools.
func (s Segment) String() string {
	switch s {
	case 0x08:
		return "%R"
	case 0x0a:
		return "%AI"
	case 0x0c:
		return "%AQ"
	case 0x10, 0x46:
		return "%I"
	case 0x12, 0x48:
		return "%Q"
	case 0x14, 0x4a:
		return "%T"
	case 0x16, 0x4c:
		return "%M"
	case 0x18, 0x4e:
		return "%SA"
	case 0x1a, 0x50:
		return "%SB"
	case 0x1c, 0x52:
		return "%SC"
	case 0x1e, 0x54:
		return "%S"
	case 0x38, 0x56:
		return "%G"
	}
	return "memory"
}
