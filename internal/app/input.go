package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// input is one capture being read. Several are read as one, in the order of
// their packets' times.
type input struct {
	index  int
	file   io.ReadCloser
	reader *capture.Reader
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
	r, err := capture.Open(&counting{in.file, count})
	if err != nil {
		in.file.Close()
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	in.reader, info.Format = r, r.Format
	in.advance()
	return in, nil
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
	in.reader.Close()
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
