package opcua

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

// Parts of messages, little endian.
func u16(n uint16) []byte            { return binary.LittleEndian.AppendUint16(nil, n) }
func u32(n uint32) []byte            { return binary.LittleEndian.AppendUint32(nil, n) }
func str(s string) []byte            { return append(u32(uint32(len(s))), s...) }
func cat(parts ...[]byte) []byte     { return slices.Concat(parts...) }
func node(id uint16) []byte          { return append([]byte{1, 0}, u16(id)...) }
func named(ns byte, s string) []byte { return cat([]byte{3, ns, 0}, str(s)) }

var null = u32(0xffffffff)

const none = "http://opcfoundation.org/UA/SecurityPolicy#None"

func transport(kind string, last byte, parts ...[]byte) []byte {
	b := cat(parts...)
	return cat([]byte(kind), []byte{last}, u32(uint32(8+len(b))), b)
}

func request(id uint16, body ...[]byte) []byte {
	return cat(node(id), []byte{0, 0}, make([]byte, 8), u32(7), u32(0), null, u32(1000), []byte{0, 0, 0}, cat(body...))
}

func response(id uint16, status uint32, body ...[]byte) []byte {
	return cat(node(id), make([]byte, 8), u32(7), u32(status), []byte{0}, null, []byte{0, 0, 0}, cat(body...))
}

// msg puts a service message, or a part of one, on channel 5.
func msg(number uint32, last byte, service []byte) []byte {
	return transport("MSG", last, u32(5), u32(1), u32(50), u32(number), service)
}

func application(uri string) []byte {
	return cat(str(uri), str("urn:product"), []byte{2}, str("Line 1"), u32(0), null, null, u32(0))
}

func endpoint() []byte {
	return cat(str("opc.tcp://a:4840"), application("urn:server"), null, u32(1), str(none), u32(1), str("0"), u32(0), null, null, null, null, []byte{0})
}

func TestSession(t *testing.T) {
	create := request(461, application("urn:client"), null, str("opc.tcp://a:4840"), str("session"), null, null, make([]byte, 12))
	created := response(464, 0, node(1), node(2), make([]byte, 8), null, null, u32(1), endpoint())
	token := cat(str("1"), str("admin"), str("hidden"), null)
	activate := request(467, null, null, null, null, node(324), []byte{1}, str(string(token)), null, null)
	r := dissecttest.TCP(protocols, 4840,
		dissecttest.C(transport("HEL", 'F', u32(0), u32(65535), u32(65535), u32(0), u32(0), str("opc.tcp://plc:4840"))),
		dissecttest.C(transport("OPN", 'F', u32(0), str(none), null, null, u32(1), u32(1), request(446, u32(0), u32(0), u32(1), null, u32(1)))),
		dissecttest.C(msg(2, 'F', create)), dissecttest.S(msg(2, 'F', created)),
		dissecttest.C(msg(3, 'F', activate)), dissecttest.S(msg(3, 'F', response(470, 0x80210000))))
	want := map[string]plant.Endpoint{
		"urn:client": dissecttest.Client, "urn:server": dissecttest.Server, "opcua.policy=None": dissecttest.Server,
		"opcua.offers=None,anonymous": dissecttest.Server, "opcua user admin": dissecttest.Server, "opc.tcp://plc:4840": dissecttest.Server,
	}
	for value, end := range want {
		if !slices.ContainsFunc(r.Sightings, func(s plant.Sighting) bool { return s.Value == value && s.Endpoint.Addr() == end.Addr() }) {
			t.Errorf("%s does not stand with %s", value, end.Addr())
		}
	}
	for _, s := range r.Sightings {
		if s.Value == "hidden" {
			t.Error("a password was kept")
		}
	}
}

