package sensor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// outbox hands the batches of one report after the other to the bus, while the
// reading goes on.
type outbox struct {
	sensor *Sensor
	ctx    context.Context // ends when the run is over, not when it is to stop
	cancel context.CancelFunc
	wg     sync.WaitGroup
	done   chan struct{} // closed when the report on its way is published
}

// How long to wait before the bus is tried again, at first and at most.
const (
	retryFirst = time.Second
	retryMost  = time.Minute
)

func newOutbox(ctx context.Context, s *Sensor) *outbox {
	o := &outbox{sensor: s, done: make(chan struct{})}
	close(o.done)
	o.ctx, o.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return o
}

// busy reports whether a report is on its way.
func (o *outbox) busy() bool {
	select {
	case <-o.done:
		return false
	default:
		return true
	}
}

// wait returns when the bus has what was sent, or ctx is done.
func (o *outbox) wait(ctx context.Context) error {
	select {
	case <-o.done:
		return nil
	default:
	}
	select {
	case <-o.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the bus: %w", ctx.Err())
	}
}

// send publishes batches in the background. The report before must be out.
func (o *outbox) send(batches []*plant.Batch) {
	if len(batches) == 0 {
		return
	}
	done := make(chan struct{})
	o.done = done
	o.wg.Go(func() {
		for _, b := range batches {
			if o.publish(b) != nil {
				return // the run is over: what is not published stays so
			}
		}
		close(done)
	})
}

// publish hands one batch to the bus, as often as it takes.
func (o *outbox) publish(b *plant.Batch) error {
	wait := retryFirst
	var since time.Time
	for {
		err := o.sensor.o.Publish(o.ctx, b)
		if err == nil {
			if !since.IsZero() {
				o.sensor.o.Log.Info("the bus takes batches again", "sensor", b.Sensor, "sequence", b.Sequence)
			}
			return nil
		}
		if o.ctx.Err() != nil {
			return o.ctx.Err()
		}
		if since.IsZero() {
			since = o.sensor.o.Now()
			o.sensor.o.Log.Error("the bus does not take a batch; trying again until it does", "sensor", b.Sensor, "sequence", b.Sequence, "err", err)
		}
		b.Status.Problem = fmt.Sprintf("the bus did not take batches from %s on: %v", since.UTC().Format(time.RFC3339), err)
		o.sensor.trouble(b.Status.Problem)
		if err := o.sleep(wait); err != nil {
			return err
		}
		wait = min(2*wait, retryMost)
	}
}

func (o *outbox) sleep(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-o.ctx.Done():
		return o.ctx.Err()
	}
}

// close gives up what is still on its way and waits for the publisher.
func (o *outbox) close() {
	o.cancel()
	o.wg.Wait()
}
