package msrpc

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
)

var protocols = []dissect.Protocol{Protocol()}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return append(b, 0, 0)
}

// unit is a message in one fragment.
func unit(t dcerpc.Type, id byte, body ...byte) []byte {
	n := 16 + len(body)
	return append([]byte{5, 0, byte(t), 3, 0x10, 0, 0, 0, byte(n), byte(n >> 8), 0, 0, id, 0, 0, 0}, body...)
}

// onWire is a UUID as it stands in a little-endian message.
func onWire(s string) []byte {
	u := dcerpc.ParseUUID(s)
	return []byte{u[3], u[2], u[1], u[0], u[5], u[4], u[7], u[6], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]}
}

func bind(uuid string) []byte {
	return unit(dcerpc.Bind, 1, join([]byte{0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0}, onWire(uuid), []byte{0, 0, 0, 0},
		onWire("8a885d04-1ceb-11c9-9fe8-08002b104860"), []byte{2, 0, 0, 0})...)
}

var bindAck = unit(dcerpc.BindAck, 1, join([]byte{0xb8, 0x10, 0xb8, 0x10, 1, 0, 0, 0, 4, 0, '1', '3', '5', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0},
	onWire("8a885d04-1ceb-11c9-9fe8-08002b104860"), []byte{2, 0, 0, 0})...)

func request(id, op byte, stub ...byte) []byte {
	return unit(dcerpc.Request, id, append([]byte{byte(len(stub)), 0, 0, 0, 0, 0, op, 0}, stub...)...)
}

func response(id byte, stub ...byte) []byte {
	return unit(dcerpc.Response, id, append([]byte{byte(len(stub)), 0, 0, 0, 0, 0, 0, 0}, stub...)...)
}

func TestOPC(t *testing.T) {
	fault := unit(dcerpc.Fault, 3, 32, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0)
	r := dissecttest.TCP(protocols, 49200,
		dissecttest.C(bind("39c13a52-011e-11d0-9675-0020afd8adb3")), dissecttest.S(bindAck),
		dissecttest.C(request(2, 4, 1, 2, 3, 4)), dissecttest.S(response(2, 0, 0, 0, 0)),
		dissecttest.C(request(3, 4, 1, 2, 3, 4)), dissecttest.S(fault),
		dissecttest.C(request(4, 9)), dissecttest.S(response(4)))
	if c := r.Conversations[0]; c.Protocol != "dcerpc" || !c.Confirmed {
		t.Errorf("got %+v", c)
	}
	if op := r.Operation("bind"); op.Accepted != 1 || op.Object != "interface IOPCSyncIO" {
		t.Errorf("bind: got %+v", op)
	}
	if op := r.Operation("IOPCSyncIO.4"); op.Verb.Kind != plant.Write || op.Verb.Technique != "T0855" || op.Accepted != 1 || op.Refused != 1 {
		t.Errorf("write: got %+v", op)
	}
	if op := r.Operation("IOPCSyncIO"); op.Object != "operation 9" || op.Requests != 1 || op.Responses != 1 {
		t.Errorf("unknown operation: got %+v", op)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldService); got != "OPC classic" {
		t.Errorf("service: got %q", got)
	}
}

