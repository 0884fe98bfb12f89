package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Relay moves connections. Its methods may be called by any goroutine.
type Relay struct {
	config Config
	lookup atomic.Pointer[Lookup]
	dial   func(ctx context.Context, from netip.Addr, to netip.AddrPort) (*net.TCPConn, error)

	mu      sync.Mutex
	conns   map[*conn]struct{}
	sources map[netip.Addr]int
	book    book
	gone    Status // counters of connections that ended
	wg      sync.WaitGroup

	accepted, turned, crowded, unreached, malformed atomic.Uint64
}

func newRelay(c Config) *Relay {
	c.Every = or(c.Every, time.Second)
	c.MaxConns = or(c.MaxConns, 4096)
	c.MaxPerSource = or(c.MaxPerSource, 512)
	c.DialTimeout = or(c.DialTimeout, 10*time.Second)
	c.AnswerWithin = or(c.AnswerWithin, 2*time.Second)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	r := &Relay{config: c, conns: make(map[*conn]struct{}), sources: make(map[netip.Addr]int)}
	r.lookup.Store(&c.Policy)
	r.dial = r.connect
	return r
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// serve opens the listeners and keeps them until the context ends.
func (r *Relay) serve(ctx context.Context) error {
	var open []listener
	defer func() {
		for _, l := range open {
			_ = l.Close()
		}
	}()
	for protocol, port := range r.config.Ports {
		if newReader(protocol, nil) == nil {
			return fmt.Errorf("no relay reads %q", protocol)
		}
		both, err := listen(ctx, protocol, port, r.config.Mark)
		if err != nil {
			return fmt.Errorf("listen for %s on port %d: %w", protocol, port, err)
		}
		open = append(open, both...)
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, len(open))
	var listening sync.WaitGroup
	for _, l := range open {
		listening.Go(func() { failed <- r.accept(inner, l) })
	}
	err := r.tend(inner, failed)
	stop()
	for _, l := range open {
		_ = l.Close()
	}
	listening.Wait()
	r.endAll("the relay ends")
	r.wg.Wait()
	r.report()
	return err
}

// tend reports until the context ends or a listener fails.
func (r *Relay) tend(ctx context.Context, failed <-chan error) error {
	tick := time.NewTicker(r.config.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-tick.C:
			r.ask() // a conduit may have run out
			r.report()
		}
	}
}

// listener is one of the sockets that the kernel hands connections to.
type listener struct {
	*net.TCPListener
	protocol string
	port     uint16
}

func (r *Relay) accept(ctx context.Context, l listener) error {
	for {
		t, err := l.AcceptTCP()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if ne := net.Error(nil); errors.As(err, &ne) && !errors.Is(err, net.ErrClosed) {
				// Out of file descriptors or memory: it passes when others end.
				r.config.Log.Warn("a connection could not be taken", "protocol", l.protocol, "error", err)
				select {
				case <-ctx.Done():
					return nil
				case <-time.After(50 * time.Millisecond):
				}
				continue
			}
			return err
		}
		r.take(ctx, l, t)
	}
}

// take begins a connection, or resets it.
func (r *Relay) take(ctx context.Context, l listener, t *net.TCPConn) {
	r.accepted.Add(1)
	src, dst := unmap(t.RemoteAddr()), unmap(t.LocalAddr())
	if dst.Port() == l.port {
		// Somebody asked the box itself for the relay's port: there is no server.
		r.turned.Add(1)
		reset(t)
		return
	}
	c := &conn{r: r, protocol: l.protocol, client: t, src: src, dst: dst}
	c.reader = newReader(l.protocol, &c.ledger)
	if !r.enter(c) {
		reset(t)
		return
	}
	r.wg.Go(func() {
		defer r.leave(c)
		r.serveConn(ctx, c)
	})
}

// enter gives a connection its rule, if there is one and room.
func (r *Relay) enter(c *conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.conns) >= r.config.MaxConns || r.sources[c.src.Addr()] >= r.config.MaxPerSource {
		r.crowded.Add(1)
		return false
	}
	// Under the lock: a policy that comes now finds the connection in the list,
	// one that came before is the one that is asked.
	if !c.look(*r.lookup.Load()) {
		r.turned.Add(1)
		return false
	}
	r.conns[c] = struct{}{}
	r.sources[c.src.Addr()]++
	return true
}

// look asks a policy about the connection.
func (c *conn) look(l Lookup) bool {
	if l == nil {
		return false
	}
	rule, ok := l(c.src, c.dst)
	if ok && (c.rule.Load() == nil || rule.Stage != c.asked.Stage || !slices.Equal(rule.Relays, c.asked.Relays)) {
		c.asked = rule
		c.rule.Store(compile(rule, c.protocol))
	}
	return ok
}

func (r *Relay) leave(c *conn) {
	c.mu.Lock()
	c.ended = true
	if c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c)
	if r.sources[c.src.Addr()]--; r.sources[c.src.Addr()] == 0 {
		delete(r.sources, c.src.Addr())
	}
	r.book.collect(&c.ledger, c.src.Addr(), c.dst)
	r.gone.Passed += c.ledger.passed
	r.gone.Refused += c.ledger.refused
}

func (r *Relay) setPolicy(l Lookup) {
	r.lookup.Store(&l)
	r.ask()
}

// ask looks again for the rules of all connections.
func (r *Relay) ask() {
	r.mu.Lock()
	l := *r.lookup.Load()
	var out []*conn
	for c := range r.conns {
		if !c.look(l) {
			out = append(out, c)
		}
	}
	r.mu.Unlock()
	for _, c := range out {
		c.abort("the policy has no rule for it any more")
	}
}

func (r *Relay) endAll(why string) {
	r.mu.Lock()
	all := make([]*conn, 0, len(r.conns))
	for c := range r.conns {
		all = append(all, c)
	}
	r.mu.Unlock()
	for _, c := range all {
		c.abort(why)
	}
}

// report gives what was decided since the last time.
func (r *Relay) report() {
	r.mu.Lock()
	for c := range r.conns {
		r.book.collect(&c.ledger, c.src.Addr(), c.dst)
	}
	list := r.book.take()
	r.mu.Unlock()
	if len(list) > 0 && r.config.Report != nil {
		r.config.Report(list)
	}
}

func (r *Relay) status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.gone
	for c := range r.conns {
		c.ledger.mu.Lock()
		s.Passed += c.ledger.passed
		s.Refused += c.ledger.refused
		c.ledger.mu.Unlock()
	}
	s.Open, s.Unlisted = len(r.conns), r.book.lost
	s.Accepted, s.Turned, s.Crowded = r.accepted.Load(), r.turned.Load(), r.crowded.Load()
	s.Unreached, s.Malformed = r.unreached.Load(), r.malformed.Load()
	return s
}

func (r *Relay) log(c *conn, why string) {
	r.config.Log.Info("a relayed connection was ended", "protocol", c.protocol, "client", c.src, "server", c.dst, "why", why)
}

func unmap(a net.Addr) netip.AddrPort {
	p := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// newReader is the reader of a protocol, nil if there is none.
func newReader(protocol string, l *ledger) reader {
	switch protocol {
	case Modbus:
		return &modbusReader{ledger: l}
	case S7:
		return &s7Reader{ledger: l}
	case ENIP:
		return &enipReader{ledger: l}
	}
	return nil
}
