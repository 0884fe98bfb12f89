package dlms

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func wrapper(src, dst byte, apdu string) []byte {
	b := unhex(apdu)
	return append([]byte{0, 1, 0, src, 0, dst, 0, byte(len(b))}, b...)
}

func c(apdu string) dissecttest.Message { return dissecttest.C(wrapper(16, 1, apdu)) }
func s(apdu string) dissecttest.Message { return dissecttest.S(wrapper(1, 16, apdu)) }

func crc(b []byte) []byte {
	c := uint16(0xffff)
	for _, x := range b {
		c ^= uint16(x)
		for range 8 {
			c = c>>1 ^ 0x8408*(c&1)
		}
	}
	return binary.LittleEndian.AppendUint16(b, ^c)
}

// hdlc is a frame with those addresses and control, and a command or answer.
func hdlc(head []byte, llc byte, apdu string) []byte {
	n := 4 + len(head)
	var information []byte
	if apdu != "" {
		information = append([]byte{0xe6, llc, 0}, unhex(apdu)...)
		n += len(information) + 2
	}
	b := crc(append([]byte{0xa0, byte(n)}, head...))
	if apdu != "" {
		b = crc(append(b, information...))
	}
	return append(append([]byte{flag}, b...), flag)
}

const (
	getName   = "c0 01 c1 0001 00002a0000ff 02 00"
	gotName   = "c4 01 c1 00 0908 4142433030303037"
	cutOff    = "c3 01 81 0046 000060030aff 01 01 0f00"
	cutOffNo  = "c7 01 81 03 00"
	load      = "c3 01 82 0012 00002c0000ff 02 01 0900"
	setClock  = "c1 01 c2 0008 0000010000ff 02 00 0900"
	associate = "60 24 a109 0607 60857405080101 8a02 0780 8b07 60857405080201 ac06 8004 31323334 be02 0400"
	noSecret  = "60 0f a109 0607 60857405080101 be02 0400"
	accepted  = "61 1c a109 0607 60857405080103 a203 020100 a40a 0408 4142430000000001"
)

func run(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{Protocol()}, port, m...)
}

func TestOperations(t *testing.T) {
	r := run(Port, c(getName), s(gotName), c(cutOff), s(cutOffNo), c(load), c(setClock))
	if o := r.Operation("0xc0"); o.Object != "0-0:42.0.0.255/2" || o.Accepted != 1 || o.Verb.Kind != plant.Read {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("0xc3"); o.Object != "0-0:96.3.10.255/1" || o.Refused != 1 || o.Verb.Technique != "T0855" {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("0xc1"); o.Object != "0-0:1.0.0.255/2" || o.Verb.Kind != plant.Config {
		t.Errorf("%+v", o)
	}
	var firmware bool
	for _, o := range r.Operations {
		firmware = firmware || o.Verb.Kind == plant.Firmware && o.Verb.Technique == "T0857"
	}
	if !firmware {
		t.Error("an image transfer is no firmware")
	}
	if r.Fact(dissecttest.Server, plant.FieldName) != "ABC00007" || r.Fact(dissecttest.Server, plant.FieldVendorID) != "flag:ABC" {
		t.Errorf("%+v", r.Sightings)
	}
	if len(r.Anomalies) != 0 {
		t.Errorf("%+v", r.Anomalies)
	}
}

func TestAssociation(t *testing.T) {
	r := run(5000, c(associate), s(accepted))
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "dlms low-level security" {
		t.Errorf("login %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldUnit); got != "dlms:4142430000000001" {
		t.Errorf("unit %q", got)
	}
	for _, x := range r.Sightings {
		if strings.Contains(x.Value, "1234") && x.Field != plant.FieldUnit {
			t.Errorf("the password stands in %+v", x)
		}
	}
	r = run(Port, c(noSecret), s(accepted))
	if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != "dlms.authentication=none" {
		t.Errorf("security %q", got)
	}
}

func TestHDLC(t *testing.T) {
	client, server := []byte{3, 0x21, 0x10}, []byte{0x21, 3, 0x30}
	ask, answer := hdlc(client, 0xe6, getName), hdlc(server, 0xe7, gotName)
	shared := append(ask[:len(ask)-1:len(ask)-1], hdlc([]byte{3, 0x21, 0x51}, 0, "")...) // one flag between two frames
	r := run(5000, dissecttest.C(hdlc([]byte{3, 0x21, 0x93}, 0, "")), dissecttest.C(shared), dissecttest.S(answer[:9]), dissecttest.S(answer[9:]))
	if o := r.Operation("0xc0"); o.Requests != 1 || o.Responses != 1 {
		t.Errorf("%+v", r.Operations)
	}
	if r.Operation("SNRM").Requests != 1 || r.Conversations[0].Protocol != "dlms" || len(r.Anomalies) != 0 {
		t.Errorf("%+v %+v", r.Conversations, r.Anomalies)
	}
}

func TestProbe(t *testing.T) {
	wrong := hdlc([]byte{3, 0x21, 0x93}, 0, "")
	wrong[4] ^= 1
	for _, x := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"an HDLC frame", hdlc([]byte{3, 0x21, 0x93}, 0, ""), dissect.Strong},
		{"a wrong check sequence", wrong, dissect.No},
		{"an association in a wrapper", wrapper(16, 1, associate), dissect.Strong},
		{"a request in a wrapper", wrapper(16, 1, getName), dissect.Weak},
		{"a wrapper around something else", wrapper(16, 1, "ff00"), dissect.No},
		{"Modbus", unhex("000100000006010300000001"), dissect.No},
		{"half a wrapper", wrapper(16, 1, getName)[:9], dissect.Short},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := probe(x.in, dissect.Hint{Stream: true}); got != x.want {
				t.Errorf("got %d", got)
			}
		})
	}
}
