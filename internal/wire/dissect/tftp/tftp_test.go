package tftp

import (
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

func TestRequests(t *testing.T) {
	r := dissecttest.UDP(protocols, 69, c("\x00\x01list.txt\x00octet\x00"), c("\x00\x02switch_v3.IMG\x00octet\x00blksize\x001428\x00"))
	if o := r.Operation("1"); o.Object != "file list.txt" || o.Verb.Kind != plant.Read {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("2"); o.Object != "file switch_v3.IMG" || o.Verb.Kind != plant.Firmware || o.Verb.Technique != "T0857" {
		t.Errorf("%+v", o)
	}
}

func TestTransferOnNewPorts(t *testing.T) {
	r := dissecttest.UDP(protocols, 41000, c("\x00\x03\x00\x01"+strings.Repeat("x", 512)), s("\x00\x04\x00\x01"))
	if got := r.Conversations[0]; got.Protocol != "tftp" || r.Operation("3").Requests != 1 || r.Operation("4").Requests != 1 {
		t.Errorf("%+v, %+v", got, r.Operations)
	}
	if r := dissecttest.UDP(protocols, 41000, c("\x00\x04\x00\x01")); r.Conversations[0].Protocol == "tftp" {
		t.Error("four bytes on any port are not TFTP")
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01", "\x00\x09xx"} {
		r := dissecttest.UDP(protocols, 69, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
