// Package lab is a simulated plant that writes what a mirror port of it would
// show: a capture of an office, a DMZ, operations, three lines of machines and
// a building, in which devices speak their real protocols.
//
// The machines and what they do are data: plant.yaml and day.yaml. Each kind of
// talk is an activity of package sim; package message has the bytes of the
// protocols and package wire those below. The same seed gives the same bytes.
// It is made for demonstrations, tests and drills, and holds nothing of any
// real plant.
package lab

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/lab/sim"
)

// Options say what to simulate. The zero value is the plant of the
// demonstration.
type Options struct {
	Seed  uint64
	Time  time.Duration // how long; 0 is DefaultTime
	Start time.Time     // of the first packet; zero is DefaultStart
}

// DefaultTime is how long the demonstration lasts, MaxTime the longest that can
// be asked for.
const (
	DefaultTime = 10 * time.Minute
	MaxTime     = 24 * time.Hour
)

// DefaultStart is an ordinary working day.
var DefaultStart = time.Date(2026, time.March, 10, 13, 50, 0, 0, time.UTC)

// ErrTime says that the time asked for cannot be simulated.
var ErrTime = errors.New("the time must be at least a minute and at most a day")

// ethernet is the link type of Ethernet in captures.
const ethernet = 1

// Write simulates the plant and writes a capture of it. It returns how many
// packets there are.
func Write(w io.Writer, o Options) (int, error) {
	out, err := capture.NewWriter(w, ethernet)
	if err != nil {
		return 0, fmt.Errorf("write capture: %w", err)
	}
	packets := 0
	err = Play(o, func(at time.Time, frame []byte) error {
		packets++
		return out.Write(at.UnixNano(), len(frame), frame)
	})
	return packets, err
}

// Play simulates the plant and hands over each frame in the order of time.
func Play(o Options, emit func(at time.Time, frame []byte) error) error {
	if o.Time == 0 {
		o.Time = DefaultTime
	}
	if o.Time < time.Minute || o.Time > MaxTime {
		return ErrTime
	}
	if o.Start.IsZero() {
		o.Start = DefaultStart
	}
	p, err := readPlan()
	if err != nil {
		return err
	}
	w, err := newWorld(p, o)
	if err != nil {
		return err
	}
	s := sim.New(o.Seed, o.Time, func(at time.Duration, frame []byte) error { return emit(o.Start.Add(at), frame) })
	w.schedule(s, p.Talks)
	return s.Run()
}
