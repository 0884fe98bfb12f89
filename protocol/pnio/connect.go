package pnio

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
)

// ARType is the kind of an application relation.
type ARType uint16

// Kinds of application relation that matter to who asks.
const (
	ARSingle     ARType = 0x0001 // a controller's
	ARSupervisor ARType = 0x0006
	ARImplicit   ARType = 0x0010 // controller with isochronous data
	ARRedundant  ARType = 0x0020
)

// Relation is the request for an application relation. Name is the
// controller's name of station and points into the decoded buffer.
type Relation struct {
	Type       ARType
	ID         dcerpc.UUID
	Session    uint16
	MAC        [6]byte // of the controller
	Object     dcerpc.UUID
	Properties uint32
	Name       []byte
}

// Takeover reports whether a supervisor may take the device over.
func (r Relation) Takeover() bool { return r.Properties&8 != 0 }

// Relation reads a BlockARReq.
func (b Block) Relation() (Relation, bool) {
	const fixed = 52
	v := b.Body
	if b.Type != BlockARReq || len(v) < fixed {
		return Relation{}, false
	}
	n := int(binary.BigEndian.Uint16(v[50:]))
	if len(v) < fixed+n {
		return Relation{}, false
	}
	return Relation{
		Type: ARType(binary.BigEndian.Uint16(v)), ID: dcerpc.UUID(v[2:18]), Session: binary.BigEndian.Uint16(v[18:]),
		MAC: [6]byte(v[20:]), Object: dcerpc.UUID(v[26:42]), Properties: binary.BigEndian.Uint32(v[42:]), Name: v[fixed : fixed+n],
	}, true
}

// ResponderMAC is the device's address in a BlockARRes.
func (b Block) ResponderMAC() ([6]byte, bool) {
	if b.Type != BlockARRes || len(b.Body) < 26 {
		return [6]byte{}, false
	}
	return [6]byte(b.Body[20:]), true
}

// ServerName is the device's name of station in a BlockARServer.
func (b Block) ServerName() ([]byte, bool) {
	v := b.Body
	if b.Type != BlockARServer || len(v) < 2 {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(v))
	if len(v) < 2+n {
		return nil, false
	}
	return v[2 : 2+n], true
}

// Submodule is a place in a device with the identifiers of what is expected or
// found there (from the device's description file). State is set in a
// BlockModuleDiff.
type Submodule struct {
	API       uint32
	Slot      uint16
	Subslot   uint16
	Module    uint32
	Submodule uint32
	State     uint16 // of the module: 0 none, 1 wrong, 2 proper, 3 substitute
}

// Submodules walks the submodules of a BlockExpected, a BlockModuleDiff or a
// BlockRealIdent.
type Submodules struct {
	rest     []byte
	typ      BlockType
	api      uint32
	apis     uint16
	modules  uint16
	subs     uint16
	now      Submodule
	versions uint16
}

// Submodules starts the walk.
func (b Block) Submodules() Submodules {
	switch b.Type {
	case BlockExpected, BlockModuleDiff, BlockRealIdent:
	default:
		return Submodules{}
	}
	w := Submodules{typ: b.Type, rest: b.Body, versions: b.Version}
	if b.Type == BlockRealIdent && b.Version == 0x0100 {
		w.apis = 1 // the first version knows only API 0 and does not say it
		w.startAPI()
		return w
	}
	w.apis, _ = w.u16()
	return w
}

func (w *Submodules) u16() (uint16, bool) {
	if len(w.rest) < 2 {
		w.rest, w.apis, w.modules, w.subs = nil, 0, 0, 0
		return 0, false
	}
	v := binary.BigEndian.Uint16(w.rest)
	w.rest = w.rest[2:]
	return v, true
}

func (w *Submodules) u32() (uint32, bool) {
	hi, _ := w.u16()
	lo, ok := w.u16()
	return uint32(hi)<<16 | uint32(lo), ok
}

// Next is the next submodule; a module without submodules comes with Subslot 0.
// False when there are no more or the block ends early.
func (w *Submodules) Next() (Submodule, bool) {
	for w.subs == 0 {
		if w.modules == 0 {
			if w.apis == 0 {
				return Submodule{}, false
			}
			w.startAPI()
			continue
		}
		if !w.startModule() {
			return Submodule{}, false
		}
		if w.subs == 0 {
			return w.now, true
		}
	}
	w.subs--
	return w.submodule()
}

func (w *Submodules) startAPI() {
	w.apis--
	if !(w.typ == BlockRealIdent && w.versions == 0x0100) {
		w.api, _ = w.u32()
	}
	if w.typ == BlockExpected {
		w.modules = 1
		return
	}
	w.modules, _ = w.u16()
}

func (w *Submodules) startModule() bool {
	w.modules--
	w.now = Submodule{API: w.api}
	w.now.Slot, _ = w.u16()
	w.now.Module, _ = w.u32()
	switch w.typ {
	case BlockExpected:
		_, _ = w.u16() // properties
	case BlockModuleDiff:
		w.now.State, _ = w.u16()
	}
	var ok bool
	w.subs, ok = w.u16()
	return ok
}

// submodule reads one submodule; an expected one is followed by the description
// of its data, twice where it has inputs and outputs.
func (w *Submodules) submodule() (Submodule, bool) {
	x := w.now
	x.Subslot, _ = w.u16()
	ident, ok := w.u32()
	x.Submodule = ident
	if w.typ == BlockRealIdent {
		return x, ok
	}
	properties, ok := w.u16()
	if !ok || w.typ != BlockExpected {
		return x, ok
	}
	skip := 6
	if properties&3 == 3 {
		skip = 12
	}
	if len(w.rest) < skip {
		w.rest, w.subs, w.modules, w.apis = nil, 0, 0, 0
		return x, true
	}
	w.rest = w.rest[skip:]
	return x, true
}

// Control is what a control or release block asks for or confirms.
type Control struct {
	Relation dcerpc.UUID
	Session  uint16
	Command  uint16 // bits: 0 parameters end, 1 application ready, 2 release, 3 done
}

// Control reads a control or release block.
func (b Block) Control() (Control, bool) {
	t := b.Type &^ 0x8000
	if t < BlockPrmEnd || t > 0x0118 || len(b.Body) < 24 {
		return Control{}, false
	}
	v := b.Body
	return Control{dcerpc.UUID(v[2:18]), binary.BigEndian.Uint16(v[18:]), binary.BigEndian.Uint16(v[22:])}, true
}
