package synchrophasor

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// frame makes a frame of that type and body with its checksum.
func frame(kind byte, body ...byte) []byte {
	b := append([]byte{0xaa, kind, 0, byte(16 + len(body)), 0, 7, 0, 0, 0, 1, 0, 0, 0, 0}, body...)
	crc := uint16(0xffff)
	for _, x := range b {
		crc ^= uint16(x) << 8
		for range 8 {
			crc = crc<<1 ^ 0x1021*(crc>>15)
		}
	}
	return binary.BigEndian.AppendUint16(b, crc)
}

// config is a configuration 2 with one station that measures nothing.
func config() []byte {
	body := []byte{0, 0, 0xff, 0xff, 0, 1}
	body = append(body, "NORTH           "...)
	body = append(body, 0, 61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 4, 0, 50)
	return frame(0x31, body...)
}

func TestStream(t *testing.T) {
	two := append(frame(1, 0, 0), frame(1, 0, 1)...)
	for _, port := range []uint16{4712, 5001} {
		r := dissecttest.TCP([]dissect.Protocol{Protocol()}, port,
			dissecttest.C(frame(0x41, 0, 5)), dissecttest.S(config()), dissecttest.C(frame(0x41, 0, 2)),
			dissecttest.S(two), dissecttest.S(frame(1, 0, 2)[:9]), dissecttest.S(frame(1, 0, 2)[9:]), dissecttest.C(frame(0x41, 0, 1)))
		if got := r.Operation("0").Requests; got != 3 {
			t.Errorf("port %d: %d data frames", port, got)
		}
		if got := r.Fact(dissecttest.Server, plant.FieldName); got != "NORTH" {
			t.Errorf("port %d: name %q", port, got)
		}
		if got := r.Fact(dissecttest.Server, plant.FieldUnit); got != "pmu:61 NORTH" {
			t.Errorf("port %d: unit %q", port, got)
		}
		if len(r.Anomalies) != 0 || r.Conversations[0].Protocol != "synchrophasor" {
			t.Errorf("port %d: %+v %+v", port, r.Anomalies, r.Conversations)
		}
		var off bool
		for _, o := range r.Operations {
			off = off || o.Verb.Technique == "T0804"
		}
		if !off {
			t.Errorf("port %d: nobody turned it off", port)
		}
	}
}

func TestDatagrams(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 4713, dissecttest.C(frame(0x41, 0, 2)), dissecttest.S(frame(1, 0, 0)))
	if r.Operation("4").Requests != 1 || r.Operation("0").Requests != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestProbe(t *testing.T) {
	wrong := frame(1, 0, 0)
	wrong[15] ^= 1
	for _, c := range []struct {
		name string
		in   []byte
		h    dissect.Hint
		want dissect.Match
	}{
		{"a frame", frame(1, 0, 0), dissect.Hint{}, dissect.Strong},
		{"a wrong checksum", wrong, dissect.Hint{}, dissect.Weak},
		{"the start of a frame", frame(1, 0, 0)[:8], dissect.Hint{Stream: true}, dissect.Short},
		{"the start of a datagram", frame(1, 0, 0)[:8], dissect.Hint{}, dissect.No},
		{"most of a long frame", config()[:30], dissect.Hint{Stream: true}, dissect.Weak},
		{"another protocol", []byte("GET / HTTP/1.1\r\n"), dissect.Hint{Stream: true}, dissect.No},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := probe(c.in, c.h); got != c.want {
				t.Errorf("got %d", got)
			}
		})
	}
}

func TestWrongChecksum(t *testing.T) {
	wrong := config()
	wrong[20] ^= 1
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 4712, dissecttest.S(frame(1, 0, 0)), dissecttest.S(wrong))
	if len(r.Anomalies) != 1 || r.Fact(dissecttest.Server, plant.FieldName) != "" || r.Operation("3").Requests != 1 {
		t.Errorf("%+v %+v", r.Anomalies, r.Operations)
	}
}
