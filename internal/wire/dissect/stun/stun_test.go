package stun

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

const (
	request = "\x00\x01\x00\x0c\x21\x12\xa4\x42abcdefghijkl\x80\x22\x00\x05libjs\x00\x00\x00"
	success = "\x01\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl"
)

func TestBinding(t *testing.T) {
	for _, r := range []dissecttest.Result{
		dissecttest.UDP(protocols, 19302, c(request), s(success)),
		dissecttest.TCP(protocols, 3478, c(request[:11]), c(request[11:]), s(success)),
	} {
		if o := r.Operation("1"); o.Requests != 1 || o.Accepted != 1 {
			t.Errorf("%+v", o)
		}
		if got := r.Fact(dissecttest.Client, plant.FieldSoftware); got != "libjs" {
			t.Errorf("software %q", got)
		}
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"} {
		r := dissecttest.UDP(protocols, 3478, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
