//go:build linux

package enforce

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/nftables"
	nl "github.com/mdlayher/netlink"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// tracked is whether the kernel tracks connections for this wall.
func (w *Wall) tracked() bool { return w.cfg.Mode != Bridge || w.cfg.Tracking != Stateless }

// match is a filter of connections as a function.
type match func(*netlink.ConntrackFlow) bool

func (m match) MatchConntrackFlow(f *netlink.ConntrackFlow) bool { return m(f) }

// end deletes connections and returns how many.
func (w *Wall) end(m match) (int, error) {
	n := 0
	for _, family := range []netlink.InetFamily{unix.AF_INET, unix.AF_INET6} {
		k, err := w.k.route.ConntrackDeleteFilters(netlink.ConntrackTable, family, m)
		if err != nil {
			return n, fmt.Errorf("end connections: %w", err)
		}
		n += int(k)
	}
	return n, nil
}

// endDenied ends the connections that the policy denies between zones that are
// enforced. Without a connection's entry its next packet is judged as a first
// one. Connections of grants and relays have marks and stay; so do those of the
// machine itself, which are not forwarded.
func (w *Wall) endDenied() (int, error) {
	p := w.held
	if p == nil || !w.tracked() || !enforced(p.policy) {
		return 0, nil
	}
	own, err := w.own()
	if err != nil {
		return 0, err
	}
	v := newVerdicts(p.policy)
	return w.end(func(f *netlink.ConntrackFlow) bool {
		k, ok := packetOf(f)
		if !ok || f.Mark == markGranted || f.Mark == markRelayed || own[k.Src] || own[k.Dst] {
			return false
		}
		return v.ended(k)
	})
}

func enforced(p *policy.Policy) bool {
	if p.Rest == model.StageEnforce {
		return true
	}
	for _, x := range p.Pairs {
		if x.Stage == model.StageEnforce {
			return true
		}
	}
	return false
}

// own are the machine's addresses.
func (w *Wall) own() (map[netip.Addr]bool, error) {
	list, err := w.k.route.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return nil, fmt.Errorf("the machine's addresses: %w", err)
	}
	own := map[netip.Addr]bool{}
	for _, a := range list {
		if x, ok := netip.AddrFromSlice(a.IP); ok {
			own[x.Unmap()] = true
		}
	}
	return own, nil
}

// packetOf is the first packet of a connection.
func packetOf(f *netlink.ConntrackFlow) (policy.Packet, bool) {
	src, ok := netip.AddrFromSlice(f.Forward.SrcIP)
	dst, fine := netip.AddrFromSlice(f.Forward.DstIP)
	return policy.Packet{
		Src: src.Unmap(), Dst: dst.Unmap(), Proto: f.Forward.Protocol, SrcPort: f.Forward.SrcPort, DstPort: f.Forward.DstPort,
	}, ok && fine
}

// Attributes and messages of connection tracking (linux/netfilter/
// nfnetlink_conntrack.h).
const (
	msgConnGet    = unix.NFNL_SUBSYS_CTNETLINK<<8 | 1
	msgConnDelete = unix.NFNL_SUBSYS_CTNETLINK<<8 | 2

	connTuple, connMarked, connMask = 1, 8, 21 // CTA_TUPLE_ORIG, CTA_MARK, CTA_MARK_MASK
	tupleIP, tupleProto             = 1, 2     // CTA_TUPLE_IP, CTA_TUPLE_PROTO
	protoNumber, protoSrc, protoDst = 1, 2, 3  // CTA_PROTO_NUM, _SRC_PORT, _DST_PORT
)

