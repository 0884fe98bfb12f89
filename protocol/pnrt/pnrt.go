// Package pnrt decodes the frames of PROFINET RT: cyclic data, alarms and time
// synchronisation (PTCP), on EtherType 0x8892.
//
// Cyclic data is told apart by the frame id; what it means is known only to the
// connection that set it up (package pnio), so that only its status is read.
// DCP frames are read by package pndcp. Slices of decoded values point into the
// decoded buffer.
//
// Reference: IEC 61158-6-10:2023, clauses 4.5 (PTCP), 4.7 (RTC), 4.8 (RTA) and
// 5.2 (alarm data).
package pnrt

import (
	"encoding/binary"
	"errors"
)

// Errors of the decoders.
var (
	ErrShort = errors.New("pnrt: short frame")
	ErrAlarm = errors.New("pnrt: not an alarm")
)

// Class is what a frame id says of its frame.
type Class uint8

// Classes.
const (
	Unknown  Class = iota
	Cyclic         // RT class 1, 2 or over UDP, one receiver or many
	Isochron       // RT class 3: scheduled
	Alarm
	DCP
	Time     // PTCP
	Fragment // part of a frame that was preempted
	Reserved
)

// Alarms have two fixed frame ids.
const (
	AlarmHigh = 0xfc01
	AlarmLow  = 0xfe01
)

// ClassOf is the class of a frame id (IEC 61158-6-10, table of frame ids).
func ClassOf(frameID uint16) Class {
	switch {
	case frameID <= 0x00ff:
		return Time
	case frameID <= 0x7fff:
		return Isochron
	case frameID <= 0xfbff:
		return Cyclic
	case frameID == AlarmHigh, frameID == AlarmLow:
		return Alarm
	case frameID >= 0xfefc && frameID <= 0xfeff:
		return DCP
	case frameID >= 0xff00 && frameID <= 0xff5f:
		return Time
	case frameID >= 0xff80 && frameID <= 0xff8f:
		return Fragment
	}
	return Reserved
}

// FrameID is the frame id at the start of b.
func FrameID(b []byte) (uint16, bool) {
	if len(b) < 2 {
		return 0, false
	}
	return binary.BigEndian.Uint16(b), true
}

// Bits of the data status.
const (
	StatusPrimary = 0x01 // this connection is the primary one
	StatusValid   = 0x04 // the data are good
	StatusRun     = 0x10 // the provider runs, else it is stopped
	StatusNormal  = 0x20 // no problem is reported, else one is
)

// Status is what the end of a cyclic frame says.
type Status struct {
	Cycle    uint16 // counts 31.25 microseconds
	Data     uint8
	Transfer uint8 // 0, or the frame was damaged
}

// CyclicStatus reads the last four bytes of a whole cyclic frame, which end
// behind the padding of short frames.
func CyclicStatus(b []byte) (Status, bool) {
	// Frame id, at least one byte of data, status; less has no status.
	if len(b) < 2+4+1 {
		return Status{}, false
	}
	t := b[len(b)-4:]
	return Status{binary.BigEndian.Uint16(t), t[2], t[3]}, true
}

// Kinds of an alarm frame.
const (
	AlarmData  = 1
	AlarmNack  = 2
	AlarmAck   = 3
	AlarmError = 4
)

// AlarmFrame is an alarm, from its frame id on.
type AlarmFrame struct {
	High         bool
	Kind         uint8 // AlarmData …
	Acknowledges bool  // the data acknowledge an alarm of the other side
	Type         uint16
	API          uint32
	Slot         uint16
	Subslot      uint16
	Module       uint32 // identifiers from the device's description file
	Submodule    uint32
}

const (
	alarmHeader = 14
	alarmBlock  = 6 + 10
)

// DecodeAlarm reads an alarm frame. Frames without alarm data (transport
// acknowledgements) have only Kind set.
func DecodeAlarm(b []byte) (AlarmFrame, error) {
	if len(b) < alarmHeader {
		return AlarmFrame{}, ErrShort
	}
	id := binary.BigEndian.Uint16(b)
	a := AlarmFrame{High: id == AlarmHigh, Kind: b[6] & 0xf}
	if ClassOf(id) != Alarm || a.Kind < AlarmData || a.Kind > AlarmError {
		return AlarmFrame{}, ErrAlarm
	}
	n := int(binary.BigEndian.Uint16(b[12:]))
	if a.Kind != AlarmData || n == 0 {
		return a, nil
	}
	if len(b) < alarmHeader+alarmBlock {
		return AlarmFrame{}, ErrShort
	}
	return a.data(b[alarmHeader:])
}

func (a AlarmFrame) data(b []byte) (AlarmFrame, error) {
	kind := binary.BigEndian.Uint16(b)
	if k := kind &^ 0x8000; k != 1 && k != 2 {
		return AlarmFrame{}, ErrAlarm
	}
	a.Acknowledges = kind&0x8000 != 0
	a.Type, a.API = binary.BigEndian.Uint16(b[6:]), binary.BigEndian.Uint32(b[8:])
	a.Slot, a.Subslot = binary.BigEndian.Uint16(b[12:]), binary.BigEndian.Uint16(b[14:])
	if !a.Acknowledges && len(b) >= 24 {
		a.Module, a.Submodule = binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])
	}
	return a, nil
}

// alarmNames are indexed by the alarm's type.
var alarmNames = [...]string{
	"", "diagnosis", "process", "pull", "plug", "status", "update", "media redundancy", "controlled by supervisor",
	"released", "wrong submodule plugged", "return of submodule", "diagnosis disappears",
	"multicast communication mismatch", "port data change", "sync data change", "isochronous mode problem",
	"network component problem", "time data change", "dynamic frame packing problem",
	"media redundancy with planned duplication problem", "multiple interface mismatch",
}

// AlarmName is the standard's name of an alarm type, "" for one it lacks.
func AlarmName(t uint16) string {
	switch {
	case int(t) < len(alarmNames):
		return alarmNames[t]
	case t == 0x1e:
		return "upload and retrieval"
	case t == 0x1f:
		return "pull module"
	}
	return ""
}
