// Package pndcp decodes the PROFINET Discovery and basic Configuration
// Protocol (DCP): how PROFINET devices say who they are and are given a name
// and an address.
//
// It reads frames of EtherType 0x8892 with a frame id of DCP, from the frame id
// on. It keeps no state and pairs nothing. Slices of decoded values point into
// the decoded buffer. The other frames of that EtherType are read by package
// pnrt.
//
// Reference: IEC 61158-6-10:2023, clause 4.3 (DCP); PROFINET Discovery and
// basic Configuration Protocol, PI order number 2.712.
package pndcp

import (
	"encoding/binary"
	"errors"
)

// Errors of Decode. ErrShort means that bytes are missing; the others mean that
// the frame is not DCP and never will be.
var (
	ErrShort   = errors.New("pndcp: short frame")
	ErrFrameID = errors.New("pndcp: frame id is not DCP's")
	ErrService = errors.New("pndcp: unknown service")
)

// Frame ids of DCP.
const (
	FrameHello         = 0xfefc
	FrameGetSet        = 0xfefd
	FrameIdentify      = 0xfefe
	FrameIdentifyReply = 0xfeff
)

// Service is what a message is about.
type Service uint8

// Services.
const (
	Get      Service = 3
	Set      Service = 4
	Identify Service = 5
	Hello    Service = 6
)

// Service types.
const (
	TypeRequest     = 0
	TypeSuccess     = 1
	TypeUnsupported = 5
)

const headerSize = 12

// Message is one DCP frame. Data holds its blocks and points into the decoded
// buffer; when the frame was cut short it holds what is left, and Cut is set.
type Message struct {
	FrameID uint16
	Service Service
	Type    uint8
	Xid     uint32 // pairs a response with its request
	Delay   uint16 // Identify: factor of the longest delay of a response
	Data    []byte
	Cut     bool
}

// IsResponse reports whether m answers a request.
func (m Message) IsResponse() bool { return m.Type&1 != 0 }

// Decode reads a frame from its frame id on and returns the number of bytes it
// took, without the padding of short frames.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 2 {
		return Message{}, 0, ErrShort
	}
	id := binary.BigEndian.Uint16(b)
	if id < FrameHello || id > FrameIdentifyReply {
		return Message{}, 0, ErrFrameID
	}
	if len(b) < headerSize {
		return Message{}, 0, ErrShort
	}
	m := Message{FrameID: id, Service: Service(b[2]), Type: b[3], Xid: binary.BigEndian.Uint32(b[4:]), Delay: binary.BigEndian.Uint16(b[8:])}
	if m.Service < Get || m.Service > Hello {
		return Message{}, 0, ErrService
	}
	n := headerSize + int(binary.BigEndian.Uint16(b[10:]))
	if n > len(b) {
		n, m.Cut = len(b), true
	}
	m.Data = b[headerSize:n]
	return m, n, nil
}

// Options.
const (
	OptionIP         = 1
	OptionDevice     = 2
	OptionDHCP       = 3
	OptionControl    = 5
	OptionInitiative = 6
	OptionAll        = 0xff
)

// Suboptions, by option.
const (
	IPMAC   = 1
	IPSuite = 2 // address, mask, gateway
	IPFull  = 3 // and four name servers

	DeviceVendor   = 1 // "type of station"
	DeviceName     = 2 // name of station
	DeviceID       = 3 // vendor and device identifier
	DeviceRole     = 4
	DeviceOptions  = 5
	DeviceAlias    = 6 // name of station built from the neighbour's name and port
	DeviceInstance = 7
	DeviceOEM      = 8

	ControlStart        = 1
	ControlEnd          = 2
	ControlSignal       = 3 // flash the LED
	ControlResponse     = 4
	ControlFactoryReset = 5
	ControlReset        = 6 // reset to factory, with a qualifier that says what
)

// Bits of the device role.
const (
	RoleDevice     = 1
	RoleController = 2
	RoleMulti      = 4
	RoleSupervisor = 8
)

// Bits of the block information of an IP block.
const (
	IPSet      = 1
	IPByDHCP   = 2
	IPConflict = 0x80 // another station has the address
)

// Block is one block of a message. Info is the block information of a
// response, or the block qualifier of a Set request; Value is what follows.
type Block struct {
	Option, Sub uint8
	Info        uint16
	Value       []byte
}

// Is reports whether the block is that suboption of that option.
func (b Block) Is(option, sub uint8) bool { return b.Option == option && b.Sub == sub }

// Blocks walks the blocks of a message.
type Blocks struct {
	rest []byte
	bare bool // only options, as in a Get request
	info bool // two bytes stand before each value
}

// Blocks starts a walk over the blocks.
func (m Message) Blocks() Blocks {
	request := !m.IsResponse()
	return Blocks{
		rest: m.Data,
		bare: m.Service == Get && request,
		info: m.Service == Set && request || m.Service != Set && !request || m.Service == Hello,
	}
}

// Next is the next block; false when there are no more, or when a length
// contradicts the frame.
func (w *Blocks) Next() (Block, bool) {
	b := w.rest
	if len(b) < 2 {
		return Block{}, false
	}
	x := Block{Option: b[0], Sub: b[1]}
	if w.bare {
		w.rest = b[2:]
		return x, true
	}
	if len(b) < 4 {
		return Block{}, false
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if len(b) < 4+n {
		return Block{}, false
	}
	x.Value = b[4 : 4+n]
	// A control block in a response holds the answer, without information.
	if w.info && n >= 2 && !(x.Option == OptionControl && x.Sub == ControlResponse) {
		x.Info, x.Value = binary.BigEndian.Uint16(x.Value), x.Value[2:]
	}
	w.rest = b[min(len(b), 4+n+n&1):]
	return x, true
}

// Suite is an IP configuration.
type Suite struct {
	Address, Mask, Gateway [4]byte
}

// Suite reads the value of an IP suite.
func (b Block) Suite() (Suite, bool) {
	v := b.Value
	if b.Option != OptionIP || b.Sub != IPSuite && b.Sub != IPFull || len(v) < 12 {
		return Suite{}, false
	}
	return Suite{[4]byte(v), [4]byte(v[4:]), [4]byte(v[8:])}, true
}

// Answer is how a device answers one block of a Set request: Error 0 is "done",
// 1 option unsupported, 2 suboption unsupported or no data, 3 suboption not
// set, 4 resource error, 5 not possible for local reasons, 6 in operation.
type Answer struct {
	Option, Sub, Error uint8
}

// Answer reads the value of a control response.
func (b Block) Answer() (Answer, bool) {
	if !b.Is(OptionControl, ControlResponse) || len(b.Value) < 3 {
		return Answer{}, false
	}
	return Answer{b.Value[0], b.Value[1], b.Value[2]}, true
}
