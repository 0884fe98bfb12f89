//go:build linux

// Package testbed builds what a test of the wall needs: three network
// namespaces, "office", "box" and "plant", with the box between the other two.
// The wall is put into the box; sockets and programs of either side run in the
// other two. Nothing of the machine's own network is touched, and everything
// goes when the test ends.
//
// It is for tests and measuring programs only.
package testbed

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"

	"github.com/vishvananda/netlink"
)

// Interfaces of the box, and the one that the others have.
const (
	OfficeIf = "office0" // of the box, to the office
	PlantIf  = "plant0"  // of the box, to the plant
	Uplink   = "up0"     // of the office and of the plant, to the box
)

// Addresses. A flat bed has one subnet of each family; the box stands in it as
// FlatBox where it needs an address. A routed bed has two.
var (
	FlatOffice  = []netip.Prefix{netip.MustParsePrefix("10.66.0.10/24"), netip.MustParsePrefix("fd66::10/64")}
	FlatPlant   = []netip.Prefix{netip.MustParsePrefix("10.66.0.20/24"), netip.MustParsePrefix("fd66::20/64")}
	FlatBox     = []netip.Prefix{netip.MustParsePrefix("10.66.0.1/24"), netip.MustParsePrefix("fd66::1/64")}
	RouteOffice = []netip.Prefix{netip.MustParsePrefix("10.66.1.10/24"), netip.MustParsePrefix("fd66:0:0:1::10/64")}
	RoutePlant  = []netip.Prefix{netip.MustParsePrefix("10.66.2.20/24"), netip.MustParsePrefix("fd66:0:0:2::20/64")}
	RouteBox    = []netip.Prefix{
		netip.MustParsePrefix("10.66.1.1/24"), netip.MustParsePrefix("fd66:0:0:1::1/64"),
		netip.MustParsePrefix("10.66.2.1/24"), netip.MustParsePrefix("fd66:0:0:2::1/64"),
	}
)

// Bed is the three namespaces.
type Bed struct{ Office, Box, Plant *Space }

var made atomic.Uint32

// New makes the namespaces and the cables, all interfaces up, without addresses.
// It skips the test where there are no rights or no namespaces.
func New(tb testing.TB) *Bed {
	tb.Helper()
	if os.Geteuid() != 0 {
		tb.Skip("needs root: network-namespaces")
	}
	b, err := Make()
	if err != nil {
		tb.Skipf("network-namespaces: %v", err)
	}
	tb.Cleanup(func() { _ = b.Close() })
	return b
}

// Make makes the namespaces and cables for a program that is no test, which has
// to call Close.
func Make() (*Bed, error) {
	n := made.Add(1)
	b := &Bed{}
	for _, x := range []struct {
		role string
		s    **Space
	}{{"office", &b.Office}, {"box", &b.Box}, {"plant", &b.Plant}} {
		s, err := NewSpace(fmt.Sprintf("bhk%d-%d-%s", os.Getpid(), n, x.role))
		if err != nil {
			return nil, errors.Join(err, b.Close())
		}
		*x.s = s
	}
	for _, x := range []struct {
		name string
		to   *Space
	}{{OfficeIf, b.Office}, {PlantIf, b.Plant}} {
		if err := b.cable(b.Box, x.name, x.to, Uplink); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

// Close takes the namespaces away.
func (b *Bed) Close() error {
	var errs []error
	for _, s := range []*Space{b.Office, b.Box, b.Plant} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// cable makes a pair of interfaces, an end in each namespace.
func (b *Bed) cable(x *Space, xn string, y *Space, yn string) error {
	err := x.Do(func() error {
		a := netlink.NewLinkAttrs()
		a.Name = xn
		v := &netlink.Veth{LinkAttrs: a, PeerName: yn, PeerNamespace: netlink.NsFd(y.fd)}
		return netlink.LinkAdd(v)
	})
	if err != nil {
		return fmt.Errorf("cable %s to %s: %w", xn, yn, err)
	}
	if err := x.Up(xn); err != nil {
		return err
	}
	return y.Up(yn)
}

// Flat puts office and plant into one subnet of each family, without a default
// route. With withBox the box has an address on the office's side.
func (b *Bed) Flat(tb testing.TB, withBox bool) {
	tb.Helper()
	if err := b.MakeFlat(withBox); err != nil {
		tb.Fatalf("test bed: %v", err)
	}
}

// MakeFlat is Flat for a program that is no test.
func (b *Bed) MakeFlat(withBox bool) error {
	if err := errors.Join(b.Office.Address(Uplink, FlatOffice...), b.Plant.Address(Uplink, FlatPlant...)); err != nil || !withBox {
		return err
	}
	return b.Box.Address(OfficeIf, FlatBox...)
}

// Routed puts office and plant into subnets of their own with the box as their
// router.
func (b *Bed) Routed(tb testing.TB) {
	tb.Helper()
	if err := b.MakeRouted(); err != nil {
		tb.Fatalf("test bed: %v", err)
	}
}

// MakeRouted is Routed for a program that is no test.
func (b *Bed) MakeRouted() error {
	err := errors.Join(b.Office.Address(Uplink, RouteOffice...), b.Plant.Address(Uplink, RoutePlant...),
		b.Box.Address(OfficeIf, RouteBox[:2]...), b.Box.Address(PlantIf, RouteBox[2:]...))
	if err != nil {
		return err
	}
	for i := range 2 {
		err = errors.Join(err, b.Office.Route(netip.Prefix{}, RouteBox[i].Addr(), Uplink), b.Plant.Route(netip.Prefix{}, RouteBox[2+i].Addr(), Uplink))
	}
	return err
}
