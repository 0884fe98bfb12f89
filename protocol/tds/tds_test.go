package tds

import (
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

func utf16(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

func text(b []byte) string { return winstr.Text{Raw: b, Wide: true}.String() }

func packet(t Type, body ...byte) []byte {
	b := []byte{byte(t), 1, 0, 0, 0, 51, 1, 0}
	b = append(b, body...)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

func login(fields map[int]string) []byte {
	b := make([]byte, loginFixed)
	binary.LittleEndian.PutUint32(b[4:], 0x74000004)
	for _, at := range []int{36, 40, 44, 48, 52, 60, 68} {
		if s := fields[at]; s != "" {
			binary.LittleEndian.PutUint16(b[at:], uint16(len(b)))
			binary.LittleEndian.PutUint16(b[at+2:], uint16(len(s)))
			b = append(b, utf16(s)...)
		}
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return b
}

func token(k TokenKind, body ...[]byte) []byte {
	b := []byte{byte(k), 0, 0}
	for _, p := range body {
		b = append(b, p...)
	}
	binary.LittleEndian.PutUint16(b[1:], uint16(len(b)-3))
	return b
}

var (
	greeting = packet(Prelogin, 0, 0, 16, 0, 6, 1, 0, 22, 0, 1, 2, 0, 23, 0, 5, 0xff,
		15, 0, 0x07, 0xd0, 0, 0, 2, 'P', 'L', 'T', '1', 0)
	signIn = packet(Login7, login(map[int]string{36: "EWS7", 40: "sa", 44: "xxxx", 48: "WinCC", 52: "SCADA1", 60: "ODBC", 68: "Runtime"})...)
	answer = packet(Result, append(append(
		token(TokenInfo, []byte{0x45, 0x16, 0, 0, 2, 0, 2, 0}, utf16("ok"), []byte{6}, utf16("SCADA1"), []byte{0}, []byte{1, 0, 0, 0}),
		token(TokenLoginAck, []byte{1, 0x74, 0, 0, 4, 3}, utf16("SQL"), []byte{15, 0, 0x07, 0xd0})...), 0xfd, 0, 0, 0)...)
	batch = packet(SQLBatch, append([]byte{22, 0, 0, 0, 18, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}, utf16("select 1")...)...)
	call  = packet(RPC, append([]byte{7, 0}, utf16("sp_help")...)...)
	whole = [][]byte{greeting, signIn, answer, batch, call}
)

func TestGreeting(t *testing.T) {
	p, n, err := Decode(greeting)
	if err != nil || n != len(greeting) || p.Type != Prelogin || !p.Last || p.Process != 51 {
		t.Fatalf("got %+v, %d, %v", p, n, err)
	}
	g, ok := ReadGreeting(p.Body)
	if !ok || g.Major != 15 || g.Minor != 0 || g.Build != 2000 || g.Encryption != EncryptUnsupported || string(g.Instance) != "PLT1" {
		t.Errorf("got %+v", g)
	}
}

func TestLogin(t *testing.T) {
	p, _, _ := Decode(signIn)
	l, ok := ReadLogin(p.Body)
	got := [...]string{text(l.Host), text(l.User), text(l.App), text(l.Server), text(l.Library), text(l.Database)}
	if want := [...]string{"EWS7", "sa", "WinCC", "SCADA1", "ODBC", "Runtime"}; !ok || got != want || !l.Password || l.Integrated || l.Version != 0x74000004 {
		t.Errorf("got %q, %+v", got, l)
	}
	old := make([]byte, 70)
	copy(old, "EWS7")
	copy(old[31:], "sa")
	old[30], old[61] = 4, 2
	if host, user, ok := ReadOldLogin(old); !ok || string(host) != "EWS7" || string(user) != "sa" {
		t.Errorf("old login: got %q, %q", host, user)
	}
}

func TestTokens(t *testing.T) {
	p, _, _ := Decode(answer)
	tokens := ReadTokens(p.Body)
	one, _ := tokens.Next()
	n, ok := one.Notice()
	if !ok || n.Number != 5701 || text(n.Server) != "SCADA1" {
		t.Errorf("notice: got %+v", n)
	}
	two, _ := tokens.Next()
	a, ok := two.LoginAck()
	if !ok || text(a.Program) != "SQL" || a.Major != 15 || a.Build != 2000 {
		t.Errorf("acknowledgement: got %+v", a)
	}
	if three, ok := tokens.Next(); !ok || three.Kind != TokenDone {
		t.Errorf("got %+v", three)
	}
	if _, more := tokens.Next(); more {
		t.Error("the tokens have no end")
	}
}

func TestCalls(t *testing.T) {
	p, _, _ := Decode(batch)
	if got := text(Text(p.Body)); got != "select 1" {
		t.Errorf("batch: got %q", got)
	}
	p, _, _ = Decode(call)
	if name, _, ok := Procedure(p.Body); !ok || text(name) != "sp_help" {
		t.Errorf("call: got %q", name)
	}
	if _, id, ok := Procedure([]byte{0xff, 0xff, 10, 0}); !ok || id != 10 {
		t.Errorf("call by number: got %d", id)
	}
}

func TestBrowser(t *testing.T) {
	s := "ServerName;SCADA1;InstanceName;WINCC;IsClustered;No;Version;12.0.2000.8;tcp;1433;;ServerName;SCADA1;InstanceName;HIST;IsClustered;No;Version;9.00;;"
	b := append([]byte{5, byte(len(s)), byte(len(s) >> 8)}, s...)
	r, n, err := DecodeBrowser(b)
	if err != nil || n != len(b) || r.Request {
		t.Fatalf("got %+v, %d, %v", r, n, err)
	}
	i, ok := r.Next()
	if !ok || string(i.Server) != "SCADA1" || string(i.Name) != "WINCC" || string(i.Version) != "12.0.2000.8" || string(i.Port) != "1433" {
		t.Errorf("got %+v", i)
	}
	if i, ok = r.Next(); !ok || string(i.Name) != "HIST" || i.Port != nil {
		t.Errorf("got %+v", i)
	}
	if _, ok = r.Next(); ok {
		t.Error("a third instance")
	}
	for i := range b {
		if _, n, err := DecodeBrowser(b[:i]); n != 0 || !errors.Is(err, ErrShort) {
			t.Errorf("%d bytes: got %d, %v", i, n, err)
		}
	}
	if _, _, err := DecodeBrowser([]byte("\x05\x10\x00HTTP/1.1 200 OK.")); !errors.Is(err, ErrProtocol) {
		t.Errorf("another answer: got %v", err)
	}
}

func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want error
	}{
		{"unknown type", []byte{0x16, 3, 1, 0, 0, 0, 0, 0}, ErrProtocol},
		{"unknown status", []byte{1, 0x80, 0, 8, 0, 0, 0, 0}, ErrProtocol},
		{"shorter than its header", []byte{1, 1, 0, 7, 0, 0, 0, 0}, ErrProtocol},
		{"window is not zero", []byte{1, 1, 0, 8, 0, 0, 0, 1}, ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range whole {
		for i := range b {
			if _, n, err := Decode(b[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
			walk(t, b[min(i, HeaderLen):i])
		}
	}
}

// walk reads a body as everything it may be.
func walk(t *testing.T, b []byte) {
	g, _ := ReadGreeting(b)
	l, _ := ReadLogin(b)
	host, user, _ := ReadOldLogin(b)
	name, _, _ := Procedure(b)
	inside(t, b, g.Instance, l.Host, l.User, l.App, l.Server, l.Library, l.Database, l.Token, host, user, name, Text(b))
	tokens := ReadTokens(b)
	for left := len(b); ; left-- {
		x, ok := tokens.Next()
		if !ok {
			return
		}
		a, _ := x.LoginAck()
		n, _ := x.Notice()
		inside(t, b, x.Body, a.Program, n.Server)
		if left < 0 {
			t.Fatal("the tokens have no end")
		}
	}
}

func inside(t *testing.T, outer []byte, inner ...[]byte) {
	o := uintptr(unsafe.Pointer(unsafe.SliceData(outer)))
	for _, s := range inner {
		i := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
		if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(len(outer))) {
			t.Fatalf("%q lies outside the packet", s)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range whole {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Decode(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		walk(t, p.Body)
	})
}

func FuzzDecodeBrowser(f *testing.F) {
	f.Add([]byte("\x05\x11\x00ServerName;A;tcp;"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, n, err := DecodeBrowser(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		for range len(b) + 1 {
			i, ok := r.Next()
			if !ok {
				return
			}
			inside(t, b, i.Server, i.Name, i.Version, i.Port)
		}
		t.Fatal("the instances have no end")
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		p, _, err := Decode(signIn)
		if _, ok := ReadLogin(p.Body); !ok || err != nil {
			b.Fatal(err)
		}
	}
}
