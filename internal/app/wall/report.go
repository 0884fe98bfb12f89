package wall

import (
	"crypto/rand"
	"encoding/hex"
	"net"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxReports is how many reports one answer has.
const maxReports = 1000

// reports are the last things that the wall stopped, numbered without a gap.
type reports struct {
	mu    sync.Mutex
	epoch string
	ring  []Report // the report of number n stands at n % its length
	next  uint64
	lost  uint64
}

func newReports(size int) *reports {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return &reports{epoch: hex.EncodeToString(b[:]), ring: make([]Report, max(size, 1)), next: 1}
}

func (x *reports) add(list ...Report) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range list {
		list[i].Number = x.next
		x.ring[x.next%uint64(len(x.ring))] = list[i]
		x.next++
	}
}

func (x *reports) since(epoch string, from uint64) *Reports {
	x.mu.Lock()
	defer x.mu.Unlock()
	if epoch != x.epoch || from == 0 {
		from = 1
	}
	a := &Reports{Epoch: x.epoch, Lost: x.lost, Reports: []Report{}}
	if x.next > uint64(len(x.ring)) {
		if oldest := x.next - uint64(len(x.ring)); from < oldest {
			a.Missed, from = oldest-from, oldest
		}
	}
	for ; from < x.next && len(a.Reports) < maxReports; from++ {
		a.Reports = append(a.Reports, x.ring[from%uint64(len(x.ring))])
	}
	a.Next = min(from, x.next)
	return a
}

// Denials are the reports from a number of an epoch on.
func (s *Server) Denials(epoch string, since uint64) *Reports { return s.reports.since(epoch, since) }

// collect takes the kernel's reports until the server ends. It has its own hold
// of the kernel.
func (s *Server) collect() {
	for s.done.Err() == nil {
		k, err := s.c.Attach(s.c.Box)
		if err == nil {
			err = k.Denials(s.done, s.take)
			k.Close()
		}
		if s.done.Err() != nil {
			return
		}
		text := "what the wall stops is not reported: the kernel ended the reports"
		if err != nil {
			text = "what the wall stops is not reported: " + err.Error()
		}
		s.mu.Lock()
		s.problem("reports", text)
		s.mu.Unlock()
		select {
		case <-time.After(5 * time.Second):
		case <-s.done.Done():
		}
	}
}

func (s *Server) take(list []policy.Denial, lost uint64) {
	s.reports.mu.Lock()
	s.reports.lost += lost
	s.reports.mu.Unlock()
	all := make([]Report, len(list))
	for i := range list {
		all[i] = reportOf(&list[i])
	}
	s.reports.add(all...)
}

func reportOf(d *policy.Denial) Report {
	r := Report{
		Kind: KindDenied, First: d.First, Last: d.Last, Count: d.Count,
		Src: d.Src, Dst: d.Dst, Proto: d.Proto, SrcPort: d.SrcPort, DstPort: d.DstPort,
		EtherType: d.Ethernet, In: d.In, Out: d.Out,
	}
	if d.Shadow {
		r.Kind = KindShadow
	}
	if d.SrcMAC != [6]byte{} {
		r.SrcMAC = net.HardwareAddr(d.SrcMAC[:]).String()
	}
	return r
}
