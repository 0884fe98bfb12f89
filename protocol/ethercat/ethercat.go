// Package ethercat decodes EtherCAT frames: the datagrams in them, the state
// machine's control, the slaves' identity in their EEPROM, and the CoE and FoE
// messages of mailboxes.
//
// It reads one frame behind its EtherType (0x88A4) or in a UDP datagram (port
// 34980). Process data have no meaning without the master's configuration and
// are handed on as bytes. It keeps no state: which EEPROM word a later datagram
// returns is for the caller to remember. Slices of decoded values point into
// the decoded buffer.
//
// Reference: IEC 61158-4-12:2019, clauses 5 and 6; ETG.1000.4 and ETG.1000.6
// (mailboxes), ETG.2010 (EEPROM).
package ethercat

import (
	"encoding/binary"
	"errors"
)

// Errors of Decode. ErrShort means that bytes are missing.
var (
	ErrShort = errors.New("ethercat: short frame")
	ErrType  = errors.New("ethercat: not a frame of datagrams")
)

// Command is what a datagram does to the slaves it passes.
type Command uint8

// Commands.
const (
	NOP  Command = 0
	APRD Command = 1
	APWR Command = 2
	APRW Command = 3
	FPRD Command = 4
	FPWR Command = 5
	FPRW Command = 6
	BRD  Command = 7
	BWR  Command = 8
	BRW  Command = 9
	LRD  Command = 10
	LWR  Command = 11
	LRW  Command = 12
	ARMW Command = 13
	FRMW Command = 14
)

// Reads and Writes report what a command does; logical ones move process data.
func (c Command) Reads() bool { return c != NOP && c != APWR && c != FPWR && c != BWR && c != LWR }

// Writes reports whether the command changes memory of a slave.
func (c Command) Writes() bool {
	return c == APWR || c == APRW || c == FPWR || c == FPRW || c == BWR || c == BRW || c == LWR || c == LRW
}

// Logical reports whether the command addresses process data.
func (c Command) Logical() bool { return c >= LRD && c <= LRW }

// Datagram is one datagram. Station and Register are its address, but for
// logical commands, where they are the halves of a 32-bit address.
type Datagram struct {
	Command  Command
	Index    uint8
	Station  uint16 // configured address, or position counted down from 0
	Register uint16
	Data     []byte
	Counter  uint16 // slaves that did what was asked
}

// Datagrams walks the datagrams of a frame.
type Datagrams struct {
	rest []byte
	more bool
}

const (
	typeDatagrams  = 1
	datagramHeader = 10
)

// Decode reads the header of a frame and starts a walk over its datagrams.
func Decode(b []byte) (Datagrams, error) {
	if len(b) < 2 {
		return Datagrams{}, ErrShort
	}
	head := binary.LittleEndian.Uint16(b)
	if head>>12 != typeDatagrams {
		return Datagrams{}, ErrType
	}
	n := int(head & 0x7ff)
	b = b[2:]
	return Datagrams{rest: b[:min(n, len(b))], more: true}, nil
}

// Next is the next datagram; false at the end or where a length leads behind
// the frame.
func (w *Datagrams) Next() (Datagram, bool) {
	b := w.rest
	if !w.more || len(b) < datagramHeader+2 || Command(b[0]) > FRMW {
		return Datagram{}, false
	}
	head := binary.LittleEndian.Uint16(b[6:])
	end := datagramHeader + int(head&0x7ff)
	if len(b) < end+2 {
		return Datagram{}, false
	}
	d := Datagram{
		Command: Command(b[0]), Index: b[1], Station: binary.LittleEndian.Uint16(b[2:]), Register: binary.LittleEndian.Uint16(b[4:]),
		Data: b[datagramHeader:end], Counter: binary.LittleEndian.Uint16(b[end:]),
	}
	w.rest, w.more = b[end+2:], head&0x8000 != 0
	return d, true
}

// Registers of a slave.
const (
	RegStation    = 0x0010
	RegALControl  = 0x0120
	RegALStatus   = 0x0130
	RegALCode     = 0x0134
	RegSystemTime = 0x0910 // distributed clocks
	RegEEPROM     = 0x0502 // control, then a word address, then data
	RegEEPROMGet  = 0x0508
	RegMailbox    = 0x1000 // the first that can hold a mailbox
)

// State is a state of a slave's state machine.
type State uint8

// States.
const (
	Init   State = 1
	PreOp  State = 2
	Boot   State = 3
	SafeOp State = 4
	Op     State = 8
)

// String is the standard's name.
func (s State) String() string {
	switch s {
	case Init:
		return "INIT"
	case PreOp:
		return "PREOP"
	case Boot:
		return "BOOT"
	case SafeOp:
		return "SAFEOP"
	case Op:
		return "OP"
	}
	return "unknown"
}

// ALControl is the state that the datagram asks for.
func (d Datagram) ALControl() (State, bool) {
	if !d.Command.Writes() || d.Command.Logical() || d.Register != RegALControl || len(d.Data) < 1 {
		return 0, false
	}
	return State(d.Data[0] & 0xf), true
}

// Words of the EEPROM that name a slave (ETG.2010). Each is four bytes.
const (
	WordVendor   = 0x0008
	WordProduct  = 0x000a
	WordRevision = 0x000c
	WordSerial   = 0x000e
)

// EEPROMRequest is the word whose reading the datagram starts.
func (d Datagram) EEPROMRequest() (word uint32, ok bool) {
	const control, address = 2, 2 // of the address many masters write half
	if !d.Command.Writes() || d.Command.Logical() || d.Register != RegEEPROM || len(d.Data) < control+address {
		return 0, false
	}
	if binary.LittleEndian.Uint16(d.Data)&0x0700 != 0x0100 {
		return 0, false
	}
	word = uint32(binary.LittleEndian.Uint16(d.Data[control:]))
	if len(d.Data) >= control+4 {
		word |= uint32(binary.LittleEndian.Uint16(d.Data[control+address:])) << 16
	}
	return word, true
}

// EEPROMData is what was read from the EEPROM: four or eight bytes. A datagram
// that reads from the control register on also brings the word that they begin
// at; else word is 0.
func (d Datagram) EEPROMData() (word uint32, data []byte, ok bool) {
	if !d.Command.Reads() || d.Command.Logical() || d.Counter == 0 {
		return 0, nil, false
	}
	const busy = 0x8000
	switch b := d.Data; {
	case d.Register == RegEEPROMGet && len(b) >= 4:
		return 0, b[:min(len(b), 8)], true
	case d.Register == RegEEPROM && len(b) >= 10 && binary.LittleEndian.Uint16(b)&busy == 0:
		return binary.LittleEndian.Uint32(b[2:]), b[6:min(len(b), 14)], true
	}
	return 0, nil, false
}
