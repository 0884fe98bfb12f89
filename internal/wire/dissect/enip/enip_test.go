package enip

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/enip"
)

var protocols = []dissect.Protocol{Protocol()}

// message is an encapsulated message; context pairs requests with answers.
func message(command pdu.Command, context byte, data ...byte) []byte {
	b := make([]byte, pdu.HeaderSize, pdu.HeaderSize+len(data))
	binary.LittleEndian.PutUint16(b, uint16(command))
	binary.LittleEndian.PutUint16(b[2:], uint16(len(data)))
	b[4], b[12] = 7, context
	return append(b, data...)
}

// rr carries a CIP message in an unconnected data item.
func rr(context byte, cip ...byte) []byte {
	head := []byte{0, 0, 0, 0, 5, 0, 2, 0, 0, 0, 0, 0, 0xb2, 0, byte(len(cip)), byte(len(cip) >> 8)}
	return message(pdu.SendRRData, context, append(head, cip...)...)
}

// unit carries a CIP message on a connection.
func unit(connection uint32, sequence byte, cip ...byte) []byte {
	head := binary.LittleEndian.AppendUint32([]byte{0, 0, 0, 0, 0, 0, 2, 0, 0xa1, 0, 4, 0}, connection)
	n := len(cip) + 2
	head = append(head, 0xb1, 0, byte(n), byte(n>>8), sequence, 0)
	return message(pdu.SendUnitData, 0, append(head, cip...)...)
}

// send wraps a CIP request into an Unconnected Send to a slot.
func send(slot byte, request ...byte) []byte {
	b := append([]byte{0x52, 0x02, 0x20, 0x06, 0x24, 0x01, 0x07, 0xf9, byte(len(request)), 0}, request...)
	if len(request)%2 != 0 {
		b = append(b, 0)
	}
	return append(b, 1, 0, 1, slot)
}

var identity = append([]byte{1, 0, 14, 0, 54, 0, 20, 11, 0x60, 0x31, 0x1a, 0x06, 0x6c, 0x00, 20}, "1756-L61/B LOGIX5561"...)

var (
	getIdentity = []byte{0x01, 0x02, 0x20, 0x01, 0x24, 0x01}
	gotIdentity = append([]byte{0x81, 0, 0, 0}, identity...)
)

func announcement() []byte {
	item := append([]byte{1, 0, 0, 2, 0xaf, 0x12, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0}, identity...)
	item = append(item, 3)
	return append([]byte{1, 0, 0x0c, 0, byte(len(item)), 0}, item...)
}

// codes adds up messages by code, requests and responses apart.
func codes(r dissecttest.Result, protocol string) map[string][2]uint64 {
	out := map[string][2]uint64{}
	for _, o := range r.Operations {
		if o.Verb.Protocol == protocol {
			n := out[o.Verb.Code]
			out[o.Verb.Code] = [2]uint64{n[0] + o.Requests, n[1] + o.Responses}
		}
	}
	return out
}

// module is the value of a fact about a module of the server.
func module(r dissecttest.Result, slot int, f plant.Field) string {
	for _, s := range r.Sightings {
		if s.Slot == slot && s.Field == f && s.Endpoint.Addr() == dissecttest.Server.Addr() {
			return s.Value
		}
	}
	return ""
}

func TestListIdentity(t *testing.T) {
	r := dissecttest.UDP(protocols, 44818, dissecttest.C(message(pdu.ListIdentity, 1)), dissecttest.S(message(pdu.ListIdentity, 1, announcement()...)))
	for f, want := range map[plant.Field]string{
		plant.FieldVendorID: "cip:1", plant.FieldDeviceType: "cip:14", plant.FieldProductCode: "cip:1/54", plant.FieldFirmware: "20.11",
		plant.FieldSerial: "006C061A", plant.FieldProduct: "1756-L61/B LOGIX5561", plant.FieldOrderNumber: "1756-L61/B",
		plant.FieldMode: "run", plant.FieldKeySwitch: "remote", plant.FieldRole: plant.RoleController,
	} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
	if o := r.Operation("0x0063"); o.Verb.Kind != plant.Identify || o.Requests != 1 || o.Responses != 1 {
		t.Errorf("%+v", o)
	}
}

