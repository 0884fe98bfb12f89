package winstr

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func TestText(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   Text
		want string
	}{
		{"plain bytes", Text{Raw: []byte("PLC01")}, "PLC01"},
		{"bytes end at zero", Text{Raw: []byte("PLC\x0001")}, "PLC"},
		{"byte of an unknown code page", Text{Raw: []byte("M\x9aLLER")}, "M\ufffdLLER"},
		{"wide", Text{Raw: wide("Müller"), Wide: true}, "Müller"},
		{"wide with a pair of surrogates", Text{Raw: wide("a😀b"), Wide: true}, "a😀b"},
		{"high surrogate alone", Text{Raw: []byte{0x3d, 0xd8, 'x', 0}, Wide: true}, "\ufffdx"},
		{"low surrogate alone", Text{Raw: []byte{0, 0xdc, 'x', 0}, Wide: true}, "\ufffdx"},
		{"high surrogate at the end", Text{Raw: []byte{0x3d, 0xd8}, Wide: true}, "\ufffd"},
		{"odd last byte", Text{Raw: []byte{'a', 0, 'b'}, Wide: true}, "a"},
		{"nothing", Text{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.in.String(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	got, rest := Cut([]byte("one\x00two"), false)
	if got.String() != "one" || string(rest) != "two" {
		t.Errorf("bytes: got %q and %q", got, rest)
	}
	got, rest = Cut(append(wide("one"), 0, 0, 't'), true)
	if got.String() != "one" || string(rest) != "t" {
		t.Errorf("wide: got %q and %q", got, rest)
	}
	got, rest = Cut(wide("one"), true)
	if got.String() != "one" || rest != nil {
		t.Errorf("no terminator: got %q and %q", got, rest)
	}
	if got.Empty() || !(Text{Wide: true, Raw: []byte{1}}).Empty() {
		t.Error("Empty is wrong")
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte("one\x00two"), false)
	f.Add(wide("a😀b"), true)
	f.Fuzz(func(t *testing.T, b []byte, w bool) {
		text, rest := Cut(b, w)
		if len(text.Raw)+len(rest) > len(b) || !bytes.HasPrefix(b, text.Raw) || !bytes.HasSuffix(b, rest) {
			t.Fatalf("cut %x into %x and %x", b, text.Raw, rest)
		}
		s := text.String()
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			t.Fatalf("not clean UTF-8: %q", s)
		}
	})
}

func BenchmarkAppendWide(b *testing.B) {
	in, buf := wide("ENGINEERING-07"), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendWide(buf[:0], in)
	}
}
