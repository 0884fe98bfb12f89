package iec104

import (
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

func c(s string) dissecttest.Message { return dissecttest.C(unhex(s)) }
func s(s string) dissecttest.Message { return dissecttest.S(unhex(s)) }

const (
	startAct = "680407000000"
	startCon = "68040b000000"
	choose   = "680e 00000000 2d 01 0600 0300 d20400 81"
	chosen   = "680e 00000200 2d 01 0700 0300 d20400 81"
	execute  = "680e 02000200 2d 01 0600 0300 d20400 01"
	executed = "680e 02000400 2d 01 0700 0300 d20400 01"
	done     = "680e 04000400 2d 01 0a00 0300 d20400 01"
	refused  = "680e 02000400 2d 01 4700 0300 d20400 01"
	report   = "6812 06000400 01 02 0300 0300 010000 01 050000 00"
	reset    = "680e 02000200 69 01 0600 0300 000000 01"
	file     = "6813 00000000 7d 01 0d00 0300 000000 0100 01 02 aabb"
)

func run(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{Protocol()}, port, m...)
}

func TestCommand(t *testing.T) {
	for _, port := range []uint16{Port, 12345} {
		r := run(port, c(startAct), s(startCon), c(choose), s(chosen), c(execute), s(executed), s(done), s(report))
		var requests, responses, accepted uint64
		selected := false
		for _, o := range r.Operations {
			if o.Verb.Code != "45" {
				continue
			}
			requests, responses, accepted = requests+o.Requests, responses+o.Responses, accepted+o.Accepted
			selected = selected || strings.HasSuffix(o.Verb.Name, "select")
			if o.Verb.Kind != plant.Write || o.Verb.Technique != "T0855" || o.Requester.Addr() != dissecttest.Client.Addr() {
				t.Errorf("%+v", o)
			}
			if o.Requests > 0 && (o.Object != "unit 3 object 1234" || o.Value != "1") {
				t.Errorf("object %q value %q", o.Object, o.Value)
			}
		}
		if requests != 2 || responses != 3 || accepted != 2 || !selected {
			t.Errorf("port %d: %d requests, %d responses, %d accepted", port, requests, responses, accepted)
		}
		if o := r.Operation("1"); o.Requests != 1 || o.Object != "unit 3 objects 1-5" || o.Requester.Addr() != dissecttest.Server.Addr() {
			t.Errorf("%+v", o)
		}
		if got := r.Fact(dissecttest.Server, plant.FieldUnit); got != "iec104:3" {
			t.Errorf("unit %q", got)
		}
		if len(r.Anomalies) != 0 {
			t.Errorf("%+v", r.Anomalies)
		}
	}
}

func TestRefusal(t *testing.T) {
	r := run(Port, c(execute), s(refused))
	if o := r.Operation("45"); o.Refused != 1 || o.Accepted != 0 {
		t.Errorf("%+v", o)
	}
}

func TestReset(t *testing.T) {
	if o := run(Port, c(reset)).Operation("105"); o.Verb.Kind != plant.Mode || o.Verb.Technique != "T0816" {
		t.Errorf("%+v", o)
	}
}

func TestFilesByDirection(t *testing.T) {
	if o := run(Port, c(startAct), c(file)).Operation("125"); o.Verb.Technique != "T0843" {
		t.Errorf("to the station: %+v", o.Verb)
	}
	if o := run(Port, c(startAct), s(file)).Operation("125"); o.Verb.Technique != "T0845" {
		t.Errorf("from the station: %+v", o.Verb)
	}
}

func TestConfirmationAlone(t *testing.T) {
	if o := run(Port, s(executed)).Operation("45"); o.Responses != 1 || o.Responder.Addr() != dissecttest.Server.Addr() {
		t.Errorf("%+v", o)
	}
}

func TestDamage(t *testing.T) {
	r := run(Port, c(startAct), c("680f 02000200 2d 01 0600 0300 d20400 01 00"), c("0102030405060708"), c(execute))
	if len(r.Anomalies) != 2 || r.Operation("45").Requests == 0 {
		t.Errorf("%+v %+v", r.Anomalies, r.Operations)
	}
}

func TestProbe(t *testing.T) {
	for _, x := range []struct {
		name, in string
		want     dissect.Match
	}{
		{"a start", startAct, dissect.Strong},
		{"a command", execute, dissect.Strong},
		{"an acknowledgement", "680401000a00", dissect.Weak},
		{"an acknowledgement and a command", "680401000a00" + execute, dissect.Strong},
		{"half a command", execute[:20], dissect.Short},
		{"a command of a type that does not exist", "680e 02000200 29 01 0600 0300 d20400 01", dissect.Weak},
		{"text that begins with h", hex.EncodeToString([]byte("hello")), dissect.Short},
		{"more text that begins with h", hex.EncodeToString([]byte("h\x06ello, ")), dissect.No},
		{"something behind it", startAct + "1603", dissect.No},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := probe(unhex(x.in), dissect.Hint{Stream: true}); got != x.want {
				t.Errorf("got %d", got)
			}
		})
	}
}
