package app

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// Demo says how the simulated plant is watched.
type Demo struct {
	Seed     uint64
	Scenario string        // "" is the lab's own
	Past     time.Duration // how much of the plant's life is there at the start
	Thin     int           // how many times slower machines poll in that time
	Now      time.Time
}

// DemoSensor is the name of the sensor that watches the simulated plant.
const DemoSensor = "core-switch"

// NewDemo makes the sensor that watches the simulated plant: what is past comes
// as fast as it can be read, and then the plant lives on with the clock.
func NewDemo(ctx context.Context, d Demo) (ExtraSensor, func() error, error) {
	source, err := lab.NewSource(lab.Options{
		Scenario: d.Scenario, Seed: d.Seed, Start: d.Now.Add(-d.Past), Time: lab.Endless, Thin: d.Thin, Live: d.Now,
	})
	if err != nil {
		return ExtraSensor{}, nil, err
	}
	paced := lab.NewPaced(ctx, source, lab.Pace{From: d.Now, Wall: d.Now, Now: time.Now, Sleep: lab.SleepContext})
	return ExtraSensor{
		Name: DemoSensor, Source: "a simulated plant", Kind: sensor.Played, Frames: paced, Ring: "256MiB", Interval: time.Minute,
	}, source.Close, nil
}
