package pccc

import (
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// frame is a CSPv4 message.
func frame(mode, kind byte, data ...byte) []byte {
	b := make([]byte, 28)
	b[0], b[1], b[3], b[7] = mode, kind, byte(len(data)), 9
	return append(b, data...)
}

var local = []byte{0, 5, 0, 0} // addresses in front of a PCCC message

func TestCSP(t *testing.T) {
	write := slices.Concat(local, []byte{0x0f, 0, 1, 0, 0xaa, 2, 7, 0x89, 3, 0, 42, 0})
	logic := slices.Concat(local, []byte{0x0f, 0, 2, 0, 0xa2, 80, 2, 0x22, 0, 0})
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 2222,
		dissecttest.C(frame(1, 1)), dissecttest.S(frame(2, 1)),
		dissecttest.C(frame(1, 7, write...)), dissecttest.S(frame(2, 7, slices.Concat(local, []byte{0x4f, 0, 1, 0})...)),
		dissecttest.C(frame(1, 7, logic...)), dissecttest.S(frame(2, 7, slices.Concat(local, []byte{0x4f, 0x10, 2, 0})...)))
	if o := r.Operation("0x0faa"); o.Object != "data file N7:3" || o.Value != "42" || o.Accepted != 1 || o.Verb.Kind != plant.Write {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("0x0fa2"); o.Verb.Kind != plant.Program || o.Verb.Technique != "T0845" || o.Refused != 1 {
		t.Errorf("%+v", o)
	}
	if len(r.Conversations) != 1 || r.Conversations[0].Protocol != "cspv4" {
		t.Errorf("%+v", r.Conversations)
	}
}

func TestProbeRejectsOthers(t *testing.T) {
	for name, b := range map[string][]byte{
		"SSH on 2222": []byte("SSH-2.0-OpenSSH_9.2\r\n"),
		"zeroes":      make([]byte, 64),
		"kind 9":      frame(1, 9),
	} {
		if probe(b, dissect.Hint{Stream: true, ToPort: 2222}) != dissect.No {
			t.Errorf("%s taken", name)
		}
	}
}
