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
		if n == maxNamed || contains(seen[:n], a.Area) {
			continue
		}
		seen[n] = a.Area
		n++
		if len(name) > 0 {
			name = append(name, ", "...)
		}
		name = appendArea(name, a.Area)
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

// appendArea names an object as engineers do, or by its number.
func appendArea(b []byte, object uint32) []byte {
	switch object {
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
	}
	if n, ok := (pdu.Address{Area: object}).DataBlock(); ok {
		return appendNumber(append(b, "DB"...), uint32(n))
	}
	return appendNumber(append(b, "object "...), object)
}

func appendNumber(b []byte, n uint32) []byte { return strconv.AppendUint(b, uint64(n), 10) }

func (p *Parser) dataBlock(object uint32) (dissect.Object, bool) {
	n, ok := (pdu.Address{Area: object}).DataBlock()
	if !ok {
		return dissect.Object{}, false
	}
	return dissect.Object{Name: appendNumber(append(p.name[:0], "DB"...), uint32(n))}, true
}

// object names what a request acts on. Objects that live as long as a session
// have numbers of their own each time: those are not worth telling apart.
func (p *Parser) object(t pdu.Target) dissect.Object {
	if t.Object >= 0x70000000 && t.Object < 0x80000000 || t.Object == 0 {
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
