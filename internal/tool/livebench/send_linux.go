package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// send sends for some time and prints how many frames in how long.
func send(o options) error {
	frames, err := newTraffic(o)
	if err != nil {
		return err
	}
	if err := pin(o.core, 1); err != nil {
		return err
	}
	s, err := newSender(o.sender, o.iface)
	if err != nil {
		return err
	}
	defer s.close()
	runtime.LockOSThread()
	if o.oneCore {
		if err := first(); err != nil {
			return err
		}
	}
	n, took, err := pace(s, frames, o)
	if err != nil {
		return err
	}
	fmt.Println(n, int64(took))
	return nil
}

// first has this thread go before all ordinary ones.
func first() error {
	a := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1}
	if err := unix.SchedSetAttr(0, &a, 0); err != nil {
		return fmt.Errorf("go before the reader: %w", err)
	}
	return nil
}

// traffic gives one frame after the other, each valid until as many as batch
// came after it.
type traffic interface{ next() []byte }

func newTraffic(o options) (traffic, error) {
	if o.what == "modbus" {
		return newPolling(o.flows), nil
	}
	return newFile(o.what, o.limit)
}

// file plays the frames of a capture in a loop.
type file struct {
	frames [][]byte
	at     int
}

func newFile(name string, limit int) (*file, error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r, err := capture.Open(in)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f := &file{}
	var frame capture.Frame
	for len(f.frames) < limit {
		if err := r.Next(&frame); err == io.EOF || errors.Is(err, capture.ErrTruncated) {
			break
		} else if err != nil {
			return nil, err
		}
		if frame.Link == 1 && len(frame.Data) >= 14 && len(frame.Data) <= 1518 {
			f.frames = append(f.frames, append([]byte(nil), frame.Data...))
		}
	}
	if len(f.frames) == 0 {
		return nil, fmt.Errorf("%s has no Ethernet frame", name)
	}
	return f, nil
}

func (f *file) next() []byte {
	b := f.frames[f.at]
	if f.at++; f.at == len(f.frames) {
		f.at = 0
	}
	return b
}

// polling is Modbus/TCP masters that each read one register of their devices
// over and over: 66 bytes there, 65 back, in streams that are in order.
type polling struct {
	flows []poll
	at    int
	back  bool
	id    uint16
}

type poll struct {
	request, response []byte
	seq, ack          uint32
	transaction       uint16
}

func newPolling(n int) *polling {
	p := &polling{}
	for i := range max(n, 1) {
		server := [4]byte{10, 1, byte(i >> 8), byte(i)}
		client := [4]byte{10, 0, 0, byte(1 + i%8)}
		port := uint16(49152 + i/8%16000)
		p.flows = append(p.flows, poll{
			request:  modbusFrame(client, server, port, 502, []byte{0, 0, 0, 0, 0, 6, 1, 3, 0, byte(i), 0, 1}),
			response: modbusFrame(server, client, 502, port, []byte{0, 0, 0, 0, 0, 5, 1, 3, 2, 0, byte(i)}),
			seq:      uint32(i) * 7919, ack: uint32(i) * 104729,
		})
	}
	return p
}

// modbusFrame is a segment whose numbers are filled in as it is sent. Checksums
// are left out: no one here looks at them.
func modbusFrame(src, dst [4]byte, from, to uint16, adu []byte) []byte {
	b := []byte{2, 1, dst[0], dst[1], dst[2], dst[3], 2, 1, src[0], src[1], src[2], src[3], 8, 0}
	b = append(b, 0x45, 0, 0, byte(40+len(adu)), 0, 0, 0x40, 0, 64, 6, 0, 0)
	b = append(append(b, src[:]...), dst[:]...)
	b = binary.BigEndian.AppendUint16(b, from)
	b = binary.BigEndian.AppendUint16(b, to)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x18, 0x20, 0, 0, 0, 0, 0)
	return append(b, adu...)
}

