package profinet

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// unhex reads hexadecimal digits, ignoring white space.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

func frames(m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.Frames([]dissect.Protocol{Protocol()}, EtherType, m...)
}

var (
	c, s   = dissecttest.C, dissecttest.S
	server = plant.Endpoint{MAC: dissecttest.Server.MAC}
	asking = plant.Endpoint{MAC: dissecttest.Client.MAC}

	identifyAll = unhex("fefe 05 00 01020304 00ff 0004 ffff0000")
	identified  = unhex(`feff 05 01 01020304 0000 0036
		0202 0007 0000 706c632d31 00
		0203 0006 0000 002a 0101
		0204 0004 0000 0200
		0102 000e 0001 c0a8000b ffffff00 c0a80001
		0205 0002 0000`)
	identifyName = unhex("fefe 05 00 00000003 0001 000c 0202 0005 706c632d31 00 0000")
	setAddress   = unhex("fefd 04 00 00000007 0000 0012 0102 000e 0001 c0a8000a ffffff00 c0a80001")
	setDone      = unhex("fefd 04 01 00000007 0000 0008 0504 0003 010200 00")
	setRefused   = unhex("fefd 04 01 00000007 0000 0008 0504 0003 010205 00")
	setName      = unhex("fefd 04 00 00000008 0000 000c 0202 0007 0001 706c632d32 00")
	reset        = unhex("fefd 04 00 00000009 0000 0006 0506 0002 0002")
	alarm        = unhex(`fe01 0001 0002 11 01 0001 ffff 001a
		0002 0016 0100 0003 00000000 0003 0001 00000102 00000001 0001`)
	running = append(append(unhex("8001"), make([]byte, 40)...), unhex("1234 35 00")...)
	stopped = append(append(unhex("8001"), make([]byte, 40)...), unhex("1244 25 00")...)
)

func TestOperations(t *testing.T) {
	for _, tc := range []struct {
		name      string
		messages  []dissecttest.Message
		protocol  string
		code      string
		object    string
		kind      plant.Kind
		technique string
		counts    [4]uint64 // requests, responses, accepted, refused
	}{
		{"identify everyone", []dissecttest.Message{c(identifyAll), s(identified)}, nameDCP, "5", "everyone", plant.Identify, "T0846", [4]uint64{1, 1, 0, 0}},
		{"look for a name", []dissecttest.Message{c(identifyName)}, nameDCP, "5", "station plc-1", plant.Identify, "T0846", [4]uint64{1, 0, 0, 0}},
		{"only the answer was seen", []dissecttest.Message{s(identified)}, nameDCP, "5", "", plant.Identify, "T0846", [4]uint64{0, 1, 0, 0}},
		{"an address is set", []dissecttest.Message{c(setAddress), s(setDone)}, nameDCP, "4", "IP address 192.168.0.10", plant.Config, "T0836", [4]uint64{1, 1, 1, 0}},
		{"an address is refused", []dissecttest.Message{c(setAddress), s(setRefused)}, nameDCP, "4", "IP address 192.168.0.10", plant.Config, "T0836", [4]uint64{1, 1, 0, 1}},
		{"a name is set", []dissecttest.Message{c(setName)}, nameDCP, "4", "name of station plc-2", plant.Config, "T0836", [4]uint64{1, 0, 0, 0}},
		{"reset to factory", []dissecttest.Message{c(reset)}, nameDCP, "4", "reset to factory", plant.Config, "T0816", [4]uint64{1, 0, 0, 0}},
		{"a module was pulled", []dissecttest.Message{s(alarm)}, nameRT, "0xfe01", "slot pull 3", plant.Other, "T0878", [4]uint64{1, 0, 0, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := frames(tc.messages...)
			o := r.Operation(tc.code)
			if got := [4]uint64{o.Requests, o.Responses, o.Accepted, o.Refused}; got != tc.counts || o.Object != tc.object ||
				o.Verb.Protocol != tc.protocol || o.Verb.Kind != tc.kind || o.Verb.Technique != tc.technique {
				t.Errorf("got %v %+v", got, o)
			}
			if len(r.Operations) != 1 || len(r.Anomalies) != 0 || r.Conversations[0].Protocol != tc.protocol {
				t.Errorf("operations %v, anomalies %v, conversation %v", r.Operations, r.Anomalies, r.Conversations[0].Protocol)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	r := frames(c(identifyAll), s(identified))
	for f, want := range map[plant.Field]string{
		plant.FieldName: "plc-1", plant.FieldVendorID: "profinet:42", plant.FieldDeviceType: "profinet:0x0101",
		plant.FieldProductCode: "profinet:0x002a/0x0101", plant.FieldRole: plant.RoleController,
		plant.FieldAddress: "192.168.0.11", plant.FieldNetmask: "255.255.255.0", plant.FieldGateway: "192.168.0.1",
	} {
		if got := r.Fact(server, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
	r = frames(c(setName))
	if got := r.Fact(asking, plant.FieldResolves); got != "plc-2="+server.MAC.String() {
		t.Errorf("who sets a name: %q", got)
	}
}

func TestCyclicCostsNothing(t *testing.T) {
	r := frames(s(running), s(running), s(stopped))
	if len(r.Operations) != 0 || r.Conversations[0].Protocol != nameRT {
		t.Errorf("operations %v, conversation %+v", r.Operations, r.Conversations[0])
	}
	var modes []string
	for _, x := range r.Sightings {
		if x.Field == plant.FieldMode {
			modes = append(modes, x.Value)
		}
	}
	if strings.Join(modes, " ") != "run stop" && strings.Join(modes, " ") != "stop run" {
		t.Errorf("modes %v", modes)
	}
}

func TestConflict(t *testing.T) {
	b := bytes.Replace(identified, unhex("000e0001"), unhex("000e0081"), 1)
	if r := frames(s(b)); len(r.Anomalies) != 1 {
		t.Errorf("anomalies %v", r.Anomalies)
	}
}

func TestTruncated(t *testing.T) {
	for _, f := range [][]byte{identifyAll, identified, setAddress, setDone, setName, reset, alarm, running} {
		for i := range f {
			for _, a := range frames(s(f[:i])).Anomalies {
				if a.Kind == plant.AnomalyFailure {
					t.Fatalf("cut to %d: %s", i, a.Text)
				}
			}
		}
	}
}
