package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// reader reads the messages of one connection. Its methods are not called at
// the same time.
type reader interface {
	// request is the length of the client's first message in b, 0 if there is
	// more of it to come; an error if no message begins so. A message is what is
	// judged as a whole: it may be several packets of what carries it.
	request(b []byte) (int, error)
	// response is the same of the server.
	response(b []byte) (int, error)
	// judge decides about a whole message of the client.
	judge(m []byte, r *rule) (verdict, error)
	// answer looks at a whole message of the server, and is the key of the
	// request that it answers.
	answer(m []byte) (key uint64, ok bool, err error)
	// largest bounds a message.
	largest() int
}

// verdict is what becomes of a request.
type verdict struct {
	pass   bool
	waits  bool   // the server will answer it, under key
	key    uint64 //
	reply  []byte // the client's answer if it does not pass; good until the next message
	hangup bool   // the connection ends behind the reply
}

// errHangup ends a connection that has been told so in its own words.
var errHangup = errors.New("refused")

// malformed is the error of a message that cannot be read.
type malformed struct{ what string }

func (m *malformed) Error() string { return m.what }

// conn is one connection through the relay.
type conn struct {
	r        *Relay
	protocol string
	client   *net.TCPConn
	server   *net.TCPConn
	src, dst netip.AddrPort
	rule     atomic.Pointer[rule]
	asked    Rule // that rule was made from; guarded by the relay's mu
	ledger   ledger
	raw      atomic.Bool // it could not be read where nothing is enforced: it passes as it is

	mu     sync.Mutex // guards what follows, and writes to the client
	reader reader
	order  order
	timer  *time.Timer
	ended  bool

	once    sync.Once
	end     sync.Mutex // guards aborted, and server until run
	aborted bool
}

// firstBuffer is what a direction of a connection has to begin with; it grows
// up to the protocol's largest message.
const firstBuffer = 4096

// run moves bytes until both ends are done, or one of them fails.
func (c *conn) run() {
	down := make(chan struct{})
	go func() {
		defer close(down)
		c.fail(c.down())
	}()
	c.fail(c.up())
	<-down
	_ = c.client.Close()
	_ = c.server.Close()
}

// fail ends the connection for what went wrong first in either direction.
func (c *conn) fail(err error) {
	if err == nil || errors.Is(err, net.ErrClosed) {
		return
	}
	c.once.Do(func() {
		var bad *malformed
		switch {
		case errors.As(err, &bad):
			c.r.malformed.Add(1)
			c.abort(bad.what)
		case errors.Is(err, errHangup):
			c.r.log(c, "its protocol is refused")
			c.hangUp()
		default: // one end reset it, or is gone: so is the other
			c.abort("")
		}
	})
}

// lingerFor is how long a client that was told to go may take to go. What it
// sends meanwhile is thrown away; closing at once would reset the connection
// before it has read why.
const lingerFor = time.Second

func (c *conn) hangUp() {
	_ = c.client.CloseWrite()
	_ = c.server.Close()
	_ = c.client.SetReadDeadline(time.Now().Add(lingerFor))
	_, _ = io.CopyN(io.Discard, c.client, 1<<20)
}

// abort resets both ends, at once and from any goroutine. It does not wait for
// mu, which a client that reads nothing may hold up.
func (c *conn) abort(why string) {
	c.end.Lock()
	c.aborted = true
	server := c.server
	c.end.Unlock()
	if why != "" {
		c.r.log(c, why)
	}
	reset(c.client)
	reset(server)
}

func reset(t *net.TCPConn) {
	if t != nil {
		_ = t.SetLinger(0)
		_ = t.Close()
	}
}

// up moves what the client sends.
func (c *conn) up() error {
	err := c.move(c.client, func(b []byte) (int, error) { return c.ask(b) })
	if err != io.EOF {
		return err
	}
	return c.server.CloseWrite()
}

// down moves what the server sends.
func (c *conn) down() error {
	err := c.move(c.server, func(b []byte) (int, error) { return c.tell(b) })
	if err != io.EOF {
		return err
	}
	return c.client.CloseWrite()
}

// move reads and gives what there is to take, which says how much of it was
// taken; the rest is kept for more.
func (c *conn) move(from *net.TCPConn, take func([]byte) (int, error)) error {
	buf := make([]byte, firstBuffer)
	have := 0
	for {
		n, err := from.Read(buf[have:])
		have += n
		if n > 0 {
			taken, bad := take(buf[:have])
			if bad != nil {
				return bad
			}
			have = copy(buf, buf[taken:have])
		}
		if err == io.EOF && have > 0 {
			return c.rest(from, buf[:have])
		}
		if err != nil {
			return err
		}
		if have == len(buf) {
			if len(buf) >= c.reader.largest() {
				return &malformed{"a message is longer than any of its protocol"}
			}
			buf = append(buf, make([]byte, min(len(buf), c.reader.largest()-len(buf)))...)
		}
	}
}

