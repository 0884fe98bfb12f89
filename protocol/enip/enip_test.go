package enip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// message is an encapsulated message as it crosses the wire.
func message(command Command, session, status uint32, data ...byte) []byte {
	b := make([]byte, HeaderSize, HeaderSize+len(data))
	binary.LittleEndian.PutUint16(b, uint16(command))
	binary.LittleEndian.PutUint16(b[2:], uint16(len(data)))
	binary.LittleEndian.PutUint32(b[4:], session)
	binary.LittleEndian.PutUint32(b[8:], status)
	copy(b[12:], "context!")
	return append(b, data...)
}

// identityItem is what a device answers to List Identity.
func identityItem() []byte {
	b := []byte{1, 0, 0, 2, 0xaf, 0x12, 10, 1, 1, 164, 0, 0, 0, 0, 0, 0, 0, 0}
	b = append(b, 1, 0, 12, 0, 58, 0, 4, 3, 0x30, 0, 0x8e, 0x4d, 0x52, 0, 11)
	b = append(append(b, "1756-ENBT/A"...), 3)
	return slices.Concat([]byte{1, 0, 0x0c, 0, byte(len(b)), 0}, b)
}

func frames() map[string][]byte {
	return map[string][]byte{
		"register session":      message(RegisterSession, 0, 0, 1, 0, 0, 0),
		"unregister session":    message(UnregisterSession, 7, 0),
		"list identity":         message(ListIdentity, 0, 0),
		"list identity, answer": message(ListIdentity, 0, 0, identityItem()...),
		"unconnected":           message(SendRRData, 7, 0, 0, 0, 0, 0, 5, 0, 2, 0, 0, 0, 0, 0, 0xb2, 0, 6, 0, 1, 2, 0x20, 1, 0x24, 1),
		"connected":             message(SendUnitData, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0xa1, 0, 4, 0, 1, 2, 3, 4, 0xb1, 0, 4, 0, 9, 0, 0x0e, 0),
		"refused":               message(SendRRData, 7, 0x64),
	}
}

