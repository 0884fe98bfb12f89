package lab

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab/sim"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// world is the plant while it runs.
type world struct {
	start    time.Time
	time     time.Duration // how long it runs
	live     time.Duration // from when on cycles have their true length
	thin     time.Duration // how many times longer they are before
	stage    time.Duration // when the scenario begins
	length   time.Duration // and how long it is
	networks map[string]*network
	hosts    map[string]*host
	ordered  []*host // as in the data
	hours    map[string]hours
	routes   map[[2]*host]*wire.Route
	known    map[knowledge]time.Duration // until when a host knows another's MAC
}

// knowledge is what ARP tells: the MAC of an address in a host's network.
type knowledge struct {
	host *host
	ip   netip.Addr
}

// host is a machine while it runs.
type host struct {
	machine
	*wire.Host
	net      *network      // nil for one behind a router
	router   *host         // that one
	gateway  *host         // where what leaves its link goes
	lateness time.Duration // with which its user comes to work
}

var stacks = map[string]wire.Stack{
	"windows": wire.Windows, "linux": wire.Linux, "embedded": wire.Embedded, "siemens": wire.Siemens, "vxworks": wire.VxWorks, "network": wire.Network,
}

// distant is how long an answer from beyond a router takes, and tardy the most
// that people come late to work.
const (
	distant = 18 * time.Millisecond
	tardy   = 25 * time.Minute
)

func newWorld(p *plan, o *Options) (*world, error) {
	w := &world{
		networks: map[string]*network{}, hosts: map[string]*host{}, hours: map[string]hours{},
		routes: map[[2]*host]*wire.Route{}, known: map[knowledge]time.Duration{},
	}
	if err := w.setTime(p, o); err != nil {
		return nil, err
	}
	for i := range p.Networks {
		w.networks[p.Networks[i].Name] = &p.Networks[i]
	}
	for i := range p.Hosts {
		if err := w.addHost(&p.Hosts[i], o.Seed); err != nil {
			return nil, err
		}
	}
	for name, texts := range p.Hours {
		h, err := parseHours(texts)
		if err != nil || len(h) == 0 {
			return nil, fmt.Errorf("hours %s: %w", name, err)
		}
		w.hours[name] = h
	}
	return w, w.check(p)
}

// setTime works out when what happens.
func (w *world) setTime(p *plan, o *Options) error {
	w.start, w.time, w.length = o.Start, o.Time, p.Scenario.Time
	if w.start.IsZero() {
		w.start = p.Scenario.Start
	}
	w.start = w.start.UTC()
	if w.time == 0 {
		w.time = p.Scenario.Time
	}
	if w.time < MinTime {
		return ErrTime
	}
	w.live, w.thin = Endless, max(1, time.Duration(o.Thin))
	switch {
	case !o.Stage.IsZero():
		w.stage = o.Stage.Sub(w.start)
	case !o.Live.IsZero():
		w.stage = o.Live.Sub(w.start)
	case o.Time != Endless && o.Time != 0:
		w.length = o.Time
	}
	if !o.Live.IsZero() {
		w.live = o.Live.Sub(w.start)
	}
	return nil
}

func (w *world) addHost(m *machine, seed uint64) error {
	s, ok := stacks[m.Stack]
	if !ok {
		return fmt.Errorf("host %s: there is no stack %q", m.Name, m.Stack)
	}
	if m.Hops > 0 {
		s.React += distant
	}
	if w.hosts[m.Name] != nil {
		return fmt.Errorf("there are two hosts %s", m.Name)
	}
	h := fnv.New64a()
	fmt.Fprint(h, seed, m.Name)
	v := h.Sum64()
	x := &host{machine: *m, Host: wire.NewHost(m.IP, s, uint16(v)), net: w.networks[m.Net]}
	x.lateness = time.Duration(v>>16) % tardy
	w.hosts[m.Name] = x
	w.ordered = append(w.ordered, x)
	return nil
}

// check finds what the data refer to and do not have.
func (w *world) check(p *plan) error {
	for _, h := range w.ordered {
		switch h.router = w.hosts[h.Via]; {
		case h.net == nil && h.router == nil:
			return fmt.Errorf("host %s stands in no network and behind no router", h.Name)
		case h.net != nil && !h.net.Subnet.Contains(h.machine.IP):
			return fmt.Errorf("host %s: %v is not in network %s", h.Name, h.machine.IP, h.Net)
		}
	}
	for _, h := range w.ordered {
		if h.gateway = w.hosts[w.link(h).Gateway]; h.gateway == nil {
			return fmt.Errorf("network %s: there is no gateway %s", w.link(h).Name, w.link(h).Gateway)
		}
	}
	for i := range p.Talks {
		if err := w.checkTalk(&p.Talks[i]); err != nil {
			return fmt.Errorf("talk %d: %w", i, err)
		}
	}
	return nil
}

func (w *world) checkTalk(t *talk) error {
	if deeds[t.Do] == nil {
		return fmt.Errorf("nobody can %q", t.Do)
	}
	for _, name := range slices.Concat(t.From, t.To) {
		if w.hosts[name] == nil {
			return fmt.Errorf("%s: there is no host %s", t.Do, name)
		}
	}
	if t.When != "" && w.hours[t.When] == nil {
		return fmt.Errorf("%s: there are no hours %q", t.Do, t.When)
	}
	return nil
}

// schedule starts an activity for each pair that a talk names.
func (w *world) schedule(s *sim.Sim, talks []talk) {
	for i := range talks {
		t := &talks[i]
		for _, from := range t.From {
			if len(t.To) == 0 {
				w.launch(s, t, w.hosts[from], nil)
			}
			for _, to := range t.To {
				w.launch(s, t, w.hosts[from], w.hosts[to])
			}
		}
	}
}

// launch starts one. Its name, and so its chance, depends on what the talk says
// and not on where in the data it stands.
func (w *world) launch(s *sim.Sim, t *talk, from, to *host) {
	name := fmt.Sprint(t.Do, t.Text, t.Names, t.Block, t.Start, t.Port, t.At, t.After, from.Name)
	if to != nil {
		name += to.Name
	}
	s.Go(name, 0, func(p *sim.Proc) { (&scene{Proc: p, world: w, talk: t, from: from, to: to}).live() })
}

// mac is the hardware address of a host, or of the router it stands behind.
func (w *world) mac(h *host) plant.MAC {
	if h.net == nil {
		return w.mac(h.router)
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
		e.Dst = w.mac(from.gateway)
	}
	return e
}

// route is the way of packets from one host to another.
func (w *world) route(from, to *host) *wire.Route {
	key := [2]*host{from, to}
	r := w.routes[key]
	if r == nil {
		r = w.end(from, to).Route(to.IP())
		w.routes[key] = r
	}
	return r
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

// address is what a name in DNS stands for, nil if for nothing.
func (w *world) address(name string) []byte {
	for _, h := range w.ordered {
		if h.Name == name || strings.HasPrefix(name, h.Name) && h.Name+"."+h.dns() == name {
			return h.IP().AsSlice()
		}
	}
	return nil
}

func addr(a [4]byte) netip.Addr { return netip.AddrFrom4(a) }
