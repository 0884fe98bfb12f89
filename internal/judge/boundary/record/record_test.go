package record

import (
	"net/netip"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func TestWhatStaysOnItsSegment(t *testing.T) {
	at := func(s string) plant.Endpoint {
		if s == "" {
			return plant.Endpoint{MAC: plant.MAC{2}}
		}
		return plant.Endpoint{IP: netip.MustParseAddr(s)}
	}
	for _, c := range []struct {
		from, to string
		local    bool
	}{
		{"10.0.0.1", "10.0.0.2", false},
		{"10.0.0.1", "224.0.1.1", true},
		{"10.0.0.1", "255.255.255.255", true},
		{"169.254.3.1", "10.0.0.2", true},
		{"::ffff:224.0.0.1", "10.0.0.2", true},
		{"fe80::1", "fd00::2", true},
		{"fd00::1", "fd00::2", false},
		{"0.0.0.0", "10.0.0.2", true},
		{"", "", true},
	} {
		talk := Talk{From: at(c.from), To: at(c.to)}
		if talk.Local() != c.local {
			t.Errorf("%q → %q: local %v", c.from, c.to, talk.Local())
		}
	}
}

func TestProtocolOfTheIPHeader(t *testing.T) {
	six := plant.Endpoint{IP: netip.MustParseAddr("fd00::1")}
	for _, c := range []struct {
		talk  Talk
		proto uint8
	}{
		{Talk{Transport: plant.TCP, Protocol: "modbus"}, policy.TCP},
		{Talk{Transport: plant.UDP, Protocol: "dns"}, policy.UDP},
		{Talk{Transport: plant.OtherIP, Protocol: "icmp"}, policy.ICMP},
		{Talk{Transport: plant.OtherIP, Protocol: "icmp", To: six}, policy.ICMPv6},
		{Talk{Transport: plant.OtherIP, Protocol: "gre"}, 47},
		{Talk{Transport: plant.OtherIP, Protocol: "unknown"}, 0},
	} {
		if got := c.talk.Proto(); got != c.proto {
			t.Errorf("%s over %s: %d, not %d", c.talk.Protocol, c.talk.Transport, got, c.proto)
		}
	}
}
