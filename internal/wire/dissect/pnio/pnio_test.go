package pnio

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/pnio"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

const (
	objectID  = "dea000006c9711d182710001003c00b0"
	deviceID  = "dea000016c9711d1827100a02442df7d"
	mapperID  = "e1af83085d1f11c991a408002b14a0fa"
	arID      = "00112233445566778899aabbccddeeff"
	nobody    = "00000000000000000000000000000000"
	flagFrag  = 4
	flagLast  = 2
	clRequest = 0
	clReply   = 2
)

// datagram is a connectionless message, big endian.
func datagram(typ, flags byte, object, iface string, sequence, opnum, fragment uint16, body []byte) []byte {
	b := append([]byte{4, typ, 0x20 | flags, 0, 0, 0, 0, 0}, unhex(object+iface+arID)...)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0)
	b = binary.BigEndian.AppendUint16(b, sequence)
	b = binary.BigEndian.AppendUint16(b, opnum)
	b = append(b, 0xff, 0xff, 0xff, 0xff)
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	b = binary.BigEndian.AppendUint16(b, fragment)
	return append(append(b, 0, 0), body...)
}

// stub puts blocks behind the arguments of a message.
func stub(status uint32, blocks ...[]byte) []byte {
	body := bytes.Join(blocks, nil)
	b := binary.BigEndian.AppendUint32(nil, status)
	for _, v := range []int{len(body), len(body), 0, len(body)} {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	return append(b, body...)
}

func blockOf(typ uint16, digits string) []byte {
	v := unhex(digits)
	b := binary.BigEndian.AppendUint16(nil, typ)
	b = binary.BigEndian.AppendUint16(b, uint16(len(v)+2))
	return append(append(b, 1, 0), v...)
}

func relation(typ string) []byte {
	return blockOf(0x0101, typ+arID+"0001 00a0456dd343"+objectID+"00000011 0258 8892 0005 706c632d31")
}

func header(typ uint16, index string) []byte {
	return blockOf(typ, "0001"+arID+"00000000 0002 0001 0000"+index+"0000003c"+strings.Repeat("00", 24))
}

func udp(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.UDP([]dissect.Protocol{Protocol()}, port, m...)
}

var (
	c, s = dissecttest.C, dissecttest.S

	connectStub = stub(4096, relation("0001"))
	connecting  = datagram(clRequest, 0, objectID, deviceID, 1, pdu.OpConnect, 0, connectStub)
	supervise   = datagram(clRequest, 0, objectID, deviceID, 1, pdu.OpConnect, 0, stub(4096, relation("0006")))
	accepted    = datagram(clReply, 0, objectID, deviceID, 1, pdu.OpConnect, 0, stub(0,
		blockOf(0x8101, "0001"+arID+"0001 00099143e067 8892"), blockOf(0x8106, "0006 706e2d696f31"),
		blockOf(0x8104, "0001 00000000 0001 0002 00000009 0001 0000")))
	rejected  = datagram(clReply, 0, objectID, deviceID, 1, pdu.OpConnect, 0, stub(0xdb810000))
	write     = datagram(clRequest, 0, objectID, deviceID, 2, pdu.OpWrite, 0, stub(4096, header(0x0008, "0001"), []byte{1}))
	readPlate = datagram(clRequest, 0, objectID, deviceID, 3, pdu.OpRead, 0, stub(4096, header(0x0009, "aff0")))
	plateIs   = datagram(clReply, 0, objectID, deviceID, 3, pdu.OpRead, 0, stub(0, header(0x8009, "aff0"),
		blockOf(0x0020, `002a 36455337203332332d31424c30302d3041413020 53204331323334353637383930202020 0003 56 020307 0001 0000 0003 0101 000e`)))
	lookUp = datagram(clRequest, 0, nobody, mapperID, 4, 2, 0, nil)
)

func TestOperations(t *testing.T) {
	half := len(connectStub) / 2
	for _, tc := range []struct {
		name      string
		messages  []dissecttest.Message
		code      string
		object    string
		kind      plant.Kind
		technique string
		counts    [4]uint64 // requests, responses, accepted, refused
	}{
		{"a controller connects", []dissecttest.Message{c(connecting), s(accepted)}, "0", "", plant.Other, "", [4]uint64{1, 1, 1, 0}},
		{"a supervisor connects", []dissecttest.Message{c(supervise), s(accepted)}, "0", "", plant.Config, "T0848", [4]uint64{1, 1, 1, 0}},
		{"a controller is rejected", []dissecttest.Message{c(connecting), s(rejected)}, "0", "", plant.Other, "", [4]uint64{1, 1, 0, 1}},
		{"in two fragments", []dissecttest.Message{
			c(datagram(clRequest, flagFrag, objectID, deviceID, 1, 0, 0, connectStub[:half])),
			c(datagram(clRequest, flagFrag|flagLast, objectID, deviceID, 1, 0, 1, connectStub[half:])),
		}, "0", "", plant.Other, "", [4]uint64{1, 0, 0, 0}},
		{"a parameter is written", []dissecttest.Message{c(write)}, "3", "unit 2 parameter record 1", plant.Config, "T0836", [4]uint64{1, 0, 0, 0}},
		{"the type plate is read", []dissecttest.Message{c(readPlate), s(plateIs)}, "2", "unit 2 I&M record 45040", plant.Identify, "T0888", [4]uint64{1, 1, 1, 0}},
		{"the endpoint mapper is asked", []dissecttest.Message{c(lookUp)}, "epm.2", "", plant.Identify, "T0846", [4]uint64{1, 0, 0, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := udp(pdu.Port, tc.messages...)
			o := r.Operation(tc.code)
			if got := [4]uint64{o.Requests, o.Responses, o.Accepted, o.Refused}; got != tc.counts || o.Object != tc.object ||
				o.Verb.Kind != tc.kind || o.Verb.Technique != tc.technique {
				t.Errorf("got %v %+v", got, o)
			}
			if len(r.Operations) != 1 || len(r.Anomalies) != 0 {
				t.Errorf("operations %v, anomalies %v", r.Operations, r.Anomalies)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	r := udp(49152, c(connecting), s(accepted), c(readPlate), s(plateIs))
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "plc-1" {
		t.Errorf("the controller is %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldName); got != "pn-io1" {
		t.Errorf("the device is %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldVendorID); got != "profinet:176" {
		t.Errorf("the device's vendor is %q", got)
	}
	got := map[plant.Field]string{}
	for _, x := range r.Sightings {
		if x.Slot == 2 && x.Field != plant.FieldVendorID {
			got[x.Field] = x.Value
		}
	}
	for f, want := range map[plant.Field]string{
		plant.FieldOrderNumber: "6ES7 323-1BL00-0AA0", plant.FieldSerial: "S C1234567890", plant.FieldHardware: "3",
		plant.FieldFirmware: "V2.3.7", plant.FieldDescription: "wrong module 0x00000009",
	} {
		if got[f] != want {
			t.Errorf("module, %s: %q, want %q", f, got[f], want)
		}
	}
}

func TestLookup(t *testing.T) {
	note := make([]byte, 64)
	copy(note, "S7-1500                   6ES7 672-5DC01-0YA0      0 V  2 1 7")
	tower := unhex("0500 1300 0d 0100a0de976cd111827100a02442df7d 0100 0200 0000" +
		"1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000 0100 0a 0200 0000 0100 08 0200 8894 0100 09 0400 0a000002")
	b := unhex("00000000" + nobody + "00000001 00000001 00000000 00000001" + objectID + "00000003 00000000 00000040")
	b = append(append(b, note...), 0, 0, 0, byte(len(tower)), 0, 0, 0, byte(len(tower)))
	b = append(append(b, tower...), 0, 0, 0, 0, 0, 0, 0)
	r := udp(pdu.Port, c(lookUp), s(datagram(clReply, 0, nobody, mapperID, 4, 2, 0, b)))
	for f, want := range map[plant.Field]string{
		plant.FieldProduct: "S7-1500", plant.FieldOrderNumber: "6ES7 672-5DC01-0YA0", plant.FieldFirmware: "V2.1.7",
		plant.FieldHardware: "0", plant.FieldVendorID: "profinet:176",
	} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, f := range [][]byte{connecting, accepted, write, plateIs, lookUp} {
		for i := range f {
			for _, a := range udp(pdu.Port, c(f[:i]), s(f[:i])).Anomalies {
				if a.Kind == plant.AnomalyFailure {
					t.Fatalf("cut to %d: %s", i, a.Text)
				}
			}
		}
	}
}
