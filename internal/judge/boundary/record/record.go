// Package record is what the judges of a boundary are given to judge by: the
// assets of a site and the conversations that were recorded between them.
//
// It holds values only. Whoever asks fills them from the inventory and from
// what is kept; a judge neither reads a store nor a clock. The words are those
// of docs/words.md.
package record

import (
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Asset is one asset of a site as a boundary looks at it.
type Asset struct {
	model.Facts        // its identifier, addresses, names and role
	Label       string // what people call it
	Kind        plant.AssetKind
	Side        plant.Side
	Level       float64 // plant.LevelUnknown if nothing tells
	Vendor      string
	Network     string // as the inventory names it: "10.20.2.0/24", "vlan 20"; "" for none
	// Zone, Line and Cell are where the plant model that holds places it; "" for
	// nowhere.
	Zone, Line, Cell string
	// Port is where its cable ends, as switches say: "switch1 port-001"; "" if
	// nobody said.
	Port string
}

// Outside reports whether an asset is a peer outside the site.
func (a *Asset) Outside() bool { return a.Kind == plant.KindExternal }

// Talk is a conversation that was recorded: a client, a server, a protocol and
// the server's port, added up over the time that is asked about.
type Talk struct {
	ID             int64  // of the conversation, 0 for none
	Client, Server string // identifiers of assets, "" where an end has none
	From, To       plant.Endpoint
	Transport      plant.Transport
	Port           uint16 // the server's
	Protocol       string
	Answered       bool
	Kinds          model.Kinds // of operations that were asked for
	Count          uint64      // connections, or exchanges where there are none
	First, Last    time.Time
	// Days is on how many days of the site's calendar it was seen; 0 if nobody
	// counted.
	Days int
	// Sensors are those that saw it; none if nobody kept that.
	Sensors []string
}

// Local reports whether a conversation stays on its own network segment by its
// address alone: it has no IP address, is to a group or to everyone, or is
// link-local. No router and no firewall between networks ever sees it.
func (t *Talk) Local() bool {
	return !t.From.IP.IsValid() || !t.To.IP.IsValid() || t.To.MAC.IsGroup() || local(t.From.IP) || local(t.To.IP)
}

func local(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsMulticast() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsLoopback() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// Proto is the protocol of the IP header; 0 where there is none or it is not
// known.
func (t *Talk) Proto() uint8 {
	switch {
	case t.Transport == plant.TCP:
		return 6
	case t.Transport == plant.UDP:
		return 17
	case t.Protocol == "icmp" && t.To.IP.Is6():
		return 58
	}
	return protocols[t.Protocol]
}

// protocols are numbers of protocols that lie right on IP (IANA, Assigned
// Internet Protocol Numbers).
var protocols = map[string]uint8{"icmp": 1, "igmp": 2, "gre": 47, "esp": 50, "ah": 51, "eigrp": 88, "ospf": 89, "pim": 103, "vrrp": 112, "sctp": 132}
