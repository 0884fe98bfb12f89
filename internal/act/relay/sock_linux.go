package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// alive finds peers that are gone without a word. Sessions of a plant live for
// months and may say nothing for hours: they are never ended for being idle.
var alive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 6}

// listen opens the sockets of one protocol, IPv4 and IPv6, that take
// connections to whatever address.
func listen(ctx context.Context, protocol string, port uint16, mark uint32) ([]listener, error) {
	var open []listener
	for _, network := range []string{"tcp4", "tcp6"} {
		c := net.ListenConfig{KeepAliveConfig: alive, Control: control(network == "tcp6", mark)}
		c.SetMultipathTCP(false) // its sockets can't be transparent
		l, err := c.Listen(ctx, network, net.JoinHostPort("", strconv.Itoa(int(port))))
		if errors.Is(err, unix.EAFNOSUPPORT) && network == "tcp6" {
			continue // a kernel without IPv6 has none to relay
		}
		if err != nil {
			for _, o := range open {
				_ = o.Close()
			}
			return nil, unsupported(err)
		}
		open = append(open, listener{l.(*net.TCPListener), protocol, port})
	}
	return open, nil
}

func unsupported(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOPROTOOPT) {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return err
}

// control makes a socket transparent and marks what it sends.
func control(six bool, mark uint32) func(string, string, syscall.RawConn) error {
	return func(_, _ string, raw syscall.RawConn) error {
		var err error
		if e := raw.Control(func(fd uintptr) { err = transparent(int(fd), six, mark) }); e != nil {
			return e
		}
		return err
	}
}

func transparent(fd int, six bool, mark uint32) error {
	level, option := unix.SOL_IP, unix.IP_TRANSPARENT
	if six {
		level, option = unix.SOL_IPV6, unix.IPV6_TRANSPARENT
	}
	if err := unix.SetsockoptInt(fd, level, option, 1); err != nil {
		return err
	}
	if mark == 0 {
		return nil
	}
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(mark))
}

// Ports that connections to servers come from: clients choose theirs above, from
// 32768 (Linux) or 49152 (RFC 6335) on, and connection tracking would take two
// connections of one client's address and port to one server for the same.
const (
	firstPort = 10_000
	lastPort  = 32_000
)

// connect opens a connection to the server from the client's own address. The port
// is the kernel's choice, made when it knows the server's address: so that one
// client can have more connections than a box has ports.
func (r *Relay) connect(ctx context.Context, from netip.Addr, to netip.AddrPort) (*net.TCPConn, error) {
	six := to.Addr().Is6()
	d := net.Dialer{
		Timeout:         r.config.DialTimeout,
		KeepAliveConfig: alive,
		LocalAddr:       net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0)),
		Control: func(_, _ string, raw syscall.RawConn) error {
			var err error
			if e := raw.Control(func(fd uintptr) {
				if err = transparent(int(fd), six, r.config.Mark); err == nil {
					err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
				}
				// Kernels before 6.3 don't know it, and choose from all ports.
				_ = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_LOCAL_PORT_RANGE, lastPort<<16|firstPort)
			}); e != nil {
				return e
			}
			return err
		},
	}
	d.SetMultipathTCP(false)
	network := "tcp4"
	if six {
		network = "tcp6"
	}
	c, err := d.DialContext(ctx, network, to.String())
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}
