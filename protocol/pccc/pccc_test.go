package pccc

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

var messages = map[string][]byte{
	"diagnostic status":          {0x06, 0x00, 0x01, 0x00, 0x03},
	"read N7:3, two bytes":       {0x0f, 0x00, 0x62, 0xc5, 0xa2, 2, 7, 0x89, 3, 0},
	"write N7:300":               {0x0f, 0x00, 0x63, 0xc5, 0xaa, 2, 7, 0x89, 0xff, 0x2c, 0x01, 0, 0x2a, 0x00},
	"set CPU mode":               {0x0f, 0x00, 0x64, 0xc5, 0x80, 0x06},
	"unprotected read":           {0x01, 0x00, 0x65, 0xc5, 0x10, 0x00, 0x02},
	"reply":                      {0x4f, 0x00, 0x62, 0xc5, 0x2a, 0x00},
	"reply, refused":             {0x4f, 0x10, 0x63, 0xc5},
	"reply with extended status": {0x4f, 0xf0, 0x64, 0xc5, 0x0b},
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		want Message
	}{
		{"diagnostic status", Message{Command: 6, Transaction: 1, HasFunction: true, Function: 3}},
		{"set CPU mode", Message{Command: 15, Transaction: 0xc564, HasFunction: true, Function: 0x80, Data: []byte{6}}},
		{"unprotected read", Message{Command: 1, Transaction: 0xc565, Data: []byte{0x10, 0, 2}}},
		{"reply", Message{Command: 15, Reply: true, Transaction: 0xc562, Data: []byte{0x2a, 0}}},
		{"reply, refused", Message{Command: 15, Reply: true, Status: 0x10, Transaction: 0xc563}},
		{"reply with extended status", Message{Command: 15, Reply: true, Status: 0xf0, Extended: 0x0b, Transaction: 0xc564}},
	} {
		m, n, err := Decode(messages[c.name])
		if err != nil || n != len(messages[c.name]) {
			t.Fatalf("%s: %d, %v", c.name, n, err)
		}
		if m.Command != c.want.Command || m.Reply != c.want.Reply || m.Status != c.want.Status || m.Extended != c.want.Extended ||
			m.Transaction != c.want.Transaction || m.HasFunction != c.want.HasFunction || m.Function != c.want.Function || !bytes.Equal(m.Data, c.want.Data) {
			t.Errorf("%s: got %+v, want %+v", c.name, m, c.want)
		}
	}
}

