package isotsap

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var (
	client = dissecttest.Client
	server = dissecttest.Server
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// packet wraps a TPDU in a TPKT.
func packet(tpdu []byte) []byte {
	n := len(tpdu) + 4
	return append([]byte{3, 0, byte(n >> 8), byte(n)}, tpdu...)
}

// data is user data in a data TPDU with the end mark.
func data(s string) []byte { return packet(append(unhex("02f080"), unhex(s)...)) }

const (
	connectPG = "11e00000000100c0010ac1020100c2020102"
	confirm   = "06d00001000200"
	setup     = "32010000000100080000 f0000001000101e0"
	setupOK   = "320300000001000800000000 f0000001000100f0"
)

func run(port uint16, messages ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{Protocol()}, port, messages...)
}

func session(more ...dissecttest.Message) []dissecttest.Message {
	return append([]dissecttest.Message{
		dissecttest.C(packet(unhex(connectPG))), dissecttest.S(packet(unhex(confirm))),
		dissecttest.C(data(setup)), dissecttest.S(data(setupOK)),
	}, more...)
}

func TestConnection(t *testing.T) {
	r := run(Port, session()...)
	if got := r.Operation("0xe0"); got.Object != "selector PG rack 0 slot 2" || got.Accepted != 1 {
		t.Errorf("connection: %+v", got)
	}
	if got := r.Fact(client, plant.FieldRole); got != plant.RoleEngineering {
		t.Errorf("client is %q", got)
	}
	if got := r.Fact(server, plant.FieldRole); got != plant.RoleController {
		t.Errorf("server is %q", got)
	}
	if got := r.Conversations[0]; got.Protocol != "s7comm" || !got.Confirmed {
		t.Errorf("conversation: %+v", got)
	}
}

func TestRefusedConnection(t *testing.T) {
	r := run(Port, dissecttest.C(packet(unhex(connectPG))), dissecttest.S(packet(unhex("06800001000080"))))
	if got := r.Operation("0xe0"); got.Refused != 1 || got.Accepted != 0 {
		t.Errorf("connection: %+v", got)
	}
}

func TestOtherPort(t *testing.T) {
	r := run(10102, session()...)
	if got := r.Conversations[0]; got.Protocol != "s7comm" || got.Port != 10102 {
		t.Errorf("conversation: %+v", got)
	}
}

func TestParts(t *testing.T) {
	whole := unhex("3201 0000 0002 000e 0000 0401 120a10 02 000a 0005 84 000000")
	first := packet(append(unhex("02f000"), whole[:9]...))
	empty := packet(unhex("02f000")) // Siemens' acknowledgement
	last := packet(append(unhex("02f080"), whole[9:]...))
	r := run(Port, session(dissecttest.C(first), dissecttest.C(empty), dissecttest.C(last))...)
	if got := r.Operation("0x04"); got.Object != "DB5 0-9" || got.Requests != 1 {
		t.Errorf("read: %+v", got)
	}
	if len(r.Anomalies) > 0 {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
}

func TestEndlessParts(t *testing.T) {
	part := packet(append(unhex("02f000"), make([]byte, 60000)...))
	last := packet(unhex("02f08032"))
	r := run(Port, session(dissecttest.C(part), dissecttest.C(part), dissecttest.C(part), dissecttest.C(last), dissecttest.C(data(setup)))...)
	if got := r.Operation("0xf0"); got.Requests != 2 {
		t.Errorf("the unit behind one that is too long: %+v", got)
	}
	if len(r.Anomalies) != 1 {
		t.Errorf("anomalies: %+v", r.Anomalies)
	}
}

func TestEncrypted(t *testing.T) {
	r := run(Port,
		dissecttest.C(packet(unhex("1be00000000100c1020600c20f 53494d415449432d524f4f542d4553"))),
		dissecttest.C(data("7201 0010 310000 05b3 0000 0001 00000000 30 0000 72010000")),
		dissecttest.C(data("1603010006 010000020303")),
		dissecttest.S(data("1603030006 020000020303")),
		dissecttest.S(data("1703030003 aabbcc")),
	)
	if got := r.Operation("tls"); got.Requests == 0 {
		t.Errorf("operations: %+v", r.Operations)
	}
	if got := r.Conversations[0].Protocol; got != "s7comm-plus" {
		t.Errorf("protocol %q", got)
	}
}

// A damaged header costs its packet and nothing else.
func TestDamagedHeader(t *testing.T) {
	r := run(Port, session(dissecttest.S(packet(unhex("000f80"))), dissecttest.C(data(setup)))...)
	if got := r.Operation("0xf0"); got.Requests != 2 {
		t.Errorf("after the damage: %+v", got)
	}
}

func TestProbe(t *testing.T) {
	for _, tt := range []struct {
		name string
		wire []byte
		want dissect.Match
	}{
		{"connection with selectors", packet(unhex(connectPG)), dissect.Strong},
		{"connection without", packet(unhex("06e00000000100")), dissect.Weak},
		{"Remote Desktop with a cookie", packet(append(unhex("27e00000000000"), "Cookie: mstshash=administrator\r\n\x00"...)), dissect.No},
		{"Remote Desktop with a negotiation request", packet(unhex("0ee00000000000 0100080003000000")), dissect.No},
		{"Remote Desktop's confirmation", packet(unhex("0ed00000123400 0200080002000000")), dissect.No},
		{"start of T.125", data("7f658201a0"), dissect.No},
		{"S7comm", data(setup), dissect.Strong},
		{"S7comm-plus", data("72020004 33700000 72020000"), dissect.Strong},
		{"part of a unit", packet(unhex("02f00032")), dissect.Weak},
		{"acknowledgement", packet(unhex("02f000")), dissect.Weak},
		{"two packets", append(packet(unhex("02f000")), data(setup)...), dissect.Weak},
		{"a packet and something else", append(packet(unhex("02f000")), "HTTP/1.1"...), dissect.No},
		{"half a packet", data(setup)[:12], dissect.Weak},
		{"half a header", []byte{3, 0, 0}, dissect.Short},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), dissect.No},
		{"a damaged TPDU", packet(unhex("09f080")), dissect.No},
	} {
		if got := probe(tt.wire, dissect.Hint{Stream: true}); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	if probe(packet(unhex(connectPG)), dissect.Hint{}) != dissect.No {
		t.Error("a datagram is taken")
	}
}

// Every prefix of a conversation is read without failing, whatever is cut off.
func TestTruncation(t *testing.T) {
	stream := slices.Concat(packet(unhex(connectPG)), data(setup),
		data("32070000060000080008 00011204114401 00 ff09000400110000"),
		data("7201 0010 310000 05b3 0000 0001 00000000 30 0000 72010000"))
	for i := range stream {
		run(Port, dissecttest.C(stream[:i]), dissecttest.S(stream[i:]))
	}
}
