package hartip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// message is a HART-IP message as it crosses the wire.
func message(kind Type, id ID, sequence uint16, body ...byte) []byte {
	b := []byte{1, byte(kind), byte(id), 0}
	b = binary.BigEndian.AppendUint16(b, sequence)
	b = binary.BigEndian.AppendUint16(b, uint16(HeaderSize+len(body)))
	return append(b, body...)
}

// frame is a token-passing frame with its check byte.
func frame(b ...byte) []byte { return append(b, parity(b)) }

func messages() map[string][]byte {
	return map[string][]byte{
		"session initiate":    message(Request, SessionInitiate, 2, 1, 0, 0, 0x75, 0x30),
		"keep alive":          message(Request, KeepAlive, 3),
		"read identity":       message(Request, TokenPassing, 4, frame(0x82, 0xa6, 0x4e, 0, 0, 0xd2, 0, 0)...),
		"read identity, poll": message(Request, TokenPassing, 4, frame(0x02, 0x80, 0, 0)...),
		"refused":             message(Response, TokenPassing, 4, frame(0x86, 0x26, 0x4e, 0, 0, 0xd2, 18, 2, 7, 0)...),
		"direct":              message(Response, Direct, 5, 0, 0, 0, 9, 3, 0, 1, 2, 0, 54, 1, 0),
		"publish":             message(Publish, TokenPassing, 6, frame(0x81, 0x26, 0x4e, 0, 0, 0xd2, 3, 3, 0, 0, 5)...),
	}
}