func TestAddress(t *testing.T) {
	m, _, _ := Decode(messages["write N7:300"])
	a, err := DecodeAddress(m.Function, m.Data)
	if err != nil || a.File != 7 || a.Type.Letter() != "N" || a.Element != 300 || a.Bytes != 2 || !bytes.Equal(a.Value, []byte{0x2a, 0}) {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := DecodeAddress(0x80, m.Data); !errors.Is(err, ErrLayout) {
		t.Errorf("a function without address: %v", err)
	}
	if FileForceInput.Name() != "input force file" || FileType(0x00).Name() != "file" || FileType(0x8a).Name() != "data file" {
		t.Error("file types are misnamed")
	}
}

// diagnostic is the data of a controller's answer.
var diagnostic = []byte{
	0x00, 0xee, 0x4a, 0x9f, 0x23, '1', '7', '6', '3', '-', 'L', 'E', 'C', ' ', ' ', ' ',
	0x00, 0x00, 0x26, 0x00, 0x36, 0x82, 0x9e, 0xfc, 0x01,
}

func TestDiagnostic(t *testing.T) {
	d, err := DecodeDiagnostic(diagnostic)
	if err != nil || string(d.Bulletin) != "1763-LEC   " || d.Series != 'B' || d.Revision != 'D' || d.Program != 0x8236 {
		t.Fatalf("%+v, %v", d, err)
	}
	if mode, key := d.ModeText(); mode != "run" || key != "remote" {
		t.Errorf("%s, key %s", mode, key)
	}
	for mode := range uint8(32) {
		d.Mode = mode
		d.ModeText()
	}
	if _, err := DecodeDiagnostic(make([]byte, 20)); !errors.Is(err, ErrLayout) {
		t.Errorf("a PLC-5's answer: %v", err)
	}
}

func TestRequestor(t *testing.T) {
	r, n, err := DecodeRequestor([]byte{7, 0x4d, 0, 0xe0, 0x31, 0x2b, 0x3d, 0x46})
	if err != nil || n != 7 || r.Vendor != 0x4d || r.Serial != 0x3d2b31e0 {
		t.Errorf("%+v, %d, %v", r, n, err)
	}
	if _, _, err := DecodeRequestor([]byte{0, 1}); !errors.Is(err, ErrLayout) {
		t.Errorf("no length: %v", err)
	}
	if _, _, err := DecodeRequestor([]byte{7, 1}); !errors.Is(err, ErrShort) {
		t.Errorf("cut: %v", err)
	}
}

// csp is a CSPv4 message.
func csp(mode, kind byte, data ...byte) []byte {
	b := make([]byte, 28)
	b[0], b[1], b[2], b[3] = mode, kind, byte(len(data)>>8), byte(len(data))
	b[7] = 9
	return append(b, data...)
}

func TestCSP(t *testing.T) {
	read := csp(1, 7, append([]byte{0, 5, 0, 0}, messages["read N7:3, two bytes"]...)...)
	m, n, err := DecodeCSP(read)
	if err != nil || n != len(read) || m.Connection != 9 || m.Response || !bytes.Equal(m.Data, messages["read N7:3, two bytes"]) {
		t.Errorf("%+v, %d, %v", m, n, err)
	}
	if m, n, err := DecodeCSP(csp(2, 1)); err != nil || n != 28 || !m.Register || !m.Response {
		t.Errorf("%+v, %d, %v", m, n, err)
	}
	routed := csp(1, 7, slices.Concat([]byte{0, 5, 0, 1}, make([]byte, 8), messages["set CPU mode"])...)
	if m, _, err := DecodeCSP(routed); err != nil || !bytes.Equal(m.Data, messages["set CPU mode"]) {
		t.Errorf("%+v, %v", m, err)
	}
	for name, b := range map[string][]byte{
		"another mode":          csp(3, 1),
		"another kind":          csp(1, 2),
		"register with data":    csp(1, 1, 0, 0, 0, 0),
		"data too short":        csp(1, 7, 0),
		"a modbus header":       {0x01, 0x02, 0x00, 0x00, 0x00, 0x06},
		"an enip I/O item list": {0x02, 0x00, 0x02, 0x80},
	} {
		if _, _, err := DecodeCSP(b); !errors.Is(err, ErrProtocol) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTruncation(t *testing.T) {
	for name, b := range messages {
		for i := range b {
			m, n, err := Decode(b[:i])
			if n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Errorf("%s: %d of %d, %v", name, n, i, err)
			}
			DecodeAddress(m.Function, m.Data)
		}
	}
	for i := range diagnostic {
		DecodeDiagnostic(diagnostic[:i])
	}
	full := csp(1, 7, append([]byte{0, 5, 0, 1}, messages["set CPU mode"]...)...)
	for i := range full {
		if _, n, err := DecodeCSP(full[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Errorf("CSP, %d bytes: %d, %v", i, n, err)
		}
	}
}

// FuzzDecode: all bytes are taken or none, and the parts make up the whole.
func FuzzDecode(f *testing.F) {
	for _, b := range messages {
		f.Add(b)
	}
	f.Add(csp(1, 7, append([]byte{0, 5, 0, 0}, messages["set CPU mode"]...)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, n, err := DecodeCSP(b); err == nil && (n > len(b) || len(c.Data) > n-28) || err != nil && n != 0 {
			t.Fatalf("CSP took %d of %d, %v", n, len(b), err)
		}
		DecodeRequestor(b)
		DecodeDiagnostic(b)
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		head := 4
		if m.HasFunction || m.Reply && m.Status == extendedError && len(b) > 4 {
			head++
		}
		if n != len(b) || head+len(m.Data) != n {
			t.Fatalf("took %d of %d with %d of data", n, len(b), len(m.Data))
		}
		if a, err := DecodeAddress(m.Function, m.Data); err == nil && len(a.Value) > len(m.Data) {
			t.Fatal("a value is larger than what holds it")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := Decode(messages["write N7:300"])
		if _, err := DecodeAddress(m.Function, m.Data); err != nil {
			b.Fatal(err)
		}
	}
}
