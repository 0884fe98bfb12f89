package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Consumer reads batches in the order in which they came. Fetch and Rewind are
// called by one goroutine; Commit may be called by another meanwhile.
type Consumer struct {
	js    jetstream.JetStream
	name  string
	inner jetstream.Consumer
	next  uint64 // the delivery that must come next, counted from 1
}

// Consume makes or goes on with the consumer of that name. Domain is that of a
// sensor's own server (DomainOf), or "" for the stream of this one. Reading
// begins behind the last batch that was committed.
func (b *Bus) Consume(ctx context.Context, name, domain string) (*Consumer, error) {
	l := b.now()
	c := &Consumer{js: l.js, name: name}
	if domain != "" {
		var err error
		if c.js, err = jetstream.NewWithDomain(l.conn, domain); err != nil {
			return nil, fmt.Errorf("read from %s: %w", domain, err)
		}
	}
	if err := c.Rewind(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Rewind goes back to the first batch that was not committed. The server would
// give out the batches of a reader that died again only after a while, and give
// newer ones before them, so that their numbers would seem to be missing: the
// consumer is made anew behind what was committed instead.
func (c *Consumer) Rewind(ctx context.Context) error {
	c.inner, c.next = nil, 1
	config := jetstream.ConsumerConfig{
		Durable: c.name, AckPolicy: jetstream.AckAllPolicy, DeliverPolicy: jetstream.DeliverAllPolicy,
		AckWait: time.Hour, MaxAckPending: 4096, MaxDeliver: -1,
	}
	old, err := c.js.Consumer(ctx, streamName, c.name)
	switch {
	case err == nil:
		if floor := old.CachedInfo().AckFloor.Stream; floor > 0 {
			config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, floor+1
		}
		if err = c.js.DeleteConsumer(ctx, streamName, c.name); err != nil {
			return fmt.Errorf("rewind the reader of the bus: %w", err)
		}
	case !errors.Is(err, jetstream.ErrConsumerNotFound):
		return fmt.Errorf("find the reader of the bus: %w", err)
	}
	if c.inner, err = c.js.CreateConsumer(ctx, streamName, config); err != nil {
		return fmt.Errorf("make the reader of the bus: %w", err)
	}
	return nil
}

// Delivery is what Fetch gives: batches in order, and the messages that were
// none, which are passed over.
type Delivery struct {
	Batches []*plant.Batch
	Bytes   int
	Damaged []error
	last    jetstream.Msg
}

// Fetch waits for batches, up to a number and a time. It gives none when none
// came.
func (c *Consumer) Fetch(ctx context.Context, most int, wait time.Duration) (Delivery, error) {
	var d Delivery
	if c.inner == nil {
		if err := c.Rewind(ctx); err != nil {
			return d, err
		}
	}
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	messages, err := c.inner.Fetch(most, jetstream.FetchContext(limited))
	if err != nil {
		return d, fmt.Errorf("read from the bus: %w", err)
	}
	for m := range messages.Messages() {
		if !c.inOrder(m) {
			break
		}
		d.last = m
		d.Bytes += len(m.Data())
		batch, err := Decode(m.Data())
		if err != nil {
			d.Damaged = append(d.Damaged, fmt.Errorf("message on %s: %w", m.Subject(), err))
			continue
		}
		d.Batches = append(d.Batches, batch)
	}
	if err := messages.Error(); err != nil && !quiet(err) {
		return d, fmt.Errorf("read from the bus: %w", err)
	}
	return d, nil
}

// inOrder reports whether a message is the next one. A delivery can be lost: the
// wait of a Fetch ends just when the server sends. The server takes it for
// delivered, and the next Commit would cover it. So what comes after it is left
// alone, and the next Fetch begins behind what was committed.
func (c *Consumer) inOrder(m jetstream.Msg) bool {
	meta, err := m.Metadata()
	if err != nil || meta.Sequence.Consumer != c.next {
		c.inner = nil
		return false
	}
	c.next++
	return true
}

// quiet reports whether an error only says that nothing came.
func quiet(err error) bool {
	return errors.Is(err, nats.ErrTimeout) || errors.Is(err, jetstream.ErrNoMessages) || errors.Is(err, context.DeadlineExceeded)
}

// Commit says that a delivery, and every one before it, is on the hub's disk.
func (c *Consumer) Commit(ctx context.Context, d *Delivery) error {
	if d.last == nil {
		return nil
	}
	if err := d.last.DoubleAck(ctx); err != nil {
		return fmt.Errorf("tell the bus what is committed: %w", err)
	}
	return nil
}
