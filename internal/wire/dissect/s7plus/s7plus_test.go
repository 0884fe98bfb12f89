package s7plus_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/isotsap"
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

// tpkt is a unit in a data TPDU in a TPKT.
func tpkt(unit []byte) []byte {
	n := len(unit) + 7
	return append([]byte{3, 0, byte(n >> 8), byte(n), 2, 0xf0, 0x80}, unit...)
}

// whole is a message in one unit, part one that goes on in the next unit.
func whole(version byte, message string) []byte {
	return tpkt(append(part(version, message)[7:], 0x72, version, 0, 0))
}

func part(version byte, message string) []byte {
	m := unhex(message)
	return tpkt(append([]byte{0x72, version, byte(len(m) >> 8), byte(len(m))}, m...))
}

func text(s string) string { return "0015" + hex.EncodeToString(append([]byte{byte(len(s))}, s...)) }

func run(messages ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{isotsap.Protocol()}, isotsap.Port, messages...)
}

var connect = []dissecttest.Message{
	dissecttest.C(unhex("03000023 1ee00000000100c1020600c20f53494d415449432d524f4f542d4553 c0010a")),
	dissecttest.S(unhex("0300000b 06d00001000200")),
}

const (
	createSession = "310000 04ca 0000 0001 00000120 36 0000011d 00 04 00 00000000 a1 000000d3 821f 00 00 "
	sessionMade   = "320000 04ca 0000 0001 36 00 02 8740 8707 a1 00000120 821f 00 00 a3 8232 00 17 0000013a 823f "
)

func TestSession(t *testing.T) {
	r := run(append(connect,
		dissecttest.C(whole(1, createSession+"a3822a"+text("ES-PC_21032491")+"a38229"+text("TIA Portal")+"a2 00000000")),
		dissecttest.S(whole(1, sessionMade+text("1;6ES7 215-1HG40-0XB0;V4.5")+"00 a2 00000000")),
	)...)
	for field, want := range map[plant.Field]string{
		plant.FieldOrderNumber: "6ES7 215-1HG40-0XB0", plant.FieldFirmware: "V4.5",
		plant.FieldRole: plant.RoleController, plant.FieldSecurity: "s7comm-plus.tls=off",
	} {
		if got := r.Fact(server, field); got != want {
			t.Errorf("server's %s is %q, want %q", field, got, want)
		}
	}
	for field, want := range map[plant.Field]string{
		plant.FieldName: "ES-PC", plant.FieldSoftware: "TIA Portal", plant.FieldRole: plant.RoleEngineering,
	} {
		if got := r.Fact(client, field); got != want {
			t.Errorf("client's %s is %q, want %q", field, got, want)
		}
	}
}

