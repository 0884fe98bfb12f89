package slmp

import (
	"encoding/hex"
	"errors"
	"testing"
)

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	read3E     = "5000" + "00ff" + "ff03" + "00" + "0c00" + "1000" + "0104" + "0000" + "640000" + "a8" + "0300"
	readReply  = "d000" + "00ff" + "ff03" + "00" + "0800" + "0000" + "010002000300"
	write4E    = "5400" + "3412" + "0000" + "00ff" + "ff03" + "00" + "1000" + "1000" + "0114" + "0200" + "0a000000" + "9d00" + "0100" + "0100"
	refusal4E  = "d400" + "3412" + "0000" + "00ff" + "ff03" + "00" + "0b00" + "5040" + "00ffff0300" + "01140200"
	stop3E     = "5000" + "00ff" + "ff03" + "00" + "0800" + "1000" + "0210" + "0000" + "0100"
	nameReply  = "d000" + "00ff" + "ff03" + "00" + "1400" + "0000" + "51303355444543505520202020202020" + "6802"
	tsnRequest = "6800" + "0700" + "0000" + "00ff" + "ff03" + "00" + "00" + "0000" + "0a00" + "0000" + "930e" + "0000" + "00000000"
	tsnReply   = "e800" + "0700" + "0000" + "00ff" + "ff03" + "00" + "00" + "0000" + "0a00" + "0000" + "940e" + "0000" + "00000000"

	ascii3E    = "5000" + "00FF" + "03FF" + "00" + "0018" + "0010" + "0401" + "0000" + "D*" + "000100" + "0003"
	asciiReply = "D000" + "00FF" + "03FF" + "00" + "0018" + "0000" + "Q03UDECPU       " + "0268"
)

func samples(t testing.TB) [][]byte {
	var out [][]byte
	for _, s := range []string{read3E, readReply, write4E, refusal4E, stop3E, nameReply, tsnRequest, tsnReply} {
		out = append(out, bytesOf(t, s))
	}
	return append(out, []byte(ascii3E), []byte(asciiReply))
}

func decode(t *testing.T, b []byte) Message {
	t.Helper()
	m, n, err := Decode(b)
	if err != nil || n != len(b) {
		t.Fatalf("Decode(%q) = %d of %d, %v", b, n, len(b), err)
	}
	return m
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name     string
		in       []byte
		frame    Frame
		response bool
		command  Command
		end      uint16
		data     int
	}{
		{"3E read", bytesOf(t, read3E), Frame3E, false, Read, 0, 6},
		{"3E response", bytesOf(t, readReply), Frame3E, true, 0, 0, 6},
		{"4E write", bytesOf(t, write4E), Frame4E, false, Write, 0, 10},
		{"4E refusal", bytesOf(t, refusal4E), Frame4E, true, 0, 0x4050, 9},
		{"remote stop", bytesOf(t, stop3E), Frame3E, false, RemoteStop, 0, 2},
		{"TSN request", bytesOf(t, tsnRequest), FrameTSN, false, CyclicConfig, 0, 4},
		{"TSN response", bytesOf(t, tsnReply), FrameTSN, true, Notification, 0, 4},
		{"ASCII read", []byte(ascii3E), Frame3E, false, Read, 0, 12},
		{"ASCII response", []byte(asciiReply), Frame3E, true, 0, 0, 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := decode(t, tt.in)
			if m.Frame != tt.frame || m.Response != tt.response || m.Command != tt.command || m.EndCode != tt.end || len(m.Data) != tt.data || !m.Own() {
				t.Errorf("Decode = %+v", m)
			}
			if !m.Response && !m.Command.Known() {
				t.Errorf("command %#04x is not known", uint16(m.Command))
			}
		})
	}
}

func TestPoints(t *testing.T) {
	tests := []struct {
		name   string
		in     []byte
		device string
		head   uint32
		count  uint16
		values int
	}{
		{"three words of D100", bytesOf(t, read3E), "D", 100, 3, 0},
		{"iQ-R, one word of Y10", bytesOf(t, write4E), "Y", 10, 1, 2},
		{"ASCII, three words of D100", []byte(ascii3E), "D", 100, 3, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, values, ok := decode(t, tt.in).Points()
			if !ok || r.Device.String() != tt.device || r.Head != tt.head || r.Count != tt.count || len(values) != tt.values {
				t.Errorf("Points = %+v, %x, %v", r, values, ok)
			}
		})
	}
}

func TestTypeName(t *testing.T) {
	for _, b := range [][]byte{bytesOf(t, nameReply), []byte(asciiReply)} {
		model, code, ok := decode(t, b).TypeName()
		if !ok || string(model) != "Q03UDECPU" || code != 0x0268 {
			t.Errorf("TypeName = %q %#x %v", model, code, ok)
		}
	}
	if _, _, ok := decode(t, bytesOf(t, readReply)).TypeName(); ok {
		t.Error("a read response has a type name")
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"unknown subheader", []byte{0x51, 0}, ErrSubheader},
		{"text", []byte("POST / HTTP/1.1"), ErrSubheader},
		{"length too short for a request", bytesOf(t, "500000ffff03000200"), ErrLength},
		{"absurd length", bytesOf(t, "d00000ffff0300ffff"), ErrLength},
		{"reserved field in 4E", bytesOf(t, "540034120100ffff03000c00"), ErrHeader},
		{"no digit in ASCII", []byte("500000FF0zFF000018"), ErrDigit},
		{"empty", nil, ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(tt.in); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, whole := range samples(t) {
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%q) = %d, %v", whole[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("took %d with %v", n, err)
			}
			return
		}
		if n > len(b) || len(m.Data) > n {
			t.Fatalf("took %d of %d, data %d", n, len(b), len(m.Data))
		}
		m.TypeName()
		if _, values, ok := m.Points(); ok && len(values) > len(m.Data) {
			t.Fatal("values outside the message")
		}
		if again, k, err := Decode(b[:n]); err != nil || k != n || again.Command != m.Command || again.EndCode != m.EndCode {
			t.Fatalf("decoded again: %+v, %d, %v", again, k, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	frame := bytesOf(b, read3E)
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(frame)
		if _, _, ok := m.Points(); err != nil || !ok {
			b.Fatal(err)
		}
	}
}
