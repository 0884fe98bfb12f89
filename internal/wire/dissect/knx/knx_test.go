package knx

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
	c, s = dissecttest.C, dissecttest.S

	search = unhex("0610 0201 000e 08 01 c0a858e7 a17f")
	found  = unhex("0610 0202 0044 08 01 c0a80105 0e57 36 01 02 00 1101 0000 00c501020304 e000170c 000e8c001122" +
		"4bfc6368652d52656c6179" + strings.Repeat("00", 19))
	switchOn = unhex("0610 0420 0015 04 01 00 00 11 00 bc e0 0000 0801 01 00 81")
	routed   = unhex("0610 0530 0013 29 00 bc d0 1101 0802 03 00 80 0c1a")
	restart  = unhex("0610 0420 0015 04 01 01 00 11 00 b0 60 0000 1105 01 03 80")
	reset    = unhex("0610 0310 000b 04 01 00 00 f1")
)

func TestOperations(t *testing.T) {
	for _, tc := range []struct {
		name      string
		in        []byte
		code      string
		object    string
		value     string
		kind      plant.Kind
		technique string
	}{
		{"search", search, "0x0201", "", "", plant.Identify, "T0846"},
		{"switch on", switchOn, "apci.0x080", "group 1/0/1", "1", plant.Write, "T0855"},
		{"a temperature is routed", routed, "apci.0x080", "group 1/0/2", "3098", plant.Write, "T0855"},
		{"a device is restarted", restart, "apci.0x380", "device 1.1.5", "", plant.Mode, "T0816"},
		{"the interface is reset", reset, "0x0310", "", "", plant.Mode, "T0816"},
	} {
		for _, r := range []dissecttest.Result{
			dissecttest.UDP([]dissect.Protocol{Protocol()}, Port, c(tc.in)),
			dissecttest.TCP([]dissect.Protocol{Protocol()}, Port, c(tc.in[:7]), c(tc.in[7:])),
		} {
			o := r.Operation(tc.code)
			if o.Object != tc.object || o.Value != tc.value || o.Verb.Kind != tc.kind || o.Verb.Technique != tc.technique || len(r.Operations) != 1 {
				t.Errorf("%s: %+v", tc.name, r.Operations)
			}
		}
	}
}

func TestIdentity(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, Port, c(search), s(found))
	for f, want := range map[plant.Field]string{
		plant.FieldName: "Küche-Relay", plant.FieldSerial: "00c501020304", plant.FieldVendorID: "knx:0x00c5", plant.FieldUnit: "knx device 1.1.1",
	} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
}

func TestProbe(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		h    dissect.Hint
		want dissect.Match
	}{
		{"a datagram on any port", search, dissect.Hint{}, dissect.Strong},
		{"a stream", append(append([]byte{}, search...), 6, 16), dissect.Hint{Stream: true}, dissect.Weak},
		{"the start of a stream", search[:4], dissect.Hint{Stream: true}, dissect.Short},
		{"an unknown service", unhex("0610 9999 0006"), dissect.Hint{}, dissect.No},
	} {
		if got := probe(tc.in, tc.h); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}
