// Package pnio decodes PROFINET IO context management: how a controller
// connects to a device, gives it parameters, reads records from it and lets it
// go. It comes in connectionless DCE/RPC (package dcerpc), UDP port 34964 and
// ports negotiated from there.
//
// It reads the stub data of one message: the status, the blocks in order, and
// those that name a device, its modules and its neighbours. Records whose
// meaning only the device's description file knows are handed on as bytes.
// Slices of decoded values point into the decoded buffer.
//
// Reference: IEC 61158-6-10:2023, clauses 4.9 (RPC), 5.2 (record data) and 5.4
// (coding of blocks); I&M functions, PI order number 3.502.
package pnio

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
)

// Errors of the decoders. ErrShort means that bytes are missing.
var (
	ErrShort  = errors.New("pnio: short message")
	ErrLength = errors.New("pnio: lengths contradict each other")
)

// Port is where a device listens first.
const Port = 34964

// Interfaces: who is asked.
var (
	InterfaceDevice     = dcerpc.UUID{0xde, 0xa0, 0x00, 0x01, 0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d}
	InterfaceController = dcerpc.UUID{0xde, 0xa0, 0x00, 0x02, 0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d}
	InterfaceSupervisor = dcerpc.UUID{0xde, 0xa0, 0x00, 0x03, 0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d}
	InterfaceParameters = dcerpc.UUID{0xde, 0xa0, 0x00, 0x04, 0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d}
)

// IsInterface reports whether u is one of PROFINET's interfaces.
func IsInterface(u dcerpc.UUID) bool {
	role := u[3]
	u[3] = 1
	return u == InterfaceDevice && role >= 1 && role <= 4
}

// Object is what the object identifier of a message says of the one that is
// asked.
type Object struct {
	Instance, Device, Vendor uint16
}

// DecodeObject reads an object identifier; false when it is not PROFINET's.
func DecodeObject(u dcerpc.UUID) (Object, bool) {
	const prefix = "\xde\xa0\x00\x00\x6c\x97\x11\xd1\x82\x71"
	if string(u[:len(prefix)]) != prefix {
		return Object{}, false
	}
	return Object{binary.BigEndian.Uint16(u[10:]), binary.BigEndian.Uint16(u[12:]), binary.BigEndian.Uint16(u[14:])}, true
}

// Operations.
const (
	OpConnect      = 0
	OpRelease      = 1
	OpRead         = 2
	OpWrite        = 3
	OpControl      = 4
	OpReadImplicit = 5
)

// Status is the result of an operation: 0 is success.
type Status struct {
	Code, Decode, Code1, Code2 uint8
}

// OK reports success.
func (s Status) OK() bool { return s == Status{} }

const stubHeader = 20

// DecodeStub reads the arguments of a request or the results of a response and
// returns the blocks in them. A stub that was cut short gives what is left.
func DecodeStub(rep dcerpc.Rep, stub []byte, response bool) (Status, []byte, error) {
	if len(stub) < stubHeader {
		return Status{}, nil, ErrShort
	}
	var s Status
	if response {
		v := rep.Uint32(stub)
		s = Status{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}
	}
	n, actual := rep.Uint32(stub[4:]), rep.Uint32(stub[16:])
	if actual > n || rep.Uint32(stub[12:]) != 0 {
		return Status{}, nil, ErrLength
	}
	body := stub[stubHeader:]
	if uint64(n) < uint64(len(body)) {
		body = body[:n]
	}
	return s, body, nil
}

// BlockType is the kind of a block.
type BlockType uint16

// Blocks that are read here or that say what a message does.
const (
	BlockRealIdent     BlockType = 0x0013 // modules that are there
	BlockWriteReq      BlockType = 0x0008
	BlockReadReq       BlockType = 0x0009
	BlockIM0           BlockType = 0x0020
	BlockIM1           BlockType = 0x0021
	BlockIM2           BlockType = 0x0022
	BlockIM3           BlockType = 0x0023
	BlockARReq         BlockType = 0x0101
	BlockIOCRReq       BlockType = 0x0102
	BlockAlarmCRReq    BlockType = 0x0103
	BlockExpected      BlockType = 0x0104
	BlockPrmEnd        BlockType = 0x0110
	BlockAppReady      BlockType = 0x0112
	BlockRelease       BlockType = 0x0114
	BlockPortAdjust    BlockType = 0x0202
	BlockPortReal      BlockType = 0x020f
	BlockInterfaceReal BlockType = 0x0240
	BlockMultiple      BlockType = 0x0400
	BlockWriteRes      BlockType = 0x8008
	BlockReadRes       BlockType = 0x8009
	BlockARRes         BlockType = 0x8101
	BlockModuleDiff    BlockType = 0x8104
	BlockARServer      BlockType = 0x8106
	blockHeader                  = 6
	recordHeader                 = 64 // block and header of a read or write
)

// Block is one block: a type and what it holds.
type Block struct {
	Type    BlockType
	Version uint16 // major and minor
	Body    []byte
}

// Blocks walks blocks that stand behind each other.
type Blocks struct {
	rest  []byte
	align bool // blocks are padded to four bytes from the start
	start int  // length of rest at the start
}

// WalkBlocks starts a walk over the blocks in b.
func WalkBlocks(b []byte) Blocks { return Blocks{rest: b, start: len(b)} }

// Next is the next block; false when there are no more, or where a length leads
// behind the end. A block that was cut short ends the walk.
func (w *Blocks) Next() (Block, bool) {
	b := w.rest
	if w.align {
		for len(b) > 0 && (w.start-len(b))%4 != 0 {
			b = b[1:]
		}
	}
	if len(b) < blockHeader {
		return Block{}, false
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < 2 || len(b) < 4+n {
		return Block{}, false
	}
	w.rest = b[4+n:]
	return Block{BlockType(binary.BigEndian.Uint16(b)), binary.BigEndian.Uint16(b[4:]), b[blockHeader : 4+n]}, true
}

// Rest is what follows the blocks that were walked.
func (w *Blocks) Rest() []byte { return w.rest }

// Inner starts a walk over the blocks within a BlockMultiple, which are padded
// to four bytes.
func (b Block) Inner() (Blocks, bool) {
	const head = 2 + 4 + 2 + 2 // padding, API, slot, subslot
	if b.Type != BlockMultiple || len(b.Body) < head {
		return Blocks{}, false
	}
	inner := b.Body[head:]
	return Blocks{rest: inner, align: true, start: len(inner)}, true
}
