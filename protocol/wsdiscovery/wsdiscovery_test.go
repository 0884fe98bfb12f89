package wsdiscovery

import (
	"errors"
	"testing"
)

const hello = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">
<soap:Header><wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</wsa:Action></soap:Header>
<soap:Body><wsd:Hello><wsa:EndpointReference><wsa:Address>urn:uuid:1-2-3</wsa:Address></wsa:EndpointReference>
<wsd:Types>dn:NetworkVideoTransmitter</wsd:Types><wsd:Scopes a="b"> onvif://www.onvif.org/name/Cam%207
 onvif://www.onvif.org/hardware/X1 </wsd:Scopes><wsd:XAddrs>http://10.0.0.9/onvif</wsd:XAddrs></wsd:Hello></soap:Body></soap:Envelope>`

func TestDecode(t *testing.T) {
	m, n, err := Decode([]byte(hello))
	if err != nil || n != len(hello) || string(m.Action) != "Hello" || string(m.Address) != "urn:uuid:1-2-3" ||
		string(m.Types) != "dn:NetworkVideoTransmitter" || string(m.XAddrs) != "http://10.0.0.9/onvif" {
		t.Fatalf("%q, %d, %v", m, n, err)
	}
	first, rest := CutWord(m.Scopes)
	second, rest := CutWord(rest)
	if string(first) != "onvif://www.onvif.org/name/Cam%207" || string(second) != "onvif://www.onvif.org/hardware/X1" || len(rest) != 0 {
		t.Errorf("scopes %q, %q, %q", first, second, rest)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"":              ErrShort,
		"<?xml version": ErrShort,
		"GET / HTTP":    ErrFormat,
		"<a:Envelope><Action>http://example.org/other</Action></a:Envelope>":               ErrFormat,
		"<root><item>one</item><item>two</item><item>three</item><item>four</item></root>": ErrFormat,
	} {
		if _, _, err := Decode([]byte(in)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestTruncation(t *testing.T) {
	for i := range hello[:len(hello)-1] {
		if _, n, err := Decode([]byte(hello[:i])); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(hello))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		if err != nil {
			return
		}
		if len(m.Action)+len(m.Types)+len(m.Scopes)+len(m.XAddrs) > len(b) {
			t.Fatal("fields longer than their message")
		}
		if again, n2, err := Decode(b[:n]); err != nil || n2 != n || string(again.Action) != string(m.Action) {
			t.Fatalf("decoding what was consumed gives %q, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := []byte(hello)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(msg); err != nil {
			b.Fatal(err)
		}
	}
}
