package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

// classic makes a pcap file of three frames "a", "bb", "ccc" on a wire of 10
// bytes each, one second apart.
func classic(order binary.AppendByteOrder, magic uint32, fraction uint32) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 65535)
	b = order.AppendUint32(b, 1)
	for i, data := range []string{"a", "bb", "ccc"} {
		b = order.AppendUint32(b, uint32(1000+i))
		b = order.AppendUint32(b, fraction)
		b = order.AppendUint32(b, uint32(len(data)))
		b = order.AppendUint32(b, 10)
		if magic == 0xa1b2cd34 {
			b = append(b, make([]byte, 8)...)
		}
		b = append(b, data...)
	}
	return b
}

// ng builds pcapng blocks.
type ng struct {
	order binary.AppendByteOrder
	b     []byte
}

func (n *ng) block(kind uint32, body []byte) {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	size := uint32(len(body) + 12)
	n.b = n.order.AppendUint32(n.b, kind)
	n.b = n.order.AppendUint32(n.b, size)
	n.b = append(n.b, body...)
	n.b = n.order.AppendUint32(n.b, size)
}

func (n *ng) section() {
	body := n.order.AppendUint32(nil, 0x1a2b3c4d)
	body = n.order.AppendUint16(body, 1)
	body = n.order.AppendUint16(body, 0)
	n.block(blockSection, n.order.AppendUint64(body, ^uint64(0)))
}

func (n *ng) iface(link uint16, options ...byte) {
	body := n.order.AppendUint16(nil, link)
	body = n.order.AppendUint16(body, 0)
	n.block(blockInterface, append(n.order.AppendUint32(body, 0), options...))
}

func (n *ng) enhanced(iface uint32, stamp uint64, data string) {
	body := n.order.AppendUint32(nil, iface)
	body = n.order.AppendUint32(body, uint32(stamp>>32))
	body = n.order.AppendUint32(body, uint32(stamp))
	body = n.order.AppendUint32(body, uint32(len(data)))
	body = n.order.AppendUint32(body, 10)
	n.block(blockEnhanced, append(body, data...))
}

func blocks(order binary.AppendByteOrder) []byte {
	n := &ng{order: order}
	n.section()
	n.iface(1)
	n.block(0x0bad, []byte("a block of a kind nobody knows"))
	n.enhanced(0, 1000_500000, "a")
	n.enhanced(0, 1001_500000, "bb")
	n.section() // a second section: interfaces are counted anew
	n.iface(101, order.AppendUint32(nil, 0)...)
	n.b = n.b[:len(n.b)-24]
	// if_tsresol 9 (nanoseconds), then end of options
	options := order.AppendUint16(nil, 9)
	options = order.AppendUint16(options, 1)
	options = append(options, 9, 0, 0, 0, 0, 0, 0, 0)
	n.iface(1, options...)
	n.enhanced(0, 1002_500000000, "ccc")
	return n.b
}

func gz(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func zs(b []byte) []byte {
	w, _ := zstd.NewWriter(nil)
	return w.EncodeAll(b, nil)
}

func list(t *testing.T, r io.Reader) (string, error) {
	t.Helper()
	c, err := Open(r)
	if err != nil {
		return "", err
	}
	defer c.Close()
	var s strings.Builder
	var f Frame
	for {
		if err := c.Next(&f); err != nil {
			if err == io.EOF {
				err = nil
			}
			return strings.TrimSpace(s.String()), err
		}
		fmt.Fprintf(&s, "%d.%d:%s/%d ", f.Time/1e9, f.Time%1e9/1e8, f.Data, f.Wire)
	}
}

func TestFormats(t *testing.T) {
	const want = "1000.5:a/10 1001.5:bb/10 1002.5:ccc/10"
	le, be := binary.LittleEndian, binary.BigEndian
	cases := map[string][]byte{
		"pcap, microseconds, little endian": classic(le, 0xa1b2c3d4, 500_000),
		"pcap, microseconds, big endian":    classic(be, 0xa1b2c3d4, 500_000),
		"pcap, nanoseconds, little endian":  classic(le, 0xa1b23c4d, 500_000_000),
		"pcap, nanoseconds, big endian":     classic(be, 0xa1b23c4d, 500_000_000),
		"pcap, Kuznetzov's variant":         classic(le, 0xa1b2cd34, 500_000),
		"pcapng, little endian":             blocks(le),
		"pcapng, big endian":                blocks(be),
		"pcap in gzip":                      gz(classic(le, 0xa1b2c3d4, 500_000)),
		"pcapng in zstd":                    zs(blocks(le)),
	}
	for name, b := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := list(t, bytes.NewReader(b))
			if err != nil || got != want {
				t.Errorf("got %q, %v", got, err)
			}
			if got, err = list(t, iotest.OneByteReader(bytes.NewReader(b))); err != nil || got != want {
				t.Errorf("byte by byte: got %q, %v", got, err)
			}
		})
	}
}

