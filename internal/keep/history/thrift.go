package history

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// Limits of what a footer or a page header may hold. A decoder makes room for as
// many elements as a list says it has, so a damaged length must be found before.
const (
	maxStructs = 1 << 17
	maxNesting = 16
)

var errThrift = errors.New("damaged: no such structure")

// decodeThrift reads a value in Thrift's compact protocol from the beginning of
// b and returns how many bytes it takes.
func decodeThrift(b []byte, v any) (int, error) {
	w := walker{b: b}
	if !w.structure(0) {
		return 0, errThrift
	}
	var protocol thrift.CompactProtocol
	r := protocol.NewReaderFromBytes(b[:w.at:w.at])
	if err := thrift.NewDecoder(r).Decode(v); err != nil {
		return 0, fmt.Errorf("damaged: %w", err)
	}
	return w.at, nil
}

// walker goes through a value without keeping anything of it.
type walker struct {
	b       []byte
	at      int
	structs int
}

func (w *walker) byte() (byte, bool) {
	if w.at >= len(w.b) {
		return 0, false
	}
	w.at++
	return w.b[w.at-1], true
}

func (w *walker) varint() (uint64, bool) {
	n, k := binary.Uvarint(w.b[w.at:])
	w.at += max(k, 0)
	return n, k > 0
}

func (w *walker) skip(n uint64) bool {
	if n > uint64(len(w.b)-w.at) {
		return false
	}
	w.at += int(n)
	return true
}

func (w *walker) structure(depth int) bool {
	if w.structs++; w.structs > maxStructs || depth > maxNesting {
		return false
	}
	for {
		h, ok := w.byte()
		if !ok || h == 0 {
			return ok
		}
		if h>>4 == 0 { // the field's number follows
			if _, ok := w.varint(); !ok {
				return false
			}
		}
		kind := thrift.Type(h & 15)
		if kind == thrift.TRUE || kind == thrift.FALSE {
			continue // the value is in the header
		}
		if !w.value(kind, depth) {
			return false
		}
	}
}

func (w *walker) value(kind thrift.Type, depth int) bool {
	switch kind {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		return w.skip(1)
	case thrift.I16, thrift.I32, thrift.I64:
		_, ok := w.varint()
		return ok
	case thrift.DOUBLE:
		return w.skip(8)
	case thrift.BINARY:
		n, ok := w.varint()
		return ok && w.skip(n)
	case thrift.LIST, thrift.SET:
		return w.list(depth + 1)
	case thrift.STRUCT:
		return w.structure(depth + 1)
	}
	return false // no map is in a footer or a page header
}

// list goes through a list. An element takes at least a byte, so that a length
// that is too great runs into the end.
func (w *walker) list(depth int) bool {
	h, ok := w.byte()
	n := uint64(h >> 4)
	if ok && n == 15 {
		n, ok = w.varint()
	}
	if !ok || depth > maxNesting || n > uint64(len(w.b)-w.at) {
		return false
	}
	for range n {
		if !w.value(thrift.Type(h&15), depth) {
			return false
		}
	}
	return true
}
