package syslog

import (
	"errors"
	"testing"
)

const (
	older = "<34>Oct 11 22:14:15 plc-gw su[230]: 'su root' failed"
	newer = "<165>1 2023-08-24T05:14:15.000003-07:00 hmi3 evntslog - ID47 [x@1 a=\"b\"] text"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, in           string
		facility, severity uint8
		modern, stamped    bool
		host, program      string
	}{
		{"older format", older, 4, 2, false, true, "plc-gw", "su"},
		{"newer format", newer, 20, 5, true, true, "hmi3", "evntslog"},
		{"newer format without names", "<14>1 - - - - - - text", 1, 6, true, true, "", ""},
		{"no host", "<14>Oct  1 02:14:15 kernel: text", 1, 6, false, true, "", ""},
		{"IPv6 host", "<14>Oct  1 02:14:15 fe80::1 kernel: text", 1, 6, false, true, "fe80::1", "kernel"},
		{"text only", "<190>42: %SYS-5-CONFIG_I: Configured", 23, 6, false, false, "", ""},
		{"priority only", "<0>", 0, 0, false, false, "", ""},
	} {
		m, n, err := Decode([]byte(c.in))
		if err != nil || n != len(c.in) || m.Facility != c.facility || m.Severity != c.severity || m.New != c.modern ||
			m.Stamped != c.stamped || string(m.Host) != c.host || string(m.Program) != c.program {
			t.Errorf("%s: %+v %q %q, %d, %v", c.name, m, m.Host, m.Program, n, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"":         ErrShort,
		"<1":       ErrShort,
		"<192>x":   ErrFormat,
		"<>x":      ErrFormat,
		"<a>":      ErrFormat,
		"text":     ErrFormat,
		"<0000>xx": ErrFormat,
		"<?xml ?>": ErrFormat,
	} {
		if _, _, err := Decode([]byte(in)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{older, newer} {
		for i := range s {
			if _, n, err := Decode([]byte(s[:i])); n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Fatalf("prefix %q: %d, %v", s[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(older))
	f.Add([]byte(newer))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			return
		}
		if n != len(b) || m.Facility > 23 || m.Severity > 7 || len(m.Host)+len(m.Program)+len(m.Text) > 2*n {
			t.Fatalf("%+v out of %d bytes", m, n)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := []byte(newer)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(msg); err != nil {
			b.Fatal(err)
		}
	}
}
