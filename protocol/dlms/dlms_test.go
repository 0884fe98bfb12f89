package dlms

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wrapper puts an APDU into a wrapper from port 16 to port 1.
func wrapper(apdu []byte) []byte {
	b := []byte{0, 1, 0, 16, 0, 1}
	b = binary.BigEndian.AppendUint16(b, uint16(len(apdu)))
	return append(b, apdu...)
}

// hdlc makes a frame as the standard lays it out: addresses and control as
// given, check sequences computed.
func hdlc(head, information []byte) []byte {
	n := 2 + len(head) + 2
	if len(information) > 0 {
		n += len(information) + 2
	}
	b := append([]byte{0xa0 | byte(n>>8), byte(n)}, head...)
	b = fcs(b)
	if len(information) > 0 {
		b = fcs(append(b, information...))
	}
	return append(append([]byte{flag}, b...), flag)
}

func fcs(b []byte) []byte {
	return binary.LittleEndian.AppendUint16(b, ^(checksum(b) ^ 0xf0b8))
}

// APDUs written by hand from the Green Book.
const (
	getName     = "c0 01 c1 0001 00002a0000ff 02 00"
	gotName     = "c4 01 c1 00 0908 4142433030303037"
	setClock    = "c1 01 c2 0008 0000010000ff 02 00 090c 000000000000000000000000"
	disconnect  = "c3 01 81 0046 000060030aff 01 01 0f00"
	disconnects = "c7 01 81 00 00"
	refused     = "c5 01 c2 03"
	associate   = "60 26 a109 0607 60857405080101 8a02 0780 8b07 60857405080201 ac06 8004 31323334 be02 0400"
	accepted    = "61 1c a109 0607 60857405080103 a203 020100 a40a 0408 4142430000000001"
)

func TestChecksum(t *testing.T) {
	// The check value of CRC-16/X-25 is 0x906e.
	if got := ^(checksum([]byte("123456789")) ^ 0xf0b8); got != 0x906e {
		t.Errorf("got %04x", got)
	}
}

