//go:build linux

package enforce

// Topology is what Setup changed on the machine so that packets take their way
// through the wall.
type Topology struct {
	// Changed says in words what was changed.
	Changed []string
}

// Setup makes the machine what cfg.Mode says: forwarding switched on, proxies
// and routes, a bridge, routing for relays. Set up the wall (Open) first: from
// here on packets pass. What it finds as it should be it leaves.
func Setup(cfg Config, caps Caps) (*Topology, error) { return nil, errNotYet }

// Learn tells a ProxyARP machine of further hosts; a host whose side is "" is
// looked for among the machine's neighbours.
func (t *Topology) Learn(hosts []Host) error { return errNotYet }

// Close puts everything back as Setup found it.
func (t *Topology) Close() error { return errNotYet }
