package snmp

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// tlv is an element around others.
func tlv(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	if len(body) > 127 {
		return append([]byte{tag, 0x81, byte(len(body))}, body...)
	}
	return append([]byte{tag, byte(len(body))}, body...)
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func binding(oid, value string) []byte { return tlv(0x30, tlv(6, unhex(oid)), unhex(value)) }

func body(kind, request, status byte, bindings ...[]byte) []byte {
	return tlv(kind, []byte{2, 1, request, 2, 1, status, 2, 1, 0}, tlv(0x30, bindings...))
}

func community(version byte, name string, inner []byte) []byte {
	return tlv(0x30, []byte{2, 1, version}, tlv(4, []byte(name)), inner)
}

func secured(flags byte, engine, user string, inner []byte) []byte {
	security := tlv(0x30, tlv(4, unhex(engine)), []byte{2, 1, 0, 2, 1, 0}, tlv(4, []byte(user)), tlv(4), tlv(4))
	return tlv(0x30, []byte{2, 1, 3}, tlv(0x30, []byte{2, 1, 1, 2, 2, 5, 0xdc, 4, 1, flags, 2, 1, 3}), tlv(4, security), tlv(0x30, tlv(4), tlv(4), inner))
}

func run(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.UDP([]dissect.Protocol{Protocol()}, port, m...)
}

const (
	sysDescr    = "2b06010201010100"
	sysObjectID = "2b06010201010200"
	sysName     = "2b06010201010500"
	ifNumber    = "2b06010201020100"
	serialOf1   = "2b060102012f010101010b01"
	serialOf3   = "2b060102012f010101010b03"
)

func TestIdentity(t *testing.T) {
	for _, port := range []uint16{161, 16100} {
		r := run(port,
			dissecttest.C(community(1, "public", body(0xa0, 1, 0, binding(sysDescr, "0500")))),
			dissecttest.S(community(1, "public", body(0xa2, 1, 0,
				binding(sysDescr, "0403 504c43"), binding(sysObjectID, "0608 2b06010401820b01"), binding(sysName, "0402 4135"), binding(serialOf1, "0402 5331"), binding(serialOf3, "0402 5333")))))
		for f, want := range map[plant.Field]string{
			plant.FieldDescription: "PLC", plant.FieldName: "A5", plant.FieldVendorID: "", plant.FieldSerial: "S1", plant.FieldSecurity: "snmp.version=2c",
		} {
			if got := r.Fact(dissecttest.Server, f); got != want && want != "" {
				t.Errorf("port %d: %s is %q", port, f, got)
			}
		}
		var slots []string
		for _, s := range r.Sightings {
			if s.Slot == 3 {
				slots = append(slots, s.Value)
			}
		}
		if strings.Join(slots, ",") != "S3" {
			t.Errorf("modules %v", slots)
		}
		if o := r.Operation("0"); o.Verb.Kind != plant.Identify || o.Requests != 1 || o.Responses != 1 || o.Accepted != 1 {
			t.Errorf("%+v", o)
		}
	}
}

func TestVendor(t *testing.T) {
	r := run(161, dissecttest.S(community(0, "public", body(0xa2, 1, 0, binding(sysObjectID, "0607 2b060104010905")))))
	if got := r.Fact(dissecttest.Server, plant.FieldVendorID); got != "snmp:9" {
		t.Errorf("vendor %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldProductCode); got != "snmp:1.3.6.1.4.1.9.5" {
		t.Errorf("product %q", got)
	}
}

func TestSet(t *testing.T) {
	r := run(161,
		dissecttest.C(community(0, "s3cret", body(0xa3, 7, 0, binding(sysName, "0401 41")))),
		dissecttest.S(community(0, "s3cret", body(0xa2, 7, 4, binding(sysName, "0401 41")))))
	o := r.Operation("3")
	if o.Verb.Kind != plant.Config || o.Verb.Technique != "T0836" || o.Object != "variable 1.3.6.1.2.1.1.5.0" || o.Refused != 1 {
		t.Errorf("%+v", o)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "snmp community" {
		t.Errorf("login %q", got)
	}
	for _, x := range r.Sightings {
		if strings.Contains(x.Value, "s3cret") {
			t.Errorf("the community stands in %+v", x)
		}
	}
}

func TestDefaultCommunityNeedsAnAnswer(t *testing.T) {
	has := func(r dissecttest.Result) bool {
		for _, x := range r.Sightings {
			if x.Value == "snmp.community=default" {
				return true
			}
		}
		return false
	}
	ask := dissecttest.C(community(0, "private", body(0xa0, 1, 0, binding(ifNumber, "0500"))))
	if has(run(161, ask)) {
		t.Error("a scanner's guess became a fact")
	}
	if !has(run(161, ask, dissecttest.S(community(0, "private", body(0xa2, 1, 0, binding(ifNumber, "020105")))))) {
		t.Error("the answer to it did not")
	}
}

func TestVersion3(t *testing.T) {
	const engine = "8000000903000102030405"
	r := run(161,
		dissecttest.C(secured(4, "", "", body(0xa0, 1, 0))),
		dissecttest.S(secured(0, engine, "", body(0xa8, 1, 0))),
		dissecttest.C(secured(5, engine, "operator", body(0xa0, 2, 0, binding(sysName, "0500")))),
		dissecttest.S(secured(1, engine, "operator", body(0xa2, 2, 0, binding(sysName, "0402 4135")))))
	for f, want := range map[plant.Field]string{
		plant.FieldUnit: "snmp-engine:" + engine, plant.FieldVendorID: "snmp:9", plant.FieldName: "A5", plant.FieldSecurity: "snmp.v3=authNoPriv",
	} {
		if got := r.Fact(dissecttest.Server, f); got != want {
			t.Errorf("%s is %q", f, got)
		}
	}
	if got := r.Fact(dissecttest.Client, plant.FieldUser); got != "operator" {
		t.Errorf("user %q", got)
	}
}

func TestTraps(t *testing.T) {
	r := run(162, dissecttest.C(community(1, "public", body(0xa7, 1, 0, binding(sysName, "0402 4135")))))
	if r.Operation("7").Requests != 1 || r.Fact(dissecttest.Client, plant.FieldName) != "A5" {
		t.Errorf("%+v %+v", r.Operations, r.Sightings)
	}
}

func TestProbe(t *testing.T) {
	good := community(0, "public", body(0xa0, 1, 0, binding(sysDescr, "0500")))
	for _, x := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"a message", good, dissect.Strong},
		{"a message that is cut off", good[:len(good)-3], dissect.Weak},
		{"LDAP", unhex("300c 020101 6007 020103 0400 8000"), dissect.No},
		{"DNS", unhex("123401000001000000000000"), dissect.No},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := probe(x.in, dissect.Hint{}); got != x.want {
				t.Errorf("got %d", got)
			}
		})
	}
	if got := probe(good, dissect.Hint{Stream: true}); got != dissect.No {
		t.Errorf("in a stream: %d", got)
	}
}
