package gssapi

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// carrier is a protocol whose datagrams are tokens. Accounts become objects.
type carrier struct{ r Reader }

var seen = &plant.Verb{Protocol: "carrier", Code: "account"}

func (p *carrier) Parse(c *dissect.Context, b []byte) (int, error) {
	if account := p.r.Read(c, b); len(account) > 0 {
		c.Send(seen, dissect.Object{Space: "account", Name: account})
	}
	return len(b), nil
}

var protocols = []dissect.Protocol{{
	Name: "carrier", UDP: []uint16{7},
	Probe: func([]byte, dissect.Hint) dissect.Match { return dissect.Weak },
	New:   func() dissect.Parser { return &carrier{} },
}}

func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

func pair(id byte, s string) []byte {
	return append([]byte{id, 0, byte(2 * len(s)), 0}, wide(s)...)
}

// token is an NTLM message of Windows 6.1.7601 with fields at their places.
func token(kind byte, size, flagsAt, versionAt int, flags uint32, fields map[int][]byte) []byte {
	b := make([]byte, size)
	copy(b, "NTLMSSP\x00")
	b[8] = kind
	binary.LittleEndian.PutUint32(b[flagsAt:], flags|1|1<<25)
	copy(b[versionAt:], []byte{6, 1, 0xb1, 0x1d})
	for at := 12; at < size-4; at += 4 {
		if v := fields[at]; v != nil {
			binary.LittleEndian.PutUint16(b[at:], uint16(len(v)))
			binary.LittleEndian.PutUint32(b[at+4:], uint32(len(b)))
			b = append(b, v...)
		}
	}
	return b
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

var (
	member    = join(pair(1, "SCADA1"), pair(2, "PLANT"), pair(3, "scada1.plant.local"), pair(4, "plant.local"), make([]byte, 4))
	alone     = join(pair(1, "SCADA1"), pair(2, "SCADA1"), pair(3, "scada1"), pair(4, "scada1"), make([]byte, 4))
	challenge = token(2, 56, 20, 48, 0, map[int][]byte{12: wide("PLANT"), 40: member})
	auth      = token(3, 88, 60, 64, 0, map[int][]byte{20: join(make([]byte, 44), member), 28: wide("PLANT"), 36: wide("eng"), 44: wide("EWS7")})
)

func values(r dissecttest.Result, e plant.Endpoint, f plant.Field) map[string]bool {
	m := map[string]bool{}
	for _, s := range r.Sightings {
		if s.Endpoint.Addr() == e.Addr() && s.Field == f {
			m[s.Value] = true
		}
	}
	return m
}

func TestBothSides(t *testing.T) {
	r := dissecttest.UDP(protocols, 7, dissecttest.S(challenge), dissecttest.C(auth))
	server, client := dissecttest.Server, dissecttest.Client
	if n := values(r, server, plant.FieldName); !n["SCADA1"] || !n["scada1.plant.local"] {
		t.Errorf("server: got %v", n)
	}
	if d := values(r, server, plant.FieldDomain); len(d) != 1 || !d["plant.local"] {
		t.Errorf("server's domain: got %v", d)
	}
	if o := values(r, server, plant.FieldOS); !o["Windows 6.1 build 7601"] {
		t.Errorf("server's system: got %v", o)
	}
	if n := values(r, client, plant.FieldName); len(n) != 1 || !n["EWS7"] {
		t.Errorf("client: got %v", n)
	}
	if u := values(r, client, plant.FieldUser); !u["eng"] {
		t.Errorf("user: got %v", u)
	}
	if op := r.Operation("account"); op.Object != `account PLANT\eng` {
		t.Errorf("account: got %+v", op)
	}
}

func TestOneSideOnly(t *testing.T) {
	r := dissecttest.UDP(protocols, 7, dissecttest.C(auth))
	if n := values(r, dissecttest.Server, plant.FieldName); !n["SCADA1"] {
		t.Errorf("what the client repeats names the server: got %v", n)
	}
}

func TestServerWithoutDomain(t *testing.T) {
	r := dissecttest.UDP(protocols, 7, dissecttest.S(token(2, 56, 20, 48, 0, map[int][]byte{40: alone})), dissecttest.C(auth))
	if d := values(r, dissecttest.Server, plant.FieldDomain); d["scada1"] || d["SCADA1"] {
		t.Errorf("a computer's own name is no domain: got %v", d)
	}
}

func TestOldServer(t *testing.T) {
	for _, tc := range []struct {
		name  string
		flags uint32
		field plant.Field
	}{
		{"target is a server", targetServer, plant.FieldName},
		{"target is a domain", targetDomain, plant.FieldDomain},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := dissecttest.UDP(protocols, 7, dissecttest.C([]byte{0}), dissecttest.S(token(2, 56, 20, 48, tc.flags, map[int][]byte{12: wide("OLD")})))
			if v := values(r, dissecttest.Server, tc.field); !v["OLD"] {
				t.Errorf("got %+v", r.Sightings)
			}
		})
	}
}

func TestWrappers(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
	}{
		{"bare", auth},
		{"in a wrapper that cannot be read", join([]byte{0x99, 1, 2, 3}, auth)},
		{"cut behind the names", auth[:len(auth)-4]},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := dissecttest.UDP(protocols, 7, dissecttest.C(tc.in))
			if u := values(r, dissecttest.Client, plant.FieldUser); !u["eng"] {
				t.Errorf("got %+v", r.Sightings)
			}
		})
	}
	r := dissecttest.UDP(protocols, 7, dissecttest.C([]byte("no token at all")))
	for _, s := range r.Sightings {
		if s.Source != "ip" && s.Source != "oui" {
			t.Errorf("got %+v", s)
		}
	}
}
