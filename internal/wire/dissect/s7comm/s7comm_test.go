package s7comm_test

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

var server = dissecttest.Server

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

// job is a job with that reference; answer its answer without an error.
func job(ref byte, param, data string) dissecttest.Message {
	return dissecttest.C(tpkt(unit(1, ref, "", param, data)))
}

func answer(ref byte, param, data string) dissecttest.Message {
	return dissecttest.S(tpkt(unit(3, ref, "0000", param, data)))
}

func ud(ref byte, param, data string) []byte { return tpkt(unit(7, ref, "", param, data)) }

func unit(rosctr, ref byte, code, param, data string) []byte {
	p, d := unhex(param), unhex(data)
	head := []byte{0x32, rosctr, 0, 0, 0, ref, 0, byte(len(p)), byte(len(d) >> 8), byte(len(d))}
	return slices.Concat(head, unhex(code), p, d)
}

func run(messages ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{isotsap.Protocol()}, isotsap.Port, messages...)
}

var connect = []dissecttest.Message{
	dissecttest.C(unhex("03000016 11e00000000100c0010ac1020100c2020102")),
	dissecttest.S(unhex("0300000b 06d00001000200")),
}

func TestOperations(t *testing.T) {
	for _, tt := range []struct {
		name      string
		messages  []dissecttest.Message
		code      string
		kind      plant.Kind
		technique string
		object    string
		value     string
		accepted  uint64
		refused   uint64
	}{
		{
			"a read of a data block", []dissecttest.Message{
				job(1, "0401 120a10 02 0014 0005 84 000000", ""), answer(1, "0401", "ff0400a0"+strings.Repeat("00", 20)),
			}, "0x04", plant.Read, "T0801", "DB5 0-19", "", 1, 0,
		},
		{
			"a read of something that does not exist", []dissecttest.Message{
				job(1, "0401 120a10 02 0014 0005 84 000000", ""), answer(1, "0401", "0a000000"),
			}, "0x04", plant.Read, "T0801", "DB5 0-19", "", 0, 1,
		},
		{
			"a read of two areas", []dissecttest.Message{
				job(1, "0402 120a10 02 0001 0000 83 000000 120a10 02 0001 0001 84 000000", ""),
			}, "0x04", plant.Read, "T0801", "flags, DB1", "", 0, 0,
		},
		{
			"an output switched on", []dissecttest.Message{
				job(2, "0501 120a10 01 0001 0000 82 00000b", "00030001 01"), answer(2, "0501", "ff"),
			}, "0x05", plant.Write, "T0855", "Q1.3", "1", 1, 0,
		},
		{
			"a word written", []dissecttest.Message{
				job(2, "0501 120a10 04 0001 0007 84 000050", "00040010 01f4"), answer(2, "0501", "ff"),
			}, "0x05", plant.Write, "T0855", "DB7 10-11", "500", 1, 0,
		},
		{
			"a stop", []dissecttest.Message{
				job(3, "290000000000 09 505f50524f4752414d", ""), answer(3, "29", ""),
			}, "0x29", plant.Mode, "T0858", "", "", 1, 0,
		},
		{
			"a start", []dissecttest.Message{
				job(3, "28000000000000fd 0000 09 505f50524f4752414d", ""), answer(3, "28", ""),
			}, "0x28", plant.Mode, "T0858", "", "", 1, 0,
		},
		{
			"a block activated", []dissecttest.Message{
				job(3, "28000000000000fd 000a 0100 3038303030303150 05 5f494e5345", ""), answer(3, "28", ""),
			}, "0x28", plant.Program, "T0889", "OB1", "", 1, 0,
		},
		{
			"a download that the controller fetches", []dissecttest.Message{
				dissecttest.S(tpkt(unit(1, 9, "", "1b00 0000 00000000 09 5f3041303030303150", ""))),
				dissecttest.C(tpkt(unit(3, 9, "0000", "1b00", ""))),
			}, "0x1b", plant.Program, "T0843", "", "", 1, 0,
		},
		{
			"an upload by number", []dissecttest.Message{
				job(4, "1d00 0000 00000000 09 5f3043303030343241", ""), answer(4, "1d00 0100 00000007 07 30303030323136", ""),
				job(5, "1e00 0000 00000007", ""), answer(5, "1e00", ""),
			}, "0x1e", plant.Program, "T0845", "FC42", "", 1, 0,
		},
		{
			"an upload refused without parameters", []dissecttest.Message{
				job(4, "1d00 0000 00000000 09 5f3043303030343241", ""), dissecttest.S(tpkt(unit(2, 4, "d241", "", ""))),
			}, "0x1d", plant.Program, "T0845", "FC42", "", 0, 1,
		},
		{
			"a clock set", []dissecttest.Message{
				dissecttest.C(ud(6, "00011204 11 47 02 00", "ff09000a 00191412312359590007")),
				dissecttest.S(ud(6, "00011208 12 87 02 01 00 00 0000", "0a000000")),
			}, "ud.7.2", plant.Config, "T0838", "", "", 1, 0,
		},
		{
			"a list that does not exist", []dissecttest.Message{
				dissecttest.C(ud(6, "00011204 11 44 01 00", "ff090004 001c0000")),
				dissecttest.S(ud(6, "00011208 12 84 01 01 00 00 d401", "0a000000")),
			}, "ud.4.1", plant.Identify, "T0888", "SZL 0x001c", "", 0, 1,
		},
		{
			"a block's information", []dissecttest.Message{
				dissecttest.C(ud(6, "00011204 11 43 03 00", "ff090008 3041303030303141")),
			}, "ud.3.3", plant.Read, "T0888", "DB1", "", 0, 0,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := run(tt.messages...).Operation(tt.code)
			if got.Verb.Kind != tt.kind || got.Verb.Technique != tt.technique {
				t.Errorf("%s %s", got.Verb.Kind, got.Verb.Technique)
			}
			if got.Object != tt.object || got.Value != tt.value {
				t.Errorf("object %q, value %q", got.Object, got.Value)
			}
			if got.Accepted != tt.accepted || got.Refused != tt.refused || got.Requests != 1 {
				t.Errorf("%d requests, %d accepted, %d refused", got.Requests, got.Accepted, got.Refused)
			}
		})
	}
}

