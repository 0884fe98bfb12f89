package teamviewer

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

func TestFrames(t *testing.T) {
	hello := "\x17\x24\x0a\x20\x00" + strings.Repeat("\x00", 32)
	later := "\x11\x30\x3c\x00\x00\x01\x00\x00" + strings.Repeat("\x00", 16)
	body := strings.Repeat("x", 256)
	r := dissecttest.TCP(protocols, 443, c(hello), s(later), s(body[:100]), s(body[100:]+later), s(body))
	if o := r.Operations[0]; o.Requests+r.Operations[1].Requests != 3 || o.Verb.Technique != "T0822" || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", r.Operations, r.Anomalies)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldSoftware); got != "TeamViewer" {
		t.Errorf("software %q", got)
	}
}

func TestDatagrams(t *testing.T) {
	r := dissecttest.UDP(protocols, 36037, c(strings.Repeat("\x00", 10)+"\x03\x17\x24\x73\x04\x00\x00\x00\x00\x00"), s("other form"))
	if got := r.Conversations[0]; got.Protocol != "teamviewer" || !got.Confirmed || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", got, r.Anomalies)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"} {
		r := dissecttest.TCP(protocols, 5938, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
