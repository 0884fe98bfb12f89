package spnego

import (
	"errors"
	"testing"
	"unsafe"
)

// tlv is one element; contents are joined.
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

var (
	ntlm       = append([]byte("NTLMSSP\x00"), 1, 0, 0, 0)
	apReq      = []byte{1, 0, 0x6e, 0}
	mechs      = tlv(0xa0, tlv(0x30, tlv(6, oidKerberosMS), tlv(6, oidKerberos), tlv(6, oidNTLM)))
	initNTLM   = tlv(0x60, tlv(6, oidSPNEGO), tlv(0xa0, tlv(0x30, mechs, tlv(0xa2, tlv(4, ntlm)))))
	initKrb    = tlv(0x60, tlv(6, oidSPNEGO), tlv(0xa0, tlv(0x30, mechs, tlv(0xa2, tlv(4, tlv(0x60, tlv(6, oidKerberos), apReq))))))
	hint       = tlv(0x60, tlv(6, oidSPNEGO), tlv(0xa0, tlv(0x30, mechs, tlv(0xa3, tlv(0x30, tlv(0xa0, tlv(0x1b, []byte("not_defined_in_RFC4178@please_ignore"))))))))
	inner      = tlv(0xa0, tlv(0x30, tlv(0xa0, tlv(0x30, tlv(6, oidNegoEx)))))
	challenge  = tlv(0xa1, tlv(0x30, tlv(0xa0, tlv(10, []byte{1})), tlv(0xa1, tlv(6, oidNTLM)), tlv(0xa2, tlv(4, ntlm))))
	last       = tlv(0xa1, tlv(0x30, tlv(0xa2, tlv(4, ntlm))))
	rejected   = tlv(0xa1, tlv(0x30, tlv(0xa0, tlv(10, []byte{2}))))
	bareKrb    = tlv(0x60, tlv(6, oidKerberosU2U), apReq)
	wholeCases = [][]byte{initNTLM, initKrb, hint, inner, challenge, last, rejected, bareKrb}
)

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name  string
		in    []byte
		mech  Mechanism
		inner string
		state State
	}{
		{"client offers Kerberos first and sends NTLM", initNTLM, NTLM, string(ntlm), NoState},
		{"client sends Kerberos", initKrb, Kerberos, string(apReq), NoState},
		{"server tells what it can do", hint, Kerberos, "", NoState},
		{"first message without outer wrapper", inner, NegoEx, "", NoState},
		{"server's challenge", challenge, NTLM, string(ntlm), Incomplete},
		{"client's answer names no mechanism", last, NTLM, string(ntlm), NoState},
		{"server says no", rejected, Unknown, "", Rejected},
		{"Kerberos without SPNEGO", bareKrb, Kerberos, string(apReq), NoState},
		{"NTLM without any wrapper", ntlm, NTLM, string(ntlm), NoState},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, n, err := Decode(tc.in)
			if err != nil || n != len(tc.in) || got.Mechanism != tc.mech || string(got.Inner) != tc.inner || got.State != tc.state {
				t.Errorf("got %+v, %d, %v", got, n, err)
			}
		})
	}
}

func TestOffers(t *testing.T) {
	got, _, err := Decode(hint)
	if err != nil || !got.Offers(NTLM) || !got.Offers(Kerberos) || got.Offers(NegoEx) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, ErrShort},
		{"half a signature", []byte("NTLM"), ErrShort},
		{"another element", tlv(0x30, ntlm), ErrProtocol},
		{"text", []byte("GET / HTTP/1.1\r\n"), ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range wholeCases {
		for i := range b {
			if _, n, err := Decode(b[:i]); n != 0 || !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range wholeCases {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, n, err := Decode(b)
		if n > len(b) || (err == nil) != (n > 0) {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		if len(got.Inner) > 0 {
			o, i := uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(unsafe.SliceData(got.Inner)))
			if i < o || i+uintptr(len(got.Inner)) > o+uintptr(n) {
				t.Fatal("the inner token lies outside")
			}
		}
		got.Offers(NTLM)
		if again, m, err := Decode(b[:n]); n > 0 && (m != n || err != nil || again.Mechanism != got.Mechanism) {
			t.Fatalf("reads as %+v, then as %+v, %v", got, again, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(initNTLM); err != nil {
			b.Fatal(err)
		}
	}
}
