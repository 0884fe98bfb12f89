//go:build linux

package enforce

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// transparent makes a socket that may have addresses of others.
func transparent(mark int) func(network, address string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		var err error
		_ = c.Control(func(fd uintptr) {
			if network == "tcp6" {
				err = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_TRANSPARENT, 1)
			} else {
				err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_TRANSPARENT, 1)
			}
			if mark != 0 && err == nil {
				err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK, mark)
			}
		})
		return err
	}
}

// pass is a relay that reads nothing: it says "R", then copies both ways, with
// the client's address towards the server.
func (s *stand) pass(t *testing.T, port string) func() {
	t.Helper()
	var wait sync.WaitGroup
	var stops []func()
	for _, n := range []string{"tcp4", "tcp6"} {
		var l net.Listener
		err := s.Box.Do(func() (err error) {
			l, err = (&net.ListenConfig{Control: transparent(0)}).Listen(context.Background(), n, ":"+port)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				wait.Go(func() { s.passOne(c, n) })
			}
		})
		stops = append(stops, func() { _ = l.Close() })
	}
	return func() {
		for _, f := range stops {
			f()
		}
		wait.Wait()
	}
}

func (s *stand) passOne(c net.Conn, network string) {
	defer c.Close()
	from := c.RemoteAddr().(*net.TCPAddr)
	var up net.Conn
	err := s.Box.Do(func() (err error) {
		d := net.Dialer{Timeout: patience, LocalAddr: &net.TCPAddr{IP: from.IP}, Control: transparent(policy.MarkRelayOut)}
		up, err = d.Dial(network, c.LocalAddr().String())
		return err
	})
	if err != nil {
		return
	}
	defer up.Close()
	_, _ = c.Write([]byte("R"))
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(up, c)
		_ = up.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	_, _ = io.Copy(c, up)
	_ = c.Close()
	<-done
}

// TestRelay leads connections of a conduit with a relay to it, both ways with
// the addresses that the two ends know, and stops them when there is none.
func TestRelay(t *testing.T) {
	for _, mode := range []Mode{Router, ProxyARP} {
		t.Run(string(mode), func(t *testing.T) {
			s := newStand(t, Config{Mode: mode, Relay: policy.RelayPorts()})
			p := s.policy()
			p.Conduits[0].Matches = []policy.Match{{Proto: policy.TCP, First: 502, Last: 502, Relay: &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(2)}}}
			s.apply(t, p)
			for i := range 2 {
				s.relayed(t, i)
			}
			if r, err := s.wall.Read(); err != nil || len(r.Drift) > 0 || r.Hash != p.Hash() {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func (s *stand) relayed(t *testing.T, i int) {
	t.Helper()
	clients := make(chan netip.Addr, 64)
	l, err := s.Plant.Listen("tcp", at(s.plant[i], 502))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	defer wait.Wait()
	defer l.Close()
	wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			clients <- c.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
			wait.Go(func() { _, _ = io.Copy(c, c); _ = c.Close() })
		}
	})
	s.reach(t, s.Office, "tcp", at(s.plant[i], 502), false) // nobody relays
	stop := s.pass(t, "15502")
	defer stop()
	if err := s.wall.Watch([]policy.Critical{{Client: s.office[i].Addr(), Server: s.plant[i].Addr(), Proto: policy.TCP, Port: 502}}); err != nil {
		t.Fatal(err)
	}
	c, err := s.Office.Dial("tcp", at(s.plant[i], 502), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := make([]byte, 1)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadFull(c, b); err != nil || b[0] != 'R' {
		t.Fatalf("not by the relay: %q, %v", b, err)
	}
	if err := testbed.Ping(c, []byte("hello"), patience); err != nil {
		t.Error(err)
	}
	if a := <-clients; a != s.office[i].Addr() {
		t.Errorf("the server sees %v", a)
	}
	if seen, err := s.wall.Seen(); err != nil || seen[0].Packets == 0 {
		t.Errorf("seen %+v, %v", seen, err)
	}
	// Whoever sends to the relay's port does not come to it.
	s.reach(t, s.Office, "tcp", at(s.plant[i], 15502), false)
	// A policy that is applied again does not end what a relay has.
	s.apply(t, s.wall.held.policy)
	if err := testbed.Ping(c, []byte("hello"), patience); err != nil {
		t.Errorf("after another apply: %v", err)
	}
	if err := s.wall.Contain(policy.Containment{ID: "x", Conduit: "read", Until: time.Now().Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	if testbed.Ping(c, []byte("hello"), shortly) == nil {
		t.Error("a contained conduit goes on through the relay")
	}
	if err := s.wall.Release("x"); err != nil {
		t.Fatal(err)
	}
	// A grant passes the relay by.
	g := s.grant(i, "g", time.Minute)
	g.Port = 502
	if err := s.wall.Grant(g); err != nil {
		t.Fatal(err)
	}
	s.reach(t, s.Office, "tcp", at(s.plant[i], 502), true)
	if err := s.wall.Revoke("g"); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}