func TestDecode(t *testing.T) {
	apdu := unhex(t, getName)
	command := append([]byte{0xe6, 0xe6, 0}, apdu...)
	answer := append([]byte{0xe6, 0xe7, 0}, apdu...)
	for _, c := range []struct {
		name string
		in   []byte
		want Frame
	}{
		{"a wrapper", wrapper(apdu), Frame{Framing: Wrapper, Source: 16, Destination: 1, APDU: apdu}},
		{"a link set-up", hdlc([]byte{3, 0x21, 0x93}, nil), Frame{Framing: HDLC, Source: 16, Destination: 1, Control: SetMode}},
		{"a link acknowledgement with parameters", hdlc([]byte{0x21, 3, 0x73}, []byte{0x81, 0x80}), Frame{Framing: HDLC, Source: 1, Destination: 16, Control: Acknowledge}},
		{"a command", hdlc([]byte{3, 0x21, 0x10}, command), Frame{Framing: HDLC, Source: 16, Destination: 1, Command: true, APDU: apdu}},
		{"an answer to an address of four octets", hdlc([]byte{0, 2, 4, 7, 3, 0x30}, answer), Frame{Framing: HDLC, Source: 1, Destination: 1<<14 | 2<<7 | 3, APDU: apdu}},
		{"ready to receive", hdlc([]byte{3, 0x21, 0x51}, nil), Frame{Framing: HDLC, Source: 16, Destination: 1, Control: Ready}},
		{"a later segment", hdlc([]byte{3, 0x21, 0x10}, []byte{1, 2, 3, 4}), Frame{Framing: HDLC, Source: 16, Destination: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, n, err := Decode(append(c.in, 0x55))
			if err != nil || n != len(c.in) {
				t.Fatalf("%d of %d bytes, %v", n, len(c.in), err)
			}
			if !bytes.Equal(f.APDU, c.want.APDU) {
				t.Errorf("APDU %x", f.APDU)
			}
			f.APDU, c.want.APDU = nil, nil
			if f.Framing != c.want.Framing || f.Source != c.want.Source || f.Destination != c.want.Destination || f.Control != c.want.Control || f.Command != c.want.Command {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestDecodeUnsound(t *testing.T) {
	in := hdlc([]byte{3, 0x21, 0x10}, append([]byte{0xe6, 0xe6, 0}, unhex(t, getName)...))
	in[len(in)-2] ^= 1
	f, n, err := Decode(in)
	if err != nil || n != len(in) || f.Sound || f.APDU == nil {
		t.Errorf("got %+v, %d, %v", f, n, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	damaged := hdlc([]byte{3, 0x21, 0x93}, nil)
	damaged[3] ^= 2
	for _, c := range []struct {
		name string
		in   []byte
		err  error
	}{
		{"nothing", nil, ErrShort},
		{"another start", []byte{1}, ErrProtocol},
		{"another version", []byte{0, 2}, ErrProtocol},
		{"a wrapper of no station", []byte{0, 1, 0, 0, 0, 6, 1, 3}, ErrProtocol},
		{"an empty wrapper", wrapper(nil), ErrProtocol},
		{"another frame format", []byte{flag, 0x50}, ErrProtocol},
		{"a frame too short to be one", []byte{flag, 0xa0, 3, 0, 0}, ErrProtocol},
		{"a wrong check sequence", damaged, ErrChecksum},
		{"no flag at the end", hdlc([]byte{3, 0x21, 0x93}, nil)[:8:8], ErrShort},
		{"an address without end", hdlc([]byte{2, 2, 2, 2, 2, 2}, nil), ErrProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f, _, err := Decode(c.in); !errors.Is(err, c.err) {
				t.Errorf("got %+v, %v", f, err)
			}
		})
	}
}

func TestDecodeAPDU(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want APDU
	}{
		{"a get", getName, APDU{Tag: GetRequest, Choice: 1, Invoke: 0xc1, Attributed: true, Class: 1, Instance: [6]byte{0, 0, 0x2a, 0, 0, 0xff}, Attribute: 2}},
		{"a set of the clock", setClock, APDU{Tag: SetRequest, Choice: 1, Invoke: 0xc2, Attributed: true, Class: 8, Instance: [6]byte{0, 0, 1, 0, 0, 0xff}, Attribute: 2}},
		{"a disconnection", disconnect, APDU{Tag: ActionRequest, Choice: 1, Invoke: 0x81, Attributed: true, Class: 70, Instance: [6]byte{0, 0, 0x60, 3, 0x0a, 0xff}, Attribute: 1}},
		{"its answer", disconnects, APDU{Tag: ActionResponse, Choice: 1, Invoke: 0x81, Answered: true}},
		{"a refused set", refused, APDU{Tag: SetResponse, Choice: 1, Invoke: 0xc2, Answered: true, Result: 3}},
		{"a refused get", "c4 01 c1 01 04", APDU{Tag: GetResponse, Choice: 1, Invoke: 0xc1, Answered: true, Result: 4}},
		{"the next block", "c0 02 c1 00000001", APDU{Tag: GetRequest, Choice: 2, Invoke: 0xc1}},
		{"a ciphered get", "c8 1e 30", APDU{Tag: 0xc8}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := DecodeAPDU(unhex(t, c.in))
			if err != nil {
				t.Fatal(err)
			}
			a.Data = nil
			if a.Tag != c.want.Tag || a.Choice != c.want.Choice || a.Invoke != c.want.Invoke || a.Attributed != c.want.Attributed || a.Class != c.want.Class ||
				a.Instance != c.want.Instance || a.Attribute != c.want.Attribute || a.Answered != c.want.Answered || a.Result != c.want.Result {
				t.Errorf("got %+v", a)
			}
		})
	}
	if _, err := DecodeAPDU([]byte{0xff}); !errors.Is(err, ErrProtocol) {
		t.Errorf("an unknown tag: %v", err)
	}
	if !Tag(0xc8).Ciphered() || !GeneralGlobal.Ciphered() || GetRequest.Ciphered() {
		t.Error("ciphered tags")
	}
}

func TestOctetString(t *testing.T) {
	a, _ := DecodeAPDU(unhex(t, gotName))
	if s, ok := OctetString(a.Data); !ok || string(s) != "ABC00007" {
		t.Errorf("got %q, %v", s, ok)
	}
	for _, in := range []string{"", "09", "0905 41", "1200", "0981 41"} {
		if s, ok := OctetString(unhex(t, in)); ok {
			t.Errorf("%s: %q", in, s)
		}
	}
}

func TestAssociation(t *testing.T) {
	a, err := DecodeAssociation(unhex(t, associate))
	if err != nil || a.Mechanism != 1 || !a.Secret || a.Ciphering {
		t.Errorf("got %+v, %v", a, err)
	}
	a, err = DecodeAssociation(unhex(t, accepted))
	if err != nil || !a.Ciphering || a.Result != 0 || !bytes.HasPrefix(a.Title, []byte("ABC")) {
		t.Errorf("got %+v, %v", a, err)
	}
	if _, err = DecodeAssociation([]byte{0x30, 0}); !errors.Is(err, ErrProtocol) {
		t.Errorf("a sequence: %v", err)
	}
}

func TestTruncation(t *testing.T) {
	apdu := unhex(t, getName)
	for _, in := range [][]byte{wrapper(apdu), hdlc([]byte{3, 0x21, 0x10}, append([]byte{0xe6, 0xe6, 0}, apdu...))} {
		for i := range in {
			if f, n, err := Decode(in[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%d bytes: %+v, %d, %v", i, f, n, err)
			}
		}
	}
	for _, s := range []string{getName, gotName, setClock, disconnect, associate, accepted} {
		in := unhex(t, s)
		for i := range in {
			DecodeAPDU(in[:i])
			DecodeAssociation(in[:i])
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{getName, gotName, setClock, disconnect, refused, associate, accepted} {
		f.Add(wrapper(unhex(f, s)))
		f.Add(hdlc([]byte{3, 0x21, 0x10}, append([]byte{0xe6, 0xe6, 0}, unhex(f, s)...)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		read(t, b)
		// Random bytes are never a sound HDLC frame: make one of them.
		if len(b) > 3 && len(b) < 1000 {
			read(t, hdlc(b[:3], b[3:]))
		}
	})
}

func read(t *testing.T, b []byte) {
	fr, n, err := Decode(b)
	if err != nil {
		if n != 0 {
			t.Fatalf("%d bytes with %v", n, err)
		}
		return
	}
	if n > len(b) || len(fr.APDU) > n {
		t.Fatalf("%d of %d bytes", n, len(b))
	}
	if again, k, err := Decode(b[:n]); err != nil || k != n || again.Control != fr.Control || !bytes.Equal(again.APDU, fr.APDU) {
		t.Fatalf("again %+v, %d, %v", again, k, err)
	}
	if a, err := DecodeAPDU(fr.APDU); err == nil {
		OctetString(a.Data)
	}
	if a, err := DecodeAssociation(fr.APDU); err == nil && len(a.Title) > len(fr.APDU) {
		t.Fatal("a title from elsewhere")
	}
}

func BenchmarkDecode(b *testing.B) {
	in := hdlc([]byte{3, 0x21, 0x10}, append([]byte{0xe6, 0xe6, 0}, unhex(b, getName)...))
	b.ReportAllocs()
	for b.Loop() {
		f, _, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := DecodeAPDU(f.APDU); err != nil {
			b.Fatal(err)
		}
	}
}
