package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Boundary says where the wall stands: what `bulkhead boundary` does on the box
// between office and plant, and where a hub on the same box finds it.
type Boundary struct {
	// Mode is how the box stands between the two sides: "router", "proxy-arp" or
	// "bridge".
	Mode string `yaml:"mode"`
	// Office and Plant are the interfaces of the two sides. A router may leave
	// them out: it judges whatever it forwards.
	Office string `yaml:"office"`
	Plant  string `yaml:"plant"`
	// Bridge is what the bridge is called, "bulkhead0" if empty.
	Bridge string `yaml:"bridge"`
	// Tracking is how a bridge knows answers: "native", "br_netfilter" or
	// "stateless"; empty is the best that the kernel has.
	Tracking string `yaml:"tracking"`
	// ForwardLLDP lets a bridge pass what switches tell each other of themselves.
	ForwardLLDP bool `yaml:"forward-lldp"`
	// Hosts are those of a proxy-arp box that are known beforehand.
	Hosts BoundaryHosts `yaml:"hosts"`
	// RelayPorts are local TCP ports of relays by protocol; empty is the usual
	// ones. Relays is "off" for none.
	RelayPorts map[string]uint16 `yaml:"relay-ports"`
	Relays     string            `yaml:"relays"`

	// Socket is where the process answers; those in Group may use it.
	Socket string `yaml:"socket"`
	Group  string `yaml:"group"`
	// Data is the folder where it keeps what is in force.
	Data string `yaml:"data"`
	// KeyFile holds the key that verifies what the hub has signed: the hub's
	// ledger/key.pub.
	KeyFile string `yaml:"key-file"`

	Canary Canary `yaml:"canary"`
	// ReadBack is the time between looks at what the kernel really has.
	ReadBack Duration `yaml:"read-back"`
	// OnDrift is what happens when that differs: "report", or "restore".
	OnDrift string `yaml:"on-drift"`

	Limits BoundaryLimits `yaml:"limits"`
}

// BoundaryHosts are addresses by the side on which they stand.
type BoundaryHosts struct {
	Office []netip.Addr `yaml:"office"`
	Plant  []netip.Addr `yaml:"plant"`
	// Learn are the subnets whose hosts are learnt from what they ask and answer.
	Learn []netip.Prefix `yaml:"learn"`
}

// Canary are two addresses that no machine has: one in an office zone, one in a
// plant zone. A probe goes from the one to the other.
type Canary struct {
	From  netip.Addr `yaml:"from"`
	To    netip.Addr `yaml:"to"`
	Port  uint16     `yaml:"port"`
	Every Duration   `yaml:"every"`
}

// BoundaryLimits bound what may be asked of the boundary.
type BoundaryLimits struct {
	Grant        Duration `yaml:"grant"`       // the longest
	Containment  Duration `yaml:"containment"` // the longest
	Trial        Duration `yaml:"trial"`       // the longest
	Grants       int      `yaml:"grants"`      // at a time
	Containments int      `yaml:"containments"`
	Reports      int      `yaml:"reports"` // kept for the hub
}

// Modes of a boundary.
const (
	BoundaryRouter   = "router"
	BoundaryProxyARP = "proxy-arp"
	BoundaryBridge   = "bridge"
)

// Defaults of a boundary.
const (
	DefaultBoundarySocket = "/run/bulkhead/boundary.sock"
	DefaultBoundaryGroup  = "bulkhead"
	DefaultBoundaryData   = "/var/lib/bulkhead-boundary"
	DefaultCanaryPort     = 9 // discard, RFC 863
)

// BoundarySocket is where a boundary on this machine answers.
func (c *Config) BoundarySocket() string {
	if c.Boundary == nil || c.Boundary.Socket == "" {
		return DefaultBoundarySocket
	}
	return c.Boundary.Socket
}

// Elsewhere reports whether the section only says where a boundary answers, which
// is all that a hub needs to know of one that has a configuration of its own.
func (b *Boundary) Elsewhere() bool {
	return b.Socket != "" && b.Mode == "" && b.Office == "" && b.Plant == "" && b.KeyFile == ""
}

func (c *Config) checkBoundary(bad func(string, ...any)) {
	b := c.Boundary
	if b == nil {
		return
	}
	if b.Elsewhere() && c.Has(RoleHub) {
		return // the hub only asks it
	}
	b.defaults()
	b.checkPlace(bad)
	b.checkCanary(bad)
	b.checkLimits(bad)
	if b.KeyFile == "" {
		bad("boundary: key-file: name the file with the hub's verifying key (its ledger/key.pub): nothing else says which revisions are approved")
	}
	if b.OnDrift != "report" && b.OnDrift != "restore" {
		bad("boundary: on-drift: takes \"report\" or \"restore\", not %q", b.OnDrift)
	}
	if b.Relays != "" && b.Relays != "off" {
		bad("boundary: relays: takes \"off\" or nothing, not %q", b.Relays)
	}
	ports := map[uint16]string{}
	for name, port := range b.RelayPorts {
		if port == 0 || ports[port] != "" {
			bad("boundary: relay-ports: %s: %d is no port, or another relay's", name, port)
		}
		ports[port] = name
	}
	if strings.ContainsAny(c.Site, "\r\n") {
		bad("site: a boundary's revisions are signed with it: it may have no line break")
	}
}

