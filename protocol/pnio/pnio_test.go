package pnio

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

// block is a block of that type and version around hexadecimal digits.
func block(head, body string) []byte {
	b, v := unhex(head), unhex(body)
	n := len(v) + 2
	return append([]byte{b[0], b[1], byte(n >> 8), byte(n), b[2], b[3]}, v...)
}

// stub puts blocks behind the arguments of a message.
func stub(parts ...[]byte) []byte {
	b := bytes.Join(parts, nil)
	n := []byte{byte(len(b)), byte(len(b) >> 8), 0, 0}
	head := bytes.Join([][]byte{{0, 0, 0, 0}, n, n, {0, 0, 0, 0}, n}, nil)
	return append(head, b...)
}

const arID = "00112233445566778899aabbccddeeff"

// header is the header of one record.
func header(head, place, index, length string) []byte {
	return block(head, "0001"+arID+place+"0000"+index+length+strings.Repeat("00", 24))
}

var (
	connect = stub(
		block("01010100", "0001"+arID+"0001 00a0456dd343 dea000006c9711d182710001003c00b0 00000011 0258 8892 0005 706c632d31"),
		block("01040100", `0001 00000000 0001 ffff8140 0000 0003
			0001 00000001 0003 0001 0004 01 01 0002 0004 01 01
			0002 ffff010a 0000 0001 0000 01 01
			8000 00100000 0000 0001 0000 01 01`),
		block("01030100", "000000000000"))
	connected = stub(
		block("81010100", "0001"+arID+"0001 00099143e067 8892"),
		block("81040100", `0001 00000000 0002
			0001 ffff8140 0002 0001 0001 ffff8140 8040
			0002 00000009 0001 0000`))
	control = stub(block("81100100", "0000"+arID+"0001 0000 0008 0000"))
	im0     = block("00200100", `002a 36455337203332332d31424c30302d3041413020 53204331323334353637383930202020
		0003 56 020307 0001 0000 0003 0101 000e`)
	readIM0   = stub(header("80090100", "00000000 0001 0001", "aff0", "0000003c"), im0)
	writeMany = stub(header("00080100", "ffffffff ffff ffff", "e040", "00000085"),
		header("00080100", "00000000 0001 0001", "0001", "00000002"), unhex("abcd0000"),
		header("00080100", "00000000 0002 0001", "0002", "00000001"), unhex("ef"))
	place = "0000 00000000 0000"
	real  = bytes.Join([][]byte{
		block("04000100", place+"8000"+hex.EncodeToString(
			block("02400100", "0e 76657273616d61782d706e733131 000000 00099143e067 0000 c0a80102 ffffff00 c0a80102"))),
		block("04000100", place+"8001"+hex.EncodeToString(
			block("020f0100", "0000 0000 8001 08 706f72742d303031 01 0000 08 706f72742d303034 07 73776974636831 000000 00000000 000e8cef75c5"))),
	}, nil)
	realIdent = block("00130101", "0001 00000000 0001 0001 ffff8140 0001 0001 00000001")
	annotated = []byte("S7-1500                   6ES7 672-5DC01-0YA0      0 V  2 1 7   ")
)

func blocks(t *testing.T, stub []byte, response bool) []byte {
	t.Helper()
	s, b, err := DecodeStub(true, stub, response)
	if err != nil || !s.OK() {
		t.Fatalf("status %+v, err %v", s, err)
	}
	return b
}

func TestConnect(t *testing.T) {
	w := WalkBlocks(blocks(t, connect, false))
	b, _ := w.Next()
	r, ok := b.Relation()
	if !ok || r.Type != ARSingle || string(r.Name) != "plc-1" || r.MAC != [6]byte{0, 0xa0, 0x45, 0x6d, 0xd3, 0x43} || r.Takeover() {
		t.Errorf("relation %+v %v", r, ok)
	}
	if o, ok := DecodeObject(r.Object); !ok || o != (Object{1, 0x3c, 0xb0}) {
		t.Errorf("object %+v %v", o, ok)
	}
	b, _ = w.Next()
	subs := b.Submodules()
	for _, want := range []Submodule{
		{Slot: 1, Subslot: 1, Module: 0xffff8140, Submodule: 1},
		{Slot: 1, Subslot: 2, Module: 0xffff8140, Submodule: 0xffff010a},
		{Slot: 1, Subslot: 0x8000, Module: 0xffff8140, Submodule: 0x100000},
	} {
		if x, ok := subs.Next(); !ok || x != want {
			t.Errorf("got %+v %v, want %+v", x, ok, want)
		}
	}
	if x, ok := subs.Next(); ok {
		t.Errorf("one too many: %+v", x)
	}
	if b, ok := w.Next(); !ok || b.Type != BlockAlarmCRReq {
		t.Errorf("got %+v %v", b, ok)
	}
}

