// Package plant defines the words that every other package speaks: endpoints,
// facts about them, conversations, operations, findings and assets.
//
// It holds values and their rules only: no I/O, no clock, no goroutine. The
// words are those of the field (IEC 62443, NIST SP 800-82, ATT&CK for ICS) and
// are listed in docs/words.md.
package plant

import (
	"net/netip"
	"time"
)

// PacketRef names one packet of a run: the capture (its position in the list
// of inputs, from 0) and the packet's number in it (from 1). The zero value
// means "no packet".
type PacketRef uint64

// NewPacketRef packs the capture's index and the packet's number.
func NewPacketRef(capture int, number uint64) PacketRef {
	return PacketRef(uint64(capture)<<48 | number&(1<<48-1))
}

// Capture is the index of the capture.
func (r PacketRef) Capture() int { return int(r >> 48) }

// Number is the packet's number in its capture, from 1.
func (r PacketRef) Number() uint64 { return uint64(r) & (1<<48 - 1) }

// Endpoint is one network address as a sensor saw it. IP is invalid for
// traffic without an IP layer; MAC is zero where the link has none.
type Endpoint struct {
	MAC  MAC
	IP   netip.Addr
	VLAN uint16
}

// Addr is the IP address where there is one, else the MAC address.
func (e Endpoint) Addr() string {
	if e.IP.IsValid() {
		return e.IP.String()
	}
	return e.MAC.String()
}

// Transport is what carries a conversation.
type Transport uint8

// Transports. Other is an IP protocol without ports, such as ICMP.
const (
	Ethernet Transport = iota
	TCP
	UDP
	OtherIP
)

// String is the name used in the JSON contract.
func (t Transport) String() string {
	return [...]string{"eth", "tcp", "udp", "ip"}[t&3]
}

// Sighting is one fact about an endpoint: a field, its value and the message
// that showed it. Slot is the module's place in a rack, NoSlot for the
// endpoint itself.
type Sighting struct {
	Endpoint   Endpoint
	Slot       int
	Field      Field
	Value      string
	Source     string  // the message, "s7comm.szl", "lldp", "arp"
	Confidence float64 // 0..1: how sure such a message makes us
	Count      uint64
	First      time.Time
	Last       time.Time
	Packet     PacketRef // the first that showed it
}

// NoSlot marks a fact about the endpoint itself and not about a module in it.
const NoSlot = -1

// Conversation is who talked to whom in what protocol: counters of one client,
// server, transport and server port, added up over client ports.
// PacketsUp and BytesUp are those the client sent. Bytes are lengths on the
// wire, not captured lengths.
type Conversation struct {
	Client, Server Endpoint
	Transport      Transport
	Port           uint16
	Protocol       string
	Confirmed      bool // a message was decoded, the port alone did not decide
	Answered       bool // both sides were seen
	Established    bool // TCP: the server accepted (SYN+ACK or data both ways)
	Flows          uint64
	PacketsUp      uint64
	PacketsDown    uint64
	BytesUp        uint64
	BytesDown      uint64
	Lost           uint64 // TCP payload bytes that the capture lacks
	First, Last    time.Time
	Packet         PacketRef
}

// Operation is what one side asked of another, added up: one row for each
// requester, responder, verb and object.
type Operation struct {
	Verb                Verb
	Requester           Endpoint // who asks; for one-way messages, who sends
	Responder           Endpoint
	Port                uint16
	Object              string // "holding registers 100-119", "DB1", "OB1", a tag
	Value               string // last value of a small write, else ""
	Requests, Responses uint64 // messages each way
	Accepted, Refused   uint64 // responses that said yes, that said no
	First, Last         time.Time
	Packet              PacketRef
}

// Anomaly is bytes that break a protocol, a gap or a conflict.
type Anomaly struct {
	Source, Destination Endpoint
	Protocol            string
	Kind                string // one of the Anomaly constants
	Text                string
	Count               uint64
	First, Last         time.Time
	Packet              PacketRef
}

// Kinds of anomaly.
const (
	AnomalyMalformed = "malformed"       // bytes that break the protocol
	AnomalyFailure   = "decoder-failure" // our decoder failed on these bytes
	AnomalyGap       = "gap"             // the capture lacks part of a stream
	AnomalyConflict  = "conflict"        // two claims that cannot both be true
)

// Observation is one of *Sighting, *Conversation, *Operation and *Anomaly: the
// only words that cross from reading packets to judging a plant.
type Observation interface{ observation() }

func (*Sighting) observation()     {}
func (*Conversation) observation() {}
func (*Operation) observation()    {}
func (*Anomaly) observation()      {}