// TestTruncation cuts each format everywhere: what came whole is kept, and what
// did not is told.
func TestTruncation(t *testing.T) {
	whole := "1000.5:a/10 1001.5:bb/10 1002.5:ccc/10"
	for name, b := range map[string][]byte{"pcap": classic(binary.LittleEndian, 0xa1b2c3d4, 500_000), "pcapng": blocks(binary.LittleEndian)} {
		for cut := 4; cut < len(b); cut++ {
			got, err := list(t, bytes.NewReader(b[:cut]))
			if err != nil && !errors.Is(err, ErrTruncated) {
				t.Fatalf("%s cut at %d: %v", name, cut, err)
			}
			if !strings.HasPrefix(whole, got) {
				t.Fatalf("%s cut at %d: got %q", name, cut, got)
			}
		}
	}
}

func TestNothingAndNonsense(t *testing.T) {
	if got, err := list(t, bytes.NewReader(nil)); got != "" || err != nil {
		t.Errorf("no bytes: %q, %v", got, err)
	}
	if got, err := list(t, bytes.NewReader(classic(binary.LittleEndian, 0xa1b2c3d4, 0)[:24])); got != "" || err != nil {
		t.Errorf("a header alone: %q, %v", got, err)
	}
	for _, s := range []string{"x", "hello, world", "PK\x03\x04 a zip file"} {
		if _, err := list(t, strings.NewReader(s)); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestDamageIsTold(t *testing.T) {
	huge := classic(binary.LittleEndian, 0xa1b2c3d4, 0)
	binary.LittleEndian.PutUint32(huge[24+8:], 1<<30)
	n := &ng{order: binary.LittleEndian}
	n.section()
	n.enhanced(7, 0, "a")
	wide := &ng{order: binary.LittleEndian}
	wide.section()
	wide.b = append(wide.b, 1, 0, 0, 0, 0x2c, 0x30, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0)
	for name, b := range map[string][]byte{"a record of 1 GiB": huge, "an interface block of 4 GiB": wide.b, "a packet of an unknown interface": n.b} {
		if _, err := list(t, bytes.NewReader(b)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWriterIsReadBack(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(1000_500000000, 10, []byte("a")); err != nil {
		t.Fatal(err)
	}
	if got, err := list(t, &out); err != nil || got != "1000.5:a/10" {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(classic(binary.LittleEndian, 0xa1b2c3d4, 0))
	f.Add(classic(binary.BigEndian, 0xa1b2cd34, 0))
	f.Add(blocks(binary.LittleEndian))
	f.Add(blocks(binary.BigEndian))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Open(bytes.NewReader(b))
		if err != nil {
			return
		}
		defer c.Close()
		var frame Frame
		total := 0
		for c.Next(&frame) == nil {
			if frame.Wire < 0 || len(frame.Data) > maxFrame {
				t.Fatalf("a frame of %d bytes, %d on the wire", len(frame.Data), frame.Wire)
			}
			if total += 12 + len(frame.Data); c.src.r != nil && total > 64+16*len(b) && !compressed(b) {
				t.Fatalf("%d bytes of frames out of %d", total, len(b))
			}
		}
	})
}

func compressed(b []byte) bool {
	return bytes.HasPrefix(b, magicGzip) || bytes.HasPrefix(b, magicZstd)
}

func BenchmarkNext(b *testing.B) {
	var file bytes.Buffer
	w, _ := NewWriter(&file, 1)
	frame := make([]byte, 268) // the mean of the mixed benchmark capture
	for range 10_000 {
		w.Write(1, len(frame), frame)
	}
	b.ReportAllocs()
	var f Frame
	c, _ := Open(bytes.NewReader(file.Bytes()))
	for b.Loop() {
		if c.Next(&f) == io.EOF {
			c, _ = Open(bytes.NewReader(file.Bytes()))
		}
	}
}
