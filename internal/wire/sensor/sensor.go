package sensor

import (
	"context"
	"errors"
	"sync"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Sensor reads a source and publishes what it learns in numbered batches.
type Sensor struct {
	o      Options
	mu     sync.Mutex
	status plant.SensorStatus
}

// New makes a sensor. Publish and Protocols must be set.
func New(o Options) *Sensor { return &Sensor{o: o} }

// Status is what the sensor would say of itself now. It may be called at any
// time by anyone.
func (s *Sensor) Status() plant.SensorStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// Run reads src until it ends, fails or ctx is done, and returns when everything
// that was learnt is published: nil at the end of a capture and after a stop.
func (s *Sensor) Run(ctx context.Context, src Source) error {
	return errors.ErrUnsupported
}
