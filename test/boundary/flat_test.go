//go:build linux

package boundary

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
)

// TestFlatNetwork is one flat /24 before and after a policy: first the office
// writes to controllers; then the historian still reads, the office is rejected
// at once, what the historian writes is refused in the protocol's own words and
// never reaches a controller, and PROFINET inside the cell goes on untouched.
func TestFlatNetwork(t *testing.T) {
	needPython(t)
	needNode(t, "modbus-serial", "nodes7", "node-snap7")
	s := newSite(t)
	needKernel(t)
	plc := start(t, s.plc, python, "modbus_server.py", plcAddr)
	remote := start(t, s.io, node, "modbus_server.js", "::")
	s7 := start(t, s.plc, node, "s7_server.js", plcAddr)
	b := startBoundary(t, s)
	cyclic := startProfinet(t, s)

	// Nothing has been applied: everybody may do everything.
	wantLines(t, "the office before", ask(t, s.pc, python, "modbus_client.py", plcAddr, "write 5 111", "read 5"), "done", "registers [111]")
	wantLines(t, "the office before, to another controller", ask(t, s.pc, node, "modbus_client.js", ioAddr, "write 5 112", "read 5"), "done", "registers [112]")
	wantLines(t, "the office before, by IPv6", ask(t, s.pc, node, "modbus_client.js", six(ioAddr), "write 6 113", "read 6"), "done", "registers [113]")
	wantLines(t, "the office before, by S7", ask(t, s.pc, node, "s7_client.js", plcAddr, "write 42", "read"), "done", "value 42")
	wantLines(t, "the office before, an engineer's tool", ask(t, s.pc, node, "s7_tool.js", plcAddr, "stop", "start"), "done", "done")
	for what, p := range map[string]*server{"write holding registers 5 [111]": plc, "write 5 112": remote, "write 132 1 0 002a": s7} {
		if !p.says(what) {
			t.Fatalf("the controller does not tell %q: %q", what, p.said())
		}
	}
	if !slices.ContainsFunc(s7.said(), func(l string) bool { return strings.Contains(l, "STOP") }) {
		t.Fatalf("the controller was not stopped: %q", s7.said())
	}
	standing := stand(t, s.historian, plcAddr+":502")
	foreign := stand(t, s.pc, plcAddr+":502")

	b.apply(t, readOnly())
	before := [][]string{plc.said(), remote.said(), s7.said()}

	t.Run("the historian reads", func(t *testing.T) {
		wantLines(t, "pymodbus", ask(t, s.historian, python, "modbus_client.py", plcAddr, "read 5", "identify"), "registers [111]", "done")
		wantLines(t, "modbus-serial", ask(t, s.historian, node, "modbus_client.js", ioAddr, "read 5", "identify"), "registers [112]", `identity {"0":"Nobody"`)
		wantLines(t, "nodes7", ask(t, s.historian, node, "s7_client.js", plcAddr, "read"), "value 42")
		wantLines(t, "snap7", ask(t, s.historian, node, "s7_tool.js", plcAddr, "read", "identify", "mode"), "value 42", "order 6ES7 315", "mode 8")
	})
	t.Run("the historian may not write", func(t *testing.T) {
		wantLines(t, "pymodbus", ask(t, s.historian, python, "modbus_client.py", plcAddr, "write 5 1", "writes 5 1 2", "coil 5", "mask 5", "both 5 1", "read 5"),
			"exception 1", "exception 1", "exception 1", "exception 1", "exception 1", "registers [111]")
		wantLines(t, "modbus-serial", ask(t, s.historian, node, "modbus_client.js", ioAddr, "write 5 1", "writes 5 1", "coil 5", "together 5 1", "read 5"),
			"exception 1", "exception 1", "exception 1", "registers [112]; exception 1; registers [112]", "registers [112]")
		wantLines(t, "nodes7", ask(t, s.historian, node, "s7_client.js", plcAddr, "write 1", "read"), "refused", "value 42")
		wantLines(t, "snap7", ask(t, s.historian, node, "s7_tool.js", plcAddr, "write 1", "stop", "start", "clock", "upload", "password", "read"),
			"refused", "refused", "refused", "refused", "refused", "refused", "value 42")
	})
	t.Run("the office is rejected at once", func(t *testing.T) {
		for _, port := range []string{":502", ":102", ":80"} {
			at := time.Now()
			c, err := s.pc.Dial("tcp", plcAddr+port, 3*time.Second)
			if err == nil {
				_ = c.Close()
			}
			if took := time.Since(at); !errors.Is(err, syscall.ECONNREFUSED) || took > time.Second {
				t.Errorf("to %s: %v after %v", port, err, took)
			}
		}
		wantLines(t, "pymodbus", ask(t, s.pc, python, "modbus_client.py", plcAddr, "write 5 1"), "no connection")
		wantLines(t, "nodes7", ask(t, s.pc, node, "s7_client.js", plcAddr, "write 1"), "no connection")
	})
	t.Run("by IPv6", func(t *testing.T) {
		wantLines(t, "the historian", ask(t, s.historian, node, "modbus_client.js", six(ioAddr), "read 6", "write 6 1", "coil 6", "together 6 1", "identify"),
			"registers [113]", "exception 1", "exception 1", "registers [113]; exception 1; registers [113]", `identity {"0":"Nobody"`)
		at := time.Now()
		c, err := s.pc.Dial("tcp", "["+six(ioAddr)+"]:502", 3*time.Second)
		if took := time.Since(at); !errors.Is(err, syscall.ECONNREFUSED) || took > time.Second {
			t.Errorf("the office: %v, %v after %v", c, err, took)
		}
	})
	t.Run("the historian has no other way", func(t *testing.T) {
		if c, err := s.historian.Dial("tcp", plcAddr+":80", 3*time.Second); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%v, %v", c, err)
		}
	})
	t.Run("connections that stood", func(t *testing.T) {
		// The historian's was made when nobody read its messages: it may not
		// become the way around.
		for who, c := range map[string]net.Conn{"historian": standing, "office": foreign} {
			_ = c.SetDeadline(time.Now().Add(2 * time.Second))
			_, err := c.Write([]byte{0, 9, 0, 0, 0, 6, 1, 6, 0, 5, 0, 99})
			answer := make([]byte, 12)
			if err == nil {
				_, err = io.ReadFull(c, answer)
			}
			if err == nil {
				t.Errorf("the %s wrote through a connection from before: %x", who, answer)
			}
		}
	})
	for i, p := range []*server{plc, remote, s7} {
		if now := p.said(); len(now) != len(before[i]) {
			t.Errorf("a controller was reached after all: %q", now[len(before[i]):])
		}
	}
	reported(t, b)
	cyclic.end(t)
}

