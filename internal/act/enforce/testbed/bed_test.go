//go:build linux

package testbed

import (
	"net/netip"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func TestRoutedBedForwards(t *testing.T) {
	b := New(t)
	b.Routed(t)
	for _, n := range []string{"net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"} {
		if err := b.Box.Sysctl(n, "1"); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range RoutePlant {
		addr := netip.AddrPortFrom(p.Addr(), 502).String()
		stop, err := b.Plant.Echo(addr)
		if err != nil {
			t.Fatal(err)
		}
		c, err := b.Office.Dial("tcp", addr, 2*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if err := Ping(c, []byte("hello"), 2*time.Second); err != nil {
			t.Error(err)
		}
		_ = c.Close()
		stop()
	}
	if err := b.JudgeReady(); err != nil {
		t.Fatal(err)
	}
	var list []policy.Packet
	for _, proto := range []uint8{policy.TCP, policy.UDP, policy.ICMP, 47} {
		list = append(list, policy.Packet{Src: netip.MustParseAddr("192.0.2.9"), Dst: netip.MustParseAddr("10.9.9.9"), Proto: proto, DstPort: 502})
	}
	list = append(list, policy.Packet{Src: netip.MustParseAddr("2001:db8::9"), Dst: netip.MustParseAddr("fd99::9"), Proto: policy.ICMPv6})
	list = append(list, policy.Packet{Src: netip.MustParseAddr("2001:db8::9"), Dst: netip.MustParseAddr("fd99::9"), Proto: policy.UDP, SrcPort: 5, DstPort: 6})
	got, err := b.Judge(list)
	if err != nil {
		t.Fatal(err)
	}
	for i, ok := range got {
		if !ok {
			t.Errorf("%v did not arrive though nothing stops it", list[i])
		}
	}
}
