package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/bus"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
)

// Importer reads captures that people hand in, one after the other, each as a
// sensor of its own whose batches take the same way as those of a live one. A
// job that was not finished when the program ended is taken up again.
type Importer struct {
	o    ImporterOptions
	wake chan struct{}

	mu      sync.Mutex
	running string // the job that is read, "" for none
	cancel  context.CancelFunc
	gone    bool // somebody cancelled it
}

// ImporterOptions is what an importer works with.
type ImporterOptions struct {
	Site, Version string
	Dir           string // where captures are kept
	Store         *store.DB
	Bus           *bus.Bus
	Publish       func(id string) // a job changed
	Log           *slog.Logger
	Now           func() time.Time
}

// NewImporter makes the importer and its folder.
func NewImporter(o ImporterOptions) (*Importer, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of imported captures: %w", err)
	}
	return &Importer{o: o, wake: make(chan struct{}, 1)}, nil
}

// importPrefix is how the sensors of imports are called.
const importPrefix = "import-"

// Import takes over a capture that has come in.
func (m *Importer) Import(ctx context.Context, u api.Upload) (store.Capture, error) {
	id := strings.ToLower(rand.Text()[:12])
	c := store.Capture{
		ID: id, Site: cmp.Or(u.Site, m.o.Site), Name: u.Name, Sensor: importPrefix + id, Path: m.place(id),
		Size: u.Size, SHA256: u.SHA256, State: store.CaptureQueued, Created: m.o.Now(),
	}
	if err := os.Rename(u.Path, c.Path); err != nil {
		return c, fmt.Errorf("keep the capture: %w", err)
	}
	if err := m.o.Store.PutCapture(ctx, c); err != nil {
		return c, errors.Join(err, os.Rename(c.Path, u.Path))
	}
	m.o.Publish(id)
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return c, nil
}

// place is where the capture of a job is kept, so that the packets behind what
// it showed can be cut out of it.
func (m *Importer) place(id string) string { return filepath.Join(m.o.Dir, id+".capture") }

// Cancel ends a job that is queued or being read. What was learnt from it by
// then stays.
func (m *Importer) Cancel(ctx context.Context, id string) (store.Capture, error) {
	m.mu.Lock()
	if m.running == id {
		m.gone = true
		m.cancel()
		m.mu.Unlock()
		return m.o.Store.Capture(ctx, id)
	}
	m.mu.Unlock()
	c, err := m.o.Store.Capture(ctx, id)
	if err != nil {
		return c, err
	}
	if c.State != store.CaptureQueued {
		return c, fmt.Errorf("the import of %s has ended: %w", c.Name, api.ErrConflict)
	}
	c.State, c.Ended = store.CaptureCancelled, m.o.Now()
	if err := m.put(ctx, &c); err != nil {
		return c, err
	}
	m.drop(&c)
	return c, nil
}

// drop removes the capture of a job that came to nothing.
func (m *Importer) drop(c *store.Capture) {
	if err := os.Remove(m.place(c.ID)); err != nil && !errors.Is(err, os.ErrNotExist) {
		m.o.Log.Warn("remove a capture", "capture", c.Name, "error", err)
	}
}

// Run works on the jobs until ctx is done.
func (m *Importer) Run(ctx context.Context) {
	for ctx.Err() == nil {
		c, err := m.next(ctx)
		switch {
		case err != nil:
			m.o.Log.Error("imports wait", "error", err)
			sleep(ctx, 10*time.Second)
		case c == nil:
			select {
			case <-ctx.Done():
			case <-m.wake:
			}
		default:
			m.read(ctx, c)
		}
	}
}

// next is the oldest job that is not done, nil if there is none.
func (m *Importer) next(ctx context.Context) (*store.Capture, error) {
	var oldest *store.Capture
	for _, state := range []store.CaptureState{store.CaptureReading, store.CaptureQueued} {
		list, err := m.o.Store.Captures(ctx, "", state, store.Page{Limit: 1000})
		if err != nil {
			return nil, err
		}
		for i := range list.Items {
			if c := &list.Items[i]; oldest == nil || c.Created.Before(oldest.Created) {
				oldest = c
			}
		}
		if oldest != nil {
			return oldest, nil
		}
	}
	return nil, nil
}

func (m *Importer) put(ctx context.Context, c *store.Capture) error {
	err := m.o.Store.PutCapture(context.WithoutCancel(ctx), *c)
	m.o.Publish(c.ID)
	return err
}

