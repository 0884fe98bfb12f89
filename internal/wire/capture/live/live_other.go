//go:build !linux

package live

import (
	"io"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Handle is an interface being watched.
type Handle struct{}

// Source is one worker's share of the frames.
type Source struct{}

// Open returns ErrUnsupported on this system.
func Open(Options) (*Handle, error) { return nil, ErrUnsupported }

// Sources is the number of sources.
func (*Handle) Sources() int { return 0 }

// Source is one worker's share of the frames.
func (*Handle) Source(int) *Source { return &Source{} }

// Status is what was done since Open.
func (*Handle) Status() Status { return Status{} }

// Descriptors are the sockets' file descriptors.
func (*Handle) Descriptors() []int { return nil }

// Close ends the sources.
func (*Handle) Close() error { return nil }

// Next reads the next frame.
func (*Source) Next(*capture.Frame) error { return io.EOF }
