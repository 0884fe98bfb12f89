//go:build linux

package testbed

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// Space is one network namespace with a name, so that programs can be started
// in it as well.
type Space struct {
	Name string
	Path string // for Config.Namespace
	fd   netns.NsHandle
}

// NewSpace makes a namespace of that name with its loopback interface up.
func NewSpace(name string) (*Space, error) {
	s := &Space{Name: name, Path: filepath.Join("/run/netns", name)}
	done := make(chan error)
	// The thread is not unlocked: it ends with its goroutine, in whatever
	// namespace it is.
	go func() {
		runtime.LockOSThread()
		fd, err := netns.NewNamed(name)
		s.fd = fd
		done <- err
	}()
	if err := <-done; err != nil {
		return nil, fmt.Errorf("namespace %s: %w", name, err)
	}
	// No duplicate address detection: addresses hold at once.
	for _, which := range []string{"all", "default"} {
		if err := s.Sysctl("net/ipv6/conf/"+which+"/accept_dad", "0"); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if err := s.Up("lo"); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close removes the namespace's name; the kernel removes the namespace when its
// last socket and process are gone.
func (s *Space) Close() error {
	return errors.Join(s.fd.Close(), netns.DeleteNamed(s.Name))
}

// Do runs f on a thread that is in the namespace. Sockets that f opens stay in
// it; goroutines that f starts are not in it.
func (s *Space) Do(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if err := netns.Set(s.fd); err != nil {
			done <- fmt.Errorf("enter %s: %w", s.Name, err)
			return
		}
		done <- f()
	}()
	return <-done
}

// Command is a program in the namespace, not started yet.
func (s *Space) Command(name string, args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--net=" + s.Path, name}, args...)...)
}

// Run runs a program in the namespace to its end and returns what it wrote.
func (s *Space) Run(name string, args ...string) (string, error) {
	out, err := s.Command(name, args...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// Sysctl writes a setting below /proc/sys.
func (s *Space) Sysctl(name, value string) error {
	return s.Do(func() error { return os.WriteFile("/proc/sys/"+name, []byte(value), 0o644) })
}

// ReadFile reads a file as a process in the namespace sees it: /proc/net/… of
// the calling thread (/proc/thread-self/net).
func (s *Space) ReadFile(name string) (string, error) {
	var b []byte
	err := s.Do(func() (err error) {
		b, err = os.ReadFile(strings.Replace(name, "/proc/net/", "/proc/thread-self/net/", 1))
		return err
	})
	return string(b), err
}

// Up switches an interface on.
func (s *Space) Up(name string) error {
	return s.link(name, func(l netlink.Link) error { return netlink.LinkSetUp(l) })
}

// Down switches an interface off.
func (s *Space) Down(name string) error {
	return s.link(name, func(l netlink.Link) error { return netlink.LinkSetDown(l) })
}

func (s *Space) link(name string, f func(netlink.Link) error) error {
	err := s.Do(func() error {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		return f(l)
	})
	if err != nil {
		return fmt.Errorf("%s of %s: %w", name, s.Name, err)
	}
	return nil
}

// Address gives an interface addresses.
func (s *Space) Address(name string, list ...netip.Prefix) error {
	return s.link(name, func(l netlink.Link) error {
		for _, p := range list {
			a := &netlink.Addr{IPNet: ipNet(p)}
			if p.Addr().Is6() {
				a.Flags = 0x02 // IFA_F_NODAD
			}
			if err := netlink.AddrAdd(l, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// Route adds a route by a gateway, or straight out of the interface if there is
// none. The zero prefix is the default route of the gateway's family.
func (s *Space) Route(to netip.Prefix, via netip.Addr, name string) error {
	return s.link(name, func(l netlink.Link) error {
		r := &netlink.Route{LinkIndex: l.Attrs().Index}
		if via.IsValid() {
			r.Gw = via.AsSlice()
		}
		switch {
		case to.IsValid():
			r.Dst = ipNet(to)
		case via.Is6():
			r.Dst = &net.IPNet{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}
		default:
			r.Dst = &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}
		}
		return netlink.RouteAdd(r)
	})
}

// MAC is an interface's hardware address.
func (s *Space) MAC(name string) (mac net.HardwareAddr, err error) {
	err = s.link(name, func(l netlink.Link) error {
		mac = l.Attrs().HardwareAddr
		return nil
	})
	return mac, err
}

// Neighbour enters a neighbour that nobody has to ask for.
func (s *Space) Neighbour(name string, ip netip.Addr, mac net.HardwareAddr) error {
	return s.link(name, func(l netlink.Link) error {
		return netlink.NeighSet(&netlink.Neigh{
			LinkIndex: l.Attrs().Index, IP: ip.AsSlice(), HardwareAddr: mac, State: netlink.NUD_PERMANENT,
		})
	})
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
