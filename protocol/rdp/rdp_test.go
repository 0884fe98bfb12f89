package rdp

import (
	"errors"
	"testing"
	"unsafe"
)

// packet frames what stands behind the X.224 code.
func packet(code byte, b ...byte) []byte {
	x := []byte{3, 0, 0, 0, 0, code}
	if code != x224DT {
		x = append(x, 0, 0, 0, 0, 0) // references and class
	}
	x = append(x, b...)
	x[2], x[3] = byte(len(x)>>8), byte(len(x))
	x[4] = byte(len(x) - 5)
	if code == x224DT {
		x[4] = 2
	}
	return x
}

func block1(kind uint16, body []byte) []byte {
	n := len(body) + 4
	return append([]byte{byte(kind), byte(kind >> 8), byte(n), byte(n >> 8)}, body...)
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

var (
	wantTLS    = []byte{1, 0, 8, 0, 3, 0, 0, 0}
	request1   = packet(x224CR, join([]byte("Cookie: mstshash=operator\r\n"), wantTLS)...)
	request2   = packet(x224CR, wantTLS...)
	request3   = packet(x224CR)
	request4   = packet(x224CR, []byte("Cookie: msts=3640205228.15629.0000\r\n")...)
	choseNLA   = packet(x224CC, 2, 0x1f, 8, 0, 2, 0, 0, 0)
	refused    = packet(x224CC, 3, 0, 8, 0, FailureNLARequired, 0, 0, 0)
	plainReply = packet(x224CC)
	core       = func() []byte {
		b := make([]byte, 132)
		copy(b, []byte{4, 0, 8, 0})
		copy(b[16:], []byte{0x28, 0x0a, 0, 0})
		copy(b[20:], "E\x00W\x00S\x007\x00")
		return b
	}()
	initial = packet(x224DT, join([]byte{0x80, 0x7f, 0x65, 0x82, 1, 2, 4, 1, 1}, []byte("Duca\x81\x0c"),
		block1(0xc004, make([]byte, 8)), block1(blockClientCore, core))...)
	response = packet(x224DT, join([]byte{0x80, 0x7f, 0x66, 0x5a, 10, 1, 0}, []byte("McDn\x2c"),
		block1(blockServerCore, []byte{4, 0, 8, 0}), block1(blockServerSecurity, []byte{2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}))...)
	erect = packet(x224DT, 0x80, 4, 1, 0, 1, 0)
	whole = [][]byte{request1, request2, request3, request4, choseNLA, refused, plainReply, initial, response, erect}
)

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want Packet
	}{
		{"request with the user's name", request1, Packet{Kind: ConnectionRequest, User: []byte("operator"), Negotiates: true, Security: SecurityTLS | SecurityCredSSP}},
		{"request without cookie", request2, Packet{Kind: ConnectionRequest, Negotiates: true, Security: 3}},
		{"request of an old client", request3, Packet{Kind: ConnectionRequest}},
		{"request through a load balancer", request4, Packet{Kind: ConnectionRequest, Balanced: true}},
		{"server chose NLA", choseNLA, Packet{Kind: ConnectionConfirm, Negotiates: true, Security: SecurityCredSSP}},
		{"server wants NLA", refused, Packet{Kind: ConnectionConfirm, Negotiates: true, Failure: FailureNLARequired}},
		{"old server", plainReply, Packet{Kind: ConnectionConfirm}},
		{"client's settings", initial, Packet{Kind: ConnectInitial, Client: Client{0x80004, 2600, core[20:52]}}},
		{"server's settings", response, Packet{Kind: ConnectResponse, Server: Server{0x80004, true, 2, 2}}},
		{"later packet", erect, Packet{Kind: Data}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, n, err := Decode(tc.in)
			if err != nil || n != len(tc.in) {
				t.Fatalf("got %d, %v", n, err)
			}
			if string(got.User) != string(tc.want.User) || string(got.Client.Name) != string(tc.want.Client.Name) {
				t.Errorf("got names %q and %q", got.User, got.Client.Name)
			}
			got.User, tc.want.User, got.Client.Name, tc.want.Client.Name = nil, nil, nil, nil
			if got.Kind != tc.want.Kind || got.Security != tc.want.Security || got.Failure != tc.want.Failure || got.Balanced != tc.want.Balanced ||
				got.Negotiates != tc.want.Negotiates || got.Server != tc.want.Server || got.Client.Build != tc.want.Client.Build {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
	if SecurityTLS.NLA() || !(SecurityTLS | SecurityCredSSP).NLA() {
		t.Error("NLA is wrong")
	}
}

func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want error
	}{
		{"TLS", []byte{0x16, 3, 1, 0, 5}, ErrTPKT},
		{"fast-path output", []byte{0, 0x20, 3, 0}, ErrTPKT},
		{"request of S7comm", packet(x224CR, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2), ErrProtocol},
		{"confirm of S7comm", packet(x224CC, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2), ErrProtocol},
		{"disconnect request", packet(0x80), ErrProtocol},
		{"MCS of something else", packet(x224DT, 0x80, 0x7f, 0x65, 0, 0), ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
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
		p, n, err := Decode(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		o := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		for _, s := range [][]byte{p.User, p.Client.Name} {
			i := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
			if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(n)) {
				t.Fatal("a string lies outside")
			}
		}
		if n > 0 {
			if again, m, err := Decode(b[:n]); m != n || err != nil || again.Kind != p.Kind || again.Security != p.Security {
				t.Fatalf("reads as %+v, then as %+v, %v", p, again, err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(initial); err != nil {
			b.Fatal(err)
		}
	}
}
