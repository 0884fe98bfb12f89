package ssh

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/corpustest"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

func c(s string) dissecttest.Message { return dissecttest.C([]byte(s)) }
func s(s string) dissecttest.Message { return dissecttest.S([]byte(s)) }

// packet is a packet in clear without much padding.
func packet(message byte, payload string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(2+len(payload)+4))
	return string(b) + "\x04" + string(message) + payload + "\x00\x00\x00\x00"
}

func proposal() string {
	p := string(make([]byte, 16))
	for _, l := range []string{"kex", "key", "c1", "c2", "m1", "m2", "none", "zlib", "", ""} {
		p += "\x00\x00\x00" + string(rune(len(l))) + l
	}
	return packet(20, p+"\x00\x00\x00\x00\x00")
}

func TestHandshake(t *testing.T) {
	for _, port := range []uint16{22, 80} { // on any port
		r := dissecttest.TCP(protocols, port,
			s("SSH-2.0-OpenSSH_9.6 Ubuntu-1\r\n"), c("SSH-2.0-PuTTY_Release_0.78\r\n"), s(proposal()), c(proposal()),
			s(packet(21, "")+"\x91\x92\x93 encrypted"), c(packet(21, "")), c("\xf1\xf2\xf3 encrypted"))
		client, server := md5.Sum([]byte("kex;c1;m1;none")), md5.Sum([]byte("kex;c2;m2;zlib"))
		for _, f := range []struct {
			who   plant.Endpoint
			field plant.Field
			want  string
		}{
			{dissecttest.Server, plant.FieldSoftware, "SSH-2.0-OpenSSH_9.6 Ubuntu-1"},
			{dissecttest.Server, plant.FieldOS, "Ubuntu Linux"},
			{dissecttest.Client, plant.FieldSoftware, "SSH-2.0-PuTTY_Release_0.78"},
			{dissecttest.Server, plant.FieldFingerprint, "hasshserver=" + hex.EncodeToString(server[:])},
			{dissecttest.Client, plant.FieldFingerprint, "hassh=" + hex.EncodeToString(client[:])},
		} {
			if got := r.Fact(f.who, f.field); got != f.want {
				t.Errorf("port %d: %s = %q, want %q", port, f.field, got, f.want)
			}
		}
		if len(r.Anomalies) != 0 || r.Conversations[0].Protocol != "ssh" {
			t.Errorf("port %d: %+v", port, r.Anomalies)
		}
	}
}

func TestSidesAreToldByTheKeyExchange(t *testing.T) {
	r := dissecttest.TCP(protocols, 61000, // above the client's port
		s("SSH-2.0-a\r\n"), c("SSH-2.0-b\r\n"), c(proposal()), s(proposal()), c(packet(30, "\x00\x00\x00\x01x")), s(packet(31, "")))
	if got := r.Fact(dissecttest.Server, plant.FieldFingerprint); !strings.HasPrefix(got, "hasshserver=") {
		t.Errorf("server %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldFingerprint); !strings.HasPrefix(got, "hassh=") {
		t.Errorf("client %q", got)
	}
}

func TestFirstVersion(t *testing.T) {
	r := dissecttest.TCP(protocols, 22, s("SSH-1.99-OpenSSH_6.6\r\n"), c("SSH-1.5-OpenSSH_6.2\r\n"), s("\x00\x00\x01\x0b\x00\x00\x00\x00\x00\x02"))
	if got := r.Fact(dissecttest.Server, plant.FieldSecurity); got != "ssh1" || len(r.Anomalies) != 0 {
		t.Errorf("security %q, %+v", got, r.Anomalies)
	}
}

func TestLinesBeforeTheIdentification(t *testing.T) {
	r := dissecttest.TCP(protocols, 22, c("SSH-2.0-x\r\n"), s("Authorised use only.\r\nSSH-2.0-dropbear\r\n"))
	if got := r.Fact(dissecttest.Server, plant.FieldSoftware); got != "SSH-2.0-dropbear" {
		t.Errorf("software %q", got)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.TCP(protocols, 22, s("220 ftp ready\r\n"), c("USER x\r\n"))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}

func TestCapture(t *testing.T) {
	r := corpustest.Run(t, "it/sshguess.pcap", Protocol())
	for _, f := range []struct {
		ip    string
		field plant.Field
		want  string
	}{
		{"192.168.56.1", plant.FieldSoftware, "SSH-2.0-OpenSSH_6.2"},
		{"192.168.56.1", plant.FieldFingerprint, "hassh=1f120ecfc2c57fbdeaf66b93a3bf26ee"},
		{"192.168.56.103", plant.FieldSoftware, "SSH-2.0-OpenSSH_6.7p1 Debian-3"},
	} {
		if got := r.Fact(plant.Endpoint{IP: netip.MustParseAddr(f.ip)}, f.field); got != f.want {
			t.Errorf("%s of %s = %q, want %q", f.field, f.ip, got, f.want)
		}
	}
}
