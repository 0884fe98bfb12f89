package dissect_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// A protocol made for these tests: "TP", a kind ('q' request, 'r' response,
// 'n' refusal, 'p' publication, '!' a parser that panics), an id and a length
// of text.

var (
	ask  = &plant.Verb{Protocol: "test", Code: "1", Name: "Ask", Kind: plant.Write}
	poll = &plant.Verb{Protocol: "test", Code: "2", Name: "Publish", Kind: plant.Other}
)

func message(kind byte, id byte, text string) []byte {
	return append([]byte{'T', 'P', kind, id, byte(len(text))}, text...)
}

type parser struct{}

var errNotTP = errors.New("not TP")

func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	n := 0
	for len(b)-n >= 5 {
		m := b[n:]
		if m[0] != 'T' || m[1] != 'P' {
			return n, errNotTP
		}
		size := 5 + int(m[4])
		if len(m) < size {
			break
		}
		switch m[2] {
		case 'q':
			c.Request(ask, uint64(m[3]), dissect.Object{Space: "thing", Name: m[5:size]})
		case 'r', 'n':
			result := dissect.Accepted
			if m[2] == 'n' {
				result = dissect.Refused
			}
			c.SenderIsServer()
			c.Response(ask, uint64(m[3]), result)
			c.Fact(dissect.Sender, plant.FieldName, m[5:size], "test", 0.9)
		case 'p':
			c.Send(poll, dissect.Object{})
		case '!':
			panic("made to fail")
		case 's':
			return n + size + 1000, nil
		}
		n += size
	}
	return n, nil
}

func probe(b []byte, _ dissect.Hint) dissect.Match {
	switch {
	case len(b) < 3:
		return dissect.Short
	case b[0] == 'T' && b[1] == 'P':
		return dissect.Strong
	}
	return dissect.No
}

func protocols() []dissect.Protocol {
	return []dissect.Protocol{{
		Name: "test", TCP: []uint16{7000}, UDP: []uint16{7000}, Link: []dissect.LinkType{0x88b5},
		Probe: probe, New: func() dissect.Parser { return parser{} },
	}}
}

var (
	c = dissecttest.C
	s = dissecttest.S
)

func TestRequestsMeetTheirResponses(t *testing.T) {
	r := dissecttest.TCP(protocols(), 7000, c(message('q', 1, "a")), c(message('q', 2, "b")), s(message('n', 2, "plc")), s(message('r', 1, "plc")))
	want := map[string][4]uint64{"thing a": {1, 1, 1, 0}, "thing b": {1, 1, 0, 1}}
	for _, o := range r.Operations {
		if got := [4]uint64{o.Requests, o.Responses, o.Accepted, o.Refused}; got != want[o.Object] {
			t.Errorf("%s: %v, want %v", o.Object, got, want[o.Object])
		}
		delete(want, o.Object)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldName); got != "plc" {
		t.Errorf("the server's name is %q", got)
	}
}

func TestStrongBytesAreFoundOnAnyPort(t *testing.T) {
	r := dissecttest.TCP(protocols(), 9999, c(message('q', 1, "a")))
	if len(r.Conversations) != 1 || r.Conversations[0].Protocol != "test" || !r.Conversations[0].Confirmed {
		t.Errorf("got %+v", r.Conversations)
	}
}

func TestUnknownBytesAreStillAConversation(t *testing.T) {
	r := dissecttest.TCP(protocols(), 9999, c([]byte("something else")), s([]byte("entirely")))
	if len(r.Conversations) != 1 || r.Conversations[0].Protocol != "unknown" || r.Conversations[0].Confirmed {
		t.Errorf("got %+v", r.Conversations)
	}
}

