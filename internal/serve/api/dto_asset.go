package api

import "time"

// AssetRow is one asset in a list.
type AssetRow struct {
	ID          string        `json:"id"`
	Site        string        `json:"site"`
	Kind        string        `json:"kind" enum:"device,network,external"`
	Side        string        `json:"side" enum:"ot,it,unknown"`
	Level       *float64      `json:"level" doc:"Purdue level 0 to 5, 3.5 is the DMZ; null if nothing tells."`
	Role        string        `json:"role" example:"controller"`
	Label       string        `json:"label" doc:"What people call it: its best name, else its address."`
	Names       []string      `json:"names"`
	IPs         []string      `json:"ips"`
	MACs        []string      `json:"macs"`
	VLANs       []uint16      `json:"vlans"`
	Network     string        `json:"network" doc:"The network it stands in: a prefix such as 10.1.2.0/24, or a VLAN where it has no IP address."`
	Zone        string        `json:"zone" doc:"Of the plant model; empty if nothing places it."`
	Line        string        `json:"line" doc:"Of the plant model; empty if it belongs to none."`
	Cell        string        `json:"cell"`
	Owners      OwnerIDs      `json:"owners"`
	Vendor      string        `json:"vendor"`
	Product     string        `json:"product"`
	OrderNumber string        `json:"order_number"`
	Firmware    string        `json:"firmware"`
	Hardware    string        `json:"hardware"`
	Serial      string        `json:"serial"`
	OS          string        `json:"os"`
	Protocols   []string      `json:"protocols" doc:"That it speaks."`
	FirstSeen   *time.Time    `json:"first_seen"`
	LastSeen    *time.Time    `json:"last_seen"`
	Facts       int64         `json:"facts" doc:"How many facts are known of it."`
	Modules     int64         `json:"modules" doc:"How many modules its rack has."`
	Conflicts   int64         `json:"conflicts" doc:"Fields for which claims were seen that cannot all be true."`
	Findings    FindingCounts `json:"findings"`
	Gone        *time.Time    `json:"gone" doc:"When it was no longer found; null while it is."`
}

// Asset is everything that is known of one asset.
type Asset struct {
	ID          string        `json:"id"`
	Site        string        `json:"site"`
	Kind        string        `json:"kind" enum:"device,network,external"`
	Side        string        `json:"side" enum:"ot,it,unknown"`
	Level       *float64      `json:"level" doc:"Purdue level 0 to 5, 3.5 is the DMZ; null if nothing tells."`
	Role        string        `json:"role"`
	Label       string        `json:"label"`
	Names       []string      `json:"names"`
	IPs         []string      `json:"ips"`
	MACs        []string      `json:"macs"`
	VLANs       []uint16      `json:"vlans"`
	Network     string        `json:"network"`
	Zone        string        `json:"zone" doc:"Of the plant model; empty if nothing places it."`
	Line        string        `json:"line"`
	Cell        string        `json:"cell"`
	Owners      AssetOwners   `json:"owners"`
	PlacedBy    PlacedBy      `json:"placed_by" doc:"What of the plant model places it."`
	Vendor      string        `json:"vendor"`
	Product     string        `json:"product"`
	OrderNumber string        `json:"order_number"`
	Firmware    string        `json:"firmware"`
	Hardware    string        `json:"hardware"`
	Serial      string        `json:"serial"`
	OS          string        `json:"os"`
	Protocols   []string      `json:"protocols"`
	FirstSeen   *time.Time    `json:"first_seen"`
	LastSeen    *time.Time    `json:"last_seen"`
	Gone        *time.Time    `json:"gone" doc:"When it was no longer found; null while it is."`
	Facts       []Fact        `json:"facts"`
	Modules     []Module      `json:"modules" doc:"In its rack, by slot."`
	Reasons     []Reason      `json:"reasons" doc:"Why it has this role, level, side and vendor, and why identities were merged."`
	Conflicts   []Conflict    `json:"conflicts"`
	Findings    []FindingRef  `json:"findings" doc:"The findings it stands in, the most serious first."`
	Changes     []AssetChange `json:"changes" doc:"What changed, the newest first."`
	Aliases     []string      `json:"aliases" doc:"Identifiers it had before; they still lead here."`
	Endpoints   []Endpoint    `json:"endpoints" doc:"What it is made of, as sensors saw it; at most 1,000."`
}

