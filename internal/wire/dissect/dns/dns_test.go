package dns

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func wire(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

var (
	query = wire("1234 0100 0001 0000 0000 0000 04 506c4331 05 706c616e74 00 0001 0001")
	yes   = wire("1234 8180 0001 0001 0000 0000 04 506c4331 05 706c616e74 00 0001 0001 c00c 0001 0001 00000078 0004 0a000005")
	no    = wire("1234 8183 0001 0000 0000 0000 04 506c4331 05 706c616e74 00 0001 0001")
	// The server's own host name, its service, its model.
	announce = wire("0000 8400 0000 0004 0000 0000" +
		"04 63616d37 05 6c6f63616c 00 0001 8001 00000078 0004 0a000002" +
		"05 5f68747470 04 5f746370 c011 000c 0001 00001194 0009 06 4c6f62627921 c026" +
		"c03c 0021 8001 00000078 0008 0000 0000 0050 c00c" +
		"c03c 0010 8001 00001194 0006 05 6d643d5831")
)

func TestQueryAndAnswer(t *testing.T) {
	for _, port := range []uint16{53, 5300} { // on any port
		r := dissecttest.UDP(protocols, port, dissecttest.C(query), dissecttest.S(yes))
		o := r.Operation("0")
		if o.Object != "plc1.plant" || o.Requests != 1 || o.Responses != 1 || o.Accepted != 1 {
			t.Errorf("port %d: %+v", port, o)
		}
		if got := r.Fact(dissecttest.Server, plant.FieldResolves); got != "PlC1.plant=10.0.0.5" {
			t.Errorf("port %d: resolves %q", port, got)
		}
	}
}

func TestNoSuchName(t *testing.T) {
	r := dissecttest.UDP(protocols, 53, dissecttest.C(query), dissecttest.S(no))
	if o := r.Operation("0"); o.Refused != 1 {
		t.Errorf("%+v", o)
	}
}

func TestQueryOnTCP(t *testing.T) {
	b := append([]byte{0, byte(len(query))}, query...)
	r := dissecttest.TCP(protocols, 53, dissecttest.C(b[:9]), dissecttest.C(b[9:]))
	if o := r.Operation("0"); o.Requests != 1 || o.Object != "plc1.plant" {
		t.Errorf("%+v", o)
	}
}

func TestZoneTransfer(t *testing.T) {
	q := append([]byte(nil), query...)
	q[len(q)-3] = 252
	r := dissecttest.TCP(protocols, 53, dissecttest.C(append([]byte{0, byte(len(q))}, q...)))
	if o := r.Operation("0"); o.Verb.Kind != plant.Identify || o.Verb.Technique != "T0846" {
		t.Errorf("%+v", o)
	}
}

func TestAnnouncement(t *testing.T) {
	r := dissecttest.UDP(protocols, 5353, dissecttest.S(announce))
	for field, want := range map[plant.Field]string{
		plant.FieldName: "cam7", plant.FieldService: "_http._tcp", plant.FieldDescription: "Lobby!", plant.FieldProduct: "X1",
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if got := r.Conversations[0].Protocol; got != "mdns" {
		t.Errorf("protocol %q", got)
	}
}

func TestLinkLocalAnswerNamesItsSender(t *testing.T) {
	own := append([]byte(nil), yes...)
	copy(own[len(own)-4:], []byte{10, 0, 0, 2})
	r := dissecttest.UDP(protocols, 5355, dissecttest.C(query), dissecttest.S(own))
	if got := r.Fact(dissecttest.Server, plant.FieldName); got != "PlC1.plant" {
		t.Errorf("name %q", got)
	}
	if got := r.Conversations[0].Protocol; got != "llmnr" {
		t.Errorf("protocol %q", got)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.UDP(protocols, 53, dissecttest.C([]byte("GET / HTTP/1.1\r\n\r\n")))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}
