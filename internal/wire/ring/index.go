package ring

import (
	"encoding/binary"
	"os"
	"time"
)

// entry describes one stretch of a file: what was written at once. It lets a cut
// pass over what cannot match, and go on behind damage.
type entry struct {
	from, size  int64 // bytes in the file
	first, last uint64
	early, late int64 // nanoseconds since 1970
}

const entrySize = 48

// add counts a packet.
func (e *entry) add(number uint64, at int64) {
	if e.first == 0 && e.last == 0 {
		*e = entry{e.from, e.size, number, number, at, at}
		return
	}
	e.first, e.last = min(e.first, number), max(e.last, number)
	e.early, e.late = min(e.early, at), max(e.late, at)
}

func (e *entry) append(b []byte) []byte {
	for _, v := range []uint64{uint64(e.from), uint64(e.size), e.first, e.last, uint64(e.early), uint64(e.late)} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

func readEntry(b []byte) entry {
	u := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	return entry{int64(u(0)), int64(u(1)), u(2), u(3), int64(u(4)), int64(u(5))}
}

// readIndex reads the entries that a file of that size can have, which are in
// order and without overlap. An index that is missing or cut is no damage: what
// it does not cover is read.
func readIndex(name string, size int64) (list []entry) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	end := int64(0)
	for ; len(b) >= entrySize; b = b[entrySize:] {
		e := readEntry(b)
		if e.from < end || e.size <= 0 || e.from > size-e.size {
			break
		}
		end = e.from + e.size
		list = append(list, e)
	}
	return list
}

// mayHold reports whether packets of the stretch can match.
func (e *entry) mayHold(q *query) bool {
	if q.byNumber && !q.anyNumber(e.first, min(e.last, q.before-1)) {
		return false
	}
	return (q.from == 0 || e.late >= q.from) && (q.to == 0 || e.early <= q.to)
}

// nanoseconds is a time as files have it, 0 for none.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
