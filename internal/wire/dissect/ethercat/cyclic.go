package ethercat

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ethercat"
)

// cyclic looks at a frame of process data: logical reads and writes, with the
// state of all slaves and the clock beside them. Any other datagram makes it a
// frame to be read. Its shape is commands, addresses, lengths and how many slaves
// did what was asked: one that is missing is another shape.
func cyclic(b []byte, _ dissect.Hint) (x dissect.Beat, ok bool) {
	w, err := pdu.Decode(b)
	if err != nil {
		return x, false
	}
	var head [10]byte
	x.Shape = uint64(len(b))
	data := false
	for d, ok := w.Next(); ok; d, ok = w.Next() {
		switch d.Command {
		case pdu.LRD, pdu.LWR, pdu.LRW:
			data = true
		case pdu.BRD:
			if d.Register != pdu.RegALStatus {
				return x, false
			}
		case pdu.ARMW, pdu.FRMW:
			if d.Register != pdu.RegSystemTime {
				return x, false
			}
		default:
			return x, false
		}
		head[0] = byte(d.Command)
		binary.LittleEndian.PutUint16(head[2:], d.Station)
		binary.LittleEndian.PutUint16(head[4:], d.Register)
		binary.LittleEndian.PutUint16(head[6:], uint16(len(d.Data)))
		binary.LittleEndian.PutUint16(head[8:], d.Counter)
		x.Shape = dissect.Mix(x.Shape, head[:])
	}
	x.Stream = x.Shape
	return x, data
}
