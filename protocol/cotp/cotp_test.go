package cotp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

var good = []struct {
	name string
	wire string
	want TPDU
	n    int
}{
	{
		"connection request with both selectors", "03000016 11 e0 0000 0001 00 c0010a c1020100 c2020102",
		TPDU{Type: ConnectionRequest, SrcRef: 1, Params: unhex("c0010ac1020100c2020102"), Data: []byte{}},
		22,
	},
	{
		"connection confirm", "0300000b 06 d0 0001 0002 00",
		TPDU{Type: ConnectionConfirm, DstRef: 1, SrcRef: 2, Params: []byte{}, Data: []byte{}},
		11,
	},
	{
		"data, last part", "0300000a 02 f0 80 320101",
		TPDU{Type: Data, EOT: true, Data: unhex("320101")},
		10,
	},
	{
		"data, more follows, another packet behind", "03000008 02 f0 05 aa 0300",
		TPDU{Type: Data, Number: 5, Data: []byte{0xaa}},
		8,
	},
	{
		"data without user data, as Siemens sends to acknowledge", "03000007 02 f0 00",
		TPDU{Type: Data, Data: []byte{}},
		7,
	},
	{
		"data of class 2 with a destination reference", "0300000a 04 f0 0102 81 aa",
		TPDU{Type: Data, DstRef: 0x102, EOT: true, Number: 1, Params: []byte{}, Data: []byte{0xaa}},
		10,
	},
	{
		"disconnect request", "0300000b 06 80 0001 0002 80",
		TPDU{Type: DisconnectRequest, DstRef: 1, SrcRef: 2, Reason: 0x80, Params: []byte{}, Data: []byte{}},
		11,
	},
	{
		"disconnect confirm", "0300000a 05 c0 0001 0002",
		TPDU{Type: DisconnectConfirm, DstRef: 1, SrcRef: 2, Params: []byte{}, Data: []byte{}},
		10,
	},
	{
		"error", "0300000c 07 70 0001 02 c1 01 f0",
		TPDU{Type: Error, DstRef: 1, Reason: 2, Params: unhex("c101f0"), Data: []byte{}},
		12,
	},
	{
		"acknowledgement of class 2", "03000009 04 61 0001 07",
		TPDU{Type: DataAck, DstRef: 1, Params: []byte{}, Data: []byte{}},
		9,
	},
}

func TestDecode(t *testing.T) {
	for _, tt := range good {
		t.Run(tt.name, func(t *testing.T) {
			got, n, err := Decode(unhex(tt.wire))
			if err != nil || n != tt.n {
				t.Fatalf("n %d, err %v; want n %d", n, err, tt.n)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, wire string
		want       error
		n          int
	}{
		{"another version", "02000007 02f000", ErrProtocol, 0},
		{"a reserved byte that is not 0", "03010007 02f000", ErrProtocol, 0},
		{"a length shorter than its own header", "03000004", ErrProtocol, 0},
		{"a header length beyond the packet", "03000007 09f000", ErrTPDU, 7},
		{"a header length of 0", "03000007 000f80", ErrTPDU, 7},
		{"the reserved header length", "03000007 fff080", ErrTPDU, 7},
		{"an unknown type", "03000007 02b000", ErrTPDU, 7},
		{"a connection request cut short", "03000007 02e000", ErrTPDU, 7},
		{"a class that does not exist", "0300000b 06e00000000190", ErrTPDU, 11},
		{"a data header of an odd length", "03000008 03f00000", ErrTPDU, 8},
		{"a TPDU of one byte", "03000005 00", ErrTPDU, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, n, err := Decode(unhex(tt.wire))
			if !errors.Is(err, tt.want) || n != tt.n {
				t.Errorf("n %d, err %v; want n %d, err %v", n, err, tt.n, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, tt := range good {
		whole := unhex(tt.wire)
		for i := range tt.n {
			if _, n, err := Decode(whole[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s cut to %d: n %d, err %v", tt.name, i, n, err)
			}
		}
	}
}

func TestParams(t *testing.T) {
	cr, _, _ := Decode(unhex("03000016 11 e0 0000 0001 00 c0010a c1020100 c2020102"))
	if got := cr.SrcTSAP(); !bytes.Equal(got, []byte{1, 0}) {
		t.Errorf("source selector %x", got)
	}
	if got := cr.DstTSAP(); !bytes.Equal(got, []byte{1, 2}) {
		t.Errorf("destination selector %x", got)
	}
	if cr.Param(ParamChecksum) != nil || !cr.Sound() {
		t.Error("a parameter that is not there, or unsound")
	}
}

func TestSoundRefusesRemoteDesktop(t *testing.T) {
	for name, params := range map[string]string{
		"negotiation request":  "01000800 03000000",
		"negotiation response": "02000800 02000000",
		"cookie":               hex.EncodeToString([]byte("Cookie: mstshash=x\r\n")),
		"cut short":            "c10201",
	} {
		if (TPDU{Params: unhex(params)}).Sound() {
			t.Errorf("%s is taken for parameters", name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, tt := range good {
		f.Add(unhex(tt.wire))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, n, err := Decode(b)
		if n < 0 || n > len(b) {
			t.Fatalf("took %d of %d", n, len(b))
		}
		if err != nil {
			return
		}
		if len(got.Params)+len(got.Data) > n {
			t.Fatalf("%d and %d bytes from %d", len(got.Params), len(got.Data), n)
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || !reflect.DeepEqual(got, again) {
			t.Fatalf("read again: %+v, %d, %v", again, m, err)
		}
		got.SrcTSAP()
		got.Sound()
	})
}

func BenchmarkDecode(b *testing.B) {
	wire := unhex("0300001f 02f080 32010000002c000e00000401120a10020001000084000000")
	b.ReportAllocs()
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		if _, _, err := Decode(wire); err != nil {
			b.Fatal(err)
		}
	}
}
