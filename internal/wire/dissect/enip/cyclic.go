package enip

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/enip"
)

// Layout of a datagram of cyclic I/O: the number of items (2 bytes), a sequenced
// address item (type, length 8, connection, sequence number), a connected data
// item (type, length, data).
const (
	ioConnection = 6
	ioSequence   = 10
	ioData       = 14
	ioHeader     = 18
)

// lookIO looks at a datagram of cyclic I/O.
func lookIO(b []byte, h dissect.Hint) (x dissect.Beat, ok bool) {
	le := binary.LittleEndian
	if h.Stream || h.FromPort != portIO && h.ToPort != portIO || len(b) < ioHeader || le.Uint16(b) != 2 ||
		le.Uint16(b[2:]) != uint16(pdu.SequencedAddress) || le.Uint16(b[4:]) != 8 || le.Uint16(b[ioData:]) != uint16(pdu.ConnectedData) {
		return x, false
	}
	if left := len(b) - ioHeader - int(le.Uint16(b[ioData+2:])); left != 0 {
		return x, false
	}
	x.Stream = uint64(le.Uint32(b[ioConnection:]))
	x.Shape = uint64(len(b))
	x.Counter, x.Counted = le.Uint32(b[ioSequence:]), true
	return x, true
}
