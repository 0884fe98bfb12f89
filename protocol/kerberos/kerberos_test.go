package kerberos

import (
	"errors"
	"testing"
	"unsafe"
)

func tlv(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	switch {
	case len(body) < 128:
		return append([]byte{tag, byte(len(body))}, body...)
	case len(body) < 256:
		return append([]byte{tag, 0x81, byte(len(body))}, body...)
	}
	return append([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}

func integer(tag, v byte) []byte    { return tlv(tag, tlv(2, []byte{v})) }
func str(tag byte, s string) []byte { return tlv(tag, tlv(0x1b, []byte(s))) }
func principal(tag byte, kind byte, parts ...string) []byte {
	var list []byte
	for _, p := range parts {
		list = append(list, tlv(0x1b, []byte(p))...)
	}
	return tlv(tag, tlv(0x30, integer(0xa0, kind), tlv(0xa1, tlv(0x30, list))))
}

var (
	preauth = tlv(0xa3, tlv(0x30, tlv(0x30, integer(0xa1, paTimestamp), tlv(0xa2, tlv(4, []byte("x"))))))
	body    = tlv(0xa4, tlv(0x30,
		tlv(0xa0, tlv(3, []byte{0, 0x40, 0x81, 0, 0x10})), principal(0xa1, 1, "operator"), str(0xa2, "PLANT.LOCAL"),
		principal(0xa3, 2, "krbtgt", "PLANT.LOCAL"), integer(0xa7, 9),
		tlv(0xa8, tlv(0x30, tlv(2, []byte{18}), tlv(2, []byte{23}), tlv(2, []byte{0xff, 0x7b}))),
		tlv(0xa9, tlv(0x30, tlv(0x30, integer(0xa0, addrNetBIOS), tlv(0xa1, tlv(4, []byte("HMI-2           "))))))))
	asReq     = tlv(0x6a, tlv(0x30, integer(0xa1, 5), integer(0xa2, 10), preauth, body))
	asReqBare = tlv(0x6a, tlv(0x30, integer(0xa1, 5), integer(0xa2, 10), body))
	ticket    = tlv(0xa5, tlv(0x61, tlv(0x30, integer(0xa0, 5), str(0xa1, "PLANT.LOCAL"), principal(0xa2, 2, "cifs", "scada1"),
		tlv(0xa3, tlv(0x30, integer(0xa0, 23), integer(0xa1, 2), tlv(0xa2, tlv(4, make([]byte, 200))))))))
	tgsRep = tlv(0x6d, tlv(0x30, integer(0xa0, 5), integer(0xa1, 13), str(0xa3, "PLANT.LOCAL"), principal(0xa4, 1, "HMI-2$"), ticket,
		tlv(0xa6, tlv(0x30, integer(0xa0, 18), tlv(0xa2, tlv(4, []byte("secret")))))))
	apReq = tlv(0x6e, tlv(0x30, integer(0xa0, 5), integer(0xa1, 14), tlv(0xa2, tlv(3, []byte{0, 0, 0, 0, 0})),
		append([]byte{0xa3}, ticket[1:]...), tlv(0xa4, tlv(0x30, integer(0xa0, 18), tlv(0xa2, tlv(4, []byte("x")))))))
	krbError = tlv(0x7e, tlv(0x30, integer(0xa0, 5), integer(0xa1, 30), integer(0xa6, CodePreauthRequired),
		str(0xa9, "PLANT.LOCAL"), principal(0xaa, 2, "krbtgt", "PLANT.LOCAL")))
	whole = [][]byte{asReq, asReqBare, tgsRep, apReq, krbError}
)

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name                             string
		in                               []byte
		typ                              Type
		client, service, realm, computer string
		preauth                          bool
		ticket                           Etype
		code                             int
	}{
		{"first ticket with proof", asReq, ASReq, "operator", "krbtgt/PLANT.LOCAL", "PLANT.LOCAL", "HMI-2", true, 0, 0},
		{"first ticket without proof", asReqBare, ASReq, "operator", "krbtgt/PLANT.LOCAL", "PLANT.LOCAL", "HMI-2", false, 0, 0},
		{"ticket for a service, under RC4", tgsRep, TGSRep, "HMI-2$", "cifs/scada1", "PLANT.LOCAL", "", false, RC4, 0},
		{"ticket shown to a service", apReq, APReq, "", "cifs/scada1", "PLANT.LOCAL", "", false, RC4, 0},
		{"error", krbError, Error, "", "krbtgt/PLANT.LOCAL", "PLANT.LOCAL", "", false, 0, CodePreauthRequired},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, n, err := Decode(tc.in)
			if err != nil || n != len(tc.in) || m.Type != tc.typ || m.Preauth != tc.preauth || m.Ticket != tc.ticket || m.Code != tc.code {
				t.Fatalf("got %+v, %d, %v", m, n, err)
			}
			got := [...]string{string(m.Client.AppendTo(nil)), string(m.Service.AppendTo(nil)), string(m.Realm), string(m.Computer)}
			if want := [...]string{tc.client, tc.service, tc.realm, tc.computer}; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestEtypes(t *testing.T) {
	m, _, _ := Decode(asReq)
	e := m.Etypes()
	var got []Etype
	for v, ok := e.Next(); ok; v, ok = e.Next() {
		got = append(got, v)
	}
	if len(got) != 3 || got[0] != AES256 || got[1] != RC4 || got[2] != -133 || got[0].Weak() || !got[1].Weak() || !got[2].Weak() {
		t.Errorf("got %v", got)
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, ErrShort},
		{"version 4", tlv(0x6a, tlv(0x30, integer(0xa1, 4), integer(0xa2, 10), body)), ErrProtocol},
		{"no version", tlv(0x6a, tlv(0x30, integer(0xa2, 10), body)), ErrProtocol},
		{"application tag of SNMP or LDAP", tlv(0x60, tlv(0x30, integer(0xa1, 5))), ErrProtocol},
		{"sequence that is not all of it", tlv(0x6a, tlv(0x30, integer(0xa1, 5)), []byte{5, 0}), ErrProtocol},
		{"text", []byte("HELP me\r\n"), ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestLength(t *testing.T) {
	if n, err := Length([]byte{0, 0, 1, 2}); n != 258 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if _, err := Length([]byte{0x80, 0, 1, 2}); !errors.Is(err, ErrProtocol) {
		t.Errorf("reserved bit: got %v", err)
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range whole {
		for i := range b {
			if _, n, err := Decode(b[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range whole {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		for _, s := range [][]byte{m.Realm, m.Computer, m.Client.First, m.Client.Last, m.Service.First, m.Service.Last} {
			o, i := uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(unsafe.SliceData(s)))
			if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(n)) {
				t.Fatal("a string lies outside")
			}
		}
		e := m.Etypes()
		for range len(b) + 1 {
			if _, ok := e.Next(); !ok {
				return
			}
		}
		t.Fatal("the encryption types have no end")
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(asReq); err != nil {
			b.Fatal(err)
		}
	}
}
