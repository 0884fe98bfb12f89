package radius

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func packet(code byte, attributes string) []byte {
	b := append([]byte{code, 7, 0, byte(20 + len(attributes))}, make([]byte, 16)...)
	return append(b, attributes...)
}

func TestSignIns(t *testing.T) {
	request := packet(1, "\x01\x05bob\x20\x06sw-2\x02\x12................")
	for _, f := range []struct {
		answer            byte
		accepted, refused uint64
	}{{2, 1, 0}, {3, 0, 1}, {11, 0, 0}} {
		r := dissecttest.UDP(protocols, 1812, dissecttest.C(request), dissecttest.S(packet(f.answer, "")))
		if o := r.Operation("1"); o.Accepted != f.accepted || o.Refused != f.refused || o.Responses != 1 || o.Verb.Kind != plant.Auth {
			t.Errorf("answer %d: %+v", f.answer, o)
		}
		if user, name := r.Fact(dissecttest.Client, plant.FieldUser), r.Fact(dissecttest.Client, plant.FieldName); user != "bob" || name != "sw-2" {
			t.Errorf("user %q, name %q", user, name)
		}
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.UDP(protocols, 1812, dissecttest.C([]byte("GET / HTTP/1.1\r\n\r\n")))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}
