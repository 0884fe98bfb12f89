package hartip

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func message(kind, id, sequence byte, body ...byte) []byte {
	return append([]byte{1, kind, id, 0, 0, sequence, 0, byte(8 + len(body))}, body...)
}

// frame is a token-passing frame to or from the device 26 4e 0000d2.
func frame(delimiter, command byte, data ...byte) []byte {
	b := append([]byte{delimiter, 0x26, 0x4e, 0, 0, 0xd2, command, byte(len(data))}, data...)
	x := byte(0)
	for _, c := range b {
		x ^= c
	}
	return append(b, x)
}

func ask(sequence, command byte, data ...byte) dissecttest.Message {
	return dissecttest.C(message(0, 3, sequence, frame(0x82, command, data...)...))
}

func answer(sequence, command byte, data ...byte) dissecttest.Message {
	return dissecttest.S(message(1, 3, sequence, frame(0x86, command, data...)...))
}

func TestIdentity(t *testing.T) {
	r := dissecttest.UDP(protocols, 5094,
		ask(1, 0), answer(1, 0, 0, 0xd0, 254, 0x26, 0x4e, 5, 7, 4, 1, 0x0e, 0x0c, 0, 0, 0xd2, 5, 2, 0, 2, 0xd0, 0, 38, 0, 38, 132),
		ask(2, 20), answer(2, 20, append([]byte{0, 0}, "wihartgw\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)...),
		ask(3, 13), answer(3, 13, make([]byte, 23)...))
	for f, want := range map[plant.Field]string{
		plant.FieldVendorID: "hart:38", plant.FieldDeviceType: "hart:0x264e", plant.FieldSerial: "0000d2", plant.FieldFirmware: "1",
		plant.FieldName: "wihartgw", plant.FieldRole: plant.RoleGateway, plant.FieldUnit: "hart:264e0000d2", plant.FieldDescription: "",
	} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
}

func TestOutcomes(t *testing.T) {
	r := dissecttest.TCP(protocols, 5094,
		ask(1, 42), answer(1, 42, 0, 0),
		ask(2, 35, 1), answer(2, 35, 7, 0),
		ask(3, 77, 1, 2, 5, 0x82, 0x26, 0x06, 0, 0, 1, 79, 0), answer(3, 77, 0, 0, 1, 2, 0x86))
	if o := r.Operation("42"); o.Verb.Kind != plant.Mode || o.Verb.Technique != "T0816" || o.Accepted != 1 || o.Object != "device 264e0000d2" {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("35"); o.Verb.Kind != plant.Config || o.Refused != 1 {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("77"); o.Verb.Kind != plant.Write || o.Requests != 1 || o.Responses != 1 {
		t.Errorf("%+v", o)
	}
}

func TestDirectCommandsAreCountedApart(t *testing.T) {
	r := dissecttest.TCP(protocols, 5094,
		dissecttest.C(message(0, 4, 1, 0, 0, 0, 54, 1, 0)), dissecttest.S(message(1, 4, 1, 0, 0, 0, 54, 2, 0, 0)))
	o := r.Operation("54")
	if o.Verb.Protocol != "hartip-direct" || o.Requests != 1 || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
}

func TestOtherPort(t *testing.T) {
	r := dissecttest.UDP(protocols, 6000, ask(1, 3), answer(1, 3, 0, 0))
	if len(r.Conversations) != 1 || r.Conversations[0].Protocol != protocol {
		t.Errorf("%+v", r.Conversations)
	}
}

func TestProbeRejectsOthers(t *testing.T) {
	for name, b := range map[string][]byte{
		"modbus":         {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1},
		"a wrong length": append(message(0, 2, 1), 0),
		"text":           []byte("hello, world"),
	} {
		if probe(b, dissect.Hint{ToPort: 5094}) != dissect.No {
			t.Errorf("%s taken", name)
		}
	}
}

func TestTruncated(t *testing.T) {
	whole := ask(1, 42).Data
	for i := range whole {
		dissecttest.TCP(protocols, 5094, dissecttest.C(whole[:i]))
		dissecttest.UDP(protocols, 5094, dissecttest.C(whole[:i]))
	}
}
