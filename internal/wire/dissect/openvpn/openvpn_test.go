package openvpn

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var (
	open   = []byte{0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0}
	answer = []byte{0x40, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0}
)

func check(t *testing.T, r dissecttest.Result) {
	t.Helper()
	if op := r.Operation("7"); op.Requests != 1 || op.Accepted != 1 || op.Verb.Technique != "T0822" || len(r.Anomalies) > 0 {
		t.Errorf("got %+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestReset(t *testing.T) {
	protocols := []dissect.Protocol{Protocol()}
	t.Run("UDP on another port", func(t *testing.T) {
		check(t, dissecttest.UDP(protocols, 4430, dissecttest.C(open), dissecttest.S(answer)))
	})
	t.Run("TCP on another port", func(t *testing.T) {
		check(t, dissecttest.TCP(protocols, 443, dissecttest.C(append([]byte{0, 14}, open...)), dissecttest.S(append([]byte{0, 26}, answer...))))
	})
}
