package ring

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Cut writes the packets that match as a pcapng file. Each has a comment that
// names sensor and number. It returns ErrNoPackets, having written nothing, when
// there is none. Stretches that are damaged are passed over and counted.
func (r *Ring) Cut(ctx context.Context, w io.Writer, q Query) (Cut, error) {
	return r.cut(ctx, w, q, "")
}

func (r *Ring) cut(ctx context.Context, w io.Writer, q Query, why string) (Cut, error) {
	if err := r.Flush(ctx); err != nil {
		return Cut{}, fmt.Errorf("cut packets: %w", err)
	}
	r.mu.Lock()
	files := slices.Clone(r.files)
	r.mu.Unlock()
	c := &cutter{dir: r.opt.Dir, q: ready(q, r.opt.Epoch), out: w, about: about{r.opt.Sensor, r.opt.Epoch, why}}
	if err := c.all(ctx, files); err != nil {
		return c.cut, fmt.Errorf("cut packets: %w", err)
	}
	if c.cut.Packets == 0 {
		return c.cut, ErrNoPackets
	}
	return c.cut, nil
}

// all cuts from one file after the other. A sensor that was killed may count on
// from what it had reported, so that numbers are there twice: those of the later
// file are meant.
func (c *cutter) all(ctx context.Context, files []*file) error {
	before := make([]uint64, len(files))
	first := map[string]uint64{}
	for i, f := range slices.Backward(files) {
		before[i] = math.MaxUint64
		if n, ok := first[f.epoch]; ok {
			before[i] = n
		}
		first[f.epoch] = min(before[i], f.first)
	}
	for i, f := range files {
		if c.q.byNumber && f.epoch != c.q.Epoch {
			continue
		}
		c.q.before = before[i]
		if err := c.file(ctx, f); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// errEnough: a bound of the query is reached.
var errEnough = errors.New("enough packets")

// cutter writes the packets that match.
type cutter struct {
	dir   string
	q     *query
	out   io.Writer
	about about
	cut   Cut
	links []int // interfaces in the output
	buf   []byte
}

// described is an open file whose head was read.
type described struct {
	data  *os.File
	size  int64
	head  int64 // bytes before the first packet
	about about
	links []int
}

// openFile opens a file; nil if it is gone, or has no head that can be read.
func openFile(name string) *described {
	data, err := os.Open(name)
	if err != nil {
		return nil
	}
	info, err := data.Stat()
	if err != nil {
		data.Close()
		return nil
	}
	d := &described{data: data, size: info.Size()}
	if err := d.readHead(); err != nil {
		data.Close()
		return nil
	}
	return d
}

// readHead reads the section and its interfaces, which come before all packets.
func (d *described) readHead() error {
	at := &counter{r: io.NewSectionReader(d.data, 0, d.size)}
	s := scanner{r: at}
	if err := s.head(); err != nil {
		return err
	}
	d.about, d.head = s.about, at.n
	for {
		kind, b, err := s.block()
		if err != nil || kind != blockInterface || len(b) < 8 {
			d.links = s.links
			return nil // a file without packets, or the first of them
		}
		s.links = append(s.links, int(b[0])|int(b[1])<<8)
		d.head = at.n
	}
}

// inspect notes a file's epoch and returns the highest number in it, 0 if it has
// none: what the index says and what comes after it.
func (f *file) inspect(dir string) (last uint64) {
	d := openFile(filepath.Join(dir, f.name))
	if d == nil {
		return 0
	}
	defer d.data.Close()
	f.epoch = d.about.Epoch
	at := d.head
	for _, e := range readIndex(filepath.Join(dir, f.index()), d.size) {
		at, last = e.from+e.size, max(last, e.last)
	}
	s := scanner{r: bufio.NewReader(io.NewSectionReader(d.data, at, d.size-at)), links: d.links}
	for p := (record{}); s.packet(&p) == nil; {
		last = max(last, p.number)
	}
	return last
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// file cuts from one file: the stretches of the index that may match, and what
// is not in the index.
func (c *cutter) file(ctx context.Context, f *file) error {
	d := openFile(filepath.Join(c.dir, f.name))
	if d == nil {
		return nil // deleted meanwhile, or a writer was killed before its head was there
	}
	defer d.data.Close()
	at := d.head
	for _, e := range readIndex(filepath.Join(c.dir, f.index()), d.size) {
		if e.from > at { // rows are missing
			if err := c.stretch(ctx, d, at, e.from-at); err != nil {
				return err
			}
		}
		at = e.from + e.size
		if e.mayHold(c.q) {
			if err := c.stretch(ctx, d, e.from, e.size); err != nil {
				return err
			}
		}
	}
	return c.stretch(ctx, d, at, d.size-at)
}

// stretch cuts from some bytes of a file that begin with a packet's block.
func (c *cutter) stretch(ctx context.Context, d *described, from, size int64) error {
	if size <= 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s := scanner{r: bufio.NewReaderSize(io.NewSectionReader(d.data, from, size), 256<<10), links: d.links}
	var p record
	for {
		switch err := s.packet(&p); {
		case err == io.EOF:
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF) && from+size == d.size:
			return nil // the end of a file whose writer was killed
		case errors.Is(err, errDamaged), errors.Is(err, io.ErrUnexpectedEOF):
			c.cut.Damaged++
			return nil
		case err != nil:
			return err
		}
		if c.q.matches(&p, d.links[p.iface]) {
			if err := c.write(&p, d.links[p.iface]); err != nil {
				return err
			}
		}
	}
}

// write adds a packet to the output.
func (c *cutter) write(p *record, link int) error {
	b := c.buf[:0]
	if c.cut.Packets == 0 {
		b = appendSection(b, c.about)
	}
	iface := slices.Index(c.links, link)
	if iface < 0 {
		iface = len(c.links)
		b = appendInterface(b, link, c.about.Sensor)
	}
	out := *p
	out.iface = uint32(iface)
	b = appendPacket(b, &out, true, fmt.Appendf(nil, "sensor %s, packet %d", c.about.Sensor, p.number))
	c.buf = b
	if c.cut.Packets >= c.q.MaxPackets || c.cut.Bytes+int64(len(b)) > c.q.MaxBytes {
		c.cut.More = true
		return errEnough
	}
	if _, err := c.out.Write(b); err != nil {
		return err
	}
	if iface == len(c.links) {
		c.links = append(c.links, link)
	}
	c.count(p, len(b))
	return nil
}

func (c *cutter) count(p *record, size int) {
	at := time.Unix(0, p.time).UTC()
	if c.cut.Packets == 0 {
		c.cut.First, c.cut.From, c.cut.To = p.number, at, at
	}
	c.cut.Last = p.number
	if at.Before(c.cut.From) {
		c.cut.From = at
	}
	if at.After(c.cut.To) {
		c.cut.To = at
	}
	c.cut.Packets++
	c.cut.Bytes += int64(size)
}
