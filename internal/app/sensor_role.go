package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live"
	"github.com/bulkhead-ot/bulkhead/internal/wire/ring"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
)

// ExtraSensor is a sensor that reads what the program itself makes.
type ExtraSensor struct {
	Name, Source string
	Kind         sensor.Kind
	Frames       sensor.Source
	Ring         config.Size
	Interval     time.Duration
}

// sensorRole is one sensor with what it reads and the ring it keeps packets in.
type sensorRole struct {
	process *Process
	c       config.Sensor
	kind    sensor.Kind
	source  sensor.Source
	words   string // what is read
	handle  *live.Handle
	epoch   string
	ring    *ring.Ring // nil keeps no packets
	sensor  *sensor.Sensor
}

// openSensors opens what the sensors read, while the process may still do so.
func (p *Process) openSensors() error {
	for i := range p.c.Sensors {
		s := &sensorRole{process: p, c: p.c.Sensors[i]}
		p.sensors = append(p.sensors, s)
		if err := s.open(); err != nil {
			return fmt.Errorf("sensor %q: %w", s.c.Name, err)
		}
	}
	for _, x := range p.o.Extra {
		s := &sensorRole{process: p, c: config.Sensor{Name: x.Name, Ring: x.Ring, Interval: config.Duration(x.Interval.String())}, kind: x.Kind, source: x.Frames, words: x.Source}
		p.sensors = append(p.sensors, s)
	}
	return nil
}

// prepareSensors finds out where each sensor left off, and opens its ring.
func (p *Process) prepareSensors(ctx context.Context) error {
	for _, s := range p.sensors {
		if err := s.prepare(ctx); err != nil {
			return fmt.Errorf("sensor %q: %w", s.c.Name, err)
		}
	}
	return nil
}

func (s *sensorRole) open() (err error) {
	if s.c.File != "" {
		return s.openFile()
	}
	s.kind, s.words = sensor.Live, s.c.Interface
	if s.handle, err = live.Open(live.Options{Interface: s.c.Interface}); err != nil {
		return fmt.Errorf("watch %s: %w", s.c.Interface, err)
	}
	s.process.later(s.handle.Close)
	s.source = s.handle.Source(0)
	return nil
}

func (s *sensorRole) openFile() error {
	f, err := os.Open(s.c.File)
	if err != nil {
		return err
	}
	s.process.later(f.Close)
	r, err := capture.Open(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.c.File, err)
	}
	s.process.later(func() error { r.Close(); return nil })
	s.kind, s.words, s.source = sensor.Recorded, "file "+filepath.Base(s.c.File), &fileSource{reader: r}
	return nil
}

func (s *sensorRole) openRing() error {
	size, err := s.c.Ring.Bytes()
	if err != nil || size == 0 {
		return err
	}
	s.ring, err = ring.Open(ring.Options{Dir: s.process.ringDir(s.c.Name), Sensor: s.c.Name, Epoch: s.epoch, MaxBytes: size})
	if err != nil {
		return fmt.Errorf("keep packets: %w", err)
	}
	s.process.later(s.ring.Close)
	return nil
}

// ringDir is where a sensor keeps packets.
func (p *Process) ringDir(name string) string { return filepath.Join(p.c.Data, "ring", fileName(name)) }

// fileName makes a sensor's name fit for a folder.
func fileName(name string) string {
	b := []byte(name)
	for i, c := range b {
		if c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') || c == '.' && i == 0 {
			b[i] = '_'
		}
	}
	return string(b)
}

// prepare makes the sensor and opens its ring. A packet's number means something
// only together with the sensor's epoch, so both must know which that is.
func (s *sensorRole) prepare(ctx context.Context) error {
	p := s.process
	last, err := lastOf(p.bus, p.c.Site, s.c.Name)(ctx)
	if err != nil {
		return err
	}
	if s.epoch = sensor.NewEpoch(p.o.Now()); last != nil {
		s.epoch = last.Epoch
	}
	if err := s.openRing(); err != nil {
		return err
	}
	interval, err := s.c.Interval.Length()
	if err != nil {
		return err
	}
	o := sensor.Options{
		Site: p.c.Site, Name: s.c.Name, Epoch: s.epoch, Version: p.o.Version, Source: s.words, Kind: s.kind,
		Workers: s.c.Workers, MaxFlows: s.c.MaxFlows, Protocols: Protocols, Sample: s.kind != sensor.Recorded, Interval: interval,
		Publish: p.bus.Publish, Last: lastOf(p.bus, p.c.Site, s.c.Name), Condition: s.condition, Now: p.o.Now, Log: p.o.Log,
	}
	if s.ring != nil {
		o.Numbered = s.ring.Status().Last
		o.Keep = func(f *capture.Frame, number uint64) { s.ring.Append(number, f) }
	}
	s.sensor = sensor.New(o)
	return nil
}

func (s *sensorRole) run(ctx context.Context) {
	log := s.process.o.Log
	log.Info("watching", "sensor", s.c.Name, "source", s.words)
	if err := s.sensor.Run(ctx, s.source); err != nil && !errors.Is(err, context.Canceled) {
		log.Error("a sensor ended", "sensor", s.c.Name, "error", err)
	}
}

// condition adds what the interface and the ring know to a sensor's status.
func (s *sensorRole) condition(st *plant.SensorStatus) {
	if s.handle != nil {
		h := s.handle.Status()
		st.Dropped = h.Dropped
		if h.State != "" {
			st.State = h.State
		}
		st.Problem = first(st.Problem, h.Problem)
	}
	if f, ok := s.source.(*fileSource); ok {
		st.Problem = first(st.Problem, f.problem())
	}
	if s.ring != nil {
		r := s.ring.Status()
		st.RingBytes, st.RingOldest = r.Bytes, r.Oldest
		st.Problem = first(st.Problem, r.Problem)
	}
}
