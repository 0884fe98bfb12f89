package isotsap

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// FuzzUser gives any bytes as user data to both sides of a connection: no
// decoder may fail, and no secret may turn up.
func FuzzUser(f *testing.F) {
	for _, s := range []string{
		setup, setupOK,
		"3201000001020018000005 02 120a10010001000082 00000b 00030001 01",
		"32070000060000080008 00011204114401 00 ff09000400110000",
		"32070000060000 0c0024 00011208128401 010000 0000 ff0900200011 0000 001c0001 0001 3645533720333135 2d32454831342d30414230 2000c000030001",
		"72010010 310000 05b3 0000 0001 00000000 30 0000 72010000",
		"7202001a 320000 0586 0000 0006 34 c08895b080ef91fff4 00000000000000 72020000",
		"0100 0100 6110 300e020103a009a007020101a1028000",
	} {
		f.Add(unhex(s), unhex(s))
	}
	f.Fuzz(func(t *testing.T, up, down []byte) {
		if len(up) > 4000 || len(down) > 4000 {
			return
		}
		wrap := func(b []byte) []byte { return packet(append([]byte{2, 0xf0, 0x80}, b...)) }
		r := run(Port, session(
			dissecttest.C(wrap(up)), dissecttest.S(wrap(down)), dissecttest.C(wrap(up)), dissecttest.S(wrap(down)),
		)...)
		for _, a := range r.Anomalies {
			if a.Kind == plant.AnomalyFailure {
				t.Fatal(a.Text)
			}
		}
	})
}
