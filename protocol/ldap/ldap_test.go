package ldap

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
	if len(body) < 128 {
		return append([]byte{tag, byte(len(body))}, body...)
	}
	return append([]byte{tag, 0x84, 0, 0, byte(len(body) >> 8), byte(len(body))}, body...)
}

func str(s string) []byte { return tlv(4, []byte(s)) }

func message(id byte, op byte, parts ...[]byte) []byte {
	return tlv(0x30, tlv(2, []byte{id}), tlv(op, parts...))
}

func attribute(name string, values ...string) []byte {
	var set []byte
	for _, v := range values {
		set = append(set, str(v)...)
	}
	return tlv(0x30, str(name), tlv(0x31, set))
}

// netlogon is the answer of a domain controller, with its domain's name
// pointed to.
var netlogon = func() []byte {
	b := make([]byte, 24)
	b[0], b[4] = netlogonEx, 0xfd
	b = append(b, "\x05plant\x05local\x00"...) // forest at 24
	b = append(b, 0xc0, 24)                    // domain
	b = append(b, "\x03dc1\xc0\x18"...)        // host
	b = append(b, "\x05PLANT\x00\x03DC1\x00\x00\x04Hall\x00\x04Hall\x00"...)
	return append(b, 5, 0, 0, 0, 0xff, 0xff, 0xff, 0xff)
}()

var (
	simpleBind = message(1, 0x60, tlv(2, []byte{3}), str("cn=op,dc=plant"), tlv(0x80, []byte("pw")))
	anonymous  = message(1, 0x60, tlv(2, []byte{3}), str(""), tlv(0x80))
	saslBind   = message(2, 0x60, tlv(2, []byte{3}), str(""), tlv(0xa3, str("GSS-SPNEGO"), str("token")))
	sicilyBind = message(2, 0x60, tlv(2, []byte{3}), str("NTLM"), tlv(0x8a, []byte("NTLMSSP\x00")))
	bindReply  = message(2, 0x61, tlv(10, []byte{14}), str(""), str("more"), tlv(0x87, []byte("server")))
	ping       = message(3, 0x63, str(""), tlv(10, []byte{0}), tlv(10, []byte{0}), tlv(2, []byte{0}), tlv(2, []byte{0}), tlv(1, []byte{0}),
		tlv(0xa0, tlv(0xa3, str("DnsDomain"), str("plant.local")), tlv(0xa3, str("Host"), str("HMI-2"))), tlv(0x30, str("Netlogon")))
	entry     = message(3, 0x64, str(""), tlv(0x30, attribute("dnsHostName", "dc1.plant.local"), attribute("netlogon", string(netlogon))))
	done      = message(3, 0x65, tlv(10, []byte{0}), str(""), str(""))
	startTLS  = message(4, 0x77, tlv(0x80, []byte(StartTLS)))
	remove    = message(5, 0x4a, []byte("cn=x"))
	modify    = message(6, 0x66, str("cn=x"), tlv(0x30))
	unbind    = message(7, 0x42)
	wholeList = [][]byte{simpleBind, anonymous, saslBind, sicilyBind, bindReply, ping, entry, done, startTLS, remove, modify, unbind}
)

func decode(t *testing.T, b []byte) Message {
	t.Helper()
	m, n, err := Decode(b)
	if err != nil || n != len(b) {
		t.Fatalf("got %+v, %d, %v", m, n, err)
	}
	op, n, err := Peek(b[:min(len(b), 16)])
	if err != nil || n != len(b) || op != m.Op {
		t.Fatalf("peek: got %d, %d, %v", op, n, err)
	}
	return m
}

func TestBind(t *testing.T) {
	for _, tc := range []struct {
		name             string
		in               []byte
		who, mech, cred  string
		simple, password bool
	}{
		{"with a password", simpleBind, "cn=op,dc=plant", "", "", true, true},
		{"without account", anonymous, "", "", "", true, false},
		{"SASL", saslBind, "", "GSS-SPNEGO", "token", false, false},
		{"Microsoft's NTLM", sicilyBind, "NTLM", "", "NTLMSSP\x00", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := decode(t, tc.in)
			b, ok := m.Bind()
			if !ok || b.Version != 3 || string(b.Name) != tc.who || string(b.Mechanism) != tc.mech || string(b.Credential) != tc.cred ||
				b.Simple != tc.simple || b.Password != tc.password {
				t.Errorf("got %+v", b)
			}
		})
	}
	m := decode(t, bindReply)
	r, ok := m.Result()
	if !ok || r.Code != ResultSASLProgress || string(r.Credential) != "server" || string(r.Message) != "more" || m.Request() {
		t.Errorf("response: got %+v", r)
	}
}

