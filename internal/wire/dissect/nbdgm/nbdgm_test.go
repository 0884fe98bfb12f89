package nbdgm

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func half(text string, suffix byte) []byte {
	out := []byte{32}
	for _, c := range append([]byte(text+strings.Repeat(" ", 15-len(text))), suffix) {
		out = append(out, 'A'+c>>4, 'A'+c&15)
	}
	return append(out, 0)
}

// datagram is a browser frame in its mailslot message and datagram.
func datagram(frame string) []byte {
	const slot = `\MAILSLOT\BROWSE` + "\x00"
	smb := make([]byte, 69)
	copy(smb, "\xffSMB\x25")
	smb[32] = 17
	smb = append(smb, slot...)
	binary.LittleEndian.PutUint16(smb[55:], uint16(len(frame)))
	binary.LittleEndian.PutUint16(smb[57:], uint16(len(smb)))
	smb = append(smb, frame...)
	b := []byte{0x11, 0x0a, 1, 2, 10, 0, 0, 1, 0, 138}
	b = binary.BigEndian.AppendUint16(b, uint16(68+len(smb)))
	b = append(b, 0, 0)
	b = append(append(b, half("HMI-3", 0x20)...), half("PLANT", 0x1d)...)
	return append(b, smb...)
}

func announcement(op, name, version, roles, comment string) []byte {
	return datagram(op + "\x00\xc0\xd4\x01\x00" + name + strings.Repeat("\x00", 16-len(name)) + version + roles + "\x0f\x01\x55\xaa" + comment + "\x00")
}

func TestAnnouncements(t *testing.T) {
	for _, c := range []struct {
		name  string
		frame []byte
		facts map[plant.Field]string
	}{
		{"a server", announcement("\x01", "HMI-3", "\x06\x01", "\x03\x80\x00\x00", "Line 2"), map[plant.Field]string{
			plant.FieldName: "HMI-3", plant.FieldOS: "Windows 7 or Server 2008 R2", plant.FieldRole: plant.RoleServer, plant.FieldDescription: "Line 2",
		}},
		{"a domain controller", announcement("\x0f", "HMI-3", "\x0a\x00", "\x0b\x80\x00\x00", ""), map[plant.Field]string{
			plant.FieldRole: plant.RoleDomain, plant.FieldDescription: "",
		}},
		{"Samba", announcement("\x01", "HMI-3", "\x06\x01", "\x03\x98\x00\x00", ""), map[plant.Field]string{plant.FieldOS: "Unix"}},
		{"a workgroup", announcement("\x0c", "PLANT", "\x03\x0a", "\x00\x10\x00\x80", "HMI-3"), map[plant.Field]string{
			plant.FieldDomain: "PLANT", plant.FieldName: "HMI-3", plant.FieldOS: "",
		}},
		{"an election", datagram("\x08\x01\x0f\x01\x20\x00\x10\x20\x30\x00\x00\x00\x00\x00HMI-3\x00"), map[plant.Field]string{plant.FieldName: "HMI-3"}},
	} {
		r := dissecttest.UDP(protocols, 138, dissecttest.C(c.frame))
		for field, want := range c.facts {
			if got := r.Fact(dissecttest.Client, field); got != want {
				t.Errorf("%s: %s = %q, want %q", c.name, field, got, want)
			}
		}
		if got := r.Conversations[0].Protocol; got != "browser" {
			t.Errorf("%s: protocol %q", c.name, got)
		}
	}
}

func TestDatagramWithoutAnnouncement(t *testing.T) {
	b := datagram("\x77")
	r := dissecttest.UDP(protocols, 138, dissecttest.C(b))
	if o := r.Operation("0x11"); o.Requests != 1 || r.Conversations[0].Protocol != "nbdgm" {
		t.Errorf("%+v", r)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "HMI-3" {
		t.Errorf("name %q", got)
	}
}

func TestCapture(t *testing.T) {
	r := corpustest.Run(t, "it/netbios.pcapng", Protocol())
	for _, f := range []struct {
		ip    string
		field plant.Field
		want  string
	}{
		{"10.0.5.9", plant.FieldName, "NVR9"},
		{"10.0.5.93", plant.FieldOS, "Windows 7 or Server 2008 R2"},
	} {
		if got := r.Fact(plant.Endpoint{IP: netip.MustParseAddr(f.ip)}, f.field); got != f.want {
			t.Errorf("%s of %s = %q, want %q", f.field, f.ip, got, f.want)
		}
	}
}
