package codesys

import (
	"encoding/binary"
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

// block puts a service into the layers below it.
func block(flags, group string, number string) []byte {
	datagram := unhex("c56b40400021" + "0101" + "02020303" + "01" + flags + "0700" + "02000000" + "01000000" + "14000000" + "11223344" +
		"55cd" + "1000" + group + "00" + number + "00" + "66554433" + "00000000" + "00000000")
	return append(binary.LittleEndian.AppendUint32(unhex("000117e8"), uint32(8+len(datagram))), datagram...)
}

func TestServices(t *testing.T) {
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 12345,
		dissecttest.C(block("81", "01", "02")), dissecttest.S(block("01", "81", "02")),
		dissecttest.C(block("81", "02", "05")), dissecttest.S(block("01", "82", "05")),
		dissecttest.C(block("81", "02", "11")), dissecttest.S(block("01", "82", "11")),
	)
	if o := r.Operation("0x010002"); o.Verb.Kind != plant.Auth || o.Requests != 1 || o.Responses != 1 {
		t.Errorf("login = %+v", o)
	}
	if o := r.Operation("0x020005"); o.Verb.Technique != "T0843" || o.Responses != 1 {
		t.Errorf("download = %+v", o)
	}
	if o := r.Operation("0x020011"); o.Verb.Technique != "T0858" {
		t.Errorf("stop = %+v", o)
	}
}

func TestIdentification(t *testing.T) {
	answer := unhex("c56b40040020" + "01010102" + "0000" + "80c2" + "0004" + "69692004" +
		"0400" + "01" + "00" + "0000" + "0300" + "0300" + "0200" + "00100000" + "04120610" + "00040f05" + "00000000" + "0200" + "00000000000000000000" +
		"6e003100" + "37000000" + "500046004300" + "0000" + "41004200" + "0000" + "3031" + "00")
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 1740,
		dissecttest.C(unhex("c56b40030010"+"0101"+"0000"+"0000"+"02c2"+"0004"+"69692004")),
		dissecttest.S(answer),
	)
	for field, want := range map[plant.Field]string{
		plant.FieldName: "n17", plant.FieldProduct: "PFC", plant.FieldVendor: "AB", plant.FieldSerial: "01", plant.FieldFirmware: "5.15.4.0",
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
}

func TestV2(t *testing.T) {
	reply := make([]byte, 170)
	copy(reply, "\xbb\xbb")
	copy(reply[64:], "Nucleus PLUS")
	copy(reply[96:], "1.11.5")
	copy(reply[128:], "750-841")
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 2455, dissecttest.C(unhex("bbbb0100000001")), dissecttest.S(reply))
	if got := r.Fact(dissecttest.Server, plant.FieldProduct); got != "750-841" {
		t.Errorf("product = %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldOS); got != "Nucleus PLUS 1.11.5" {
		t.Errorf("os = %q", got)
	}
}
