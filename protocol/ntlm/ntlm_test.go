package ntlm

import (
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"

	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

func pair(id PairID, v []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(id))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(v)))
	return append(b, v...)
}

// message puts fields behind a fixed part; each is written to its place in it.
func message(fixed []byte, fields map[int][]byte) []byte {
	b := append([]byte(nil), fixed...)
	for at := 12; at < len(fixed); at += 4 {
		v, ok := fields[at]
		if !ok {
			continue
		}
		binary.LittleEndian.PutUint16(b[at:], uint16(len(v)))
		binary.LittleEndian.PutUint16(b[at+2:], uint16(len(v)))
		binary.LittleEndian.PutUint32(b[at+4:], uint32(len(b)))
		b = append(b, v...)
	}
	return b
}

func fixed(t Type, n, flagsAt int, flags uint32, versionAt int) []byte {
	b := make([]byte, n)
	copy(b, Signature)
	binary.LittleEndian.PutUint32(b[8:], uint32(t))
	binary.LittleEndian.PutUint32(b[flagsAt:], flags)
	if versionAt > 0 {
		copy(b[versionAt:], []byte{10, 0, 0x63, 0x45, 0, 0, 0, 15})
	}
	return b
}

var info = append(append(append(pair(PairDomain, wide("PLANT")), pair(PairComputer, wide("SCADA1"))...),
	pair(PairComputerDNS, wide("scada1.plant.local"))...), pair(PairEnd, nil)...)

var (
	negotiate = message(fixed(Negotiate, 40, 12, flagVersion|flagUnicode, 32), map[int][]byte{16: []byte("PLANT"), 24: []byte("EWS7")})
	challenge = message(fixed(Challenge, 56, 20, flagVersion|flagUnicode, 48), map[int][]byte{12: wide("PLANT"), 40: info})
	authV2    = message(fixed(Authenticate, 88, 60, flagVersion|flagUnicode, 64), map[int][]byte{
		20: append(make([]byte, 44), info...), 28: wide("PLANT"), 36: wide("eng"), 44: wide("EWS7"),
	})
	authV1 = message(fixed(Authenticate, 64, 60, 0, 0), map[int][]byte{12: make([]byte, 24), 20: make([]byte, 24), 36: []byte("eng"), 44: []byte("EWS7")})
	authNo = message(fixed(Authenticate, 64, 60, flagAnonymous|flagUnicode, 0), map[int][]byte{12: {0}, 44: wide("EWS7")})
)

func TestDecode(t *testing.T) {
	build := Version{10, 0, 17763}
	for _, tc := range []struct {
		name                               string
		in                                 []byte
		typ                                Type
		version                            Version
		target, domain, user, host, server string
		v1, anonymous                      bool
	}{
		{"negotiate", negotiate, Negotiate, build, "", "PLANT", "", "EWS7", "", false, false},
		{"negotiate of an old client", fixed(Negotiate, 16, 12, 0, 0), Negotiate, Version{}, "", "", "", "", "", false, false},
		{"challenge", challenge, Challenge, build, "PLANT", "", "", "", "SCADA1", false, false},
		{"authenticate NTLMv2", authV2, Authenticate, build, "", "PLANT", "eng", "EWS7", "SCADA1", false, false},
		{"authenticate NTLMv1 in OEM characters", authV1, Authenticate, Version{}, "", "", "eng", "EWS7", "", true, false},
		{"authenticate without account", authNo, Authenticate, Version{}, "", "", "", "EWS7", "", false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, n, err := Decode(tc.in)
			if err != nil || m.Type != tc.typ || m.Version != tc.version || n > len(tc.in) {
				t.Fatalf("got type %d, version %v, %d bytes, %v", m.Type, m.Version, n, err)
			}
			got := [...]string{m.Target.String(), m.Domain.String(), m.User.String(), m.Workstation.String(), computer(m.TargetInfo)}
			if want := [...]string{tc.target, tc.domain, tc.user, tc.host, tc.server}; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if m.NTLMv1 != tc.v1 || m.Anonymous != tc.anonymous {
				t.Errorf("got v1 %v, anonymous %v", m.NTLMv1, m.Anonymous)
			}
		})
	}
}

func computer(p Pairs) string {
	for {
		id, v, ok := p.Next()
		if !ok {
			return ""
		}
		if id == PairComputer {
			return winstr.Text{Raw: v, Wide: true}.String()
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, ErrShort},
		{"another signature", []byte("NTLMSSQ\x00\x01\x00\x00\x00\x00\x00\x00\x00"), ErrProtocol},
		{"type 4", fixed(4, 16, 12, 0, 0), ErrType},
		{"field behind the end", message(fixed(Challenge, 56, 20, 0, 0), map[int][]byte{12: wide("X")})[:57], ErrShort},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := Decode(tc.in); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestDecodeTruncated(t *testing.T) {
	for _, whole := range [][]byte{negotiate, challenge, authV2, authV1, authNo} {
		for i := range whole {
			if _, n, err := Decode(whole[:i]); n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %d, %v", i, n, err)
			}
		}
	}
}

func TestFind(t *testing.T) {
	if got := Find(append([]byte{0x60, 0x40}, negotiate...)); len(got) != len(negotiate) {
		t.Errorf("found %d bytes", len(got))
	}
	if Find([]byte("NTLMSSP")) != nil {
		t.Error("found half a signature")
	}
}

func inside(outer, inner []byte) bool {
	if len(inner) == 0 {
		return true
	}
	o, i := uintptr(unsafe.Pointer(unsafe.SliceData(outer))), uintptr(unsafe.Pointer(unsafe.SliceData(inner)))
	return i >= o && i+uintptr(len(inner)) <= o+uintptr(len(outer))
}

func FuzzDecode(f *testing.F) {
	for _, b := range [][]byte{negotiate, challenge, authV2, authV1, authNo} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) || err != nil && n != 0 {
			t.Fatalf("took %d of %d, %v", n, len(b), err)
		}
		for _, s := range []winstr.Text{m.Target, m.Domain, m.User, m.Workstation} {
			if !inside(b, s.Raw) {
				t.Fatal("a string lies outside")
			}
		}
		for p, left := m.TargetInfo, len(b); ; left-- {
			_, v, ok := p.Next()
			if !ok {
				break
			}
			if !inside(b, v) || left < 0 {
				t.Fatal("an attribute lies outside, or there is no end")
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(authV2); err != nil {
			b.Fatal(err)
		}
	}
}
