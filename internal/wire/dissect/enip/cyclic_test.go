package enip

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/enip"
)

var io = []byte{2, 0, 2, 0x80, 8, 0, 4, 3, 2, 1, 9, 0, 0, 0, 0xb1, 0, 4, 0, 1, 0, 0xaa, 0xbb}

var onIO = dissect.Hint{FromPort: 2222, ToPort: 2222}

func TestLookIO(t *testing.T) {
	x, ok := lookIO(io, onIO)
	if !ok || x.Stream != 0x01020304 || x.Counter != 9 {
		t.Errorf("%+v %v", x, ok)
	}
	if _, ok := lookIO(io, dissect.Hint{FromPort: 44818, ToPort: 50000}); ok {
		t.Error("found on another port")
	}
	for i := range io {
		if _, ok := lookIO(io[:i], onIO); ok {
			t.Errorf("cut to %d bytes it is cyclic", i)
		}
	}
}

// FuzzLookIO holds that what is taken for cyclic I/O is read as that.
func FuzzLookIO(f *testing.F) {
	f.Add(io)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, ok := lookIO(b, onIO); !ok {
			return
		}
		if _, err := pdu.DecodeIO(b); err != nil {
			t.Fatal(err)
		}
	})
}
