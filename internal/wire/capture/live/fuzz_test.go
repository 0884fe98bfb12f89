package live

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// FuzzBlock holds that no block makes the walk leave it, go on for ever, or
// hand out a frame that is longer than the block.
func FuzzBlock(f *testing.F) {
	f.Add(makeBlock(1024, made{data: make([]byte, 60), status: 0x50, tci: 5}, made{data: make([]byte, 60)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < blockHeader {
			return
		}
		w := walk{merged: 1522}
		w.begin(b)
		var frame capture.Frame
		for n := 0; w.next(&frame); n++ {
			if n > len(b) || len(frame.Data) > len(b) {
				t.Fatalf("frame %d of %d bytes in a block of %d", n, len(frame.Data), len(b))
			}
		}
	})
}
