package live

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Source is one worker's share of the frames, read by one goroutine.
type Source struct {
	h     *Handle
	sock  *socket
	walk  walk
	block int  // number of the block that is read or awaited
	taken bool // the block is this process's and must be given back
	polls [2]unix.PollFd

	state sync.Mutex // guards what follows
	begun bool       // Next was called: only its caller may free the ring
	freed bool
	drops uint64
	full  uint64

	packets, bytes, merged, cut, rebinds atomic.Uint64
	last                                 atomic.Int64 // Unix nanoseconds
}

// Next reads the next frame into f. f.Data lies in the ring and is valid until
// the next call. It returns ErrIdle when nothing came for Options.Idle, whether
// the line is quiet or the interface is gone, and io.EOF after Handle.Close.
func (s *Source) Next(f *capture.Frame) error {
	for !s.walk.next(f) {
		if err := s.advance(); err != nil {
			return err
		}
	}
	return nil
}

// advance gives the block that was read back to the kernel and waits for the
// next.
func (s *Source) advance() error {
	if s.taken {
		s.giveBack()
	}
	if !s.begun { // before closing is asked for: see Handle.Close
		s.state.Lock()
		s.begun = true
		s.state.Unlock()
	}
	if s.h.closing.Load() {
		s.free()
		return io.EOF
	}
	if !s.ready() {
		if err := s.wait(); err != nil {
			return err
		}
	}
	s.taken = true
	s.last.Store(time.Now().UnixNano())
	s.walk.begin(s.current())
	return nil
}

func (s *Source) current() []byte {
	return s.sock.ring[s.block*s.sock.block:][:s.sock.block:s.sock.block]
}

// status is the word by which kernel and process hand a block to each other.
func (s *Source) status() *atomic.Uint32 {
	return (*atomic.Uint32)(unsafe.Pointer(&s.sock.ring[s.block*s.sock.block+blockStatus]))
}

func (s *Source) ready() bool { return s.status().Load()&unix.TP_STATUS_USER != 0 }

func (s *Source) giveBack() {
	c := &s.walk.count
	s.packets.Add(c.packets)
	s.bytes.Add(c.bytes)
	s.merged.Add(c.merged)
	s.cut.Add(c.cut)
	*c = counts{}
	s.status().Store(unix.TP_STATUS_KERNEL)
	s.taken = false
	s.block++
	if s.block*s.sock.block == len(s.sock.ring) {
		s.block = 0
	}
}

// wait returns nil when a block is there, ErrIdle after Options.Idle and io.EOF
// after Close.
func (s *Source) wait() error {
	until := time.Now().Add(s.h.opt.Idle)
	for {
		s.polls[0] = unix.PollFd{Fd: int32(s.sock.fd), Events: unix.POLLIN | unix.POLLERR}
		s.polls[1] = unix.PollFd{Fd: int32(s.h.wake), Events: unix.POLLIN}
		left := max(time.Until(until), 0)
		_, err := unix.Poll(s.polls[:], int((left+time.Millisecond-1)/time.Millisecond))
		switch {
		case s.h.closing.Load():
			s.free()
			return io.EOF
		case s.ready():
			return nil
		case err != nil && !errors.Is(err, unix.EINTR):
			return err
		}
		if s.polls[0].Revents&unix.POLLERR != 0 {
			// The interface went down or away; reading the error clears it.
			_, _ = unix.GetsockoptInt(s.sock.fd, unix.SOL_SOCKET, unix.SO_ERROR)
		}
		if time.Until(until) <= 0 {
			s.follow()
			return ErrIdle
		}
	}
}

// follow binds to the interface anew if it was removed and has come back. One
// that only went down and up needs nothing: the kernel remembers.
func (s *Source) follow() {
	if s.sock.bound() > 0 {
		return
	}
	index, err := interfaceIndex(s.sock.fd, s.h.opt.Interface)
	if err != nil {
		return // not there yet: asked again after the next pause
	}
	// An interface of another kind under the old name would be misread.
	if l, err := interfaceLink(s.sock.fd, s.h.opt.Interface); err != nil || l.kind != s.walk.link {
		return
	}
	if s.sock.bind(index) == nil {
		s.walk.merged = mergedFrom(interfaceMTU(s.sock.fd, s.h.opt.Interface))
		s.rebinds.Add(1)
	}
}

// mergedFrom is the length above which a frame must have been put together from
// several: MTU, MAC header and two tags.
func mergedFrom(mtu int) int {
	if mtu == 0 {
		return maxSnaplen
	}
	return mtu + macHeader + 2*tagSize
}

// free unmaps the ring and closes the socket. No frame of the ring may be in use
// any more.
func (s *Source) free() {
	s.state.Lock()
	defer s.state.Unlock()
	if !s.freed {
		s.sum()
		s.freed = true
		s.sock.close()
		s.h.gone()
	}
}

// sum adds the kernel's counters, which asking for sets to zero.
func (s *Source) sum() {
	if s.freed {
		return
	}
	if st, err := unix.GetsockoptTpacketStatsV3(s.sock.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
		s.drops += uint64(st.Drops)
		s.full += uint64(st.Freeze_q_cnt)
	}
}
