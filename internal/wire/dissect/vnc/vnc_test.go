package vnc

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

const screen = "\x04\x00\x03\x00\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00\x00\x00\x00\x07panel-7"

func TestHandshakes(t *testing.T) {
	challenge := string(make([]byte, 16))
	for _, f := range []struct {
		name     string
		messages []dissecttest.Message
		security string
		desktop  string
		accepted uint64
		refused  uint64
	}{
		{"3.8 without a password", []dissecttest.Message{
			s("RFB 003.008\n"), c("RFB 003.008\n"), s("\x02\x01\x02"), c("\x01"), s("\x00\x00\x00\x00"), c("\x01"), s(screen), c("\x00\x00"), s("\x00pixels"),
		}, "vnc.security=none", "panel-7", 1, 0},
		{"3.8 with a password", []dissecttest.Message{
			s("RFB 003.008\n"), c("RFB 003.008\n"), s("\x01\x02"), c("\x02"), s(challenge), c(challenge), s("\x00\x00\x00\x00"), c("\x01"), s(screen),
		}, "", "panel-7", 1, 0},
		{"3.8 with a wrong password", []dissecttest.Message{
			s("RFB 003.008\n"), c("RFB 003.008\n"), s("\x01\x02"), c("\x02"), s(challenge), c(challenge), s("\x00\x00\x00\x01\x00\x00\x00\x04nope"),
		}, "", "", 0, 1},
		{"3.3, where the server decides", []dissecttest.Message{
			s("RFB 003.003\n"), c("RFB 003.003\n"), s("\x00\x00\x00\x01"), c("\x01"), s(screen),
		}, "vnc.security=none", "panel-7", 0, 0},
		{"a kind of security that is not read", []dissecttest.Message{
			s("RFB 004.001\n"), c("RFB 004.001\n"), s("\x02\x05\x0d"), c("\x0d"), s("\x00\x01secret"), c("\x00\x0bsecret"),
		}, "", "", 0, 0},
	} {
		t.Run(f.name, func(t *testing.T) {
			r := dissecttest.TCP(protocols, 6900, f.messages...)
			if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != f.security {
				t.Errorf("security %q", got)
			}
			if got := r.Fact(dissecttest.Server, plant.FieldName); got != f.desktop {
				t.Errorf("desktop %q", got)
			}
			if o := r.Operation("authenticate"); o.Accepted != f.accepted || o.Refused != f.refused || len(r.Anomalies) != 0 {
				t.Errorf("%+v, %+v", o, r.Anomalies)
			}
		})
	}
}

func TestOneSideOnly(t *testing.T) {
	r := dissecttest.TCP(protocols, 5900, c("RFB 003.008\n"), c("\x02"), c(string(make([]byte, 16))), c("\x01"), c("\x00\x00"))
	if got := r.Conversations[0]; got.Protocol != "vnc" || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", got, r.Anomalies)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"} {
		r := dissecttest.TCP(protocols, 5900, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
