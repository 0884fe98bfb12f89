package capture

import (
	"encoding/binary"
	"io"
)

// Writer writes a classic pcap file with nanoseconds, little endian.
type Writer struct {
	w io.Writer
	b []byte
}

// snapLength is what written files state as the longest frame: libpcap's
// maximum.
const snapLength = 262144

// NewWriter writes the file's header.
func NewWriter(w io.Writer, link int) (*Writer, error) {
	h := make([]byte, 24)
	binary.LittleEndian.PutUint32(h, 0xa1b23c4d)
	binary.LittleEndian.PutUint16(h[4:], 2)
	binary.LittleEndian.PutUint16(h[6:], 4)
	binary.LittleEndian.PutUint32(h[16:], snapLength)
	binary.LittleEndian.PutUint32(h[20:], uint32(link))
	_, err := w.Write(h)
	return &Writer{w: w}, err
}

// Write adds a frame: its time in nanoseconds since 1970, its length on the
// wire and the bytes that were kept of it.
func (w *Writer) Write(time int64, wire int, data []byte) error {
	w.b = binary.LittleEndian.AppendUint32(w.b[:0], uint32(time/1e9))
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(time%1e9))
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(len(data)))
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(wire))
	w.b = append(w.b, data...)
	_, err := w.w.Write(w.b)
	return err
}
