package telnet

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

func TestSignIn(t *testing.T) {
	for _, port := range []uint16{23, 2300} { // on any port
		r := dissecttest.TCP(protocols, port,
			s("\xff\xfd\x18\xff\xfb\x01"), c("\xff\xfb\x18"), s("MOXA NPort 5110\r\n\r\nlogin: "),
			c("a"), s("a"), c("dx"), s("dx"), c("\x7f"), s("\x08 \x08"), c("m\r"), s("m\r\nPassword: "), c("s3c"), c("ret\r\n"), s("\r\n# "))
		for field, want := range map[plant.Field]string{
			plant.FieldCleartextLogin: "telnet user adm", plant.FieldDescription: "MOXA NPort 5110",
		} {
			if got := r.Fact(dissecttest.Server, field); got != want {
				t.Errorf("port %d: %s = %q, want %q", port, field, got, want)
			}
		}
		for _, f := range r.Sightings {
			if strings.Contains(f.Value, "s3c") {
				t.Errorf("the password was kept: %q", f.Value)
			}
		}
		if o := r.Operation("login"); o.Requests != 1 || o.Verb.Kind != plant.Auth || len(r.Anomalies) != 0 {
			t.Errorf("port %d: %+v, %+v", port, o, r.Anomalies)
		}
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"\xff\xff\xff\xff\xff\xff\xff\xff", "\x16\x03\x01", "\xff\xd8\xff\xe0"} {
		r := dissecttest.TCP(protocols, 23, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
