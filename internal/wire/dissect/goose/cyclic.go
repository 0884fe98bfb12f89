package goose

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Tags of the frame that cyclic looks for: what differs from one repetition to
// the next, and the name.
const (
	headerLen = 8
	tagPDU    = 0x61
	tagName   = 0x80 // gocbRef
	tagTime   = 0x84 // t
	tagRepeat = 0x86 // sqNum
	tagData   = 0xab // allData
)

// cyclic looks at a frame. Its shape is everything but the time, the number of
// the repetition and the data, so that each change of state has another one.
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
	x.Stream = dissect.Mix(0, b[:2])
	from, seen := 0, 0
	for at < end {
		body, next, ok := ber.Extent(b[:end], at)
		if !ok {
			return x, false
		}
		switch b[at] {
		case tagName:
			x.Stream = dissect.Mix(x.Stream, b[body:next])
			seen |= 1
		case tagRepeat:
			if n := next - body; n > 5 || n == 5 && b[body] != 0 {
				return x, false
			}
			x.Counter, x.Counted = tail(b[body:next]), true
			seen |= 2
			fallthrough
		case tagTime, tagData:
			x.Shape = dissect.Mix(x.Shape, b[from:body])
			from = next
		}
		at = next
	}
	x.Shape = dissect.Mix(x.Shape, b[from:end])
	return x, seen == 3
}

// tail is a number of any length, its last four octets.
func tail(b []byte) (v uint32) {
	for _, c := range b {
		v = v<<8 | uint32(c)
	}
	return v
}
