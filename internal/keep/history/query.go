package history

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Query says which rows are asked for. Empty lists ask for all.
type Query struct {
	// From and To ask for rows whose step of time overlaps [From, To); zero
	// means without end. A row is not cut: the coarser the step, the more a range
	// takes in at its edges.
	From, To  time.Time
	Site      string   // "" for all
	Sensors   []string // that saw it
	Addrs     []string // on either side, as plant.Endpoint.Addr writes them
	VLANs     []uint16 // on either side
	Protocols []string
	Kinds     []plant.Kind // of operations; conversations have none
}

// Conversations yields the rows of segments that q asks for, segment by segment
// in order of From and Path, until yield returns false. The row is valid during
// the call only. Segments that cannot be read are left out and named by the
// error, a join of *SegmentError; rows of such a segment may have been yielded
// before the damage was met.
func (a *Archive) Conversations(ctx context.Context, segments []plant.Segment, q Query, yield func(*Conversation) bool) error {
	var row Conversation
	return a.scan(ctx, segments, plant.SegmentConversations, q, all(plant.SegmentConversations), func(b *block) error {
		from, err := endpointsOf(b, colFromIP, colFromMAC, colFromVLAN)
		if err != nil {
			return err
		}
		to, err := endpointsOf(b, colToIP, colToMAC, colToVLAN)
		if err != nil {
			return err
		}
		for _, r := range b.rows {
			row = conversationOf(b, r)
			row.Client, row.Server = from.at(r), to.at(r)
			if !yield(&row) {
				return errStop
			}
		}
		return nil
	})
}

// Operations is Conversations for operations.
func (a *Archive) Operations(ctx context.Context, segments []plant.Segment, q Query, yield func(*Operation) bool) error {
	var row Operation
	return a.scan(ctx, segments, plant.SegmentOperations, q, all(plant.SegmentOperations), func(b *block) error {
		from, err := endpointsOf(b, colFromIP, colFromMAC, colFromVLAN)
		if err != nil {
			return err
		}
		to, err := endpointsOf(b, colToIP, colToMAC, colToVLAN)
		if err != nil {
			return err
		}
		for _, r := range b.rows {
			row = operationOf(b, r)
			row.Requester, row.Responder = from.at(r), to.at(r)
			if !yield(&row) {
				return errStop
			}
		}
		return nil
	})
}

// all is every column of a kind but the site, which the segment says.
func all(kind plant.SegmentKind) []int {
	var list []int
	for i := range columnsOf(kind) {
		if i != colSite {
			list = append(list, i)
		}
	}
	return list
}

func conversationOf(b *block, r int32) Conversation {
	return Conversation{
		Site: b.segment.Site, Sensor: b.word(colSensor, r), Start: fromMillis(b.int(colTime, r)),
		Conversation: plant.Conversation{
			Transport: parseTransport(b.word(colTransport, r)), Port: uint16(b.int(colPort, r)), Protocol: b.word(colProtocol, r),
			Confirmed: b.int(colConfirmed, r) != 0, Answered: b.int(colAnswered, r) != 0, Established: b.int(colEstablished, r) != 0,
			Flows: b.uint(colFlows, r), PacketsUp: b.uint(colPacketsUp, r), PacketsDown: b.uint(colPacketsDown, r),
			BytesUp: b.uint(colBytesUp, r), BytesDown: b.uint(colBytesDown, r), Lost: b.uint(colLost, r),
			First: fromMillis(b.int(colFirst, r)), Last: fromMillis(b.int(colLast, r)), Packet: plant.PacketRef(b.uint(colPacket, r)),
		},
	}
}

func operationOf(b *block, r int32) Operation {
	kind, _ := plant.ParseKind(b.word(opKind, r))
	return Operation{
		Site: b.segment.Site, Sensor: b.word(colSensor, r), Start: fromMillis(b.int(colTime, r)),
		Operation: plant.Operation{
			Verb: plant.Verb{
				Protocol: b.word(opProtocol, r), Code: b.word(opCode, r), Name: b.word(opName, r), Kind: kind,
				Technique: b.word(opTechnique, r), Reply: b.word(opReply, r),
			},
			Port: uint16(b.int(opPort, r)), Object: b.word(opObject, r), Value: b.word(opValue, r),
			Requests: b.uint(opRequests, r), Responses: b.uint(opResponses, r), Accepted: b.uint(opAccepted, r), Refused: b.uint(opRefused, r),
			First: fromMillis(b.int(opFirst, r)), Last: fromMillis(b.int(opLast, r)), Packet: plant.PacketRef(b.uint(opPacket, r)),
		},
	}
}

// endpoints are the endpoints of one side of a block's rows. Each address is
// parsed once.
type endpoints struct {
	b             *block
	ips           []netip.Addr
	macs          []plant.MAC
	ip, mac, vlan int
}

func endpointsOf(b *block, ip, mac, vlan int) (endpoints, error) {
	e := endpoints{
		b: b, ip: ip, mac: mac, vlan: vlan,
		ips: make([]netip.Addr, 0, len(b.columns[ip].words)), macs: make([]plant.MAC, 0, len(b.columns[mac].words)),
	}
	for _, w := range b.columns[ip].words {
		var a netip.Addr
		if w != "" {
			var err error
			if a, err = netip.ParseAddr(w); err != nil {
				return e, damage{err}
			}
		}
		e.ips = append(e.ips, a)
	}
	for _, w := range b.columns[mac].words {
		m, err := parseMAC(w)
		if err != nil {
			return e, damage{err}
		}
		e.macs = append(e.macs, m)
	}
	return e, nil
}

func (e *endpoints) at(r int32) plant.Endpoint {
	return plant.Endpoint{
		IP: e.ips[e.b.columns[e.ip].ids[r]], MAC: e.macs[e.b.columns[e.mac].ids[r]], VLAN: uint16(e.b.int(e.vlan, r)),
	}
}

func parseMAC(s string) (m plant.MAC, err error) {
	if s == "" {
		return m, nil
	}
	b, err := net.ParseMAC(s)
	if err == nil && len(b) != len(m) {
		err = fmt.Errorf("%q is no MAC address", s)
	}
	copy(m[:], b)
	return m, err
}

func parseTransport(s string) plant.Transport {
	for _, t := range []plant.Transport{plant.TCP, plant.UDP, plant.OtherIP} {
		if t.String() == s {
			return t
		}
	}
	return plant.Ethernet
}
