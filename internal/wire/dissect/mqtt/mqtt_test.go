package mqtt

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

const (
	connect   = "\x10\x1f\x00\x04MQTT\x04\xc2\x00\x3c\x00\x03plc\x00\x05admin\x00\x07secret!"
	anonymous = "\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03plc"
	accepted  = "\x20\x02\x00\x00"
	refused   = "\x20\x02\x00\x05"
)

func run(port uint16, messages ...dissecttest.Message) dissecttest.Result {
	return dissecttest.TCP([]dissect.Protocol{Protocol()}, port, messages...)
}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

func TestLogin(t *testing.T) {
	r := run(Port, c(connect), s(refused))
	if got := r.Fact(dissecttest.Server, plant.FieldCleartextLogin); got != "mqtt user admin" {
		t.Errorf("cleartext login = %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldUnit); got != "mqtt client plc" {
		t.Errorf("client = %q", got)
	}
	if o := r.Operation("2"); o.Verb.Name != "Connect Refused" {
		t.Errorf("answer = %+v", o)
	}
	for _, f := range r.Sightings {
		if f.Value == "secret!" {
			t.Errorf("the password is told: %+v", f)
		}
	}
}

func TestAnonymousOnAnotherPort(t *testing.T) {
	r := run(17501, c(anonymous), s(accepted), c("\x30\x08\x00\x03a/bxyz"), c("\x82\x06\x00\x01\x00\x01#\x00"), s("\x90\x03\x00\x01\x80"))
	if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != "mqtt.anonymous" {
		t.Errorf("security = %q", got)
	}
	if got := r.Fact(dissecttest.Server, plant.FieldRole); got != plant.RoleBroker {
		t.Errorf("role = %q", got)
	}
	if o := r.Operation("3"); o.Object != "topic a/b" || o.Requests != 1 {
		t.Errorf("publish = %+v", o)
	}
	if o := r.Operation("8"); o.Verb.Technique != "T0861" {
		t.Errorf("subscribe to everything = %+v", o)
	}
	if o := r.Operation("9"); o.Verb.Name != "Subscribe Refused" {
		t.Errorf("its answer = %+v", o)
	}
}

func TestSparkplug(t *testing.T) {
	birth := "\x12\x22" + "\x0a\x19Properties/Hardware Model" + "\x7a\x05RTU-9"
	topic := "spBv1.0/Plant/NBIRTH/Edge"
	publish := "\x30" + string(rune(2+len(topic)+len(birth))) + "\x00" + string(rune(len(topic))) + topic + birth
	command := "spBv1.0/Plant/NCMD/Edge"
	r := run(Port, c(anonymous), s(accepted), c(publish), s("\x30"+string(rune(2+len(command)))+"\x00"+string(rune(len(command)))+command))
	if got := r.Fact(dissecttest.Client, plant.FieldProduct); got != "RTU-9" {
		t.Errorf("product = %q", got)
	}
	if !func() bool {
		for _, f := range r.Sightings {
			if f.Value == "sparkplug Plant/Edge" {
				return true
			}
		}
		return false
	}() {
		t.Error("no fact names the edge node")
	}
	found := false
	for _, o := range r.Operations {
		found = found || o.Verb.Technique == "T0855" && o.Object == "topic "+command
	}
	if !found {
		t.Errorf("no command among %+v", r.Operations)
	}
}

func TestProbe(t *testing.T) {
	tests := []struct {
		name, in string
		want     dissect.Match
	}{
		{"connect", connect, dissect.Strong},
		{"half a connect", connect[:9], dissect.Short},
		{"ping", "\xc0\x00", dissect.Weak},
		{"publish with a control character in its topic", "\x30\x05\x00\x03a\x01b", dissect.No},
		{"two packets of which the second is none", "\xc0\x00\x00", dissect.No},
		{"TLS", "\x16\x03\x01\x02\x00\x01", dissect.No},
		{"HTTP", "GET / HTTP/1.1\r\nHost: a\r\n", dissect.No},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := probe([]byte(tt.in), dissect.Hint{Stream: true}); got != tt.want {
				t.Errorf("probe = %d, want %d", got, tt.want)
			}
		})
	}
}
