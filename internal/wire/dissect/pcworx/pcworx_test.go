package pcworx

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func TestIdentity(t *testing.T) {
	reply := make([]byte, 176)
	copy(reply, "\x81\x06\x00\xb0")
	copy(reply[30:], "ILC 151 ETH")
	copy(reply[66:], "4.42T")
	copy(reply[79:], "Jan 10 2015")
	copy(reply[91:], "10:20:30")
	copy(reply[152:], "2700974")
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, Port,
		dissecttest.C([]byte("\x01\x06\x00\x0e\x00\x02\x00\x00\x00\x00\x00\x07\x04\x00")), dissecttest.S(reply))
	for field, want := range map[plant.Field]string{
		plant.FieldProduct: "ILC 151 ETH", plant.FieldOrderNumber: "2700974", plant.FieldFirmware: "4.42T", plant.FieldVendor: "Phoenix Contact",
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if o := r.Operation("0x06"); o.Verb.Kind != plant.Identify || o.Requests != 1 || o.Responses != 1 {
		t.Errorf("query = %+v", o)
	}
}
