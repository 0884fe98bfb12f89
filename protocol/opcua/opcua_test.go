package opcua

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// Parts of messages, little endian.
func u16(n uint16) []byte { return binary.LittleEndian.AppendUint16(nil, n) }
func u32(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }
func str(s string) []byte { return append(u32(uint32(len(s))), s...) }

var null = u32(0xffffffff)

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

// node is a four-byte node id of namespace 0.
func node(id uint16) []byte { return append([]byte{1, 0}, u16(id)...) }

// transport is a transport message.
func transport(kind string, last byte, body ...[]byte) []byte {
	b := cat(body...)
	return cat([]byte(kind), []byte{last}, u32(uint32(HeaderSize+len(b))), b)
}

var (
	requestHeader  = cat([]byte{0, 0}, make([]byte, 8), u32(7), u32(0), str("operator"), u32(1000), []byte{0, 0, 0})
	responseHeader = cat(make([]byte, 8), u32(7), u32(0), []byte{0}, null, []byte{0, 0, 0})
)

func request(id uint16, body ...[]byte) []byte {
	return cat(node(id), requestHeader, cat(body...))
}

func response(id uint16, body ...[]byte) []byte {
	return cat(node(id), responseHeader, cat(body...))
}

// msg puts a service message on channel 5, request 3.
func msg(last byte, service []byte) []byte {
	return transport("MSG", last, u32(5), u32(1), u32(50), u32(3), service)
}

func application(uri string) []byte {
	return cat(str(uri), str("urn:product"), []byte{2}, str("Line 1"), u32(0), null, null, u32(1), str("opc.tcp://a:4840"))
}

func endpoint() []byte {
	return cat(str("opc.tcp://a:4840"), application("urn:a"), null, u32(ModeNone), str(policyPrefix+"None"),
		u32(2), str("0"), u32(0), null, null, null, str("1"), u32(1), null, null, null, null, []byte{0})
}

func messages() map[string][]byte {
	return map[string][]byte{
		"hello":       transport("HEL", 'F', u32(0), u32(65535), u32(65535), u32(0), u32(0), str("opc.tcp://plc:4840")),
		"acknowledge": transport("ACK", 'F', u32(0), u32(65535), u32(65535), u32(0), u32(0)),
		"error":       transport("ERR", 'F', u32(0x80020000), str("no")),
		"reverse":     transport("RHE", 'F', str("urn:a"), str("opc.tcp://a:4840")),
		"open":        transport("OPN", 'F', u32(0), str(policyPrefix+"None"), null, null, u32(1), u32(1), request(446, u32(0), u32(0), u32(ModeNone), null, u32(3600000))),
		"close":       transport("CLO", 'F', u32(5), u32(1), u32(51), u32(4), request(452)),
		"read":        msg('F', request(631, make([]byte, 8), u32(2), u32(1), node(2261), u32(13), null, u16(0), null)),
		"chunk":       msg('C', []byte{1, 2, 3}),
		"abort":       msg('A', u32(0)),
	}
}

