//go:build !linux

package inject

import "errors"

var errLinux = errors.New("frames are sent on Linux only")

// Socket sends on one interface.
type Socket struct{}

// Look finds out what an interface is.
func Look(string) (*Interface, error) { return nil, errLinux }

// Open opens a socket that can send on an interface.
func Open(*Interface) (*Socket, error) { return nil, errLinux }

// Send sends frames.
func (*Socket) Send([][]byte) error { return errLinux }

// Close closes the socket.
func (*Socket) Close() error { return nil }
