package melsoft

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
	reqHead  = "57010000001111070000ffff030000fe0300"
	respHead = "d70100000011117f000000a80300ffff0300"
	long     = "0000000000000000000000000000000000000000"
	askName  = reqHead + "00" + "2000" + "1c0a" + "1614" + long + "0121" + "0100" + "00000001"
	tellName = respHead + "00" + "3800" + "9c0a" + "1814" + long + "0000" + "0121" + "0100" + "0000" + "465835532d33304d5200000000000000" + "11220000" + "0000" + "0000"
	askOld   = "57000000001111070000ffff030000fe0300" + "00" + "1400" + "1c08" + "0a08" + "0000000000000004" + "0101" + "0100" + "00000001"
	stop     = reqHead + "00" + "1e00" + "1c0a" + "1614" + long + "1002" + "0b00" + "0100"
	refused  = respHead + "00" + "1e00" + "9c0a" + "1814" + long + "3440" + "1002" + "0b00"
	open     = reqHead + "00" + "2e00" + "1c0a" + "1614" + long + "1867" + "0c00" + "00000000" + "0c00" + "24005c0041002e0050000000"
)

var good = []string{askName, tellName, askOld, stop, refused, open}

func decode(t *testing.T, s string) Message {
	t.Helper()
	b := bytesOf(t, s)
	m, n, err := Decode(b)
	if err != nil || n != len(b) {
		t.Fatalf("Decode(%s) = %d of %d, %v", s, n, len(b), err)
	}
	return m
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, in string
		response bool
		command  Command
		sequence uint16
		result   uint16
	}{
		{"read type name, iQ-F", askName, false, ReadTypeNameF, 1, 0},
		{"its answer", tellName, true, ReadTypeNameF, 1, 0},
		{"read type name, Q series", askOld, false, ReadTypeName, 1, 0},
		{"remote stop", stop, false, RemoteStop, 11, 0},
		{"refused", refused, true, RemoteStop, 11, 0x4034},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := decode(t, tt.in)
			if m.Response != tt.response || m.Command != tt.command || m.Sequence != tt.sequence || m.Result != tt.result {
				t.Errorf("Decode = %+v", m)
			}
		})
	}
}

func TestModelAndFile(t *testing.T) {
	if model, ok := decode(t, tellName).Model(); !ok || string(model) != "FX5S-30MR" {
		t.Errorf("Model = %q, %v", model, ok)
	}
	if _, ok := decode(t, askName).Model(); ok {
		t.Error("a request has a model")
	}
	if got := decode(t, open).File(nil); string(got) != `$\A.P` {
		t.Errorf("File = %q", got)
	}
	if got := decode(t, stop).File(nil); len(got) != 0 {
		t.Errorf("File of a stop = %q", got)
	}
}

func TestSearch(t *testing.T) {
	s, n, err := DecodeSearch(bytesOf(t, "da0000ff"+"294a0c00"+"000000000010020000000000"+"0000000000000000"))
	if err != nil || n != 28 || !s.Response || s.Model != 0x4a29 {
		t.Errorf("DecodeSearch = %+v, %d, %v", s, n, err)
	}
	if s, _, err := DecodeSearch(bytesOf(t, "5a000001")); err != nil || s.Response || s.Function != 1 {
		t.Errorf("DecodeSearch = %+v, %v", s, err)
	}
	if _, _, err := DecodeSearch(bytesOf(t, "5a00000100")); !errors.Is(err, ErrLength) {
		t.Errorf("DecodeSearch of five bytes: %v", err)
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"another first byte", "5000", ErrHeader},
		{"response marked as request", "5701000000" + "1111" + "7f", ErrHeader},
		{"length zero", reqHead + "00" + "0000", ErrLength},
		{"inner header longer than the frame", reqHead + "00" + "0800" + "1c0aff1400000000", ErrLength},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(bytesOf(t, tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range good {
		whole := bytesOf(t, s)
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range append(good, "5a000001", "da0000ff294a") {
		f.Add(bytesOf(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, n, err := DecodeSearch(b); (err == nil) != (n > 0) || n > len(b) {
			t.Fatalf("DecodeSearch took %d of %d, %v", n, len(b), err)
		}
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || len(m.Data) > n {
			t.Fatalf("took %d of %d, data %d", n, len(b), len(m.Data))
		}
		m.Model()
		if got := m.File(nil); len(got) > len(m.Data)/2 {
			t.Fatal("file name longer than the data")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	frame := bytesOf(b, tellName)
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(frame)
		if _, ok := m.Model(); !ok {
			b.Fatal("no model")
		}
	}
}
