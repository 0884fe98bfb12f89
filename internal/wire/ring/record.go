package ring

import (
	"encoding/binary"
	"encoding/json"
)

// Blocks and options of pcapng that are written.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 6

	byteOrder = 0x1a2b3c4d

	optionComment    = 1
	optionUser       = 4 // shb_userappl
	optionName       = 2 // if_name
	optionResolution = 9 // if_tsresol
	optionPacketID   = 5 // epb_packetid

	packetHead = 28 // of an enhanced packet block, before the data
)

// about is what a file says of itself, as JSON in its first comment.
type about struct {
	Sensor string `json:"sensor"`
	Epoch  string `json:"epoch,omitempty"`
	Why    string `json:"why,omitempty"`
}

// appendOption adds an option, padded to 32 bits.
func appendOption(b []byte, code uint16, value []byte) []byte {
	value = value[:min(len(value), 1<<15)]
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return pad(append(b, value...))
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// beginBlock reserves a block's head; endBlock fills in its length. Blocks begin
// at multiples of four of b.
func beginBlock(b []byte, kind uint32) []byte {
	b = binary.LittleEndian.AppendUint32(b, kind)
	return binary.LittleEndian.AppendUint32(b, 0)
}

func endBlock(b []byte, start int) []byte {
	size := uint32(len(b) + 4 - start)
	binary.LittleEndian.PutUint32(b[start+4:], size)
	return binary.LittleEndian.AppendUint32(b, size)
}

// appendSection begins a file.
func appendSection(b []byte, a about) []byte {
	start := len(b)
	b = beginBlock(b, blockSection)
	b = binary.LittleEndian.AppendUint32(b, byteOrder)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, ^uint64(0)) // length not given
	text, err := json.Marshal(a)
	if err == nil { // strings always can be written
		b = appendOption(b, optionComment, text)
	}
	b = appendOption(b, optionUser, []byte("bulkhead"))
	b = binary.LittleEndian.AppendUint32(b, 0)
	return endBlock(b, start)
}

// appendInterface describes an interface of that link type, with nanoseconds.
func appendInterface(b []byte, link int, name string) []byte {
	start := len(b)
	b = beginBlock(b, blockInterface)
	b = binary.LittleEndian.AppendUint16(b, uint16(link))
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint32(b, 0) // no snap length
	b = appendOption(b, optionName, []byte(name))
	b = appendOption(b, optionResolution, []byte{9})
	b = binary.LittleEndian.AppendUint32(b, 0)
	return endBlock(b, start)
}

// record is one packet of a file.
type record struct {
	number uint64
	time   int64 // nanoseconds since 1970
	iface  uint32
	wire   int
	data   []byte
}

// appendPacket adds a packet. Its number is written if numbered says so; a
// reader counts on from the packet before it otherwise.
func appendPacket(b []byte, r *record, numbered bool, comment []byte) []byte {
	start := len(b)
	b = beginBlock(b, blockPacket)
	b = binary.LittleEndian.AppendUint32(b, r.iface)
	b = binary.LittleEndian.AppendUint32(b, uint32(uint64(r.time)>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(r.time))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(r.data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(max(r.wire, len(r.data))))
	b = append(b, r.data...)
	for range -len(r.data) & 3 {
		b = append(b, 0)
	}
	if numbered {
		b = binary.LittleEndian.AppendUint16(b, optionPacketID)
		b = binary.LittleEndian.AppendUint16(b, 8)
		b = binary.LittleEndian.AppendUint64(b, r.number)
	}
	if len(comment) > 0 {
		b = appendOption(b, optionComment, comment)
	}
	if numbered || len(comment) > 0 {
		b = binary.LittleEndian.AppendUint32(b, 0)
	}
	return endBlock(b, start)
}
