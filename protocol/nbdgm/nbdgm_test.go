package nbdgm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// half is a name in half-ASCII with its length before it and the root behind.
func half(text string, suffix byte) []byte {
	out := []byte{32}
	for _, c := range append([]byte(text+strings.Repeat(" ", 15-len(text))), suffix) {
		out = append(out, 'A'+c>>4, 'A'+c&15)
	}
	return append(out, 0)
}

// frame is a browser announcement by the standard.
func frame(op Opcode, name, comment string) []byte {
	b := []byte{byte(op), 0, 0xc0, 0xd4, 1, 0}
	b = append(b, name...)
	b = append(b, make([]byte, 16-len(name))...)
	b = append(b, 6, 1, 0x03, 0x10, 0x00, 0x00, 0x0f, 0x01, 0x55, 0xaa)
	return append(append(b, comment...), 0)
}

// mailslot wraps data in the transaction that carries it.
func mailslot(slot string, data []byte) []byte {
	b := make([]byte, transName)
	copy(b, "\xffSMB\x25")
	b[smbHeader] = 17
	b = append(append(b, slot...), 0)
	binary.LittleEndian.PutUint16(b[smbWords+22:], uint16(len(data)))
	binary.LittleEndian.PutUint16(b[smbWords+24:], uint16(len(b)))
	return append(b, data...)
}

// datagram wraps data in a datagram to a group.
func datagram(data []byte) []byte {
	b := []byte{byte(DirectGroup), 0x0e, 0x12, 0x34, 10, 0, 0, 7, 0, 138}
	b = binary.BigEndian.AppendUint16(b, uint16(2*nameSize+len(data)))
	b = append(b, 0, 0)
	b = append(b, half("HMI-3", 0x20)...)
	b = append(b, half("PLANT", 0x1d)...)
	return append(b, data...)
}

func TestAnnouncement(t *testing.T) {
	b := datagram(mailslot(SlotBrowse, frame(HostAnnouncement, "HMI-3", "Line 2 panel")))
	d, n, err := Decode(b)
	if err != nil || n != len(b) || d.Type != DirectGroup || d.SourceAddr.String() != "10.0.0.7" || d.More() {
		t.Fatalf("datagram %+v, %d, %v", d, n, err)
	}
	if from, to := d.From.Append(nil), d.To.Append(nil); string(from) != "HMI-3" || string(to) != "PLANT" || d.To.Suffix != 0x1d {
		t.Errorf("from %q to %q", from, to)
	}
	m, err := DecodeMailslot(d.Data)
	if err != nil || string(m.Name) != SlotBrowse {
		t.Fatalf("mailslot %q, %v", m.Name, err)
	}
	f, err := DecodeBrowser(m.Data)
	if err != nil || !f.Announces() || string(f.Name) != "HMI-3" || string(f.Comment) != "Line 2 panel" {
		t.Fatalf("frame %+v, %v", f, err)
	}
	if f.OSMajor != 6 || f.OSMinor != 1 || f.Roles != RoleWorkstation|RoleServer|RoleNTWorkstation {
		t.Errorf("frame %+v", f)
	}
}

func TestDecodeBrowser(t *testing.T) {
	for _, c := range []struct {
		name, bytes, text string
		op                Opcode
		err               error
	}{
		{"election", "\x08\x01\x0f\x01\x20\x00\x10\x20\x30\x00\x00\x00\x00\x00SRV1\x00", "SRV1", RequestElection, nil},
		{"request to announce", "\x02\x00HMI-3\x00", "HMI-3", AnnouncementRequest, nil},
		{"master announces itself", "\x0dSRV1\x00", "SRV1", MasterAnnouncement, nil},
		{"list of backups", "\x09\x04\x01\x00\x00\x00", "", GetBackupListRequest, nil},
		{"unknown", "\x77\x00", "", 0x77, ErrFormat},
		{"nothing", "", "", 0, ErrShort},
	} {
		f, err := DecodeBrowser([]byte(c.bytes))
		if !errors.Is(err, c.err) || f.Opcode != c.op || string(f.Name) != c.text {
			t.Errorf("%s: %+v, %v", c.name, f, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := datagram([]byte("x"))
	for _, c := range []struct {
		name string
		edit func(b []byte) []byte
		want error
	}{
		{"reserved flags", func(b []byte) []byte { b[1] = 0xf0; return b }, ErrFormat},
		{"an unknown type", func(b []byte) []byte { b[0] = 0x42; return b }, ErrFormat},
		{"a length without room for names", func(b []byte) []byte { b[10], b[11] = 0, 9; return b }, ErrFormat},
		{"a name that is not half-ASCII", func(b []byte) []byte { b[20] = 'z'; return b }, ErrFormat},
		{"a cut datagram", func(b []byte) []byte { return b[:30] }, ErrShort},
	} {
		if _, _, err := Decode(c.edit(bytes.Clone(good))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := DecodeMailslot(make([]byte, 100)); !errors.Is(err, ErrOther) {
		t.Errorf("data that is no transaction: %v", err)
	}
}

func TestTruncation(t *testing.T) {
	b := datagram(mailslot(SlotBrowse, frame(LocalMasterAnnouncement, "HMI-3", "panel")))
	for i := range b {
		d, n, err := Decode(b[:i])
		if !errors.Is(err, ErrShort) || n != 0 {
			t.Fatalf("prefix %d: %d, %v", i, n, err)
		}
		if m, err := DecodeMailslot(d.Data); err == nil {
			_, _ = DecodeBrowser(m.Data)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(datagram(mailslot(SlotBrowse, frame(HostAnnouncement, "HMI-3", "panel"))))
	f.Add(datagram(mailslot(SlotBrowse, []byte("\x0dSRV1\x00"))))
	f.Add(append([]byte{byte(QueryRequest), 0, 1, 2, 10, 0, 0, 7, 0, 138}, half("A", 0)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, n, err := Decode(b)
		if m, merr := DecodeMailslot(d.Data); merr == nil {
			_, _ = DecodeBrowser(m.Data)
		}
		if err != nil {
			return
		}
		if n > len(b) || len(d.Data) > n {
			t.Fatalf("took %d of %d bytes, data of %d", n, len(b), len(d.Data))
		}
		again, n2, err := Decode(b[:n])
		if err != nil || n2 != n || again.From != d.From || !bytes.Equal(again.Data, d.Data) {
			t.Fatalf("decoding what was consumed gives %+v, %d, %v", again, n2, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	msg := datagram(mailslot(SlotBrowse, frame(HostAnnouncement, "HMI-3", "panel")))
	b.ReportAllocs()
	for b.Loop() {
		d, _, err := Decode(msg)
		if err != nil {
			b.Fatal(err)
		}
		m, _ := DecodeMailslot(d.Data)
		if f, err := DecodeBrowser(m.Data); err != nil || len(f.Name) == 0 {
			b.Fatal(err)
		}
	}
}
