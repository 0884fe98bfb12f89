//go:build linux

package enforce

import (
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var probed = sync.OnceValues(Probe)

// capsFor skips the test where the kernel lacks what a configuration needs.
func capsFor(t testing.TB, cfg Config) Caps {
	t.Helper()
	c, err := probed()
	if err != nil {
		t.Skip(err)
	}
	full, err := cfg.filled()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.check(full); err != nil {
		t.Skip(err)
	}
	return c
}

// ways are the topologies, by name.
var ways = map[string]Config{
	"router":              {Mode: Router},
	"proxy-arp":           {Mode: ProxyARP},
	"bridge native":       {Mode: Bridge, Tracking: Native},
	"bridge br_netfilter": {Mode: Bridge, Tracking: BrNetfilter},
	"bridge stateless":    {Mode: Bridge, Tracking: Stateless},
}

// stand is a bed with a wall in its box.
type stand struct {
	*testbed.Bed
	wall   *Wall
	top    *Topology
	caps   Caps
	cfg    Config
	office []netip.Prefix // addresses, of IPv4 and IPv6
	plant  []netip.Prefix
	quiet  bool // nobody is told that he was refused
}

// build sets up a topology with a wall that lets everything through.
func newStand(t testing.TB, cfg Config) *stand {
	t.Helper()
	cfg.Office, cfg.Plant = testbed.OfficeIf, testbed.PlantIf
	s := &stand{caps: capsFor(t, cfg), Bed: testbed.New(t)}
	cfg.Namespace = s.Box.Path
	if cfg.Mode == Router {
		s.Routed(t)
		s.office, s.plant = testbed.RouteOffice, testbed.RoutePlant
	} else {
		s.Flat(t, cfg.Mode == ProxyARP)
		s.office, s.plant = testbed.FlatOffice, testbed.FlatPlant
	}
	if cfg.Mode == ProxyARP {
		for i := range 2 {
			cfg.Hosts = append(cfg.Hosts, Host{s.office[i].Addr(), Office}, Host{s.plant[i].Addr(), Plant})
		}
	}
	s.cfg = cfg
	s.wall = s.open(t)
	top, err := Setup(cfg, s.caps)
	if err != nil {
		t.Fatal(err)
	}
	s.top = top
	t.Cleanup(func() { _ = top.Close() })
	return s
}

func (s *stand) open(t testing.TB) *Wall {
	t.Helper()
	w, err := Open(s.cfg, s.caps)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func host(p netip.Prefix) netip.Prefix { return netip.PrefixFrom(p.Addr(), p.Addr().BitLen()) }

// policy lets the office reach Modbus of the plant and nothing else.
func (s *stand) policy() *policy.Policy {
	p := &policy.Policy{
		Site: "test", Rest: model.StageEnforce,
		Zones: []policy.Zone{
			{},
			{ID: "office", Name: "Office", Kind: model.ZoneEnterprise, Ranges: []netip.Prefix{host(s.office[0]), host(s.office[1])}},
			{ID: "cell", Name: "Filling", Kind: model.ZoneCell, Ranges: []netip.Prefix{host(s.plant[0]), host(s.plant[1])}},
		},
		Conduits: []policy.Conduit{{ID: "read", From: 1, To: 2, Matches: []policy.Match{
			{Proto: policy.TCP, First: 502, Last: 502}, {Proto: policy.UDP, First: 161, Last: 162},
		}}},
		Ethernet: []uint16{0x8892},
	}
	p.Normalize()
	return p
}

func (s *stand) apply(t testing.TB, p *policy.Policy) Applied {
	t.Helper()
	a, err := s.wall.Apply(p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func at(p netip.Prefix, port uint16) string { return netip.AddrPortFrom(p.Addr(), port).String() }

// short is how long a test waits for what must not come; patience for what must.
const (
	shortly  = 150 * time.Millisecond
	patience = 5 * time.Second
)

func TestVerdicts(t *testing.T) {
	for name, cfg := range ways {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			s := newStand(t, cfg)
			for i := range 2 {
				for _, port := range []uint16{502, 503} {
					stop, err := s.Plant.Echo(at(s.plant[i], port))
					if err != nil {
						t.Fatal(err)
					}
					defer stop()
				}
				for _, port := range []uint16{161, 163} {
					stop, err := s.Plant.EchoUDP(at(s.plant[i], port))
					if err != nil {
						t.Fatal(err)
					}
					defer stop()
				}
				stop, err := s.Office.Echo(at(s.office[i], 80))
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
			}
			for i := range 2 {
				s.reach(t, s.Office, "tcp", at(s.plant[i], 503), true)
			}
			s.apply(t, s.policy())
			for i := range 2 {
				s.reach(t, s.Office, "tcp", at(s.plant[i], 502), true)
				s.reach(t, s.Office, "tcp", at(s.plant[i], 503), false)
				s.reach(t, s.Office, "udp", at(s.plant[i], 161), true)
				s.reach(t, s.Office, "udp", at(s.plant[i], 163), false)
				s.reach(t, s.Plant, "tcp", at(s.office[i], 80), false)
			}
			r, err := s.wall.Read()
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Drift) > 0 || r.Hash != s.policy().Hash() {
				t.Errorf("read back with hash %s, applied %s, drift %v", r.Hash, s.policy().Hash(), r.Drift)
			}
		})
	}
}

// reach checks whether somebody answers, and that a refusal is told to the
// office and kept from the plant where the kernel can tell.
func (s *stand) reach(t *testing.T, from *testbed.Space, network, addr string, want bool) {
	t.Helper()
	wait := patience
	if !want {
		wait = shortly
	}
	began := time.Now()
	c, err := from.Dial(network, addr, wait)
	if err == nil {
		defer c.Close()
		err = testbed.Ping(c, []byte("hello"), wait)
	}
	if (err == nil) != want {
		t.Errorf("%s %s from %s: %v, wanted to reach it: %t", network, addr, from.Name, err, want)
	}
	if !want && network == "tcp" && err != nil && s.cfg.Mode != Bridge && !s.quiet {
		refused := errors.Is(err, unix.ECONNREFUSED)
		if office := from == s.Office; refused != office {
			t.Errorf("%s from %s: told so: %t (%v after %v)", addr, from.Name, refused, err, time.Since(began))
		}
	}
}
