package sensor

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

// datagram is a frame of a UDP conversation with that client port.
func datagram(port uint16) []byte {
	b := []byte{
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0, 0, 0x27, 0x0f, 0, 12, 0, 0, 1, 2, 3, 4,
	}
	binary.BigEndian.PutUint16(b[34:], port)
	return b
}

type nothing struct{}

func (nothing) Error() string { return "no frame came" }
func (nothing) Timeout() bool { return true }

// line gives a frame each period while it is not quiet, until it ends.
type line struct {
	period time.Duration
	quiet  func(time.Time) bool
	end    time.Time
	skew   time.Duration // of the card's clock
	frames uint64
}

func (l *line) Next(f *capture.Frame) error {
	if time.Now().After(l.end) {
		return io.EOF
	}
	if l.quiet != nil && l.quiet(time.Now()) {
		time.Sleep(time.Second)
		return nothing{}
	}
	time.Sleep(l.period)
	l.frames++
	f.Data = datagram(uint16(1000 + l.frames%50))
	f.Wire, f.Link, f.Time = len(f.Data), 1, time.Now().Add(l.skew).UnixNano()
	return nil
}

// desk takes batches as a bus does.
type desk struct {
	batches []*plant.Batch
	fails   func(time.Time) bool
	tries   int
}

func (d *desk) publish(_ context.Context, b *plant.Batch) error {
	d.tries++
	if d.fails != nil && d.fails(time.Now()) {
		return errors.New("no space left on device")
	}
	d.batches = append(d.batches, b)
	return nil
}

func (d *desk) last(context.Context) (*plant.Batch, error) {
	if len(d.batches) == 0 {
		return nil, nil
	}
	return d.batches[len(d.batches)-1], nil
}

func (d *desk) packets() (n uint64) {
	for _, b := range d.batches {
		for i := range b.Conversations {
			n += b.Conversations[i].PacketsUp + b.Conversations[i].PacketsDown
		}
	}
	return n
}

// gapless holds that batches are numbered from 1, and their positions never go
// back.
func (d *desk) gapless(t *testing.T) {
	t.Helper()
	position := uint64(0)
	for i, b := range d.batches {
		if b.Sequence != uint64(i+1) || b.Position < position || b.Epoch != d.batches[0].Epoch {
			t.Errorf("batch %d: sequence %d, position %d after %d, epoch %s", i, b.Sequence, b.Position, position, b.Epoch)
		}
		position = b.Position
	}
}

func options(d *desk, kind Kind) Options {
	return Options{
		Site: "plant", Name: "line", Source: "eth1", Kind: kind, Publish: d.publish, Last: d.last,
		Protocols: func() []dissect.Protocol { return nil }, Log: slog.New(slog.DiscardHandler),
	}
}

// TestLine follows a line for five minutes: it is talked of soon, then at each
// full minute, also when it is silent.
func TestLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var d desk
		l := &line{period: 10 * time.Millisecond, end: start.Add(5*time.Minute + 30*time.Second)}
		l.quiet = func(now time.Time) bool { return now.Sub(start) > 3*time.Minute+30*time.Second }
		if err := New(options(&d, Live)).Run(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		d.gapless(t)
		if got := d.packets(); got != l.frames {
			t.Errorf("%d packets of %d", got, l.frames)
		}
		var soon, minutes int
		states := map[plant.SensorState]int{}
		for _, b := range d.batches {
			if age := b.Made.Sub(start); age <= time.Minute+time.Second {
				soon++
			} else if b.Made.Second() == 0 || b.Made.Second() == 1 {
				minutes++
			}
			states[b.Status.State]++
		}
		if soon != 6 || minutes != 4 || states[plant.SensorSilent] != 1 || states[plant.SensorEnded] != 1 {
			t.Errorf("%d batches soon, %d at full minutes, states %v", soon, minutes, states)
		}
	})
}

