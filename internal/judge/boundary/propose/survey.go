package propose

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// band is the part of a plant that an asset belongs to by what it is.
type band uint8

const (
	unknown     band = iota
	gear             // carries traffic: belongs where it stands
	panel            // an operator panel: belongs to its controllers, or to operations
	outside          // the internet
	vendor           // comes in from elsewhere
	office           // levels 4 and 5
	wireless         // reaches the network by an access point
	dmz              // level 3.5
	operations       // level 3: SCADA, historian, directory
	engineering      // engineering workstations
	cell             // controllers and what they control
	safety           // safety controllers
)

// plantSide reports whether a band is of the plant.
func (b band) plantSide() bool { return b >= operations }

// node is an asset as zones are made of it.
type node struct {
	*record.Asset
	band    band
	network *network
	peers   map[*node]*link
	heard   map[*node]int // conversations with anybody about anything
	zone    *zone
	line    string // by the model that is there
	placed  bool   // the model that is there gives it a zone
	cluster int    // of those that talk with each other; 0 for none
}

// link is what two assets say to each other.
type link struct {
	weight  float64 // 1 for one conversation, 3 for one that acts on a machine, a little more for each doubling
	asks    int     // conversations that the node opened
	answers int     // that its peer opened
	control bool    // a protocol that acts on machines
}

// network is the assets of one network, as the inventory names it.
type network struct {
	name  string
	nodes []*node
	kind  band // what it is, unknown if it is mixed
	pure  bool // all of it, but for few, is of one kind
}

// controls are the protocols that act on machines, by the name that
// conversations show.
var controls = set(`ads ads-discovery bacnet bsap c1222 cclink-ie cclink-ie-basic codesys cspv4 dlms dnp3 ether-sio ethercat enip fins fox ge-srtp
 genisys goose hartip iec104 knx melsoft mms modbus opcua pcworx profinet-io profinet-rt roc-plus s7comm s7comm-plus slmp sv synchrophasor tpkt`)

// remote are the protocols that put somebody in front of a computer's screen or
// shell.
var remote = set("rdp vnc teamviewer telnet ssh")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// survey notes who is there, who talks to whom and what each network is.
func (d *draft) survey() {
	d.byID = map[string]*node{}
	placer := model.NewPlacer(d.present)
	for i := range d.in.Assets {
		a := &d.in.Assets[i]
		at := placer.Place(&a.Facts)
		n := &node{Asset: a, band: bandOf(a), peers: map[*node]*link{}, line: at.Line, placed: at.Zone != ""}
		d.nodes = append(d.nodes, n)
	}
	slices.SortFunc(d.nodes, func(a, b *node) int { return cmp.Compare(a.ID, b.ID) })
	for _, n := range d.nodes {
		d.byID[n.ID] = n
	}
	for i := range d.in.Talks {
		d.meet(&d.in.Talks[i])
	}
	d.network()
	d.radio()
	for _, n := range d.nodes {
		if n.foreign() {
			n.band = vendor
		}
	}
	for _, x := range d.networks {
		x.judge()
	}
}

// radio finds those whose way into the network is an access point, as switches
// and access points say it.
func (d *draft) radio() {
	var points []string
	for _, n := range d.nodes {
		if n.Role == plant.RoleAccessPoint {
			points = append(points, n.Label+" ")
		}
	}
	for _, n := range d.nodes {
		if (n.band == unknown || n.band == office) && slices.ContainsFunc(points, func(p string) bool { return strings.HasPrefix(n.Port, p) }) {
			n.band = wireless
		}
	}
}

// meet notes that two assets talk.
func (d *draft) meet(t *record.Talk) {
	a, b := d.byID[t.Client], d.byID[t.Server]
	if a == nil || b == nil || a == b {
		return
	}
	if t.Transport != plant.Ethernet {
		a.heard, b.heard = note(a.heard, b), note(b.heard, a)
	}
	if plant.Housekeeping(t.Protocol) || t.Protocol == "profinet-dcp" || !t.Answered && t.Transport != plant.Ethernet {
		return // who only looks who is there does not work with anybody
	}
	w := 1 + math.Log2(1+float64(t.Count))/8
	if controls[t.Protocol] {
		w *= 3 // who works with a machine belongs to it more than who looks at its page
	}
	for _, e := range []struct {
		n, of *node
		asks  int
	}{{a, b, 1}, {b, a, 0}} {
		l := e.n.peers[e.of]
		if l == nil {
			l = &link{}
			e.n.peers[e.of] = l
		}
		l.weight += w
		l.asks += e.asks
		l.answers += 1 - e.asks
		l.control = l.control || controls[t.Protocol]
	}
}

