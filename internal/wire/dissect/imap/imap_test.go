package imap

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

func TestSession(t *testing.T) {
	r := dissecttest.TCP(protocols, 143,
		s("* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n"), c("a1 LOGIN \"bob\" s3cret\r\n"), s("a1 OK done\r\n"),
		c("a2 SELECT INBOX\r\n"), s("* 3 EXISTS\r\na2 NO none\r\n"), c("a3 STARTTLS\r\n"), s("a3 OK go\r\n"), c("\x17\x03\x03\x00\x01a"))
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "imap user bob" {
		t.Errorf("login %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldSoftware); got != "Dovecot ready." {
		t.Errorf("software %q", got)
	}
	for _, f := range r.Sightings {
		if strings.Contains(f.Value, "s3cret") {
			t.Errorf("the password was kept: %q", f.Value)
		}
	}
	if r.Operation("LOGIN").Accepted != 1 || r.Operation("command").Refused != 1 || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"} {
		r := dissecttest.TCP(protocols, 143, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
