package dissect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// factRow is one fact that was seen, once or often. Field, source and value are
// numbers of texts; count, first and ref go from when it was last reported.
type factRow struct {
	field, source uint32
	value         uint32
	end           uint32
	reported      uint32 // seconds since 1970; 0: never
	slot          int16
	confidence    float32
	count         uint32
	first         int64
	last          int64
	ref           plant.PacketRef
}

// factTable holds the facts of a run; past its bound new ones are counted and
// dropped, known ones go on being counted.
type factTable struct {
	list    slab[factRow]
	idx     index
	max     int
	scratch [1024]byte
	Lost    uint64
}

func (t *factTable) init(limit int) { t.max = limit }

// maxValue bounds a value: the longest worth having is CDP's software version.
const maxValue = 1024

func (e *Engine) fact(c *Context, who Subject, f plant.Field, value []byte, source string, confidence float64) {
	id := c.src
	switch {
	case who.at != nil:
		id = e.ends.idOf(*who.at)
	case who.peer:
		id = c.dst
	}
	c.conv.confirmed = true
	e.tally.other = true
	e.facts.add(e, c, id, int(who.slot), f, value, source, confidence)
	if e.pkt.NOuters > 0 && identifying[f] {
		e.facts.add(e, c, e.carrier(), plant.NoSlot, plant.FieldCarries, value, source, carriedConfidence)
	}
}

// identifying are the fields that tell which device a tunnel carries.
var identifying = map[plant.Field]bool{
	plant.FieldName: true, plant.FieldProduct: true, plant.FieldOrderNumber: true, plant.FieldDescription: true, plant.FieldFirmware: true,
	plant.FieldSoftware: true, plant.FieldOS: true, plant.FieldSerial: true,
}

// carriedConfidence is that of a fact at a tunnel's sender: it is about others.
const carriedConfidence = 0.1

// carrier is the sender of the outermost tunnel around the packet at hand.
func (e *Engine) carrier() uint32 {
	return e.ends.find(endKey{ip: e.pkt.Outers[0].Src, mac: e.pkt.OuterMAC, vlan: e.pkt.OuterVLAN})
}

func (t *factTable) add(e *Engine, c *Context, id uint32, slot int, f plant.Field, value []byte, source string, confidence float64) {
	if !tidy(value) {
		value = append(t.scratch[:0], clean(value)...)
	}
	if len(value) == 0 {
		return
	}
	value = value[:min(len(value), maxValue)]
	r := factRow{field: e.texts.id(string(f)), source: e.texts.id(source), value: e.texts.idOf(value), end: id, slot: int16(slot)}
	h := r.hash()
	if i, ok := t.idx.find(h, func(i uint32) bool { return t.list.at(i).same(&r) }); ok {
		known := t.list.at(i)
		if known.count == 0 {
			known.first, known.last, known.ref = c.Now, c.Now, c.ref
		}
		known.count++
		known.last = max(known.last, c.Now)
		return
	}
	if int(t.list.n) >= t.max || r.value == 0 {
		t.Lost++
		return
	}
	r.confidence, r.count, r.first, r.last, r.ref = float32(confidence), 1, c.Now, c.Now, c.ref
	row, i := t.list.add()
	*row = r
	t.idx.add(h, i)
}

func (r *factRow) same(o *factRow) bool {
	return r.end == o.end && r.value == o.value && r.field == o.field && r.source == o.source && r.slot == o.slot
}

func (r *factRow) hash() uint64 {
	return mix(uint64(r.end)<<32|uint64(r.value), uint64(r.field)<<40^uint64(r.source)<<16^uint64(uint16(r.slot)))
}

// tidy reports whether a value needs no cleaning: printable ASCII without
// padding, the common case.
func tidy(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0 && b[0] != ' ' && b[len(b)-1] != ' ' && len(b) <= maxValue
}

// clean removes padding and control characters and turns bytes that are not
// UTF-8 into what they are in Latin-1, the usual encoding of older devices.
func clean(b []byte) string {
	if utf8.Valid(b) {
		return strings.TrimSpace(strings.Map(printable, string(b)))
	}
	r := make([]rune, 0, len(b))
	for _, c := range b {
		r = append(r, rune(c))
	}
	return strings.TrimSpace(strings.Map(printable, string(r)))
}

func printable(r rune) rune {
	switch {
	case r == 0 || r == utf8.RuneError:
		return -1
	case r == '\n' || r == '\r' || r == '\t':
		return ' '
	case !unicode.IsPrint(r):
		return -1
	}
	return r
}
