package live

import (
	"io"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Handle is an interface being watched. Its methods may be called by any
// goroutine.
type Handle struct{}

// Source is one worker's share of the frames, read by one goroutine.
type Source struct{}

// Open begins to watch an interface. It needs CAP_NET_RAW; nothing after it
// does. The error wraps ErrDenied or ErrNoInterface where that is the reason.
func Open(o Options) (*Handle, error) { _ = o.withDefaults(); return nil, ErrUnsupported }

// Sources is the number of sources: Options.Workers.
func (h *Handle) Sources() int { return 0 }

// Source is the share of worker i, from 0.
func (h *Handle) Source(i int) *Source { return &Source{} }

// Status is what was done since Open, and the state of the interface now.
func (h *Handle) Status() Status { return Status{} }

// Descriptors are the packet sockets' file descriptors, for confine.Options:
// the process may be forbidden to send on them.
func (h *Handle) Descriptors() []int { return nil }

// Close makes every Next return io.EOF. A source gives its ring back when its
// reader is told so, since the last frame handed out lies in it: read each
// source until io.EOF.
func (h *Handle) Close() error { return nil }

// Next reads the next frame into f. f.Data lies in the ring and is valid until
// the next call. It returns ErrIdle when nothing came for Options.Idle, whether
// the line is quiet or the interface is gone, and io.EOF after Handle.Close.
func (s *Source) Next(f *capture.Frame) error { return io.EOF }
