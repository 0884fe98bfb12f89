package plant

import (
	"net/netip"
	"time"
)

// Asset is one thing on the network: a controller with its rack, a computer, a
// switch, or a peer outside the site.
type Asset struct {
	ID   string // stable: made from the strongest identity
	Kind AssetKind
	Side Side
	// Level is the Purdue level, 0 to 5 (3.5 is the DMZ); LevelUnknown if
	// nothing tells.
	Level float64
	Role  Role

	MACs  []MAC
	IPs   []netip.Addr
	VLANs []uint16
	Names []string

	Vendor, Product, OrderNumber, Firmware, Hardware, Serial, OS string

	Protocols []string // that it speaks, sorted
	First     time.Time
	Last      time.Time

	Facts     []Fact
	Modules   []Module
	Reasons   []Reason   // why this role, level, side and vendor, and why merged
	Conflicts []Conflict // claims that cannot all be true
}

// LevelUnknown is the Purdue level of an asset that nothing places.
const LevelUnknown = -1

// AssetKind sorts assets for people: things that do work, things that carry
// traffic, and peers outside the site.
type AssetKind string

// Kinds of asset.
const (
	KindDevice   AssetKind = "device"
	KindNetwork  AssetKind = "network"
	KindExternal AssetKind = "external"
)

// Side is the half of the plant's network an asset belongs to.
type Side string

// Sides.
const (
	SideOT      Side = "ot"
	SideIT      Side = "it"
	SideUnknown Side = "unknown"
)

// Fact is what is known of an asset in one field, and from where.
type Fact struct {
	Field      Field
	Value      string
	Source     string
	Confidence float64
	Count      uint64
	First      time.Time
	Last       time.Time
	Packet     PacketRef
}

// Module is one module in an asset's rack.
type Module struct {
	Slot                                             int
	Vendor, Product, OrderNumber, Firmware, Hardware string
	Serial                                           string
	Facts                                            []Fact
}

// Reason says why a statement about an asset holds.
type Reason struct {
	What   string // "role", "level", "side", "vendor", "merge", "kind"
	Why    string // a sentence
	Packet PacketRef
}

// Conflict is one field for which different values were seen that cannot all be
// true at once.
type Conflict struct {
	Field Field
	Facts []Fact
	Why   string
}

// Finding is something a person should look at.
type Finding struct {
	Rule     string // identifier of the rule, "cleartext-login"
	Level    string // "high", "medium", "low", "info"
	Title    string
	Why      string
	Next     []string // what to do, first step first
	Assets   []string // asset identifiers, the one to look at first
	Count    uint64
	First    time.Time
	Last     time.Time
	Evidence []PacketRef
	Details  []string // one line each, "10.0.0.5 → 10.0.0.9 ftp user admin"
}

// Capture is what is known of one input as a whole.
type Capture struct {
	File        string
	Format      string // "pcap", "pcapng", "zeek", "eve"
	LinkTypes   []string
	Packets     uint64
	Bytes       uint64 // lengths on the wire
	First, Last time.Time
	Truncated   bool     // the file ends in the middle of a record
	Undecoded   uint64   // packets whose link or network layer is not read
	Duplicates  uint64   // SPAN duplicates, left out of all other counts
	Problem     string   // why reading stopped early, "" if it did not
	Lines       uint64   // rows of a log; Packets are then the sum of what they tell
	Notes       []string // what of a log was left out, a sentence each
}
