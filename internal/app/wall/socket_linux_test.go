package wall

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// served is a bench whose server answers at its socket.
func served(t *testing.T) (*bench, *Client) {
	b := newBench(t)
	var err error
	if b.server, err = OpenServer(b.config); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.server.Run(ctx) }()
	c := Dial(b.config.Socket)
	t.Cleanup(func() {
		c.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(b.config.Socket); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the socket is left behind: %v", err)
		}
	})
	return b, c
}

// TestOverTheSocket asks for everything once, and makes each kind of mistake.
func TestOverTheSocket(t *testing.T) {
	b, c := served(t)
	ctx := t.Context()
	p, err := c.Apply(ctx, b.request(1, plantPolicy(true), time.Minute, nil))
	if err != nil || p.Number != 1 || !p.Guarded {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := c.Apply(ctx, b.request(2, plantPolicy(false), time.Minute, nil)); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "revision 1 is on trial") {
		t.Errorf("a second trial: %v", err)
	}
	if p, err = c.Confirm(ctx, EndRequest{By: "anna"}); err != nil || p.ConfirmedBy != "anna" {
		t.Fatalf("%+v, %v", p, err)
	}
	b.guards.work.Wait()
	for end := time.Now().Add(5 * time.Second); ; {
		s, err := c.Status(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s.Pending == nil && s.Confirmed != nil && s.Confirmed.Number == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("status %+v", s)
		}
	}
	r, err := c.ReadBack(ctx)
	if err != nil || !r.Same || r.Policy == nil || r.Policy.Hash() != plantPolicy(true).Hash() {
		t.Errorf("%+v, %v", r, err)
	}
	b.holdsOverSocket(c)
	if _, err := c.Rollback(ctx, EndRequest{By: "anna"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("rollback of nothing: %v", err)
	}
	bad := b.request(3, plantPolicy(true), time.Minute, nil)
	bad.Signature = "x"
	if _, err := c.Apply(ctx, bad); !errors.Is(err, ErrSignature) {
		t.Errorf("unsigned: %v", err)
	}
	if k, err := c.Probe(ctx); err != nil || k.What != Unknown || !strings.Contains(k.Says, "no canary") {
		t.Errorf("%+v, %v", k, err)
	}
}

func (b *bench) holdsOverSocket(c *Client) {
	b.Helper()
	ctx := b.Context()
	if err := c.Grant(ctx, GrantRequest{Grant: grant("g"), By: "anna"}); err != nil {
		b.Error(err)
	}
	if err := c.Revoke(ctx, "g", EndRequest{By: "anna"}); err != nil {
		b.Error(err)
	}
	if err := c.Revoke(ctx, "g", EndRequest{By: "anna"}); !errors.Is(err, ErrNotFound) {
		b.Errorf("revoked twice: %v", err)
	}
	x := policy.Containment{ID: "c", Addrs: []netip.Addr{scada}, Until: time.Now().Add(time.Minute), Why: "worm", By: "anna"}
	if k, err := c.Contain(ctx, x); err != nil || len(k.Stops) != 1 {
		b.Errorf("%+v, %v", k, err)
	}
	if err := c.Release(ctx, "c", EndRequest{By: "anna"}); err != nil {
		b.Error(err)
	}
	b.machine.denials <- []policy.Denial{{Packet: policy.Packet{Src: office, Dst: filler.Addr(), Proto: policy.TCP, DstPort: 502}, Count: 3}}
	for end := time.Now().Add(5 * time.Second); ; {
		r, err := c.Denials(ctx, "", 0)
		if err != nil {
			b.Fatal(err)
		}
		if len(r.Reports) == 1 && r.Reports[0].Count == 3 && r.Reports[0].Src == office && r.Next == 2 && r.Epoch != "" {
			return
		}
		if time.Now().After(end) {
			b.Fatalf("reports %+v", r)
		}
	}
}

func TestOpenAndClose(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(false), time.Minute, nil))
		b.confirm()
		time.Sleep(time.Second)
		b.apply(b.request(2, plantPolicy(true), time.Minute, nil)) // still on trial
		if err := b.server.OpenWall(EndRequest{By: "anna", Reason: "line 2 stands still"}); err != nil {
			t.Fatal(err)
		}
		b.holds(openPolicy("north"))
		b.stop()
		b.machine.boot()
		b.start()
		b.holds(openPolicy("north"))
		x := b.server.Status()
		if x.Opened == nil || x.Pending != nil || len(x.Problems) != 1 || !strings.Contains(x.Problems[0], "line 2 stands still") || !x.ReadBack.Same {
			t.Errorf("status %+v %q", x, x.Problems)
		}
		if _, err := b.server.Apply(b.request(3, plantPolicy(true), time.Minute, nil)); !errors.Is(err, ErrConflict) {
			t.Errorf("apply to an open wall: %v", err)
		}
		if err := b.server.CloseWall(EndRequest{By: "bernd"}); err != nil {
			t.Fatal(err)
		}
		b.holds(plantPolicy(false))
		if x := b.server.Status(); x.Opened != nil || len(x.Problems) != 0 {
			t.Errorf("status %+v %q", x, x.Problems)
		}
	})
}

