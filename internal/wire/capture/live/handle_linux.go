package live

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Handle is an interface being watched. Its methods may be called by any
// goroutine.
type Handle struct {
	opt     Options
	sources []*Source
	wake    int // an eventfd that Close makes readable
	closing atomic.Bool
	opened  time.Time

	end  sync.Mutex // guards what follows
	open int        // sources that still may wait for wake
}

// Open begins to watch an interface. It needs CAP_NET_RAW; nothing after it
// does. The error wraps ErrDenied or ErrNoInterface where that is the reason.
func Open(o Options) (*Handle, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("make an eventfd: %w", err)
	}
	h := &Handle{opt: o, wake: wake, opened: time.Now()}
	if err := h.addAll(); err != nil {
		return nil, err
	}
	return h, nil
}

func (h *Handle) addAll() error {
	o := h.opt
	for i := range o.Workers {
		err := h.add(i)
		if err == nil {
			continue
		}
		if len(h.sources) == 0 {
			unix.Close(h.wake)
		}
		_ = h.Close() // the first error is the one to tell
		return fmt.Errorf("watch interface %s: %w", o.Interface, err)
	}
	return nil
}

// check refuses what the kernel would refuse without saying why.
func (o Options) check() error {
	page := unix.Getpagesize()
	if o.BlockSize < page || o.BlockSize&(o.BlockSize-1) != 0 {
		return fmt.Errorf("a block of %d bytes: it must be a power of two, at least %d", o.BlockSize, page)
	}
	if o.Blocks < 2 {
		return fmt.Errorf("a ring of %d blocks: it needs at least 2", o.Blocks)
	}
	return nil
}

func (h *Handle) add(i int) error {
	o := h.opt
	l, err := linkOf(o.Interface)
	if err != nil {
		return err
	}
	sock, err := openSocket(o, func(dropOutgoing bool) ([]bpf.RawInstruction, error) {
		return share(l, i, o.Workers, o.Snaplen, dropOutgoing)
	})
	if err != nil {
		return err
	}
	s := &Source{h: h, sock: sock}
	h.sources = append(h.sources, s)
	h.open++
	s.walk.link, s.walk.merged = l.kind, mergedFrom(interfaceMTU(sock.fd, o.Interface))
	index, err := interfaceIndex(sock.fd, o.Interface)
	if err != nil {
		return err
	}
	return sock.bind(index)
}

// linkOf asks through a socket of its own, which needs no privilege.
func linkOf(name string) (link, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return link{}, fmt.Errorf("look for interface %q: %w", name, err)
	}
	defer unix.Close(fd)
	if _, err := interfaceIndex(fd, name); err != nil {
		return link{}, err
	}
	return interfaceLink(fd, name)
}

// Sources is the number of sources: Options.Workers.
func (h *Handle) Sources() int { return len(h.sources) }

// Source is the share of worker i, from 0.
func (h *Handle) Source(i int) *Source { return h.sources[i] }

// Descriptors are the packet sockets' file descriptors, for confine.Options:
// the process may be forbidden to send on them.
func (h *Handle) Descriptors() []int {
	var fds []int
	for _, s := range h.sources {
		fds = append(fds, s.sock.fd)
	}
	return fds
}

// Close makes every Next return io.EOF. A source gives its ring back when its
// reader is told so, since the last frame handed out lies in it: read each
// source until io.EOF.
func (h *Handle) Close() error {
	if h.closing.Swap(true) {
		return nil
	}
	if err := h.wakeUp(); err != nil {
		return fmt.Errorf("wake the sources: %w", err)
	}
	for _, s := range h.sources {
		s.state.Lock()
		begun := s.begun
		s.state.Unlock()
		if !begun {
			s.free()
		}
	}
	return nil
}

// wakeUp makes every wait return, now and later.
func (h *Handle) wakeUp() error {
	h.end.Lock()
	defer h.end.Unlock()
	if h.open == 0 {
		return nil
	}
	_, err := unix.Write(h.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	return err
}

// gone is told by each source once, when it is freed.
func (h *Handle) gone() {
	h.end.Lock()
	defer h.end.Unlock()
	if h.open--; h.open == 0 {
		unix.Close(h.wake)
	}
}

// Status is what was done since Open, and the state of the interface now.
func (h *Handle) Status() Status {
	st := Status{State: plant.SensorEnded, Mute: true}
	var last int64
	for _, s := range h.sources {
		s.state.Lock()
		s.sum()
		st.Dropped += s.drops
		st.Freezes += s.full
		if !s.freed {
			st.RingBytes += len(s.sock.ring)
		}
		s.state.Unlock()
		st.Packets += s.packets.Load()
		st.Bytes += s.bytes.Load()
		st.Merged += s.merged.Load()
		st.Cut += s.cut.Load()
		st.Rebinds = max(st.Rebinds, s.rebinds.Load())
		st.Mute = st.Mute && s.sock.mute
		last = max(last, s.last.Load())
	}
	if last != 0 {
		st.Last = time.Unix(0, last)
	}
	if !h.closing.Load() {
		h.look(&st)
	}
	return st
}

// look asks the kernel how the interface is, and says it in words.
func (h *Handle) look(st *Status) {
	s := h.sources[0]
	s.state.Lock()
	defer s.state.Unlock()
	if s.freed {
		return
	}
	name, fd := h.opt.Interface, s.sock.fd
	st.MTU = interfaceMTU(fd, name)
	flags := interfaceFlags(fd, name)
	quiet := time.Since(h.opened)
	if !st.Last.IsZero() {
		quiet = time.Since(st.Last)
	}
	renamed := st.MTU == 0 && s.sock.bound() > 0
	switch {
	case renamed && quiet < h.opt.Silent:
		st.State, st.Problem = plant.SensorWatching, "interface "+name+" has another name now; it is still watched, until the next start: correct the configuration"
	case renamed:
		st.State, st.Problem = plant.SensorSilent, "interface "+name+" has another name now, and no frame came for "+quiet.Truncate(time.Second).String()
	case st.MTU == 0:
		st.State, st.Problem = plant.SensorNoLink, "interface "+name+" is gone; it is watched again when it comes back"
	case flags&unix.IFF_UP == 0:
		st.State, st.Problem = plant.SensorNoLink, "interface "+name+" is down: ip link set "+name+" up"
	case flags&unix.IFF_RUNNING == 0:
		st.State, st.Problem = plant.SensorNoLink, "interface "+name+" has no link: look at the cable and the switch's port"
	case quiet >= h.opt.Silent:
		st.State, st.Problem = plant.SensorSilent, "no frame came on "+name+" for "+quiet.Truncate(time.Second).String()+": look at the switch's mirror port"
	default:
		st.State = plant.SensorWatching
	}
	if st.Problem == "" && st.Merged > 0 {
		st.Problem = "the network card puts frames together before they are seen: ethtool -K " + name + " gro off lro off"
	}
}