// rest is a message that ends before it is whole. The client's goes nowhere: it
// was not judged. The server's is the client's to see.
func (c *conn) rest(from *net.TCPConn, b []byte) error {
	if from == c.server {
		if _, err := c.client.Write(b); err != nil {
			return err
		}
		return io.EOF
	}
	return &malformed{"the client ended in a message"}
}

// ask judges the whole messages in b and sends on those that pass. It returns
// how many bytes are done with.
func (c *conn) ask(b []byte) (int, error) {
	if c.raw.Load() {
		return c.askRaw(b)
	}
	taken, out, err := c.sift(b)
	if len(out) > 0 {
		if _, e := c.server.Write(out); e != nil && err == nil {
			err = e
		}
	}
	return taken, err
}

// askRaw moves what could not be read, as long as nothing is enforced.
func (c *conn) askRaw(b []byte) (int, error) {
	if !c.rule.Load().loose {
		return 0, &malformed{"it could not be read before, and now it must be"}
	}
	return c.server.Write(b)
}

// sift takes whole messages from b and moves those that pass together at its
// start: out is what the server gets. Refusals are said, or noted, meanwhile.
func (c *conn) sift(b []byte) (taken int, out []byte, err error) {
	out = b[:0]
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rule.Load()
	for taken < len(b) {
		n, err := c.reader.request(b[taken:])
		if n == 0 && err == nil {
			break
		}
		var v verdict
		if err == nil {
			v, err = c.reader.judge(b[taken:taken+n], r)
		}
		switch {
		case err != nil && r.loose:
			c.raw.Store(true)
			return len(b), append(out, b[taken:]...), nil
		case err != nil:
			return taken, out, err
		case v.pass || r.loose:
			if v.waits {
				if err := c.say(c.order.sent(v.key, now)); err != nil {
					return taken, out, err
				}
			}
			out = append(out, b[taken:taken+n]...) // never longer than what it is cut from
		default:
			if err := c.refuse(&v, now); err != nil {
				return taken, out, err
			}
		}
		taken += n
	}
	return taken, out, nil
}

// refuse answers the client in the server's place.
func (c *conn) refuse(v *verdict, now time.Time) error {
	if len(v.reply) == 0 && !v.hangup {
		return nil
	}
	if v.hangup {
		if err := c.say(v.reply); err != nil {
			return err
		}
		return errHangup
	}
	due, waits := c.order.refused(v.reply, now)
	if !waits {
		return c.say(v.reply)
	}
	if err := c.say(due); err != nil {
		return err
	}
	c.wind()
	return nil
}

// wind sets the clock by which waiting refusals are said at the latest.
func (c *conn) wind() {
	within := c.r.config.AnswerWithin
	if c.timer == nil {
		c.timer = time.AfterFunc(within, c.late)
		return
	}
	c.timer.Reset(within)
}

// late says refusals that have waited long enough for the server.
func (c *conn) late() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	if err := c.due(time.Now()); err == nil && c.order.holds() {
		c.wind()
	}
}

// due says the refusals whose turn it is.
func (c *conn) due(now time.Time) error {
	before := now.Add(-c.r.config.AnswerWithin)
	for {
		reply := c.order.next(before)
		if reply == nil {
			return nil
		}
		if err := c.say(reply); err != nil {
			return err
		}
	}
}

func (c *conn) say(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := c.client.Write(b)
	return err
}

// tell gives the client the whole messages of the server in b, and between them
// the refusals whose turn it is.
func (c *conn) tell(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.raw.Load() {
		return c.client.Write(b)
	}
	taken, said := 0, 0
	now := time.Now()
	for taken < len(b) {
		n, err := c.reader.response(b[taken:])
		if n == 0 && err == nil {
			break
		}
		var key uint64
		var answers bool
		if err == nil {
			key, answers, err = c.reader.answer(b[taken : taken+n])
		}
		if err != nil && c.rule.Load().loose {
			c.raw.Store(true)
			taken = len(b)
			break
		}
		if err != nil {
			return taken, err
		}
		taken += n
		if !answers {
			continue
		}
		c.order.answered(key)
		if reply := c.order.next(now.Add(-c.r.config.AnswerWithin)); reply != nil {
			if err := c.say(b[said:taken]); err != nil {
				return taken, err
			}
			said = taken
			if err := c.say(reply); err != nil {
				return taken, err
			}
			if err := c.due(now); err != nil {
				return taken, err
			}
		}
	}
	return taken, c.say(b[said:taken])
}

// serveConn dials the server and moves bytes; it owns the client's connection.
func (r *Relay) serveConn(ctx context.Context, c *conn) {
	server, err := r.dial(ctx, c.src.Addr(), c.dst)
	if err != nil {
		r.unreached.Add(1)
		reset(c.client)
		return
	}
	c.end.Lock()
	c.server = server
	aborted := c.aborted
	c.end.Unlock()
	if aborted {
		reset(server)
		return
	}
	c.run()
}