func TestDecode(t *testing.T) {
	for name, b := range frames() {
		m, n, err := Decode(append(slices.Clone(b), 0x70, 0))
		if err != nil || n != len(b) || len(m.Data) != int(m.Length) || m.Context != binary.LittleEndian.Uint64([]byte("context!")) {
			t.Errorf("%s: %+v, %d, %v", name, m, n, err)
		}
		if !m.Command.Known() || !m.PlausibleStatus() {
			t.Errorf("%s: command %#x, status %#x", name, m.Command, m.Status)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want error
	}{
		{"a command in the gap", message(0x0030, 0, 0), ErrCommand},
		{"a command beyond all", message(0x0200, 0, 0), ErrCommand},
		{"text", []byte("GET / HTTP/1.1\r\nHost: plc\r\n\r\n"), ErrCommand},
		{"a session request of the wrong size", message(RegisterSession, 0, 0, 1, 0), ErrLength},
	} {
		if _, n, err := Decode(c.b); !errors.Is(err, c.want) || n != 0 {
			t.Errorf("%s: %d, %v", c.name, n, err)
		}
	}
}

func TestTruncation(t *testing.T) {
	for name, b := range frames() {
		for i := range b {
			if _, n, err := Decode(b[:i]); !errors.Is(err, ErrShort) || n != 0 {
				t.Errorf("%s, %d bytes: %d, %v", name, i, n, err)
			}
			if i > HeaderSize {
				walk(b[HeaderSize:i])
			}
		}
	}
}

// walk reads data as every kind of body and returns the bytes in its items.
func walk(data []byte) int {
	total := 0
	for _, start := range []func([]byte) (Items, error){DecodeItems, DecodeCommandItems} {
		items, err := start(data)
		if err != nil {
			continue
		}
		sum := 0
		for it, ok := items.Next(); ok; it, ok = items.Next() {
			sum += len(it.Data)
			it.Connection()
			DecodeAnnouncement(it.Data)
			DecodeService(it.Data)
		}
		total = max(total, sum)
	}
	DecodeIO(data)
	return total
}

func TestAnnouncement(t *testing.T) {
	m, _, _ := Decode(frames()["list identity, answer"])
	items, err := DecodeItems(m.Data)
	if err != nil {
		t.Fatal(err)
	}
	it, ok := items.Next()
	if !ok || it.Type != IdentityItem || it.Cut {
		t.Fatalf("%+v", it)
	}
	a, err := DecodeAnnouncement(it.Data)
	if err != nil || a.Address != [4]byte{10, 1, 1, 164} || a.Port != 44818 || string(a.Product) != "1756-ENBT/A" ||
		a.Major != 4 || a.Minor != 3 || a.Serial != 0x524d8e || a.State != 3 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestItems(t *testing.T) {
	m, _, _ := Decode(frames()["connected"])
	items, err := DecodeCommandItems(m.Data)
	if err != nil || items.Left() != 2 {
		t.Fatalf("%d items, %v", items.Left(), err)
	}
	address, _ := items.Next()
	if id, ok := address.Connection(); !ok || id != 0x04030201 {
		t.Errorf("connection %#x", id)
	}
	data, _ := items.Next()
	if data.Type != ConnectedData || !bytes.Equal(data.Data, []byte{9, 0, 0x0e, 0}) {
		t.Errorf("%+v", data)
	}
	if _, ok := items.Next(); ok {
		t.Error("a third item")
	}
	if _, err := DecodeCommandItems([]byte{1, 0, 0, 0, 0, 0, 1, 0}); !errors.Is(err, ErrItems) {
		t.Errorf("foreign interface: %v", err)
	}
	cut, _ := DecodeItems([]byte{2, 0, 0xb2, 0, 9, 0, 1, 2})
	if it, ok := cut.Next(); !ok || !it.Cut || len(it.Data) != 2 {
		t.Errorf("cut item: %+v", it)
	}
}

func TestDecodeIO(t *testing.T) {
	b := []byte{2, 0, 2, 0x80, 8, 0, 4, 3, 2, 1, 9, 0, 0, 0, 0xb1, 0, 4, 0, 1, 0, 0xaa, 0xbb}
	io, err := DecodeIO(b)
	if err != nil || io.Connection != 0x01020304 || io.Sequence != 9 || len(io.Data) != 4 {
		t.Errorf("%+v, %v", io, err)
	}
	for name, b := range map[string][]byte{
		"a list services header": message(ListServices, 0, 0),
		"one item":               {1, 0, 2, 0x80, 8, 0},
		"another data item":      {2, 0, 0xa1, 0, 4, 0, 1, 2, 3, 4, 0xb2, 0, 0, 0},
	} {
		if _, err := DecodeIO(b); err == nil {
			t.Errorf("%s taken as I/O", name)
		}
	}
}

// FuzzDecode: a message takes its header and its length and no more; decoding
// what was taken again gives the same; items do not reach outside.
func FuzzDecode(f *testing.F) {
	for _, b := range frames() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		DecodeIO(b)
		m, n, err := Decode(b)
		if err != nil {
			if n != 0 {
				t.Fatalf("%v, but %d bytes taken", err, n)
			}
			return
		}
		if n > len(b) || n != HeaderSize+int(m.Length) || len(m.Data) != int(m.Length) {
			t.Fatalf("took %d of %d", n, len(b))
		}
		again, k, err := Decode(b[:n])
		if err != nil || k != n || again.Header != m.Header || !bytes.Equal(again.Data, m.Data) {
			t.Fatalf("second time: %+v, %d, %v", again, k, err)
		}
		if walk(m.Data) > len(m.Data) {
			t.Fatal("items are larger than what holds them")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	f := frames()["connected"]
	b.ReportAllocs()
	b.SetBytes(int64(len(f)))
	for b.Loop() {
		m, _, err := Decode(f)
		if err != nil {
			b.Fatal(err)
		}
		items, _ := DecodeCommandItems(m.Data)
		for _, ok := items.Next(); ok; _, ok = items.Next() {
		}
	}
}