// Fact is what is known of an asset in one field, and from where.
type Fact struct {
	Field      string     `json:"field" example:"firmware"`
	Value      string     `json:"value"`
	Source     string     `json:"source" doc:"The message that showed it." example:"s7comm.szl"`
	Confidence float64    `json:"confidence" minimum:"0" maximum:"1" doc:"How sure such a message makes us."`
	Count      uint64     `json:"count" doc:"How often it was seen."`
	First      *time.Time `json:"first"`
	Last       *time.Time `json:"last"`
	Packet     *Packet    `json:"packet,omitempty" doc:"The first packet that showed it."`
}

// Module is one module in an asset's rack.
type Module struct {
	Slot        int    `json:"slot"`
	Vendor      string `json:"vendor"`
	Product     string `json:"product"`
	OrderNumber string `json:"order_number"`
	Firmware    string `json:"firmware"`
	Hardware    string `json:"hardware"`
	Serial      string `json:"serial"`
	Facts       []Fact `json:"facts"`
}

// Reason says why a statement about an asset holds.
type Reason struct {
	What   string  `json:"what" doc:"The statement it supports: role, level, side, vendor, merge, split or kind."`
	Why    string  `json:"why" doc:"A sentence."`
	Packet *Packet `json:"packet,omitempty"`
}

// Conflict is one field for which claims were seen that cannot all be true.
type Conflict struct {
	Field string `json:"field"`
	Why   string `json:"why"`
	Facts []Fact `json:"facts"`
}

// AssetChange is one field of an asset that took another value.
type AssetChange struct {
	Field string     `json:"field"`
	Old   string     `json:"old"`
	New   string     `json:"new"`
	When  *time.Time `json:"when"`
}

// FindingRef is enough of a finding to name it and to link to it.
type FindingRef struct {
	ID    string `json:"id"`
	Level string `json:"level" enum:"high,medium,low,info"`
	Title string `json:"title"`
}

// OwnerIDs are the people or teams that answer for an asset; empty for nobody.
type OwnerIDs struct {
	IT         string `json:"it"`
	Operations string `json:"operations"`
}

// PlacedBy is which members of the plant model matched an asset.
type PlacedBy struct {
	Zone string `json:"zone" example:"subnet 10.20.2.0/24" doc:"Empty if it stands in no zone."`
	Line string `json:"line" doc:"Empty if it belongs to no line."`
}

// Facets is what a filter bar offers: for each filter the values that assets
// have under the other filters, the most frequent first.
type Facets struct {
	Total     int64   `json:"total" doc:"Assets that match all filters."`
	Vendors   []Count `json:"vendors"`
	Roles     []Count `json:"roles"`
	Kinds     []Count `json:"kinds"`
	Sides     []Count `json:"sides"`
	Levels    []Count `json:"levels" doc:"The level as text; unknown where nothing tells."`
	Protocols []Count `json:"protocols"`
	Networks  []Count `json:"networks"`
	Sites     []Count `json:"sites"`
	Zones     []Count `json:"zones" doc:"Of the plant model; none where nothing places them."`
	Lines     []Count `json:"lines"`
	Cells     []Count `json:"cells"`
	Owners    []Count `json:"owners" doc:"People and teams, on either side; none for assets that lack one of the two."`
}

// Peer is one other asset that an asset talks to, in one protocol.
type Peer struct {
	Asset     AssetRef   `json:"asset"`
	Address   string     `json:"address" doc:"The peer's address in this conversation."`
	Direction string     `json:"direction" enum:"out,in" doc:"out: the asset asked the peer. in: the peer asked the asset."`
	Transport string     `json:"transport" enum:"eth,tcp,udp,ip"`
	Protocol  string     `json:"protocol"`
	Port      uint16     `json:"port"`
	Packets   uint64     `json:"packets" doc:"Both ways."`
	Bytes     uint64     `json:"bytes" doc:"Both ways, lengths on the wire."`
	BytesDay  *uint64    `json:"bytes_day" doc:"In the last 24 hours; null if the history could not be asked just now."`
	First     *time.Time `json:"first"`
	Last      *time.Time `json:"last"`
	Crossing  bool       `json:"crossing" doc:"It goes from one side of the plant's network to the other."`
}
