package ring

import (
	"math"
	"net/netip"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// query is a Query made ready for comparing.
type query struct {
	Query
	byNumber bool
	from, to int64
	before   uint64 // packets of the present file from this number on were read again later
	pkt      packet.Packet
}

func ready(q Query, epoch string) *query {
	r := &query{Query: q, from: nanoseconds(q.From), to: nanoseconds(q.To), before: math.MaxUint64}
	r.byNumber = len(q.Numbers) > 0 || q.First > 0 || q.Last > 0
	r.Numbers = slices.Sorted(slices.Values(q.Numbers))
	if r.Last == 0 {
		r.Last = math.MaxUint64
	}
	if r.Epoch == "" {
		r.Epoch = epoch
	}
	if r.MaxPackets <= 0 {
		r.MaxPackets = 100_000
	}
	if r.MaxBytes <= 0 {
		r.MaxBytes = 64 << 20
	}
	return r
}

// anyNumber reports whether a number from first to last is asked for.
func (q *query) anyNumber(first, last uint64) bool {
	first, last = max(first, q.First), min(last, q.Last)
	if len(q.Numbers) > 0 {
		i, _ := slices.BinarySearch(q.Numbers, first)
		return i < len(q.Numbers) && q.Numbers[i] <= last
	}
	return first <= last
}

// matches reports whether a packet of that link type is asked for.
func (q *query) matches(r *record, link int) bool {
	if q.byNumber && (r.number >= q.before || !q.anyNumber(r.number, r.number)) {
		return false
	}
	if q.from != 0 && r.time < q.from || q.to != 0 && r.time > q.to {
		return false
	}
	if len(q.Hosts) == 0 && len(q.Ports) == 0 {
		return true
	}
	q.pkt.Decode(link, r.data, r.wire)
	return q.hosts() && q.ports()
}

// ends are the two sides of one layer of a packet.
type ends struct{ src, dst plant.Endpoint }

// layers are the two sides of every layer, the innermost first.
func (q *query) layers(list *[5]ends) []ends {
	p := &q.pkt
	out := append(list[:0], ends{
		plant.Endpoint{MAC: p.SrcMAC, IP: p.Src.Netip(), VLAN: p.VLAN},
		plant.Endpoint{MAC: p.DstMAC, IP: p.Dst.Netip(), VLAN: p.VLAN},
	})
	if p.Kind == packet.ARP {
		out = append(out, ends{
			plant.Endpoint{MAC: p.ARPSender, IP: p.ARPSenderIP.Netip(), VLAN: p.VLAN},
			plant.Endpoint{MAC: p.ARPTarget, IP: p.ARPTargIP.Netip(), VLAN: p.VLAN},
		})
	}
	for i := range p.NOuters {
		o := &p.Outers[i]
		out = append(out, ends{
			plant.Endpoint{MAC: p.OuterMAC, IP: o.Src.Netip(), VLAN: p.OuterVLAN},
			plant.Endpoint{MAC: p.OuterDst, IP: o.Dst.Netip(), VLAN: p.OuterVLAN},
		})
	}
	return out
}

func (q *query) hosts() bool {
	if len(q.Hosts) == 0 {
		return true
	}
	var room [5]ends
	for _, e := range q.layers(&room) {
		if q.between(e.src, e.dst) || q.between(e.dst, e.src) {
			return true
		}
	}
	return false
}

// between reports whether a packet of these two ends is asked for: one end is
// among the hosts, and the other among the peers if there are any.
func (q *query) between(host, peer plant.Endpoint) bool {
	return among(q.Hosts, host) && (len(q.Peers) == 0 || among(q.Peers, peer))
}

func among(list []plant.Endpoint, e plant.Endpoint) bool {
	return slices.ContainsFunc(list, func(h plant.Endpoint) bool {
		return (h.MAC.IsZero() || h.MAC == e.MAC) && (h.IP == netip.Addr{} || h.IP == e.IP) && (h.VLAN == 0 || h.VLAN == e.VLAN)
	})
}

func (q *query) ports() bool {
	p := &q.pkt
	if len(q.Ports) == 0 || p.Kind == packet.Fragment && p.FragOffset > 0 {
		return true
	}
	return (p.SrcPort != 0 || p.DstPort != 0) && (slices.Contains(q.Ports, p.SrcPort) || slices.Contains(q.Ports, p.DstPort))
}
