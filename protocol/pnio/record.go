package pnio

import (
	"bytes"
	"encoding/binary"
)

// Indexes of records that matter.
const (
	IndexIM0         = 0xaff0
	IndexIM15        = 0xafff
	IndexMultiple    = 0xe040 // several records in one write
	IndexRealSubslot = 0x8001 // modules that are there: of a subslot …
	IndexRealSlot    = 0xc001
	IndexRealAR      = 0xe001
	IndexRealAPI     = 0xf000
	IndexRealDevice  = 0xf844
	IndexIM0Filter   = 0xf840
	IndexPDReal      = 0xf841 // interface, ports and neighbours
)

// Record is the header of a read or write: which record of which place. Data
// is what is written or was read and points into the decoded buffer.
type Record struct {
	Sequence uint16
	API      uint32
	Slot     uint16
	Subslot  uint16
	Index    uint16
	Length   uint32
	Data     []byte
	Result   Status // responses to a write
}

// Identifies reports whether the record tells what a device or module is.
func (r Record) Identifies() bool {
	switch {
	case r.Index >= IndexIM0 && r.Index <= IndexIM15, r.Index == IndexIM0Filter, r.Index == IndexPDReal:
		return true
	case r.Index == IndexRealSubslot, r.Index == IndexRealSlot, r.Index == IndexRealAR, r.Index == IndexRealAPI, r.Index == IndexRealDevice:
		return true
	}
	return false
}

// Records walks the record headers at the start of a read or write message:
// one, or several in a multiple write.
type Records struct {
	rest  []byte
	inner bool
	start int
}

// WalkRecords starts a walk over the records in the blocks of a message.
func WalkRecords(body []byte) Records { return Records{rest: body, start: len(body)} }

// Next is the next record; false when there are no more.
func (w *Records) Next() (Record, bool) {
	b := w.rest
	if w.inner { // records in a multiple write are padded to four bytes
		for len(b) > 0 && (w.start-len(b))%4 != 0 {
			b = b[1:]
		}
	}
	if len(b) < recordHeader {
		return Record{}, false
	}
	t := BlockType(binary.BigEndian.Uint16(b))
	switch t {
	case BlockReadReq, BlockReadRes, BlockWriteReq, BlockWriteRes:
	default:
		return Record{}, false
	}
	r := record(b)
	if t == BlockWriteRes {
		r.Result = Status{b[44], b[45], b[46], b[47]}
	}
	b = b[recordHeader:]
	if r.Index == IndexMultiple && !w.inner {
		w.rest, w.inner, w.start = b, true, len(b)
		return r, true
	}
	// A read request and a write response say a length but carry nothing.
	if t == BlockReadRes || t == BlockWriteReq {
		r.Data = b[:min(len(b), int(min(r.Length, 1<<20)))]
	}
	w.rest = b[len(r.Data):]
	if !w.inner {
		w.rest = nil
	}
	return r, true
}

func record(b []byte) Record {
	return Record{
		Sequence: binary.BigEndian.Uint16(b[6:]), API: binary.BigEndian.Uint32(b[24:]), Slot: binary.BigEndian.Uint16(b[28:]),
		Subslot: binary.BigEndian.Uint16(b[30:]), Index: binary.BigEndian.Uint16(b[34:]), Length: binary.BigEndian.Uint32(b[36:]),
	}
}

// IM0 is the electronic type plate. Texts are padded with blanks on the wire;
// the padding is removed.
type IM0 struct {
	Vendor       uint16
	Order        []byte
	Serial       []byte
	Hardware     uint16
	Prefix       byte // V released, R revision, P prototype, U test, T …
	Software     [3]uint8
	Counter      uint16
	Profile      uint16
	ProfileClass uint16
	Supported    uint16
}

// IM0 reads a BlockIM0.
func (b Block) IM0() (IM0, bool) {
	v := b.Body
	if b.Type != BlockIM0 || len(v) < 54 {
		return IM0{}, false
	}
	return IM0{
		Vendor: binary.BigEndian.Uint16(v), Order: trim(v[2:22]), Serial: trim(v[22:38]), Hardware: binary.BigEndian.Uint16(v[38:]),
		Prefix: v[40], Software: [3]uint8(v[41:]), Counter: binary.BigEndian.Uint16(v[44:]), Profile: binary.BigEndian.Uint16(v[46:]),
		ProfileClass: binary.BigEndian.Uint16(v[48:]), Supported: binary.BigEndian.Uint16(v[52:]),
	}, true
}

