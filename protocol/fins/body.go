package fins

import (
	"bytes"
	"encoding/binary"
)

// Range is a run of items in one memory area.
type Range struct {
	Area  Area
	Start uint16
	Bit   uint8
	Count uint16
}

// Memory is the range of a memory area read, write or fill command. Data are
// the values that follow it (none in a read).
func Memory(data []byte) (r Range, values []byte, ok bool) {
	if len(data) < 6 {
		return Range{}, nil, false
	}
	r = Range{
		Area: Area(data[0]), Start: binary.BigEndian.Uint16(data[1:]),
		Bit: data[3], Count: binary.BigEndian.Uint16(data[4:]),
	}
	return r, data[6:], true
}

// Item is the i-th item of a multiple memory area read, and whether there is
// one.
func Item(data []byte, i int) (Range, bool) {
	if i < 0 || i >= len(data)/4 {
		return Range{}, false
	}
	data = data[4*i:]
	return Range{Area: Area(data[0]), Start: binary.BigEndian.Uint16(data[1:]), Bit: data[3], Count: 1}, true
}

// Force is one bit of a forced set/reset command.
type Force struct {
	Operation uint16 // 0 reset, 1 set, 0x8000 release to 0, 0x8001 release to 1, 0xffff release
	Range
}

// Forced is the i-th bit of a forced set/reset command, and whether there is
// one.
func Forced(data []byte, i int) (Force, bool) {
	if len(data) < 2 || i < 0 || i >= int(binary.BigEndian.Uint16(data)) || len(data) < 2+6*(i+1) {
		return Force{}, false
	}
	data = data[2+6*i:]
	return Force{
		Operation: binary.BigEndian.Uint16(data),
		Range:     Range{Area: Area(data[2]), Start: binary.BigEndian.Uint16(data[3:]), Bit: data[5], Count: 1},
	}, true
}

// Controller is the answer to a controller data read. The texts point into the
// decoded buffer and are without padding.
type Controller struct {
	Model   []byte // "CJ2M-CPU33"
	Version []byte // internal system version, "02.01"
}

// ControllerText reads the part of a controller data response that carries
// model and version (parameter 0, or none, in the command). The other part,
// the CPU bus unit table, has no text and is not ok.
func ControllerText(data []byte) (Controller, bool) {
	if len(data) < 40 || !printable(data[:20]) {
		return Controller{}, false
	}
	return Controller{Model: text(data[:20]), Version: text(data[20:40])}, true
}

// Status is the answer to a controller status read.
type Status struct {
	Running bool
	Standby bool
	Mode    uint8 // 0 program, 2 monitor, 4 run; 1 debug on older controllers
	Fatal   uint16
	Warning uint16
}

// ControllerState reads the answer to a controller status read.
func ControllerState(data []byte) (Status, bool) {
	if len(data) < 6 {
		return Status{}, false
	}
	return Status{
		Running: data[0]&1 != 0, Standby: data[0]&0x80 != 0, Mode: data[1],
		Fatal: binary.BigEndian.Uint16(data[2:]), Warning: binary.BigEndian.Uint16(data[4:]),
	}, true
}

// RunMode is the mode that a RUN command asks for: 0x02 monitor, 0x04 run. A
// command without it asks for monitor (W342 5-3-16).
func RunMode(data []byte) uint8 {
	if len(data) < 3 {
		return 0x02
	}
	return data[2]
}

// FileSpec is the file that a single file read, write or delete command names:
// 8 characters and an extension. It points into the decoded buffer.
func FileSpec(c Command, data []byte) []byte {
	var at int
	switch c {
	case FileRead, FileWrite:
		at = 2 // disk number
	case FileDelete:
		at = 4 // disk number, number of files
	default:
		return nil
	}
	if len(data) < at+12 || !printable(data[at:at+12]) {
		return nil
	}
	return text(data[at : at+12])
}

// text is b up to the first NUL, without blanks around it.
func text(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimSpace(b)
}

// printable reports whether b starts with printable ASCII and holds nothing
// but printable ASCII and NUL.
func printable(b []byte) bool {
	if len(b) == 0 || b[0] <= ' ' {
		return false
	}
	for _, c := range b {
		if c != 0 && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}
