package kerberos

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func tlv(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	if len(body) < 128 {
		return append([]byte{tag, byte(len(body))}, body...)
	}
	return append([]byte{tag, 0x81, byte(len(body))}, body...)
}

func integer(tag, v byte) []byte    { return tlv(tag, tlv(2, []byte{v})) }
func str(tag byte, s string) []byte { return tlv(tag, tlv(0x1b, []byte(s))) }
func name(tag byte, s string) []byte {
	return tlv(tag, tlv(0x30, integer(0xa0, 1), tlv(0xa1, tlv(0x30, tlv(0x1b, []byte(s))))))
}

var (
	asReq = tlv(0x6a, tlv(0x30, integer(0xa1, 5), integer(0xa2, 10), tlv(0xa4, tlv(0x30,
		name(0xa1, "HMI-2$"), str(0xa2, "PLANT.LOCAL"), name(0xa3, "krbtgt"), tlv(0xa8, tlv(0x30, tlv(2, []byte{23})))))))
	asRep = tlv(0x6b, tlv(0x30, integer(0xa0, 5), integer(0xa1, 11), str(0xa3, "PLANT.LOCAL"), name(0xa4, "HMI-2$"),
		tlv(0xa5, tlv(0x61, tlv(0x30, integer(0xa0, 5), str(0xa1, "PLANT.LOCAL"), name(0xa2, "krbtgt"),
			tlv(0xa3, tlv(0x30, integer(0xa0, 23), tlv(0xa2, tlv(4, []byte("x"))))))))))
	required = tlv(0x7e, tlv(0x30, integer(0xa0, 5), integer(0xa1, 30), integer(0xa6, 25), str(0xa9, "PLANT.LOCAL"), name(0xaa, "krbtgt")))
	unknown  = tlv(0x7e, tlv(0x30, integer(0xa0, 5), integer(0xa1, 30), integer(0xa6, 6), str(0xa9, "PLANT.LOCAL"), name(0xaa, "krbtgt")))
)

func has(r dissecttest.Result, e plant.Endpoint, f plant.Field, value string) bool {
	for _, s := range r.Sightings {
		if s.Endpoint.Addr() == e.Addr() && s.Field == f && s.Value == value {
			return true
		}
	}
	return false
}

func check(t *testing.T, r dissecttest.Result) {
	t.Helper()
	for _, want := range []struct {
		who   plant.Endpoint
		field plant.Field
		value string
	}{
		{dissecttest.Client, plant.FieldName, "HMI-2"},
		{dissecttest.Client, plant.FieldSecurity, "kerberos.weak-keys"},
		{dissecttest.Server, plant.FieldRole, plant.RoleDomain},
		{dissecttest.Server, plant.FieldDomain, "PLANT.LOCAL"},
		{dissecttest.Server, plant.FieldSecurity, "kerberos.weak-ticket"},
		{dissecttest.Server, plant.FieldSecurity, "kerberos.preauth=off HMI-2$"},
	} {
		if !has(r, want.who, want.field, want.value) {
			t.Errorf("%s has no %s %q in %+v", want.who.Addr(), want.field, want.value, r.Sightings)
		}
	}
	if op := r.Operation("10"); op.Requests != 1 || op.Accepted != 1 || op.Object != "account HMI-2$" {
		t.Errorf("got %+v", op)
	}
}

func TestFirstTicket(t *testing.T) {
	t.Run("UDP", func(t *testing.T) {
		check(t, dissecttest.UDP(protocols, 88, dissecttest.C(asReq), dissecttest.S(asRep)))
	})
	t.Run("TCP in pieces", func(t *testing.T) {
		up, down := append([]byte{0, 0, 0, byte(len(asReq))}, asReq...), append([]byte{0, 0, 0, byte(len(asRep))}, asRep...)
		check(t, dissecttest.TCP(protocols, 88, dissecttest.C(up[:20]), dissecttest.C(up[20:]), dissecttest.S(down)))
	})
}

func TestRefusals(t *testing.T) {
	r := dissecttest.UDP(protocols, 88, dissecttest.C(asReq), dissecttest.S(required), dissecttest.C(asReq), dissecttest.S(unknown))
	if op := r.Operation("10"); op.Requests != 2 || op.Responses != 2 || op.Refused != 1 {
		t.Errorf("the wish for a proof is no refusal: got %+v", op)
	}
}

func TestProbe(t *testing.T) {
	for _, tc := range []struct {
		name   string
		in     []byte
		stream bool
		want   dissect.Match
	}{
		{"datagram", asReq, false, dissect.Strong},
		{"cut datagram", asReq[:60], false, dissect.Weak},
		{"stream", append([]byte{0, 0, 0, byte(len(asReq))}, asReq...), true, dissect.Strong},
		{"first byte of a stream", []byte{0}, true, dissect.Short},
		{"stream without length", asReq, true, dissect.No},
		{"SNMP", []byte{0x30, 0x26, 2, 1, 0, 4, 6}, false, dissect.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := probe(tc.in, dissect.Hint{Stream: tc.stream}); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}
