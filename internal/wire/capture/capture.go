// Package capture reads frames from capture files: pcap in both byte orders
// with micro- or nanoseconds, and pcapng with several sections and interfaces,
// plain or compressed with gzip or zstd. The format is told by the first bytes
// and never by the name.
//
// Frames are handed out in a buffer that the next call reuses: nothing is
// allocated per frame. A file that ends in the middle of a record gives the
// frames before it and then ErrTruncated.
//
// References: draft-ietf-opsawg-pcap-04, draft-ietf-opsawg-pcapng-02.
package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Errors of Open and Next.
var (
	// ErrFormat: the bytes are not a capture.
	ErrFormat = errors.New("not a capture file")
	// ErrTruncated: the file ends in the middle of a record. What came before
	// it is good.
	ErrTruncated = errors.New("the capture ends in the middle of a record")
	// ErrCorrupt: a record contradicts itself; there is no way to find the
	// next one.
	ErrCorrupt = errors.New("the capture is damaged")
)

// Frame is one captured frame. Data is valid until the next call of Next.
type Frame struct {
	Time int64 // nanoseconds since 1970
	Data []byte
	Wire int // length on the wire
	Link int // link type, see packet.Link…
}

// Reader reads the frames of one capture.
type Reader struct {
	src  *source
	next func(*Frame) error
	// Format is "pcap" or "pcapng".
	Format string
	closer io.Closer
}

// maxFrame bounds one frame: what libpcap accepts for the largest link type is
// 256 KiB; USB and merged offload frames have been seen at a few times that.
const maxFrame = 4 << 20

// Magic numbers of what a file may start with.
var (
	magicGzip = []byte{0x1f, 0x8b}
	magicZstd = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// Open finds out what r holds. The error wraps ErrFormat when that is no
// capture. A file without a single byte is a capture without frames: what a
// recorder leaves that was stopped at once.
func Open(r io.Reader) (*Reader, error) {
	plain, closer, err := Decompress(r)
	if err != nil {
		return nil, err
	}
	c := &Reader{src: newSource(plain), closer: closer}
	if err := c.open(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Reader) open() error {
	head, err := c.src.peek(4)
	if len(head) == 0 {
		if err != nil && err != io.EOF {
			return fmt.Errorf("read the capture's first bytes: %w", err)
		}
		c.Format, c.next = "pcap", func(*Frame) error { return io.EOF }
		return nil
	}
	if len(head) == 4 {
		if binary.BigEndian.Uint32(head) == blockSection {
			n := &pcapng{src: c.src}
			c.Format, c.next = "pcapng", n.next
			return nil
		}
		if p := newPcap(head); p != nil {
			p.src = c.src
			c.Format, c.next = "pcap", p.next
			return p.header()
		}
	}
	return fmt.Errorf("%w: it starts with % x; pcap, pcapng, Zeek logs and Suricata eve.json are read, plain or in gzip or zstd", ErrFormat, head)
}

// Next reads the next frame into f. It returns io.EOF after the last one,
// ErrTruncated when the file ends inside a record, and an error that wraps
// ErrCorrupt when the file is damaged.
func (c *Reader) Next(f *Frame) error { return c.next(f) }

// Close frees what decompression holds. It does not close the underlying reader.
func (c *Reader) Close() error {
	if c.closer == nil {
		return nil
	}
	return c.closer.Close()
}

// Decompress undoes gzip or zstd around r, chosen by the first bytes. The closer
// is nil when there is nothing to close.
func Decompress(r io.Reader) (io.Reader, io.Closer, error) {
	b := bufio.NewReaderSize(r, 4096)
	head, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(head, magicGzip):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, fmt.Errorf("open gzip: %w", err)
		}
		return z, z, nil
	case bytes.HasPrefix(head, magicZstd):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, nil, fmt.Errorf("open zstd: %w", err)
		}
		c := z.IOReadCloser()
		return c, c, nil
	}
	return b, nil, nil
}
