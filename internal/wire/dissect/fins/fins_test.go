package fins

import (
	"encoding/hex"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

const (
	toPLC  = "800002" + "000100" + "00fb00"
	fromPL = "c00002" + "00fb00" + "000100"
)

func frame(s string) []byte {
	body := unhex(s)
	return append([]byte{'F', 'I', 'N', 'S', 0, 0, 0, byte(8 + len(body)), 0, 0, 0, 2, 0, 0, 0, 0}, body...)
}

func TestTCP(t *testing.T) {
	identity := append(unhex(fromPL+"01"+"0501"+"0000"), "CJ2M-CPU33          02.01               "...)
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 9600,
		dissecttest.C(unhex("46494e530000000c000000000000000000000000")),
		dissecttest.S(unhex("46494e5300000010000000010000000000000002000000fb")),
		dissecttest.C(frame(toPLC+"01"+"050100")),
		dissecttest.S(frame(hex.EncodeToString(append(identity, make([]byte, 52)...)))),
		dissecttest.C(frame(toPLC+"02"+"0102"+"82"+"0064"+"00"+"0001"+"002a")),
		dissecttest.S(frame(fromPL+"02"+"0102"+"0000")),
		dissecttest.C(frame(toPLC+"03"+"0401"+"ffff04")),
		dissecttest.S(frame(fromPL+"03"+"0401"+"2108")),
		dissecttest.C(frame(toPLC+"04"+"0601")),
		dissecttest.S(frame(fromPL+"04"+"0601"+"0000"+"0102"+"00000000")),
	)
	for field, want := range map[plant.Field]string{
		plant.FieldProduct: "CJ2M-CPU33", plant.FieldFirmware: "02.01", plant.FieldMode: "monitor", plant.FieldRole: plant.RoleController,
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if o := r.Operation("0x0102"); o.Object != "DM 100" || o.Value != "42" || o.Accepted != 1 {
		t.Errorf("write = %+v", o)
	}
	if o := r.Operation("0x0401"); o.Verb.Technique != "T0858" || o.Refused != 1 || o.Object != "run mode" {
		t.Errorf("run = %+v", o)
	}
}

func TestProbe(t *testing.T) {
	tests := []struct {
		name   string
		in     []byte
		stream bool
		want   dissect.Match
	}{
		{"a frame", frame(toPLC + "01" + "0501"), true, dissect.Strong},
		{"the beginning of one", []byte("FINS\x00"), true, dissect.Short},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), true, dissect.No},
		{"a memory read in a datagram", unhex(toPLC + "01" + "0101" + "82006400000a"), false, dissect.Strong},
		{"a response in a datagram", unhex(fromPL + "01" + "0101" + "0000" + "0001"), false, dissect.Weak},
		{"RTP", unhex("80000001000000a0deadbeef0102030405060708"), false, dissect.No},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := probe(tt.in, dissect.Hint{Stream: tt.stream}); got != tt.want {
				t.Errorf("probe = %d, want %d", got, tt.want)
			}
		})
	}
}

// TestOtherPort finds FINS where its bytes are unmistakable.
func TestOtherPort(t *testing.T) {
	r := dissecttest.UDP([]dissect.Protocol{Protocol()}, 12345,
		dissecttest.C(unhex(toPLC+"01"+"0101"+"b2000a000002")),
		dissecttest.S(unhex(fromPL+"01"+"0101"+"0000"+"00010002")),
	)
	if o := r.Operation("0x0101"); o.Object != "HR 10-11" || o.Requests != 1 || o.Accepted != 1 {
		t.Errorf("read = %+v", o)
	}
}
