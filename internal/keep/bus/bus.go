// Package bus carries batches of observations from sensors to the hub and keeps
// them on disk until the hub has committed them.
//
// It is NATS JetStream: a server inside this process without a listener, by
// default; the same server as a leaf node of a hub elsewhere, so that a sensor
// goes on for days without it; or a NATS cluster that is already there, by URL.
// A batch is one message. Publish returns when it is on disk, synced. A Consumer
// reads in order and remembers how far the hub has committed, no more: that each
// batch counts once is the store's business, by its sequence.
//
// Nothing is deleted when it is acknowledged. The stream keeps what fits its
// size and drops the oldest, so that the last batch of a sensor is always there
// to go on from.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Errors that callers tell apart.
var (
	// ErrNone: the sensor has published nothing yet.
	ErrNone = errors.New("no batch of this sensor")
	// ErrTooLarge: the batch does not fit a message; report more often.
	ErrTooLarge = errors.New("the batch is larger than a message may be")
	// ErrDamaged: a message on the bus is no batch.
	ErrDamaged = errors.New("not a batch")
)

// Options say where the bus is. With a URL it is a NATS server elsewhere; else
// a server in this process that keeps its files in Dir.
type Options struct {
	Dir      string
	MaxBytes int64         // of batches on disk; 0 is DefaultMaxBytes
	MaxAge   time.Duration // after which a batch is dropped even if nobody read it; 0 is DefaultMaxAge
	Log      *slog.Logger

	// URL of a NATS server or cluster that is already there, with a file of
	// NATS credentials and one of certificates to trust, where it needs them.
	URL, Credentials, CA string

	// Domain names this server's streams among those of a hub and its leaves.
	// It is needed with Hub and Listen; DomainOf makes it from a sensor's name.
	Domain string
	// Hub is where this server connects as a leaf node, "tls://hub:7422".
	Hub *Remote
	// Listen accepts leaf nodes.
	Listen *Listener
}

// Bounds of what waits on disk.
const (
	DefaultMaxBytes = 1 << 30
	DefaultMaxAge   = 30 * 24 * time.Hour
)

// maxMessage is the largest message: what NATS recommends at most. A batch of
// 10,000 observations is a hundredth of it.
const maxMessage = 8 << 20

// streamName is the stream of every server, root the subject of all batches.
const (
	streamName = "OBSERVATIONS"
	root       = "bulkhead.observations"
)

// Bus is a connection to one server's streams, and the server if it is ours. Its
// methods may be called by several goroutines.
type Bus struct {
	o      Options
	mu     sync.RWMutex
	link   link
	healed time.Time // when the server was last started anew
}

// link is the server with what is connected to it.
type link struct {
	server *server.Server // nil for one elsewhere
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
}

// now is the link of this moment.
func (b *Bus) now() link {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.link
}

// Open starts or reaches the server and makes its stream if need be.
func Open(ctx context.Context, o Options) (*Bus, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxAge <= 0 {
		o.MaxAge = DefaultMaxAge
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b := &Bus{o: o}
	if err := b.link.open(ctx, &b.o); err != nil {
		b.link.close()
		return nil, err
	}
	return b, nil
}

func (l *link) open(ctx context.Context, o *Options) (err error) {
	if err := l.connect(o); err != nil {
		return err
	}
	if l.js, err = jetstream.New(l.conn); err != nil {
		return fmt.Errorf("open the bus: %w", err)
	}
	l.stream, err = l.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{root + ".>"}, Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy,
		Discard: jetstream.DiscardOld, MaxBytes: o.MaxBytes, MaxAge: o.MaxAge, Duplicates: 2 * time.Minute,
	})
	if err != nil {
		return fmt.Errorf("open the bus's stream: %w", err)
	}
	return nil
}

// Close ends the connection and the server. What was published is on disk.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.link.close()
}

func (l *link) close() {
	if l.conn != nil {
		l.conn.Close()
	}
	if l.server != nil {
		l.server.Shutdown()
		l.server.WaitForShutdown()
	}
}

// Status is what the bus holds.
type Status struct {
	Connected   bool
	Messages    uint64
	Bytes       uint64
	First, Last time.Time // of the messages held
}

// Status asks the server.
func (b *Bus) Status(ctx context.Context) (Status, error) {
	l := b.now()
	info, err := l.stream.Info(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("ask the bus for its state: %w", err)
	}
	s := &info.State
	return Status{l.conn.IsConnected(), s.Msgs, s.Bytes, s.FirstTime, s.LastTime}, nil
}

// subject is where a sensor publishes.
func subject(site, sensor string) string { return root + "." + token(site) + "." + token(sensor) }

// token makes a name fit between the dots of a subject: what NATS or a reader
// could take for something else is written as =XX, its bytes in hexadecimal.
func token(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	if b.Len() == 0 {
		return "="
	}
	return b.String()
}

// DomainOf is the domain of a sensor's own server.
func DomainOf(site, sensor string) string { return "sensor-" + token(site) + "-" + token(sensor) }

// UserOf is the name under which a sensor's server reports to a hub.
func UserOf(site, sensor string) string { return token(site) + "." + token(sensor) }

func (l *link) connect(o *Options) (err error) {
	options := []nats.Option{nats.Name("bulkhead"), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second)}
	if o.URL != "" {
		if o.Credentials != "" {
			options = append(options, nats.UserCredentials(o.Credentials))
		}
		if o.CA != "" {
			options = append(options, nats.RootCAs(o.CA))
		}
		if l.conn, err = nats.Connect(o.URL, options...); err != nil {
			return fmt.Errorf("connect to the bus at %s: %w", o.URL, err)
		}
		return nil
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the bus: %w", err)
	}
	if l.server, err = start(o); err != nil {
		return err
	}
	options = append(options, nats.InProcessServer(l.server))
	if o.Listen != nil {
		options = append(options, nats.UserInfo(localUser, o.Listen.local))
	}
	if l.conn, err = nats.Connect("", options...); err != nil {
		return fmt.Errorf("connect to the bus in this process: %w", err)
	}
	return nil
}
