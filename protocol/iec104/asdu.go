package iec104

import (
	"encoding/binary"
	"math"
)

// Cause is why an ASDU is sent.
type Cause uint8

// Causes of transmission that decide what a message does.
const (
	Periodic         Cause = 1
	Background       Cause = 2
	Spontaneous      Cause = 3
	Initialised      Cause = 4
	Request          Cause = 5
	Activation       Cause = 6
	Confirmation     Cause = 7
	Deactivation     Cause = 8
	DeactivationDone Cause = 9
	Termination      Cause = 10
	RemoteReturn     Cause = 11
	LocalReturn      Cause = 12
	FileTransfer     Cause = 13
	Interrogated     Cause = 20
	UnknownType      Cause = 44
	UnknownCause     Cause = 45
	UnknownAddress   Cause = 46
	UnknownObject    Cause = 47
)

// ASDU is one application service data unit.
type ASDU struct {
	Type       Type
	Count      uint8 // objects, or elements of one object when Sequence
	Sequence   bool  // elements of consecutive addresses behind one address
	Cause      Cause
	Negative   bool // a confirmation that says no
	Test       bool // made for a test, without effect
	Originator uint8
	Address    uint16 // common address: the station
	objects    []byte
}

const asduHeader = 6

// DecodeASDU reads the ASDU in b, the whole of an APDU's.
func DecodeASDU(b []byte) (ASDU, error) {
	if len(b) < asduHeader {
		return ASDU{}, ErrShort
	}
	return ASDU{
		Type:       Type(b[0]),
		Sequence:   b[1]&0x80 != 0,
		Count:      b[1] & 0x7f,
		Cause:      Cause(b[2] & 0x3f),
		Negative:   b[2]&0x40 != 0,
		Test:       b[2]&0x80 != 0,
		Originator: b[3],
		Address:    binary.LittleEndian.Uint16(b[4:]),
		objects:    b[asduHeader:],
	}, nil
}

// Exact says that the type is known and that the objects are as many bytes as
// it and the count make them.
func (a ASDU) Exact() bool {
	size, ok := a.Type.Size()
	if !ok || a.Count == 0 {
		return false
	}
	if a.Type == FileSegment {
		// The segment's bytes stand behind the element and count themselves.
		return len(a.objects) > addressLen+3 && len(a.objects) == addressLen+4+int(a.objects[addressLen+3])
	}
	if a.Sequence {
		return len(a.objects) == addressLen+int(a.Count)*size
	}
	return len(a.objects) == int(a.Count)*(addressLen+size)
}

const addressLen = 3

// Object is one information object. Element is borrowed.
type Object struct {
	Type    Type
	Address uint32
	Element []byte
}

// Objects walks the objects of an ASDU.
type Objects struct {
	typ      Type
	size     int
	left     uint8
	sequence bool
	address  uint32
	rest     []byte
}

// Objects is a walk over the objects; of an unknown type there are none.
func (a ASDU) Objects() Objects {
	size, ok := a.Type.Size()
	if !ok {
		return Objects{}
	}
	o := Objects{typ: a.Type, size: size, left: a.Count, sequence: a.Sequence, rest: a.objects}
	if o.sequence {
		if len(o.rest) < addressLen {
			return Objects{}
		}
		o.address = address(o.rest)
		o.rest = o.rest[addressLen:]
	}
	return o
}

// Next is the next object that is whole.
func (o *Objects) Next() (Object, bool) {
	need := o.size
	if !o.sequence {
		need += addressLen
	}
	if o.left == 0 || len(o.rest) < need {
		return Object{}, false
	}
	x := Object{Type: o.typ, Address: o.address, Element: o.rest[need-o.size : need : need]}
	if o.sequence {
		o.address++
	} else {
		x.Address = address(o.rest)
	}
	o.left--
	o.rest = o.rest[need:]
	return x, true
}

func address(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
}

// Select says that a command only selects: the execution is to follow.
func (o Object) Select() bool {
	switch at := o.qualifier(); {
	case at < 0 || at >= len(o.Element):
		return false
	default:
		return o.Element[at]&0x80 != 0
	}
}

// qualifier is the place of the octet with the select bit: that of the command
// itself, or the one behind a set point's value.
func (o Object) qualifier() int {
	switch o.Type {
	case SingleCommand, DoubleCommand, StepCommand, SingleCommandTime, DoubleCommandTime, StepCommandTime:
		return 0
	case NormalisedCommand, ScaledCommand, NormalisedCommandTime, ScaledCommandTime:
		return 2
	case FloatCommand, FloatCommandTime:
		return 4
	}
	return -1
}

// Value is what a command sets or a qualifier asks: the state, the scaled
// value, or a floating-point number as one. It is false for other types.
func (o Object) Value() (float64, bool) {
	size, ok := o.Type.Size()
	if !ok || len(o.Element) < size {
		return 0, false
	}
	switch o.Type {
	case SingleCommand, SingleCommandTime:
		return float64(o.Element[0] & 1), true
	case DoubleCommand, DoubleCommandTime, StepCommand, StepCommandTime:
		return float64(o.Element[0] & 3), true
	case NormalisedCommand, NormalisedCommandTime, NormalisedParameter:
		return float64(int16(binary.LittleEndian.Uint16(o.Element))) / 32768, true
	case ScaledCommand, ScaledCommandTime, ScaledParameter:
		return float64(int16(binary.LittleEndian.Uint16(o.Element))), true
	case FloatCommand, FloatCommandTime, FloatParameter:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(o.Element))), true
	case BitCommand, BitCommandTime:
		return float64(binary.LittleEndian.Uint32(o.Element)), true
	case Interrogation, CounterInterrogation, ResetProcess, ActivateParameter, EndOfInitialisation:
		return float64(o.Element[0]), true
	}
	return 0, false
}
