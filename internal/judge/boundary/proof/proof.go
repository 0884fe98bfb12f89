// Package proof says whether a wall stands, in four ways that do not rest on
// each other: what the enforcer holds, read back, is what was signed; nothing
// that was seen contradicts it; a probe between Bulkhead's own two ends was
// stopped; and no conduit stands open that nobody uses.
//
// Each proof has an age and gets stale by itself. What was not looked at is
// unknown, and unknown is not safe. A probe that nothing ever answered proves
// nothing: it must be shown to arrive where it is allowed.
package proof

import (
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Status is how a proof stands.
type Status string

// Statuses.
const (
	Proven       Status = "proven"
	Contradicted Status = "contradicted"
	Stale        Status = "stale"
	Unknown      Status = "unknown"
)

// Kind is what is proven.
type Kind string

// Kinds, in the order in which they are shown.
const (
	ReadBack      Kind = "readback"
	Contradiction Kind = "contradiction"
	Canary        Kind = "canary"
	Unused        Kind = "unused"
)

// Proof is one proof.
type Proof struct {
	Kind     Kind
	Status   Status
	At       time.Time // when it was looked at; zero for never
	Says     string
	Evidence []Evidence
}

// Evidence is one thing that a proof rests on.
type Evidence struct{ Text, Link string }

// Judge says what a policy does with a packet: a *verdict.Table.
type Judge interface {
	Judge(policy.Packet) policy.Verdict
}

// Input is what the proofs are made from. What is nil was not looked at.
type Input struct {
	Now    time.Time
	Signed *Signed
	Read   *Read
	Seen   *Seen
	Probe  *Probe
	Uses   []Use
	Model  *model.Model // for names
	// Watched is from when on the network was watched up to Observed, without a
	// gap to speak of.
	Watched, Observed time.Time
}

// Signed is the revision that ought to be enforced.
type Signed struct {
	Revision int64
	Hash     string // policy.Policy.Hash
	Applied  time.Time
	By       string
}

// Read is what an enforcer holds.
type Read struct {
	At      time.Time
	Hash    string
	Problem string // why it could not be read, "" if it was
	// Differences is what differs from the signed revision, a sentence each, as
	// the symbolic judge says it. Unknown is what it could not compare.
	Differences []string
	Unknown     []string
}

// Seen is what was observed since the policy was applied. Talks count and are
// answered within that time alone: what was answered before it says nothing.
type Seen struct {
	Policy *policy.Policy
	Table  Judge // nil makes one
	Assets []record.Asset
	Talks  []record.Talk
	From   time.Time // when the policy was applied, or when observation began after it
	To     time.Time // newest packet
	// Grants are sessions that were approved meanwhile: what they allowed is no
	// contradiction.
	Grants []policy.Grant
	// Sensors sees the far side of the boundary: without one nothing can
	// contradict.
	Sensors int
}

// Probe is the canary: packets between Bulkhead's own ends.
type Probe struct {
	At       time.Time
	From, To netip.Addr
	Sent     int // to the port that nothing allows
	Arrived  int // of them at the far end
	// Control is how many arrived of those sent the way that is open: without it
	// a dead far end looks like a wall.
	Control int
	Counted bool // the boundary's own counter saw them stopped
	Problem string
}

// Use is when a conduit was last used, by the enforcer's counters or by what was
// seen.
type Use struct {
	Conduit string
	Last    time.Time // zero for never
	Packets uint64
	// Since is from when on uses would have been noticed.
	Since time.Time
}
