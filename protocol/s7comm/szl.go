package s7comm

// SZL identifiers of interest, without the bits that choose an extract: see
// SZL.List.
const (
	ListModule     = 0x11 // module identification: order numbers and versions
	ListLED        = 0x19 // lights
	ListComponent  = 0x1c // names, serial number, plant identification
	ListMode       = 0x24 // operating mode and its changes
	ListProtection = 0x32 // index 4: protection level and key switch
	ListLEDs       = 0x74 // lights, newer
)

// SZL is a part of a system status list, or the request for one (then Records
// is empty). Records points into the decoded bytes and holds as many whole or
// broken records as came in this unit.
type SZL struct {
	ID      uint16
	Index   uint16
	Length  uint16 // of one record
	Count   uint16 // of records in the whole list
	Records []byte
}

// List is the number of the list without the bits that choose the module class
// and the extract.
func (s SZL) List() uint8 { return uint8(s.ID) }

// DecodeSZL reads the value of a userdata item of the function Read SZL, be it
// a request or the first unit of an answer.
func DecodeSZL(value []byte) (SZL, bool) {
	if len(value) < 4 {
		return SZL{}, false
	}
	s := SZL{ID: be16(value), Index: be16(value[2:])}
	if len(value) >= 8 {
		s.Length, s.Count, s.Records = be16(value[4:]), be16(value[6:]), value[8:]
	}
	return s, true
}

// Record is record i, nil when it is not there as a whole.
func (s SZL) Record(i int) []byte {
	n := int(s.Length)
	if n == 0 || i < 0 || i >= int(s.Count) || len(s.Records)/n <= i {
		return nil
	}
	return s.Records[i*n : (i+1)*n : (i+1)*n]
}

// Indexes of module identification records.
const (
	ModuleItself   = 0x0001
	ModuleHardware = 0x0006 // basic hardware
	ModuleFirmware = 0x0007 // basic firmware
	ModuleLoader   = 0x0081 // firmware extension: the boot loader
)

// Module is a record of a module identification list. Order points into the
// decoded bytes and is padded with spaces.
type Module struct {
	Index    uint16
	Order    []byte
	Version1 uint16 // hardware: its version; firmware: a letter and the first number
	Version2 uint16 // firmware: second and third number
}

// DecodeModule reads a record of module identification.
func DecodeModule(record []byte) (Module, bool) {
	if len(record) < 28 {
		return Module{}, false
	}
	return Module{
		Index: be16(record), Order: trim(record[2:22:22]),
		Version1: be16(record[24:]), Version2: be16(record[26:]),
	}, true
}

// AppendVersion appends the version as a person writes it, such as "V3.2.7",
// to b, or nothing when the record has none in that form.
func (m Module) AppendVersion(b []byte) []byte {
	letter := byte(m.Version1 >> 8)
	if letter < 'A' || letter > 'Z' {
		return b
	}
	b = append(b, letter)
	if m.Version1&0xff != ' ' { // a boot loader has "A " and two numbers
		b = append(appendUint(b, uint8(m.Version1)), '.')
	}
	b = append(appendUint(b, uint8(m.Version2>>8)), '.')
	return appendUint(b, uint8(m.Version2))
}

// Indexes of component identification records.
const (
	ComponentStation   = 0x01 // name of the automation system
	ComponentName      = 0x02 // name of the module
	ComponentPlant     = 0x03 // plant designation
	ComponentCopyright = 0x04
	ComponentSerial    = 0x05
	ComponentType      = 0x07 // name of the module's type
	ComponentCard      = 0x08 // serial number of the memory card
	ComponentMaker     = 0x09 // manufacturer and profile, in binary
	ComponentOEM       = 0x0a
	ComponentLocation  = 0x0b
)

// Component is a record of a component identification list. Text points into
// the decoded bytes; padding is cut off.
type Component struct {
	Index uint8 // the number without the bits of redundant systems
	Text  []byte
	Raw   []byte // with padding
}

// DecodeComponent reads a record of component identification.
func DecodeComponent(record []byte) (Component, bool) {
	if len(record) < 6 {
		return Component{}, false
	}
	raw := record[2:len(record):len(record)]
	text := raw
	if len(text) > 32 {
		text = text[:32:32]
	}
	return Component{Index: record[1], Text: trim(text), Raw: raw}, true
}

// Mode is the operating mode of a CPU: the low half of the mode byte.
type Mode uint8

// DecodeMode reads a record of the list of mode changes.
func DecodeMode(record []byte) (Mode, bool) {
	if len(record) < 4 {
		return 0, false
	}
	return Mode(record[3] & 0x0f), true
}

// String is the mode in a word, "" when it is not one that is known.
func (m Mode) String() string {
	switch m {
	case 1, 2, 3, 4:
		return "STOP"
	case 5, 6, 7:
		return "STARTUP"
	case 8, 9:
		return "RUN"
	case 10:
		return "HOLD"
	case 11:
		return "LINK-UP"
	case 12:
		return "UPDATE"
	case 13:
		return "DEFECT"
	}
	return ""
}

// TransitionMode is the mode that a mode transition report speaks of, "" when
// it is not known.
func TransitionMode(subfunction uint8) string {
	switch subfunction {
	case 0:
		return "STOP"
	case 1, 3, 6:
		return "STARTUP"
	case 2, 9:
		return "RUN"
	case 4:
		return "HOLD"
	case 11:
		return "LINK-UP"
	case 12:
		return "UPDATE"
	}
	return ""
}

// Protection is how a CPU is protected.
type Protection struct {
	KeyLevel   uint16 // level that the key switch sets
	Configured uint16 // level that the project sets
	Level      uint16 // level in force: 1 none, 2 against writing, 3 against reading and writing
	Switch     uint16 // position of the mode selector
}

// DecodeProtection reads the record with index 4 of the protection list.
func DecodeProtection(record []byte) (Protection, bool) {
	if len(record) < 10 || be16(record) != 4 {
		return Protection{}, false
	}
	return Protection{
		KeyLevel: be16(record[2:]), Configured: be16(record[4:]),
		Level: be16(record[6:]), Switch: be16(record[8:]),
	}, true
}

// SwitchName is the position of the mode selector in a word, "" when it cannot
// be told.
func (p Protection) SwitchName() string {
	switch p.Switch {
	case 1:
		return "RUN"
	case 2:
		return "RUN-P"
	case 3:
		return "STOP"
	case 4:
		return "MRES"
	}
	return ""
}

// trim cuts spaces and NULs off the end.
func trim(b []byte) []byte {
	n := len(b)
	for n > 0 && (b[n-1] == ' ' || b[n-1] == 0) {
		n--
	}
	return b[:n:n]
}

func appendUint(b []byte, v uint8) []byte {
	if v >= 100 {
		b = append(b, '0'+v/100)
	}
	if v >= 10 {
		b = append(b, '0'+v/10%10)
	}
	return append(b, '0'+v%10)
}
