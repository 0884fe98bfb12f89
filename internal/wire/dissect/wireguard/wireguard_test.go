package wireguard

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func message(kind byte, n int) []byte {
	b := make([]byte, n)
	b[0] = kind
	for i := 4; i < n-16; i++ {
		b[i] = byte(i)
	}
	return b
}

func TestHandshake(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 443, dissecttest.C(message(1, 148)), dissecttest.S(message(2, 92)), dissecttest.C(message(4, 32)))
	if op := r.Operation("1"); op.Requests != 1 || op.Accepted != 1 || op.Verb.Technique != "T0822" {
		t.Errorf("got %+v", op)
	}
	if c := r.Conversations[0]; c.Protocol != "wireguard" || !c.Confirmed {
		t.Errorf("got %+v", c)
	}
}

func TestOtherDatagramsAreLeftAlone(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 5000, dissecttest.C(message(4, 96)), dissecttest.C(make([]byte, 148)))
	if len(r.Operations) > 0 {
		t.Errorf("got %+v", r.Operations)
	}
}