func TestOperations(t *testing.T) {
	const head = "0000 0007 000003c0 34 "
	for _, tt := range []struct {
		name, function, body, code string
		kind                       plant.Kind
		technique, object, value   string
	}{
		{"a stop", "04f2", "00000034 01 9077 00 08 01", "0x04f2", plant.Mode, "T0858", "CPU", "1"},
		{"credit for a subscription", "04f2", "1000006a 01 881d 00 07 0006", "0x04f2", plant.Other, "", "", ""},
		{"a log-in", "04f2", "000003c0 01 8e36 10 02 02 aabb", "0x04f2", plant.Auth, "", "objects 0x3c0", ""},
		{"a password", "04f2", "00000032 01 9a7c 00 15 02 6162", "0x04f2", plant.Auth, "T0892", "CPU", ""},
		{"a write to a data block", "0542", "00000000 01 05 00 88d0b88006 02 9376 16 01 00 07 0005 00", "0x0542", plant.Write, "T0855", "DB6", ""},
		{"a read of flags and a data block", "054c", "00000000 02 09 00 52 01 9d18 00 88d0b88006 02 9376 16", "0x054c", plant.Read, "T0801", "flags, DB6", ""},
		{"an exploration", "04bb", "00000003 00", "0x04bb", plant.Read, "T0861", "CPU", ""},
		{"identification", "0586", "00000031 20 04 01 9d29 00", "0x0586", plant.Identify, "T0888", "CPU", ""},
		{"a block loaded", "04ca", "00000003 00 04 00 00000000 a1 8a200001 9432 00 00 a3 9359 00 03 0001 a2", "0x04ca", plant.Program, "T0843", "OB1", ""},
		{"a data block deleted", "04d4", "8a0e0006", "0x04d4", plant.Program, "T0889", "DB6", ""},
		{"a subscription", "04ca", "000003c0 00 04 00 00000000 a1 7fffc001 8769 00 00 a2", "0x04ca", plant.Read, "T0801", "", ""},
		{"an unknown function", "0601", "00000000", "0x0601", plant.Other, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := run(
				dissecttest.C(whole(2, "310000"+tt.function+head+tt.body+"000004e8")),
				dissecttest.S(whole(2, "320000"+tt.function+"0000 0007 34 00 000000")),
			)
			got := r.Operation(tt.code)
			if got.Verb.Kind != tt.kind || got.Verb.Technique != tt.technique {
				t.Errorf("%s %s", got.Verb.Kind, got.Verb.Technique)
			}
			if got.Object != tt.object || got.Value != tt.value || got.Accepted != 1 {
				t.Errorf("object %q, value %q, %d accepted", got.Object, got.Value, got.Accepted)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	r := run(
		dissecttest.C(whole(2, "310000 04f2 0000 0007 000003c0 34 00000034 01 9077 00 08 01")),
		dissecttest.S(whole(2, "320000 04f2 0000 0007 34 c08895b080ef91fff4 00")),
	)
	if got := r.Operation("0x04f2"); got.Refused != 1 || got.Accepted != 0 {
		t.Errorf("%+v", got)
	}
}

// A message in several units counts once.
func TestParts(t *testing.T) {
	r := run(
		dissecttest.C(part(2, "310000 04bb 0000 0007 000003c0 34 00000003")),
		dissecttest.C(part(2, "320000 04ca 0000 0009 34 00")),
		dissecttest.C(whole(2, "aabbcc")),
		dissecttest.C(whole(2, "310000 04bb 0000 0008 000003c0 34 00000003")),
	)
	if got := r.Operation("0x04bb"); got.Requests != 2 || len(r.Operations) != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestMaintenanceRecord(t *testing.T) {
	im0 := "00200038 0100 002a" + hex.EncodeToString([]byte("6ES7 214-1HE30-0XB0 S C-ABC123456789")) + "0002 56 020200 0000"
	r := run(
		dissecttest.C(whole(2, "310000 0586 0000 0004 000003c0 34 00000031 20 04 01 9d29 00")),
		dissecttest.S(whole(2, "320000 0586 0000 0004 34 00 00 00 14 00 34"+im0)),
	)
	for field, want := range map[plant.Field]string{
		plant.FieldSerial: "S C-ABC123456789", plant.FieldFirmware: "V2.2.0", plant.FieldVendorID: "profinet:42",
	} {
		if got := r.Fact(server, field); got != want {
			t.Errorf("%s %q, want %q", field, got, want)
		}
	}
}

// No secret is kept: neither as an object nor as a value.
func TestSecrets(t *testing.T) {
	r := run(dissecttest.C(whole(2, "310000 04f2 0000 0007 000003c0 34 00000032 01 9a7c 00 0c 736b7274 00")))
	for _, o := range r.Operations {
		if o.Value != "" || strings.Contains(o.Object, "skrt") {
			t.Errorf("%+v", o)
		}
	}
	if slices.ContainsFunc(r.Sightings, func(s plant.Sighting) bool { return strings.Contains(s.Value, "skrt") }) {
		t.Error("a fact holds the password")
	}
}
