// Package relay is the path through the boundary for conduits that do not allow
// everything: it stands between a client and a server, reads the messages of
// both, lets pass what the conduit allows, byte for byte, and answers the rest
// itself with the protocol's own refusal, so that nobody hangs and the server
// never sees what was refused. It reads Modbus/TCP, S7 communication on ISO
// transport, and the explicit messages of EtherNet/IP.
//
// Neither end knows of it. The kernel's TPROXY hands it connections that are
// addressed to the server, and it opens its own to the server from the client's
// address; both are IPv4 or IPv6. What it opens carries a mark by which the
// enforcer's rules know it.
//
// Unknown is not safe: a function, a service or a way of putting it that the
// decoders do not know is refused unless the conduit allows everything.
//
// docs/boundary-relay.md says what is read, what is refused how, and the limits.
package relay

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// ErrUnsupported is the error of Serve where the kernel has no transparent
// sockets, or this process may not have them.
var ErrUnsupported = errors.New("transparent sockets are not to be had")

// Rule is what holds for one connection. A message passes if one of Relays
// allows it; a Relay of another protocol than the connection's allows nothing.
type Rule struct {
	Relays []*policy.Relay
	// Stage is how far the boundary goes: in StageObserve and StageShadow
	// everything passes, and in StageShadow what would be refused is reported.
	Stage model.Stage
}

// Lookup is the rule for connections from client to server. It is false where
// there may be none at all. It is called when a connection comes and for each
// that stands when the policy changes, by several goroutines.
type Lookup func(client, server netip.AddrPort) (Rule, bool)

// Decision is what somebody asked through the boundary and what became of it,
// added up since the last report. Of the operation Requester and Responder (by
// IP address), Port, Verb, Object, Requests, First and Last are set; Refused
// are the requests that the boundary answered itself. What passed names no
// object: sensors see it too.
type Decision struct {
	plant.Operation
	// Why is the reason of a refusal, "" for what passed.
	Why string
	// Shadow is true of what passed only because nothing is enforced yet.
	Shadow bool
}

// Protocols that can be relayed, as policy.Relay names them.
const (
	Modbus = "modbus"
	S7     = "s7comm"
	ENIP   = "enip"
)

// Config is what a relay needs. Zero limits are replaced by the defaults that
// stand behind them.
type Config struct {
	// Ports are the local ports to which the kernel hands connections, by
	// protocol. Protocols without a port are not relayed.
	Ports map[string]uint16
	// Mark is set on every packet that the relay sends, SO_MARK.
	Mark uint32
	// Policy is what holds until SetPolicy is called; nil lets nothing through.
	Policy Lookup
	// Report is called every Every, and once when Serve ends, with what was
	// decided since; nil if nobody wants to know. The slice is the receiver's.
	Report func([]Decision)
	Every  time.Duration // 1 s
	Log    *slog.Logger  // nothing is logged if it is nil

	MaxConns     int           // 4,096 connections at a time
	MaxPerSource int           // 512 of one client's address
	DialTimeout  time.Duration // 10 s until a server that says nothing is not there
	// AnswerWithin is how long a refusal waits for the answers to requests that
	// came before it: 2 s. Clients that send several requests at once may count
	// on the order of the answers.
	AnswerWithin time.Duration
}

// Status is what a relay says of itself. Counters go from New.
type Status struct {
	Open      int    // connections that stand
	Accepted  uint64 // connections that came
	Turned    uint64 // that the policy has no rule for
	Crowded   uint64 // that were too many
	Unreached uint64 // whose server did not answer
	Malformed uint64 // that ended because a message could not be read
	Passed    uint64 // messages of clients that went to the server
	Refused   uint64 // messages of clients that were answered here
	Unlisted  uint64 // refusals reported without their object: too many kinds at once
}

// New makes a relay. It opens nothing yet.
func New(c Config) *Relay { return newRelay(c) }

// Serve takes connections until the context ends, then ends all that stand and
// waits for them. It may be called once.
func (r *Relay) Serve(ctx context.Context) error { return r.serve(ctx) }

// SetPolicy changes what holds, for connections that stand too and from their
// next message on. Those for which there is no rule any more end at once.
func (r *Relay) SetPolicy(l Lookup) { r.setPolicy(l) }

// Status is what the relay does now.
func (r *Relay) Status() Status { return r.status() }
