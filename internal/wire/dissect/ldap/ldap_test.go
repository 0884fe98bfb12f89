package ldap

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
	return append([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}

func str(s string) []byte { return tlv(4, []byte(s)) }

func message(id, op byte, parts ...[]byte) []byte {
	return tlv(0x30, tlv(2, []byte{id}), tlv(op, parts...))
}

func attribute(name, value string) []byte { return tlv(0x30, str(name), tlv(0x31, str(value))) }

var (
	bind     = message(1, 0x60, tlv(2, []byte{3}), str("cn=op,dc=plant"), tlv(0x80, []byte("hunter2")))
	refused  = message(1, 0x61, tlv(10, []byte{49}), str(""), str(""))
	ping     = message(2, 0x63, str(""), tlv(10, []byte{0}), tlv(10, []byte{0}), tlv(2, []byte{0}), tlv(2, []byte{0}), tlv(1, []byte{0}), tlv(0xa0, tlv(0xa3, str("Host"), str("HMI-2"))), tlv(0x30))
	root     = message(2, 0x64, str(""), tlv(0x30, attribute("dnsHostName", "dc1.plant.local"), attribute("defaultNamingContext", "DC=plant,DC=local"), attribute("supportedCapabilities", activeDirectory)))
	done     = message(2, 0x65, tlv(10, []byte{0}), str(""), str(""))
	sasl     = message(3, 0x60, tlv(2, []byte{3}), str(""), tlv(0xa3, str("GSSAPI"), str("token")))
	saslDone = message(3, 0x61, tlv(10, []byte{0}), str(""), str(""))
)

func has(r dissecttest.Result, e plant.Endpoint, f plant.Field, value string) bool {
	for _, s := range r.Sightings {
		if s.Endpoint.Addr() == e.Addr() && s.Field == f && s.Value == value {
			return true
		}
	}
	return false
}

func TestSimpleBind(t *testing.T) {
	r := dissecttest.TCP(protocols, 389, dissecttest.C(bind), dissecttest.S(refused))
	if !has(r, dissecttest.Server, plant.FieldCleartextLogin, "ldap user cn=op,dc=plant") {
		t.Errorf("got %+v", r.Sightings)
	}
	for _, s := range r.Sightings {
		if s.Value == "hunter2" {
			t.Fatal("the password is a fact")
		}
	}
	if op := r.Operation("0"); op.Refused != 1 || op.Verb.Kind != plant.Auth || op.Object != "account cn=op,dc=plant" {
		t.Errorf("got %+v", op)
	}
}

func TestRootEntry(t *testing.T) {
	r := dissecttest.UDP(protocols, 389, dissecttest.C(ping), dissecttest.S(append(append([]byte(nil), root...), done...)))
	if !has(r, dissecttest.Client, plant.FieldName, "HMI-2") || !has(r, dissecttest.Server, plant.FieldName, "dc1.plant.local") ||
		!has(r, dissecttest.Server, plant.FieldDomain, "plant.local") || !has(r, dissecttest.Server, plant.FieldRole, plant.RoleDomain) {
		t.Errorf("got %+v", r.Sightings)
	}
	if op := r.Operation("3"); op.Verb.Kind != plant.Identify || op.Requests != 1 {
		t.Errorf("got %+v", op)
	}
}

func TestProtectedMessages(t *testing.T) {
	secret := append([]byte{0, 0, 0, 16}, make([]byte, 16)...)
	r := dissecttest.TCP(protocols, 389, dissecttest.C(sasl), dissecttest.S(saslDone), dissecttest.C(secret), dissecttest.S(secret), dissecttest.C(secret))
	if op := r.Operation("sasl"); op.Requests == 0 || len(r.Anomalies) > 0 {
		t.Errorf("got %+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestProbe(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"bind", bind, dissect.Strong},
		{"search", ping, dissect.Weak},
		{"SNMP", tlv(0x30, tlv(2, []byte{1}), str("public"), tlv(0xa0, make([]byte, 20))), dissect.No},
		{"TLS", []byte{0x16, 3, 1, 2, 0, 1}, dissect.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := probe(tc.in, dissect.Hint{Stream: true}); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}
