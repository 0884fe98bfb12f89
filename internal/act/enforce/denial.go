//go:build linux

package enforce

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/florianl/go-nflog/v2"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxDenials is how many kinds of denied packets are added up in one interval.
// What finds no room is counted as lost.
const maxDenials = 4096

// addUp is how long denied packets of one kind are added up before they are told.
const addUp = time.Second

// Denials calls f with what was denied, or would have been, added up second by
// second, until ctx ends; then it returns nil. f is called by one goroutine at a
// time. lost is how many packets found no room among what is added up, were not
// understood, or were not told by the kernel because nobody read fast enough
// (then at least one). Only one process at a time can listen to a group.
func (w *Wall) Denials(ctx context.Context, f func(list []policy.Denial, lost uint64)) error {
	log, err := nflog.Open(&nflog.Config{
		Group: w.cfg.Group, Copymode: nflog.CopyPacket, Bufsize: logBytes, NetNS: w.k.fd(),
		Flags: nflog.FlagSeq, Timeout: 20, QThresh: 32, // hundredths of a second, packets
	})
	if err != nil {
		return fmt.Errorf("listen to denied packets: %w", err)
	}
	_ = log.Con.SetReadBuffer(4 << 20) // without it a burst is lost sooner, and counted
	told := make(chan nflog.Attribute, 1024)
	failed := make(chan error, 1)
	overrun := make(chan struct{}, 1)
	inner, cancel := context.WithCancel(ctx)
	err = log.RegisterWithErrorFunc(inner,
		func(a nflog.Attribute) int {
			select {
			case told <- a:
			case <-inner.Done():
			}
			return 0
		},
		func(err error) int { return readAgain(inner, err, overrun, failed) })
	if err != nil {
		cancel()
		return errors.Join(fmt.Errorf("listen to denied packets: %w", err), log.Close())
	}
	sum := &tally{names: w.interfaceNames()}
	err = sum.collect(ctx, told, overrun, failed, f)
	cancel()
	return errors.Join(err, log.Close())
}

// readAgain reports whether to stop (1) after an error of the netlink socket. That
// the kernel found the buffer full is no reason to.
func readAgain(ctx context.Context, err error, overrun chan<- struct{}, failed chan<- error) int {
	var op *netlink.OpError
	switch {
	case ctx.Err() != nil:
		return 1
	case errors.Is(err, unix.ENOBUFS):
		select {
		case overrun <- struct{}{}:
		default:
		}
		return 0
	case errors.As(err, &op) && (op.Timeout() || op.Temporary()):
		return 0
	}
	select {
	case failed <- err:
	default:
	}
	return 1
}

// interfaceNames finds the name of an interface by its index, and remembers it.
func (w *Wall) interfaceNames() func(uint32) string {
	known := map[uint32]string{}
	return func(index uint32) string {
		if n, ok := known[index]; ok || index == 0 {
			return n
		}
		w.mu.Lock()
		l, err := w.k.route.LinkByIndex(int(index))
		w.mu.Unlock()
		if err != nil || len(known) > 4096 {
			return ""
		}
		known[index] = l.Attrs().Name
		return known[index]
	}
}

// kind is what is added up: the port of the one who asks does not tell kinds
// apart.
type kind struct {
	policy.Packet
	shadow   bool
	ethernet uint16
	mac      [6]byte
	in, out  string
}

// tally adds up.
type tally struct {
	names func(uint32) string
	kinds map[kind]*policy.Denial
	order []*policy.Denial
	lost  uint64
}

func (s *tally) collect(ctx context.Context, told <-chan nflog.Attribute, overrun <-chan struct{}, failed <-chan error, f func([]policy.Denial, uint64)) error {
	s.kinds = map[kind]*policy.Denial{}
	tick := time.NewTicker(addUp)
	defer tick.Stop()
	defer s.flush(f)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return fmt.Errorf("listen to denied packets: %w", err)
		case <-overrun:
			s.lost++
		case a := <-told:
			s.add(a, time.Now())
		case <-tick.C:
			s.flush(f)
		}
	}
}

func (s *tally) flush(f func([]policy.Denial, uint64)) {
	if len(s.order) == 0 && s.lost == 0 {
		return
	}
	list := make([]policy.Denial, len(s.order))
	for i, d := range s.order {
		list[i] = *d
	}
	f(list, s.lost)
	clear(s.kinds)
	s.order, s.lost = nil, 0
}

func (s *tally) add(a nflog.Attribute, now time.Time) {
	d, ok := s.denial(a)
	if !ok {
		s.lost++
		return
	}
	if a.Timestamp != nil {
		now = *a.Timestamp
	}
	k := kind{d.Packet, d.Shadow, d.Ethernet, d.SrcMAC, d.In, d.Out}
	k.SrcPort = 0
	old := s.kinds[k]
	switch {
	case old != nil:
		old.Count++
		old.Last = now
		old.SrcPort = d.SrcPort // of the last
	case len(s.order) >= maxDenials:
		s.lost++
	default:
		d.Count, d.First, d.Last = 1, now, now
		s.kinds[k] = &d
		s.order = append(s.order, &d)
	}
}

// denial reads a packet that the kernel told of.
func (s *tally) denial(a nflog.Attribute) (d policy.Denial, ok bool) {
	if a.Prefix == nil || a.Payload == nil {
		return d, false
	}
	d.Shadow = strings.HasPrefix(*a.Prefix, prefixShadow)
	if a.InDev != nil {
		d.In = s.names(*a.InDev)
	}
	if a.OutDev != nil {
		d.Out = s.names(*a.OutDev)
	}
	if a.HwAddr != nil && len(*a.HwAddr) >= 6 {
		copy(d.SrcMAC[:], *a.HwAddr)
	}
	ether := uint16(0)
	if a.HwProtocol != nil {
		ether = *a.HwProtocol
	}
	p, ok := readPacket(*a.Payload)
	if (ether == 0 || ether == unix.ETH_P_IP || ether == unix.ETH_P_IPV6) && ok {
		d.Packet = p
		return d, true
	}
	d.Ethernet = ether
	return d, ether != 0
}

// extensions are IPv6 headers that another follows (RFC 8200 section 4).
var extensions = map[uint8]bool{0: true, 43: true, 60: true}

// readPacket reads addresses, protocol and ports of an IP packet.
func readPacket(b []byte) (p policy.Packet, ok bool) {
	var rest []byte
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		p.Src, _ = netip.AddrFromSlice(b[12:16])
		p.Dst, _ = netip.AddrFromSlice(b[16:20])
		p.Proto = b[9]
		if n := int(b[0]&15) * 4; n >= 20 && len(b) >= n && binary.BigEndian.Uint16(b[6:])&0x1fff == 0 {
			rest = b[n:]
		}
	case len(b) >= 40 && b[0]>>4 == 6:
		p.Src, _ = netip.AddrFromSlice(b[8:24])
		p.Dst, _ = netip.AddrFromSlice(b[24:40])
		p.Proto, rest = b[6], b[40:]
		for extensions[p.Proto] && len(rest) >= 8 {
			n := 8 + 8*int(rest[1])
			p.Proto = rest[0]
			rest = rest[min(n, len(rest)):]
		}
	default:
		return p, false
	}
	if (p.Proto == policy.TCP || p.Proto == policy.UDP) && len(rest) >= 4 {
		p.SrcPort, p.DstPort = binary.BigEndian.Uint16(rest), binary.BigEndian.Uint16(rest[2:])
	}
	return p, true
}
