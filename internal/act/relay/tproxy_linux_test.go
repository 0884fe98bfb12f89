package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Marks and port of the rules that this test makes itself.
const (
	markOut = 0x42480001
	markIn  = 0x42480002
	ownPort = 15502
)

// rules lead connections to port 502 to the relay, and answers to its sockets.
const rules = `table inet relay {
	chain pre {
		type filter hook prerouting priority mangle; policy accept;
		meta l4proto tcp socket transparent 1 meta mark set 0x42480002 accept
		iifname "office0" meta nfproto ipv4 tcp dport 502 tproxy ip to :15502 meta mark set 0x42480002 accept
		iifname "office0" meta nfproto ipv6 tcp dport 502 tproxy ip6 to :15502 meta mark set 0x42480002 accept
	}
}
`

// box is a bed whose box leads Modbus through a relay.
type box struct {
	*testbed.Bed
	relay *Relay
	stop  func()
}

func newBox(t testing.TB, c Config) *box {
	t.Helper()
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("the program nft is not installed")
	}
	b := &box{Bed: testbed.New(t)}
	b.Routed(t)
	for _, n := range []string{"net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"} {
		must(t, b.Box.Sysctl(n, "1"))
	}
	nft := b.Box.Command("nft", "-f", "-")
	nft.Stdin = strings.NewReader(rules)
	if out, err := nft.CombinedOutput(); err != nil {
		t.Skipf("the kernel lacks tproxy or socket matches: %s", out)
	}
	for _, family := range []string{"-4", "-6"} {
		for _, args := range []string{"rule add fwmark 0x42480002 lookup 100", "route add local default dev lo table 100"} {
			if _, err := b.Box.Run("ip", append([]string{family}, strings.Fields(args)...)...); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.Ports, c.Mark = map[string]uint16{Modbus: ownPort}, markOut
	b.relay = New(c)
	b.relay.dial = func(ctx context.Context, from netip.Addr, to netip.AddrPort) (conn *net.TCPConn, err error) {
		err = b.Box.Do(func() (err error) {
			conn, err = b.relay.connect(ctx, from, to)
			return err
		})
		return conn, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var served sync.WaitGroup
	served.Go(func() {
		if err := b.Box.Do(func() error { return b.relay.Serve(ctx) }); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	b.stop = func() {
		cancel()
		served.Wait()
	}
	t.Cleanup(b.stop)
	b.wait(t)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wait waits until the relay listens in both families.
func (b *box) wait(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(patience); ; <-time.After(5 * time.Millisecond) {
		four, _ := b.Box.ReadFile("/proc/net/tcp")
		six, _ := b.Box.ReadFile("/proc/net/tcp6")
		if port := fmt.Sprintf(":%04X ", ownPort); strings.Contains(four, port) && strings.Contains(six, port) {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the relay does not listen")
		}
	}
}

// controller answers Modbus reads of one register with a number, echoes writes,
// and remembers what it was asked and by whom.
type controller struct {
	l    net.Listener
	mu   sync.Mutex
	got  [][]byte
	from []netip.Addr
	wait sync.WaitGroup
}

func newController(t testing.TB, s *testbed.Space, addr string) *controller {
	t.Helper()
	l, err := s.Listen("tcp", addr)
	must(t, err)
	c := &controller{l: l}
	c.wait.Go(c.serve)
	t.Cleanup(func() {
		_ = l.Close()
		c.wait.Wait()
	})
	return c
}

func (c *controller) serve() {
	for {
		conn, err := c.l.Accept()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.from = append(c.from, unmap(conn.RemoteAddr()).Addr())
		c.mu.Unlock()
		c.wait.Go(func() {
			defer conn.Close()
			b := make([]byte, 12)
			for {
				if _, err := io.ReadFull(conn, b); err != nil {
					return
				}
				c.mu.Lock()
				if len(c.got) < 16 {
					c.got = append(c.got, bytes.Clone(b))
				}
				c.mu.Unlock()
				answer := b
				if b[7] == 3 {
					answer = []byte{b[0], b[1], 0, 0, 0, 5, b[6], 3, 2, 0x12, 0x34}
				}
				if _, err := conn.Write(answer); err != nil {
					return
				}
			}
		})
	}
}

func exchange(t testing.TB, c net.Conn, request, want []byte) {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(request); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%x, %v\nwant %x", got[:n], err, want)
	}
}

// TestTransparent holds that neither end of either family sees the relay but by
// what it refuses.
func TestTransparent(t *testing.T) {
	b := newBox(t, Config{Policy: always(reads(Modbus))})
	for i := range testbed.RoutePlant {
		server := netip.AddrPortFrom(testbed.RoutePlant[i].Addr(), 502)
		client := testbed.RouteOffice[i].Addr()
		plc := newController(t, b.Plant, server.String())
		c, err := b.Office.Dial("tcp", server.String(), patience)
		must(t, err)
		if got := unmap(c.RemoteAddr()); got != server {
			t.Errorf("the client is connected to %v", got)
		}
		exchange(t, c, adu(1, "03 0000 0001"), adu(1, "03 02 1234"))
		exchange(t, c, adu(2, "06 0001 1234"), adu(2, "86 01"))
		exchange(t, c, adu(3, "03 0005 0001"), adu(3, "03 02 1234"))
		plc.mu.Lock()
		if len(plc.got) != 2 || plc.got[0][7] != 3 || plc.got[1][7] != 3 {
			t.Errorf("the controller was asked %x", plc.got)
		}
		if len(plc.from) != 1 || plc.from[0] != client {
			t.Errorf("the controller was asked by %v, not %v", plc.from, client)
		}
		plc.mu.Unlock()
		_ = c.Close()
	}
}

func TestTransparentToNobody(t *testing.T) {
	b := newBox(t, Config{Policy: always(reads(Modbus))})
	// The box itself is no server either, whatever port it is asked for.
	for _, a := range []netip.AddrPort{
		netip.AddrPortFrom(testbed.RoutePlant[0].Addr(), 502),
		netip.AddrPortFrom(testbed.RoutePlant[1].Addr(), 502),
		netip.AddrPortFrom(testbed.RouteBox[0].Addr(), ownPort),
	} {
		c, err := b.Office.Dial("tcp", a.String(), patience)
		if err == nil { // the reset may come before the client is told that it is connected
			_ = c.SetReadDeadline(time.Now().Add(patience))
			_, err = c.Read(make([]byte, 1))
			_ = c.Close()
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%v: %v", a, err)
		}
	}
	if s := b.relay.Status(); s.Unreached != 2 || s.Turned != 1 {
		t.Errorf("%+v", s)
	}
}

// TestServeEnds holds that the end of the relay is the end of its connections.
func TestServeEnds(t *testing.T) {
	b := newBox(t, Config{Policy: always(reads(Modbus))})
	server := netip.AddrPortFrom(testbed.RoutePlant[0].Addr(), 502).String()
	newController(t, b.Plant, server)
	c, err := b.Office.Dial("tcp", server, patience)
	must(t, err)
	exchange(t, c, adu(1, "03 0000 0001"), adu(1, "03 02 1234"))
	b.stop()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
	_ = c.Close()
	if s := b.relay.Status(); s.Open != 0 || s.Passed != 1 {
		t.Errorf("%+v", s)
	}
}

// BenchmarkRoundTrip measures one request and its answer between office and
// plant: straight through the router, and through the relay.
func BenchmarkRoundTrip(b *testing.B) {
	box := newBox(b, Config{Policy: always(Rule{Relays: []*policy.Relay{reads(Modbus).Relays[0]}, Stage: "enforce"})})
	for _, way := range []struct {
		name string
		port uint16
	}{{"direct", 503}, {"relay", 502}} {
		server := netip.AddrPortFrom(testbed.RoutePlant[0].Addr(), way.port).String()
		newController(b, box.Plant, server)
		c, err := box.Office.Dial("tcp", server, patience)
		must(b, err)
		defer c.Close()
		request, answer := adu(1, "03 0000 0001"), make([]byte, 11)
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Write(request); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c, answer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
