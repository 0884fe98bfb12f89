package cip

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// Messages as they cross the wire, each by what it does.
var messages = map[string][]byte{
	"get attributes all of identity":    {0x01, 0x02, 0x20, 0x01, 0x24, 0x01},
	"reply with two data bytes":         {0x8e, 0x00, 0x00, 0x00, 0x0e, 0x00},
	"refused: path unknown":             {0x8e, 0x00, 0x05, 0x00},
	"connection failure, extended 0100": {0xd4, 0x00, 0x01, 0x01, 0x00, 0x01},
	"write tag pump.speed":              append([]byte{0x4d, 0x07, 0x91, 0x04, 'p', 'u', 'm', 'p', 0x91, 0x05, 's', 'p', 'e', 'e', 'd', 0x00}, 0xc4, 0x00, 0x01, 0x00, 0x2a, 0x00, 0x00, 0x00),
	"no path: the connection names it":  {0x0e, 0x00},
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		want Message
	}{
		{"get attributes all of identity", Message{Service: GetAttributesAll, Path: Path{0x20, 0x01, 0x24, 0x01}}},
		{"reply with two data bytes", Message{Service: GetAttributeSingle, Reply: true, Data: []byte{0x0e, 0x00}}},
		{"refused: path unknown", Message{Service: GetAttributeSingle, Reply: true, Status: PathUnknown}},
		{"connection failure, extended 0100", Message{Service: ForwardOpen, Reply: true, Status: ConnectionFailure, Extended: []byte{0x00, 0x01}}},
		{"no path: the connection names it", Message{Service: GetAttributeSingle}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, n, err := Decode(messages[c.name])
			if err != nil || n != len(messages[c.name]) {
				t.Fatalf("n %d, err %v", n, err)
			}
			if m.Service != c.want.Service || m.Reply != c.want.Reply || m.Status != c.want.Status ||
				!bytes.Equal(m.Path, c.want.Path) || !bytes.Equal(m.Data, c.want.Data) || !bytes.Equal(m.Extended, c.want.Extended) {
				t.Errorf("got %+v, want %+v", m, c.want)
			}
		})
	}
}

func TestDecodeRefusesWhatHasNoPath(t *testing.T) {
	if _, _, err := Decode([]byte{0x01, 0x01, 0xff, 0xff}); !errors.Is(err, ErrPath) {
		t.Errorf("err %v", err)
	}
}

func TestExtendedStatus(t *testing.T) {
	m, _, _ := Decode(messages["connection failure, extended 0100"])
	if m.ExtendedStatus() != 0x0100 {
		t.Errorf("got %#x", m.ExtendedStatus())
	}
}

