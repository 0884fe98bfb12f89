package inventory

import (
	"maps"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// speech is what a protocol says about the two ends, looked up once for each
// protocol of a capture.
type speech struct {
	control      bool // the server controls or measures a process
	plant        bool // control networks speak it
	serves, asks []likely
	remote       bool // one end works the other from afar
	tunnel       bool // it carries other networks
	office       bool // servers are kept for it
}

// likely is a role and how sure one protocol makes us of it.
type likely struct {
	role       plant.Role
	confidence float64
}

// remotes work a machine from afar, tunnels join networks.
var (
	remotes = []string{"rdp", "ssh", "teamviewer", "telnet", "vnc", "x11"}
	tunnels = []string{"esp", "ike", "ipsec", "l2tp", "openvpn", "pptp", "wireguard"}
)

// learn fills the tables of protocols and fields; protocols of which nothing is
// known have nil.
func (b *Builder) learn() {
	b.fields = make([]fieldUse, len(b.words.texts))
	for i, name := range b.words.texts {
		f := plant.Field(name)
		b.fields[i] = fieldUse{judged: f == plant.FieldRole || f == plant.FieldSerial, read: b.fingerprints.Reads(f)}
	}
	b.speech = make([]*speech, len(b.words.texts))
	for i, name := range b.words.texts {
		remote, tunnel := slices.Contains(remotes, name), slices.Contains(tunnels, name)
		p := b.fingerprints.Protocol(name)
		if p == nil && !remote && !tunnel {
			continue
		}
		s := &speech{remote: remote, tunnel: tunnel}
		if p != nil {
			s.control, s.plant, s.office = p.Control, p.Side == plant.SideOT, p.Office
			s.serves, s.asks = byRole(p.Serves), byRole(p.Asks)
		}
		b.speech[i] = s
	}
}

func byRole(roles map[plant.Role]float64) []likely {
	var all []likely
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		all = append(all, likely{role, roles[role]})
	}
	return all
}
