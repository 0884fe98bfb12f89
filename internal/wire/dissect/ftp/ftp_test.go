package ftp

import (
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

func TestSession(t *testing.T) {
	r := dissecttest.TCP(protocols, 21,
		s("220-Welcome\r\n220 VxWorks FTP server ready.\r\n"), c("user engineer\r\n"), s("331 Password required\r\n"),
		c("PASS s3cret\r\n"), s("230 Logged in\r\n"), c("SYST\r\n"), s("215 UNIX Type: L8\r\n"),
		c("STOR recipe.txt\r\n"), s("150 Opening\r\n226 Done\r\n"), c("STOR cpu_v2.FWU\r\n"), s("550 Denied\r\n"))
	for _, f := range []struct {
		who   plant.Endpoint
		field plant.Field
		want  string
	}{
		{dissecttest.Server, plant.FieldSoftware, "Welcome"},
		{dissecttest.Server, plant.FieldCleartextLogin, "ftp user engineer"},
		{dissecttest.Server, plant.FieldOS, "UNIX Type: L8"},
		{dissecttest.Client, plant.FieldUser, "engineer"},
	} {
		if got := r.Fact(f.who, f.field); got != f.want {
			t.Errorf("%s = %q, want %q", f.field, got, f.want)
		}
	}
	for _, f := range r.Sightings {
		if strings.Contains(f.Value, "s3cret") {
			t.Errorf("the password was kept: %q", f.Value)
		}
	}
	var stored, firmware plant.Operation
	for _, o := range r.Operations {
		switch o.Verb.Name {
		case "Store File":
			stored = o
		case "Store Firmware":
			firmware = o
		}
	}
	if stored.Object != "recipe.txt" || stored.Accepted != 1 || stored.Verb.Kind != plant.Config {
		t.Errorf("%+v", stored)
	}
	if firmware.Refused != 1 || firmware.Verb.Technique != "T0857" {
		t.Errorf("%+v", firmware)
	}
	if o := r.Operation("PASS"); o.Accepted != 1 || o.Object != "" {
		t.Errorf("%+v", o)
	}
}

func TestChangeToTLS(t *testing.T) {
	r := dissecttest.TCP(protocols, 21, s("220 FTP\r\n"), c("AUTH TLS\r\n"), s("234 Go\r\n"), s("\x17\x03\x03\x00\x05abcde"))
	if len(r.Anomalies) != 0 || r.Operation("AUTH").Accepted != 1 {
		t.Errorf("%+v, %+v", r.Operations, r.Anomalies)
	}
}

func TestGreetingOnAnotherPort(t *testing.T) {
	r := dissecttest.TCP(protocols, 4000, s("220 Schneider FTP server\r\n"))
	if got := r.Conversations[0].Protocol; got != "ftp" {
		t.Errorf("protocol %q", got)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"} {
		r := dissecttest.TCP(protocols, 21, c(b))
		if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
			t.Errorf("%q: %+v", b, r)
		}
	}
}
