package http

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

const (
	get = "GET /index.html HTTP/1.1\r\nHost: plc1\r\nUser-Agent:  curl/8.5.0 \r\n" +
		"Authorization: Basic YWRtaW46c2VjcmV0\r\n\r\n"
	ok200 = "HTTP/1.1 200 OK\r\nServer: GoAhead-Webs\r\nContent-Length: 12\r\n\r\nHello world!"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, in       string
		method, target string
		status         int
		field, value   string
	}{
		{"request", get, "GET", "/index.html", 0, "USER-AGENT", "curl/8.5.0"},
		{"response", ok200, "", "", 200, "SERVER", "GoAhead-Webs"},
		{"LF alone", "HTTP/1.0 404 Not Found\nServer: x\n\n", "", "", 404, "SERVER", "x"},
		{"no reason", "HTTP/1.1 200\r\nServer: x\r\n\r\n", "", "", 200, "SERVER", "x"},
		{"target with spaces", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/a b", 0, "HOST", "x"},
		{"search of SSDP", "M-SEARCH * HTTP/1.1\r\nST:ssdp:all\r\n\r\n", "M-SEARCH", "*", 0, "ST", "ssdp:all"},
		{"folded line", "GET / HTTP/1.1\r\nA: b\r\n c: d\r\nHost: x\r\n\r\n", "GET", "/", 0, "HOST", "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, n, err := Decode([]byte(c.in))
			if err != nil || n != strings.LastIndex(c.in, "\n\n")+2 && !strings.HasSuffix(c.in[:n], "\r\n\r\n") {
				t.Fatalf("Decode = %d, %v", n, err)
			}
			if string(h.Method) != c.method || string(h.Target) != c.target || h.Status != c.status {
				t.Errorf("%q %q %d", h.Method, h.Target, h.Status)
			}
			if got := h.Field(c.field); string(got) != c.value {
				t.Errorf("%s = %q", c.field, got)
			}
		})
	}
}

