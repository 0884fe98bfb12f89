package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/logs"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// input is one capture or log being read. Several captures are read as one, in
// the order of their packets' times.
type input struct {
	index  int
	file   io.ReadCloser
	reader *capture.Reader // nil for a log
	log    *logInput       // nil for a capture
	undo   io.Closer       // what decompression holds, nil for none
	frame  capture.Frame
	info   *plant.Capture
	first  int64
	last   int64
	links  uint64 // bit set of link types below 64, to note each once
	more   bool
}

// Stdin is the file name that stands for standard input.
const Stdin = "-"

func openInput(index int, name string, info *plant.Capture, count func(int)) (*input, error) {
	in := &input{index: index, info: info}
	info.File = name
	if name == Stdin {
		in.file = io.NopCloser(os.Stdin)
	} else {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		if s, err := f.Stat(); err == nil && s.IsDir() {
			f.Close()
			return nil, fmt.Errorf("read %s: it is a folder; name the captures in it: %s/*.pcap", name, name)
		}
		in.file = f
	}
	if err := in.open(&counting{in.file, count}); err != nil {
		in.close()
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return in, nil
}

// open finds out by the bytes whether the input is a log or a capture.
func (in *input) open(r io.Reader) error {
	plain, undo, err := capture.Decompress(r)
	if err != nil {
		return err
	}
	in.undo = undo
	b := bufio.NewReaderSize(plain, logs.SniffLen)
	if f, ok := sniffLog(b); ok {
		in.log = &logInput{f, b}
		return nil
	}
	if in.reader, err = capture.Open(b); err != nil {
		return err
	}
	in.info.Format = in.reader.Format
	in.advance()
	return nil
}

// logInput is another sensor's log.
type logInput struct {
	format logs.Format
	text   io.Reader
}

// sniffLog asks for more than the first byte only where that can be a log's: a
// capture may come from a pipe that has no more yet.
func sniffLog(b *bufio.Reader) (logs.Format, bool) {
	head, _ := b.Peek(1)
	if len(head) == 0 || !strings.Contains("#{ \t\r\n\xef", string(head)) {
		return 0, false
	}
	head, _ = b.Peek(logs.SniffLen)
	return logs.Sniff(head)
}

// counting tells how many bytes were read, for the progress bar.
type counting struct {
	r     io.Reader
	count func(int)
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.count(n)
	return n, err
}

func (in *input) close() {
	if in.reader != nil {
		in.reader.Close()
	}
	if in.undo != nil {
		in.undo.Close()
	}
	in.file.Close()
}

// advance reads the next frame and counts it. Damage ends the input and is told
// in its description: what was read is kept.
func (in *input) advance() {
	err := in.reader.Next(&in.frame)
	if err == nil {
		in.count()
		in.more = true
		return
	}
	in.more = false
	switch {
	case err == io.EOF:
	case errors.Is(err, capture.ErrTruncated):
		in.info.Truncated = true
	default:
		in.info.Truncated = true
		in.info.Problem = err.Error()
	}
	if in.info.Packets > 0 {
		in.info.First, in.info.Last = time.Unix(0, in.first).UTC(), time.Unix(0, in.last).UTC()
	}
}

func (in *input) count() {
	f := &in.frame
	if in.info.Packets == 0 {
		in.first, in.last = f.Time, f.Time
	}
	in.info.Packets++
	in.info.Bytes += uint64(f.Wire)
	in.first, in.last = min(in.first, f.Time), max(in.last, f.Time)
	if f.Link < 64 && in.links&(1<<f.Link) != 0 {
		return
	}
	in.links |= 1 << (f.Link & 63)
	if name := packet.LinkName(f.Link); !slices.Contains(in.info.LinkTypes, name) {
		in.info.LinkTypes = append(in.info.LinkTypes, name)
	}
}

func (in *input) ref() plant.PacketRef { return plant.NewPacketRef(in.index, in.info.Packets) }

// earliest is the input whose next frame comes first, nil when all are read.
func earliest(inputs []*input) *input {
	var best *input
	for _, in := range inputs {
		if in.more && (best == nil || in.frame.Time < best.frame.Time) {
			best = in
		}
	}
	return best
}