func TestAParserThatPanicsLosesOneConversation(t *testing.T) {
	r := dissecttest.UDP(protocols(), 7000, c(message('q', 1, "a")), c(message('!', 2, "")), c(message('q', 3, "b")))
	if len(r.Anomalies) != 1 || r.Anomalies[0].Kind != plant.AnomalyFailure || r.Anomalies[0].Packet.Number() != 2 {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
	if len(r.Operations) != 1 || r.Conversations[0].PacketsUp != 3 {
		t.Errorf("operations %v, conversation %+v", r.Operations, r.Conversations[0])
	}
}

func TestBrokenBytesAreReportedAndReadingGoesOn(t *testing.T) {
	r := dissecttest.TCP(protocols(), 7000, c(message('q', 1, "a")), c([]byte("\xff\xff\xff\xff\xff\xff")), c(message('q', 2, "a")))
	if len(r.Anomalies) != 1 || r.Anomalies[0].Kind != plant.AnomalyMalformed {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
	if o := r.Operation("1"); o.Requests != 2 {
		t.Errorf("requests: %d", o.Requests)
	}
}

func TestBytesNobodyNeedsAreSkipped(t *testing.T) {
	r := dissecttest.TCP(protocols(), 7000, c(message('s', 0, "")), c(make([]byte, 600)), c(append(make([]byte, 400), message('q', 1, "a")...)))
	if o := r.Operation("1"); o.Requests != 1 || len(r.Anomalies) != 0 {
		t.Errorf("requests %d, anomalies %v", o.Requests, r.Anomalies)
	}
}

func TestObjectsAreBoundedAndCountsStayRight(t *testing.T) {
	var m []dissecttest.Message
	for i := range 1000 {
		m = append(m, c(message('q', byte(i), strings.Repeat("x", i%200)+string(rune('a'+i%26)))))
	}
	r := dissecttest.UDP(protocols(), 7000, m...)
	var sum uint64
	for _, o := range r.Operations {
		sum += o.Requests
	}
	if sum != 1000 || len(r.Operations) > 80 {
		t.Errorf("%d requests in %d rows", sum, len(r.Operations))
	}
}

// frames gives raw frames to an engine and returns it.
func frames(list ...[]byte) *dissect.Engine {
	e := dissect.NewEngine(protocols(), dissect.Options{})
	for i, b := range list {
		f := capture.Frame{Time: int64(i) * 1e5, Data: b, Wire: len(b), Link: packet.LinkEthernet}
		e.Frame(&f, plant.NewPacketRef(0, uint64(i+1)))
	}
	return e
}

// udpFrame is a UDP datagram from 10.0.0.1 to 10.0.0.2, port 7000.
func udpFrame(vlan uint16, ttl byte, id uint16, payload []byte) []byte {
	b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	if vlan > 0 {
		b = binary.BigEndian.AppendUint16(append(b, 0x81, 0), vlan)
	}
	b = append(b, 8, 0, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(28+len(payload)))
	b = binary.BigEndian.AppendUint16(b, id)
	b = append(b, 0, 0, ttl, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0xc3, 0x50, 0x1b, 0x58)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	return append(append(b, 0, 0), payload...)
}

func TestSPANDuplicates(t *testing.T) {
	p := message('p', 0, "state")
	cases := []struct {
		name   string
		frames [][]byte
		copies uint64
	}{
		{"the same frame twice", [][]byte{udpFrame(0, 64, 7, p), udpFrame(0, 64, 7, p)}, 1},
		{"tagged and untagged", [][]byte{udpFrame(0, 64, 7, p), udpFrame(5, 64, 7, p)}, 1},
		{"before and after a router", [][]byte{udpFrame(0, 64, 7, p), udpFrame(0, 63, 7, p)}, 1},
		{"the same message sent twice", [][]byte{udpFrame(0, 64, 7, p), udpFrame(0, 64, 8, p)}, 0},
		{"a sender that does not number its packets", [][]byte{udpFrame(0, 64, 0, p), udpFrame(0, 64, 0, p)}, 0},
		{"another message", [][]byte{udpFrame(0, 64, 7, p), udpFrame(0, 64, 7, message('p', 1, "other"))}, 0},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			e := frames(tc.frames...)
			e.Drain()
			if e.Duplicates != tc.copies {
				t.Errorf("%d copies, want %d", e.Duplicates, tc.copies)
			}
			for o := range e.Operations() {
				if o.Requests != 2-tc.copies {
					t.Errorf("%d messages", o.Requests)
				}
			}
		})
	}
}

