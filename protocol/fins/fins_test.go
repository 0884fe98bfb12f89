package fins

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

// Messages written from the command reference; the texts are made up.
const (
	readDM       = "800002" + "000100" + "00fb00" + "17" + "0101" + "82" + "0064" + "00" + "000a"
	readReply    = "c00002" + "00fb00" + "000100" + "17" + "0101" + "0000" + "00010002"
	controller   = "800002" + "000100" + "00fb00" + "18" + "0501" + "00"
	controllerOK = "c00002" + "00fb00" + "000100" + "18" + "0501" + "0000" +
		"434a324d2d435055333300000000202020202020" + "30322e3031000000000000000000000000000000"
	stop   = "800002" + "000100" + "00fb00" + "19" + "0402"
	refuse = "c00002" + "00fb00" + "000100" + "19" + "0402" + "2108"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name     string
		in       string
		command  Command
		response bool
		end      uint16
		data     int
	}{
		{"memory read", readDM, MemoryRead, false, 0, 6},
		{"memory read response", readReply, MemoryRead, true, 0, 4},
		{"stop", stop, Stop, false, 0, 0},
		{"stop refused", refuse, Stop, true, 0x2108, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := bytesOf(t, tt.in)
			m, n, err := Decode(b)
			if err != nil || n != len(b) {
				t.Fatalf("Decode = %d, %v", n, err)
			}
			if m.Command != tt.command || m.Response() != tt.response || m.EndCode != tt.end || len(m.Data) != tt.data {
				t.Errorf("Decode = %+v", m)
			}
			if m.OK() != (tt.end == 0) {
				t.Errorf("OK = %v", m.OK())
			}
		})
	}
}

func TestDecodeRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"reserved ICF bits", "3e0002", ErrHeader},
		{"reserved byte set", "800102", ErrHeader},
		{"gateway count too high", "800008", ErrHeader},
		{"header only", "80000200010000fb0017", ErrShort},
		{"response without end code", "c00002" + "00fb00" + "000100" + "17" + "0101", ErrShort},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(bytesOf(t, tt.in)); !errors.Is(err, tt.want) || n != 0 {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestDecodeTCP(t *testing.T) {
	frame := "46494e53" + "0000001a" + "00000002" + "00000000" + readDM
	tests := []struct {
		name, in string
		n        int
		command  uint32
		err      error
	}{
		{"a frame with a command", frame, 34, TCPFrame, nil},
		{"node address request", "46494e53" + "0000000c" + "00000000" + "00000000" + "00000000", 20, TCPClientNode, nil},
		{"frame and a half", frame + "46494e", 34, TCPFrame, nil},
		{"magic only", "46494e53", 0, 0, ErrShort},
		{"other text", "46494e44", 0, 0, ErrMagic},
		{"length below the header", "46494e5300000004", 0, 0, ErrLength},
		{"absurd length", "46494e53ffffffff", 0, 0, ErrLength},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, n, err := DecodeTCP(bytesOf(t, tt.in))
			if n != tt.n || !errors.Is(err, tt.err) || f.Command != tt.command {
				t.Errorf("DecodeTCP = %+v, %d, %v", f, n, err)
			}
		})
	}
}

func TestMemory(t *testing.T) {
	m, _, _ := Decode(bytesOf(t, readDM))
	r, values, ok := Memory(m.Data)
	if !ok || r.Area.String() != "DM" || r.Start != 100 || r.Count != 10 || len(values) != 0 || r.Area.Bits() {
		t.Errorf("Memory = %+v, %x, %v", r, values, ok)
	}
	if _, _, ok := Memory(m.Data[:5]); ok {
		t.Error("Memory of five bytes is ok")
	}
}

