package tls

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// u16s is a list of numbers in hexadecimal text, as wire bytes.
func u16s(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ",", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func with16(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

func extension(kind uint16, data []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, kind), with16(data)...)
}

// clientHello is a handshake message with those offers.
func clientHello(ciphers []byte, extensions ...[]byte) []byte {
	b := append([]byte{3, 3}, make([]byte, 32)...)
	b = append(b, 0)
	b = append(b, with16(ciphers)...)
	b = append(b, 1, 0)
	if ext := bytes.Join(extensions, nil); len(ext) > 0 {
		b = append(b, with16(ext)...)
	}
	return append([]byte{byte(TypeClientHello), 0, byte(len(b) >> 8), byte(len(b))}, b...)
}

func record(content Content, body []byte) []byte {
	return append([]byte{byte(content), 3, 1}, with16(body)...)
}

// browser is a hello as a browser of 2023 sends it, with GREASE.
func browser() []byte {
	var exts [][]byte
	for _, e := range []string{
		"0a0a", "001b", "0012", "0033", "4469", "0017", "002d", "000a", "000b", "0005", "0023", "ff01", "0015",
	} {
		exts = append(exts, extension(binary.BigEndian.Uint16(u16s(e)), nil))
	}
	exts = append(exts,
		extension(ExtServerName, append([]byte{0, 8, 0, 0, 5}, "plc-1"...)),
		extension(ExtALPN, append([]byte{0, 3, 2}, "h2"...)),
		extension(ExtSupportedVersions, append([]byte{6}, u16s("1a1a,0304,0303")...)),
		extension(ExtSignatureAlgorithms, with16(u16s("0403,0804,0401,0503,0805,0501,0806,0601"))))
	return clientHello(u16s("fafa,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"), exts...)
}

func TestClientHello(t *testing.T) {
	m, n, err := DecodeMessage(browser())
	if err != nil || n != len(browser()) || m.Type != TypeClientHello {
		t.Fatal(m.Type, n, err)
	}
	h, err := DecodeClientHello(m.Body)
	if err != nil || string(h.ServerName()) != "plc-1" || string(h.Protocol()) != "h2" || h.Offered() != 0x0304 {
		t.Fatalf("%q %q %#x, %v", h.ServerName(), h.Protocol(), h.Offered(), err)
	}
	// The fingerprint that the JA4 specification gives for these lists.
	if got := h.JA4(); string(got[:]) != "t13d1516h2_8daaf6152771_e5627efa2ab1" {
		t.Errorf("JA4 = %s", got)
	}
	for i := range m.Body {
		if h, err := DecodeClientHello(m.Body[:i]); err == nil {
			h.JA4()
		}
	}
}

func TestJA4OfSmallHellos(t *testing.T) {
	for _, c := range []struct {
		name, want string
		hello      []byte
	}{
		{"no extensions", "t12i010000_", clientHello(u16s("002f"))},
		{"a protocol that is not text", "t12i0101a1_", clientHello(u16s("002f"), extension(ExtALPN, []byte{0, 3, 2, 0xab, 0xc1}))},
		{"GREASE only", "t12i000000_000000000000_000000000000", clientHello(u16s("0a0a"))},
	} {
		m, _, _ := DecodeMessage(c.hello)
		h, err := DecodeClientHello(m.Body)
		if got := h.JA4(); err != nil || !strings.HasPrefix(string(got[:]), c.want) {
			t.Errorf("%s: %s, %v", c.name, got, err)
		}
	}
}

func TestServerHello(t *testing.T) {
	b := append([]byte{3, 3}, make([]byte, 32)...)
	b = append(b, 0, 0x13, 0x01, 0)
	old, err := DecodeServerHello(b)
	if err != nil || old.Cipher != 0x1301 || old.Chosen() != 0x0303 {
		t.Errorf("without extensions: %+v, %v", old, err)
	}
	b = append(b, with16(extension(ExtSupportedVersions, []byte{3, 4}))...)
	h, err := DecodeServerHello(b)
	if err != nil || h.Chosen() != 0x0304 {
		t.Errorf("version %#x, %v", h.Chosen(), err)
	}
}

func TestDecodeHeader(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want Header
		err  error
	}{
		{"handshake", []byte{22, 3, 1, 0, 5}, Header{HandshakeRecord, 0x0301, 5}, nil},
		{"empty application data", []byte{23, 3, 3, 0, 0}, Header{ApplicationData, 0x0303, 0}, nil},
		{"half a header", []byte{22, 3}, Header{}, ErrShort},
		{"nothing", nil, Header{}, ErrShort},
		{"another content", []byte{80, 3, 1, 0, 5}, Header{80, 0x0301, 5}, ErrFormat},
		{"another protocol", []byte("GET /"), Header{'G', 'E'<<8 | 'T', ' '<<8 | '/'}, ErrFormat},
		{"a length above the limit", []byte{23, 3, 3, 0xff, 0}, Header{ApplicationData, 0x0303, 0xff00}, ErrFormat},
		{"a long change of ciphers", []byte{20, 3, 3, 0, 2}, Header{ChangeCipherSpec, 0x0303, 2}, ErrFormat},
	} {
		if h, err := DecodeHeader(c.b); h != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", c.name, h, err)
		}
	}
}

func TestCertificates(t *testing.T) {
	body := []byte{0, 0, 9, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0}
	der, rest, ok := CutCertificate(Certificates(body))
	if !ok || string(der) != "abc" {
		t.Fatalf("%q, %v", der, ok)
	}
	if _, _, ok := CutCertificate(rest); ok {
		t.Error("an empty certificate is none")
	}
	for i := range body {
		CutCertificate(Certificates(body[:i]))
	}
}

func TestTruncation(t *testing.T) {
	b := browser()
	for i := range b {
		if _, n, err := DecodeMessage(b[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(record(HandshakeRecord, browser()))
	f.Add(record(HandshakeRecord, clientHello(u16s("002f"))))
	f.Add(record(AlertRecord, []byte{2, 40}))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := DecodeHeader(b)
		if err != nil {
			return
		}
		if h.Length < 0 || h.Length > maxRecord {
			t.Fatalf("body of %d bytes", h.Length)
		}
		m, n, err := DecodeMessage(b[HeaderSize:])
		if err != nil {
			return
		}
		if n > len(b)-HeaderSize || len(m.Body) != n-4 {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		if hello, err := DecodeClientHello(m.Body); err == nil {
			ja4 := hello.JA4()
			if ja4[10] != '_' || ja4[23] != '_' || hello.JA4() != ja4 {
				t.Fatalf("fingerprint %s", ja4)
			}
		}
		if hello, err := DecodeServerHello(m.Body); err == nil {
			hello.Chosen()
		}
		der, rest, ok := CutCertificate(Certificates(m.Body))
		if ok && len(der)+len(rest)+6 > len(m.Body) {
			t.Fatal("certificates longer than their message")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := browser()
	b.ReportAllocs()
	for b.Loop() {
		m, _, _ := DecodeMessage(msg)
		h, err := DecodeClientHello(m.Body)
		if err != nil {
			b.Fatal(err)
		}
		if ja4 := h.JA4(); ja4[0] != 't' {
			b.Fatal(ja4)
		}
	}
}
