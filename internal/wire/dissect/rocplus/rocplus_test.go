package rocplus

import (
	"encoding/hex"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// message makes a message with its checksum.
func message(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	var c uint16
	for _, v := range b {
		c ^= uint16(v)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0xa001
			} else {
				c >>= 1
			}
		}
	}
	return append(b, byte(c), byte(c>>8))
}

func TestConversation(t *testing.T) {
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, Port,
		dissecttest.C(message("010203011106"+"4f5031"+"e803"+"05")), dissecttest.S(message("030101021100")),
		dissecttest.C(message("01020301b505"+"015b020742")), dissecttest.S(message("03010102b500")),
		dissecttest.C(message("01020301cb01"+"05")), dissecttest.S(message("03010102ff02"+"06cb")),
		dissecttest.C(message("010203010807"+"1e2d0c0f0307e8")),
	)
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "roc-plus user OP1" {
		t.Errorf("cleartext login = %q", got)
	}
	if o := r.Operation("181"); o.Object != "unit 1 point type 91" || o.Accepted != 1 || o.Verb.Kind != plant.Write {
		t.Errorf("write = %+v", o)
	}
	if o := r.Operation("203"); o.Verb.Technique != "T0889" {
		t.Errorf("delete = %+v", o)
	}
	if o := r.Operation("8"); o.Verb.Technique != "T0838" {
		t.Errorf("set clock = %+v", o)
	}
	if len(r.Anomalies) > 0 {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
}