func TestItems(t *testing.T) {
	data := bytesOf(t, "82271100"+"b0000a00")
	first, ok1 := Item(data, 0)
	second, ok2 := Item(data, 1)
	_, ok3 := Item(data, 2)
	if !ok1 || !ok2 || ok3 || first.Start != 0x2711 || second.Area.String() != "CIO" {
		t.Errorf("Item = %+v %v, %+v %v, %v", first, ok1, second, ok2, ok3)
	}
	forced := bytesOf(t, "0001"+"0001"+"30"+"0064"+"05")
	f, ok := Forced(forced, 0)
	if !ok || f.Operation != 1 || f.Start != 100 || f.Bit != 5 || !f.Area.Bits() {
		t.Errorf("Forced = %+v, %v", f, ok)
	}
	if _, ok := Forced(forced, 1); ok {
		t.Error("second of one forced bit is ok")
	}
}

func TestControllerText(t *testing.T) {
	data := make([]byte, 92)
	copy(data, "CJ2M-CPU33\x00\x00\x00    ")
	copy(data[20:], "  02.01\x00")
	got, ok := ControllerText(data)
	if !ok || string(got.Model) != "CJ2M-CPU33" || string(got.Version) != "02.01" {
		t.Errorf("ControllerText = %q %q %v", got.Model, got.Version, ok)
	}
	if _, ok := ControllerText(make([]byte, 69)); ok {
		t.Error("bus unit table read as text")
	}
}

func TestStatusAndRunMode(t *testing.T) {
	s, ok := ControllerState(bytesOf(t, "0104"+"0000"+"0000"))
	if !ok || !s.Running || s.Mode != 4 {
		t.Errorf("ControllerState = %+v, %v", s, ok)
	}
	if RunMode(nil) != 2 || RunMode([]byte{0xff, 0xff, 4}) != 4 {
		t.Error("RunMode")
	}
}

func TestFileSpec(t *testing.T) {
	data := append([]byte{0x80, 0x00}, "AUTOEXECOBJ  "...)
	if got := FileSpec(FileWrite, data); string(got) != "AUTOEXECOBJ" {
		t.Errorf("FileSpec = %q", got)
	}
	if FileSpec(FileFormat, data) != nil || FileSpec(FileRead, data[:9]) != nil {
		t.Error("FileSpec made a name up")
	}
}

func TestKnownIsSorted(t *testing.T) {
	for i, c := range known {
		if !c.Known() {
			t.Errorf("%#04x is in the table and not known", uint16(c))
		}
		if i > 0 && known[i-1] >= c {
			t.Errorf("table not ascending at %#04x", uint16(c))
		}
	}
	if Command(0x9999).Known() {
		t.Error("0x9999 is known")
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{readDM, readReply, controller, stop, refuse} {
		whole := bytesOf(t, s)
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
		}
	}
	frame := bytesOf(t, "46494e53"+"0000001a"+"00000002"+"00000000"+readDM)
	for i := range frame {
		if _, n, err := DecodeTCP(frame[:i]); n != 0 || !errors.Is(err, ErrShort) {
			t.Errorf("DecodeTCP(%x) = %d, %v", frame[:i], n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{readDM, readReply, controller, controllerOK, stop, "46494e53" + "0000001a" + "00000002" + "00000000" + readDM} {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if frame, n, err := DecodeTCP(b); err == nil {
			if n > len(b) || len(frame.Body) != n-tcpHeader {
				t.Fatalf("DecodeTCP took %d of %d, body %d", n, len(b), len(frame.Body))
			}
		} else if n != 0 {
			t.Fatalf("DecodeTCP took %d with %v", n, err)
		}
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n != len(b) || len(m.Data) > len(b)-headerLen-2 {
			t.Fatalf("Decode took %d of %d", n, len(b))
		}
		Memory(m.Data)
		Item(m.Data, 3)
		Forced(m.Data, 2)
		ControllerText(m.Data)
		ControllerState(m.Data)
		FileSpec(m.Command, m.Data)
		_ = m.Command.Fits(len(m.Data))
	})
}

func BenchmarkDecode(b *testing.B) {
	frame := bytesOf(b, "46494e53"+"0000001a"+"00000002"+"00000000"+readDM)
	b.ReportAllocs()
	for b.Loop() {
		f, _, _ := DecodeTCP(frame)
		if m, _, err := Decode(f.Body); err != nil || m.Command != MemoryRead {
			b.Fatal(err)
		}
	}
}
