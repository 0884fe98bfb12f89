package smtp

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
	r := dissecttest.TCP(protocols, 25,
		s("220 mail.plant.example ESMTP Postfix\r\n"), c("EHLO scada-1\r\n"), s("250-mail.plant.example\r\n250 AUTH LOGIN\r\n"),
		c("AUTH LOGIN\r\n"), s("334 VXNlcm5hbWU6\r\n"), c("Ym9i\r\n"), s("334 UGFzc3dvcmQ6\r\n"), c("c2VjcmV0\r\n"), s("235 OK\r\n"),
		c("MAIL FROM:<a@b>\r\n"), s("250 OK\r\n"), c("DATA\r\n"), s("354 Go\r\n"),
		c("Subject: x\r\n\r\n250 is not a reply\r\nQUIT\r\n.\r\n"), s("250 Queued\r\n"), c("QUIT\r\n"), s("221 Bye\r\n"))
	for _, f := range []struct {
		who   plant.Endpoint
		field plant.Field
		want  string
	}{
		{dissecttest.Server, plant.FieldName, "mail.plant.example"},
		{dissecttest.Server, plant.FieldCleartextLogin, "smtp login"},
		{dissecttest.Client, plant.FieldName, "scada-1"},
	} {
		if got := r.Fact(f.who, f.field); got != f.want {
			t.Errorf("%s = %q, want %q", f.field, got, f.want)
		}
	}
	for code, want := range map[string]uint64{"EHLO": 1, "AUTH": 1, "MAIL": 1, "DATA": 1, "message": 1, "QUIT": 1, "other": 0} {
		if o := r.Operation(code); o.Requests != want {
			t.Errorf("%s: %+v", code, o)
		}
	}
}

func TestChangeToTLS(t *testing.T) {
	r := dissecttest.TCP(protocols, 25, s("220 x ESMTP\r\n"), c("STARTTLS\r\n"), s("220 Go\r\n"), c("\x17\x03\x03\x00\x05abcde"))
	if len(r.Anomalies) != 0 || r.Operation("STARTTLS").Accepted != 1 {
		t.Errorf("%+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"} {
		r := dissecttest.TCP(protocols, 25, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