// TestBusAway lets the bus take nothing for an hour: the line is read on, and
// nothing of it is missing afterwards.
func TestBusAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		d := desk{fails: func(now time.Time) bool {
			return now.Sub(start) > 2*time.Minute && now.Sub(start) < time.Hour
		}}
		l := &line{period: 50 * time.Millisecond, end: start.Add(90 * time.Minute)}
		s := New(options(&d, Live))
		go func() {
			time.Sleep(30 * time.Minute)
			if p := s.Status().Problem; !strings.Contains(p, "no space left") {
				t.Errorf("problem %q", p)
			}
		}()
		if err := s.Run(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		d.gapless(t)
		if got := d.packets(); got != l.frames {
			t.Errorf("%d packets of %d", got, l.frames)
		}
		if d.tries > 200 {
			t.Errorf("%d tries", d.tries)
		}
		told := false
		for _, b := range d.batches {
			told = told || strings.Contains(b.Status.Problem, "no space left")
		}
		if p := s.Status().Problem; !told || p != "" {
			t.Errorf("told %v, problem in the end %q", told, p)
		}
	})
}

// TestStop ends a line by its context: everything is told before Run returns.
func TestStop(t *testing.T) {
	for _, kind := range []Kind{Live, Played} {
		synctest.Test(t, func(t *testing.T) {
			var d desk
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
			defer cancel()
			l := &line{period: 300 * time.Millisecond, end: time.Now().Add(time.Hour)}
			if err := New(options(&d, kind)).Run(ctx, l); err != nil {
				t.Fatal(err)
			}
			d.gapless(t)
			if got := d.packets(); got != l.frames || d.batches[len(d.batches)-1].Position != l.frames {
				t.Errorf("%d packets of %d", got, l.frames)
			}
		})
	}
}

// TestStopWithoutBus gives up after a while, and says so.
func TestStopWithoutBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := desk{fails: func(time.Time) bool { return true }}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
		defer cancel()
		start := time.Now()
		err := New(options(&d, Live)).Run(ctx, &line{period: time.Second, end: start.Add(time.Hour)})
		if err == nil || time.Since(start) > 2*time.Minute {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}

// TestLineRestarts drops a sensor in the middle of a report and begins anew: what
// was not published is gone, the rest counts once, and numbers go on.
func TestLineRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var d desk
		d.fails = func(now time.Time) bool { return len(d.batches) >= 8 && now.Sub(start) < 5*time.Minute }
		o := options(&d, Live)
		o.MaxRows = 1
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		l := &line{period: 100 * time.Millisecond, end: start.Add(time.Hour)}
		if err := New(o).Run(ctx, l); err == nil {
			t.Fatal("it stopped without the bus")
		}
		told, before := d.packets(), l.frames
		time.Sleep(5 * time.Minute)
		l.end = time.Now().Add(3 * time.Minute)
		o.Numbered = before // the ring has them
		if err := New(o).Run(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		d.gapless(t)
		if got := d.packets() - told; got != l.frames-before {
			t.Errorf("%d packets of %d after the restart", got, l.frames-before)
		}
		if told >= before || d.batches[len(d.batches)-1].Position != l.frames {
			t.Errorf("%d packets of %d before it, position %d", told, before, d.batches[len(d.batches)-1].Position)
		}
	})
}

// TestKeepNumbersFrames hands each frame to the ring with the number that
// observations name it by.
func TestKeepNumbersFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d desk
		o := options(&d, Live)
		o.Numbered = 1000
		var numbers []uint64
		o.Keep = func(f *capture.Frame, n uint64) {
			if len(f.Data) != 46 {
				t.Errorf("%d bytes", len(f.Data))
			}
			numbers = append(numbers, n)
		}
		l := &line{period: time.Second, end: time.Now().Add(10 * time.Second)}
		if err := New(o).Run(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		first := d.batches[len(d.batches)-1].Conversations[0].Packet.Number()
		if numbers[0] != 1001 || numbers[len(numbers)-1] != 1000+l.frames || first != 1001 {
			t.Errorf("numbers %v, first packet %d", numbers, first)
		}
	})
}