func TestDecode(t *testing.T) {
	for name, b := range messages() {
		m, n, err := Decode(append(slices.Clone(b), 1, 0))
		if err != nil || n != len(b) || len(m.Body) != n-HeaderSize {
			t.Errorf("%s: %+v, %d, %v", name, m, n, err)
		}
	}
	for name, b := range map[string][]byte{
		"version 0":          {0, 0, 0},
		"type 7":             {1, 7, 0},
		"id 9":               {1, 0, 9},
		"shorter than head":  {1, 0, 0, 0, 0, 1, 0, 7},
		"a modbus request":   {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1},
		"an enip list ident": {0x63, 0, 0, 0},
	} {
		if _, _, err := Decode(b); !errors.Is(err, ErrHeader) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecodeFrame(t *testing.T) {
	for _, c := range []struct {
		name    string
		b       []byte
		want    Frame
		checked bool
	}{
		{"long address", frame(0x82, 0xa6, 0x4e, 0, 0, 0xd2, 9, 1, 5), Frame{Type: STX, Long: true, Address: [5]byte{0x26, 0x4e, 0, 0, 0xd2}, Command: 9, Data: []byte{5}}, true},
		{"short address", frame(0x02, 0x83, 0, 0), Frame{Type: STX, Address: [5]byte{3}}, true},
		{"expansion bytes", frame(0xa2, 0xa6, 0x4e, 0, 0, 0xd2, 0xee, 1, 0), Frame{Type: STX, Long: true, Address: [5]byte{0x26, 0x4e, 0, 0, 0xd2}, Command: 1}, true},
		{"answer", frame(0x86, 0xa6, 0x4e, 0, 0, 0xd2, 1, 3, 0, 0xd0, 7), Frame{Type: ACK, Long: true, Address: [5]byte{0x26, 0x4e, 0, 0, 0xd2}, Command: 1, Answered: true, Status: 0xd0, Data: []byte{7}}, true},
		{"wrong check byte", []byte{0x02, 0x83, 0, 0, 0}, Frame{Type: STX, Address: [5]byte{3}}, false},
		{"cut before the check byte", []byte{0x02, 0x83, 0, 0}, Frame{Type: STX, Address: [5]byte{3}}, false},
	} {
		f, n, err := DecodeFrame(c.b)
		if err != nil || n != len(c.b) || f.Checked != c.checked {
			t.Errorf("%s: %+v, %d, %v", c.name, f, n, err)
		}
		if f.Type != c.want.Type || f.Long != c.want.Long || f.Address != c.want.Address || f.Command != c.want.Command ||
			f.Answered != c.want.Answered || f.Code != c.want.Code || f.Status != c.want.Status || !bytes.Equal(f.Data, c.want.Data) {
			t.Errorf("%s: got %+v, want %+v", c.name, f, c.want)
		}
	}
	if _, _, err := DecodeFrame([]byte{0x83, 0, 0, 0}); !errors.Is(err, ErrFrame) {
		t.Errorf("no frame type: %v", err)
	}
}

// TestIdentity uses the answer of a WirelessHART gateway as HCF_SPEC-127
// lays it out, and one of a HART 5 transmitter.
func TestIdentity(t *testing.T) {
	gateway := []byte{254, 0x26, 0x4e, 5, 7, 4, 1, 0x0e, 0x0c, 0, 0, 0xd2, 5, 2, 0, 2, 0xd0, 0, 38, 0, 38, 132}
	id, err := DecodeIdentity(gateway)
	if err != nil || id.DeviceType != 0x264e || id.Manufacturer != 38 || id.Serial != [3]byte{0, 0, 0xd2} || id.Software != 1 || id.Hardware != 1 || !id.Bridge {
		t.Errorf("%+v, %v", id, err)
	}
	old := []byte{254, 0x26, 0x06, 5, 5, 3, 11, 0x18, 0, 1, 2, 3}
	if id, err := DecodeIdentity(old); err != nil || id.Manufacturer != 0x26 || id.Software != 11 || id.Bridge {
		t.Errorf("%+v, %v", id, err)
	}
	if _, err := DecodeIdentity(make([]byte, 12)); !errors.Is(err, ErrLayout) {
		t.Errorf("no expansion byte: %v", err)
	}
}

func TestUnpack(t *testing.T) {
	// "TT-101  " is 14 14 2d 31 30 31 20 20 in six bits each.
	packed := []byte{0x51, 0x4b, 0x71, 0xc3, 0x18, 0x20}
	var text [8]byte
	if n := Unpack(text[:], packed); n != 8 {
		t.Fatalf("%d characters", n)
	}
	for i, c := range text {
		if c < 0x20 || c > 0x5f {
			t.Errorf("character %d is %#x", i, c)
		}
	}
	var zero [4]byte
	if Unpack(zero[:], []byte{0, 0, 0}); string(zero[:]) != "@@@@" {
		t.Errorf("zeroes are %q", zero)
	}
	var abc [4]byte // 000001 000010 000011 100000
	if Unpack(abc[:], []byte{0x04, 0x20, 0xe0}); string(abc[:]) != "ABC " {
		t.Errorf("got %q", abc)
	}
	if n := Unpack(abc[:], []byte{0x04}); n > 1 {
		t.Errorf("%d characters out of one byte", n)
	}
	if tag, err := DecodeTag(make([]byte, 18)); err != nil || string(tag.Tag[:]) != "@@@@@@@@" {
		t.Errorf("%q, %v", tag.Tag, err)
	}
}

func TestDirect(t *testing.T) {
	m, _, _ := Decode(messages()["direct"])
	list := DecodeDirect(m)
	first, ok := list.Next()
	if !ok || first.Command != 9 || !first.Response || !bytes.Equal(first.Data, []byte{0, 1, 2}) {
		t.Errorf("%+v", first)
	}
	if second, ok := list.Next(); !ok || second.Command != 54 || len(second.Data) != 1 {
		t.Errorf("%+v", second)
	}
	if _, ok := list.Next(); ok {
		t.Error("a third command")
	}
}

func TestTunnelled(t *testing.T) {
	u, err := DecodeTunnelled([]byte{1, 2, 5, 0x82, 0x26, 0x4e, 0, 0, 0xd2, 42, 0})
	if err != nil || u.Card != 1 || u.Channel != 2 || u.Command != 42 || len(u.Data) != 0 {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := DecodeTunnelled([]byte{1, 2, 5, 0x82, 0x26}); !errors.Is(err, ErrShort) {
		t.Errorf("cut: %v", err)
	}
}

func TestOutcome(t *testing.T) {
	for code, want := range map[uint8]Outcome{0: Done, 8: Done, 7: Failed, 64: Failed, 33: Deferred, 34: Deferred, 112: Done, 0x84: Failed} {
		if got := OutcomeOf(code); got != want {
			t.Errorf("%d: %d, want %d", code, got, want)
		}
	}
}

func TestTruncation(t *testing.T) {
	for name, b := range messages() {
		for i := range b {
			if _, n, err := Decode(b[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s, %d bytes: %d, %v", name, i, n, err)
			}
			if i >= HeaderSize {
				if _, n, err := DecodeFrame(b[HeaderSize:i]); n > i-HeaderSize || err != nil && !errors.Is(err, ErrShort) && !errors.Is(err, ErrFrame) {
					t.Errorf("%s, frame of %d bytes: %d, %v", name, i, n, err)
				}
			}
		}
	}
	for i := range 22 {
		DecodeIdentity(make([]byte, i))
		DecodeTag(make([]byte, i))
		DecodeSession(make([]byte, i))
		LongTag(make([]byte, i))
	}
}

// FuzzDecode: a message takes the length it says, decoding what was taken
// again gives the same, and frames and commands do not reach outside.
func FuzzDecode(f *testing.F) {
	for _, b := range messages() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%v, but %d bytes taken", err, n)
			}
			return
		}
		if n > len(b) || len(m.Body) != n-HeaderSize {
			t.Fatalf("took %d of %d", n, len(b))
		}
		if again, k, err := Decode(b[:n]); err != nil || k != n || again.Sequence != m.Sequence || !bytes.Equal(again.Body, m.Body) {
			t.Fatalf("second time: %+v, %d, %v", again, k, err)
		}
		if fr, k, err := DecodeFrame(m.Body); err == nil && (k > len(m.Body) || len(fr.Data) > k) {
			t.Fatalf("frame took %d of %d", k, len(m.Body))
		}
		total := 0
		list := DecodeDirect(m)
		for d, ok := list.Next(); ok; d, ok = list.Next() {
			total += len(d.Data)
		}
		if total > len(m.Body) {
			t.Fatal("commands are larger than what holds them")
		}
		DecodeIdentity(m.Body)
		DecodeTunnelled(m.Body)
		DecodeTag(m.Body)
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := messages()["refused"]
	b.ReportAllocs()
	b.SetBytes(int64(len(msg)))
	for b.Loop() {
		m, _, err := Decode(msg)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := DecodeFrame(m.Body); err != nil {
			b.Fatal(err)
		}
	}
}
