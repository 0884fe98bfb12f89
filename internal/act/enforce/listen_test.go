//go:build linux

package enforce

import (
	"context"
	"net/netip"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// TestListenLearnsHosts begins with a machine that knows nobody: hosts become
// known by what they ask and answer, and then reach each other. The plant asks
// nobody.
func TestListenLearnsHosts(t *testing.T) {
	cfg := Config{
		Mode: ProxyARP, Office: testbed.OfficeIf, Plant: testbed.PlantIf,
		Learn: []netip.Prefix{netip.MustParsePrefix("10.66.0.0/24"), netip.MustParsePrefix("fd66::/64")},
	}
	caps := capsFor(t, cfg)
	b := testbed.New(t)
	b.Flat(t, true)
	cfg.Namespace = b.Box.Path
	top, err := Setup(cfg, caps)
	if err != nil {
		t.Fatal(err)
	}
	defer top.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	heard := make(chan Host, 16)
	go func() { done <- top.Listen(ctx, func(h Host) { heard <- h }) }()
	all := map[netip.Addr]Side{
		testbed.FlatOffice[0].Addr(): Office, testbed.FlatOffice[1].Addr(): Office,
		testbed.FlatPlant[0].Addr(): Plant, testbed.FlatPlant[1].Addr(): Plant,
	}
	for i := range 2 {
		stop, err := b.Plant.Echo(at(testbed.FlatPlant[i], 502))
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	for i := range 2 {
		// The first question may come before anybody listens.
		for !top.knows(testbed.FlatPlant[i].Addr()) || !top.knows(testbed.FlatOffice[i].Addr()) {
			if c, err := b.Office.Dial("tcp", at(testbed.FlatPlant[i], 502), patience); err == nil {
				_ = c.Close()
			}
			if t.Failed() || len(done) > 0 {
				t.Fatal("nobody listens")
			}
		}
	}
	for a, side := range top.Hosts() {
		if all[a] != side {
			t.Errorf("%v is on side %s", a, side)
		}
	}
	for i := range 2 {
		c, err := b.Office.Dial("tcp", at(testbed.FlatPlant[i], 502), patience)
		if err != nil {
			t.Fatal(err)
		}
		if err := testbed.Ping(c, []byte("hello"), patience); err != nil {
			t.Error(err)
		}
		_ = c.Close()
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(heard) != len(all) {
		t.Errorf("told of %d hosts", len(heard))
	}
}

func TestQuestion(t *testing.T) {
	mac := []byte{2, 0, 0, 0, 0, 1}
	for _, x := range [][2]string{{"10.66.0.10", "10.66.0.20"}, {"fd66::10", "fd66::1:2:3"}} {
		a, b := netip.MustParseAddr(x[0]), netip.MustParseAddr(x[1])
		f := ask(mac, a, b)
		if sender, target := question(f); sender != a || target != b {
			t.Errorf("%v asks for %v, wanted %v and %v", sender, target, a, b)
		}
		for i := range f { // no prefix of a frame is read beyond its end
			if sender, _ := question(f[:i]); sender.IsValid() && sender != a {
				t.Errorf("%d bytes of %v have the sender %v", i, x, sender)
			}
		}
	}
	probe := ask(mac, netip.IPv4Unspecified(), netip.MustParseAddr("10.66.0.20"))
	if sender, _ := question(probe); sender.IsValid() {
		t.Errorf("who looks for an address has one: %v", sender)
	}
}

func FuzzReadPacket(f *testing.F) {
	f.Add([]byte("\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x00\x50\x01\xf6"))
	f.Add([]byte("\x60\x00\x00\x00\x00\x08\x00\x40AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB\x11\x00\x00\x00\x00\x00\x00\x00\x00\x50\x00\xa1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, ok := readPacket(b)
		if ok && (!p.Src.IsValid() || p.Src.Is4() != p.Dst.Is4()) {
			t.Errorf("%x: %+v", b, p)
		}
		if p.Proto != policy.TCP && p.Proto != policy.UDP && p.SrcPort+p.DstPort != 0 {
			t.Errorf("%x: ports of protocol %d", b, p.Proto)
		}
	})
}
