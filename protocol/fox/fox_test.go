package fox

import (
	"errors"
	"testing"
)

const (
	hello = "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\nhostName=s:jace1\nsysInfo=o:bog 8[<a}\n};;>]\n};;\n"
	nonce = "fox a 2 1 fox challenge\n{\nmethod=s:digest-md5\nnonce=b:4[\n}\x00=]\n};;\n"
	empty = "fox a 3 -1 fox keepAlive\n{\n};;\n"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, in, command string
		sequence, reply   int
		fields            []string
	}{
		{"hello with an object", hello, "hello", 1, -1, []string{"fox.version=1.0", "id=1", "hostName=jace1", "sysInfo=<a}\n};;>"}},
		{"challenge with bytes", nonce, "challenge", 2, 1, []string{"method=digest-md5", "nonce=\n}\x00="}},
		{"no fields", empty, "keepAlive", 3, -1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, n, err := Decode([]byte(tt.in + "fox a"))
			if err != nil || n != len(tt.in) {
				t.Fatalf("Decode = %d of %d, %v", n, len(tt.in), err)
			}
			if string(f.Command) != tt.command || f.Sequence != tt.sequence || f.Reply != tt.reply || string(f.Channel) != "fox" || f.Type != 'a' {
				t.Errorf("Decode = %+v", f)
			}
			rest := f.Fields
			for _, want := range tt.fields {
				var field Field
				if field, rest, err = Next(rest); err != nil || string(field.Key)+"="+string(field.Value) != want {
					t.Errorf("Next = %q=%q, %v, want %s", field.Key, field.Value, err, want)
				}
			}
			if _, _, err := Next(rest); !errors.Is(err, ErrShort) {
				t.Errorf("Next at the end: %v", err)
			}
		})
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"another word", "foxy", ErrHeader},
		{"no sequence", "fox a x -1 fox hello\n", ErrHeader},
		{"no command", "fox a 1 -1 fox\n", ErrHeader},
		{"no brace", "fox a 1 -1 fox hello\nkey=s:v\n", ErrField},
		{"line without equals sign", "fox a 1 -1 fox hello\n{\nkey\n", ErrField},
		{"object without a length", "fox a 1 -1 fox hello\n{\na=o:bog x[]\n", ErrField},
		{"bracket not closed", "fox a 1 -1 fox hello\n{\na=b:1[xyz\n", ErrField},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode([]byte(tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{hello, nonce, empty} {
		for i := range s {
			if _, n, err := Decode([]byte(s[:i])); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%q) = %d, %v", s[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{hello, nonce, empty} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("took %d with %v", n, err)
			}
			return
		}
		if n > len(b) || len(frame.Fields) >= n {
			t.Fatalf("took %d of %d, fields %d", n, len(b), len(frame.Fields))
		}
		for rest := frame.Fields; len(rest) > 0; {
			field, next, err := Next(rest)
			if err != nil {
				t.Fatalf("a decoded list does not read: %v", err)
			}
			if len(next) >= len(rest) || len(field.Value) > len(rest) {
				t.Fatal("Next does not advance")
			}
			rest = next
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := []byte(hello)
	b.ReportAllocs()
	for b.Loop() {
		if f, _, err := Decode(in); err != nil || len(f.Fields) == 0 {
			b.Fatal(err)
		}
	}
}
