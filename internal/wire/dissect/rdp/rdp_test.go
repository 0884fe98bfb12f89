package rdp

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func packet(code byte, b ...byte) []byte {
	x := append([]byte{3, 0, 0, 0, 0, code, 0, 0, 0, 0, 0}, b...)
	x[3], x[4] = byte(len(x)), byte(len(x)-5)
	return x
}

var (
	request = packet(0xe0, append([]byte("Cookie: mstshash=operator\r\n"), 1, 0, 8, 0, 3, 0, 0, 0)...)
	useTLS  = packet(0xd0, 2, 0, 8, 0, 1, 0, 0, 0)
	useNLA  = packet(0xd0, 2, 0, 8, 0, 2, 0, 0, 0)
	refuse  = packet(0xd0, 3, 0, 8, 0, 5, 0, 0, 0)
)

func TestConnection(t *testing.T) {
	for _, tc := range []struct {
		name              string
		answer            []byte
		weak              string
		accepted, refused uint64
	}{
		{"TLS alone", useTLS, "rdp.nla=off", 1, 0},
		{"network level authentication", useNLA, "", 1, 0},
		{"server wants it and the client cannot", refuse, "", 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			// On another port: the bytes are enough.
			r := dissecttest.TCP(protocols, 33890, dissecttest.C(request), dissecttest.S(tc.answer))
			op := r.Operation("0xe0")
			if op.Verb.Technique != "T0886" || op.Accepted != tc.accepted || op.Refused != tc.refused || op.Object != "user operator" {
				t.Errorf("got %+v", op)
			}
			if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != tc.weak {
				t.Errorf("got %q, want %q", got, tc.weak)
			}
			if got := r.Fact(dissecttest.Client, plant.FieldUser); got != "operator" {
				t.Errorf("user: got %q", got)
			}
		})
	}
}

func TestOldEncryption(t *testing.T) {
	core := make([]byte, 64)
	core[0], core[1], core[2] = 1, 0xc0, 64
	core[20], core[21] = 0x28, 0x0a
	copy(core[24:], "E\x00W\x00S\x007\x00")
	initial := append([]byte{3, 0, 0, 0, 2, 0xf0, 0x80, 0x7f, 0x65, 0, 'D', 'u', 'c', 'a', 64}, core...)
	initial[3] = byte(len(initial))
	server := []byte{3, 0, 0, 0, 2, 0xf0, 0x80, 0x7f, 0x66, 0, 'M', 'c', 'D', 'n', 12, 2, 0x0c, 12, 0, 1, 0, 0, 0, 1, 0, 0, 0}
	server[3] = byte(len(server))
	r := dissecttest.TCP(protocols, Port, dissecttest.C(packet(0xe0)), dissecttest.S(packet(0xd0)),
		dissecttest.C(initial), dissecttest.S(server), dissecttest.C([]byte{0x44, 4, 1, 2, 3}))
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "EWS7" {
		t.Errorf("name: got %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldSoftware); got != "RDP client build 2600" {
		t.Errorf("software: got %q", got)
	}
	var weak []string
	for _, s := range r.Sightings {
		if s.Field == plant.FieldSecurity {
			weak = append(weak, s.Value)
		}
	}
	if len(weak) != 3 || len(r.Anomalies) > 0 {
		t.Errorf("got %q, %+v", weak, r.Anomalies)
	}
}

func TestProbe(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"cookie", request, dissect.Strong},
		{"answer", useTLS, dissect.Strong},
		{"old request", packet(0xe0), dissect.Weak},
		{"S7comm", packet(0xe0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2), dissect.No},
		{"half a header", []byte{3, 0}, dissect.Short},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := probe(tc.in, dissect.Hint{Stream: true}); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}
