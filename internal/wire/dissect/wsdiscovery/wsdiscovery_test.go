package wsdiscovery

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

func message(action, body string) string {
	return `<?xml version="1.0"?><s:Envelope><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/` + action +
		`</a:Action></s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

func TestCamera(t *testing.T) {
	r := dissecttest.UDP(protocols, 3702,
		c(message("Probe", "<d:Types>dn:NetworkVideoTransmitter</d:Types>")),
		s(message("ProbeMatches", "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/Gate%207"+
			" onvif://www.onvif.org/hardware/M1011 onvif://www.onvif.org/location/north</d:Scopes>")))
	for field, want := range map[plant.Field]string{
		plant.FieldName: "Gate 7", plant.FieldProduct: "M1011", plant.FieldLocation: "north", plant.FieldRole: plant.RoleCamera,
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if got := r.Fact(dissecttest.Client, plant.FieldRole); got != "" {
		t.Errorf("one who looks for cameras is a %s", got)
	}
	if r.Operation("Probe").Requests != 1 || r.Operation("ProbeMatches").Requests != 1 {
		t.Errorf("%+v", r.Operations)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "<xml>other</xml>"} {
		r := dissecttest.UDP(protocols, 3702, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
