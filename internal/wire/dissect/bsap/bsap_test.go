package bsap

import (
	"encoding/hex"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func TestConversation(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 1234,
		dissecttest.C(unhex("0e00"+"0100"+"0600"+"07000000"+"02000000"+"18000000"+"0c"+"07000000"+"a000"+"04"+"03d001"+"0f"+"02"+"404100"+"40424300")),
		dissecttest.S(unhex("0e00"+"0100"+"0500"+"03000000"+"07000000"+"0e000000"+"0c"+"07000000"+"0002"+"000400")),
		dissecttest.C(unhex("0e00"+"0000"+"0000"+"00000000"+"03000000")),
		dissecttest.C(unhex("0e00"+"0100"+"0600"+"08000000"+"03000000"+"13000000"+"0c"+"08000000"+"a000"+"84"+"0f"+"01"+"404100"+"01"+"01")),
		dissecttest.S(unhex("0e00"+"0100"+"0500"+"04000000"+"08000000"+"0c000000"+"0c"+"08000000"+"8001"+"04")),
	)
	if o := r.Operation("0x04"); o.Object != "signal @A" || o.Accepted != 1 || o.Verb.Kind != plant.Read {
		t.Errorf("read = %+v", o)
	}
	if o := r.Operation("0x84"); o.Object != "signal @A" || o.Refused != 1 || o.Verb.Technique != "T0855" {
		t.Errorf("write = %+v", o)
	}
	if o := r.Operation("poll"); o.Requests != 1 {
		t.Errorf("poll = %+v", o)
	}
}
