package s7comm

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

// frames are good units by what they are; each is used by several tests.
var frames = map[string]string{
	"setup communication":       "32 01 0000 0001 0008 0000 f0 00 0001 0001 01e0",
	"setup answer":              "32 03 0000 0001 0008 0000 0000 f0 00 0003 0003 00f0",
	"read 10 bytes of DB5":      "32 01 0000 0102 000e 0000 04 01 12 0a 10 02 000a 0005 84 000100",
	"read answer":               "32 03 0000 0102 0002 0006 0000 04 01 ff 04 0010 0007",
	"read answer, refused":      "32 03 0000 0102 0002 0004 0000 04 01 0a 00 0000",
	"write a bit of an output":  "32 01 0000 0103 000e 0005 05 01 12 0a 10 01 0001 0000 82 00000b 00 03 0001 01",
	"write answer":              "32 03 0000 0103 0002 0001 0000 05 01 ff",
	"read two items":            "32 01 0000 0104 001a 0000 04 02 12 0a 10 06 0002 0000 83 000050 12 0a 10 1d 0003 0000 1d 000007",
	"read of several DB places": "32 01 0000 0105 0010 0000 04 01 12 0c b0 02 04 0001 0000 08 0002 0010",
	"request download of DB1":   "32 01 0000 0200 0020 0000 1a 00 0100 00000000 09 5f 3041 3030303031 50 0d 31 303030353030 303030343030",
	"download block OB1":        "32 01 0000 0300 0012 0000 1b 00 0000 00000000 09 5f 3038 3030303031 50",
	"start upload of FC42":      "32 01 0000 0400 0012 0000 1d 00 0000 00000000 09 5f 3043 3030303432 41",
	"upload":                    "32 01 0000 0401 0008 0000 1e 00 0000 00000007",
	"stop":                      "32 01 0000 0500 0010 0000 29 00 00000000 09 505f50524f4752414d",
	"warm restart":              "32 01 0000 0501 0014 0000 28 000000000000fd 0000 09 505f50524f4752414d",
	"insert FB7":                "32 01 0000 0502 001a 0000 28 000000000000fd 000a 0100 3045 3030303037 50 05 5f494e5345",
	"acknowledgement":           "32 02 0000 0502 0000 0000 d2 09",
	"SZL request":               "32 07 0000 0600 0008 0008 00 01 12 04 11 44 01 00 ff 09 0004 0011 0000",
	"SZL answer with a record":  "32 07 0000 0600 000c 0028 00 01 12 08 12 84 01 01 00 00 0000 ff 09 0024 0011 0000 001c 0001 0007 2020202020202020202020202020202020202020 00c0 5603 0207",
	"mode change report":        "32 07 0000 0000 0008 0000 01 00 10 10 00 00 02 00",
}

func decode(t *testing.T, name string) PDU {
	t.Helper()
	b := unhex(frames[name])
	p, n, err := Decode(b)
	if err != nil || n != len(b) {
		t.Fatalf("%s: took %d of %d: %v", name, n, len(b), err)
	}
	return p
}

func TestDecode(t *testing.T) {
	p := decode(t, "write answer")
	want := PDU{ROSCTR: AckData, Reference: 0x103, Param: unhex("0501"), Data: unhex("ff")}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
	if f, ok := p.Function(); !ok || f != WriteVar {
		t.Errorf("function %#x, %v", f, ok)
	}
	p = decode(t, "acknowledgement")
	if _, ok := p.Function(); ok || !p.Failed() {
		t.Errorf("a refusal without parameters: %+v", p)
	}
	if _, ok := decode(t, "SZL request").Function(); ok {
		t.Error("userdata has a job's function")
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, wire string
		want       error
	}{
		{"S7comm-plus", "72 01 0000", ErrProtocol},
		{"an unknown type", "32 05 0000 0000 0000 0000", ErrROSCTR},
		{"nothing", "", ErrShort},
		{"half a header", "32 01 0000 0001", ErrShort},
		{"parameters beyond the end", "32 01 0000 0001 0008 0000 f0", ErrShort},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := Decode(unhex(tt.wire)); !errors.Is(err, tt.want) || n != 0 {
				t.Errorf("n %d, err %v, want %v", n, err, tt.want)
			}
		})
	}
}

// readAll calls everything that reads a part of a unit.
func readAll(p PDU) int {
	seen := 0
	DecodeSetup(p.Param)
	for items := DecodeItems(p.Param); ; seen++ {
		i, ok := items.Next()
		if !ok {
			break
		}
		i.Range()
	}
	for items := DecodeDataItems(p.Param, p.Data); ; seen++ {
		d, ok := items.Next()
		if !ok {
			break
		}
		d.Uint()
	}
	Codes(p)
	if tr, ok := DecodeTransfer(p.Param); ok {
		tr.Block()
	}
	if inv, ok := DecodeInvocation(p.Param); ok {
		for blocks := inv.Blocks(); ; seen++ {
			if _, ok := blocks.Next(); !ok {
				break
			}
		}
	}
	DecodeUserdata(p.Param)
	RequestedBlock(p.Data)
	return seen + readLists(p)
}