func note(of map[*node]int, n *node) map[*node]int {
	if of == nil {
		of = map[*node]int{}
	}
	of[n]++
	return of
}

// with are a node's peers in an order that does not change.
func (n *node) with() []*node {
	all := make([]*node, 0, len(n.peers))
	for p := range n.peers {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *node) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// bandOf sorts an asset by its role, its Purdue level and its side.
func bandOf(a *record.Asset) band {
	if a.Outside() {
		return outside
	}
	switch a.Role {
	case plant.RoleSafety:
		return safety
	case plant.RoleController, plant.RoleRemoteIO, plant.RoleDrive, plant.RoleRobot, plant.RoleSensor, plant.RoleRelay, plant.RoleBuilding, plant.RoleGateway:
		return cell
	case plant.RoleHMI:
		return panel
	case plant.RoleEngineering:
		return engineering
	case plant.RoleSCADA:
		return operations
	}
	switch {
	case a.Kind == plant.KindNetwork:
		return gear
	case a.Level > 3.2 && a.Level < 3.9:
		return dmz
	case a.Side == plant.SideOT && a.Level >= 2.5:
		return operations
	case a.Side == plant.SideOT && a.Level >= 0:
		return cell
	case a.Side == plant.SideIT:
		return office
	}
	return unknown
}

// network groups assets by network.
func (d *draft) network() {
	of := map[string]*network{}
	for _, n := range d.nodes {
		if n.Network == "" || n.Outside() {
			continue
		}
		x := of[n.Network]
		if x == nil {
			x = &network{name: n.Network}
			of[n.Network] = x
			d.networks = append(d.networks, x)
		}
		x.nodes = append(x.nodes, n)
		n.network = x
	}
	slices.SortFunc(d.networks, func(a, b *network) int { return cmp.Compare(a.name, b.name) })
}

// foreign reports whether an asset comes in from elsewhere: nothing tells what
// it is, it stands in a network of its like, and all it does is to open
// conversations with the plant's machines.
func (n *node) foreign() bool {
	if n.band != unknown || n.network == nil || len(n.peers) == 0 {
		return false
	}
	for _, other := range n.network.nodes {
		if other.band != unknown && other.band != vendor {
			return false
		}
	}
	control := false
	for p, l := range n.peers {
		if p.network == n.network || l.answers > 0 || !p.band.plantSide() && p.band != panel && p.band != gear {
			return false
		}
		control = control || l.control
	}
	return control
}

// local reports whether a SCADA server, historian or workstation looks after
// the machines of its own network only: then it belongs to them.
func (n *node) local() bool {
	inside, beyond := 0, 0
	for p, l := range n.peers {
		if !l.control {
			continue
		}
		if p.network == n.network && (p.band == cell || p.band == safety) {
			inside++
		} else {
			beyond++
		}
	}
	return inside > 0 && beyond == 0
}

const (
	// pureShare is how much of a network must be of one kind for its range to
	// stand for the kind; the few others are then named by themselves.
	pureShare = 0.75
	// oddMost is how many of another kind a pure network may have where plant and
	// office would mix.
	oddMost = 2
)

// kindOf is the kind of network that a band speaks for; unknown for none.
func (n *node) kindOf() band {
	switch {
	case n.band == safety:
		return cell
	case (n.band == operations || n.band == engineering) && n.local():
		return unknown
	case n.band == engineering:
		return operations
	case n.band == gear || n.band == panel:
		return unknown
	}
	return n.band
}

// judge says what a network is by most of what stands in it.
func (x *network) judge() {
	votes := map[band]int{}
	all := 0
	for _, n := range x.nodes {
		if k := n.kindOf(); k != unknown {
			votes[k]++
			all++
		}
	}
	for b := unknown; b <= safety; b++ {
		if votes[b] > votes[x.kind] {
			x.kind = b
		}
	}
	if all == 0 {
		return
	}
	odd := all - votes[x.kind]
	mixed := 0 // across the line between plant and office
	for b, n := range votes {
		if b.plantSide() != x.kind.plantSide() {
			mixed += n
		}
	}
	x.pure = float64(votes[x.kind]) >= pureShare*float64(all) && mixed <= oddMost && (odd <= oddMost || float64(odd) <= 0.1*float64(all))
	if !x.pure {
		x.kind = unknown
	}
}
