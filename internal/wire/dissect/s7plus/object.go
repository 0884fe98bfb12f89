package s7plus

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7plus"
)

// maxNamed is how many different areas of one request are named.
const maxNamed = 4

// variables names the areas in which a request's variables lie.
func (p *Parser) variables(list pdu.Addresses) dissect.Object {
	var seen [maxNamed]uint32
	n := 0
	name := p.name[:0]
	for {
		a, ok := list.Next()
		if !ok {
			break
		}
		area := common(a.Area)
		if n == maxNamed || contains(seen[:n], area) {
			continue
		}
		seen[n] = area
		n++
		if len(name) > 0 {
			name = append(name, ", "...)
		}
		name = appendArea(name, area)
	}
	return dissect.Object{Name: name}
}

func contains(list []uint32, v uint32) bool {
	for _, l := range list {
		if l == v {
			return true
		}
	}
	return false
}

// Objects with small numbers are the CPU's own, those in a range of their own
// live as long as a session and have another number each time.
const (
	firstDynamic = 0x70000000
	lastDynamic  = 0x7fffffff
)

// common is the number under which objects of no interest of their own go.
func common(object uint32) uint32 {
	switch {
	case object >= pdu.ObjectInputs && object <= pdu.ObjectTimers:
		return object
	case object < 256:
		return pdu.ObjectExecUnit
	case object >= firstDynamic && object <= lastDynamic:
		return firstDynamic
	case object > lastDynamic && object>>16 != 0x8a0e:
		return object &^ 0xffff // a kind of object and its number
	}
	return object
}

// appendArea names an object as engineers do, or by its number.
func appendArea(b []byte, object uint32) []byte {
	switch common(object) {
	case pdu.ObjectInputs:
		return append(b, "inputs"...)
	case pdu.ObjectOutputs:
		return append(b, "outputs"...)
	case pdu.ObjectFlags:
		return append(b, "flags"...)
	case pdu.ObjectCounters:
		return append(b, "counters"...)
	case pdu.ObjectTimers:
		return append(b, "timers"...)
	case pdu.ObjectExecUnit:
		return append(b, "CPU"...)
	case firstDynamic:
		return append(b, "session"...)
	}
	if n, ok := (pdu.Address{Area: object}).DataBlock(); ok {
		return appendNumber(append(b, "DB"...), uint32(n))
	}
	return strconv.AppendUint(append(b, "objects 0x"...), uint64(common(object)), 16)
}

func appendNumber(b []byte, n uint32) []byte { return strconv.AppendUint(b, uint64(n), 10) }

func (p *Parser) dataBlock(object uint32) (dissect.Object, bool) {
	n, ok := (pdu.Address{Area: object}).DataBlock()
	if !ok {
		return dissect.Object{}, false
	}
	return dissect.Object{Name: appendNumber(append(p.name[:0], "DB"...), uint32(n))}, true
}

// object names what a request acts on.
func (p *Parser) object(t pdu.Target) dissect.Object {
	if t.Object == 0 {
		return dissect.Object{}
	}
	return dissect.Object{Name: appendArea(p.name[:0], t.Object)}
}

// written is what SetVariable writes, with its value when that is a number and
// no secret.
func (p *Parser) written(t pdu.Target) dissect.Object {
	o := p.object(t)
	switch t.Attribute {
	case pdu.AttrSessionResponse, pdu.AttrLegitimate, pdu.AttrPassword, pdu.AttrFailsafePassword, pdu.AttrKnowHowPassword:
		return o
	}
	switch v := t.Value; v.Type {
	case pdu.Bool, pdu.USInt, pdu.UInt, pdu.UDInt, pdu.SInt, pdu.Int, pdu.DInt, pdu.Byte, pdu.Word, pdu.DWord:
		o.Valued, o.Value = !v.Array, v.Int
	}
	return o
}