// endGrant ends the connections that only a grant let through. The kernel is
// asked for connections with that mark alone: there may be a hundred thousand
// others.
func (w *Wall) endGrant(g policy.Grant) error {
	if !w.tracked() {
		return nil
	}
	family := nftables.TableFamily(unix.AF_INET)
	if g.Src.Is6() {
		family = unix.AF_INET6
	}
	list, err := w.k.ask(msgConnGet, family, []nl.Attribute{
		{Type: connMarked, Data: binary.BigEndian.AppendUint32(nil, markGranted)},
		{Type: connMask, Data: binary.BigEndian.AppendUint32(nil, 0xffffffff)},
	}, true)
	if err != nil {
		return fmt.Errorf("connections of grant %q: %w", g.ID, err)
	}
	for _, c := range list {
		// A kernel that knows no such question tells of all.
		if c.number(connMarked) != markGranted || !granted(g, c.nest(connTuple)) {
			continue
		}
		if err := w.k.tell(msgConnDelete, family, []nl.Attribute{{Type: connTuple | unix.NLA_F_NESTED, Data: c.get(connTuple)}}); err != nil && !errors.Is(err, unix.ENOENT) {
			return fmt.Errorf("end a connection of grant %q: %w", g.ID, err)
		}
	}
	return nil
}

// granted is whether a connection is a grant's. One that stood before the wall
// may be known the other way round.
func granted(g policy.Grant, t attributes) bool {
	p := t.nest(tupleProto)
	src, dst := tupleAddrs(t.nest(tupleIP))
	if uint8(p.number(protoNumber)) != g.Proto {
		return false
	}
	return src == g.Src && dst == g.Dst && uint16(p.number(protoDst)) == g.Port ||
		src == g.Dst && dst == g.Src && uint16(p.number(protoSrc)) == g.Port
}

// tupleAddrs are the two addresses: CTA_IP_V4_SRC and _DST, or _V6_.
func tupleAddrs(t attributes) (src, dst netip.Addr) {
	for _, at := range []uint16{1, 3} {
		if s, ok := netip.AddrFromSlice(t.get(at)); ok {
			src = s
			dst, _ = netip.AddrFromSlice(t.get(at + 1))
		}
	}
	return src, dst
}

// verdicts judges quickly what connections a policy ends.
type verdicts struct {
	atlas    atlas
	conduits map[[2]int][]*policy.Conduit
	stages   map[[2]int]model.Stage
	rest     model.Stage
}

func newVerdicts(p *policy.Policy) *verdicts {
	v := &verdicts{atlas: newAtlas(p), conduits: map[[2]int][]*policy.Conduit{}, stages: map[[2]int]model.Stage{}, rest: p.Rest}
	for i := range p.Conduits {
		c := &p.Conduits[i]
		v.conduits[[2]int{c.From, c.To}] = append(v.conduits[[2]int{c.From, c.To}], c)
	}
	for _, x := range p.Pairs {
		v.stages[[2]int{x.From, x.To}] = x.Stage
	}
	return v
}

// ended reports whether a connection is denied between zones that are enforced.
// One through which only a relay should go is, too: no relay has it.
func (v *verdicts) ended(k policy.Packet) bool {
	from, to := v.atlas.zone(k.Src), v.atlas.zone(k.Dst)
	pair := [2]int{from, to}
	stage, named := v.stages[pair]
	if !named {
		stage = v.rest
	}
	if from == to && from != policy.Nowhere || v.allows(pair, k) {
		return false
	}
	if stage != model.StageEnforce && !v.relays(pair, k) {
		return false
	}
	// The kernel may know a connection that stood before the wall by its answer.
	back := policy.Packet{Src: k.Dst, Dst: k.Src, Proto: k.Proto, SrcPort: k.DstPort, DstPort: k.SrcPort}
	return stage == model.StageEnforce && (k.Proto != policy.TCP || !v.allows([2]int{to, from}, back))
}

func (v *verdicts) allows(pair [2]int, k policy.Packet) bool {
	for _, c := range v.conduits[pair] {
		for i := range c.Matches {
			if c.Matches[i].Relay == nil && c.Matches[i].Fits(&k) {
				return true
			}
		}
	}
	return false
}

func (v *verdicts) relays(pair [2]int, k policy.Packet) bool {
	for _, c := range v.conduits[pair] {
		for i := range c.Matches {
			if c.Matches[i].Relay != nil && c.Matches[i].Fits(&k) {
				return true
			}
		}
	}
	return false
}