func TestDecode(t *testing.T) {
	for name, b := range messages() {
		c, n, err := Decode(append(slices.Clone(b), 'M'))
		if err != nil || n != len(b) || len(c.Body) != n-HeaderSize || c.Cut {
			t.Errorf("%s: %+v, %d, %v", name, c, n, err)
		}
	}
	for name, b := range map[string][]byte{
		"another word":          []byte("GET / HTTP/1.1\r\n"),
		"a chunk of a greeting": transport("HEL", 'C', make([]byte, 24)),
		"no chunk type":         transport("MSG", 'X', make([]byte, 24)),
		"shorter than any":      transport("MSG", 'F', u32(1)),
		"longer than any":       cat([]byte("MSGF"), u32(0xffffffff), make([]byte, 16)),
	} {
		if _, _, err := Decode(b); !errors.Is(err, ErrHeader) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecodeLargeChunk(t *testing.T) {
	b := cat([]byte("MSGF"), u32(MaxChunk+100), make([]byte, 50))
	c, n, err := Decode(b)
	if err != nil || n != MaxChunk+100 || !c.Cut || len(c.Body) != 50 {
		t.Errorf("%d bytes of %d, cut %v, %v", len(c.Body), n, c.Cut, err)
	}
}

func TestGreeting(t *testing.T) {
	c, _, _ := Decode(messages()["hello"])
	if g, err := DecodeGreeting(c); err != nil || string(g.Endpoint) != "opc.tcp://plc:4840" || g.Receive != 65535 {
		t.Errorf("%+v, %v", g, err)
	}
	c, _, _ = Decode(messages()["reverse"])
	if g, err := DecodeGreeting(c); err != nil || string(g.Server) != "urn:a" {
		t.Errorf("%+v, %v", g, err)
	}
}

func TestChannel(t *testing.T) {
	c, _, _ := Decode(messages()["open"])
	ch, err := DecodeChannel(c)
	if err != nil || string(PolicyName(ch.Policy)) != "None" || ch.Request != 1 {
		t.Fatalf("%+v, %v", ch, err)
	}
	m, err := DecodeMessage(ch.Body)
	if err != nil || m.Service != OpenChannelRequest || m.Response || string(m.Audit) != "operator" || m.Handle != 7 {
		t.Fatalf("%+v, %v", m, err)
	}
	if mode, err := DecodeOpenRequest(m.Body); err != nil || mode != ModeNone {
		t.Errorf("mode %d, %v", mode, err)
	}
	if PolicyName([]byte("http://example.com/policy")) != nil {
		t.Error("a foreign policy has a name")
	}
}

func TestDecodeMessageRefusesNoise(t *testing.T) {
	for name, b := range map[string][]byte{
		"encrypted":         {0x5f, 0x8a, 0x11, 0x00, 0x9c, 0x3b, 0x77, 0x01},
		"a data type":       node(628),
		"another namespace": {1, 2, 0x77, 0x02},
	} {
		if _, err := DecodeMessage(b); !errors.Is(err, ErrService) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestServiceNumbers(t *testing.T) {
	for _, c := range []struct {
		id, request uint32
		response    bool
	}{{631, 631, false}, {634, 631, true}, {826, 826, false}, {829, 826, true}, {12211, 12211, false}, {12212, 12211, true}, {397, 0, true}} {
		if !IsService(c.id) || IsResponse(c.id) != c.response || RequestOf(c.id) != c.request {
			t.Errorf("%d: request %d, response %v", c.id, RequestOf(c.id), IsResponse(c.id))
		}
	}
	for _, id := range []uint32{0, 85, 321, 435, 628, 637, 745, 12210} {
		if IsService(id) {
			t.Errorf("%d is no service", id)
		}
	}
}

func TestSession(t *testing.T) {
	body := cat(application("urn:client"), null, str("opc.tcp://a:4840"), str("session"), null, str("DER"), make([]byte, 12))
	s, err := DecodeCreateSession(body)
	if err != nil || string(s.Client.URI) != "urn:client" || string(s.Client.Name) != "Line 1" || string(s.Client.URL) != "opc.tcp://a:4840" || string(s.Certificate) != "DER" {
		t.Errorf("%+v, %v", s, err)
	}
	created := cat(node(1), node(2), make([]byte, 8), null, str("CERT"), u32(1), endpoint())
	certificate, r := CreatedSession(created)
	if string(certificate) != "CERT" || r.Count() != 1 {
		t.Fatalf("certificate %q", certificate)
	}
	e := r.Endpoint()
	if r.Err() != nil || string(e.Server.URI) != "urn:a" || e.Mode != ModeNone || e.Tokens != TokenAnonymous|TokenUserName {
		t.Errorf("%+v, %v", e, r.Err())
	}
	registered := cat(str("urn:s"), str("urn:p"), u32(1), []byte{2}, str("S"), u32(0), null, u32(1), str("opc.tcp://s"), null, []byte{1})
	if s, err := DecodeRegistered(registered); err != nil || string(s.URI) != "urn:s" || string(s.URL) != "opc.tcp://s" || string(s.Name) != "S" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestActivateSession(t *testing.T) {
	activate := func(id uint16, token ...[]byte) []byte {
		inner := cat(token...)
		return cat(null, null, null, u32(1), str("en"), node(id), []byte{1}, str(string(inner)), null, null)
	}
	for _, c := range []struct {
		name string
		body []byte
		want Token
	}{
		{"anonymous", activate(anonymousToken, str("0")), Token{Kind: TokenAnonymous}},
		{"password in clear", activate(userNameToken, str("1"), str("admin"), str("x"), null), Token{Kind: TokenUserName, User: []byte("admin"), Clear: true}},
		{"password encrypted", activate(userNameToken, str("1"), str("admin"), str("x"), str("rsa-oaep")), Token{Kind: TokenUserName, User: []byte("admin")}},
		{"certificate", activate(certificateToken, str("2"), str("DER")), Token{Kind: TokenCertificate, Certificate: []byte("DER")}},
		{"issued", activate(issuedToken, str("3")), Token{Kind: TokenIssued}},
	} {
		got, err := DecodeActivateSession(c.body)
		if err != nil || got.Kind != c.want.Kind || !bytes.Equal(got.User, c.want.User) || got.Clear != c.want.Clear || !bytes.Equal(got.Certificate, c.want.Certificate) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestReadAndWrite(t *testing.T) {
	read := cat(make([]byte, 8), u32(2), u32(2), node(2261), u32(13), null, u16(0), null,
		[]byte{3, 2, 0}, str("Pump.Speed"), u32(13), null, u16(0), null)
	items := DecodeRead(read)
	if items.Len() != 2 {
		t.Fatalf("%d items", items.Len())
	}
	if first, ok := items.Next(); !ok || !first.Node.Is(NodeProductName) || first.Attribute != ValueAttribute {
		t.Errorf("%+v", first)
	}
	if second, ok := items.Next(); !ok || string(second.Node.AppendTo(nil)) != "ns=2;s=Pump.Speed" {
		t.Errorf("%+v", second)
	}
	write := cat(u32(1), []byte{3, 2, 0}, str("Pump.Speed"), u32(13), null, []byte{0x01, 6}, u32(0xffffffff))
	items2 := DecodeWrite(write)
	if w, ok := items2.Next(); !ok || !w.Value.IsInteger() || w.Value.Number != -1 {
		t.Errorf("%+v", w)
	}
	results := DecodeResults(cat(u32(2), []byte{0x01, 12}, str("UA Server"), []byte{0x02}, u32(0x80340000)))
	if v, ok := results.Next(); !ok || !v.IsText() || string(v.Text) != "UA Server" {
		t.Errorf("%+v", v)
	}
	if v, ok := results.Next(); !ok || v.Type != 0 {
		t.Errorf("%+v", v)
	}
	if total, bad := Codes(cat(u32(2), u32(0), u32(0x80340000))); total != 2 || bad != 1 {
		t.Errorf("%d, %d", total, bad)
	}
	if call, err := DecodeCall(cat(u32(1), node(85), node(100), null)); err != nil || call.Count != 1 || call.Method.Number != 100 {
		t.Errorf("%+v, %v", call, err)
	}
}

func TestBuildInfo(t *testing.T) {
	body := cat(str("urn:p"), str("Maker"), str("Product"), str("1.2"), str("77"), make([]byte, 8))
	b, ok := DecodeBuildInfo(Value{Type: typeExtension, Node: NodeID{Number: buildInfoEncoding}, Text: body})
	if !ok || string(b.Manufacturer) != "Maker" || string(b.Build) != "77" {
		t.Errorf("%+v", b)
	}
	status := cat(make([]byte, 20), body)
	if b, ok := DecodeBuildInfo(Value{Type: typeExtension, Node: NodeID{Number: serverStatusEncoding}, Text: status}); !ok || string(b.Product) != "Product" {
		t.Errorf("%+v", b)
	}
}

func TestVariant(t *testing.T) {
	nested := []byte{}
	for range 40 {
		nested = append(nested, 24)
	}
	for _, c := range []struct {
		name string
		b    []byte
		fail bool
		rest int
	}{
		{"null", []byte{0}, false, 0},
		{"boolean", []byte{1, 1}, false, 0},
		{"guid", append([]byte{14}, make([]byte, 16)...), false, 0},
		{"array with dimensions", cat([]byte{0xc0 | 6}, u32(2), u32(1), u32(2), u32(1), u32(2), []byte{9}), false, 1},
		{"extension object", cat([]byte{22}, node(340), []byte{1}, str("x")), false, 0},
		{"localized text", cat([]byte{21, 3}, str("en"), str("x")), false, 0},
		{"diagnostic", cat([]byte{25, 0x41}, u32(1), []byte{0x10}, str("x")), false, 0},
		{"deep", nested, true, 0},
		{"a count beyond the bytes", cat([]byte{0x86}, u32(1<<30)), true, 0},
		{"no such type", []byte{30}, true, 0},
	} {
		r := NewReader(c.b)
		r.Variant()
		if (r.Err() != nil) != c.fail || len(r.Rest()) != c.rest {
			t.Errorf("%s: %v, %d left", c.name, r.Err(), len(r.Rest()))
		}
	}
}

func TestNodeID(t *testing.T) {
	for want, b := range map[string][]byte{
		"i=85":         {0, 85},
		"ns=1;i=2":     {1, 1, 2, 0},
		"ns=3;i=70000": cat([]byte{2, 3, 0}, u32(70000)),
		"ns=2;s=a":     cat([]byte{3, 2, 0}, str("a")),
		"b=01ff":       cat([]byte{5, 0, 0}, str("\x01\xff")),
		"i=7":          cat([]byte{0xc0, 7}, str("urn:x"), u32(1)),
	} {
		r := NewReader(b)
		n := r.NodeID()
		if got := string(n.AppendTo(nil)); got != want || r.Err() != nil || len(r.Rest()) != 0 {
			t.Errorf("%s: %s, %v", want, got, r.Err())
		}
	}
}

func TestTruncation(t *testing.T) {
	for name, b := range messages() {
		for i := range b {
			if _, n, err := Decode(b[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s, %d bytes: %d, %v", name, i, n, err)
			}
			if i > HeaderSize {
				walk(Chunk{Type: typeOf(b), Last: 'F', Body: b[HeaderSize:i]})
			}
		}
	}
}

// walk decodes a chunk as far as it goes.
func walk(c Chunk) {
	DecodeGreeting(c)
	ch, _ := DecodeChannel(c)
	m, _ := DecodeMessage(ch.Body)
	for _, body := range [][]byte{ch.Body, m.Body} {
		DecodeRegistered(body)
		DecodeCreateSession(body)
		DecodeActivateSession(body)
		DecodeOpenRequest(body)
		DecodeCall(body)
		Codes(body)
		_, r := CreatedSession(body)
		for range r.Count() {
			if r.Endpoint(); r.Err() != nil {
				break
			}
		}
		reads, writes, results := DecodeRead(body), DecodeWrite(body), DecodeResults(body)
		for _, ok := reads.Next(); ok; _, ok = reads.Next() {
		}
		for _, ok := writes.Next(); ok; _, ok = writes.Next() {
		}
		for v, ok := results.Next(); ok; v, ok = results.Next() {
			DecodeBuildInfo(v)
		}
	}
}

// FuzzDecode: a message takes the size it says; decoding it again gives the
// same; its channel header does not reach outside; no body makes work beyond
// its size.
func FuzzDecode(f *testing.F) {
	for _, b := range messages() {
		f.Add(b)
	}
	f.Add(msg('F', response(634, u32(1), []byte{0x01, 12}, str("x"))))
	f.Add(msg('F', response(431, u32(1), endpoint())))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%v, but %d bytes taken", err, n)
			}
			return
		}
		if !c.Cut && (n > len(b) || len(c.Body) != n-HeaderSize) || c.Cut && (n <= MaxChunk || len(c.Body) > len(b)) {
			t.Fatalf("took %d of %d, body %d, cut %v", n, len(b), len(c.Body), c.Cut)
		}
		if again, k, err := Decode(b[:min(n, len(b))]); err != nil || k != n || again.Type != c.Type || !bytes.Equal(again.Body, c.Body) {
			t.Fatalf("second time: %+v, %d, %v", again, k, err)
		}
		if ch, err := DecodeChannel(c); err == nil && len(ch.Policy)+len(ch.Certificate)+len(ch.Body) > len(c.Body) {
			t.Fatal("the parts of a channel header are larger than what holds them")
		}
		walk(c)
	})
}

func BenchmarkDecode(b *testing.B) {
	m := messages()["read"]
	b.ReportAllocs()
	b.SetBytes(int64(len(m)))
	for b.Loop() {
		c, _, err := Decode(m)
		if err != nil {
			b.Fatal(err)
		}
		ch, _ := DecodeChannel(c)
		head, err := DecodeMessage(ch.Body)
		if err != nil {
			b.Fatal(err)
		}
		items := DecodeRead(head.Body)
		for _, ok := items.Next(); ok; _, ok = items.Next() {
		}
	}
}