func TestModuleBehindUnconnectedSend(t *testing.T) {
	r := dissecttest.TCP(protocols, 44818, dissecttest.C(rr(1, send(3, getIdentity...)...)), dissecttest.S(rr(1, gotIdentity...)))
	if got := module(r, 3, plant.FieldSerial); got != "006C061A" {
		t.Errorf("serial of slot 3: %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldRole); got != "" {
		t.Errorf("the rack's front is a %q by its module's word", got)
	}
	if got := codes(r, "cip"); got["0x52"] != [2]uint64{1, 0} || got["0x01"] != [2]uint64{1, 1} {
		t.Errorf("%v", got)
	}
}

func TestUnconnectedSendRefused(t *testing.T) {
	r := dissecttest.TCP(protocols, 44818, dissecttest.C(rr(1, send(3, getIdentity...)...)), dissecttest.S(rr(1, 0xd2, 0, 1, 1, 0x04, 0x02, 0)))
	if got := codes(r, "cip"); got["0x52"] != [2]uint64{1, 1} || got["0x01"] != [2]uint64{1, 0} {
		t.Errorf("%v", got)
	}
}

func TestMultipleServicePacket(t *testing.T) {
	read := []byte{0x4c, 0x03, 0x91, 0x03, 'a', 'b', 'c', 0, 1, 0}
	write := []byte{0x4d, 0x03, 0x91, 0x03, 'x', 'y', 'z', 0, 0xc4, 0, 1, 0, 42, 0, 0, 0}
	request := slices.Concat([]byte{0x0a, 0x02, 0x20, 0x02, 0x24, 0x01, 2, 0, 6, 0, 16, 0}, read, write)
	reply := []byte{0x8a, 0, 0, 0, 2, 0, 6, 0, 16, 0, 0xcc, 0, 0, 0, 0xc4, 0, 7, 0, 0, 0, 0xcd, 0, 0x0f, 0}
	r := dissecttest.TCP(protocols, 44818, dissecttest.C(unit(5, 1, request...)), dissecttest.S(unit(9, 1, reply...)))
	if got := codes(r, "cip"); got["0x0a"] != [2]uint64{1, 1} || got["0x4c"] != [2]uint64{1, 1} || got["0x4d"] != [2]uint64{1, 1} {
		t.Errorf("%v", got)
	}
	o := r.Operation("0x4d")
	if o.Object != "tag xyz" || o.Value != "42" || o.Refused != 1 || o.Accepted != 0 || o.Verb.Kind != plant.Write || o.Verb.Technique != "T0855" {
		t.Errorf("%+v", o)
	}
}

func TestConnectionKnowsItsSlot(t *testing.T) {
	open := []byte{
		0x54, 0x02, 0x20, 0x06, 0x24, 0x01, 0x0a, 0x0e, 0, 0, 0, 0, 0x22, 0, 0, 0, 0x01, 0x00, 0x4d, 0x00, 1, 2, 3, 4, 1, 0, 0, 0,
		0, 0, 1, 0, 0xf4, 0x43, 0, 0, 1, 0, 0xf4, 0x43, 0xa3, 3, 1, 2, 0x20, 0x02, 0x24, 0x01,
	}
	opened := []byte{0xd4, 0, 0, 0, 0x11, 0, 0, 0, 0x22, 0, 0, 0, 0x01, 0x00, 0x4d, 0x00, 1, 2, 3, 4, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}
	r := dissecttest.TCP(protocols, 44818,
		dissecttest.C(rr(1, open...)), dissecttest.S(rr(1, opened...)),
		dissecttest.C(unit(0x11, 1, getIdentity...)), dissecttest.S(unit(0x22, 1, gotIdentity...)))
	if got := module(r, 2, plant.FieldProduct); got != "1756-L61/B LOGIX5561" {
		t.Errorf("product of slot 2: %q", got)
	}
	if o := r.Operation("0x54"); o.Object != "explicit connection slot 2 message router" || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
}

func TestDangerousServices(t *testing.T) {
	for _, c := range []struct {
		name      string
		request   []byte
		kind      plant.Kind
		technique string
		object    string
	}{
		{"stop a controller", []byte{0x07, 0x02, 0x20, 0x8e, 0x24, 0x01}, plant.Mode, "T0858", "controller instance 1"},
		{"reset a device", []byte{0x05, 0x02, 0x20, 0x01, 0x24, 0x01}, plant.Mode, "T0816", "identity instance 1"},
		{"change the IP address", []byte{0x10, 0x03, 0x20, 0xf5, 0x24, 0x01, 0x30, 0x05, 1, 1, 168, 192}, plant.Config, "T0836", "TCP/IP interface instance 1 attribute 5"},
		{"make a program", []byte{0x08, 0x02, 0x20, 0x68, 0x24, 0x00}, plant.Program, "T0843", "program"},
		{"update firmware", []byte{0x4b, 0x02, 0x20, 0xa1, 0x24, 0x01}, plant.Firmware, "T0857", "non-volatile storage instance 1"},
		{"set the clock", []byte{0x04, 0x02, 0x20, 0x8b, 0x24, 0x01, 1, 0, 6, 0}, plant.Config, "T0836", "wall clock instance 1"},
		{"force a value", []byte{0x4d, 0x02, 0x20, 0x69, 0x24, 0x01}, plant.Write, "T0855", "I/O module instance 1"},
		{"set an output", []byte{0x10, 0x03, 0x20, 0x04, 0x24, 0x64, 0x30, 0x03, 1}, plant.Write, "T0855", "assembly instance 100 attribute 3"},
		{"reset safety", []byte{0x54, 0x02, 0x20, 0x39, 0x24, 0x01}, plant.Mode, "T0816", "safety supervisor instance 1"},
	} {
		r := dissecttest.TCP(protocols, 44818, dissecttest.C(rr(1, c.request...)), dissecttest.S(rr(1, c.request[0]|0x80, 0, 0, 0)))
		i := slices.IndexFunc(r.Operations, func(o plant.Operation) bool { return o.Verb.Protocol == "cip" })
		if i < 0 {
			t.Errorf("%s: no operation", c.name)
			continue
		}
		if o := r.Operations[i]; o.Verb.Kind != c.kind || o.Verb.Technique != c.technique || o.Object != c.object || o.Accepted != 1 {
			t.Errorf("%s: %+v", c.name, o)
		}
	}
}

func TestPCCC(t *testing.T) {
	requestor := []byte{7, 0x4d, 0, 1, 2, 3, 4}
	ask := slices.Concat([]byte{0x4b, 0x02, 0x20, 0x67, 0x24, 0x01}, requestor, []byte{0x06, 0, 1, 0, 0x03})
	answer := slices.Concat([]byte{0xcb, 0, 0, 0}, requestor, []byte{0x46, 0, 1, 0, 0, 0xee, 0x4a, 0x9f, 0x23}, []byte("1763-LEC   "), []byte{0, 0, 0x1e, 0, 1, 2, 3, 0xfc, 1})
	mode := slices.Concat([]byte{0x4b, 0x02, 0x20, 0x67, 0x24, 0x01}, requestor, []byte{0x0f, 0, 2, 0, 0x80, 1})
	done := slices.Concat([]byte{0xcb, 0, 0, 0}, requestor, []byte{0x4f, 0, 2, 0})
	r := dissecttest.TCP(protocols, 44818, dissecttest.C(rr(1, ask...)), dissecttest.S(rr(1, answer...)), dissecttest.C(rr(2, mode...)), dissecttest.S(rr(2, done...)))
	if got := r.Fact(dissecttest.Server, plant.FieldOrderNumber); got != "1763-LEC" {
		t.Errorf("order number %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldKeySwitch); got != "run" {
		t.Errorf("key switch %q", got)
	}
	if o := r.Operation("0x0f80"); o.Verb.Kind != plant.Mode || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
}

func TestCyclicIO(t *testing.T) {
	io := []byte{2, 0, 2, 0x80, 8, 0, 4, 3, 2, 1, 9, 0, 0, 0, 0xb1, 0, 4, 0, 1, 0, 0xaa, 0xbb}
	r := dissecttest.UDP(protocols, 2222, dissecttest.C(io), dissecttest.C(io))
	if len(r.Conversations) != 1 || r.Conversations[0].Protocol != "enip-io" || !r.Conversations[0].Confirmed {
		t.Errorf("%+v", r.Conversations)
	}
	if got := codes(r, "enip"); len(got) != 0 {
		t.Errorf("counted as encapsulation: %v", got)
	}
}

func TestOtherPort(t *testing.T) {
	r := dissecttest.TCP(protocols, 20000, dissecttest.C(rr(1, getIdentity...)), dissecttest.S(rr(1, gotIdentity...)))
	if got := r.Fact(dissecttest.Server, plant.FieldSerial); got != "006C061A" {
		t.Errorf("serial %q", got)
	}
}

func TestHalfSeenAndMidstream(t *testing.T) {
	r := dissecttest.TCP(protocols, 44818, dissecttest.S(rr(1, gotIdentity...)), dissecttest.S(unit(9, 1, 0xcc, 0, 0, 0, 0xc4, 0, 7, 0, 0, 0)))
	if got := codes(r, "cip"); got["0x01"] != [2]uint64{0, 1} || got["0x4c"] != [2]uint64{0, 1} {
		t.Errorf("%v", got)
	}
}

func TestProbe(t *testing.T) {
	stream, datagram := dissect.Hint{Stream: true, ToPort: 20000}, dissect.Hint{ToPort: 44818}
	for _, c := range []struct {
		name string
		b    []byte
		hint dissect.Hint
		want dissect.Match
	}{
		{"data items", rr(1, getIdentity...), stream, dissect.Strong},
		{"connected items", unit(5, 1, getIdentity...), stream, dissect.Strong},
		{"an announcement", message(pdu.ListIdentity, 1, announcement()...), datagram, dissect.Strong},
		{"a bare list identity", message(pdu.ListIdentity, 1), datagram, dissect.Weak},
		{"a TLS hello", []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03aaaaaaaaaaaaaaaa"), stream, dissect.No},
		{"HTTP", []byte("GET / HTTP/1.1\r\nHost: plc.example\r\n\r\n"), stream, dissect.No},
		{"modbus", []byte{0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 10}, stream, dissect.Short},
		{"a datagram with a tail", append(message(pdu.ListIdentity, 1), 1, 2, 3), datagram, dissect.No},
		{"half a header", rr(1, getIdentity...)[:10], stream, dissect.Short},
	} {
		if got := probe(c.b, c.hint); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestDamageIsReported(t *testing.T) {
	r := dissecttest.TCP(protocols, 44818,
		dissecttest.C(rr(1, 0x0a, 0x02, 0x20, 0x02, 0x24, 0x01, 9, 0, 6, 0)),
		dissecttest.C(rr(2, 0x01, 0x44, 0x20)),
		dissecttest.C(rr(3, send(1, 0x0e, 0x09)...)))
	if len(r.Anomalies) < 3 {
		t.Errorf("%+v", r.Anomalies)
	}
}

// TestGap: a capture that cuts packets short shows the head of each message.
func TestGap(t *testing.T) {
	p := new(parser)
	engine := []dissect.Protocol{{Name: protocol, TCP: []uint16{44818}, Probe: probe, New: func() dissect.Parser { return p }}}
	whole := rr(1, send(3, getIdentity...)...)
	dissecttest.TCP(engine, 44818, dissecttest.C(whole[:30]))
	h := &p.sides[0]
	if len(h.start) == 0 {
		h = &p.sides[1]
	}
	if len(h.start) != 30 || h.size != 30 {
		t.Fatalf("%d bytes kept of %d", len(h.start), h.size)
	}
}

func TestTruncatedConversation(t *testing.T) {
	for _, whole := range [][]byte{rr(1, send(3, getIdentity...)...), unit(5, 1, gotIdentity...), message(pdu.ListIdentity, 1, announcement()...)} {
		for i := range whole {
			dissecttest.TCP(protocols, 44818, dissecttest.C(whole[:i]))
			dissecttest.UDP(protocols, 44818, dissecttest.C(whole[:i]))
		}
	}
}
