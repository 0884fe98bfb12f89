package lab

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// hash is that of all frames of a simulation from a time on.
func hash(t *testing.T, o Options, from time.Time) (sum [32]byte, frames int) {
	t.Helper()
	h := sha256.New()
	walk(t, o, func(f *capture.Frame) {
		if f.Time >= from.UnixNano() {
			h.Write(binary.BigEndian.AppendUint64(nil, uint64(f.Time)))
			h.Write(f.Data)
			frames++
		}
	})
	return [32]byte(h.Sum(nil)), frames
}

var monday = time.Date(2026, time.March, 9, 0, 0, 0, 0, time.UTC)

// TestComingLater holds that who begins to listen later hears exactly what one
// hears who listened from the beginning.
func TestComingLater(t *testing.T) {
	o := Options{Scenario: "demo", Start: monday.Add(7 * time.Hour), Time: 2 * time.Hour, Thin: 30}
	from := o.Start.Add(80 * time.Minute)
	want, n := hash(t, o, from)
	o.From = from
	if got, m := hash(t, o, o.Start); got != want || m != n || n == 0 {
		t.Errorf("%d frames, want the %d of who listened from the beginning", m, n)
	}
}

// TestFromHistoryToLive holds that what was thinned before has its true speed
// from then on, in the same connections.
func TestFromHistoryToLive(t *testing.T) {
	live := monday.Add(10 * time.Hour)
	o := Options{Scenario: "demo", Start: live.Add(-20 * time.Minute), Time: 30 * time.Minute, Thin: 30, Live: live}
	var before, after, opened int
	walk(t, o, func(f *capture.Frame) {
		switch late := f.Time >= live.UnixNano(); {
		case !late:
			before++
		case late && f.Time < live.Add(time.Minute).UnixNano():
			after++
			if port, syn := handshake(f.Data); syn && port == 102 {
				opened++
			}
		}
	})
	if opened > 0 || after < before/2 {
		t.Errorf("%d frames in 20 minutes before, %d in one minute after, %d S7 connections opened anew", before, after, opened)
	}
}

// handshake is the destination port of a TCP segment, and whether it opens a
// connection.
func handshake(frame []byte) (port uint16, syn bool) {
	kind, rest := binary.BigEndian.Uint16(frame[12:]), frame[14:]
	if kind == 0x8100 {
		kind, rest = binary.BigEndian.Uint16(rest[2:]), rest[4:]
	}
	if kind != 0x0800 || rest[9] != 6 {
		return 0, false
	}
	return binary.BigEndian.Uint16(rest[22:]), rest[33]&0x12 == 2
}

func TestPaceFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		o := Options{Scenario: "demo", Start: start.Add(-time.Hour), Time: time.Hour + 12*time.Minute, Thin: 30, Live: start}
		s, err := NewSource(o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		p := NewPaced(t.Context(), s, Pace{From: start, Wall: start, Speed: 10, Now: time.Now, Sleep: SleepContext})
		var f capture.Frame
		for err = p.Next(&f); err == nil; err = p.Next(&f) {
			due := start.Add(time.Duration(f.Time-start.UnixNano()) / 10)
			if now := time.Now(); f.Time >= start.UnixNano() && now.Before(due) || f.Time < start.UnixNano() && !now.Equal(start) {
				t.Fatalf("the frame of %v came at %v", time.Unix(0, f.Time), now)
			}
		}
		if took := time.Since(start); !errors.Is(err, io.EOF) || took < time.Minute || took > 72*time.Second {
			t.Errorf("%v after %v: twelve minutes ten times as fast take 72 seconds", err, took)
		}
	})
}

func TestPaceEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := NewSource(Options{Time: Endless})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := NewPaced(ctx, s, Pace{Now: time.Now, Sleep: func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }})
	var f capture.Frame
	for err = p.Next(&f); err == nil; err = p.Next(&f) {
	}
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestTimeNeedsNoMemory looks at what is alive after a day and a half and after
// three days.
func TestTimeNeedsNoMemory(t *testing.T) {
	s, err := NewSource(Options{Scenario: "demo", Start: monday, Time: Endless, Thin: 1000})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var f capture.Frame
	alive := func(until time.Duration) uint64 {
		for f.Time < monday.Add(until).UnixNano() {
			if err := s.Next(&f); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	day, week := alive(36*time.Hour), alive(72*time.Hour)
	if week > day+2<<20 {
		t.Errorf("%d bytes after a day and a half, %d after three", day, week)
	}
}
