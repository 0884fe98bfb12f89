//go:build !linux

package relay

import (
	"context"
	"net"
	"net/netip"
)

func listen(context.Context, string, uint16, uint32) ([]listener, error) { return nil, ErrUnsupported }

func (r *Relay) connect(context.Context, netip.Addr, netip.AddrPort) (*net.TCPConn, error) {
	return nil, ErrUnsupported
}
