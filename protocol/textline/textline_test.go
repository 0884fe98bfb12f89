package textline

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, in, line string
		n              int
		err            error
	}{
		{"CR and LF", "USER bob\r\nPASS", "USER bob", 10, nil},
		{"LF alone", "USER bob\n", "USER bob", 9, nil},
		{"empty", "\r\n", "", 2, nil},
		{"no end yet", "USER b", "", 0, ErrShort},
		{"no bytes", "", "", 0, ErrShort},
		{"binary", "\x16\x03\x01", "", 0, ErrFormat},
		{"binary with an end", "\x00\x01\n", "", 0, ErrFormat},
		{"without end", strings.Repeat("x", Max), "", 0, ErrFormat},
	} {
		line, n, err := Decode([]byte(c.in))
		if string(line) != c.line || n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %d, %v", c.name, line, n, err)
		}
	}
}

func TestParseReply(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Reply
		ok   bool
	}{
		{"220 ready", Reply{220, false, []byte("ready")}, true},
		{"220-ready", Reply{220, true, []byte("ready")}, true},
		{"221", Reply{Code: 221}, true},
		{"2200 no", Reply{}, false},
		{"620 no", Reply{}, false},
		{" 220 in a long reply", Reply{}, false},
		{"", Reply{}, false},
	} {
		r, ok := ParseReply([]byte(c.in))
		if ok != c.ok || r.Code != c.want.Code || r.More != c.want.More || !bytes.Equal(r.Text, c.want.Text) {
			t.Errorf("%q: %+v, %v", c.in, r, ok)
		}
	}
}

func TestWords(t *testing.T) {
	word, rest := CutWord([]byte("  user \t bob smith "))
	if string(word) != "user" || string(rest) != "bob smith" {
		t.Errorf("%q, %q", word, rest)
	}
	if word, rest := CutWord(nil); len(word) != 0 || len(rest) != 0 {
		t.Errorf("%q, %q", word, rest)
	}
	if !Is([]byte("user"), "USER") || Is([]byte("users"), "USER") || !Contains([]byte("Your Password:"), "PASSWORD") {
		t.Error("case matters")
	}
}

func TestTruncation(t *testing.T) {
	b := []byte("230-Welcome\r\n")
	for i := range b {
		if _, n, err := Decode(b[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("220-ready\r\n"))
	f.Add([]byte("USER bob\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		line, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) || len(line) >= n {
			t.Fatalf("took %d of %d bytes, line of %d", n, len(b), len(line))
		}
		if again, n2, err := Decode(b[:n]); err != nil || n2 != n || !bytes.Equal(again, line) {
			t.Fatalf("decoding what was consumed gives %q, %d, %v", again, n2, err)
		}
		ParseReply(line)
		if word, rest := CutWord(line); len(word)+len(rest) > len(line) {
			t.Fatalf("%q and %q out of %q", word, rest, line)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := []byte("230-Welcome to the drive\r\n")
	b.ReportAllocs()
	for b.Loop() {
		line, _, _ := Decode(msg)
		if _, ok := ParseReply(line); !ok {
			b.Fatal("no reply")
		}
	}
}