// TestOpenWhileDead opens the wall of a process that is gone while a guard
// watches.
func TestOpenWhileDead(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(false), time.Minute, nil))
		b.confirm()
		time.Sleep(time.Second)
		b.apply(b.request(2, plantPolicy(true), time.Minute, nil))
		b.stop()
		if err := OpenIn(b.config.Dir, Box{}, b.machine.open, EndRequest{By: "root", Reason: "x"}); err != nil {
			t.Fatal(err)
		}
		b.holds(openPolicy(""))
		b.start()
		if x := b.server.Status(); x.Opened == nil || x.Confirmed.Number != 1 || x.Last.Number != 2 || x.Last.What != RolledBack {
			t.Errorf("status %+v", x)
		}
	})
}

// TestConfirmWhileDead confirms by the guard alone.
func TestConfirmWhileDead(t *testing.T) {
	within(t, func(b *bench) {
		if _, err := ConfirmIn(b.config.Dir, "root"); !errors.Is(err, ErrNotFound) {
			t.Errorf("nothing is on trial: %v", err)
		}
		b.apply(b.request(1, plantPolicy(true), time.Minute, critical(time.Second)))
		b.stop()
		if r, err := ConfirmIn(b.config.Dir, "root"); err != nil || r.Number != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		time.Sleep(5 * time.Second)
		b.start()
		b.holds(plantPolicy(true))
		if x := b.server.Status(); x.Confirmed == nil || x.Last.ConfirmedBy != "root" {
			t.Errorf("status %+v", x)
		}
	})
}

func TestNobodyAnswers(t *testing.T) {
	c := Dial(t.TempDir() + "/none.sock")
	defer c.Close()
	if _, err := c.Status(t.Context()); !errors.Is(err, ErrAway) || !strings.Contains(err.Error(), "systemctl start bulkhead-boundary") {
		t.Errorf("%v", err)
	}
	dead := t.TempDir() + "/dead.sock"
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	c = Dial(dead)
	defer c.Close()
	if _, err := c.Status(t.Context()); !errors.Is(err, ErrAway) || !strings.Contains(err.Error(), "systemctl status") {
		t.Errorf("%v", err)
	}
}

// askAs names the socket that a child of the test asks.
const askAs = "BULKHEAD_TEST_ASK"

func TestAskAsChild(t *testing.T) {
	socket := os.Getenv(askAs)
	if socket == "" {
		return // not a test: TestStrangersAreRefused runs it as another user
	}
	c := Dial(socket)
	defer c.Close()
	if _, err := c.Status(t.Context()); err == nil || !strings.Contains(err.Error(), "may not use the boundary") {
		t.Fatalf("a stranger got %v", err)
	}
}

// TestStrangersAreRefused loosens the socket's mode, as somebody might: who is at
// the other end still counts.
func TestStrangersAreRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to be another user")
	}
	b, c := served(t)
	if info, err := os.Stat(b.config.Socket); err != nil || info.Mode().Perm() != 0o660 {
		t.Fatalf("%v, %v", info, err)
	}
	if _, err := c.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{b.config.Dir, b.config.Dir + "/.."} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(b.config.Socket, 0o666); err != nil {
		t.Fatal(err)
	}
	x := exec.Command("/proc/self/exe", "-test.run=^TestAskAsChild$")
	x.Dir = "/"
	x.Env = append(os.Environ(), askAs+"="+b.config.Socket)
	x.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := x.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
