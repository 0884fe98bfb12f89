package adsdiscovery

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
	ask    = "03661471" + "00000000" + "01000000" + "0a0000010101" + "1027" + "00000000"
	answer = "03661471" + "00000000" + "01000080" + "0a0000020101" + "1027" + "02000000" + "0500" + "0a00" + "43582d31323334353600" + "0300" + "0400" + "0301b80f"
	add    = "03661471" + "01000000" + "06000000" + "0a0000010101" + "1027" + "03000000" + "0c00" + "0400" + "45575300" + "0d00" + "0600" + "61646d696e00" + "0200" + "0700" + "73656372657400"
	added  = "03661471" + "01000000" + "06000080" + "0a0000020101" + "1027" + "01000000" + "0100" + "0400" + "00000000"
	denied = "03661471" + "01000000" + "06000080" + "0a0000020101" + "1027" + "01000000" + "0100" + "0400" + "04070000"
)

func TestDiscoveryAndRoute(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, Port,
		dissecttest.C(unhex(ask)), dissecttest.S(unhex(answer)),
		dissecttest.C(unhex(add)), dissecttest.S(unhex(added)),
		dissecttest.C(unhex(add)), dissecttest.S(unhex(denied)),
	)
	for field, want := range map[plant.Field]string{
		plant.FieldName: "CX-123456", plant.FieldSoftware: "TwinCAT 3.1.4024", plant.FieldCleartextLogin: "ads user admin",
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if o := r.Operation("6"); o.Requests != 2 || o.Accepted != 1 || o.Refused != 1 || o.Verb.Kind != plant.Auth {
		t.Errorf("add route = %+v", o)
	}
	for _, s := range r.Sightings {
		if s.Value == "secret" {
			t.Errorf("the password is told: %+v", s)
		}
	}
}
