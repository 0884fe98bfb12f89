package ntp

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func message(first, stratum byte, origin, transmit byte) []byte {
	b := make([]byte, 48)
	b[0], b[1], b[31], b[47] = first, stratum, origin, transmit
	copy(b[12:], "GPS")
	return b
}

func TestTime(t *testing.T) {
	r := dissecttest.UDP(protocols, 123, dissecttest.C(message(0x23, 0, 0, 7)), dissecttest.S(message(0x24, 1, 7, 9)))
	for field, want := range map[plant.Field]string{
		plant.FieldService: "ntp", plant.FieldRole: plant.RoleTimeSource, plant.FieldDescription: "time from GPS",
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if o := r.Operation("3"); o.Requests != 1 || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
}

func TestControl(t *testing.T) {
	text := `version="ntpd 4.2.6", system="Linux/3.2"`
	r := dissecttest.UDP(protocols, 123,
		dissecttest.C([]byte{0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}),
		dissecttest.S(append([]byte{0x16, 0x82, 0, 1, 0, 0, 0, 0, 0, 0, 0, byte(len(text))}, text...)),
		dissecttest.C([]byte{0x16, 3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0}))
	if got := r.Fact(dissecttest.Server, plant.FieldSoftware); got != "ntpd 4.2.6" {
		t.Errorf("software %q", got)
	}
	kinds := map[plant.Kind]uint64{}
	for _, o := range r.Operations {
		kinds[o.Verb.Kind] += o.Requests
	}
	if kinds[plant.Identify] != 1 || kinds[plant.Config] != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.UDP(protocols, 123, dissecttest.C([]byte("GET / HTTP/1.1\r\n\r\n")))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}
