package ssh

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

func TestDecodeBanner(t *testing.T) {
	for _, c := range []struct {
		name, in, line, software, comment string
		n                                 int
		old                               bool
		err                               error
	}{
		{"with comment", "SSH-2.0-OpenSSH_9.6 Debian-1\r\nxx", "SSH-2.0-OpenSSH_9.6 Debian-1", "OpenSSH_9.6", "Debian-1", 30, false, nil},
		{"LF alone", "SSH-1.99-Cisco-1.25\n", "SSH-1.99-Cisco-1.25", "Cisco-1.25", "", 20, true, nil},
		{"no end yet", "SSH-2.0-x", "", "", "", 0, false, ErrShort},
		{"start of the magic", "SS", "", "", "", 0, false, ErrShort},
		{"another protocol", "220 ready\r\n", "", "", "", 0, false, ErrFormat},
		{"no software", "SSH-2.0\r\n", "", "", "", 0, false, ErrFormat},
		{"version 3", "SSH-3.0-x\r\n", "", "", "", 0, false, ErrFormat},
		{"endless line", "SSH-2.0-" + strings.Repeat("x", maxLine), "", "", "", 0, false, ErrFormat},
	} {
		b, n, err := DecodeBanner([]byte(c.in))
		if string(b.Line) != c.line || string(b.Software) != c.software || string(b.Comment) != c.comment ||
			n != c.n || b.Old() != c.old || !errors.Is(err, c.err) {
			t.Errorf("%s: %q %q %q, %d, %v", c.name, b.Line, b.Software, b.Comment, n, err)
		}
	}
}

// proposal is a key exchange packet with one list per argument.
func proposal(lists ...string) []byte {
	p := append([]byte{0, MsgKexInit}, make([]byte, 16)...)
	for _, l := range lists {
		p = binary.BigEndian.AppendUint32(p, uint32(len(l)))
		p = append(p, l...)
	}
	p = append(p, 0, 0, 0, 0, 0)
	const padding = 8
	p[0] = padding
	p = append(p, make([]byte, padding)...)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(p))), p...)
}

var sample = proposal("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "aes256-ctr", "hmac-1", "hmac-2", "none", "zlib", "", "")

func TestKexInit(t *testing.T) {
	p, n, err := DecodePacket(sample)
	if err != nil || n != len(sample) || p.Message != MsgKexInit {
		t.Fatalf("%+v, %d, %v", p, n, err)
	}
	k, err := DecodeKexInit(p.Payload)
	if err != nil || string(k.List(HostKey)) != "ssh-ed25519" {
		t.Fatalf("%q, %v", k.List(HostKey), err)
	}
	if got, want := k.HASSH(false), md5.Sum([]byte("curve25519-sha256;aes128-ctr;hmac-1;none")); got != want {
		t.Errorf("client %x, want %x", got, want)
	}
	if got, want := k.HASSH(true), md5.Sum([]byte("curve25519-sha256;aes256-ctr;hmac-2;zlib")); got != want {
		t.Errorf("server %x, want %x", got, want)
	}
	for i := range p.Payload {
		if _, err := DecodeKexInit(p.Payload[:i]); err == nil && i < len(p.Payload)-5 {
			t.Errorf("prefix %d decodes", i)
		}
	}
}

func TestDecodePacketRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want error
	}{
		{"longer than any packet in clear", []byte{0xff, 0, 0, 0, 4, 20}, ErrFormat},
		{"padding without room", []byte{0, 0, 0, 5, 5, 20}, ErrFormat},
		{"half a header", []byte{0, 0, 0}, ErrShort},
	} {
		if _, _, err := DecodePacket(c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTruncation(t *testing.T) {
	for i := range sample {
		if _, n, err := DecodePacket(sample[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
	line := []byte("SSH-2.0-dropbear_2022.83\r\n")
	for i := range line {
		if _, n, err := DecodeBanner(line[:i]); !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sample)
	f.Add([]byte("SSH-2.0-OpenSSH_9.6 Debian-1\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if banner, n, err := DecodeBanner(b); err == nil {
			again, n2, err := DecodeBanner(b[:n])
			if n > len(b) || err != nil || n2 != n || !bytes.Equal(again.Line, banner.Line) {
				t.Fatalf("banner %q, then %q, %v", banner.Line, again.Line, err)
			}
		}
		p, n, err := DecodePacket(b)
		if err != nil {
			return
		}
		if n > len(b) || len(p.Payload) > n {
			t.Fatalf("took %d of %d bytes", n, len(b))
		}
		if k, err := DecodeKexInit(p.Payload); err == nil {
			k.HASSH(true)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	line := []byte("SSH-2.0-OpenSSH_9.6 Debian-1\r\n")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := DecodeBanner(line); err != nil {
			b.Fatal(err)
		}
		p, _, _ := DecodePacket(sample)
		if _, err := DecodeKexInit(p.Payload); err != nil {
			b.Fatal(err)
		}
	}
}
