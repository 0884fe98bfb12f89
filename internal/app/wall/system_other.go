//go:build !linux

package wall

import (
	"errors"
	"log/slog"
	"net"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
)

// errLinux is the error of everything that needs Linux's kernel.
var errLinux = errors.New("a boundary needs Linux")

// GuardReadyFD is the file descriptor on which a guard process tells that it
// watches.
const GuardReadyFD = 3

// OpenKernel fails: there is no such kernel.
func OpenKernel(Box) (Kernel, error) { return nil, errLinux }

// AttachKernel fails, too.
func AttachKernel(Box) (Kernel, error) { return nil, errLinux }

// OpenProcess fails.
func OpenProcess(*config.Config, string, *slog.Logger) (*Server, error) { return nil, errLinux }

// BoxOf fails.
func BoxOf(*config.Boundary) (Box, error) { return Box{}, errLinux }

func listen(string, string) (net.Listener, error) { return nil, errLinux }

func peerOf(net.Conn, string) peer { return peer{who: "somebody unknown"} }
