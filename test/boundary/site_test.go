//go:build linux

package boundary

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
)

// Addresses of the one flat network. Every host has one of IPv6 as well, that
// ends in the same number (six).
const (
	pcAddr        = "10.66.0.10"
	historianAddr = "10.66.0.11"
	plcAddr       = "10.66.0.20"
	ioAddr        = "10.66.0.21"
)

// six is a host's address of IPv6.
func six(addr string) string { return "fd66::" + addr[strings.LastIndexByte(addr, '.')+1:] }

// uplink is the interface of every host.
const uplink = "up0"

// site is namespaces: a switch in the office with a PC and a historian, a switch
// in the cell with two controllers, and the box between the switches.
type site struct {
	pc, historian, plc, io, box *testbed.Space
	office, cell                *testbed.Space // the switches
}

var made atomic.Uint32

func newSite(t *testing.T) *site {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: network-namespaces")
	}
	need(t, "ip", "iproute2")
	need(t, "nsenter", "util-linux")
	s, n := &site{}, made.Add(1)
	for _, x := range []struct {
		role string
		s    **testbed.Space
	}{{"pc", &s.pc}, {"hist", &s.historian}, {"plc", &s.plc}, {"io", &s.io}, {"box", &s.box}, {"osw", &s.office}, {"csw", &s.cell}} {
		space, err := testbed.NewSpace(fmt.Sprintf("bhw%d-%d-%s", os.Getpid(), n, x.role))
		if err != nil {
			t.Skipf("network-namespaces: %v", err)
		}
		t.Cleanup(func() { _ = space.Close() })
		*x.s = space
	}
	for _, sw := range []*testbed.Space{s.office, s.cell} {
		if _, err := sw.Run("ip", "link", "add", "sw0", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0"); err != nil {
			t.Skipf("the kernel lacks bridges: %v", err)
		}
		ip(t, sw, "link set sw0 up")
	}
	s.host(t, s.office, s.pc, "pc", pcAddr)
	s.host(t, s.office, s.historian, "hist", historianAddr)
	s.host(t, s.cell, s.plc, "plc", plcAddr)
	s.host(t, s.cell, s.io, "io", ioAddr)
	s.plug(t, s.office, "box", s.box, "office0")
	s.plug(t, s.cell, "box", s.box, "plant0")
	return s
}

func need(t *testing.T, program, pkg string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s: the program %s is not installed", pkg, program)
	}
}

func ip(t *testing.T, s *testbed.Space, args string) {
	t.Helper()
	if _, err := s.Run("ip", strings.Fields(args)...); err != nil {
		t.Fatal(err)
	}
}

// plug puts an interface of a host into a switch.
func (s *site) plug(t *testing.T, sw *testbed.Space, port string, host *testbed.Space, name string) {
	t.Helper()
	ip(t, sw, fmt.Sprintf("link add %s type veth peer name %s netns %s", port, name, host.Name))
	ip(t, sw, fmt.Sprintf("link set %s master sw0 up", port))
	ip(t, host, fmt.Sprintf("link set %s up", name))
}

func (s *site) host(t *testing.T, sw, host *testbed.Space, port, addr string) {
	t.Helper()
	s.plug(t, sw, port, host, uplink)
	ip(t, host, fmt.Sprintf("addr add %s/24 dev %s", addr, uplink))
	ip(t, host, fmt.Sprintf("addr add %s/64 dev %s nodad", six(addr), uplink))
}