// read reads one capture to its end.
func (m *Importer) read(ctx context.Context, c *store.Capture) {
	job, cancel := context.WithCancel(ctx)
	defer cancel()
	m.mu.Lock()
	m.running, m.cancel, m.gone = c.ID, cancel, false
	m.mu.Unlock()
	c.State = store.CaptureReading
	if c.Started.IsZero() {
		c.Started = m.o.Now()
	}
	err := m.put(ctx, c)
	if err == nil {
		err = m.follow(job, c)
	}
	m.mu.Lock()
	gone := m.gone
	m.running, m.cancel = "", nil
	m.mu.Unlock()
	switch {
	case gone:
		c.State = store.CaptureCancelled
	case ctx.Err() != nil:
		return // the program ends; the next one goes on with it
	case err != nil:
		c.State, c.Problem = store.CaptureFailed, err.Error()
	default:
		c.State = store.CaptureDone
	}
	c.Ended = m.o.Now()
	if err := m.put(ctx, c); err != nil {
		m.o.Log.Error("note how an import ended", "capture", c.Name, "error", err)
	}
}

// progressEvery is how often the state of a job is written down.
const progressEvery = 500 * time.Millisecond

// follow reads the capture and writes down how far it is.
func (m *Importer) follow(ctx context.Context, c *store.Capture) error {
	f, err := os.Open(c.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	var done atomic.Int64
	r, err := capture.Open(&counting{f, func(n int) { done.Add(int64(n)) }})
	if err != nil {
		return err
	}
	defer r.Close()
	src := &fileSource{reader: r}
	s := sensor.New(m.options(c, src))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, src) }()
	t := time.NewTicker(progressEvery)
	defer t.Stop()
	for {
		select {
		case err := <-ended:
			c.ReadBytes, c.Packets, c.Problem = done.Load(), int64(s.Status().Packets), src.problem()
			if err == nil {
				err = ctx.Err()
			}
			return err
		case <-t.C:
			c.ReadBytes, c.Packets = done.Load(), int64(s.Status().Packets)
			if err := m.put(ctx, c); err != nil {
				m.o.Log.Warn("note how far an import is", "capture", c.Name, "error", err)
			}
		}
	}
}

func (m *Importer) options(c *store.Capture, src *fileSource) sensor.Options {
	return sensor.Options{
		Site: c.Site, Name: c.Sensor, Version: m.o.Version, Source: "file " + c.Name, Kind: sensor.Recorded,
		Protocols: Protocols, Publish: m.o.Bus.Publish, Last: lastOf(m.o.Bus, c.Site, c.Sensor),
		Condition: func(s *plant.SensorStatus) {
			s.Problem = first(s.Problem, src.problem())
			// The capture is kept: its packets can be shown as those of a ring.
			s.RingBytes, s.RingOldest = uint64(c.Size), src.oldest()
		}, Log: m.o.Log, Now: m.o.Now,
	}
}

// lastOf asks the bus for a sensor's last batch.
func lastOf(b *bus.Bus, site, name string) func(context.Context) (*plant.Batch, error) {
	return func(ctx context.Context) (*plant.Batch, error) {
		batch, err := b.Last(ctx, site, name)
		if errors.Is(err, bus.ErrNone) {
			return nil, nil
		}
		return batch, err
	}
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// fileSource reads a capture as a sensor's source. Damage ends it: what came
// before is good, and the problem says so.
type fileSource struct {
	reader *capture.Reader
	broken atomic.Pointer[string]
	first  atomic.Int64 // the earliest time, nanoseconds since 1970; 0 before any
}

// Next is the next frame.
func (s *fileSource) Next(f *capture.Frame) error {
	err := s.reader.Next(f)
	if err == nil {
		if t := s.first.Load(); t == 0 || f.Time < t {
			s.first.Store(f.Time)
		}
		return nil
	}
	if err == io.EOF {
		return err
	}
	text := err.Error() + "; what came before that was read. If the original is whole, copy it here anew and import it again"
	s.broken.Store(&text)
	return io.EOF
}

// oldest is the time of the earliest packet so far, zero before any.
func (s *fileSource) oldest() time.Time {
	if t := s.first.Load(); t != 0 {
		return time.Unix(0, t).UTC()
	}
	return time.Time{}
}

func (s *fileSource) problem() string {
	if p := s.broken.Load(); p != nil {
		return *p
	}
	return ""
}

// sleep waits, or returns earlier when ctx is done.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