func (b *Boundary) defaults() {
	set := func(p *string, value string) {
		if *p == "" {
			*p = value
		}
	}
	set(&b.Socket, DefaultBoundarySocket)
	set(&b.Group, DefaultBoundaryGroup)
	set(&b.Data, DefaultBoundaryData)
	set(&b.OnDrift, "report")
	for p, value := range map[*Duration]Duration{
		&b.ReadBack: "1m", &b.Canary.Every: "24h",
		&b.Limits.Grant: "12h", &b.Limits.Containment: "168h", &b.Limits.Trial: "24h",
	} {
		if *p == "" {
			*p = value
		}
	}
	if b.Canary.Port == 0 {
		b.Canary.Port = DefaultCanaryPort
	}
	for p, value := range map[*int]int{&b.Limits.Grants: 256, &b.Limits.Containments: 64, &b.Limits.Reports: 10000} {
		if *p == 0 {
			*p = value
		}
	}
}

func (b *Boundary) checkPlace(bad func(string, ...any)) {
	modes := []string{BoundaryRouter, BoundaryProxyARP, BoundaryBridge}
	switch {
	case !slices.Contains(modes, b.Mode):
		bad("boundary: mode: %q is none; there are %s", b.Mode, strings.Join(modes, ", "))
	case b.Mode != BoundaryRouter && (b.Office == "" || b.Plant == ""):
		bad("boundary: a %s needs the two interfaces it stands between: office and plant", b.Mode)
	case b.Office != "" && b.Office == b.Plant:
		bad("boundary: office and plant are the same interface %q: nothing would pass the box", b.Office)
	}
	if b.Mode == BoundaryBridge && len(b.RelayPorts) > 0 {
		bad("boundary: relay-ports: a bridge has no relays; use proxy-arp where messages must be read")
	}
	if b.Mode != BoundaryProxyARP && len(b.Hosts.Office)+len(b.Hosts.Plant)+len(b.Hosts.Learn) > 0 {
		bad("boundary: hosts belong to mode %s", BoundaryProxyARP)
	}
	seen := map[netip.Addr]bool{}
	for _, a := range slices.Concat(b.Hosts.Office, b.Hosts.Plant) {
		if seen[a] {
			bad("boundary: hosts: %s is named twice; it stands on one side", a)
		}
		seen[a] = true
	}
}

func (b *Boundary) checkCanary(bad func(string, ...any)) {
	k := &b.Canary
	switch {
	case k.From.IsValid() != k.To.IsValid():
		bad("boundary: canary: needs from and to, two addresses that no machine has")
	case k.From.IsValid() && (k.From == k.To || k.From.Is4() != k.To.Is4()):
		bad("boundary: canary: from and to are two addresses of one family")
	}
	b.length(bad, "canary: every", k.Every, 10*time.Second, 30*24*time.Hour)
}

func (b *Boundary) checkLimits(bad func(string, ...any)) {
	l := &b.Limits
	b.length(bad, "read-back", b.ReadBack, time.Second, 24*time.Hour)
	b.length(bad, "limits: grant", l.Grant, time.Second, 30*24*time.Hour)
	b.length(bad, "limits: containment", l.Containment, time.Second, 365*24*time.Hour)
	b.length(bad, "limits: trial", l.Trial, time.Second, 7*24*time.Hour)
	for name, n := range map[string]int{"grants": l.Grants, "containments": l.Containments} {
		if n < 1 || n > 10000 {
			bad("boundary: limits: %s: from 1 to 10000", name)
		}
	}
	if l.Reports < 100 || l.Reports > 1_000_000 {
		bad("boundary: limits: reports: from 100 to 1000000")
	}
}

func (b *Boundary) length(bad func(string, ...any), what string, d Duration, least, most time.Duration) {
	t, err := d.Length()
	if err != nil {
		bad("boundary: %s: %w", what, err)
	} else if t < least || t > most {
		bad("boundary: %s: from %s to %s", what, least, most)
	}
}

// String says where it stands.
func (b *Boundary) String() string {
	if b.Office == "" {
		return b.Mode
	}
	return fmt.Sprintf("%s between %s and %s", b.Mode, b.Office, b.Plant)
}