func TestServerAlive(t *testing.T) {
	list := join([]byte{7, 0}, wide("SCADA1"), []byte{7, 0}, wide("192.168.7.1"), []byte{0, 0})
	n := byte(len(list) / 2)
	r := dissecttest.TCP(protocols, 135,
		dissecttest.C(bind("99fcfec4-5260-101b-bbcb-00aa0021347a")), dissecttest.S(bindAck),
		dissecttest.C(request(2, 5)),
		dissecttest.S(response(2, join([]byte{5, 0, 7, 0, 0, 0, 2, 0, n, 0, 0, 0, n, 0, n, 0}, list, make([]byte, 8))...)))
	if got := r.Fact(dissecttest.Server, plant.FieldName); got != "SCADA1" {
		t.Errorf("name: got %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldResolves); got != "SCADA1=192.168.7.1" {
		t.Errorf("addresses: got %q", got)
	}
}

func TestEndpointMapper(t *testing.T) {
	floor := func(left, right []byte) []byte {
		return join([]byte{byte(len(left)), 0}, left, []byte{byte(len(right)), 0}, right)
	}
	tower := join([]byte{5, 0}, floor(join([]byte{0x0d}, onWire("367abb81-9844-35f1-ad32-98f038001003"), []byte{2, 0}), []byte{0, 0}),
		floor(join([]byte{0x0d}, onWire("8a885d04-1ceb-11c9-9fe8-08002b104860"), []byte{2, 0}), []byte{0, 0}),
		floor([]byte{0x0b}, []byte{0, 0}), floor([]byte{0x07}, []byte{0xc0, 0x03}), floor([]byte{0x09}, []byte{10, 0, 0, 2}))
	n := byte(len(tower))
	stub := join(make([]byte, 20), []byte{1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, n, 0, 0, 0, n, 0, 0, 0}, tower)
	r := dissecttest.TCP(protocols, 135,
		dissecttest.C(bind("e1af8308-5d1f-11c9-91a4-08002b14a0fa")), dissecttest.S(bindAck),
		dissecttest.C(request(2, 3)), dissecttest.S(response(2, stub...)))
	if got := r.Fact(dissecttest.Server, plant.FieldService); got != "svcctl on TCP 49155" {
		t.Errorf("got %q in %+v", got, r.Operations)
	}
}

func TestZerologon(t *testing.T) {
	name := join([]byte{5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0}, wide("EWS7"))
	for _, tc := range []struct {
		name      string
		challenge []byte
		technique string
	}{
		{"challenge of zeros", make([]byte, 8), "T0866"},
		{"drawn challenge", []byte{1, 2, 3, 4, 5, 6, 7, 8}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := dissecttest.TCP(protocols, 49667,
				dissecttest.C(bind("12345678-1234-abcd-ef00-01234567cffb")), dissecttest.S(bindAck),
				dissecttest.C(request(2, 4, join(make([]byte, 4), name, tc.challenge)...)))
			if op := r.Operation("netlogon.4"); op.Requests != 1 || op.Verb.Technique != tc.technique {
				t.Errorf("got %+v", op)
			}
			if got := r.Fact(dissecttest.Client, plant.FieldName); got != "EWS7" {
				t.Errorf("name: got %q", got)
			}
		})
	}
}

func TestPickedUpInTheMiddle(t *testing.T) {
	r := dissecttest.TCP(protocols, 49200, dissecttest.S(response(9, 1, 2)), dissecttest.C(request(10, 3)), dissecttest.S(response(10)))
	var requests, responses uint64
	for _, op := range r.Operations {
		requests += op.Requests
		responses += op.Responses
	}
	if requests != 1 || responses != 2 || len(r.Anomalies) > 0 {
		t.Errorf("got %+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestProbe(t *testing.T) {
	big := unit(dcerpc.Request, 1, make([]byte, 100)...)
	for _, tc := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"bind", bind("e1af8308-5d1f-11c9-91a4-08002b14a0fa"), dissect.Strong},
		{"whole request", big, dissect.Strong},
		{"start of a request", big[:40], dissect.Weak},
		{"version byte only", []byte{5}, dissect.Short},
		{"SOCKS", []byte{5, 1, 0}, dissect.Short},
		{"Modbus", []byte{0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1}, dissect.No},
		{"connectionless", []byte{4, 0, 0x28, 0, 0x10, 0, 0, 0}, dissect.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := probe(tc.in, dissect.Hint{Stream: true}); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestEveryInterfaceHasAnIdentifier(t *testing.T) {
	if len(known) != len(tables)+len(opcTables) || known[dcerpc.UUID{}] != nil {
		t.Errorf("%d of %d interfaces: one is there twice or is not written right", len(known), len(tables)+len(opcTables))
	}
}