func TestSearch(t *testing.T) {
	m := decode(t, ping)
	s, ok := m.Search()
	if !ok || len(s.Base) != 0 || s.Scope != 0 || string(s.Equal("host")) != "HMI-2" || s.Equal("user") != nil || !m.Request() {
		t.Errorf("got %+v", s)
	}
	m = decode(t, entry)
	e, ok := m.Entry()
	a, more := e.Next()
	v, _ := a.Next()
	if !ok || !more || !a.Is("DNSHOSTNAME") || string(v) != "dc1.plant.local" {
		t.Errorf("got %q = %q", a.Name, v)
	}
	a, _ = e.Next()
	v, _ = a.Next()
	n, took, err := DecodeNetlogon(v)
	if err != nil || took > len(v) || n.Flags != 0xfd {
		t.Fatalf("got %+v, %d, %v", n, took, err)
	}
	got := [...]string{string(n.AppendDomain(nil)), string(n.AppendHost(nil)), string(n.AppendComputer(nil)), string(n.AppendSite(nil)), string(n.AppendClientSite(nil))}
	if want := [...]string{"plant.local", "dc1.plant.local", "DC1", "Hall", "Hall"}; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, more := e.Next(); more {
		t.Error("a third attribute")
	}
}

func TestOthers(t *testing.T) {
	m := decode(t, startTLS)
	if string(m.Extension()) != StartTLS {
		t.Errorf("got %q", m.Extension())
	}
	for _, b := range [][]byte{remove, modify} {
		if m := decode(t, b); string(m.Target()) != "cn=x" {
			t.Errorf("got %q", m.Target())
		}
	}
	m = decode(t, done)
	if r, ok := m.Result(); !ok || r.Code != 0 {
		t.Errorf("got %+v", r)
	}
	decode(t, unbind)
}

func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, ErrShort},
		{"SNMP", tlv(0x30, tlv(2, []byte{1}), str("public"), tlv(0xa0, []byte{0})), ErrProtocol},
		{"unknown operation", message(1, 0x71, []byte{0}), ErrProtocol},
		{"negative number", tlv(0x30, tlv(2, []byte{0x80}), tlv(0x60, []byte{0})), ErrProtocol},
		{"number without value", []byte{0x30, 5, 2, 0, 0x60, 1, 0}, ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestWrapped(t *testing.T) {
	if n, err := Wrapped([]byte{0, 0, 1, 0}); n != 260 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if _, err := Wrapped([]byte{0x30, 0x84, 0, 0}); !errors.Is(err, ErrProtocol) {
		t.Errorf("LDAP in clear: got %v", err)
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range wholeList {
		for i := range b {
			if _, n, err := Decode(b[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
		}
	}
	for i := range netlogon[:len(netlogon)-8] {
		if _, n, err := DecodeNetlogon(netlogon[:i]); n != 0 || !errors.Is(err, ErrShort) {
			t.Errorf("netlogon of %d bytes: got %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range wholeList {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		bind, _ := m.Bind()
		r, _ := m.Result()
		s, _ := m.Search()
		inside(t, b, m.Body, bind.Name, bind.Mechanism, bind.Credential, r.Matched, r.Message, r.Credential,
			m.Extension(), m.Target(), s.Base, s.Equal("host"))
		e, _ := m.Entry()
		for left := len(b); ; left-- {
			a, ok := e.Next()
			if !ok {
				break
			}
			v, _ := a.Next()
			inside(t, b, a.Name, v)
			if left < 0 {
				t.Fatal("the attributes have no end")
			}
		}
	})
}

func FuzzNetlogon(f *testing.F) {
	f.Add(netlogon)
	f.Fuzz(func(t *testing.T, b []byte) {
		l, n, err := DecodeNetlogon(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		if host := l.AppendHost(l.AppendDomain(nil)); len(host) > 4*nameLimit {
			t.Fatalf("a name of %d bytes", len(host))
		}
	})
}

func inside(t *testing.T, outer []byte, inner ...[]byte) {
	o := uintptr(unsafe.Pointer(unsafe.SliceData(outer)))
	for _, s := range inner {
		i := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
		if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(len(outer))) {
			t.Fatalf("%q lies outside the message", s)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(ping)
		if err != nil {
			b.Fatal(err)
		}
		s, _ := m.Search()
		s.Equal("host")
	}
}
