package dhcpv6

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func TestClientAndServer(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 547,
		dissecttest.C([]byte("\x01\x12\x34\x56\x00\x10\x00\x0e\x00\x00\x01\x37\x00\x08MSFT 5.0\x00\x27\x00\x08\x00\x05plc-7\x00")),
		dissecttest.S([]byte("\x02\x12\x34\x56")))
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "plc-7" {
		t.Errorf("name %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldOS); got != "Windows" {
		t.Errorf("system %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldService); got != "dhcpv6" {
		t.Errorf("service %q", got)
	}
	if r.Operation("1").Requests != 1 || r.Operation("2").Requests != 1 {
		t.Errorf("operations %+v", r.Operations)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 547, dissecttest.C([]byte("\xff\x00\x00\x00\x00")))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}
