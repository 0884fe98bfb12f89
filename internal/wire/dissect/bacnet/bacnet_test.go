package bacnet

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// frame is a virtual link frame with that function around hexadecimal digits.
func frame(function, digits string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields("81"+function+"0000"+digits), ""))
	if err != nil {
		panic(err)
	}
	b[2], b[3] = byte(len(b)>>8), byte(len(b))
	return b
}

func udp(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.UDP([]dissect.Protocol{Protocol()}, port, m...)
}

var (
	c, s = dissecttest.C, dissecttest.S

	iAm       = frame("0b", "01 20 ffff 00 ff 10 00 c4020004d2 22 05c4 91 03 21 0f")
	iAmRouted = frame("0b", "01 28 ffff 00 0007 01 2a ff 10 00 c4020004d2 22 01e0 91 03 21 05")
	forwarded = frame("04", "0a000009bac0 01 20 ffff 00 ff 10 00 c4020004d2 22 05c4 91 03 21 0f")
	read      = frame("0a", "01 04 00 05 01 0c 0c 00800001 19 55")
	value     = frame("0a", "01 00 30 01 0c 0c 00800001 19 55 3e 44 42280000 3f")
	refused   = frame("0a", "01 00 50 01 0c 91 01 91 1f")
	model     = frame("0a", "01 00 30 02 0e 0c 020004d2 1e 29 46 4e 75 06 00 454d4333 32 4f 29 79 4e 75 03 00 4142 4f 1f")
	routed    = frame("0a", "01 08 0007 01 2a 30 02 0e 0c 020004d2 1e 29 46 4e 75 06 00 454d4333 32 4f 1f")
	segment1  = frame("0a", "01 00 3c 02 00 04 0e 0c 020004d2 1e 29 46 4e 75 06 00 45")
	segment2  = frame("0a", "01 00 38 02 01 04 0e 4d4333 32 4f 1f")
	write     = frame("0a", "01 04 00 05 03 0f 0c 00800001 19 55 3e 91 01 3f 49 08")
	written   = frame("0a", "01 00 20 03 0f")
	load      = frame("0a", "01 04 00 05 03 0f 0c 04000001 19 5a 3e 91 01 3f")
	restart   = frame("0a", "01 04 00 05 04 14 09 00 1d 05 00 61626364")
	whoRouter = frame("0b", "01 80 01 0007")
	foreign   = frame("05", "003c")
)

func TestOperations(t *testing.T) {
	for _, tc := range []struct {
		name      string
		messages  []dissecttest.Message
		code      string
		object    string
		kind      plant.Kind
		technique string
		counts    [4]uint64 // requests, responses, accepted, refused
	}{
		{"a device announces itself", []dissecttest.Message{s(iAm)}, "u.0", "device 1234", plant.Identify, "T0846", [4]uint64{1, 0, 0, 0}},
		{"a value is read", []dissecttest.Message{c(read), s(value)}, "c.12", "analog-value 1", plant.Read, "T0801", [4]uint64{1, 1, 1, 0}},
		{"a value is not there", []dissecttest.Message{c(read), s(refused)}, "c.12", "analog-value 1", plant.Read, "T0801", [4]uint64{1, 1, 0, 1}},
		{"a value is written", []dissecttest.Message{c(write), s(written)}, "c.15", "analog-value 1", plant.Write, "T0855", [4]uint64{1, 1, 1, 0}},
		{"a program is loaded", []dissecttest.Message{c(load), s(written)}, "c.15", "program 1", plant.Write, "T0843", [4]uint64{1, 1, 1, 0}},
		{"a device is restarted", []dissecttest.Message{c(restart)}, "c.20", "cold start", plant.Mode, "T0816", [4]uint64{1, 0, 0, 0}},
		{"a foreign device registers", []dissecttest.Message{c(foreign)}, "5", "", plant.Other, "T0848", [4]uint64{1, 0, 0, 0}},
		{"a router says what it reaches", []dissecttest.Message{s(whoRouter)}, "1", "", plant.Identify, "", [4]uint64{1, 0, 0, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := udp(Port, tc.messages...)
			o := r.Operation(tc.code)
			if got := [4]uint64{o.Requests, o.Responses, o.Accepted, o.Refused}; got != tc.counts || o.Object != tc.object ||
				o.Verb.Kind != tc.kind || o.Verb.Technique != tc.technique {
				t.Errorf("got %v %+v", got, o)
			}
			if len(r.Operations) != 1 || len(r.Anomalies) != 0 {
				t.Errorf("operations %v, anomalies %v", r.Operations, r.Anomalies)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	for _, tc := range []struct {
		name     string
		messages []dissecttest.Message
		field    plant.Field
		want     string
	}{
		{"instance", []dissecttest.Message{s(iAm)}, plant.FieldUnit, "bacnet device 1234"},
		{"vendor", []dissecttest.Message{s(iAm)}, plant.FieldVendorID, "bacnet:15"},
		{"behind a router", []dissecttest.Message{s(iAmRouted)}, plant.FieldUnit, "bacnet device 1234 on network 7"},
		{"a router's own vendor is not its device's", []dissecttest.Message{s(iAmRouted)}, plant.FieldVendorID, ""},
		{"forwarded", []dissecttest.Message{s(forwarded)}, plant.FieldUnit, "bacnet device 1234 at 10.0.0.9"},
		{"model", []dissecttest.Message{s(model)}, plant.FieldProduct, "EMC32"},
		{"maker", []dissecttest.Message{s(model)}, plant.FieldVendor, "AB"},
		{"a device behind a router does not name the router", []dissecttest.Message{s(routed)}, plant.FieldProduct, ""},
		{"in two segments", []dissecttest.Message{s(segment1), s(segment2)}, plant.FieldProduct, "EMC32"},
		{"a segment is missing", []dissecttest.Message{s(segment2)}, plant.FieldProduct, ""},
		{"a password in clear", []dissecttest.Message{c(restart)}, plant.FieldCleartextLogin, "bacnet device password"},
	} {
		if got := udp(Port, tc.messages...).Fact(dissecttest.Server, tc.field); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	r := udp(Port, c(restart))
	for _, x := range r.Sightings {
		if strings.Contains(x.Value, "abcd") {
			t.Errorf("the password is in %+v", x)
		}
	}
}

func TestProbe(t *testing.T) {
	h := dissect.Hint{FromPort: 50000, ToPort: 9999}
	for _, tc := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"on any port", read, dissect.Strong},
		{"longer than it says", append(append([]byte{}, read...), 0), dissect.Weak},
		{"link management", foreign, dissect.Weak},
		{"a word that begins alike", []byte{0x81, 0x0a, 0, 7, 'a', 'b', 'c'}, dissect.No},
		{"text", []byte("GET / HTTP/1.1\r\n"), dissect.No},
	} {
		if got := probe(tc.in, h); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
	if r := udp(9999, c(read), s(value)); len(r.Operations) != 1 {
		t.Errorf("on another port: %+v", r.Operations)
	}
}

func TestTruncated(t *testing.T) {
	for _, f := range [][]byte{iAm, iAmRouted, forwarded, read, value, model, routed, segment1, write, restart} {
		for i := range f {
			for _, a := range udp(Port, s(f[:i]), s(f[:i])).Anomalies {
				if a.Kind == plant.AnomalyFailure {
					t.Fatalf("cut to %d: %s", i, a.Text)
				}
			}
		}
	}
}
