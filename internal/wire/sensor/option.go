package sensor

import (
	"context"
	"log/slog"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

// Source gives frames: a capture file, a live interface, a simulated plant.
//
// Next reads the next frame into f, whose Data is valid until the next call. It
// returns io.EOF after the last one. A line on which nothing comes must return,
// every second or so, an error whose method Timeout() bool says true, so that
// the sensor can report and stop.
type Source interface {
	Next(f *capture.Frame) error
}

// Kind is what sort of source a sensor reads. It decides by which clock it
// reports, whether it waits for the bus, and how it goes on after a restart.
type Kind uint8

// Kinds of source.
const (
	// Recorded is a capture: the same frames each time. Reports follow packet
	// time, reading waits for the bus, and after a restart the frames are read
	// again from the first so that nothing is lost and nothing counted twice.
	Recorded Kind = iota
	// Live is a line: reports follow the wall clock, reading never waits, and
	// what was not published when the sensor died is gone.
	Live
	// Played is traffic made at any speed: reports follow packet time and
	// reading waits for the bus, as with Recorded, but frames that were given
	// do not come again.
	Played
)

// Options say what a sensor is and whom it tells.
type Options struct {
	Site, Name string
	Version    string // of the program, for the status
	Source     string // what is read, in words: "eth1", "file monday.pcapng"
	Kind       Kind

	Workers   int // engines that share the work; 0 is 1
	MaxFlows  int // conversations in progress, see dissect.Options
	Protocols func() []dissect.Protocol
	Sample    bool // counts cyclic I/O instead of reading it all, see dissect.Options

	// Interval is the time between reports, which fall on its multiples; 0 is
	// a minute. In the first Interval of a line that is Live or Played a report
	// comes six times as often, so that something is to be seen soon.
	Interval time.Duration
	// MaxRows bounds the observations in one batch; 0 is 10,000. A larger
	// report is sent as several batches, of which the last carries the new
	// Position.
	MaxRows int

	// Publish hands a batch to the bus and returns when it is on disk there.
	// It is called by one goroutine and in order of sequence numbers; after an
	// error the same batch is tried again.
	Publish func(ctx context.Context, b *plant.Batch) error
	// Last is the last batch of this sensor that the bus has, nil if there is
	// none; only its header and status are read. Nil starts a new epoch.
	Last func(ctx context.Context) (*plant.Batch, error)
	// Epoch is what a new epoch is called; "" makes a name. Whoever keeps
	// packets by number needs to know it beforehand: see NewEpoch.
	Epoch string
	// Keep is called with each frame and its number before it is read, for the
	// ring of packets; nil keeps none. It must copy what it needs.
	Keep func(f *capture.Frame, number uint64)
	// Numbered is the highest packet number that the ring has; a line's frames
	// are numbered above it, so that a number never means two packets.
	Numbered uint64
	// Condition fills in what only the source and the ring know: Dropped since
	// the source was opened, RingBytes, RingOldest, SensorNoLink, a Problem. It
	// is called with each report; nil leaves them.
	Condition func(*plant.SensorStatus)

	// StopWithin bounds how long the last report may take to be published
	// after Run's context ended; 0 is ten seconds.
	StopWithin time.Duration
	Now        func() time.Time // nil is time.Now
	Log        *slog.Logger     // nil is slog.Default()
}
