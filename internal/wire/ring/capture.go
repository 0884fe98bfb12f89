package ring

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// CutCapture cuts from a capture in place of a ring: next gives its frames, which
// are numbered from 1, as a sensor that reads it numbers them. A capture that
// breaks off is cut up to there.
func CutCapture(ctx context.Context, w io.Writer, sensor string, next func(*capture.Frame) error, q Query) (Cut, error) {
	c := &cutter{q: ready(q, ""), out: w, about: about{Sensor: sensor}}
	if err := c.capture(ctx, next); err != nil && !errors.Is(err, errEnough) {
		return c.cut, fmt.Errorf("cut packets: %w", err)
	}
	if c.cut.Packets == 0 {
		return c.cut, ErrNoPackets
	}
	return c.cut, nil
}

// lookEvery is how many frames pass between two looks at the context.
const lookEvery = 4096

func (c *cutter) capture(ctx context.Context, next func(*capture.Frame) error) error {
	var f capture.Frame
	for n := uint64(1); !c.q.byNumber || n <= c.q.Last; n++ {
		if n%lookEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := next(&f); err != nil {
			if err != io.EOF {
				c.cut.Damaged++
			}
			return nil
		}
		p := record{number: n, time: f.Time, wire: f.Wire, data: f.Data}
		if !c.q.matches(&p, f.Link) {
			continue
		}
		if err := c.write(&p, f.Link); err != nil {
			return err
		}
	}
	return nil
}
