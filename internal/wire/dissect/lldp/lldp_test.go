package lldp

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

var (
	switch1 = unhex(`0208 07 73776974636831 0409 07 706f72742d303031 0602 0014
		0a07 73776974636831 0c04 58323038 0e04 0004 0004 100c 05 01 c0a80006 02 00000001 00
		fe0a 000ecf 05 08000693cf32 fe06 0080c2 01 0001 0000`)
	phone = unhex(`0207 04 001122334455 0405 05 67693031 0602 0078 0e04 0020 0020
		fe0b 0012bb 09 5369656d656e73 fe08 0012bb 0a 58323038 fe07 0012bb 08 313233
		fe11 00005e 01 68747470733a2f2f782f6d7564 0000`)
)

func frames(m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.Frames([]dissect.Protocol{Protocol()}, EtherType, m...)
}

func TestFacts(t *testing.T) {
	sender := plant.Endpoint{MAC: dissecttest.Client.MAC}
	for _, tc := range []struct {
		name  string
		in    []byte
		facts map[plant.Field]string
	}{
		{"a PROFINET switch", switch1, map[plant.Field]string{
			plant.FieldName: "switch1", plant.FieldPort: "port-001", plant.FieldDescription: "X208", plant.FieldAddress: "192.168.0.6",
			plant.FieldRole: plant.RoleSwitch, plant.FieldFingerprint: "lldp-chassis=08:00:06:93:cf:32",
		}},
		{"a phone", phone, map[plant.Field]string{
			plant.FieldVendor: "Siemens", plant.FieldProduct: "X208", plant.FieldSerial: "123", plant.FieldRole: plant.RolePhone,
			plant.FieldService: "mud https://x/mud", plant.FieldFingerprint: "lldp-chassis=00:11:22:33:44:55",
		}},
	} {
		r := frames(dissecttest.C(tc.in), dissecttest.C(tc.in))
		for f, want := range tc.facts {
			if got := r.Fact(sender, f); got != want {
				t.Errorf("%s, %s: %q, want %q", tc.name, f, got, want)
			}
		}
		if o := r.Operation("advertisement"); o.Requests != 2 || len(r.Anomalies) != 0 {
			t.Errorf("%s: %+v %v", tc.name, o, r.Anomalies)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, f := range [][]byte{switch1, phone} {
		for i := range f {
			for _, a := range frames(dissecttest.C(f[:i])).Anomalies {
				if a.Kind == plant.AnomalyFailure {
					t.Fatalf("cut to %d: %s", i, a.Text)
				}
			}
		}
	}
}