func (p *polling) next() []byte {
	f := &p.flows[p.at]
	b, seq, ack := f.request, f.seq, f.ack
	if p.back {
		b, seq, ack = f.response, f.ack, f.seq
	} else {
		f.transaction++
	}
	p.id++
	binary.BigEndian.PutUint16(b[18:], p.id)
	binary.BigEndian.PutUint32(b[38:], seq)
	binary.BigEndian.PutUint32(b[42:], ack)
	binary.BigEndian.PutUint16(b[54:], f.transaction)
	if p.back {
		f.ack += uint32(len(b) - 54)
		if p.at++; p.at == len(p.flows) {
			p.at = 0
		}
	} else {
		f.seq += uint32(len(b) - 54)
	}
	p.back = !p.back
	return b
}

// sender sends up to room frames at once, which were put into it before.
type sender interface {
	room() int
	put(i int, frame []byte)
	flush(k int) (sent int, err error)
	close()
}

func newSender(kind, name string) (sender, error) {
	if kind == "xdp" {
		return newInjector(name)
	}
	return newOutlet(name)
}

// pace sends at a rate (0: as fast as possible) for some time. Frames are late
// rather than many when the machine stalls: the reader shall see the rate that
// is claimed.
func pace(s sender, t traffic, o options) (n uint64, took time.Duration, err error) {
	rate, d := o.rate, time.Duration(o.seconds*float64(time.Second))
	begin := time.Now()
	step := s.room()
	if rate > 0 { // at most a millisecond's worth at once
		step = min(max(rate/1000, 1), step)
	}
	for next := time.Duration(0); ; {
		at := time.Since(begin)
		if at >= d {
			return n, at, nil
		}
		if rate > 0 {
			if at < next {
				wait(next-at, o.oneCore)
				continue
			}
			next = max(next, at-10*time.Millisecond) + time.Duration(step)*time.Second/time.Duration(rate)
		}
		for i := range step {
			s.put(i, t.next())
		}
		k, err := s.flush(step)
		n += uint64(k)
		if err != nil {
			return n, at, err
		}
	}
}

// wait lets time pass: by looking at the clock, as sleeping is coarse, or asleep
// where the core is needed by the reader.
func wait(d time.Duration, asleep bool) {
	if asleep {
		t := unix.NsecToTimespec(int64(d))
		_ = unix.Nanosleep(&t, nil) // whoever waits looks at the clock again
	}
}

// batch is how many frames one system call of an outlet sends.
const batch = 64

// outlet sends batches with sendmmsg past the queueing discipline, into a cable
// whose other end is watched.
type outlet struct {
	fd       int
	messages [batch]message
	vectors  [batch]unix.Iovec
	buffers  [batch][1600]byte
}

// message is struct mmsghdr.
type message struct {
	header unix.Msghdr
	sent   uint32
	_      uint32
}

func newOutlet(name string) (*outlet, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open a socket to send: %w", err)
	}
	r, err := unix.NewIfreq(name)
	if err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, r)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: int(r.Uint32())})
	}
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("send on %s: %w", name, err)
	}
	s := &outlet{fd: fd}
	for i := range s.messages {
		s.vectors[i].Base = &s.buffers[i][0]
		s.messages[i].header.Iov = &s.vectors[i]
		s.messages[i].header.SetIovlen(1)
	}
	return s, nil
}

func (s *outlet) room() int { return batch }

func (s *outlet) put(i int, frame []byte) { s.vectors[i].SetLen(copy(s.buffers[i][:], frame)) }

func (s *outlet) close() { unix.Close(s.fd) }

// flush sends the first k messages, all of them.
func (s *outlet) flush(k int) (done int, err error) {
	for done < k {
		n, _, e := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.messages[done])), uintptr(k-done), 0, 0, 0)
		if e == unix.EINTR || e == unix.EAGAIN || e == unix.ENOBUFS {
			continue
		}
		if e != 0 {
			return done, fmt.Errorf("sendmmsg: %w", e)
		}
		done += int(n)
	}
	return done, nil
}
