package dnp3

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func crc(b []byte) []byte {
	var c uint16
	for _, x := range b {
		c ^= uint16(x)
		for range 8 {
			c = c>>1 ^ 0xa6bc*(c&1)
		}
	}
	return binary.LittleEndian.AppendUint16(nil, ^c)
}

// frame is a link frame between master 1 and outstation 10.
func frame(control byte, src, dst byte, data []byte) []byte {
	b := []byte{5, 0x64, byte(5 + len(data)), control, dst, 0, src, 0}
	b = append(b, crc(b)...)
	for len(data) > 0 {
		n := min(16, len(data))
		b = append(append(b, data[:n]...), crc(data[:n])...)
		data = data[n:]
	}
	return b
}

// c and s are a fragment of the master and one of the outstation, each in one
// segment.
func c(fragment string) dissecttest.Message {
	return dissecttest.C(frame(0xc4, 1, 10, append([]byte{0xc0}, unhex(fragment)...)))
}

func s(fragment string) dissecttest.Message {
	return dissecttest.S(frame(0x44, 10, 1, append([]byte{0xc0}, unhex(fragment)...)))
}

func run(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{Protocol()}, port, m...)
}

func TestOperations(t *testing.T) {
	for _, x := range []struct {
		name, in, code, object, value, technique string
		kind                                     plant.Kind
	}{
		{"a read", "c0 01 3c0206", "1", "unit 10", "", "T0801", plant.Read},
		{"a direct operation", "c3 05 0c0128 0100 0500 03 01 64000000 00000000 00", "5", "unit 10 binary output 5", "3", "T0855", plant.Write},
		{"a set point", "c4 05 290217 01 07 9cff 00", "5", "unit 10 analog output 7", "-100", "T0855", plant.Write},
		{"a clock", "c5 02 320107 01 a0b0c0d0e000", "2", "unit 10 clock", "", "T0836", plant.Config},
		{"a cleared restart", "c6 02 500100 0707 00", "2", "unit 10 internal indication 7", "", "", plant.Other},
		{"a cold restart", "c7 0d", "13", "unit 10", "", "T0816", plant.Mode},
		{"silence", "c8 15 3c0206", "21", "unit 10 class", "", "T0804", plant.Config},
		{"a file to read", "c8 19 46035b01 1d00 1a00 0300 000000000000 0000 00000000 00000000 0100 0004 0100 2e2f41", "25", "unit 10 file ./A", "", "T0802", plant.Read},
		{"a file to write", "c8 19 46035b01 1d00 1a00 0300 000000000000 0000 00000000 00000000 0200 0004 0100 2e2f41", "25", "unit 10 file ./A", "", "T0843", plant.Program},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := run(Port, c(x.in))
			o := r.Operation(x.code)
			if o.Requests != 1 || o.Object != x.object || o.Value != x.value || o.Verb.Kind != x.kind || o.Verb.Technique != x.technique {
				t.Errorf("got %+v", o)
			}
			if len(r.Anomalies) != 0 {
				t.Errorf("%+v", r.Anomalies)
			}
		})
	}
}

