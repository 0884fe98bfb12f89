package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Publish sends a batch and returns when it is on disk. A batch that was sent
// before and is sent again because nobody answered is kept once.
func (b *Bus) Publish(ctx context.Context, batch *plant.Batch) error {
	data, err := Encode(batch)
	if err != nil {
		return err
	}
	if len(data) > maxMessage-4096 {
		return fmt.Errorf("publish batch %d of %s: %d bytes: %w", batch.Sequence, batch.Sensor, len(data), ErrTooLarge)
	}
	m := nats.NewMsg(subject(batch.Site, batch.Sensor))
	m.Data = data
	m.Header.Set(nats.MsgIdHdr, batch.Epoch+"/"+strconv.FormatUint(batch.Sequence, 10))
	if _, err := b.now().js.PublishMsg(ctx, m); err != nil {
		b.heal(ctx)
		return fmt.Errorf("publish batch %d of %s: %w", batch.Sequence, batch.Sensor, err)
	}
	return nil
}

// Last is the newest batch that a sensor published, without its observations;
// ErrNone if there is none.
func (b *Bus) Last(ctx context.Context, site, sensor string) (*plant.Batch, error) {
	m, err := b.now().stream.GetLastMsgForSubject(ctx, subject(site, sensor))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("read the last batch of %s: %w", sensor, err)
	}
	batch, err := DecodeHead(m.Data)
	if err != nil {
		return nil, fmt.Errorf("read the last batch of %s: %w", sensor, err)
	}
	return batch, nil
}