func TestConnected(t *testing.T) {
	w := WalkBlocks(blocks(t, connected, true))
	b, _ := w.Next()
	if mac, ok := b.ResponderMAC(); !ok || mac != [6]byte{0, 9, 0x91, 0x43, 0xe0, 0x67} {
		t.Errorf("%x %v", mac, ok)
	}
	b, _ = w.Next()
	subs := b.Submodules()
	for _, want := range []Submodule{
		{Slot: 1, Subslot: 1, Module: 0xffff8140, Submodule: 0xffff8140, State: 2}, {Slot: 2, Module: 9, State: 1},
	} {
		if x, ok := subs.Next(); !ok || x != want {
			t.Errorf("got %+v %v, want %+v", x, ok, want)
		}
	}
	if x, ok := subs.Next(); ok {
		t.Errorf("one too many: %+v", x)
	}
}

func TestServerName(t *testing.T) {
	w := WalkBlocks(block("81060100", "0005 706c632d31 00"))
	b, _ := w.Next()
	if name, ok := b.ServerName(); !ok || string(name) != "plc-1" {
		t.Errorf("%q %v", name, ok)
	}
}

func TestControl(t *testing.T) {
	w := WalkBlocks(blocks(t, control, true))
	b, _ := w.Next()
	if c, ok := b.Control(); !ok || c.Session != 1 || c.Command != 8 {
		t.Errorf("%+v %v", c, ok)
	}
}

func TestRecords(t *testing.T) {
	w := WalkRecords(blocks(t, readIM0, true))
	r, ok := w.Next()
	if !ok || r.Index != IndexIM0 || r.Slot != 1 || !r.Identifies() {
		t.Fatalf("%+v %v", r, ok)
	}
	in := WalkBlocks(r.Data)
	b, _ := in.Next()
	im, ok := b.IM0()
	if !ok || im.Vendor != 42 || string(im.Order) != "6ES7 323-1BL00-0AA0" || string(im.Serial) != "S C1234567890" ||
		im.Hardware != 3 || im.Prefix != 'V' || im.Software != [3]uint8{2, 3, 7} {
		t.Errorf("%+v %v", im, ok)
	}
	w = WalkRecords(blocks(t, writeMany, false))
	for _, want := range []struct {
		index, slot uint16
		data        string
	}{{IndexMultiple, 0xffff, ""}, {1, 1, "abcd"}, {2, 2, "ef"}} {
		r, ok := w.Next()
		if !ok || r.Index != want.index || r.Slot != want.slot || hex.EncodeToString(r.Data) != want.data {
			t.Errorf("got %+v %v, want %+v", r, ok, want)
		}
	}
	if r, ok := w.Next(); ok {
		t.Errorf("one too many: %+v", r)
	}
}

func TestReal(t *testing.T) {
	w := WalkBlocks(real)
	b, _ := w.Next()
	in, _ := b.Inner()
	b, _ = in.Next()
	if x, ok := b.Interface(); !ok || string(x.Name) != "versamax-pns11" || x.Address != [4]byte{192, 168, 1, 2} || x.MAC != [6]byte{0, 9, 0x91, 0x43, 0xe0, 0x67} {
		t.Errorf("%+v %v", x, ok)
	}
	b, _ = w.Next()
	in, ok := b.Inner()
	if !ok {
		t.Fatalf("%+v", b)
	}
	b, _ = in.Next()
	if x, ok := b.Neighbor(); !ok || string(x.Port) != "port-001" || string(x.Peer) != "switch1" || string(x.PeerPort) != "port-004" || x.PeerMAC != [6]byte{0, 0xe, 0x8c, 0xef, 0x75, 0xc5} {
		t.Errorf("%+v %v", x, ok)
	}
	w = WalkBlocks(realIdent)
	b, _ = w.Next()
	subs := b.Submodules()
	if x, ok := subs.Next(); !ok || x != (Submodule{Slot: 1, Subslot: 1, Module: 0xffff8140, Submodule: 1}) {
		t.Errorf("%+v %v", x, ok)
	}
}

