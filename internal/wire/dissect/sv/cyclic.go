package sv

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Tags that cyclic looks for.
const (
	headerLen  = 8
	tagPDU     = 0x60
	tagUnits   = 0xa2 // seqASDU
	tagUnit    = 0x30
	tagID      = 0x80 // svID
	tagCounter = 0x82 // smpCnt
	tagTime    = 0x84 // refrTm
	tagSamples = 0x87
)

// cyclic looks at a frame and the first unit in it. Its shape is everything there
// but the counter, the time and the samples. A frame where the counter begins
// again, each second, is not like the one before.
func cyclic(b []byte, _ dissect.Hint) (x dissect.Beat, ok bool) {
	if len(b) < headerLen+2 || b[headerLen] != tagPDU {
		return x, false
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n > len(b) {
		return x, false
	}
	at, end, ok := ber.Extent(b[:n], headerLen)
	if !ok || end != n {
		return x, false
	}
	for at < end && b[at] != tagUnits {
		if _, at, ok = ber.Extent(b[:end], at); !ok {
			return x, false
		}
	}
	list, to, ok := ber.Extent(b[:end], at)
	if !ok || to != end || list >= end || b[list] != tagUnit {
		return x, false
	}
	at, to, ok = ber.Extent(b[:end], list)
	if !ok {
		return x, false
	}
	x.Stream = dissect.Mix(0, b[:2])
	x.Shape = dissect.Mix(0, b[:at])
	return x, unit(&x, b[:to], at)
}

// unit looks at the members of one unit, which begin at b[at].
func unit(x *dissect.Beat, b []byte, at int) bool {
	from := at
	for at < len(b) {
		body, next, ok := ber.Extent(b, at)
		if !ok {
			return false
		}
		switch b[at] {
		case tagID:
			x.Stream = dissect.Mix(x.Stream, b[body:next])
		case tagCounter:
			if next-body != 2 {
				return false
			}
			x.Counter, x.Counted = uint32(binary.BigEndian.Uint16(b[body:]))<<16, true
			fallthrough
		case tagTime, tagSamples:
			x.Shape = dissect.Mix(x.Shape, b[from:body])
			from = next
		}
		at = next
	}
	x.Shape = dissect.Mix(x.Shape, b[from:])
	return x.Counted
}