func TestResponses(t *testing.T) {
	operate := "c3 05 0c0128 0100 0500 03 01 64000000 00000000 00"
	for _, x := range []struct {
		name, answer      string
		accepted, refused uint64
	}{
		{"accepted", "c3 81 0000 0c0128 0100 0500 03 01 64000000 00000000 00", 1, 0},
		{"refused by the status", "c3 81 0000 0c0128 0100 0500 03 01 64000000 00000000 04", 0, 1},
		{"refused by the indications", "c3 81 0001", 0, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := run(20001, c(operate), s(x.answer)).Operation("5")
			if o.Accepted != x.accepted || o.Refused != x.refused || o.Verb.Kind != plant.Write || o.Responder.Addr() != dissecttest.Server.Addr() {
				t.Errorf("got %+v", o)
			}
		})
	}
	r := run(Port, s("f1 82 0000 020117 01 02 81"), c("d1 00"))
	if r.Operation("130").Requests != 1 || r.Operation("0").Requests != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestSegments(t *testing.T) {
	long := append(unhex("c0 81 0000 6e 64 00 00 13"), bytes.Repeat([]byte{'x'}, 2000)...)
	var m []dissecttest.Message
	m = append(m, c("c0 01 3c0106"))
	for i := 0; len(long) > 0; i++ {
		n := min(249, len(long))
		tr := byte(i) & 0x3f
		if i == 0 {
			tr |= 0x40
		}
		if n == len(long) {
			tr |= 0x80
		}
		m = append(m, dissecttest.S(frame(0x44, 10, 1, append([]byte{tr}, long[:n]...))))
		long = long[n:]
	}
	r := run(Port, m...)
	if o := r.Operation("1"); o.Responses != 1 {
		t.Errorf("%+v", r.Operations)
	}
	// Without its first segment there is no fragment.
	r = run(Port, append(m[:1:1], m[2:]...)...)
	if o := r.Operation("1"); o.Responses != 0 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestIdentity(t *testing.T) {
	r := run(Port, s("c7 81 6020 00f20000 00 0103 312e32 00fc0000 00 0103 414345 00f80000 00 0102 4e37"))
	for f, want := range map[plant.Field]string{
		plant.FieldFirmware: "1.2", plant.FieldVendor: "ACE", plant.FieldSerial: "N7", plant.FieldUnit: "dnp3:10",
		plant.FieldKeySwitch: "local", plant.FieldMode: "trouble",
	} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s is %q", f, got)
		}
	}
	if got := r.Fact(dissecttest.Client, plant.FieldUnit); got != "dnp3:1" {
		t.Errorf("master %q", got)
	}
}

func TestLoginIsToldButNotKept(t *testing.T) {
	r := run(Port, c("c9 1d 46025b01 1300 0c00 0400 1000 0300 00000000 726f6f74 616263"))
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "dnp3 file user root" {
		t.Errorf("login %q", got)
	}
	for _, x := range r.Sightings {
		if strings.Contains(x.Value, "abc") {
			t.Errorf("the password stands in %+v", x)
		}
	}
}

func TestDatagrams(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, Port, dissecttest.C(frame(0xc9, 1, 10, nil)), c("c0 01 3c0206"), s("c0 81 0000"))
	if r.Operation("1").Requests != 1 || r.Operation("1").Responses != 1 || r.Operation("0x49").Requests != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestDamage(t *testing.T) {
	wrong := frame(0xc4, 1, 10, unhex("c0 c0 01 3c0206"))
	wrong[12] ^= 1
	r := run(Port, dissecttest.C(wrong), dissecttest.C([]byte{5, 0x65, 1, 2, 3, 4, 5, 6, 7, 8}), c("c1 01 3c0206"))
	if len(r.Anomalies) != 2 || r.Operation("1").Requests != 1 {
		t.Errorf("%+v %+v", r.Anomalies, r.Operations)
	}
}

func TestStationsBehindOneConnection(t *testing.T) {
	var m []dissecttest.Message
	for i := range byte(20) { // more stations than are followed at a time
		m = append(m, dissecttest.S(frame(0x44, 10+i, 1, append([]byte{0x40}, unhex("c0 81 0000")...))))
		m = append(m, dissecttest.S(frame(0x44, 10+i, 1, []byte{0x81, 0, 0})))
	}
	if o := run(Port, m...).Operation("129"); o.Responses != 20 {
		t.Errorf("%+v", o)
	}
}

func TestProbe(t *testing.T) {
	whole := frame(0xc4, 1, 10, unhex("c0 c0 01 3c0206"))
	for _, x := range []struct {
		name string
		in   []byte
		h    dissect.Hint
		want dissect.Match
	}{
		{"a frame", whole, dissect.Hint{}, dissect.Strong},
		{"a header in a stream", whole[:10], dissect.Hint{Stream: true}, dissect.Strong},
		{"half a header in a stream", whole[:5], dissect.Hint{Stream: true}, dissect.Short},
		{"half a header in a datagram", whole[:5], dissect.Hint{}, dissect.No},
		{"a wrong checksum", append(whole[:8:8], 0, 0), dissect.Hint{Stream: true}, dissect.No},
		{"SOCKS", []byte{5, 1, 0}, dissect.Hint{Stream: true}, dissect.No},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := probe(x.in, x.h); got != x.want {
				t.Errorf("got %d", got)
			}
		})
	}
}
