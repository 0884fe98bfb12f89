package dissect

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// Context is what a parser may ask and tell about the message in its hands. It
// is reused: a parser must not keep it.
type Context struct {
	Stream           bool  // TCP; else a datagram or a frame
	Now              int64 // packet time, nanoseconds since 1970
	FromPort, ToPort uint16

	flow *flow
	conv *conversation
	side uint8 // who sends: index into the flow's two sides
	eng  *Engine
	ref  plant.PacketRef
	src  uint32 // the two ends in the engine's table
	dst  uint32
	room [512]byte
}

// Room is an empty buffer with room for the names that most messages hold. It
// is the parser's until it returns, and used by the next Room before that.
func (c *Context) Room() []byte { return c.room[:0] }

// Src is the true sender of this message.
func (c *Context) Src() plant.Endpoint { return c.eng.ends.at(c.src).word() }

// Dst is its receiver.
func (c *Context) Dst() plant.Endpoint { return c.eng.ends.at(c.dst).word() }

// Side is 0 or 1, the same for all messages of one sender in a conversation: an
// index for what a parser keeps about each side.
func (c *Context) Side() int { return int(c.side) }

// SenderIsServer says that the sender of this message is the server: the
// message itself tells (a response, a server greeting). SenderIsClient the
// other way. They correct what the ports and the first packet suggested.
func (c *Context) SenderIsServer() { setServer(c.flow, c.side, sureMessage) }

// SenderIsClient says that the sender of this message is the client.
func (c *Context) SenderIsClient() { setServer(c.flow, 1-c.side, sureMessage) }

// Name changes the conversation's protocol to a more exact one: "s7comm"
// instead of "tpkt". It must be a constant.
func (c *Context) Name(protocol string) { c.conv.name = protocol }

// Request reports that the sender asks for v on o, and remembers it under id
// until the response comes; id is what the protocol pairs by (a transaction
// number) or 0. The Pending may be given a Tag and must not be kept.
func (c *Context) Request(v *plant.Verb, id uint64, o Object) *Pending {
	return c.eng.request(c, v, id, o)
}

// Response reports that the sender answers the request with that id and says
// how. It counts as a message of the request's verb and object. When the
// request was not seen, it counts under v, and the Pending is empty. A nil v
// takes the verb of the request, whatever it is.
func (c *Context) Response(v *plant.Verb, id uint64, r Result) (Pending, bool) {
	return c.eng.response(c, v, id, r)
}

// Settle notes how the request with that id was answered where the answer is no
// message to be counted under it: an error message with a code of its own, which
// the parser reports with Send or Response. The request waits no longer.
func (c *Context) Settle(id uint64, r Result) (Pending, bool) { return c.eng.settle(c, id, r) }

// Peek is the request from the other side that waits under id, without taking
// it.
func (c *Context) Peek(id uint64) (Pending, bool) { return c.eng.peek(c, id) }

// Send reports a message that asks for no answer: a publication, an event.
func (c *Context) Send(v *plant.Verb, o Object) { c.eng.send(c, v, o) }

// Fact reports a fact. source names the message that shows it ("s7comm.szl"),
// confidence says how sure such a message makes us: 0.95 and above for what a
// device says about itself in a dedicated message, 0.8 for what it says in
// passing, 0.5 for what others say about it, below for hints. The value is
// cleaned (padding and control characters removed) and copied.
func (c *Context) Fact(who Subject, f plant.Field, value []byte, source string, confidence float64) {
	c.eng.fact(c, who, f, value, source, confidence)
}

// FactText is Fact with a string.
func (c *Context) FactText(who Subject, f plant.Field, value, source string, confidence float64) {
	c.eng.fact(c, who, f, []byte(value), source, confidence)
}

// Malformed reports bytes that break the protocol where reading can go on. The
// text is a constant.
func (c *Context) Malformed(text string) { c.eng.malformed(c, text) }