func TestTruncation(t *testing.T) {
	for name, b := range messages {
		for i := range b {
			m, n, err := Decode(b[:i])
			if n > i {
				t.Errorf("%s: %d of %d bytes taken", name, n, i)
			}
			if err == nil {
				m.Path.Address()
				m.Path.AppendTag(nil)
			} else if !errors.Is(err, ErrShort) && !errors.Is(err, ErrPath) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		name string
		path Path
		want Address
	}{
		{
			"class, instance, attribute",
			Path{0x20, 0xf5, 0x24, 0x01, 0x30, 0x05},
			Address{Class: 0xf5, HasClass: true, Instance: 1, HasInstance: true, Attribute: 5, HasAttribute: true, Slot: -1, Complete: true},
		},
		{
			"16-bit class and instance",
			Path{0x21, 0x00, 0x34, 0x03, 0x25, 0x00, 0x0a, 0x01},
			Address{Class: 0x334, HasClass: true, Instance: 0x10a, HasInstance: true, Slot: -1, Complete: true},
		},
		{
			"32-bit instance",
			Path{0x20, 0x6b, 0x26, 0x00, 0x01, 0x02, 0x03, 0x04},
			Address{Class: 0x6b, HasClass: true, Instance: 0x04030201, HasInstance: true, Slot: -1, Complete: true},
		},
		{
			"object inside another",
			Path{0x20, 0x68, 0x24, 0x07, 0x20, 0x6b, 0x24, 0x09},
			Address{Class: 0x6b, HasClass: true, Instance: 9, HasInstance: true, Outer: 0x68, OuterInstance: 7, Slot: -1, Complete: true},
		},
		{"backplane, slot 3", Path{0x01, 0x03}, Address{Slot: 3, Hops: 1, Complete: true}},
		{
			"over the network and into a rack", append(Path{0x12, 0x0b}, "192.168.1.2\x00\x01\x00"...),
			Address{Slot: -1, Hops: 2, Complete: true},
		},
		{
			"connection with an electronic key",
			Path{0x34, 0x04, 0x01, 0x00, 0x0e, 0x00, 0x36, 0x00, 0x14, 0x0b, 0x20, 0x04, 0x24, 0x67, 0x2c, 0x64},
			Address{Class: 4, HasClass: true, Instance: 0x67, HasInstance: true, Point: 0x64, HasPoint: true, Slot: -1, Complete: true},
		},
		{"cut in a segment", Path{0x20, 0x01, 0x25, 0x00, 0x01}, Address{Class: 1, HasClass: true, Slot: -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.path.Address()
			if got.Class != c.want.Class || got.Instance != c.want.Instance || got.Attribute != c.want.Attribute || got.Outer != c.want.Outer ||
				got.OuterInstance != c.want.OuterInstance || got.Slot != c.want.Slot || got.Hops != c.want.Hops || got.Point != c.want.Point ||
				got.HasClass != c.want.HasClass || got.HasInstance != c.want.HasInstance || got.HasAttribute != c.want.HasAttribute || got.Complete != c.want.Complete {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestAppendTag(t *testing.T) {
	for _, c := range []struct {
		name string
		path Path
		want string
	}{
		{"one name", Path{0x91, 0x03, 'a', 'b', 'c', 0x00}, "abc"},
		{"members", Path{0x91, 0x02, 'a', 'b', 0x91, 0x01, 'c', 0x00}, "ab.c"},
		{"index", Path{0x91, 0x02, 'a', 'b', 0x28, 0x07}, "ab[7]"},
		{"two indexes", Path{0x91, 0x02, 'a', 'b', 0x28, 0x07, 0x29, 0x00, 0x00, 0x01}, "ab[7,256]"},
		{"index and member", Path{0x91, 0x02, 'a', 'b', 0x28, 0x00, 0x91, 0x02, 'c', 'd'}, "ab[0].cd"},
		{"old symbol segment", Path{0x63, 'x', 'y', 'z'}, "xyz"},
		{"numbers only", Path{0x20, 0x6b, 0x24, 0x01}, ""},
	} {
		if got := string(c.path.AppendTag(nil)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// multiple is a packet of two reads.
var multiple = []byte{2, 0, 6, 0, 12, 0, 0x0e, 0x02, 0x20, 0x01, 0x24, 0x01, 0x01, 0x02, 0x20, 0x02, 0x24, 0x01}

func TestDecodePacket(t *testing.T) {
	p, err := DecodePacket(multiple)
	if err != nil || p.Len() != 2 {
		t.Fatalf("%d messages, %v", p.Len(), err)
	}
	if !bytes.Equal(p.At(0), multiple[6:12]) || !bytes.Equal(p.At(1), multiple[12:]) || p.At(2) != nil {
		t.Errorf("%x and %x", p.At(0), p.At(1))
	}
	for name, b := range map[string][]byte{
		"offset into the table": {1, 0, 2, 0, 0, 0},
		"offset behind the end": {1, 0, 40, 0},
		"second before first":   {2, 0, 8, 0, 6, 0, 0, 0, 0, 0},
	} {
		p, err := DecodePacket(b)
		if err == nil && p.At(0) != nil {
			t.Errorf("%s: %x", name, p.At(0))
		}
	}
	if _, err := DecodePacket([]byte{9, 0, 6, 0}); !errors.Is(err, ErrShort) {
		t.Errorf("cut table: %v", err)
	}
}

func TestDecodeUnconnectedSend(t *testing.T) {
	odd := []byte{0x07, 0xf9, 0x03, 0x00, 0x4b, 0x00, 0xaa, 0x00, 0x01, 0x00, 0x01, 0x05}
	u, err := DecodeUnconnectedSend(odd)
	if err != nil || !bytes.Equal(u.Message, odd[4:7]) || u.Route.Address().Slot != 5 {
		t.Errorf("%x by %x, %v", u.Message, u.Route, err)
	}
	u, err = DecodeUnconnectedSend(odd[:6])
	if err != nil || len(u.Message) != 2 || u.Route != nil {
		t.Errorf("cut: %x by %x, %v", u.Message, u.Route, err)
	}
}

func TestForwardOpen(t *testing.T) {
	request := []byte{
		0x0a, 0x0e, 1, 0, 0, 0x20, 2, 0, 0x10, 0x20, 0x33, 0x22, 0x4d, 0x00, 0x78, 0x56, 0x34, 0x12,
		0x01, 0, 0, 0, 0x40, 0x4b, 0x4c, 0, 0xf4, 0x43, 0x40, 0x4b, 0x4c, 0, 0xf4, 0x43, 0xa3,
		0x03, 0x01, 0x02, 0x20, 0x02, 0x24, 0x01,
	}
	o, err := DecodeOpenRequest(request, false)
	want := Triad{Connection: 0x2233, Vendor: 0x4d, Originator: 0x12345678}
	if err != nil || o.Triad != want || o.ToOriginator != 0x20100002 || o.Class() != 3 {
		t.Fatalf("%+v, %v", o, err)
	}
	if a := o.Path.Address(); a.Slot != 2 || a.Class != ClassMessageRouter {
		t.Errorf("leads to %+v", a)
	}
	large := slices.Concat(request[:28], []byte{0, 0}, request[28:34], []byte{0, 0}, request[34:])
	if l, err := DecodeOpenRequest(large, true); err != nil || l.Triad != want || !bytes.Equal(l.Path, o.Path) {
		t.Errorf("large: %+v, %v", l, err)
	}
	for i := range request {
		DecodeOpenRequest(request[:i], false)
		DecodeOpenRequest(request[:i], true)
	}
	reply := slices.Concat([]byte{9, 0, 0, 0x80, 2, 0, 0x10, 0x20}, request[10:18], make([]byte, 10))
	r, err := DecodeOpenReply(reply)
	if err != nil || r.Triad != want || r.ToTarget != 0x80000009 || r.ToOriginator != o.ToOriginator {
		t.Errorf("%+v, %v", r, err)
	}
	if c, err := DecodeCloseRequest(slices.Concat([]byte{0x0a, 0x0e}, request[10:18], []byte{0, 0})); err != nil || c != want {
		t.Errorf("close: %+v, %v", c, err)
	}
}

func TestIdentity(t *testing.T) {
	b := []byte{1, 0, 14, 0, 54, 0, 20, 11, 0x60, 0x31, 0x1a, 0x06, 0x6c, 0x00, 5, '1', '7', '5', '6', '-', 3}
	id, n, err := DecodeIdentity(b)
	if err != nil || n != 20 || string(id.Product) != "1756-" || id.Serial != 0x6c061a || id.Major != 20 || id.Minor != 11 {
		t.Fatalf("%+v, %d, %v", id, n, err)
	}
	if id.Status.LogixMode() != "run" || id.Status.LogixKey() != "remote" {
		t.Errorf("%s, key %s", id.Status.LogixMode(), id.Status.LogixKey())
	}
	for i := range b {
		DecodeIdentity(b[:i])
	}
}

func TestStatusWord(t *testing.T) {
	for _, c := range []struct {
		word      StatusWord
		mode, key string
	}{
		{0x1060, "run", "run"},
		{0x2070, "program", "program"},
		{0x3074, "program", "remote"},
		{0x3060, "run", "remote"},
		{0x3460, "fault", "remote"},
		{0x0050, "fault", ""},
		{0x0000, "", ""},
		{0x0010, "firmware update", ""},
	} {
		if c.word.LogixMode() != c.mode || c.word.LogixKey() != c.key {
			t.Errorf("%#x: %q, %q", uint16(c.word), c.word.LogixMode(), c.word.LogixKey())
		}
	}
	if s := StatusWord(0x0065); !s.Owned() || !s.Configured() || s.MinorFault() || s.State() == "" {
		t.Errorf("%#x misread", uint16(s))
	}
}

func TestAttributes(t *testing.T) {
	body := []byte{4, 0, 1, 0, 0, 0, 0x35, 0x01, 7, 0, 0, 0, 2, 'M', 'V', 99, 0, 0x14, 0, 6, 0, 0, 0, 1, 2, 3, 4}
	list := DecodeAttributes(body, ClassIdentity)
	var ids []uint16
	var id Identity
	for a, ok := list.Next(); ok; a, ok = list.Next() {
		ids = append(ids, a.ID)
		id.Set(a)
	}
	if !slices.Equal(ids, []uint16{1, 7, 99, 6}) || id.Vendor != 309 || string(id.Product) != "MV" || id.Serial != 0x04030201 {
		t.Errorf("%v: %+v", ids, id)
	}
	unknown := DecodeAttributes([]byte{1, 0, 1, 0, 0, 0, 0, 0}, 0x72)
	if a, ok := unknown.Next(); ok {
		t.Errorf("attribute of unknown size: %+v", a)
	}
}

func TestTagValue(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want int64
		ok   bool
	}{
		{"DINT", []byte{0xc4, 0, 1, 0, 0xfe, 0xff, 0xff, 0xff}, -2, true},
		{"UINT", []byte{0xc7, 0, 1, 0, 0xfe, 0xff}, 0xfffe, true},
		{"BOOL", []byte{0xc1, 0, 1, 0, 0xff}, 255, true},
		{"LINT", []byte{0xc5, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0}, 1, true},
		{"REAL is no integer", []byte{0xca, 0, 1, 0, 0, 0, 0x80, 0x3f}, 0, false},
		{"an array", []byte{0xc4, 0, 2, 0, 1, 0, 0, 0, 2, 0, 0, 0}, 0, false},
		{"a structure", []byte{0xa0, 0x02, 0xce, 0x0f, 1, 0, 1, 2}, 0, false},
		{"cut", []byte{0xc4, 0, 1, 0, 1}, 0, false},
	} {
		if v, ok := TagValue(c.data); v != c.want || ok != c.ok {
			t.Errorf("%s: %d, %v", c.name, v, ok)
		}
	}
}

func TestDecodeInterface(t *testing.T) {
	b := []byte{1, 1, 168, 192, 0, 255, 255, 255, 254, 1, 168, 192, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 'l', 'a', 'b', 0}
	i, err := DecodeInterface(b)
	if err != nil || i.Address != 0xc0a80101 || i.Gateway != 0xc0a801fe || i.Netmask != 0xffffff00 || string(i.Domain) != "lab" {
		t.Errorf("%+v, %v", i, err)
	}
}

func TestDecodeNetwork(t *testing.T) {
	b := slices.Concat([]byte{1, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x20, 0xf6, 0x24, 1},
		[]byte{2, 0, 0, 10, 0, 255, 255, 255, 1, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 'l', 'a', 'b', 0}, []byte{4, 0, 'p', 'l', 'c', '7'})
	i, host, err := DecodeNetwork(b)
	if err != nil || string(host) != "plc7" || i.Gateway != 0x0a000001 || string(i.Domain) != "lab" {
		t.Errorf("%+v, %q, %v", i, host, err)
	}
	for n := range b {
		DecodeNetwork(b[:n])
	}
}

// FuzzDecode: what is taken is all or nothing, borrowed bytes lie in the
// input, and nothing that a message leads to reaches outside it.
func FuzzDecode(f *testing.F) {
	for _, b := range messages {
		f.Add(b)
	}
	f.Add(append([]byte{0x0a, 0x02, 0x20, 0x02, 0x24, 0x01}, multiple...))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n, err := Decode(b)
		if n > len(b) || err == nil && n != len(b) {
			t.Fatalf("took %d of %d", n, len(b))
		}
		if err != nil {
			return
		}
		rest := len(b) - len(m.Path) - len(m.Extended) - len(m.Data)
		if want := 2; !m.Reply && rest != want || m.Reply && rest != 4 {
			t.Fatalf("%d bytes of %d unaccounted for", rest, len(b))
		}
		a := m.Path.Address()
		if a.Slot > 255 || len(m.Path.AppendTag(nil)) > 8*len(b) {
			t.Fatalf("%+v", a)
		}
		walkBodies(t, m.Data)
	})
}

// walkBodies decodes data as every kind of body.
func walkBodies(t *testing.T, data []byte) {
	if p, err := DecodePacket(data); err == nil {
		for i := range min(p.Len(), 64) {
			if len(p.At(i)) > len(data) {
				t.Fatal("a part is larger than the whole")
			}
		}
	}
	if u, err := DecodeUnconnectedSend(data); err == nil && len(u.Message)+len(u.Route) > len(data) {
		t.Fatal("message and route are larger than what holds them")
	}
	DecodeOpenRequest(data, true)
	DecodeOpenReply(data)
	DecodeCloseRequest(data)
	if id, n, err := DecodeIdentity(data); err == nil && (n > len(data) || len(id.Product) > n) {
		t.Fatal("a name is larger than what holds it")
	}
	list := DecodeAttributes(data, ClassIdentity)
	for count := 0; ; count++ {
		if _, ok := list.Next(); !ok {
			break
		}
		if count > len(data) {
			t.Fatal("more attributes than bytes")
		}
	}
	DecodeInterface(data)
	DecodeNetwork(data)
	TagValue(data)
}

func BenchmarkDecode(b *testing.B) {
	m := messages["write tag pump.speed"]
	b.ReportAllocs()
	b.SetBytes(int64(len(m)))
	for b.Loop() {
		v, _, err := Decode(m)
		if err != nil || v.Path.Address().Symbol == nil {
			b.Fatal(err)
		}
	}
}
