package cert

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Limits bound what can be cost before anyone is known. A zero field is its
// default.
type Limits struct {
	Handshakes int // under way at once; 128
	// Source bounds, of one source (an address, of IPv6 64 bits), handshakes
	// under way and connections. Loopback is not bounded so: a proxy on this
	// host is one source.
	SourceHandshakes  int           // 8
	SourceConnections int           // 64
	Wait              time.Duration // for a handshake; 10 s
}

func (l Limits) withDefaults() Limits {
	for _, x := range []struct {
		v         *int
		otherwise int
	}{{&l.Handshakes, 128}, {&l.SourceHandshakes, 8}, {&l.SourceConnections, 64}} {
		if *x.v == 0 {
			*x.v = x.otherwise
		}
	}
	if l.Wait == 0 {
		l.Wait = 10 * time.Second
	}
	return l
}

// Listener accepts connections of which the handshake is done. One that speaks
// plain HTTP is told where to go and closed.
type Listener struct {
	inner   net.Listener
	config  *tls.Config
	limits  Limits
	log     *slog.Logger
	Refused atomic.Uint64 // connections closed because of a limit
	Failed  atomic.Uint64 // handshakes that failed

	ready  chan net.Conn
	closed chan struct{}
	once   sync.Once
	err    error
	all    sync.WaitGroup

	mu      sync.Mutex
	sources map[string]*source64
	shaking int
	open    map[net.Conn]bool // in their handshake
}

// source64 is what one source has.
type source64 struct{ shaking, open int }

// Listen puts TLS on a listener. Close it, not inner.
func (c *Certificates) Listen(inner net.Listener, limits Limits) *Listener {
	l := &Listener{
		inner: inner, config: c.Config(), limits: limits.withDefaults(), log: c.o.Log,
		ready: make(chan net.Conn), closed: make(chan struct{}), sources: map[string]*source64{}, open: map[net.Conn]bool{},
	}
	l.all.Go(l.accept)
	return l
}

// accept takes connections and lets each have its handshake by itself.
func (l *Listener) accept() {
	for wait := time.Duration(0); ; {
		conn, err := l.inner.Accept()
		if err == nil {
			wait = 0
			if !l.enter(conn) {
				l.Refused.Add(1)
				conn.Close()
				continue
			}
			l.all.Go(func() { l.greet(conn) })
			continue
		}
		// As net/http does: too many open files passes by.
		if wait = min(max(2*wait, 5*time.Millisecond), time.Second); errors.Is(err, net.ErrClosed) || !temporary(err) {
			l.end(err)
			return
		}
		select {
		case <-time.After(wait):
		case <-l.closed:
		}
	}
}

func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

// sourceOf is what counts as one source, "" for one that is not bounded.
func sourceOf(a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if !ok || t.IP.IsLoopback() {
		return ""
	}
	ip, ok := netip.AddrFromSlice(t.IP)
	if !ok {
		return ""
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return p.String()
}

// enter counts a connection, or says that there are too many.
func (l *Listener) enter(c net.Conn) bool {
	key := sourceOf(c.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shaking >= l.limits.Handshakes {
		return false
	}
	if key != "" {
		s := l.sources[key]
		if s == nil {
			s = &source64{}
			l.sources[key] = s // each has a connection, which bounds them
		}
		if s.shaking >= l.limits.SourceHandshakes || s.open >= l.limits.SourceConnections {
			return false
		}
		s.shaking++
		s.open++
	}
	l.shaking++
	l.open[c] = true
	return true
}

// shaken counts a handshake that is over.
func (l *Listener) shaken(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shaking--
	delete(l.open, c)
	if s := l.sources[sourceOf(c.RemoteAddr())]; s != nil {
		s.shaking--
	}
}

// leave counts a connection that is closed.
func (l *Listener) leave(a net.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := sourceOf(a)
	if s := l.sources[key]; s != nil {
		if s.open--; s.open == 0 {
			delete(l.sources, key)
		}
	}
}

// counted tells the listener when a connection closes, and gives back the byte
// that was looked at.
type counted struct {
	net.Conn
	head  *bufio.Reader
	leave func()
	once  sync.Once
}

// Read reads what was looked at first.
func (c *counted) Read(b []byte) (int, error) { return c.head.Read(b) }

// Close closes the connection and lets another in.
func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.leave)
	return err
}

// recordHandshake is the first byte of every TLS connection (RFC 8446, 5.1).
const recordHandshake = 22

// greet does the handshake of one connection.
func (l *Listener) greet(raw net.Conn) {
	address := raw.RemoteAddr()
	c := &counted{Conn: raw, head: bufio.NewReaderSize(raw, 4096), leave: func() { l.leave(address) }}
	conn := l.handshake(c)
	l.shaken(raw)
	if conn == nil {
		c.Close()
		return
	}
	select {
	case l.ready <- conn:
	case <-l.closed:
		c.Close()
	}
}

func (l *Listener) handshake(c *counted) net.Conn {
	c.SetDeadline(time.Now().Add(l.limits.Wait))
	first, err := c.head.Peek(1)
	if err != nil {
		l.Failed.Add(1)
		return nil
	}
	if first[0] != recordHandshake {
		l.Failed.Add(1)
		redirect(c)
		return nil
	}
	conn := tls.Server(c, l.config)
	ctx, cancel := context.WithTimeout(context.Background(), l.limits.Wait)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil || conn.ConnectionState().NegotiatedProtocol == alpnProto {
		l.Failed.Add(1)
		l.log.Debug("a TLS handshake failed", "from", c.RemoteAddr(), "error", err)
		return nil
	}
	c.SetDeadline(time.Time{})
	return conn
}

// redirect tells one that speaks plain HTTP where to go. The path is kept, but
// not what a form sends: 308 has the browser send that again, over TLS.
func redirect(c *counted) {
	r, err := http.ReadRequest(bufio.NewReader(io.LimitReader(c, 8<<10)))
	if err != nil || r.Host == "" || !plainHost(r.Host) {
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		return
	}
	io.WriteString(c, "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://"+r.Host+r.URL.EscapedPath()+"\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n")
}

// plainHost takes only what a host and port are made of.
func plainHost(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '.' && c != '-' && c != ':' && c != '[' && c != ']' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(s) <= 255
}

// Accept waits for the next connection whose handshake is done.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.closed:
		return nil, l.err
	}
}

// Addr is where it listens.
func (l *Listener) Addr() net.Addr { return l.inner.Addr() }

func (l *Listener) end(err error) {
	l.once.Do(func() { l.err = err; close(l.closed) })
}

// Close ends it and waits for handshakes under way, which it cuts.
func (l *Listener) Close() error {
	l.end(net.ErrClosed)
	err := l.inner.Close()
	l.mu.Lock()
	for c := range l.open {
		c.Close()
	}
	l.mu.Unlock()
	l.all.Wait()
	return err
}
