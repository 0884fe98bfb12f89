package pop3

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

func TestSession(t *testing.T) {
	r := dissecttest.TCP(protocols, 110,
		s("+OK POP3 server ready\r\n"), c("USER bob\r\n"), s("+OK\r\n"), c("PASS s3cret\r\n"), s("-ERR no\r\n"))
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "pop3 user bob" {
		t.Errorf("login %q", got)
	}
	if o := r.Operation("PASS"); o.Refused != 1 || o.Verb.Kind != plant.Auth {
		t.Errorf("%+v", o)
	}
}

func TestMailIsPassedOver(t *testing.T) {
	r := dissecttest.TCP(protocols, 110,
		s("+OK\r\n"), c("RETR 1\r\n"), s("+OK\r\nSubject: x\r\n\r\nLIST of things\r\n.\r\n"), c("STLS\r\n"), s("+OK\r\n"), c("\x17\x03\x03\x00\x01a"))
	if r.Operation("RETR").Accepted != 1 || r.Operation("STLS").Accepted != 1 || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"} {
		r := dissecttest.TCP(protocols, 110, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
