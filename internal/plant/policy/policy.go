// Package policy is what a boundary lets through, by address: the zones as sets
// of addresses, and who may open which connection to whom. A Policy is made
// from a plant model and from what stands where; enforcers put it into a kernel
// or into a device's configuration, and judges compare, replay and prove it.
//
// A policy speaks of the first packet of a connection. What answers belongs to
// it. It is the same for IPv4 and IPv6: a zone holds addresses of both. Package
// policy does no I/O and reads no clock.
//
// The words are those of IEC 62443-3-2 (zone, conduit).
package policy

import (
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Policy is one site's boundary. Lists are sorted as Normalize does; two
// policies that mean the same in the same words are equal and have one Hash.
type Policy struct {
	Site string `json:"site"`
	// Zones are all zones; Zones[0] is Nowhere and holds no ranges: it is
	// whatever address stands in no other zone.
	Zones    []Zone    `json:"zones"`
	Conduits []Conduit `json:"conduits"`
	// Rest is the stage of pairs of zones that Pairs does not name.
	Rest  model.Stage `json:"rest"`
	Pairs []Pair      `json:"pairs"`
	// Ethernet are frames without an IP header that may pass a bridge, beside
	// ARP: numbers of the IEEE EtherType registry, sorted.
	Ethernet []uint16 `json:"ethernet"`
}

// Nowhere is the index of the zone of addresses that stand in no zone. What
// comes from there or goes there is allowed by no conduit.
const Nowhere = 0

// Zone is a set of addresses with the same security needs.
type Zone struct {
	ID   string         `json:"id"`
	Name string         `json:"name"`
	Kind model.ZoneKind `json:"kind"`
	// Ranges are prefixes of both families, masked and sorted. No address is in
	// the ranges of two zones.
	Ranges []netip.Prefix `json:"ranges"`
}

// OT reports whether a zone is on the plant's side: what is stopped coming from
// there is dropped in silence, since a controller's program may not take a
// refusal well. Others are told at once that they were refused.
func (z *Zone) OT() bool {
	switch z.Kind {
	case model.ZoneOperations, model.ZoneCell, model.ZoneSafety:
		return true
	}
	return false
}

// Conduit is what may pass from one zone to another: From asks, To answers.
type Conduit struct {
	ID      string  `json:"id"`
	From    int     `json:"from"` // indices into Zones
	To      int     `json:"to"`
	Matches []Match `json:"matches"`
	// Until is from when on it does not hold any more; zero for ever.
	Until time.Time `json:"until,omitzero"`
}

// Match is one service by what a packet shows. A match of TCP or UDP has ports,
// of any other protocol none (0 to 65535).
type Match struct {
	Proto uint8  `json:"proto"` // of the IP header; Any for all
	First uint16 `json:"first"` // the server's ports, both included
	Last  uint16 `json:"last"`
	// Relay is not nil where not everything may be asked: a relay reads the
	// messages and refuses what is not allowed.
	Relay *Relay `json:"relay,omitempty"`
}

// IP protocols (IANA, Assigned Internet Protocol Numbers).
const (
	Any    = 0 // every protocol: 0 is hop-by-hop options, which no packet's payload is
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
)

// Relay says what may be asked in a protocol.
type Relay struct {
	Protocol string      `json:"protocol"` // "modbus", "s7comm", "enip"
	Kinds    model.Kinds `json:"kinds"`    // of operations that may be asked
	// Objects are what may be asked about, in the words of operations; none is
	// everything.
	Objects []string `json:"objects,omitempty"`
}

// Pair is the stage of what goes from one zone to another and that no conduit
// allows. Between the addresses of one zone everything passes.
type Pair struct {
	From  int         `json:"from"`
	To    int         `json:"to"`
	Stage model.Stage `json:"stage"`
}

// Packet is the first packet of a connection as a policy looks at it. Src and
// Dst are of one family. Ports are 0 where the protocol has none.
type Packet struct {
	Src, Dst         netip.Addr
	Proto            uint8
	SrcPort, DstPort uint16
}

// Action is what happens to a packet.
type Action uint8

// Actions. Deny is the zero value: what nobody has decided does not pass.
const (
	Deny    Action = iota
	Allow          // a conduit allows it, or both ends stand in one zone
	Inspect        // a conduit allows it through a relay that reads the messages
	Observe        // no conduit allows it, and nothing is done about it yet
	Shadow         // no conduit allows it; it passes and is reported
)

// String is the name used in JSON.
func (a Action) String() string {
	return [...]string{"deny", "allow", "inspect", "observe", "shadow"}[a]
}

// Passes reports whether the packet reaches the other side.
func (a Action) Passes() bool { return a != Deny }

// Verdict is what a policy says to a packet.
type Verdict struct {
	Action   Action
	Conduit  int // index into Conduits, -1 for none
	From, To int // zones
}

// Grant is a conduit for a time between single addresses: an approved session.
// It holds both ways of the connections that Src opens.
type Grant struct {
	ID       string     `json:"id"`
	Src      netip.Addr `json:"src"`
	Dst      netip.Addr `json:"dst"`
	Proto    uint8      `json:"proto"` // TCP or UDP
	Port     uint16     `json:"port"`
	Until    time.Time  `json:"until"`
	Why      string     `json:"why"`
	Approved []string   `json:"approved"` // who allowed it
}

// Containment stops an asset, a conduit or everything between two zones for a
// time, whatever the policy allows.
type Containment struct {
	ID string `json:"id"`
	// Addrs are those of an asset: nothing of theirs crosses the boundary.
	Addrs []netip.Addr `json:"addrs,omitempty"`
	// Conduit is a conduit that is cut; Pair two zones between which nothing
	// passes either way, by their ids.
	Conduit string    `json:"conduit,omitempty"`
	Pair    [2]string `json:"pair,omitzero"`
	Until   time.Time `json:"until"`
	Why     string    `json:"why"`
	By      string    `json:"by"`
}

// Critical is a conversation that must be seen again after a change: a polling
// that a line lives on.
type Critical struct {
	Client netip.Addr `json:"client"`
	Server netip.Addr `json:"server"`
	Proto  uint8      `json:"proto"`
	Port   uint16     `json:"port"`
	// Period is how often it came, in nanoseconds in JSON.
	Period time.Duration `json:"period"`
	Line   string        `json:"line,omitempty"`
	Says   string        `json:"says"` // "SCADA server polls Filler by modbus"
}

// Denial is one kind of packet that the boundary stopped, or would have stopped
// (Shadow), added up.
type Denial struct {
	Packet
	Shadow      bool
	Ethernet    uint16 // the EtherType of what has no IP header, else 0
	SrcMAC      [6]byte
	In, Out     string // interfaces
	Count       uint64
	First, Last time.Time
}
