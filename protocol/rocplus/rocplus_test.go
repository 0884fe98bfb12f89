package rocplus

import (
	"encoding/binary"
	"errors"
	"testing"
)

// message makes a message with its checksum.
func message(op Opcode, data string) []byte {
	b := append([]byte{1, 2, 3, 4, byte(op), byte(len(data))}, data...)
	return binary.LittleEndian.AppendUint16(b, crc(0, b))
}

var good = [][]byte{
	message(SystemConfig, ""),
	message(Login, "OP1\x34\x12\x01"),
	message(Login, "OP1\x34\x12LOGOUT"),
	message(WriteParameters, "\x01\x5b\x02\x07\x01"),
	message(FileTransfer, "\x05"),
	message(SystemConfig, "\x01\x00\x00\x02\x00\x01\x01"+"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"+"\x06"),
}

// The checksum of an empty system configuration request, from the wire.
func TestChecksum(t *testing.T) {
	if got := crc(0xffff, []byte{1, 2, 3, 4, 6, 0}); got != 0x2f3a {
		t.Errorf("crc = %#04x", got)
	}
}

func TestDecode(t *testing.T) {
	for _, b := range good {
		m, n, err := Decode(append(b[:len(b):len(b)], 9, 9))
		if err != nil || n != len(b) || m.SourceUnit != 3 || len(m.Data) != len(b)-8 {
			t.Errorf("Decode(%x) = %+v, %d, %v", b, m, n, err)
		}
	}
	b := message(SetClock, "\x01\x02\x03\x04\x05\x06\x07")
	b[7]++
	if _, n, err := Decode(b); n != 0 || !errors.Is(err, ErrCRC) {
		t.Errorf("Decode with a changed byte = %d, %v", n, err)
	}
}

func TestBodies(t *testing.T) {
	login, _, _ := Decode(good[1])
	if c, ok := login.Credentials(); !ok || string(c.Operator) != "OP1" || c.Logout {
		t.Errorf("Credentials = %+v, %v", c, ok)
	}
	logout, _, _ := Decode(good[2])
	if c, ok := logout.Credentials(); !ok || !c.Logout {
		t.Errorf("Credentials of a logout = %+v, %v", c, ok)
	}
	write, _, _ := Decode(good[3])
	if p, n, ok := write.Point(); !ok || p != (Point{91, 2, 7}) || n != 1 {
		t.Errorf("Point = %+v, %d, %v", p, n, ok)
	}
	file, _, _ := Decode(good[4])
	if c, ok := file.FileCommand(); !ok || c != 5 {
		t.Errorf("FileCommand = %d, %v", c, ok)
	}
	system, _, _ := Decode(good[5])
	if s, ok := system.System(); !ok || s.Mode != 1 || s.Security != 2 || s.Type != 6 {
		t.Errorf("System = %+v, %v", s, ok)
	}
}

func TestTruncation(t *testing.T) {
	for _, whole := range good {
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range good {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || len(m.Data) != n-8 {
			t.Fatalf("took %d of %d, data %d", n, len(b), len(m.Data))
		}
		m.Credentials()
		m.System()
		m.FileCommand()
		m.Point()
		if again := message(m.Opcode, string(m.Data)); string(again[4:n-2]) != string(b[4:n-2]) || again[5] != b[5] {
			t.Fatal("encoded again differs")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if m, _, err := Decode(good[3]); err != nil || m.Opcode != WriteParameters {
			b.Fatal(err)
		}
	}
}
