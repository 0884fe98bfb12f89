package lab

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab/sim"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// world is the plant while it runs.
type world struct {
	time     time.Duration
	start    time.Time
	networks map[string]*network
	hosts    map[string]*host
	known    map[[2]string]time.Duration // until when a host knows another's MAC
}

// host is a machine while it runs.
type host struct {
	machine
	*wire.Host
	net *network // nil for one behind a router
}

var stacks = map[string]wire.Stack{
	"windows": wire.Windows, "linux": wire.Linux, "embedded": wire.Embedded, "siemens": wire.Siemens, "vxworks": wire.VxWorks, "network": wire.Network,
}

// distant is how long an answer from beyond a router takes.
const distant = 18 * time.Millisecond

func newWorld(p *plan, o Options) (*world, error) {
	w := &world{time: o.Time, start: o.Start, networks: map[string]*network{}, hosts: map[string]*host{}, known: map[[2]string]time.Duration{}}
	for i := range p.Networks {
		w.networks[p.Networks[i].Name] = &p.Networks[i]
	}
	for i := range p.Hosts {
		if err := w.addHost(&p.Hosts[i], o.Seed); err != nil {
			return nil, err
		}
	}
	return w, w.check(p)
}

func (w *world) addHost(m *machine, seed uint64) error {
	s, ok := stacks[m.Stack]
	if !ok {
		return fmt.Errorf("host %s: there is no stack %q", m.Name, m.Stack)
	}
	if m.Hops > 0 {
		s.React += distant
	}
	h := fnv.New64a()
	fmt.Fprint(h, seed, m.Name)
	w.hosts[m.Name] = &host{machine: *m, Host: wire.NewHost(m.IP, s, uint16(h.Sum64())), net: w.networks[m.Net]}
	return nil
}

// check finds what the data refer to and do not have.
func (w *world) check(p *plan) error {
	for _, h := range w.hosts {
		switch {
		case h.net == nil && w.hosts[h.Via] == nil:
			return fmt.Errorf("host %s stands in no network and behind no router", h.Name)
		case h.net != nil && !h.net.Subnet.Contains(h.machine.IP):
			return fmt.Errorf("host %s: %v is not in network %s", h.Name, h.machine.IP, h.Net)
		}
	}
	for i := range p.Talks {
		t := &p.Talks[i]
		if deeds[t.Do] == nil {
			return fmt.Errorf("talk %d: nobody can %q", i, t.Do)
		}
		for _, name := range append(append([]string{}, t.From...), t.To...) {
			if w.hosts[name] == nil {
				return fmt.Errorf("talk %d (%s): there is no host %s", i, t.Do, name)
			}
		}
	}
	return nil
}

// settling is how long it takes until all that is always going on goes on.
const settling = 4 * time.Second

// schedule starts an activity for each pair that a talk names.
func (w *world) schedule(s *sim.Sim, talks []talk) {
	for i := range talks {
		t := &talks[i]
		for _, from := range t.From {
			if len(t.To) == 0 {
				w.launch(s, i, t, w.hosts[from], nil)
			}
			for _, to := range t.To {
				w.launch(s, i, t, w.hosts[from], w.hosts[to])
			}
		}
	}
}

func (w *world) launch(s *sim.Sim, number int, t *talk, from, to *host) {
	name := fmt.Sprint(t.Do, number, from.Name)
	if to != nil {
		name += to.Name
	}
	s.Go(name, time.Duration(t.At*float64(w.time)), func(p *sim.Proc) {
		p.Wait(time.Duration(p.Rand.Float64() * float64(settling)))
		deeds[t.Do](&scene{Proc: p, world: w, talk: t, from: from, to: to})
	})
}

// mac is the hardware address of a host, or of the router it stands behind.
func (w *world) mac(h *host) plant.MAC {
	if h.net == nil {
		return w.mac(w.hosts[h.Via])
	}
	return plant.MAC(h.machine.MAC)
}

// end is how packets from one host to another look where they are captured: on
// the sender's link, or where they leave the router it stands behind.
func (w *world) end(from, to *host) wire.End {
	n := w.link(from)
	e := wire.End{Host: from.Host, Hops: from.Hops, Link: wire.Link{Src: w.mac(from), VLAN: n.VLAN}}
	if w.link(to) == n {
		e.Dst = w.mac(to)
	} else {
		e.Dst = w.mac(w.hosts[n.Gateway])
	}
	return e
}

// link is the network on which a host's packets are seen.
func (w *world) link(h *host) *network {
	if h.net == nil {
		return w.link(w.hosts[h.Via])
	}
	return h.net
}

// title is a host's name as Windows and NetBIOS write it.
func title(h *host) string { return strings.ToUpper(h.Name) }

// at is the host with an address, or nil.
func (w *world) at(ip netip.Addr) *host {
	for _, h := range w.hosts {
		if h.IP() == ip {
			return h
		}
	}
	return nil
}

// address is what a name in DNS stands for, nil if for nothing.
func (w *world) address(name string) []byte {
	for _, h := range w.hosts {
		if h.Name == name || h.Name+"."+h.dns() == name {
			return h.IP().AsSlice()
		}
	}
	return nil
}

func addr(a [4]byte) netip.Addr { return netip.AddrFrom4(a) }
