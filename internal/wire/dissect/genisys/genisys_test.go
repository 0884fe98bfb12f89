package genisys

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func TestConversation(t *testing.T) {
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 20001,
		dissecttest.C([]byte("\xfb\x01\x83\x40\xf6")), dissecttest.S([]byte("\xf1\x01\xf6")),
		dissecttest.C([]byte("\xfd\x01\x80\xe0\xf6\xfb\x01")), dissecttest.C([]byte("\x83\x40\xf6")),
	)
	if o := r.Operation("0xfb"); o.Requests != 2 || o.Object != "unit 1" || o.Verb.Kind != plant.Read {
		t.Errorf("poll = %+v", o)
	}
	if o := r.Operation("0xfd"); o.Requests != 1 {
		t.Errorf("recall = %+v", o)
	}
	if len(r.Anomalies) > 0 {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
}

func TestProbeRejects(t *testing.T) {
	for _, s := range []string{"\xff\xfb\x01\xff\xfb\x03", "I20100\r\n", "\xf1\xf2\xf3"} {
		if got := probe([]byte(s), dissect.Hint{Stream: true}); got > dissect.Weak {
			t.Errorf("probe(%q) = %d", s, got)
		}
	}
}