// TestClockOfTheCard reports by the wall clock whatever the frames' times are.
func TestClockOfTheCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d desk
		l := &line{period: 100 * time.Millisecond, end: time.Now().Add(10 * time.Minute), skew: -30 * 365 * 24 * time.Hour}
		if err := New(options(&d, Live)).Run(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		d.gapless(t)
		if got := d.packets(); got != l.frames || len(d.batches) > 20 {
			t.Errorf("%d packets of %d in %d batches", got, l.frames, len(d.batches))
		}
	})
}

// times gives frames with these times, in seconds.
type times struct {
	list []int64
	n    int
}

func (s *times) Next(f *capture.Frame) error {
	if s.n == len(s.list) {
		return io.EOF
	}
	f.Data = datagram(uint16(1000 + s.n%50))
	f.Wire, f.Link, f.Time = len(f.Data), 1, s.list[s.n]*1e9
	s.n++
	return nil
}

// TestPacketTime reads captures whose clocks do all kinds of things: no packet
// is lost, and there are no more reports than time gives reason for.
func TestPacketTime(t *testing.T) {
	const day = 24 * 3600
	year := int64(365 * day)
	for _, c := range []struct {
		name  string
		most  int // batches
		times func(i int64) int64
	}{
		{"a packet a second", 9, func(i int64) int64 { return 1e9 + i }},
		{"all at once", 1, func(int64) int64 { return 1e9 }},
		{"swapped", 9, func(i int64) int64 { return 1e9 + i ^ 1 }},
		{"set forward by years", 10, func(i int64) int64 { return 1e9 + i + i/250*20*year }},
		{"set back by years", 10, func(i int64) int64 { return 1e9 + i - i/250*20*year }},
		{"two clocks in one capture", 3, func(i int64) int64 { return 1e9 + i/100 + i%2*year }},
		{"before 1970", 10, func(i int64) int64 { return -250 + i }},
		{"the last time there is", 2, func(i int64) int64 { return 9223372036 - i%2 }},
		{"a packet a day", 500, func(i int64) int64 { return 1e9 + i*day }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s times
			for i := range int64(500) {
				s.list = append(s.list, c.times(i))
			}
			var d desk
			if err := New(options(&d, Recorded)).Run(t.Context(), &s); err != nil {
				t.Fatal(err)
			}
			d.gapless(t)
			if got := d.packets(); got != 500 || len(d.batches) > c.most {
				t.Errorf("%d packets in %d batches", got, len(d.batches))
			}
		})
	}
}

// TestGoesOnAfterOtherSettings restarts a capture with reports of another length
// than those the bus has: no packet that is after the last position is missing.
func TestGoesOnAfterOtherSettings(t *testing.T) {
	var list []int64
	for i := range int64(1000) {
		list = append(list, 1e9+i)
	}
	for _, change := range []func(*Options){
		func(o *Options) { o.Interval = 45 * time.Second },
		func(o *Options) { o.MaxRows = 3 },
		func(o *Options) { o.MaxRows = 1000 },
	} {
		var d desk
		o := options(&d, Recorded)
		o.MaxRows = 10
		ctx, cancel := context.WithCancel(t.Context())
		o.Publish = func(ctx context.Context, b *plant.Batch) error {
			if len(d.batches) == 9 {
				cancel()
				return errors.New("dead")
			}
			return d.publish(ctx, b)
		}
		o.StopWithin = time.Nanosecond
		if err := New(o).Run(ctx, &times{list: list}); err == nil {
			t.Fatal("it did not die")
		}
		told, position := d.packets(), d.batches[len(d.batches)-1].Position
		o.Publish = d.publish
		change(&o)
		if err := New(o).Run(t.Context(), &times{list: list}); err != nil {
			t.Fatal(err)
		}
		d.gapless(t)
		if got := d.packets(); got < told+1000-position {
			t.Errorf("%d packets, of which %d up to position %d before", got, told, position)
		}
	}
}

func TestAShorterCapture(t *testing.T) {
	var d desk
	d.batches = []*plant.Batch{{Epoch: "e", Sequence: 1, Position: 10}}
	if err := New(options(&d, Recorded)).Run(t.Context(), &times{list: []int64{1, 2, 3}}); err == nil || len(d.batches) != 1 {
		t.Errorf("error %v, %d batches", err, len(d.batches))
	}
}
