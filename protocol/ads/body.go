package ads

import (
	"bytes"
	"encoding/binary"
)

// State is an ADS state.
type State uint16

// ADS states.
const (
	StateInvalid      State = 0
	StateIdle         State = 1
	StateReset        State = 2
	StateInit         State = 3
	StateStart        State = 4
	StateRun          State = 5
	StateStop         State = 6
	StateSaveConfig   State = 7
	StateLoadConfig   State = 8
	StatePowerFailure State = 9
	StatePowerGood    State = 10
	StateError        State = 11
	StateShutdown     State = 12
	StateSuspend      State = 13
	StateResume       State = 14
	StateConfig       State = 15
	StateReconfig     State = 16
	StateStopping     State = 17
)

// stateNames are the names of the states, by number.
const stateNames = "invalid  idle     reset    init     start    run      stop     savecfg  loadcfg  pwrfail  pwrgood  error    shutdown suspend  resume   config   reconfig stopping "

// String is the state's name in lower case, "" for a number without one.
func (s State) String() string {
	const width = 9
	if int(s) >= len(stateNames)/width {
		return ""
	}
	name := stateNames[int(s)*width : int(s)*width+width]
	for name[len(name)-1] == ' ' {
		name = name[:len(name)-1]
	}
	return name
}

// Index is what a read, write or read/write request is about. Written is the
// data it writes, as far as the buffer holds it.
type Index struct {
	Group, Offset uint32
	Read          uint32 // bytes asked for
	Write         uint32 // bytes written
	Written       []byte
}

// Index reads the body of a Read, Write or ReadWrite request.
func (p Packet) Index() (Index, bool) {
	d := p.Data
	if p.Response() || len(d) < 12 {
		return Index{}, false
	}
	x := Index{Group: binary.LittleEndian.Uint32(d), Offset: binary.LittleEndian.Uint32(d[4:])}
	n := binary.LittleEndian.Uint32(d[8:])
	switch p.Command {
	case Read:
		x.Read = n
		return x, true
	case Write:
		x.Write, x.Written = n, d[12:]
	case ReadWrite:
		if len(d) < 16 {
			return Index{}, false
		}
		x.Read, x.Write, x.Written = n, binary.LittleEndian.Uint32(d[12:]), d[16:]
	default:
		return Index{}, false
	}
	if uint64(len(x.Written)) > uint64(x.Write) {
		x.Written = x.Written[:x.Write]
	}
	return x, true
}

// Control is the body of a WriteControl request.
type Control struct {
	State  State
	Device uint16
}

// Control reads the body of a WriteControl request.
func (p Packet) Control() (Control, bool) {
	if p.Response() || p.Command != WriteControl || len(p.Data) < 8 {
		return Control{}, false
	}
	return Control{State: State(binary.LittleEndian.Uint16(p.Data)), Device: binary.LittleEndian.Uint16(p.Data[2:])}, true
}

// Result is the result code of a response: the AMS error or, without one, the
// code that starts the body. It is not ok when there is neither.
func (p Packet) Result() (uint32, bool) {
	if !p.Response() {
		return 0, false
	}
	if p.Error != 0 {
		return p.Error, true
	}
	if len(p.Data) < 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(p.Data), true
}

// Device is the answer to ReadDeviceInfo. Name points into the decoded buffer.
type Device struct {
	Major, Minor uint8
	Build        uint16
	Name         []byte
}

// Device reads the body of a ReadDeviceInfo response that says yes.
func (p Packet) Device() (Device, bool) {
	if p.Command != ReadDeviceInfo || len(p.Data) < 24 || !p.accepted() {
		return Device{}, false
	}
	return Device{Major: p.Data[4], Minor: p.Data[5], Build: binary.LittleEndian.Uint16(p.Data[6:]), Name: text(p.Data[8:24])}, true
}

// State reads the body of a ReadState response that says yes.
func (p Packet) State() (State, bool) {
	if p.Command != ReadState || len(p.Data) < 8 || !p.accepted() {
		return 0, false
	}
	return State(binary.LittleEndian.Uint16(p.Data[4:])), true
}

// Returned is the data that a Read or ReadWrite response returns, as far as the
// buffer holds it.
func (p Packet) Returned() ([]byte, bool) {
	if p.Command != Read && p.Command != ReadWrite || len(p.Data) < 8 || !p.accepted() {
		return nil, false
	}
	d := p.Data[8:]
	if n := binary.LittleEndian.Uint32(p.Data[4:]); uint64(len(d)) > uint64(n) {
		d = d[:n]
	}
	return d, true
}

func (p Packet) accepted() bool {
	code, ok := p.Result()
	return ok && code == 0
}

// text is b up to the first NUL, without blanks around it.
func text(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimSpace(b)
}