// IM1 reads a BlockIM1: the function and the location that the plant gave the
// module.
func (b Block) IM1() (function, location []byte, ok bool) {
	if b.Type != BlockIM1 || len(b.Body) < 54 {
		return nil, nil, false
	}
	return trim(b.Body[:32]), trim(b.Body[32:54]), true
}

// IMText reads a BlockIM2 (date of installation) or a BlockIM3 (description).
func (b Block) IMText() ([]byte, bool) {
	switch {
	case b.Type == BlockIM2 && len(b.Body) >= 16:
		return trim(b.Body[:16]), true
	case b.Type == BlockIM3 && len(b.Body) >= 54:
		return trim(b.Body[:54]), true
	}
	return nil, false
}

func trim(b []byte) []byte { return bytes.Trim(b, " \x00") }

// Interface is what a device says of its network interface.
type Interface struct {
	Name    []byte // its chassis identifier
	MAC     [6]byte
	Address [4]byte
	Mask    [4]byte
	Gateway [4]byte
}

// Interface reads a BlockInterfaceReal. Padding aligns to four bytes, counted
// from the block's header.
func (b Block) Interface() (Interface, bool) {
	v := b.Body
	if b.Type != BlockInterfaceReal || len(v) < 1 {
		return Interface{}, false
	}
	n := int(v[0])
	at := align(1 + n)
	if len(v) < at+20 {
		return Interface{}, false
	}
	return Interface{v[1 : 1+n], [6]byte(v[at:]), [4]byte(v[at+8:]), [4]byte(v[at+12:]), [4]byte(v[at+16:])}, true
}

// align rounds an offset in a block's body up, so that the offset in the block
// is a multiple of four.
func align(n int) int { return (n+blockHeader+3)&^3 - blockHeader }

// Neighbor is what a device found behind one of its ports: the first peer
// there. Peer is "" where there is none.
type Neighbor struct {
	Slot, Subslot uint16
	Port          []byte // own port's name
	PeerPort      []byte
	Peer          []byte // the peer's chassis identifier, often its name of station
	PeerMAC       [6]byte
}

// Neighbor reads a BlockPortReal.
func (b Block) Neighbor() (Neighbor, bool) {
	v := b.Body
	if b.Type != BlockPortReal || len(v) < 8 {
		return Neighbor{}, false
	}
	x := Neighbor{Slot: binary.BigEndian.Uint16(v[2:]), Subslot: binary.BigEndian.Uint16(v[4:])}
	at, ok := 6, true
	if x.Port, at, ok = text(v, at); !ok || len(v) <= at {
		return Neighbor{}, false
	}
	peers := v[at]
	if peers == 0 {
		return x, true
	}
	at = align(at + 1)
	if x.PeerPort, at, ok = text(v, at); !ok {
		return x, true
	}
	if x.Peer, at, ok = text(v, at); !ok {
		return x, true
	}
	if at = align(at) + 4; len(v) >= at+6 { // line delay
		x.PeerMAC = [6]byte(v[at:])
	}
	return x, true
}

func text(v []byte, at int) ([]byte, int, bool) {
	if at >= len(v) || at+1+int(v[at]) > len(v) {
		return nil, 0, false
	}
	end := at + 1 + int(v[at])
	return v[at+1 : end], end, true
}

// Annotation is what a device says of itself to the endpoint mapper: fields of
// a fixed width.
type Annotation struct {
	Type, Order, Hardware, Software []byte
	Prefix                          byte
}

// DecodeAnnotation reads the annotation of an endpoint mapper entry: blanks
// stand between the fields.
func DecodeAnnotation(b []byte) (Annotation, bool) {
	if len(b) < 55 || b[25] != ' ' || b[46] != ' ' || b[52] != ' ' {
		return Annotation{}, false
	}
	return Annotation{Type: trim(b[:25]), Order: trim(b[26:46]), Hardware: trim(b[47:52]), Prefix: b[53], Software: trim(b[54:min(63, len(b))])}, true
}
