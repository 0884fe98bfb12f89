package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What one call injects: up to slots frames, which the kernel hands on in groups
// of group. More groups a call share its cost (it makes a pool of pages each
// time); a larger group leaves the second-level cache, as a frame has a page.
const (
	slots = 1024
	group = 32
)

// The memory that the program in the kernel shares with this one: the number of
// the next slot, then the slots. A slot is a frame's length and its bytes. Its
// size is an odd number of cache lines, so that slots do not contend for the
// same ones.
const (
	slotsAt    = 64
	slotSize   = 1600
	slotData   = 8 // in the slot
	leastFrame = 14
	mostFrame  = 1518
	seedFrame  = 64 // length before the program sets it
)

// injector puts frames into the receive path of an interface, where a driver
// would: the kernel's test run of an XDP program with live frames (Linux 5.18,
// BPF_F_TEST_XDP_LIVE_FRAMES). The program takes one prepared frame after the
// other and passes it on, so that each frame is another one. Nothing is sent.
type injector struct {
	program, frames, link int    // descriptors
	shared                []byte // of frames
	seed                  [seedFrame]byte
	context               [6]uint32 // struct xdp_md
}

func newInjector(name string) (_ *injector, err error) {
	dev, err := net.InterfaceByName(name)
	if err != nil {
		return nil, err
	}
	j := &injector{program: -1, frames: -1, link: -1}
	defer func() {
		if err != nil {
			j.close()
		}
	}()
	size := slotsAt + slots*slotSize
	if j.frames, err = bpf(unix.BPF_MAP_CREATE, &mapAttr{kind: unix.BPF_MAP_TYPE_ARRAY, key: 4, value: uint32(size), entries: 1, flags: unix.BPF_F_MMAPABLE}); err != nil {
		return nil, fmt.Errorf("make a BPF map: %w", err)
	}
	if j.shared, err = unix.Mmap(j.frames, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return nil, fmt.Errorf("map the frames: %w", err)
	}
	if j.program, err = load(passNext(j.frames)); err != nil {
		return nil, err
	}
	if err = j.keepReady(); err != nil {
		return nil, err
	}
	j.context[1] = seedFrame         // data_end
	j.context[3] = uint32(dev.Index) // ingress_ifindex
	return j, nil
}

// keepReady attaches the program to the loopback interface of this network
// namespace, where nothing passes. While a program is attached nowhere, each run
// enters it into a table of the kernel and takes it out again, and waits for
// all processors each time: 26 ms were measured, for frames that take 1.
func (j *injector) keepReady() (err error) {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	j.link, err = bpf(unix.BPF_LINK_CREATE, &linkAttr{uint32(j.program), uint32(lo.Index), unix.BPF_XDP, unix.XDP_FLAGS_SKB_MODE})
	if err != nil {
		return fmt.Errorf("attach a BPF program to lo: %w", err)
	}
	return nil
}

func (j *injector) close() {
	if j.shared != nil {
		_ = unix.Munmap(j.shared) // the process ends
	}
	for _, fd := range []int{j.link, j.program, j.frames} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

func (j *injector) room() int { return slots }

func (j *injector) put(i int, frame []byte) {
	slot := j.shared[slotsAt+i*slotSize:][:slotSize]
	n := copy(slot[slotData:slotData+mostFrame], frame)
	binary.NativeEndian.PutUint32(slot, uint32(n))
}

// flush injects the first k frames and returns when the kernel has handed them
// to whoever listens.
func (j *injector) flush(k int) (done int, err error) {
	binary.NativeEndian.PutUint64(j.shared, 0)
	for done < k {
		left := uint32(k - done)
		_, err := bpf(unix.BPF_PROG_TEST_RUN, &runAttr{
			program: uint32(j.program), sizeIn: seedFrame, in: &j.seed[0], repeat: left,
			contextIn: uint32(unsafe.Sizeof(j.context)), context: &j.context[0],
			flags: unix.BPF_F_TEST_XDP_LIVE_FRAMES, batch: min(group, left),
		})
		// The program counts what it took, also when a signal ended the run.
		done = int(min(binary.NativeEndian.Uint64(j.shared), uint64(k)))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return done, fmt.Errorf("inject frames: %w", err)
		}
	}
	return done, nil
}

// probe says why frames cannot be injected on an interface; nil if they can.
func probe(name string) error {
	j, err := newInjector(name)
	if err != nil {
		return err
	}
	defer j.close()
	j.put(0, j.seed[:])
	_, err = j.flush(1)
	return err
}

// Arguments of bpf(2), as far as they are used here and as a 64-bit kernel has
// them (linux/bpf.h); one of 32 bits refuses them.
type (
	mapAttr  struct{ kind, key, value, entries, flags uint32 }
	loadAttr struct {
		kind, count       uint32
		code              *instruction
		license           *byte
		logLevel, logSize uint32
		log               *byte
	}
	linkAttr struct{ program, target, kind, flags uint32 }
	runAttr  struct {
		program, _, sizeIn, _ uint32
		in, _                 *byte
		repeat, _             uint32
		contextIn, _          uint32
		context, _            *uint32
		flags, _, batch, _    uint32
	}
)

func bpf[T any](command int, attr *T) (int, error) {
	r, _, e := unix.Syscall(unix.SYS_BPF, uintptr(command), uintptr(unsafe.Pointer(attr)), unsafe.Sizeof(*attr))
	if e != 0 {
		return -1, e
	}
	return int(r), nil
}

func load(code []instruction) (int, error) {
	log, license := make([]byte, 1<<16), []byte("Apache-2.0\x00")
	fd, err := bpf(unix.BPF_PROG_LOAD, &loadAttr{
		kind: unix.BPF_PROG_TYPE_XDP, count: uint32(len(code)), code: &code[0], license: &license[0],
		logLevel: 1, logSize: uint32(len(log)), log: &log[0],
	})
	if err != nil {
		return -1, fmt.Errorf("load a BPF program: %w %s", err, bytes.TrimRight(log, "\x00\n"))
	}
	return fd, nil
}
