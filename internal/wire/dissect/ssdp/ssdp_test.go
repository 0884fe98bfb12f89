package ssdp

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func TestDiscovery(t *testing.T) {
	r := dissecttest.UDP(protocols, 1900,
		dissecttest.C([]byte("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n")),
		dissecttest.S([]byte("HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nSERVER: ipos/7.0 UPnP/1.0 GW/1.0\r\n\r\n")),
		dissecttest.S([]byte("NOTIFY * HTTP/1.1\r\nNT: urn:schemas-upnp-org:device:Basic:1\r\nNTS: ssdp:alive\r\n\r\n")))
	if got := r.Fact(dissecttest.Server, plant.FieldSoftware); got != "ipos/7.0 UPnP/1.0 GW/1.0" {
		t.Errorf("software %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldService); got != "upnp:rootdevice" {
		t.Errorf("service %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldService); got != "" {
		t.Errorf("one who searches announces %q", got)
	}
	for _, code := range []string{"M-SEARCH", "response", "NOTIFY"} {
		if r.Operation(code).Requests != 1 {
			t.Errorf("%s: %+v", code, r.Operation(code))
		}
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "\x00\x01"} {
		if r := dissecttest.UDP(protocols, 1900, dissecttest.C([]byte(b))); len(r.Operations) != 0 {
			t.Errorf("%q: %+v", b, r.Operations)
		}
	}
}
