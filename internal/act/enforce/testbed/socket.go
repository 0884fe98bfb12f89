//go:build linux

package testbed

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Listen listens in the namespace.
func (s *Space) Listen(network, addr string) (l net.Listener, err error) {
	err = s.Do(func() (err error) {
		l, err = net.Listen(network, addr)
		return err
	})
	return l, err
}

// Packet opens a UDP socket in the namespace.
func (s *Space) Packet(network, addr string) (c net.PacketConn, err error) {
	err = s.Do(func() (err error) {
		c, err = net.ListenPacket(network, addr)
		return err
	})
	return c, err
}

// Dial connects from the namespace. The address is one address, not a name: only
// then does the socket come to be on the thread that is in the namespace.
func (s *Space) Dial(network, addr string, timeout time.Duration) (c net.Conn, err error) {
	err = s.Do(func() (err error) {
		c, err = (&net.Dialer{Timeout: timeout, FallbackDelay: -1}).Dial(network, addr)
		return err
	})
	return c, err
}

// Echo answers what comes at a TCP address with the same bytes until close is
// called, which ends its connections too.
func (s *Space) Echo(addr string) (stop func(), err error) {
	l, err := s.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	e := &echo{open: map[net.Conn]bool{}}
	e.wait.Go(func() { e.serve(l) })
	return func() {
		_ = l.Close()
		e.end()
		e.wait.Wait()
	}, nil
}

type echo struct {
	wait sync.WaitGroup
	mu   sync.Mutex
	open map[net.Conn]bool
	done bool
}

func (e *echo) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		if !e.add(c) {
			_ = c.Close()
			return
		}
		e.wait.Go(func() {
			_, _ = io.Copy(c, c)
			_ = c.Close()
			e.mu.Lock()
			delete(e.open, c)
			e.mu.Unlock()
		})
	}
}

func (e *echo) add(c net.Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done {
		return false
	}
	e.open[c] = true
	return true
}

func (e *echo) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.done = true
	for c := range e.open {
		_ = c.Close()
	}
}

// EchoUDP answers datagrams with the same bytes until stop is called.
func (s *Space) EchoUDP(addr string) (stop func(), err error) {
	c, err := s.Packet("udp", addr)
	if err != nil {
		return nil, err
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		b := make([]byte, 2048)
		for {
			n, from, err := c.ReadFrom(b)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				_, _ = c.WriteTo(b[:n], from)
			}
		}
	})
	return func() {
		_ = c.Close()
		wait.Wait()
	}, nil
}

// Ping sends b and reads as much back within a time.
func Ping(c net.Conn, b []byte, within time.Duration) error {
	if err := c.SetDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	if _, err := c.Write(b); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, len(b)))
	return err
}
