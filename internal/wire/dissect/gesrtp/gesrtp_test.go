package gesrtp

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func request(sequence, service byte, parameters ...byte) []byte {
	b := make([]byte, 56)
	b[0], b[2], b[9], b[17], b[30], b[31] = 2, sequence, 1, 1, sequence, 0xc0
	b[36], b[37], b[40], b[41], b[42] = 0x10, 0x0e, 1, 1, service
	copy(b[43:], parameters)
	return b
}

func response(sequence, mail byte, plc uint16, text string) []byte {
	b := make([]byte, 56, 56+len(text))
	b[0], b[2], b[4], b[31], b[40], b[41] = 3, sequence, byte(len(text)), mail, 1, 1
	b[54], b[55] = byte(plc), byte(plc>>8)
	return append(b, text...)
}

func TestSession(t *testing.T) {
	ack := make([]byte, 56)
	ack[0], ack[8] = 1, 0x0f
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 18245,
		dissecttest.C(make([]byte, 56)), dissecttest.S(ack),
		dissecttest.C(request(1, 0x43)), dissecttest.S(response(1, 0xd4, 0x0000, "CPU_350\x00rest")),
		dissecttest.C(request(2, 0x04, 0x08, 99, 0, 10, 0)), dissecttest.S(response(2, 0x94, 0x0000, "12345678901234567890")),
		dissecttest.C(request(3, 0x23, 1)), dissecttest.S(response(3, 0xd1, 0, "")),
		dissecttest.C(request(4, 0x00)), dissecttest.S(response(4, 0xd4, 0x2000, "")),
	)
	if got := r.Fact(dissecttest.Server, plant.FieldName); got != "CPU_350" {
		t.Errorf("name = %q", got)
	}
	modes := map[string]bool{}
	for _, s := range r.Sightings {
		modes[s.Value] = modes[s.Value] || s.Field == plant.FieldMode
	}
	if !modes["run"] || !modes["stop"] {
		t.Errorf("modes %v", modes)
	}
	if o := r.Operation("0x04"); o.Object != "%R 100-109" || o.Accepted != 1 {
		t.Errorf("read = %+v", o)
	}
	if o := r.Operation("0x23"); o.Verb.Technique != "T0858" || o.Refused != 1 {
		t.Errorf("run or stop = %+v", o)
	}
}

func TestProbe(t *testing.T) {
	if got := probe(request(1, 4), dissect.Hint{Stream: true}); got != dissect.Strong {
		t.Errorf("probe of a request = %d", got)
	}
	if got := probe(make([]byte, 56), dissect.Hint{Stream: true}); got != dissect.Weak {
		t.Errorf("probe of zeros = %d", got)
	}
	if got := probe([]byte("SSH-2.0-OpenSSH_9.2\r\n"), dissect.Hint{Stream: true}); got != dissect.No {
		t.Errorf("probe of SSH = %d", got)
	}
}
