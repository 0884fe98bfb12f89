package c1222

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

// message is a message from node 1.3.6.1.4.1.5 with these services.
func message(services string) []byte {
	data, err := hex.DecodeString(strings.ReplaceAll(services, " ", ""))
	if err != nil {
		panic(err)
	}
	b := append([]byte{0x81, byte(len(data))}, data...)
	b = append([]byte{0x28, byte(len(b))}, b...)
	b = append([]byte{0xbe, byte(len(b))}, b...)
	b = append([]byte{0xa6, 8, 6, 6, 0x2b, 6, 1, 4, 1, 5, 0xa8, 3, 2, 1, 9}, b...)
	return append([]byte{0x60, byte(len(b))}, b...)
}

func run(port uint16, m ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{Protocol()}, port, m...)
}

func TestOperations(t *testing.T) {
	write := message("80 07 40 0007 0001 aa 01")
	r := run(4000,
		dissecttest.C(message("80 01 20 03 30 0805")), dissecttest.S(message("80 05 00 03010000 01 05")),
		dissecttest.C(write[:9]), dissecttest.C(write[9:]), dissecttest.S(message("80 01 00")))
	if o := r.Operation("0x20"); o.Verb.Kind != plant.Identify || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("0x30"); o.Object != "table 2053" || o.Refused != 1 {
		t.Errorf("%+v", o)
	}
	if o := r.Operation("0x40"); o.Verb.Technique != "T0836" || o.Object != "table 7" || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldUnit); got != "c1222:1.3.6.1.4.1.5" {
		t.Errorf("unit %q", got)
	}
	if len(r.Anomalies) != 0 {
		t.Errorf("%+v", r.Anomalies)
	}
}

func TestLogon(t *testing.T) {
	secret := hex.EncodeToString([]byte("topsecret01234567890"))
	r := run(Port,
		dissecttest.C(message("80 0f 50 0002 6f70657261746f722020 0000")), dissecttest.S(message("80 03 00 0000")),
		dissecttest.C(message("80 15 51 "+secret)))
	if got := r.Fact(dissecttest.Client, plant.FieldUser); got != "operator" {
		t.Errorf("user %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "c1222 password" {
		t.Errorf("login %q", got)
	}
	for _, x := range r.Sightings {
		if strings.Contains(x.Value, "topsecret") {
			t.Errorf("the password stands in %+v", x)
		}
	}
}

func TestCiphered(t *testing.T) {
	r := run(Port, dissecttest.C(message("88 aabbccdd")))
	if r.Operation("ciphered").Requests != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestProbe(t *testing.T) {
	whole := message("80 01 20")
	for _, x := range []struct {
		name string
		in   []byte
		want dissect.Match
	}{
		{"a message", whole, dissect.Strong},
		{"a message without its mark", message("00 01 20"), dissect.Weak},
		{"half a message", whole[:8], dissect.Short},
		{"LDAP", []byte{0x30, 0x0c, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0}, dissect.No},
		{"a GSS token", []byte{0x60, 4, 6, 2, 0x2b, 6}, dissect.No},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := probe(x.in, dissect.Hint{Stream: true}); got != x.want {
				t.Errorf("got %d", got)
			}
		})
	}
}