func TestAnnotation(t *testing.T) {
	a, ok := DecodeAnnotation(annotated)
	if !ok || string(a.Type) != "S7-1500" || string(a.Order) != "6ES7 672-5DC01-0YA0" || string(a.Hardware) != "0" || a.Prefix != 'V' || string(a.Software) != "2 1 7" {
		t.Errorf("%q %v", a, ok)
	}
	if _, ok := DecodeAnnotation([]byte("Windows Event Log, a service with a rather long annotation")); ok {
		t.Error("another server's annotation was taken for a device's")
	}
}

func TestInterface(t *testing.T) {
	for s, want := range map[string]bool{
		"dea00001-6c97-11d1-8271-00a02442df7d": true, "dea00003-6c97-11d1-8271-00a02442df7d": true,
		"dea00009-6c97-11d1-8271-00a02442df7d": false, "e1af8308-5d1f-11c9-91a4-08002b14a0fa": false,
	} {
		if IsInterface(dcerpc.ParseUUID(s)) != want {
			t.Errorf("%s: want %v", s, want)
		}
	}
}

// walk reads everything there is to read in b.
func walk(t *testing.T, b []byte) {
	left := len(b) + 1
	for w := WalkBlocks(b); ; left-- {
		x, ok := w.Next()
		if !ok {
			break
		}
		if left == 0 || len(x.Body) > len(b) {
			t.Fatal("more blocks than bytes")
		}
		readBlock(t, x, len(b))
		if in, ok := x.Inner(); ok {
			for y, ok := in.Next(); ok; y, ok = in.Next() {
				readBlock(t, y, len(b))
			}
		}
	}
	left = len(b) + 1
	for w := WalkRecords(b); ; left-- {
		r, ok := w.Next()
		if !ok {
			break
		}
		if left == 0 || len(r.Data) > len(b) {
			t.Fatal("more records than bytes")
		}
	}
	_, _ = DecodeAnnotation(b)
}

func readBlock(t *testing.T, x Block, n int) {
	_, _ = x.Relation()
	_, _ = x.ResponderMAC()
	_, _ = x.ServerName()
	_, _ = x.Control()
	_, _ = x.IM0()
	_, _, _ = x.IM1()
	_, _ = x.IMText()
	_, _ = x.Interface()
	_, _ = x.Neighbor()
	left := n + 2
	for s := x.Submodules(); ; left-- {
		if _, ok := s.Next(); !ok {
			break
		}
		if left == 0 {
			t.Fatal("more submodules than bytes")
		}
	}
}

func stubs() [][]byte {
	return [][]byte{connect, connected, control, readIM0, writeMany}
}

func TestTruncation(t *testing.T) {
	for _, f := range stubs() {
		for i := range f {
			_, b, err := DecodeStub(true, f[:i], true)
			if i < stubHeader && !errors.Is(err, ErrShort) {
				t.Errorf("cut to %d: %v", i, err)
			}
			walk(t, b)
		}
	}
	for i := range real {
		walk(t, real[:i])
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range stubs() {
		f.Add(b[stubHeader:])
		f.Add(b)
	}
	f.Add(real)
	f.Add(realIdent)
	f.Add(annotated)
	f.Fuzz(func(t *testing.T, b []byte) {
		walk(t, b)
		if _, body, err := DecodeStub(true, b, true); err == nil {
			if !bytes.HasPrefix(b[stubHeader:], body) {
				t.Fatal("the blocks are not where they were read")
			}
			walk(t, body)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, body, _ := DecodeStub(true, connect, false)
		w := WalkBlocks(body)
		for x, ok := w.Next(); ok; x, ok = w.Next() {
			_, _ = x.Relation()
			s := x.Submodules()
			for ok := true; ok; {
				_, ok = s.Next()
			}
		}
	}
}
