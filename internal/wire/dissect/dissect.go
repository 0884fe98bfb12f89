// Package dissect picks the decoder for a conversation and turns what it
// decodes into observations.
//
// A protocol is one Protocol value: the ports that suggest it, a probe that
// looks at bytes, and a parser. Each lives in a folder below this one
// (dissect/modbus, dissect/s7comm …), which adapts the pure decoder in
// protocol/<name>; the list of all of them stands in internal/app. Ports only
// suggest, bytes confirm, and a valid request with its response confirms best.
//
// A parser is called with whole payloads in order. It reports what it read
// through its Context: messages (Request, Response, Send), facts about the two
// ends (Fact) and damage (Malformed). It must not keep the bytes it is given.
package dissect

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// Protocol is what the engine must know about one protocol.
type Protocol struct {
	Name string // the name in the JSON contract: "modbus"

	// TCP and UDP are the ports that suggest this protocol, Link the frame
	// types that carry it directly (no probe is asked there).
	TCP, UDP []uint16
	Link     []LinkType

	// Probe looks at the first bytes of a stream (or of a later segment, when
	// a conversation is picked up in the middle) or at a datagram.
	Probe func(b []byte, h Hint) Match

	// Carrier says that its messages carry those of other protocols, one of
	// which gives a conversation its name soon after its beginning.
	Carrier bool

	// Cyclic looks at a datagram or frame of cyclic data without reading it;
	// false is for all others. Nil where there are none, or where reading them
	// costs as little. See Options.Sample.
	Cyclic func(b []byte, h Hint) (Beat, bool)

	// New is a parser for one conversation. A parser without state may be
	// shared.
	New func() Parser
}

// Hint tells a probe where the bytes come from.
type Hint struct {
	Stream           bool // TCP: more may follow
	FromPort, ToPort uint16
}

// Match is what a probe thinks of some bytes.
type Match uint8

// Matches. Weak is enough on a port that suggests the protocol, Strong is
// enough on any port: give it only for bytes that nothing else sends (a magic
// number and consistent lengths), since it is tried on every conversation.
const (
	No     Match = iota
	Short        // too few bytes to tell: ask again with more
	Weak         // consistent with the protocol
	Strong       // unmistakable
)

// Parser reads the messages of one conversation.
type Parser interface {
	// Parse reads as many whole messages as b holds and returns the number of
	// bytes it took. In a stream (c.Stream) the rest is offered again with
	// more behind it: return 0 or what was taken when the next message is not
	// complete, up to MaxMessage bytes; a number above len(b) skips bytes
	// that have not come yet (a large body nobody needs). In a datagram the
	// rest is ignored.
	//
	// An error says that these bytes are not the protocol: it is reported as
	// an anomaly, the bytes waiting are dropped, and the stream is taken up
	// again where Probe next says Weak or better.
	Parse(c *Context, b []byte) (int, error)
}

// GapParser is a Parser that wants to know of bytes the capture lacks: Gap is
// called before the first bytes behind the hole. Without it the stream is taken
// up again where Probe says Weak or better.
type GapParser interface {
	Parser
	Gap(c *Context, missing int)
}

// MaxMessage is the most bytes of one incomplete message that a stream keeps.
const MaxMessage = 1 << 18

// LinkType is what an Ethernet frame carries: an EtherType, or an LLC or SNAP
// protocol in a number space of its own.
type LinkType uint32

// LLC is the link type of an IEEE 802.3 frame with that destination SAP.
func LLC(dsap uint8) LinkType { return 1<<16 | LinkType(dsap) }

// SNAP is the link type of an IEEE 802.3 frame with a SNAP header, for an
// organisation other than 00-00-00 (those have plain EtherTypes).
func SNAP(oui uint32, pid uint16) LinkType { return 1<<31 | LinkType(oui&0x7fff)<<16 | LinkType(pid) }

// Object is what an operation is about. The zero value is "nothing in
// particular". Name is borrowed and copied when it is kept.
type Object struct {
	Space  string // static text: "holding registers", "DB1", "block", "tag"
	Unit   uint32 // address behind the endpoint (Modbus unit, station); 0: none worth saying
	Name   []byte // a tag, a block, a file
	Ranged bool   // From and To are set
	From   uint32
	To     uint32
	Valued bool // Value is set: the value of a small write
	Value  int64
}

// Result is how a request was answered.
type Result uint8

// Results. Answered is a response that says neither yes nor no.
const (
	Answered Result = iota
	Accepted
	Refused
)

// Pending is a request that waits for its response. A parser may keep
// something about it in Tag and gets it back with the response.
type Pending struct {
	Verb *plant.Verb
	ID   uint64
	Tag  uint64
	row  int32  // index into the conversation's rows
	at   uint16 // second of packet time, the low bits
	from uint8
	told bool // a report counted it
}

// Subject is whom a fact is about.
type Subject struct {
	at   *plant.Endpoint
	slot int16
	peer bool
}

// Sender is the one that sent the message; Receiver the one it was sent to.
var (
	Sender   = Subject{slot: plant.NoSlot}
	Receiver = Subject{slot: plant.NoSlot, peer: true}
)

// Module is the module in that slot of the sender's rack.
func Module(slot int) Subject { return Subject{slot: int16(slot)} }

// At is another endpoint than the two that talk: one that a message speaks of.
func At(e plant.Endpoint) Subject { return Subject{at: &e, slot: plant.NoSlot} }
