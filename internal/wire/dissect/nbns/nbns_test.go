package nbns

import (
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func half(text string, suffix byte) string {
	out := []byte{32}
	for _, c := range append([]byte(text+strings.Repeat(" ", 15-len(text))), suffix) {
		out = append(out, 'A'+c>>4, 'A'+c&15)
	}
	return string(append(out, 0))
}

// register claims a name for the client.
func register(name string, suffix byte, flags string) []byte {
	return []byte("\x80\x01\x29\x10\x00\x01\x00\x00\x00\x00\x00\x01" + half(name, suffix) + "\x00\x20\x00\x01" +
		"\xc0\x0c\x00\x20\x00\x01\x00\x04\x93\xe0\x00\x06" + flags + "\x0a\x00\x00\x01")
}

func TestRegistration(t *testing.T) {
	r := dissecttest.UDP(protocols, 137,
		dissecttest.C(register("HMI-3", 0x20, "\x00\x00")), dissecttest.C(register("PLANT", 0x00, "\x80\x00")))
	for field, want := range map[plant.Field]string{
		plant.FieldName: "HMI-3", plant.FieldService: "smb", plant.FieldDomain: "PLANT",
	} {
		if got := r.Fact(dissecttest.Client, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if o := r.Operation("5"); o.Object != "HMI-3" {
		t.Errorf("%+v", o)
	}
}

func TestNodeStatus(t *testing.T) {
	ask := "\x80\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" + half("*", 0) + "\x00\x21\x00\x01"
	tell := "\x80\x03\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00" + half("*", 0) + "\x00\x21\x00\x01\x00\x00\x00\x00\x00\x2b\x02" +
		"WINCC-SRV      \x00\x04\x00" + "PLANT          \x1c\x84\x00" + "\x00\x1b\x1b\x01\x02\x03"
	r := dissecttest.UDP(protocols, 137, dissecttest.C([]byte(ask)), dissecttest.S([]byte(tell)))
	for field, want := range map[plant.Field]string{
		plant.FieldName: "WINCC-SRV", plant.FieldDomain: "PLANT", plant.FieldRole: plant.RoleDomain,
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if o := r.Operation("0"); o.Verb != *status || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
}

func TestReleaseAndForeignNamesAreNotOwn(t *testing.T) {
	release := register("OLD", 0x20, "\x00\x00")
	release[2] = 0x31
	foreign := register("OTHER", 0x20, "\x00\x00")
	copy(foreign[len(foreign)-4:], []byte{10, 0, 0, 9})
	r := dissecttest.UDP(protocols, 137, dissecttest.C(release), dissecttest.C(foreign))
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "" {
		t.Errorf("name %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldResolves); got != "OTHER=10.0.0.9" {
		t.Errorf("resolves %q", got)
	}
}