func readLists(p PDU) int {
	d, _, _ := DecodeData(p.Data)
	s, ok := DecodeSZL(d.Value)
	if !ok {
		return 0
	}
	for i := range int(s.Count) {
		r := s.Record(i)
		if r == nil {
			return i
		}
		if m, ok := DecodeModule(r); ok {
			m.AppendVersion(nil)
		}
		DecodeComponent(r)
		DecodeMode(r)
		DecodeProtection(r)
	}
	return int(s.Count)
}

func TestTruncation(t *testing.T) {
	for name, wire := range frames {
		whole := unhex(wire)
		for i := range whole {
			if _, n, err := Decode(whole[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s cut to %d: n %d, err %v", name, i, n, err)
			}
		}
		p := decode(t, name)
		for i := range len(p.Param) + 1 {
			for j := range len(p.Data) + 1 {
				readAll(PDU{ROSCTR: p.ROSCTR, Param: p.Param[:i], Data: p.Data[:j]})
			}
		}
	}
}

func TestSetup(t *testing.T) {
	s, ok := DecodeSetup(decode(t, "setup answer").Param)
	if want := (Setup{MaxCalling: 3, MaxCalled: 3, PDULength: 240}); !ok || s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestTSAP(t *testing.T) {
	for _, tt := range []struct {
		name, wire string
		want       TSAP
		ok         bool
	}{
		{"programming device to rack 0 slot 2", "0102", TSAP{PG, 0, 2}, true},
		{"panel to rack 1 slot 3", "0223", TSAP{OP, 1, 3}, true},
		{"MMS", "0001", TSAP{}, false},
		{"text", "53494d415449432d524f4f542d4553", TSAP{}, false},
	} {
		if got, ok := DecodeTSAP(unhex(tt.wire)); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %+v, %v", tt.name, got, ok)
		}
	}
}

func TestItems(t *testing.T) {
	for _, tt := range []struct {
		name string
		want []Item
		from []uint32
		to   []uint32
	}{
		{
			"read 10 bytes of DB5",
			[]Item{{Syntax: AnyPointer, Size: 2, Count: 10, DB: 5, Area: DataBlock, Address: 0x100}},
			[]uint32{32},
			[]uint32{41},
		},
		{
			"write a bit of an output",
			[]Item{{Syntax: AnyPointer, Size: 1, Count: 1, Area: Outputs, Address: 11}},
			[]uint32{1},
			[]uint32{1},
		},
		{
			"read two items",
			[]Item{
				{Syntax: AnyPointer, Size: 6, Count: 2, Area: Flags, Address: 0x50},
				{Syntax: AnyPointer, Size: 0x1d, Count: 3, Area: Timers, Address: 7},
			},
			[]uint32{10, 7},
			[]uint32{17, 9},
		},
		{
			"read of several DB places",
			[]Item{
				{Syntax: DBRead, Size: 2, Count: 4, DB: 1, Area: DataBlock},
				{Syntax: DBRead, Size: 2, Count: 8, DB: 2, Area: DataBlock, Address: 0x80},
			},
			[]uint32{0, 16},
			[]uint32{3, 23},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items := DecodeItems(decode(t, tt.name).Param)
			for k, want := range tt.want {
				got, ok := items.Next()
				got.Spec = nil
				if !ok || !reflect.DeepEqual(got, want) {
					t.Fatalf("item %d: %+v, %v; want %+v", k, got, ok, want)
				}
				if from, to := got.Range(); from != tt.from[k] || to != tt.to[k] {
					t.Errorf("item %d covers %d to %d", k, from, to)
				}
			}
			if _, ok := items.Next(); ok {
				t.Error("one item too many")
			}
		})
	}
}

func TestSymbolicItem(t *testing.T) {
	items := DecodeItems(unhex("04 02 12 0e b2 ff 8a0e 0007 00112233 20000009 12 0e b2 ff 0000 0051 00112233 20000009"))
	db, _ := items.Next()
	q, ok := items.Next()
	if !ok || db.Area != DataBlock || db.DB != 7 || q.Area != Outputs {
		t.Errorf("%+v, %+v", db, q)
	}
}

func TestValues(t *testing.T) {
	p := decode(t, "write a bit of an output")
	items := DecodeDataItems(p.Param, p.Data)
	d, ok := items.Next()
	if v, isNumber := d.Uint(); !ok || !isNumber || v != 1 {
		t.Errorf("written %+v", d)
	}
	for name, want := range map[string][2]int{
		"read answer": {1, 0}, "read answer, refused": {0, 1}, "write answer": {1, 0},
	} {
		if good, bad := Codes(decode(t, name)); good != want[0] || bad != want[1] {
			t.Errorf("%s: %d good, %d bad", name, good, bad)
		}
	}
}

