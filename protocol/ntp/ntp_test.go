package ntp

import (
	"errors"
	"testing"
)

// message is a time message with that first byte and stratum.
func message(first, stratum byte) []byte {
	b := make([]byte, Size)
	b[0], b[1] = first, stratum
	copy(b[12:], "GPS\x00")
	b[31], b[47] = 7, 9
	return b
}

const variables = `version="ntpd 4.2.6p5@1.2349-o, built", processor="armv7l", system="Linux/3.2", leap=0`

func control(text string) []byte {
	b := []byte{0x16, 0x82, 0, 1, 0, 0, 0, 0, 0, 0, 0, byte(len(text))}
	return append(b, text...)
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name    string
		b       []byte
		mode    Mode
		version uint8
		stratum uint8
		n       int
		err     error
	}{
		{"client of version 4", message(0x23, 0), Client, 4, 0, Size, nil},
		{"server of version 3", message(0x1c, 1), Server, 3, 1, Size, nil},
		{"server with a signature behind", append(message(0x1c, 2), make([]byte, 20)...), Server, 3, 2, Size, nil},
		{"control", control(variables), Control, 2, 0, 12 + len(variables), nil},
		{"list of clients asked for", []byte{0x17, 0, 3, 42, 0, 0, 0, 0}, Private, 2, 0, 8, nil},
		{"version 0", message(0x03, 0), 0, 0, 0, 0, ErrFormat},
		{"version 7", message(0x3b, 0), 0, 0, 0, 0, ErrFormat},
		{"mode 0", message(0x20, 0), 0, 0, 0, 0, ErrFormat},
		{"stratum of a server above 16", message(0x24, 40), 0, 0, 0, 0, ErrFormat},
		{"nothing", nil, 0, 0, 0, 0, ErrShort},
	} {
		m, n, err := Decode(c.b)
		if m.Mode != c.mode || m.Version != c.version || m.Stratum != c.stratum || n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %d, %v", c.name, m, n, err)
		}
	}
	if m, _, _ := Decode(message(0x24, 1)); m.Origin != 7 || m.Transmit != 9 || string(m.Reference[:3]) != "GPS" {
		t.Errorf("%+v", m)
	}
}

func TestVariable(t *testing.T) {
	m, _, err := Decode(control(variables))
	if err != nil || !m.Response || m.Opcode != ReadVariables {
		t.Fatalf("%+v, %v", m, err)
	}
	for name, want := range map[string]string{
		"version": "ntpd 4.2.6p5@1.2349-o, built", "system": "Linux/3.2", "leap": "0", "none": "",
	} {
		if got := m.Variable(name); string(got) != want {
			t.Errorf("%s = %q", name, got)
		}
	}
}

func TestTruncation(t *testing.T) {
	for _, b := range [][]byte{message(0x24, 1), control(variables), {0x17, 0, 3, 42, 0, 0, 0, 0}} {
		for i := range b {
			if _, n, err := Decode(b[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Fatalf("prefix %d: %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(message(0x24, 1))
	f.Add(control(variables))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || len(m.Variable("version")) > n {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.Mode != m.Mode || again.Transmit != m.Transmit {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := message(0x24, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(msg); err != nil {
			b.Fatal(err)
		}
	}
}