func TestDecodeWhole(t *testing.T) {
	for _, c := range []struct {
		name, in, st string
		err          error
	}{
		{"whole", "M-SEARCH * HTTP/1.1\r\nST: a\r\n\r\n", "a", nil},
		{"no empty line", "M-SEARCH * HTTP/1.1\r\nST: a\r\n", "a", nil},
		{"no fields", "M-SEARCH * HTTP/1.1\r\n", "", nil},
		{"no end of the first line", "M-SEARCH * HTTP/1.1", "", ErrShort},
		{"binary", "\x00\x01\r\n", "", ErrFormat},
	} {
		h, n, err := DecodeWhole([]byte(c.in))
		if string(h.Field("ST")) != c.st || !errors.Is(err, c.err) || err == nil && n != len(c.in) {
			t.Errorf("%s: %q, %d, %v", c.name, h.Field("ST"), n, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"TLS", "\x16\x03\x01\x02\x00\x01", ErrFormat},
		{"an SSH banner", "SSH-2.0-x\r\n", ErrFormat},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ErrFormat},
		{"RTSP", "OPTIONS * RTSP/1.0\r\n\r\n", ErrFormat},
		{"lower case", "get / HTTP/1.1\r\n\r\n", ErrFormat},
		{"status of two digits", "HTTP/1.1 20 OK\r\n\r\n", ErrFormat},
		{"a long word", strings.Repeat("A", 40), ErrFormat},
		{"nothing", "", ErrShort},
		{"start of a version", "HTTP", ErrShort},
		{"start of a request", "GET /index", ErrShort},
		{"head without end", "GET / HTTP/1.1\r\nHost: x\r\n", ErrShort},
		{"endless head", "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", MaxHead), ErrFormat},
	} {
		if _, _, err := Decode([]byte(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestBody(t *testing.T) {
	for _, c := range []struct {
		name, head, method string
		want               Framing
		length             int64
	}{
		{"counted", ok200, "GET", Counted, 12},
		{"answer to HEAD", ok200, "HEAD", NoBody, 0},
		{"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "GET", NoBody, 0},
		{"chunked wins", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n", "GET", Chunked, 0},
		{"until the end", "HTTP/1.0 200 OK\r\n\r\n", "GET", UntilClose, 0},
		{"request without", "POST / HTTP/1.1\r\n\r\n", "", NoBody, 0},
		{"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: 9x\r\n\r\n", "GET", UntilClose, 0},
		{"an enormous length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "GET", UntilClose, 0},
	} {
		h, _, err := Decode([]byte(c.head))
		if err != nil {
			t.Fatal(c.name, err)
		}
		if f, n := h.Body([]byte(c.method)); f != c.want || n != c.length {
			t.Errorf("%s: %d, %d", c.name, f, n)
		}
	}
}

func TestTunnels(t *testing.T) {
	h, _, _ := Decode([]byte("HTTP/1.1 200 Connection established\r\n\r\n"))
	if !h.Tunnels([]byte("CONNECT")) || h.Tunnels([]byte("GET")) {
		t.Error("only an answer to CONNECT tunnels")
	}
}

func TestDecodeChunk(t *testing.T) {
	for _, c := range []struct {
		in   string
		size int64
		n    int
		err  error
	}{
		{"1aF\r\n", 0x1af, 5, nil},
		{"0\r\n\r\n", 0, 3, nil},
		{"5;name=value\r\n", 5, 14, nil},
		{"5", 0, 0, ErrShort},
		{"", 0, 0, ErrShort},
		{"x\r\n", 0, 0, ErrFormat},
		{"fffffffffff\r\n", 0, 0, ErrFormat},
		{strings.Repeat("1", 1024), 0, 0, ErrFormat},
	} {
		if size, n, err := DecodeChunk([]byte(c.in)); size != c.size || n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%.20q: %d, %d, %v", c.in, size, n, err)
		}
	}
}

func TestCredentials(t *testing.T) {
	var buf [96]byte
	user, ok := BasicUser([]byte("Basic YWRtaW46c2VjcmV0"), buf[:])
	if !ok || string(user) != "admin" || bytes.Contains(buf[:], []byte("secret")) {
		t.Errorf("user %q, %v; the password must not stay behind", user, ok)
	}
	if _, ok := BasicUser([]byte("Bearer YWRtaW4"), buf[:]); ok {
		t.Error("a bearer token has no user")
	}
	if got := Parameter([]byte(`Digest qop="auth", realm="S7-1200, web", nonce=1`), "REALM"); string(got) != "S7-1200, web" {
		t.Errorf("realm %q", got)
	}
	if got := Parameter([]byte(`Digest nonce=12,a=b`), "NONCE"); string(got) != "12" {
		t.Errorf("nonce %q", got)
	}
}

func TestTitle(t *testing.T) {
	for in, want := range map[string]string{
		"<html><head><title> WAGO 750 </title>": "WAGO 750",
		"<TITLE lang=en>x</TITLE>":              "x",
		"<title>cut":                            "",
		"<title>a<b></title>":                   "",
		"<p>no title</p>":                       "",
		"":                                      "",
	} {
		if got := Title([]byte(in)); string(got) != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestTruncation(t *testing.T) {
	for _, s := range []string{get, ok200[:strings.Index(ok200, "Hello")]} {
		for i := 1; i < len(s); i++ {
			if _, n, err := Decode([]byte(s[:i])); !errors.Is(err, ErrShort) || n != 0 {
				t.Fatalf("prefix %q: %d, %v", s[:i], n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(get))
	f.Add([]byte(ok200))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, _ = DecodeChunk(b)
		Title(b)
		h, n, err := Decode(b)
		if err != nil {
			return
		}
		if n > len(b) {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.Status != h.Status || !bytes.Equal(again.fields, h.fields) {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
		if _, length := h.Body(nil); length < 0 {
			t.Fatalf("body of %d bytes", length)
		}
		var buf [96]byte
		fields := h.Fields()
		for name, value, ok := fields.Next(); ok; name, value, ok = fields.Next() {
			if len(name)+len(value) > n {
				t.Fatal("field longer than its head")
			}
			BasicUser(value, buf[:])
			Parameter(value, "REALM")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := []byte(ok200)
	b.ReportAllocs()
	for b.Loop() {
		h, _, err := Decode(msg)
		if err != nil {
			b.Fatal(err)
		}
		h.Body(nil)
	}
}