// The controller fetches what a client loads: the client loads it.
func TestDownloadIsTheClients(t *testing.T) {
	r := run(append(connect,
		dissecttest.S(tpkt(unit(1, 9, "", "1b00 0000 00000000 09 5f3041303030303150", ""))),
		dissecttest.C(tpkt(unit(3, 9, "0000", "1b00", ""))),
	)...)
	if got := r.Operation("0x1b"); got.Responder.Addr() != server.Addr() || got.Requests != 1 || got.Responses != 1 {
		t.Errorf("%+v", got)
	}
}

// An answer whose request was not seen counts under its own function.
func TestAnswerAlone(t *testing.T) {
	got := run(answer(1, "0401", "ff040008 00")).Operation("0x04")
	if got.Requests != 0 || got.Responses != 1 || got.Responder.Addr() != server.Addr() {
		t.Errorf("%+v", got)
	}
}

// A password crosses almost in clear: that is a fact, the password is not.
func TestPassword(t *testing.T) {
	r := run(dissecttest.C(ud(6, "00011204 11 45 01 00", "ff090008 213a1b1d6e681b1d")))
	if got := r.Fact(server, plant.FieldCleartextLogin); got != "s7comm password" {
		t.Errorf("fact %q", got)
	}
	if got := r.Operation("ud.5.1"); got.Verb.Kind != plant.Auth || got.Object != "" || got.Value != "" {
		t.Errorf("%+v", got)
	}
}

// record is a module identification record.
func record(index, order, versions string) string {
	return index + hex.EncodeToString([]byte((order + strings.Repeat(" ", 20))[:20])) + "00c0" + versions
}

func component(index, text string) string {
	return index + hex.EncodeToString(append([]byte(text), make([]byte, 32-len(text))...))
}

func szl(id, length, count string, records ...string) string {
	list := unhex(id + "0000" + length + count + strings.Join(records, ""))
	return "ff09" + hex.EncodeToString([]byte{byte(len(list) >> 8), byte(len(list))}) + hex.EncodeToString(list)
}

const single = "00011208 12 84 01 01 00 00 0000"

func TestIdentity(t *testing.T) {
	r := run(append(connect,
		dissecttest.S(ud(1, single, szl("0011", "001c", "0003",
			record("0001", "6ES7 315-2EH14-0AB0", "00030001"), record("0006", "6ES7 315-2EH14-0AB0", "00030001"),
			record("0007", "", "56030207")))),
		dissecttest.S(ud(2, single, szl("0424", "0014", "0001", "5140ff080000000000000000"+"9401290236309557"))),
		dissecttest.S(ud(3, single, szl("0132", "000a", "0001", "00040001000000010003"))),
	)...)
	for field, want := range map[plant.Field]string{
		plant.FieldOrderNumber: "6ES7 315-2EH14-0AB0", plant.FieldFirmware: "V3.2.7", plant.FieldHardware: "3",
		plant.FieldMode: "RUN", plant.FieldKeySwitch: "STOP", plant.FieldSecurity: "s7comm.protection=none",
	} {
		if got := r.Fact(server, field); got != want {
			t.Errorf("%s %q, want %q", field, got, want)
		}
	}
	if !slices.ContainsFunc(r.Sightings, func(s plant.Sighting) bool {
		return s.Slot == 2 && s.Field == plant.FieldOrderNumber && s.Value == "6ES7 315-2EH14-0AB0"
	}) {
		t.Error("the module in slot 2 is not named")
	}
}

// A list longer than one unit comes in several, which may break a record.
func TestLongList(t *testing.T) {
	list := unhex(szl("001c", "0022", "0003", component("0001", "Station"), component("0002", "PLC_1"), component("0005", "S C-ABC123")))[4:]
	first := "ff0900" + hex.EncodeToString([]byte{60}) + hex.EncodeToString(list[:60])
	second := "ff0900" + hex.EncodeToString([]byte{byte(len(list) - 60)}) + hex.EncodeToString(list[60:])
	r := run(
		dissecttest.C(ud(1, "00011204 11 44 01 00", "ff090004 001c0000")),
		dissecttest.S(ud(1, "00011208 12 84 01 05 d5 01 0000", first)),
		dissecttest.C(ud(2, "00011208 12 44 01 05 00 00 0000", "0a000000")),
		dissecttest.S(ud(2, "00011208 12 84 01 05 d5 00 0000", second)),
	)
	if got := r.Fact(server, plant.FieldSerial); got != "S C-ABC123" {
		t.Errorf("serial number %q", got)
	}
	if got := r.Operation("ud.4.1"); got.Requests != 2 || got.Responses != 2 || got.Object != "SZL 0x001c" {
		t.Errorf("%+v", got)
	}
}

func TestModeReport(t *testing.T) {
	r := run(dissecttest.S(ud(0, "00011204 11 00 00 00", "")))
	if got := r.Fact(server, plant.FieldMode); got != "STOP" {
		t.Errorf("mode %q", got)
	}
}
