package dhcp

import (
	"net/netip"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

// message is a message with those options about the client with that last byte
// in its hardware address.
func message(op, mac byte, your [4]byte, options string) []byte {
	b := make([]byte, 236)
	b[0], b[1], b[2] = op, 1, 6
	copy(b[16:], your[:])
	copy(b[28:], []byte{2, 0, 0, 0, 0, mac})
	return append(append(b, 0x63, 0x82, 0x53, 0x63), options+"\xff"...)
}

func TestLease(t *testing.T) {
	r := dissecttest.UDP(protocols, 67,
		dissecttest.C(message(1, 1, [4]byte{}, "\x35\x01\x01\x0c\x05plc-7\x3c\x08MSFT 5.0\x37\x03\x01\x03\x06\x51\x0e\x00\x00\x00plc-7.plant")),
		dissecttest.S(message(2, 1, [4]byte{10, 0, 0, 1}, "\x35\x01\x05\x01\x04\xff\xff\xff\x00\x03\x04\x0a\x00\x00\xfe\x0c\x05plc-7")))
	for _, c := range []struct {
		who   plant.Endpoint
		field plant.Field
		want  string
	}{
		{dissecttest.Client, plant.FieldName, "plc-7"},
		{dissecttest.Client, plant.FieldOS, "Windows"},
		{dissecttest.Client, plant.FieldFingerprint, "dhcp60=MSFT 5.0"},
		{plant.Endpoint{MAC: dissecttest.Client.MAC}, plant.FieldAddress, "10.0.0.1"},
		{plant.Endpoint{MAC: dissecttest.Client.MAC}, plant.FieldGateway, "10.0.0.254"},
		{plant.Endpoint{MAC: dissecttest.Client.MAC}, plant.FieldNetmask, "255.255.255.0"},
		{dissecttest.Server, plant.FieldService, "dhcp"},
		{dissecttest.Server, plant.FieldResolves, "plc-7=10.0.0.1"},
	} {
		if got := r.Fact(c.who, c.field); got != c.want {
			t.Errorf("%s of %s = %q, want %q", c.field, c.who.Addr(), got, c.want)
		}
	}
	if c := r.Conversations[0]; c.Protocol != "dhcp" || !c.Confirmed || c.Server.Addr() != dissecttest.Server.Addr() {
		t.Errorf("conversation %+v", c)
	}
	if r.Operation("1").Requests != 1 || r.Operation("5").Requests != 1 {
		t.Errorf("operations %+v", r.Operations)
	}
}

func TestRelayedClientIsFoundByItsHardwareAddress(t *testing.T) {
	b := message(1, 9, [4]byte{}, "\x35\x01\x01\x0c\x05cell4")
	b[24], b[27] = 10, 254 // the relay's address
	r := dissecttest.UDP(protocols, 67, dissecttest.C(b))
	if got := r.Fact(plant.Endpoint{MAC: plant.MAC{2, 0, 0, 0, 0, 9}}, plant.FieldName); got != "cell4" {
		t.Errorf("name %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "" {
		t.Errorf("the relay is called %q", got)
	}
}

func TestAnOfferIsNoLease(t *testing.T) {
	r := dissecttest.UDP(protocols, 67, dissecttest.S(message(2, 1, [4]byte{10, 0, 0, 77}, "\x35\x01\x02")))
	if got := r.Fact(plant.Endpoint{MAC: dissecttest.Client.MAC}, plant.FieldAddress); got != "" {
		t.Errorf("address %q", got)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.UDP(protocols, 67, dissecttest.C(make([]byte, 300)))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}

func TestCapture(t *testing.T) {
	r := corpustest.Run(t, "plant/cl5000-ip-address-change.pcap", Protocol())
	for _, f := range []struct {
		ip    string
		field plant.Field
		want  string
	}{
		{"192.168.10.105", plant.FieldService, "dhcp"},
	} {
		if got := r.Fact(plant.Endpoint{IP: netip.MustParseAddr(f.ip)}, f.field); got != f.want {
			t.Errorf("%s of %s = %q, want %q", f.field, f.ip, got, f.want)
		}
	}
}