// reported holds that what was stopped is told, with who and what.
func reported(t *testing.T, b *process) {
	t.Helper()
	want := map[string]bool{
		"refused 10.66.0.11 modbus Write Single Register": false,
		"refused 10.66.0.11 s7comm Write Var":             false,
		"refused 10.66.0.11 s7comm PLC Stop":              false,
		"refused 10.66.0.11 s7comm Set clock":             false,
		"denied 10.66.0.10  ":                             false,
	}
	var got []string
	for late := time.Now().Add(10 * time.Second); time.Now().Before(late); <-time.After(100 * time.Millisecond) {
		r, err := b.Denials(t.Context(), "", 0)
		if err != nil {
			t.Fatal(err)
		}
		got = got[:0]
		missing := false
		for _, x := range r.Reports {
			line := strings.Join([]string{x.Kind, x.Src.String(), x.Protocol, x.Operation}, " ")
			got = append(got, line)
			if _, ok := want[line]; ok && x.Dst == netip.MustParseAddr(plcAddr) {
				want[line] = true
			}
		}
		for _, seen := range want {
			missing = missing || !seen
		}
		if !missing {
			return
		}
	}
	for line, seen := range want {
		if !seen {
			t.Errorf("nobody was told of %q, but of\n  %s", line, strings.Join(got, "\n  "))
		}
	}
}

// stand opens a connection that stays.
func stand(t *testing.T, s *testbed.Space, addr string) net.Conn {
	t.Helper()
	c, err := s.Dial("tcp", addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.Write([]byte{0, 1, 0, 0, 0, 6, 1, 3, 0, 5, 0, 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 11)); err != nil {
		t.Fatal(err)
	}
	return c
}

// profinet is cyclic PROFINET between the two controllers of the cell.
type profinet struct {
	out, in int
	stop    chan struct{}
	wait    sync.WaitGroup
	sent    uint32
	got     uint32
	bad     int
}

const etherTypeProfinet = 0x8892

// startProfinet sends real-time frames (frame identifier 0x8000, a counter) from
// one controller to the other, a hundred a second.
func startProfinet(t *testing.T, s *site) *profinet {
	t.Helper()
	p := &profinet{stop: make(chan struct{})}
	to, err := s.io.MAC(uplink)
	if err != nil {
		t.Fatal(err)
	}
	from, err := s.plc.MAC(uplink)
	if err != nil {
		t.Fatal(err)
	}
	p.out, p.in = packets(t, s.plc), packets(t, s.io)
	frame := make([]byte, 60)
	copy(frame, to)
	copy(frame[6:], from)
	binary.BigEndian.PutUint16(frame[12:], etherTypeProfinet)
	binary.BigEndian.PutUint16(frame[14:], 0x8000)
	p.wait.Go(func() { p.send(frame) })
	p.wait.Go(p.receive)
	return p
}

// packets opens a packet socket for PROFINET on a host's interface.
func packets(t *testing.T, s *testbed.Space) (fd int) {
	t.Helper()
	err := s.Do(func() error {
		i, err := net.InterfaceByName(uplink)
		if err != nil {
			return err
		}
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}); err != nil {
			return err
		}
		const proto = etherTypeProfinet>>8 | etherTypeProfinet&0xff<<8
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: proto, Ifindex: i.Index})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

func (p *profinet) send(frame []byte) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			binary.BigEndian.PutUint32(frame[16:], p.sent)
			if _, err := unix.Write(p.out, frame); err == nil {
				p.sent++
			}
		}
	}
}

// receive counts frames until none came for a second.
func (p *profinet) receive() {
	b := make([]byte, 128)
	for {
		n, err := unix.Read(p.in, b)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return
		case n < 60 || binary.BigEndian.Uint32(b[16:]) != p.got:
			p.bad++
		}
		p.got++
	}
}

// end holds that every frame came, in order.
func (p *profinet) end(t *testing.T) {
	t.Helper()
	close(p.stop)
	p.wait.Wait()
	if p.sent < 10 || p.got != p.sent || p.bad > 0 {
		t.Errorf("PROFINET: %d frames sent, %d received, %d out of order or broken", p.sent, p.got, p.bad)
	}
	t.Logf("PROFINET: %d frames, all received", p.got)
}
