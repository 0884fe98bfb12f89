package ring

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// disk is what the writer needs of one, for tests that fill it.
type disk interface {
	// create opens a new file.
	create(name string) (output, error)
	// free is how many bytes the folder's disk has left, negative if unknown.
	free(dir string) int64
}

// output is a file being written.
type output interface {
	io.Writer
	io.Closer
	Truncate(size int64) error
}

type realDisk struct{}

// append mode, so that a write after Truncate goes to the new end.
func (realDisk) create(name string) (output, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o640)
}

func (realDisk) free(dir string) int64 { return freeBytes(dir) }

// writer is the goroutine that writes chunks.
type writer struct {
	ring *Ring
	dir  string

	file  *file
	data  output
	index output
	size  int64 // of data
	rows  int64 // of index, in bytes
	links int   // described in the file

	scratch []byte
}

func (w *writer) run() {
	tick := time.NewTicker(w.ring.opt.Delay)
	defer tick.Stop()
	defer w.end()
	for {
		select {
		case c, ok := <-w.ring.queue:
			if !ok {
				return
			}
			w.take(c)
		case <-tick.C:
			w.hurry()
		case done := <-w.ring.flush:
			w.hurry()
			close(done)
		}
	}
}

// hurry writes all that was appended, in order.
func (w *writer) hurry() {
	r := w.ring
	r.mu.Lock()
	if !r.closed {
		r.pass()
	}
	r.mu.Unlock()
	for {
		select {
		case c, ok := <-r.queue:
			if !ok {
				return
			}
			w.take(c)
		default:
			return
		}
	}
}

// take writes a chunk or counts its packets as not kept.
func (w *writer) take(c *chunk) {
	err := w.write(c)
	r := w.ring
	r.mu.Lock()
	if err == nil {
		r.written += c.packets
		r.last = max(r.last, c.entry.last)
		r.problem = ""
	} else {
		r.notKept += c.packets
		r.problem = err.Error()
	}
	r.mu.Unlock()
	r.giveBack(c)
}

var errReserve = errors.New("the disk is nearly full: packets are not kept until there is room; make some or lower the ring's reserve")

func (w *writer) write(c *chunk) error {
	o := &w.ring.opt
	size := int64(len(c.data))
	w.makeRoom(size)
	if free := o.disk.free(w.dir); free >= 0 && free-size < max(o.Reserve, 0) {
		return errReserve
	}
	if w.file == nil || w.size+size > o.FileBytes && w.size > 0 || c.links > w.links {
		if err := w.begin(c); err != nil {
			return fmt.Errorf("begin a file of the ring: %w", err)
		}
	}
	from := w.size
	if err := w.put(w.data, c.data, &w.size); err != nil {
		return fmt.Errorf("write packets: %w", err)
	}
	c.entry.from, c.entry.size = from, size
	w.scratch = c.entry.append(w.scratch[:0])
	// What the index lacks is read: packets that are there count as written.
	_ = w.put(w.index, w.scratch, &w.rows)
	return nil
}

// put writes b as a whole or not at all.
func (w *writer) put(to output, b []byte, size *int64) error {
	n, err := to.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		if cut := to.Truncate(*size); cut != nil {
			w.end() // half a record: what comes next begins a new file
		}
		return err
	}
	*size += int64(n)
	w.grow(int64(n))
	return nil
}

// grow counts bytes of the file being written.
func (w *writer) grow(n int64) {
	r := w.ring
	r.mu.Lock()
	w.file.size += n
	r.total += n
	r.mu.Unlock()
}

// begin ends the file and begins the next with the chunk's first packet.
func (w *writer) begin(c *chunk) error {
	w.end()
	r := w.ring
	r.mu.Lock()
	links := append([]int(nil), r.links...)
	sequence := uint64(1)
	if n := len(r.files); n > 0 {
		sequence = r.files[n-1].sequence + 1
	}
	r.mu.Unlock()

	f := newFile(sequence, c.entry.first, c.entry.early)
	f.epoch = r.opt.Epoch
	data, err := r.opt.disk.create(filepath.Join(w.dir, f.name))
	if err != nil {
		return err
	}
	index, err := r.opt.disk.create(filepath.Join(w.dir, f.index()))
	if err != nil {
		data.Close()
		_ = f.remove(w.dir) // it is empty
		return err
	}
	w.file, w.data, w.index, w.size, w.rows, w.links = f, data, index, 0, 0, len(links)
	r.mu.Lock()
	r.files = append(r.files, f)
	r.mu.Unlock()
	head := appendSection(nil, about{Sensor: r.opt.Sensor, Epoch: r.opt.Epoch})
	for _, link := range links {
		head = appendInterface(head, link, r.opt.Sensor)
	}
	if err := w.put(data, head, &w.size); err != nil {
		w.abandon()
		return err
	}
	return nil
}

// abandon removes the file that was just begun.
func (w *writer) abandon() {
	if w.file == nil {
		return
	}
	f := w.file
	w.end()
	r := w.ring
	r.mu.Lock()
	r.files = r.files[:len(r.files)-1]
	r.total -= f.size
	r.mu.Unlock()
	_ = f.remove(w.dir) // a file without packets is no harm
}

func (w *writer) end() {
	if w.file == nil {
		return
	}
	w.data.Close()
	w.index.Close()
	w.file = nil
}

// makeRoom deletes the oldest files until n more bytes keep the bound. The file
// being written stays.
func (w *writer) makeRoom(n int64) {
	r := w.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.files) > 0 && r.total+n > r.opt.MaxBytes && r.files[0] != w.file {
		f := r.files[0]
		if err := f.remove(w.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
			return // asked again with the next chunk
		}
		r.files = r.files[1:]
		r.total -= f.size
	}
}
