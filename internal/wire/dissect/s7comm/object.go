package s7comm

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// maxNamed is how many different areas of one job are named.
const maxNamed = 4

// items says what a job is about: a range of bytes when all its variables lie
// in one area, one bit in the usual notation, or the names of the areas.
func (p *Parser) items(items pdu.Items, write bool) dissect.Object {
	first, ok := items.Next()
	if !ok {
		return dissect.Object{}
	}
	o := dissect.Object{Ranged: ranged(first)}
	o.From, o.To = first.Range()
	areas := [maxNamed]pdu.Item{first}
	n, count := 1, 1
	for {
		i, ok := items.Next()
		if !ok {
			break
		}
		count++
		if from, to := i.Range(); same(i, first) {
			o.From, o.To = min(o.From, from), max(o.To, to)
		}
		if !listed(areas[:n], i) && n < maxNamed {
			areas[n] = i
			n++
		}
	}
	if n == 1 && count == 1 && write && first.Bit() && first.Count <= 1 && o.Ranged {
		return dissect.Object{Name: appendBit(p.name[:0], first)}
	}
	if n > 1 {
		o = dissect.Object{}
	}
	o.Name = appendAreas(p.name[:0], areas[:n])
	return o
}

// ranged reports items whose place is known as bytes or numbers.
func ranged(i pdu.Item) bool { return i.Syntax == pdu.AnyPointer || i.Syntax == pdu.DBRead }

func same(a, b pdu.Item) bool { return a.Area == b.Area && a.DB == b.DB && ranged(a) == ranged(b) }

func listed(list []pdu.Item, i pdu.Item) bool {
	for _, l := range list {
		if same(l, i) {
			return true
		}
	}
	return false
}

func appendAreas(b []byte, areas []pdu.Item) []byte {
	for n, i := range areas {
		if n > 0 {
			b = append(b, ", "...)
		}
		b = appendArea(b, i)
	}
	return b
}

// appendArea names where an item lies.
func appendArea(b []byte, i pdu.Item) []byte {
	switch i.Area {
	case pdu.DataBlock:
		return strconv.AppendUint(append(b, "DB"...), uint64(i.DB), 10)
	case pdu.InstanceData:
		return strconv.AppendUint(append(b, "instance DB"...), uint64(i.DB), 10)
	}
	return append(b, areaName(i)...)
}

func areaName(i pdu.Item) string {
	switch i.Area {
	case pdu.Inputs:
		return "inputs"
	case pdu.Outputs:
		return "outputs"
	case pdu.Flags:
		return "flags"
	case pdu.Peripheral:
		return "peripheral I/O"
	case pdu.Counters, pdu.Counters200:
		return "counters"
	case pdu.Timers, pdu.Timers200:
		return "timers"
	case pdu.LocalData, pdu.CallerLocalData:
		return "local data"
	case pdu.AnalogInputs200:
		return "analog inputs"
	case pdu.AnalogOutputs200:
		return "analog outputs"
	case pdu.SystemInfo200, pdu.SystemFlags200:
		return "system data"
	}
	return syntaxName(i.Syntax)
}

// syntaxName names items that have no area.
func syntaxName(s pdu.Syntax) string {
	switch s {
	case pdu.NCK, pdu.NCK + 1, pdu.NCK + 2:
		return "NC variables"
	case pdu.DriveES:
		return "drive parameters"
	case pdu.Symbolic:
		return "symbols"
	}
	return "variables"
}

// appendBit writes a bit's address as engineers do: Q1.3, DB5.DBX0.1.
func appendBit(b []byte, i pdu.Item) []byte {
	switch i.Area {
	case pdu.DataBlock:
		b = append(appendArea(b, i), ".DBX"...)
	case pdu.Inputs:
		b = append(b, 'I')
	case pdu.Outputs:
		b = append(b, 'Q')
	case pdu.Flags:
		b = append(b, 'M')
	default:
		b = append(appendArea(b, i), ' ')
	}
	b = append(strconv.AppendUint(b, uint64(i.Address>>3), 10), '.')
	return strconv.AppendUint(b, uint64(i.Address&7), 10)
}

// Area is what operations call the area of an item: "DB" and "instance DB" come
// without their number.
func Area(i pdu.Item) string {
	switch i.Area {
	case pdu.DataBlock:
		return "DB"
	case pdu.InstanceData:
		return "instance DB"
	}
	return areaName(i)
}

// IsArea reports whether operations call an area so.
func IsArea(name string) bool {
	switch name {
	case "inputs", "outputs", "flags", "peripheral I/O", "counters", "timers", "local data", "analog inputs", "analog outputs",
		"system data", "NC variables", "drive parameters", "symbols", "variables":
		return true
	}
	return false
}
