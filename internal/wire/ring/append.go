package ring

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Sizes. A chunk holds what is written at once; a longer frame is cut.
const (
	chunkSize = 512 << 10
	maxFrame  = 256 << 10
	maxLinks  = 64 // link types in one ring
)

// Ring is the ring of one sensor. Its methods may be called by any goroutine.
type Ring struct {
	opt    Options
	unlock func()
	queue  chan *chunk // to the writer; has room for all chunks
	flush  chan chan struct{}
	ended  chan struct{} // the writer's end
	done   sync.WaitGroup

	mu      sync.Mutex // guards what follows
	fill    *chunk     // nil when none is free
	free    []*chunk   // used again last in, first out: a quiet sensor needs few
	made    int        // chunks
	links   []int      // link types seen; a packet's interface is an index here
	next    uint64     // number after the last appended
	closed  bool
	notKept uint64

	files   []*file // oldest first, the one that is written last
	total   int64   // bytes of all files
	last    uint64  // highest number in them
	written uint64
	problem string

	keeping sync.Mutex // one cut is kept at a time, for the bound of kept/
}

// chunk is a number of packets as they will be in the file.
type chunk struct {
	data    []byte
	packets uint64
	links   int // the interfaces that the packets need
	entry   entry
}

// Open opens or makes the ring in o.Dir. One process at a time may have it open.
func Open(o Options) (*Ring, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(filepath.Join(o.Dir, keptFolder), 0o750); err != nil {
		return nil, fmt.Errorf("open the ring: %w", err)
	}
	unlock, err := lock(filepath.Join(o.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("open the ring in %s: %w", o.Dir, err)
	}
	files, err := listFiles(o.Dir)
	if err != nil {
		unlock()
		return nil, fmt.Errorf("open the ring: %w", err)
	}
	r := &Ring{opt: o, unlock: unlock, files: files, flush: make(chan chan struct{}), ended: make(chan struct{})}
	for _, f := range files {
		r.total += f.size
		r.last = max(r.last, f.inspect(o.Dir))
	}
	r.queue = make(chan *chunk, r.maxChunks())
	if err := r.dropUnfinished(); err != nil {
		unlock()
		return nil, fmt.Errorf("open the ring: %w", err)
	}
	w := &writer{ring: r, dir: o.Dir}
	r.done.Go(func() {
		defer close(r.ended)
		w.run()
	})
	return r, nil
}

// maxChunks is how many chunks the queue's memory is.
func (r *Ring) maxChunks() int { return max(r.opt.QueueBytes/chunkSize, 2) }

// Append takes a copy of a frame and its number. It never waits.
func (r *Ring) Append(number uint64, f *capture.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	iface, ok := r.iface(f.Link)
	if !ok || r.closed {
		r.notKept++
		return
	}
	data := f.Data[:min(len(f.Data), maxFrame)]
	if c := r.fill; c != nil && len(c.data)+len(data)+64 > chunkSize {
		r.pass()
	}
	c := r.chunk()
	if c == nil {
		r.notKept++
		return
	}
	p := record{number, f.Time, uint32(iface), f.Wire, data}
	c.data = appendPacket(c.data, &p, c.packets == 0 || number != r.next, nil)
	c.packets++
	c.links = max(c.links, iface+1)
	c.entry.add(number, f.Time)
	r.next = number + 1
}

// iface is the number of a link type's interface.
func (r *Ring) iface(link int) (int, bool) {
	i := slices.Index(r.links, link)
	if i < 0 && len(r.links) < maxLinks {
		i = len(r.links)
		r.links = append(r.links, link)
	}
	return i, i >= 0
}

// chunk is the one to fill, nil when all wait to be written.
func (r *Ring) chunk() *chunk {
	if r.fill != nil {
		return r.fill
	}
	switch n := len(r.free); {
	case n > 0:
		r.fill, r.free = r.free[n-1], r.free[:n-1]
	case r.made < r.maxChunks():
		r.made++
		r.fill = &chunk{data: make([]byte, 0, chunkSize)}
	}
	return r.fill
}

// pass hands what was filled to the writer.
func (r *Ring) pass() {
	if r.fill != nil && r.fill.packets > 0 {
		r.queue <- r.fill
		r.fill = nil
	}
}

// giveBack makes a chunk free again.
func (r *Ring) giveBack(c *chunk) {
	*c = chunk{data: c.data[:0]}
	r.mu.Lock()
	r.free = append(r.free, c)
	r.mu.Unlock()
}

var errClosed = errors.New("the ring is closed")

// Flush waits until what was appended is in the files (not: synced).
func (r *Ring) Flush(ctx context.Context) error {
	done := make(chan struct{})
	select {
	case r.flush <- done:
	case <-r.ended:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Status is what the ring holds.
func (r *Ring) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Status{Bytes: uint64(r.total), Files: len(r.files), Written: r.written, NotKept: r.notKept, Last: r.last, Problem: r.problem}
	if len(r.files) > 0 {
		s.Oldest, s.First = r.files[0].time, r.files[0].first
	}
	return s
}

// Close writes what waits and ends the ring.
func (r *Ring) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	r.pass()
	close(r.queue)
	r.mu.Unlock()
	r.done.Wait()
	r.unlock()
	return nil
}