func TestWriteAndCall(t *testing.T) {
	write := request(673, u32(1), named(2, "Pump.Speed"), u32(13), null, []byte{0x01, 6}, u32(42))
	call := request(712, u32(1), node(85), named(1, "reset"), null)
	r := dissecttest.TCP(protocols, 4840,
		dissecttest.C(msg(2, 'F', write)), dissecttest.S(msg(2, 'F', response(676, 0, u32(1), u32(0x80730000), null))),
		dissecttest.C(msg(3, 'F', call)))
	if o := r.Operation("673"); o.Object != "node ns=2;s=Pump.Speed" || o.Value != "42" || o.Verb.Kind != plant.Write {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("712"); o.Object != "method ns=1;s=reset" || o.Verb.Technique != "T0855" {
		t.Errorf("%+v", o)
	}
}

func TestServerTellsWhatItIs(t *testing.T) {
	item := func(id uint16) []byte { return cat(node(id), u32(13), null, u16(0), null) }
	text := func(s string) []byte { return cat([]byte{0x01, 12}, str(s)) }
	read := request(631, make([]byte, 8), u32(2), u32(4), item(2261), item(2264), item(2263), item(2259))
	answer := response(634, 0, u32(4), text("UA Server"), text("1.2.3"), text("Maker"), []byte{0x01, 6}, u32(0), null)
	r := dissecttest.TCP(protocols, 4840, dissecttest.C(msg(2, 'F', read)), dissecttest.S(msg(2, 'F', answer)))
	for f, want := range map[plant.Field]string{plant.FieldProduct: "UA Server", plant.FieldFirmware: "1.2.3", plant.FieldVendor: "Maker", plant.FieldMode: "run"} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
}

func TestChunks(t *testing.T) {
	whole := response(431, 0, u32(1), endpoint())
	r := dissecttest.TCP(protocols, 4840,
		dissecttest.C(msg(2, 'F', request(428, str("opc.tcp://a:4840"), null, null))),
		dissecttest.S(msg(2, 'C', whole[:40])), dissecttest.S(msg(2, 'C', whole[40:90])), dissecttest.S(msg(2, 'F', whole[90:])))
	if got := r.Fact(dissecttest.Server, plant.FieldSoftware); got != "urn:server" {
		t.Errorf("application %q", got)
	}
	if o := r.Operation("428"); o.Responses != 1 || o.Verb.Reply != "431" {
		t.Errorf("%+v", o)
	}
}

func TestAbortedAndForgottenChunks(t *testing.T) {
	p := new(parser)
	long := make([]byte, maxMessage)
	r := dissecttest.TCP([]dissect.Protocol{{Name: protocol, TCP: []uint16{4840}, Probe: probe, New: func() dissect.Parser { return p }}}, 4840,
		dissecttest.S(msg(2, 'C', long)), dissecttest.S(msg(2, 'C', long)), dissecttest.S(msg(2, 'A', u32(0))),
		dissecttest.S(msg(3, 'C', long[:10])), dissecttest.S(msg(4, 'F', response(476, 0))))
	if o := r.Operation("476"); o.Responses != 1 {
		t.Errorf("%+v", o)
	}
	for i := range p.halves {
		if len(p.halves[i].buf) > maxMessage || p.halves[i].partial {
			t.Errorf("side %d keeps %d bytes", i, len(p.halves[i].buf))
		}
	}
}

func TestEncryptedIsNotGuessed(t *testing.T) {
	noise := []byte{0x5f, 0x8a, 0x11, 0x00, 0x9c, 0x3b, 0x77, 0x01, 0xaa, 0xbb, 0xcc, 0xdd, 1, 2, 3, 4, 5, 6, 7, 8}
	r := dissecttest.TCP(protocols, 4840,
		dissecttest.C(transport("OPN", 'F', u32(0), str("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"), null, null, noise)),
		dissecttest.C(transport("MSG", 'F', u32(5), u32(1), noise)))
	if len(r.Operations) != 0 {
		t.Errorf("%+v", r.Operations)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != "opcua.policy=Basic256Sha256" {
		t.Errorf("policy %q", got)
	}
}

func TestOtherPort(t *testing.T) {
	r := dissecttest.TCP(protocols, 12001, dissecttest.C(msg(2, 'F', request(428, null, null, null))))
	if o := r.Operation("428"); o.Requests != 1 {
		t.Errorf("%+v", o)
	}
}

func TestTruncated(t *testing.T) {
	for _, whole := range [][]byte{
		msg(2, 'F', response(431, 0, u32(1), endpoint())),
		msg(2, 'F', request(461, application("urn:client"), null, str("opc.tcp://a:4840"), str("session"), null, null)),
	} {
		for i := range whole {
			dissecttest.TCP(protocols, 4840, dissecttest.C(whole[:i]))
			short := slices.Clone(whole[:i])
			if i > 8 { // a message that ends early by its own word
				binary.LittleEndian.PutUint32(short[4:], uint32(i))
				dissecttest.TCP(protocols, 4840, dissecttest.S(short))
			}
		}
	}
}

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want dissect.Match
	}{
		{"a message", msg(1, 'F', request(428)), dissect.Strong},
		{"half a message", msg(1, 'F', request(428))[:20], dissect.Strong},
		{"a few letters", []byte("MS"), dissect.Short},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), dissect.No},
		{"SMTP", []byte("HELO there and so on\r\n"), dissect.No},
		{"an error of another kind", []byte("ERROR: no such file or directory"), dissect.No},
	} {
		if got := probe(c.b, dissect.Hint{Stream: true, ToPort: 12001}); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
