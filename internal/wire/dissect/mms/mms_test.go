package mms_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/isotsap"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// packet is a TPKT packet with a COTP data unit.
func packet(user []byte) []byte {
	b := append([]byte{3, 0, 0, byte(7 + len(user)), 2, 0xf0, 0x80}, user...)
	return b
}

// data puts an MMS PDU into presentation and session layers.
func data(pdu string) []byte {
	m := unhex(pdu)
	b := append([]byte{2, 1, 3, 0xa0, byte(len(m))}, m...)
	b = append([]byte{0x30, byte(len(b))}, b...)
	b = append([]byte{0x61, byte(len(b))}, b...)
	return packet(append([]byte{1, 0, 1, 0}, b...))
}

func run(messages ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{isotsap.Protocol()}, isotsap.Port, messages...)
}

func c(pdu string) dissecttest.Message { return dissecttest.C(data(pdu)) }
func s(pdu string) dissecttest.Message { return dissecttest.S(data(pdu)) }

func TestOperations(t *testing.T) {
	r := run(
		c("a0 2d 02012c a528 a019 3017 a015 a113 1a03 4c4431 1a0c 435357493124434f24506f73 a00b a209 8301ff 860100 850103"), s("a1 08 02012c a503 800103"),
		c("a0 0a 020101 bf2904 8002 5031"), s("a1 06 020101 9f2900"),
		c("a0 09 020102 ba04 8002 4431"), s("a2 0b 800102 a206 a004 87020002"),
		s("a3 12 a010 a107 8005 5250542e31 a005 8301ff 8400"),
	)
	for _, w := range []struct {
		code, object, technique string
		kind                    plant.Kind
	}{
		{"req.5", "LD1/CSWI1$CO$Pos", "T0855", plant.Write},
		{"req.41", "program P1", "T0858", plant.Mode},
		{"req.26", "domain D1", "T0843", plant.Program},
	} {
		o := r.Operation(w.code)
		if o.Object != w.object || o.Verb.Kind != w.kind || o.Verb.Technique != w.technique || o.Verb.Protocol != "mms" {
			t.Errorf("%s: %+v", w.code, o)
		}
	}
	if o := r.Operation("req.5"); o.Value != "255" {
		t.Errorf("value of the write: %q", o.Value)
	}
	if r.Operation("req.5").Refused != 1 || r.Operation("req.41").Accepted != 1 || r.Operation("req.26").Refused != 1 || r.Operation("error").Refused != 1 {
		t.Error("outcomes")
	}
	if o := r.Operation("0"); o.Verb.Protocol != "mms-report" {
		t.Errorf("report: %+v", o)
	}
	if len(r.Anomalies) != 0 || len(r.Conversations) != 1 || r.Conversations[0].Protocol != "mms" {
		t.Errorf("%+v %+v", r.Anomalies, r.Conversations)
	}
}

func TestWriteKinds(t *testing.T) {
	for item, technique := range map[string]string{
		"4c4c4e302453502461":   "T0836", // LLN0$SP$a
		"4c4c4e302452502461":   "",      // LLN0$RP$a
		"4c4c4e30244d58":       "T0855", // LLN0$MX
		"435357493124434f2461": "T0855", // CSWI1$CO$a
	} {
		n := len(item) / 2
		hexByte := func(n int) string { return hex.EncodeToString([]byte{byte(n)}) }
		r := run(c("a0" + hexByte(26+n) + "020101 a5" + hexByte(21+n) + "a0" + hexByte(14+n) + "30" + hexByte(12+n) + "a0" + hexByte(10+n) +
			"a1" + hexByte(8+n) + "1a04 4c443131 1a" + hexByte(n) + item + "a003 8301ff"))
		if o := r.Operation("req.5"); o.Verb.Kind != plant.Write || o.Verb.Technique != technique {
			t.Errorf("%s: %+v", item, o.Verb)
		}
	}
}

func TestIdentity(t *testing.T) {
	r := run(
		c("a0 05 020107 8200"), s("a1 13 020107 a20e 8003 414243 8102 4d31 8203 312e32"),
		c("a0 10 020109 a10b a003 800109 a104 8002 0000"), s("a1 10 020109 a10b a006 1a01 41 1a01 42 810100"),
	)
	for f, want := range map[plant.Field]string{plant.FieldVendor: "ABC", plant.FieldProduct: "M1", plant.FieldFirmware: "1.2", plant.FieldUnit: "A"} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s is %q", f, got)
		}
	}
}