func TestBlocks(t *testing.T) {
	for name, want := range map[string]string{
		"request download of DB1": "DB1",
		"download block OB1":      "OB1",
		"start upload of FC42":    "FC42",
	} {
		tr, _ := DecodeTransfer(decode(t, name).Param)
		k, ok := tr.Block()
		if got := string(k.AppendTo(nil)); !ok || got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	tr, ok := DecodeTransfer(decode(t, "upload").Param)
	if !ok || tr.ID != 7 || tr.Name != nil {
		t.Errorf("upload: %+v", tr)
	}
	if _, ok := DecodeBlock([]byte("0A0000xP")); ok {
		t.Error("a number that is none is read")
	}
}

func TestInvocations(t *testing.T) {
	for name, want := range map[string][2]string{
		"stop":         {"P_PROGRAM", ""},
		"warm restart": {"P_PROGRAM", ""},
		"insert FB7":   {"_INSE", "FB7"},
	} {
		inv, ok := DecodeInvocation(decode(t, name).Param)
		if !ok || string(inv.Service) != want[0] {
			t.Errorf("%s: %q, %v", name, inv.Service, ok)
		}
		blocks := inv.Blocks()
		if k, ok := blocks.Next(); ok != (want[1] != "") || ok && string(k.AppendTo(nil)) != want[1] {
			t.Errorf("%s: %+v, %v", name, k, ok)
		}
	}
}

func TestUserdata(t *testing.T) {
	for name, want := range map[string]UserdataHead{
		"SZL request":              {Direction: Request, Group: CPU, Subfunction: 1},
		"SZL answer with a record": {Direction: Response, Group: CPU, Subfunction: 1, Sequence: 1},
		"mode change report":       {Direction: Push, Group: ModeTransition, Subfunction: 2},
	} {
		if got, ok := DecodeUserdata(decode(t, name).Param); !ok || got != want {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
	u, ok := DecodeUserdata(unhex("000112081284010b b001 d401"))
	if want := (UserdataHead{Direction: Response, Group: CPU, Subfunction: 1, Sequence: 11, Unit: 0xb0, More: true, Error: 0xd401}); !ok || u != want {
		t.Errorf("series: %+v", u)
	}
}

func TestModule(t *testing.T) {
	d, _, _ := DecodeData(decode(t, "SZL answer with a record").Data)
	s, ok := DecodeSZL(d.Value)
	if !ok || s.List() != ListModule {
		t.Fatalf("%+v, %v", s, ok)
	}
	m, ok := DecodeModule(s.Record(0))
	if got := string(m.AppendVersion(nil)); !ok || m.Index != ModuleFirmware || len(m.Order) != 0 || got != "V3.2.7" {
		t.Errorf("%+v, %q", m, got)
	}
	if s.Record(1) != nil {
		t.Error("a record too many")
	}
	for want, m := range map[string]Module{
		"A9.9":      {Version1: 0x4120, Version2: 0x0909},
		"":          {Version1: 3, Version2: 1},
		"V4.12.103": {Version1: 0x5604, Version2: 0x0c67},
	} {
		if got := string(m.AppendVersion(nil)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestStateRecords(t *testing.T) {
	if m, ok := DecodeMode(unhex("5100ff08 00000000 00000000 0000000000000000")); !ok || m.String() != "RUN" {
		t.Errorf("mode %v", m)
	}
	p, ok := DecodeProtection(unhex("0004 0001 0000 0001 0002 0000"))
	if !ok || p.Level != 1 || p.SwitchName() != "RUN-P" {
		t.Errorf("protection %+v", p)
	}
	if _, ok := DecodeProtection(unhex("0005 0001 0000 0001 0002")); ok {
		t.Error("another record is taken for protection")
	}
	c, ok := DecodeComponent(append(unhex("0102"), "PLC_1\x00\x00   "...))
	if !ok || c.Index != ComponentName || string(c.Text) != "PLC_1" {
		t.Errorf("component %+v", c)
	}
	if TransitionMode(0) != "STOP" || TransitionMode(6) != "STARTUP" || TransitionMode(200) != "" {
		t.Error("mode transitions")
	}
}

func FuzzDecode(f *testing.F) {
	for _, wire := range frames {
		f.Add(unhex(wire))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := Decode(b)
		if n < 0 || n > len(b) {
			t.Fatalf("took %d of %d", n, len(b))
		}
		if err != nil {
			return
		}
		if n != headerLen(p.ROSCTR)+len(p.Param)+len(p.Data) {
			t.Fatalf("%d bytes taken for %d and %d", n, len(p.Param), len(p.Data))
		}
		again, m, err := Decode(b[:n])
		if err != nil || m != n || !reflect.DeepEqual(p, again) {
			t.Fatalf("read again: %+v, %d, %v", again, m, err)
		}
		if seen := readAll(p); seen > 1<<16+3*256+len(b) {
			t.Fatalf("%d parts in %d bytes", seen, len(b))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	wire := unhex(frames["read two items"])
	b.ReportAllocs()
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		p, _, err := Decode(wire)
		if err != nil {
			b.Fatal(err)
		}
		items := DecodeItems(p.Param)
		for {
			if _, ok := items.Next(); !ok {
				break
			}
		}
	}
}
