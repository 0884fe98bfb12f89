// Package wall is the boundary role: the process that holds the wall between
// office and plant on a small Linux box, what it is asked over a socket of this
// machine, and the guard that takes a change back when the plant suffers.
//
// A Server keeps what is in force in a folder and in the kernel. Apply is a
// trial: before anything changes a guard is started, a process of its own that
// needs nothing of the server. It puts the previous contents back unless the
// operator confirmed and every critical conversation was seen again, in time.
// After a loss of power the last confirmed revision is loaded, never one on
// trial.
//
// The kernel is reached through package enforce, messages are read by package
// relay. Who may change the policy, and when, is for the hub to say: the wall
// takes a revision that the hub's key has signed.
package wall

import (
	"encoding/json"
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// DefaultSocket is where the boundary process answers.
const DefaultSocket = "/run/bulkhead/boundary.sock"

// Status is what holds now.
type Status struct {
	Site    string    `json:"site"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Now     time.Time `json:"now"` // by the box's clock
	// Mode is how it stands between office and plant: "router", "proxy-arp" or
	// "bridge".
	Mode string `json:"mode"`
	// Caps are what its kernel can do and what it lacks, in words.
	Caps       []string    `json:"caps"`
	Interfaces []Interface `json:"interfaces"`
	// Confirmed is what was confirmed last, nil before the first time: then
	// everything passes.
	Confirmed *Revision `json:"confirmed"`
	// Pending is a revision on trial, which is what is in the kernel then.
	Pending *Pending `json:"pending"`
	// Opened is set while somebody has opened the wall in an emergency.
	Opened *Opened `json:"opened"`
	// Last is how the last trial ended.
	Last         *Outcome     `json:"last"`
	Grants       []Grant      `json:"grants"`
	Containments []Contained  `json:"containments"`
	Conduits     []Counter    `json:"conduits"`
	Denied       uint64       `json:"denied"` // packets since the start
	Shadowed     uint64       `json:"shadowed"`
	ReadBack     *ReadBack    `json:"read_back"`
	Canary       *ProbeResult `json:"canary"`
	// Problems are what a person must look at, in words.
	Problems []string `json:"problems"`
}

// Opened says that the wall was opened in an emergency: everything passes but
// what a containment names, until it is closed again.
type Opened struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Interface is one of the box's network interfaces.
type Interface struct {
	Name string `json:"name"`
	Side string `json:"side"` // "office" or "plant"
	Up   bool   `json:"up"`
}

// Revision names an approved policy.
type Revision struct {
	Number int64     `json:"number"`
	Hash   string    `json:"hash"` // policy.Hash
	At     time.Time `json:"at"`   // when it was applied
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	Forced bool      `json:"forced,omitempty"`
}

// Pending is a revision on trial.
type Pending struct {
	Revision
	ID    string    `json:"id"`
	Until time.Time `json:"until"` // when it is taken back unless all is well
	// Confirmed is when and by whom; zero while nobody did.
	Confirmed   time.Time `json:"confirmed,omitzero"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
	Seen        []Seen    `json:"seen"`
	// Guarded is false when its guard is gone; the server then takes it back.
	Guarded bool `json:"guarded"`
}

// Seen is how a critical conversation fares since the change.
type Seen struct {
	Critical policy.Critical `json:"critical"`
	Replies  uint64          `json:"replies"` // that passed since the change
	Last     time.Time       `json:"last,omitzero"`
	// Until is when its silence ends the trial.
	Until time.Time `json:"until"`
	OK    bool      `json:"ok"`
}

// How a trial ended.
const (
	Confirmed  = "confirmed"
	RolledBack = "rolled-back"
)

// Outcome is how a trial ended.
type Outcome struct {
	Revision
	ID    string    `json:"id"` // of the Pending
	What  string    `json:"what"`
	Ended time.Time `json:"ended"`
	// Why says it in words: which conversation is silent since when, or who
	// asked for it.
	Why         string           `json:"why"`
	Critical    *policy.Critical `json:"critical,omitempty"` // that was missed
	Since       time.Time        `json:"since,omitzero"`     // when it was last seen
	ConfirmedBy string           `json:"confirmed_by,omitempty"`
	// Ender is who did it: "guard", or "boundary" where the guard was gone.
	Ender string `json:"ender"`
	// Restored is the revision that holds again; 0 is none.
	Restored int64 `json:"restored,omitempty"`
}

// Contained is a containment that holds, with what it stops.
type Contained struct {
	policy.Containment
	Since time.Time `json:"since"`
	Stops []string  `json:"stops"` // conduits by id, or "everything"
}

// Grant is a grant that holds.
type Grant struct {
	policy.Grant
	Since time.Time `json:"since"`
}

// Counter is what passed by a conduit since its contents were last set.
type Counter struct {
	Conduit string `json:"conduit"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// ReadBack is a look at what the kernel really has.
type ReadBack struct {
	At   time.Time `json:"at"`
	Hash string    `json:"hash"` // of what it has; "" if it is no policy
	Same bool      `json:"same"` // as what should be in force
	// Since is when a difference was first seen.
	Since time.Time `json:"since,omitzero"`
	Says  string    `json:"says"`
	// Policy is what was read; only where it was asked for.
	Policy *policy.Policy `json:"policy,omitempty"`
}

// How a canary probe came out.
const (
	Stopped = "stopped" // as it should be
	Arrived = "arrived" // the wall let it through
	Unknown = "unknown"
)

// ProbeResult is what became of a canary probe: a SYN from an address of the
// box's own on the office side to one of its own on the plant side, never to a
// machine of the plant.
type ProbeResult struct {
	At   time.Time  `json:"at"`
	What string     `json:"what"`
	Says string     `json:"says"`
	From netip.Addr `json:"from,omitzero"`
	To   netip.Addr `json:"to,omitzero"`
	Port uint16     `json:"port,omitempty"`
	// Control is whether a second SYN arrived while a grant allowed it: without
	// that, one that does not arrive proves nothing.
	Control bool `json:"control"`
	Denied  bool `json:"denied"` // the kernel reported the first as stopped
}

// Report is one thing that the wall stopped, or would have stopped, added up
// over a short time. Numbers have no gap within an epoch.
type Report struct {
	Number uint64    `json:"number"`
	Kind   string    `json:"kind"` // "denied", "shadow" or "refused"
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Count  uint64    `json:"count"`
	// Src and the rest are of the first packet. A report of what has no IP header
	// has EtherType.
	Src       netip.Addr `json:"src,omitzero"`
	Dst       netip.Addr `json:"dst,omitzero"`
	Proto     uint8      `json:"proto,omitempty"`
	SrcPort   uint16     `json:"src_port,omitempty"`
	DstPort   uint16     `json:"dst_port,omitempty"`
	EtherType uint16     `json:"ether_type,omitempty"`
	SrcMAC    string     `json:"src_mac,omitempty"`
	In        string     `json:"in,omitempty"`
	Out       string     `json:"out,omitempty"`
	// Protocol, Operation, Object and Why are of a message that a relay refused.
	Protocol  string `json:"protocol,omitempty"`
	Operation string `json:"operation,omitempty"`
	Object    string `json:"object,omitempty"`
	Why       string `json:"why,omitempty"`
}

// Kinds of reports.
const (
	KindDenied  = "denied"
	KindShadow  = "shadow"
	KindRefused = "refused"
)

// Reports are those with numbers from Since on.
type Reports struct {
	// Epoch is one life of the process; numbers begin anew with it.
	Epoch string `json:"epoch"`
	// Next is the number to ask from the next time.
	Next uint64 `json:"next"`
	// Missed are those that were asked for and that are not kept any more.
	Missed uint64 `json:"missed"`
	// Lost are packets that the kernel had no room to report since the start.
	Lost    uint64   `json:"lost"`
	Reports []Report `json:"reports"`
}

// ApplyRequest asks for a revision to be put in force, on trial.
type ApplyRequest struct {
	Number int64 `json:"number"`
	// Policy is policy.Canonical of the revision.
	Policy json.RawMessage `json:"policy"`
	// Signature is what Sign made of it.
	Signature string            `json:"signature"`
	Critical  []policy.Critical `json:"critical"`
	// Within is how long the trial lasts, in nanoseconds in JSON.
	Within time.Duration `json:"within"`
	// Force takes a revision that is not newer than what is in force, and applies
	// though the kernel does not have what it should have. It needs a Reason.
	Force  bool   `json:"force,omitempty"`
	Reason string `json:"reason,omitempty"`
	By     string `json:"by"`
}

// EndRequest confirms a trial, takes it back, or ends a grant or a containment.
type EndRequest struct {
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`
}

// GrantRequest asks for a grant; one of the same ID is replaced.
type GrantRequest struct {
	policy.Grant
	By string `json:"by"`
}