func TestNamePlate(t *testing.T) {
	// LPHD1$DC$PhyNam as a whole, of device LD1: six attributes in order.
	item := hex.EncodeToString([]byte("LPHD1$DC$PhyNam"))
	request := "a0 25 020101 a420 a11e a01c 301a a018 a116 1a03 4c4431 1a0f" + item
	r := run(c(request), s("a1 1b 020101 a416 a114 a212 8a0156 8a0148 8a0153 8a014e 8a014d 8a014c"))
	for f, want := range map[plant.Field]string{
		plant.FieldVendor: "V", plant.FieldHardware: "H", plant.FieldFirmware: "S", plant.FieldSerial: "N", plant.FieldProduct: "M", plant.FieldLocation: "L",
	} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s is %q", f, got)
		}
	}
	// A plate that lacks attributes tells only the vendor for sure.
	r = run(c(request), s("a1 0f 020101 a40a a108 a206 8a0156 8a0148"))
	if r.Fact(dissecttest.Server, plant.FieldVendor) != "V" || r.Fact(dissecttest.Server, plant.FieldHardware) != "" {
		t.Errorf("%+v", r.Sightings)
	}
	// Without the request nobody knows what the values are.
	if r = run(s("a1 0a 020101 a405 a103 8a0156")); r.Fact(dissecttest.Server, plant.FieldVendor) != "" {
		t.Errorf("%+v", r.Sightings)
	}
}

func TestPasswordIsToldButNotKept(t *testing.T) {
	connect := unhex("0d31 c12f 312d a003800101 a226 6124 3022 020101 a01d 601b 8b03 520301 ac08 8006 736563726574 be0a 2808 020103 a003 a80180")
	r := run(dissecttest.C(packet(connect)))
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "mms password" {
		t.Errorf("login %q", got)
	}
	for _, x := range r.Sightings {
		if strings.Contains(x.Value, "secret") {
			t.Errorf("the password stands in %+v", x)
		}
	}
}

func TestControlCentres(t *testing.T) {
	item := hex.EncodeToString([]byte("Bilateral_Table_ID"))
	r := run(c("a0 26 020101 a421 a11f a01d 301b a019 a117 1a01 44 1a12"+item), s("a1 09 020101 a404 a102 8a00"))
	if r.Fact(dissecttest.Server, plant.FieldRole) != plant.RoleSCADA || r.Fact(dissecttest.Client, plant.FieldRole) != plant.RoleSCADA {
		t.Errorf("%+v", r.Sightings)
	}
}

func TestSession(t *testing.T) {
	r := run(c("a8 03 820105"), s("a9 00"), c("a0 05 020101 8200"), s("a4 06 800101 810101"), c("a0 05 020102 8200"), s("a1 03 020102"), c("8501 03"), c("8b00"), s("8c00"))
	for code, n := range map[string]uint64{"initiate": 1, "reject": 0, "resp": 0, "cancel": 1, "conclude": 1, "req.2": 2} {
		if o := r.Operation(code); o.Verb.Code != code || o.Requests != n {
			t.Errorf("%s: %+v", code, o)
		}
	}
	if r.Operation("reject").Refused != 1 || r.Operation("resp").Responses != 1 {
		t.Errorf("%+v", r.Operations)
	}
	if r = run(c("a0 03 020101")); len(r.Anomalies) != 1 {
		t.Errorf("a request without a service: %+v", r.Anomalies)
	}
}

func TestAssociationWithoutAuthentication(t *testing.T) {
	r := run(dissecttest.S(packet(unhex("0e28 c126 3124 a003800101 a21d 610b 3009 020101 a004 6102 a100 0000 0000000000000000000000000000"))))
	if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != "mms.authentication=none" {
		t.Errorf("security %q, %+v", got, r.Anomalies)
	}
}

func TestDamage(t *testing.T) {
	r := run(dissecttest.C(packet(unhex("01000100 6112 3010 020103"))), c("a0 05 020107 8200"))
	if len(r.Anomalies) == 0 || r.Operation("req.2").Requests != 1 {
		t.Errorf("%+v %+v", r.Anomalies, r.Operations)
	}
}