func TestRealDuplicatesFarApartAreMessages(t *testing.T) {
	e := dissect.NewEngine(protocols(), dissect.Options{})
	b := udpFrame(0, 64, 7, message('p', 0, "state"))
	for i := range 2 {
		f := capture.Frame{Time: int64(i) * 1e9, Data: b, Wire: len(b), Link: packet.LinkEthernet}
		e.Frame(&f, 1)
	}
	if e.Duplicates != 0 {
		t.Error("a message one second later was taken for a copy")
	}
}

func TestFramesWithoutIP(t *testing.T) {
	r := dissecttest.Frames(protocols(), 0x88b5, c(message('p', 0, "x")))
	if len(r.Conversations) != 1 || r.Conversations[0].Transport != plant.Ethernet || r.Conversations[0].Protocol != "test" {
		t.Errorf("got %+v", r.Conversations)
	}
	if o := r.Operation("2"); o.Requester.MAC != dissecttest.Client.MAC {
		t.Errorf("sender %v", o.Requester)
	}
}

func TestUndecodedFramesAreCounted(t *testing.T) {
	if e := frames([]byte("short"), udpFrame(0, 64, 1, message('p', 0, "x"))); e.Undecoded != 1 {
		t.Errorf("%d undecoded", e.Undecoded)
	}
}

func TestFlushForgets(t *testing.T) {
	e := frames(udpFrame(0, 64, 1, message('p', 0, "x")))
	n := 0
	e.Flush(func(plant.Observation) { n++ })
	if n == 0 {
		t.Error("nothing was observed")
	}
	e.Flush(func(o plant.Observation) { t.Errorf("again: %+v", o) })
}

func TestValuesAreCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"  6ES7 315 \x00\x00": "6ES7 315",
		"a\r\nb":              "a  b",
		"caf\xe9":             "café",
		"\x01\x02":            "",
	} {
		r := dissecttest.UDP(protocols(), 7000, s(message('r', 1, in)))
		if got := r.Fact(dissecttest.Server, plant.FieldName); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestSteadyTrafficDoesNotAllocate(t *testing.T) {
	e := dissect.NewEngine(protocols(), dissect.Options{})
	request := udpFrame(0, 64, 1, message('q', 1, "a"))
	id := uint16(0)
	f := capture.Frame{Data: bytes.Clone(request), Wire: len(request), Link: packet.LinkEthernet}
	step := func() {
		id++
		binary.BigEndian.PutUint16(f.Data[18:], id)
		f.Time += 1e6
		e.Frame(&f, 1)
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n > 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

// TestServicesAreLearnt joins a conversation in the middle, with bytes that prove
// nothing by themselves: they are read because another conversation with the
// same server port was understood.
func TestServicesAreLearnt(t *testing.T) {
	weak := protocols()
	weak[0].Probe = func(b []byte, h dissect.Hint) dissect.Match {
		m := probe(b, h)
		if m == dissect.Strong && b[2] == 'p' {
			return dissect.Weak
		}
		return m
	}
	e := dissect.NewEngine(weak, dissect.Options{})
	n := uint64(0)
	send := func(client byte, payload []byte) {
		n++
		b := udpFrame(0, 64, uint16(n), payload)
		b[29], b[35], b[36], b[37] = client, client, 0x22, 0xb8 // address, ports: client → 8888
		f := capture.Frame{Time: int64(n) * 1e6, Data: b, Wire: len(b), Link: packet.LinkEthernet}
		e.Frame(&f, plant.NewPacketRef(0, n))
	}
	for range 20 { // given up as unknown
		send(9, message('p', 0, "x"))
	}
	for range 3 {
		send(7, message('q', 1, "a"))
	}
	for range 5 {
		send(9, message('p', 0, "x"))
	}
	e.Drain()
	got := map[string]uint64{}
	for o := range e.Operations() {
		got[o.Verb.Name] += o.Requests
	}
	if got["Ask"] != 3 || got["Publish"] != 5 {
		t.Errorf("got %v", got)
	}
}
