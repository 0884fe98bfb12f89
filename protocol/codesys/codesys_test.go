package codesys

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"testing"
)

// unhex is nil for anything but hexadecimal digits.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}

func utf16(s string) []byte {
	var b []byte
	for _, c := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(c))
	}
	return b
}

// identification makes the answer of a runtime to a search.
func identification() []byte {
	b := unhex("c5" + "6b" + "40" + "04" + "00" + "30" + "0101" + "0102" + "0304") // header 6, receiver 6
	b = append(b, unhex("80c2"+"0004"+"69692004")...)
	node, device, vendor, serial := "plc7", "PFC", "ACME", "0815"
	b = append(b, unhex("0400"+"01"+"00"+"0100")...)
	for _, s := range []string{node, device, vendor} {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(s)))
	}
	b = append(b, unhex("00100000"+"04120610"+"00040f05"+"00000000")...)
	b = append(b, byte(len(serial)), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = append(b, 0xaa, 0xbb) // parent's address, one word
	for _, s := range []string{node, device, vendor} {
		b = append(append(b, utf16(s)...), 0, 0)
	}
	return append(append(b, serial...), 0)
}

const stop = "c5" + "6b" + "40" + "40" + "00" + "21" + "0101" + "02020303" +
	"01" + "81" + "0700" + "02000000" + "01000000" + "18000000" + "11223344" +
	"55cd" + "1000" + "0200" + "1100" + "66554433" + "04000000" + "0000" + "0000" + "81010100"

func TestIdentity(t *testing.T) {
	b := identification()
	d, n, err := Decode(b)
	if err != nil || n != len(b) || d.Service != ServiceNameResponse || d.Hops != 13 {
		t.Fatalf("Decode = %+v, %d, %v", d, n, err)
	}
	id, ok := d.Identity()
	if !ok || string(AppendText(nil, id.Node)) != "plc7" || string(AppendText(nil, id.Device)) != "PFC" ||
		string(AppendText(nil, id.Vendor)) != "ACME" || string(id.Serial) != "0815" || id.TargetType != 0x1000 || id.TargetVersion != 0x050f0400 {
		t.Errorf("Identity = %+v, %v", id, ok)
	}
}

func TestOnlineService(t *testing.T) {
	d, _, err := Decode(unhex(stop))
	s, ok := d.OnlineService()
	if err != nil || !ok || s.Group != GroupApp || s.Number != AppStop || s.Response || s.Encrypted || s.Channel != 7 || len(s.Data) != 4 {
		t.Errorf("OnlineService = %+v, %v, %v", s, ok, err)
	}
	later := unhex(stop)
	later[13] = 0x80
	d, _, _ = Decode(later)
	if _, ok := d.OnlineService(); ok {
		t.Error("a later block has a service header")
	}
}

func TestDecodeBlock(t *testing.T) {
	datagram := unhex(stop)
	b := binary.LittleEndian.AppendUint32(unhex("000117e8"), uint32(8+len(datagram)))
	got, n, err := DecodeBlock(append(append(b, datagram...), 0))
	if err != nil || n != 8+len(datagram) || len(got) != len(datagram) {
		t.Errorf("DecodeBlock = %d, %d, %v", len(got), n, err)
	}
	if _, _, err := DecodeBlock(unhex("000117e807000000")); !errors.Is(err, ErrLength) {
		t.Errorf("DecodeBlock of length 7: %v", err)
	}
	if _, _, err := DecodeBlock([]byte("GET ")); !errors.Is(err, ErrMagic) {
		t.Errorf("DecodeBlock of text: %v", err)
	}
}

func TestDecodeV2(t *testing.T) {
	b := make([]byte, 170)
	copy(b, "\xbb\xbb")
	copy(b[64:], "Nucleus PLUS")
	copy(b[96:], "1.11.5")
	copy(b[128:], "750-841")
	r, n, err := DecodeV2(b)
	if err != nil || n != len(b) || string(r.OS) != "Nucleus PLUS" || string(r.Version) != "1.11.5" || string(r.Product) != "750-841" {
		t.Errorf("DecodeV2 = %q, %d, %v", r, n, err)
	}
	b[130] = 7
	if _, _, err := DecodeV2(b); !errors.Is(err, ErrHeader) {
		t.Errorf("DecodeV2 without text: %v", err)
	}
}

func TestRejects(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"another magic", "c4", ErrMagic},
		{"header of four bytes", "c56a40030000", ErrHeader},
		{"unknown service", "c56b40090000", ErrHeader},
		{"addresses missing", "c56b40030033", ErrShort},
		{"empty", "", ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(unhex(tt.in)); n != 0 || !errors.Is(err, tt.want) {
				t.Errorf("Decode = %d, %v, want %v", n, err, tt.want)
			}
		})
	}
}

func TestTruncation(t *testing.T) {
	for _, whole := range [][]byte{identification(), unhex(stop)} {
		for i := range whole {
			d, n, err := Decode(whole[:i])
			if n > i || err != nil && !errors.Is(err, ErrShort) {
				t.Errorf("Decode(%x) = %d, %v", whole[:i], n, err)
			}
			d.Identity()
			d.OnlineService()
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(identification())
	f.Add(unhex(stop))
	f.Add(unhex("000117e80e000000c56b40030000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if inner, n, err := DecodeBlock(b); err == nil && (n > len(b) || len(inner) != n-8) {
			t.Fatalf("DecodeBlock took %d of %d", n, len(b))
		}
		DecodeV2(b)
		d, n, err := Decode(b)
		if err != nil {
			return
		}
		if n != len(b) || len(d.Payload) > n-6 {
			t.Fatalf("took %d of %d, payload %d", n, len(b), len(d.Payload))
		}
		if id, ok := d.Identity(); ok && len(id.Node)+len(id.Device)+len(id.Vendor)+len(id.Serial) > len(b) {
			t.Fatal("names outside the datagram")
		}
		if s, ok := d.OnlineService(); ok && len(s.Data) > len(d.Payload) {
			t.Fatal("service outside the datagram")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	in := unhex(stop)
	b.ReportAllocs()
	for b.Loop() {
		d, _, _ := Decode(in)
		if _, ok := d.OnlineService(); !ok {
			b.Fatal("no service")
		}
	}
}
