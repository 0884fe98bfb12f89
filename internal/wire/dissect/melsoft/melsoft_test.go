package melsoft

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

const (
	asks    = "57010000001111070000ffff030000fe030000"
	answers = "d70100000011117f000000a80300ffff030000"
	inner   = "0000000000000000000000000000000000000000"
)

func TestConversation(t *testing.T) {
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 5999,
		dissecttest.C(unhex(asks+"2000"+"1c0a"+"1614"+inner+"0121"+"0100"+"00000001")),
		dissecttest.S(unhex(answers+"3800"+"9c0a"+"1814"+inner+"0000"+"0121"+"0100"+"0000"+"465835532d33304d5200000000000000"+"11220000"+"0000"+"0000")),
		dissecttest.C(unhex(asks+"1e00"+"1c0a"+"1614"+inner+"1002"+"0b00"+"0100")),
		dissecttest.S(unhex(answers+"1e00"+"9c0a"+"1814"+inner+"3440"+"1002"+"0b00")),
	)
	if got := r.Fact(dissecttest.Server, plant.FieldProduct); got != "FX5S-30MR" {
		t.Errorf("product = %q", got)
	}
	if o := r.Operation("0x1002"); o.Verb.Technique != "T0858" || o.Refused != 1 {
		t.Errorf("stop = %+v", o)
	}
}

func TestSearch(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 5560,
		dissecttest.C(unhex("5a0000ff")), dissecttest.S(unhex("da0000ff"+"294a0c000000000000100200"+"f0a832a34d79872800001003")))
	if got := r.Fact(dissecttest.Server, plant.FieldProductCode); got != "melsec:0x4a29" {
		t.Errorf("product code = %q", got)
	}
}
