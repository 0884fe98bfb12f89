// Package lab is a simulated plant that shows what a mirror port of it would
// show: an office, a DMZ, operations, three lines of machines and a building,
// in which devices speak their real protocols, people work in shifts, jobs run
// at night, and now and then something happens that somebody should look at.
//
// The machines and what they do are data: the files in plant/, day/ and
// scenario/. Each kind of talk is an activity of package sim; package message
// has the bytes of the protocols and package wire those below. The same options
// give the same bytes. It is made for demonstrations, tests and drills, and
// holds nothing of any real plant.
package lab

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Options say what to simulate. The zero value is ten minutes of the scenario
// of the demonstration.
type Options struct {
	// Scenario is the name of what happens besides everyday work; "" is
	// DefaultScenario.
	Scenario string
	Seed     uint64
	// Start is the plant's time at which the simulation begins; zero is the
	// scenario's own. The machines run already; long-lived sessions are opened
	// in the first seconds.
	Start time.Time
	// Time is how long the plant is simulated: 0 is the scenario's own length,
	// Endless goes on for ever.
	Time time.Duration
	// Thin makes every cycle of polling and announcing so many times longer,
	// up to five minutes, so that a week stays small. Work of people and jobs
	// are what they are. 0 and 1 change nothing.
	Thin int
	// Live is the plant's time from which on cycles have their true length
	// whatever Thin says; zero is never. What was opened before stays open.
	Live time.Time
	// Stage is when the scenario's own events begin; zero is at Live, or else
	// at Start.
	Stage time.Time
	// From leaves out the frames before it: the plant has run since Start, and
	// whoever listens comes later. Zero leaves out nothing.
	From time.Time
}

// Bounds of the time that can be asked for.
const (
	MinTime = time.Minute
	Endless = time.Duration(1) << 62
)

// ErrTime says that the time asked for cannot be simulated.
var ErrTime = errors.New("the time must be at least a minute")

// ethernet is the link type of Ethernet in captures.
const ethernet = 1

// Write simulates the plant and writes a capture of it. It returns how many
// packets there are.
func Write(w io.Writer, o Options) (int, error) {
	if o.Time == Endless {
		return 0, fmt.Errorf("%w: a capture that never ends cannot be written", ErrTime)
	}
	s, err := NewSource(o)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	out, err := capture.NewWriter(w, ethernet)
	if err != nil {
		return 0, fmt.Errorf("write capture: %w", err)
	}
	var f capture.Frame
	for packets := 0; ; packets++ {
		if err = s.Next(&f); errors.Is(err, io.EOF) {
			return packets, nil
		} else if err == nil {
			err = out.Write(f.Time, f.Wire, f.Data)
		}
		if err != nil {
			return packets, fmt.Errorf("write capture: %w", err)
		}
	}
}
