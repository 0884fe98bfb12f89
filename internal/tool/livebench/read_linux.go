package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live"
	"github.com/bulkhead-ot/bulkhead/internal/wire/confine"
	"github.com/bulkhead-ot/bulkhead/internal/wire/ring"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
)

// read reads the interface until standard input ends, and tells what it saw.
func read(o options) error {
	if err := pin(o.core, o.workers); err != nil {
		return err
	}
	h, err := live.Open(live.Options{Interface: o.iface, Workers: o.workers, BlockSize: o.block, Blocks: o.blocks})
	if err != nil {
		return err
	}
	r := &reader{handle: h, bare: o.bare, sample: o.sample}
	if o.ring != "" {
		if r.ring, err = ring.Open(ring.Options{Dir: o.ring, Sensor: "bench", MaxBytes: 1 << 30}); err != nil {
			return err
		}
	}
	if o.confined {
		var writable []string
		if o.ring != "" {
			writable = []string{o.ring}
		}
		fmt.Fprintln(os.Stderr, confine.Apply(confine.Options{Role: confine.Sensor, Writable: writable, Packet: h.Descriptors()}))
	}
	return r.run()
}

// pin puts the process on one core, or on as many as it has workers.
func pin(core, workers int) error {
	if core < 0 {
		return nil
	}
	var set unix.CPUSet
	for i := range workers {
		set.Set((core + i) % runtime.NumCPU())
	}
	runtime.GOMAXPROCS(max(workers, 1))
	// Each thread has a mask of its own; new ones take that of their maker.
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := unix.SchedSetaffinity(id, &set); err != nil {
			return fmt.Errorf("pin to core %d: %w", core, err)
		}
	}
	return nil
}

type reader struct {
	handle *live.Handle
	ring   *ring.Ring
	bare   bool
	sample bool
}

func (r *reader) run() error {
	var all sync.WaitGroup
	failed := make(chan error, r.handle.Sources())
	for i := range r.handle.Sources() {
		all.Go(func() { failed <- r.source(i) })
	}
	before := used()
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	r.settle()
	after := used()
	st := r.handle.Status()
	t := trial{Received: st.Packets, Dropped: st.Dropped, CPU: after.cpu - before.cpu, MiB: after.mib}
	if err := r.handle.Close(); err != nil {
		return err
	}
	all.Wait()
	close(failed)
	var bad error
	for err := range failed {
		bad = errors.Join(bad, err)
	}
	if r.ring != nil {
		bad = errors.Join(bad, r.ring.Close())
		t.NotKept = r.ring.Status().NotKept
	}
	return errors.Join(bad, json.NewEncoder(os.Stdout).Encode(t))
}

// settle waits until nothing more comes out of the ring.
func (r *reader) settle() {
	for last := uint64(1); ; {
		time.Sleep(500 * time.Millisecond)
		n := r.handle.Status().Packets
		if n == last {
			return
		}
		last = n
	}
}

// source reads one share of the frames with a sensor of its own, as the program
// does when it runs, but for the bus: what it reports is thrown away.
func (r *reader) source(i int) error {
	if r.bare {
		return r.drain(i)
	}
	o := sensor.Options{
		Site: "bench", Name: fmt.Sprint("bench", i), Version: "bench", Source: "veth", Kind: sensor.Live,
		Protocols: app.Protocols, Sample: r.sample, Interval: reports,
		Publish: func(context.Context, *plant.Batch) error { return nil },
		Last:    func(context.Context) (*plant.Batch, error) { return nil, nil },
	}
	if r.ring != nil {
		o.Keep = func(f *capture.Frame, n uint64) { r.ring.Append(n, f) }
	}
	return sensor.New(o).Run(context.Background(), r.handle.Source(i))
}

// reports is the time between reports. It is shorter than the default, so that a
// trial of some seconds has some; in the first they come six times as often.
const reports = 6 * time.Second

// drain reads the ring and decodes nothing.
func (r *reader) drain(i int) error {
	s := r.handle.Source(i)
	var f capture.Frame
	for n := uint64(1); ; n++ {
		switch err := s.Next(&f); {
		case errors.Is(err, live.ErrIdle):
			n--
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case r.ring != nil:
			r.ring.Append(n, &f)
		}
	}
}

// usage is what this process took so far.
type usage struct {
	cpu time.Duration
	mib float64
}

func used() usage {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return usage{}
	}
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), float64(u.Maxrss) / 1024}
}
