package s7plus

import (
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

// text is a WString value on the wire.
func text(s string) string {
	return "00 15" + hex.EncodeToString([]byte{byte(len(s))}) + hex.EncodeToString([]byte(s))
}

// unit wraps a message as a whole unit.
func unit(version byte, message string) []byte {
	body := unhex(message)
	b := append([]byte{ProtocolID, version, byte(len(body) >> 8), byte(len(body))}, body...)
	return append(b, ProtocolID, version, 0, 0)
}

var digest = "20" + strings.Repeat("5a", 32)

var frames = map[string][]byte{
	"session request": unit(1, "31 0000 04ca 0000 0001 00000120 36 0000011d 00 04 00 00000000"+
		"a1 000000d3 821f 00 00 a3 8169"+text("Session_1")+"a3 822a"+text("ES-PC")+
		"a1 000000d3 817f 00 00 a3 8169"+text("Container")+"a2 a2 00000000"),
	"session response": unit(1, "32 0000 04ca 0000 0001 36 11 02 8740 8707 a1 00000120 821f 00 00 a3 8169"+text("")+
		"a3 8232 00 17 0000013a 823b 00 04 8200 823f"+text("1;6ES7 215-1HG40-0XB0;V4.5")+"8241 00 03 0003 00"+
		"a2 00000000"),
	"session version sent back": unit(2, "31 0000 0542 0000 0002 000003c0 34 000003c0 01 01 8232 01 00 17 0000013a 8240"+
		text("1;6ES7 215-1HG40-0XB0;V4.5")+"8241 00 03 0000 00 00 000004e8"),
	"stop":           unit(2, "31 0000 04f2 0000 0009 000003c0 34 00000034 01 9077 00 08 01 000004e8"),
	"stop, accepted": unit(2, "32 0000 04f2 0000 0009 34 00 00000000"),
	"read refused":   unit(2, "32 0000 0586 0000 0006 34 c08895b080ef91fff4 00 000000"),
	"write to DB6":   unit(3, digest+"31 0000 0542 0000 000a 000003c0 34 00000000 01 05 00 88d0b88006 02 9376 16 01 00 07 0005 00 000004e8"),
	"read flags":     unit(3, digest+"31 0000 054c 0000 831d 00000e4d 34 00000000 02 09 00 52 02 9d18 8305 8aed52 52 01 9d18 000004e8"),
	"identification": unit(2, "32 0000 0586 0000 0004 34 00 00 00 14 00 34 00200038 0100 002a"+
		hex.EncodeToString([]byte("6ES7 214-1HE30-0XB0 S C-ABC123456789"))+"0002 56 020200 0000"),
	"notification":              unit(3, digest+"33 70000e51 0400 0000 00c98ec1 00"),
	"without a digest":          unit(3, "31 0000 05b3 0000 0001 00000000 30 00000000"),
	"upload of a block":         unit(2, "31 0000 0586 0000 0004 000003c0 34 8a0e0001 20 04 01 9414 00 000004e8"),
	"part that is not the last": unhex("7202 0004 32000005"),
}

func message(t *testing.T, name string) Message {
	t.Helper()
	p, n, err := Decode(frames[name])
	if err != nil || n != len(frames[name]) {
		t.Fatalf("%s: took %d of %d: %v", name, n, len(frames[name]), err)
	}
	m, ok := DecodeMessage(p.Data)
	if !ok {
		t.Fatalf("%s: no message", name)
	}
	return m
}

func TestDecode(t *testing.T) {
	p, _, _ := Decode(frames["write to DB6"])
	if p.Version != 3 || len(p.Digest) != 32 || !p.Last || p.Data[0] != byte(Request) {
		t.Errorf("version 3: %+v", p)
	}
	p, _, _ = Decode(frames["without a digest"])
	if p.Digest != nil || p.Data[0] != byte(Request) {
		t.Errorf("version 3 without a digest: %+v", p)
	}
	p, n, err := Decode(frames["part that is not the last"])
	if err != nil || n != 8 || p.Last {
		t.Errorf("part: %+v, %d, %v", p, n, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, wire string
		want       error
	}{
		{"S7comm", "32 01 0000", ErrProtocol},
		{"an unknown version", "72 09 0000", ErrVersion},
		{"nothing", "", ErrShort},
		{"a length beyond the end", "72 01 0009 31", ErrShort},
	} {
		if _, n, err := Decode(unhex(tt.wire)); !errors.Is(err, tt.want) || n != 0 {
			t.Errorf("%s: n %d, err %v", tt.name, n, err)
		}
	}
}

func TestMessage(t *testing.T) {
	m := message(t, "stop")
	if m.Opcode != Request || m.Function != SetVariable || m.Sequence != 9 || m.Session != 0x3c0 {
		t.Errorf("request: %+v", m)
	}
	if m := message(t, "notification"); m.Opcode != Notification || m.Subscription != 0x70000e51 {
		t.Errorf("notification: %+v", m)
	}
	for name, want := range map[string]int16{"stop, accepted": 0, "read refused": -12, "session response": 17} {
		if code, _, ok := message(t, name).Result(); !ok || code != want {
			t.Errorf("%s: result %d, %v", name, code, ok)
		}
	}
}

func TestSessionObjects(t *testing.T) {
	got := map[uint32]string{}
	for w := Content(message(t, "session request")); ; {
		f, ok := w.Next()
		if !ok {
			break
		}
		if f.Kind == Attribute && got[f.ID] == "" {
			got[f.ID] = string(f.Value.Bytes)
		}
	}
	if want := map[uint32]string{AttrName: "Session_1", AttrSessionHost: "ES-PC"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSessionVersion(t *testing.T) {
	var order, firmware string
	for w := Content(message(t, "session response")); ; {
		f, ok := w.Next()
		if !ok {
			break
		}
		if f.Kind == Element && f.ID == AttrSystemVersion {
			o, v, _ := DecodeVersionText(f.Value.Bytes)
			order, firmware = string(o), string(v)
		}
	}
	if order != "6ES7 215-1HG40-0XB0" || firmware != "V4.5" {
		t.Errorf("order %q, firmware %q", order, firmware)
	}
	if _, _, ok := DecodeVersionText([]byte("2;793")); ok {
		t.Error("a text of another form is read")
	}
}

func TestTargets(t *testing.T) {
	target, ok := DecodeTarget(message(t, "stop"))
	if !ok || target.Object != ObjectExecUnit || target.Attribute != AttrOperatingStateReq || target.Value.Int != 1 {
		t.Errorf("stop: %+v", target)
	}
	target, _ = DecodeTarget(message(t, "session version sent back"))
	if target.Attribute != AttrSessionVersion {
		t.Errorf("version sent back: %+v", target)
	}
	var seen []uint32
	for w := Elements(target.Values); ; {
		f, ok := w.Next()
		if !ok {
			break
		}
		seen = append(seen, f.ID)
	}
	if want := []uint32{1, AttrProjectVersion, 321}; !reflect.DeepEqual(seen, want) {
		t.Errorf("values %v, want %v", seen, want)
	}
	target, _ = DecodeTarget(message(t, "upload of a block"))
	if target.Object != 0x8a0e0001 || target.Attribute != 2580 {
		t.Errorf("upload: %+v", target)
	}
}

func TestAddresses(t *testing.T) {
	list := DecodeAddresses(message(t, "write to DB6"))
	a, ok := list.Next()
	if n, isDB := a.DataBlock(); !ok || !isDB || n != 6 || a.Last != 0x16 {
		t.Errorf("address %+v", a)
	}
	if _, ok := list.Next(); ok {
		t.Error("one address too many")
	}
	list = DecodeAddresses(message(t, "read flags"))
	for i := range 2 {
		if a, ok := list.Next(); !ok || a.Area != ObjectFlags {
			t.Errorf("address %d: %+v, %v", i, a, ok)
		}
	}
}

func TestIdentity(t *testing.T) {
	v, ok := Streamed(message(t, "identification"))
	if !ok {
		t.Fatal("no value")
	}
	id, ok := DecodeIdentity(v.Bytes)
	if !ok || id.Vendor != 42 || string(id.Order) != "6ES7 214-1HE30-0XB0" || string(id.Serial) != "S C-ABC123456789" {
		t.Errorf("%+v, %v", id, ok)
	}
	if got := string(id.AppendFirmware(nil)); got != "V2.2.0" {
		t.Errorf("firmware %q", got)
	}
}

func TestValues(t *testing.T) {
	for _, tt := range []struct {
		name, wire string
		want       Value
		n          int
	}{
		{"nothing", "0000", Value{}, 2},
		{"signed of one byte", "0006ff", Value{Type: SInt, Int: -1, Bytes: unhex("ff")}, 3},
		{"signed of variable length", "00087f", Value{Type: DInt, Int: -1, Bytes: unhex("7f")}, 3},
		{"unsigned of variable length", "00048a0e", Value{Type: UDInt, Int: 1294, Bytes: unhex("8a0e")}, 4},
		{"array of words", "100b0200010002", Value{Type: Word, Array: true, Count: 2, Int: 1, Bytes: unhex("00010002")}, 7},
		{"sparse array", "40040105020600", Value{Type: UDInt, Array: true, Count: 2}, 7},
		{"blob", "00140002abcd", Value{Type: Blob, Bytes: unhex("abcd")}, 6},
		{"text beyond the end", "001505ab", Value{}, 0},
		{"an unknown type", "0042", Value{}, 0},
		{"an array longer than the bytes", "100bffffffff7f", Value{}, 0},
	} {
		if got, n := DecodeValue(unhex(tt.wire)); n != tt.n || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %d", tt.name, got, n)
		}
	}
}

func TestPackedStruct(t *testing.T) {
	w := Elements(unhex("05 00 17 90000001 0102030405060708 02 03 aabbcc 06 00 02 09 00"))
	first, ok := w.Next()
	second, ok2 := w.Next()
	if !ok || !ok2 || first.ID != 5 || second.ID != 6 || second.Value.Int != 9 {
		t.Errorf("%+v, %+v", first, second)
	}
}

// readAll calls everything that reads a part of a message.
func readAll(data []byte) int {
	m, ok := DecodeMessage(data)
	if !ok {
		return 0
	}
	m.Result()
	target, _ := DecodeTarget(m)
	seen := walk(Elements(target.Values)) + walk(Content(m)) + walk(Objects(m.Body))
	for list := DecodeAddresses(m); ; seen++ {
		if _, ok := list.Next(); !ok {
			break
		}
	}
	if v, ok := Streamed(m); ok {
		DecodeIdentity(v.Bytes)
		DecodeVersionText(v.Bytes)
	}
	return seen
}

func walk(w Walker) (n int) {
	for {
		if _, ok := w.Next(); !ok {
			return n
		}
		n++
	}
}

func TestTruncation(t *testing.T) {
	for name, whole := range frames {
		p, n, _ := Decode(whole)
		for i := range whole {
			_, m, err := Decode(whole[:i])
			if m > i || err == nil && m != n-headerLen {
				t.Errorf("%s cut to %d: n %d, err %v", name, i, m, err)
			}
		}
		for i := range p.Data {
			readAll(p.Data[:i])
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range frames {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Decode(b)
		if n < 0 || n > len(b) {
			t.Fatalf("took %d of %d", n, len(b))
		}
		if err != nil {
			return
		}
		if len(p.Digest)+len(p.Data) > n {
			t.Fatalf("%d and %d bytes from %d", len(p.Digest), len(p.Data), n)
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || !reflect.DeepEqual(p, again) {
			t.Fatalf("read again: %+v, %d, %v", again, m, err)
		}
		if seen := readAll(p.Data); seen > 4*len(p.Data) {
			t.Fatalf("%d parts in %d bytes", seen, len(p.Data))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	wire := frames["session response"]
	b.ReportAllocs()
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		p, _, err := Decode(wire)
		if err != nil {
			b.Fatal(err)
		}
		m, _ := DecodeMessage(p.Data)
		for w := Content(m); ; {
			if _, ok := w.Next(); !ok {
				break
			}
		}
	}
}
