package relay

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/enip"
)

// encap is an encapsulated message of session 0x11223344.
func encap(c pdu.Command, status uint32, data []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(c))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	b = binary.LittleEndian.AppendUint32(b, 0x11223344)
	b = binary.LittleEndian.AppendUint32(b, status)
	b = append(b, "context!"...)
	return append(binary.LittleEndian.AppendUint32(b, 0), data...)
}

// rr carries a CIP message without a connection.
func rr(cip []byte) []byte {
	b := append(unhex("00000000 0000 0200 0000 0000 b200"), byte(len(cip)), byte(len(cip)>>8))
	return encap(pdu.SendRRData, 0, append(b, cip...))
}

// unit carries a CIP message on a connection.
func unit(connection uint32, sequence uint16, cip []byte) []byte {
	b := binary.LittleEndian.AppendUint32(unhex("00000000 0000 0200 a100 0400"), connection)
	b = binary.LittleEndian.AppendUint16(append(b, 0xb1, 0), uint16(len(cip)+2))
	return encap(pdu.SendUnitData, 0, append(binary.LittleEndian.AppendUint16(b, sequence), cip...))
}

// Requests.
const (
	readTag  = "4c 04 91 05 5370656564 00 0100"               // tag "Speed"
	writeTag = "4d 04 91 05 5370656564 00 c400 0100 2a000000" // the same
	identity = "01 02 20 01 24 01"
)

func packed(messages ...string) []byte {
	b := unhex("0a 02 20 02 24 01")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(messages)))
	at := 2 + 2*len(messages)
	for _, m := range messages {
		b = binary.LittleEndian.AppendUint16(b, uint16(at))
		at += len(unhex(m))
	}
	for _, m := range messages {
		b = append(b, unhex(m)...)
	}
	return b
}

// through is an Unconnected Send to slot 0.
func through(message []byte) []byte {
	b := append(unhex("52 02 20 06 24 01 05 f7"), byte(len(message)), byte(len(message)>>8))
	b = append(b, message...)
	if len(message)%2 == 1 {
		b = append(b, 0)
	}
	return append(b, unhex("01 00 01 00")...)
}

// forwardOpen asks for a connection of a transport class to an object.
func forwardOpen(class byte, path string) []byte {
	p := unhex(path)
	b := unhex("54 02 20 06 24 01 05 f7 00000000 78563412 4200 0100 efbeadde 00 000000 80841e00 f443 80841e00 f443")
	return append(append(b, 0xa0|class, byte(len(p)/2)), p...)
}

const (
	forwardOpened = "d4 00 00 00 9abcdef0 78563412 4200 0100 efbeadde 80841e00 80841e00 00 00"
	router        = "01 00 20 02 24 01"
)

func TestCIPServices(t *testing.T) {
	read := []plant.Kind{plant.Read}
	most := []plant.Kind{plant.Read, plant.Write, plant.Config, plant.Auth}
	for _, c := range []struct {
		name, message string
		kinds         []plant.Kind
		reply         string // of CIP, "" if it passes
	}{
		{"identity needs no permission", identity, nil, ""},
		{"read a tag", readTag, read, ""},
		{"read a tag where nothing may be read", readTag, nil, "cc 00 0f 00"},
		{"write a tag", writeTag, read, "cd 00 0f 00"},
		{"write a tag where it is allowed", writeTag, most, ""},
		{"read, modify, write", "4e 04 91 05 5370656564 00 0200 ffff 0000", read, "ce 00 0f 00"},
		{"read a fragment", "52 04 91 05 5370656564 00 0100 00000000", read, ""},
		{"write a fragment", "53 04 91 05 5370656564 00 c400 0100 00000000 2a000000", read, "d3 00 0f 00"},
		{"a name in a class", "4c 06 20 68 24 01 91 05 5370656564 00 0100", read, "cc 00 08 00"},
		{"browse tags", "55 02 20 6b 24 00 0100 0100", read, ""},
		{"a tag by its instance", "4c 02 20 6b 24 07 0100", read, ""},
		{"get an attribute", "0e 03 20 04 24 64 30 03", read, ""},
		{"set an attribute", "10 03 20 04 24 64 30 03 0100", read, "90 00 0f 00"},
		{"set the IP address", "10 03 20 f5 24 01 30 05 0a000001", most[:2], "90 00 0f 00"},
		{"reset", "05 02 20 01 24 01", most, "85 00 0f 00"},
		{"start", "06 02 20 8e 24 01", most, "86 00 0f 00"},
		{"stop", "07 02 20 8e 24 01", most, "87 00 0f 00"},
		{"create", "08 02 20 6b 24 00", most[:2], "88 00 0f 00"},
		{"a code of its own in a class nobody knows", "4c 02 20 9f 24 01", most, "cc 00 08 00"},
		{"another one", "4b 02 20 9f 24 01", most, "cb 00 08 00"},
		{"firmware", "4b 02 20 a1 24 01", most, "cb 00 0f 00"},
		{"upload of a file", "4b 02 20 37 24 01", most, "cb 00 0f 00"},
		{"flash LEDs", "4b 02 20 01 24 01", nil, ""},
		{"no path", "0e 00", read, "8e 00 08 00"},
		{"a path through a port", "0e 03 01 00 20 01 24 01", read, "8e 00 08 00"},
		{"a path with data", "0e 05 20 04 24 64 30 03 80 01 1234", read, "8e 00 08 00"},
		{"a path that breaks off", "0e 02 20 01 29 00", read, "8e 00 08 00"},
		{"a tag and a class", "4c 05 91 05 5370656564 00 20 6b 0100", read, "cc 00 08 00"},
		{"a class in a class that minds", "4d 03 20 68 24 01 20 6b 0100", []plant.Kind{plant.Read, plant.Config}, "cd 00 0f 00"},
		{"a reply", "cc 00 00 00 c400 2a000000", read, "cc 00 08 00"},
		{"PCCC read", "4b 02 20 67 24 01 07 4d00 78563412 0f 00 0100 a2 02 07 89 00 00", read, ""},
		{"PCCC write", "4b 02 20 67 24 01 07 4d00 78563412 0f 00 0100 aa 02 07 89 00 00 2a00", read, "cb 00 08 00"},
		{"PCCC mode", "4b 02 20 67 24 01 07 4d00 78563412 0f 00 0100 80 01", most, "cb 00 08 00"},
		{"PCCC of several commands", "4b 02 20 67 24 01 07 4d00 78563412 0f 00 0100 88 01", most, "cb 00 08 00"},
		{"PCCC nobody knows", "4b 02 20 67 24 01 07 4d00 78563412 0f 00 0100 ee 01", most, "cb 00 08 00"},
		{"PCCC without a requestor", "4b 02 20 67 24 01 ff", most, "cb 00 08 00"},
		{"connection data", "56 02 20 06 24 01", read, ""},
		{"close a connection", "4e 02 20 06 24 01 05 f7 4200 0100 efbeadde 03 00 01 00 20 02 24 01", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for way, wrap := range map[string]func([]byte) []byte{"direct": rr, "through": func(b []byte) []byte { return rr(through(b)) }} {
				if c.reply == "cc 00 08 00" && way == "through" && unhex(c.message)[0] == 0xcc {
					continue
				}
				s := newSession(t, ENIP, Rule{Relays: []*policy.Relay{{Protocol: ENIP, Kinds: model.KindsOf(c.kinds...)}}, Stage: model.StageEnforce})
				if c.reply == "" {
					s.passes(wrap(unhex(c.message)))
					continue
				}
				s.refused(wrap(unhex(c.message)), rr(unhex(c.reply)))
				s.passes(rr(unhex(identity)))
			}
		})
	}
}

func TestCIPPackets(t *testing.T) {
	s := newSession(t, ENIP, reads(ENIP))
	s.passes(rr(packed(readTag, readTag)))
	s.write(s.server, rr(unhex("8a 00 00 00 0000")))
	s.want(s.client, "client", rr(unhex("8a 00 00 00 0000")))
	const none = "8a 00 1e 00 0200 0600 0a00 cc000f00 cd000f00"
	s.refused(rr(packed(readTag, writeTag)), rr(unhex(none)))
	s.refused(rr(through(packed(readTag, writeTag))), rr(unhex(none)))
	s.refused(rr(through(through(packed(readTag, writeTag)))), rr(unhex(none)))
	// Offsets that go back, of which two servers read two things.
	bad := packed(readTag, writeTag)
	binary.LittleEndian.PutUint16(bad[8:], binary.LittleEndian.Uint16(bad[10:]))
	s.write(s.client, rr(bad))
	s.want(s.client, "client", rr(unhex("8a 00 1e 00 0200 0600 0a00 80000f00 cd000f00")))
	if d := s.decided("Write Tag"); d.Refused != 4 || d.Object != "tag Speed" || d.Why != whyKind {
		t.Errorf("%+v", d)
	}
	deep := unhex(readTag)
	for range 7 {
		deep = through(deep)
	}
	s.write(s.client, rr(deep))
	s.want(s.client, "client", rr(unhex("cc 00 0f 00")))
}

func TestCIPConnections(t *testing.T) {
	const id = 0xf0debc9a
	s := newSession(t, ENIP, reads(ENIP))
	s.refused(unit(id, 1, unhex(readTag)), encap(pdu.SendUnitData, 3, nil)) // no such connection
	s.passes(rr(forwardOpen(3, router)))
	s.write(s.server, rr(unhex(forwardOpened)))
	s.want(s.client, "client", rr(unhex(forwardOpened)))
	s.passes(unit(id, 1, unhex(readTag)))
	s.write(s.server, unit(0x12345678, 1, unhex("cc 00 00 00 c400 2a000000")))
	s.want(s.client, "client", unit(0x12345678, 1, unhex("cc 00 00 00 c400 2a000000")))
	s.refused(unit(id, 2, unhex(writeTag)), unit(0x12345678, 2, unhex("cd 00 0f 00")))
	s.refused(unit(id, 3, packed(writeTag)), unit(0x12345678, 3, unhex("8a 00 1e 00 0100 0400 cd000f00")))
	s.passes(unit(id, 4, packed(readTag)))
	s.passes(rr(unhex("4e 02 20 06 24 01 05 f7 4200 0100 efbeadde 03 00 01 00 20 02 24 01")))
	s.write(s.server, append(unit(0x12345678, 4, unhex("8a 00 00 00 0000")), rr(unhex("ce 00 00 00 4200 0100 efbeadde 0000"))...))
	s.want(s.client, "client", append(unit(0x12345678, 4, unhex("8a 00 00 00 0000")), rr(unhex("ce 00 00 00 4200 0100 efbeadde 0000"))...))
	s.refused(unit(id, 5, unhex(readTag)), encap(pdu.SendUnitData, 3, nil))
}

func TestCIPConnectionsThatAreRefused(t *testing.T) {
	const refused = "d4 00 01 01 0301 4200 0100 efbeadde 0000"
	s := newSession(t, ENIP, reads(ENIP))
	s.refused(rr(forwardOpen(1, "20 04 24 64 2c 65 2c 66")), rr(unhex(refused)))
	s.refused(rr(forwardOpen(0, "20 04 24 64 2c 65 2c 66")), rr(unhex(refused)))
	s.refused(rr(through(forwardOpen(1, "20 04 24 64 2c 65 2c 66"))), rr(unhex(refused)))
	s.refused(rr(forwardOpen(3, router+"80 01 1234")), rr(unhex("d4 00 01 01 1301 4200 0100 efbeadde 0000"))) // it writes settings
	s.refused(rr(forwardOpen(3, "20 8e 24 01")), rr(unhex("d4 00 01 01 1301 4200 0100 efbeadde 0000")))       // to the controller object itself
	if d := s.decided("Forward Open"); d.Refused != 5 {
		t.Errorf("%+v", d)
	}
	s = newSession(t, ENIP, kinds(ENIP, plant.Write))
	s.passes(rr(forwardOpen(1, "20 04 24 64 2c 65 2c 66")))
	t.Run("too many", func(t *testing.T) {
		s := newSession(t, ENIP, reads(ENIP))
		for i := range maxCIPConns + 1 {
			open, reply := forwardOpen(3, router), unhex(forwardOpened)
			open[16], reply[12] = byte(i), byte(i)
			if i == maxCIPConns {
				s.refused(rr(open), rr(append(append(unhex("d4 00 01 01 1301"), byte(i), 0), unhex("0100 efbeadde 0000")...)))
				return
			}
			s.passes(rr(open))
			s.write(s.server, rr(reply))
			s.want(s.client, "client", rr(reply))
		}
	})
}

func TestENIPCommands(t *testing.T) {
	s := newSession(t, ENIP, reads(ENIP))
	s.passes(encap(pdu.RegisterSession, 0, unhex("0100 0000")))
	s.write(s.server, encap(pdu.RegisterSession, 0, unhex("0100 0000")))
	s.want(s.client, "client", encap(pdu.RegisterSession, 0, unhex("0100 0000")))
	for _, c := range []pdu.Command{pdu.ListIdentity, pdu.ListServices, pdu.ListInterfaces} {
		s.passes(encap(c, 0, nil))
		s.write(s.server, encap(c, 0, unhex("0000")))
		s.want(s.client, "client", encap(c, 0, unhex("0000")))
	}
	s.passes(encap(pdu.NOP, 0, unhex("00")))
	s.refused(encap(pdu.IndicateStatus, 0, nil), encap(pdu.IndicateStatus, 1, nil))
	s.refused(encap(pdu.StartDTLS, 0, nil), encap(pdu.StartDTLS, 1, nil))
	s.refused(encap(0x0085, 0, nil), encap(0x0085, 1, nil))
	for name, data := range map[string]string{
		"another interface":      "01000000 0000 0200 0000 0000 b200 0200 0e00",
		"one item":               "00000000 0000 0100 b200 0600 0e02 2001 2401",
		"a connected item":       "00000000 0000 0200 0000 0000 b100 0600 0e02 2001 2401",
		"an address that is set": "00000000 0000 0200 a100 0400 01000000 b200 0600 0e02 2001 2401",
		"an item cut off":        "00000000 0000 0200 0000 0000 b200 0900 0e02 2001 2401",
		"a second message":       "00000000 0000 0300 0000 0000 b200 0600 0e02 2001 2401 b200 0600 1002 2001 2401",
		"nothing":                "",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t, ENIP, reads(ENIP))
			s.refused(encap(pdu.SendRRData, 0, unhex(data)), encap(pdu.SendRRData, 3, nil))
		})
	}
	s.passes(encap(pdu.UnregisterSession, 0, nil))
	t.Run("no EtherNet/IP", func(t *testing.T) {
		s := newSession(t, ENIP, reads(ENIP))
		s.write(s.client, []byte("GET / HTTP/1.1\r\nHost: plc\r\n\r\n"))
		s.ends()
	})
}

func TestCIPObjects(t *testing.T) {
	for _, c := range []struct {
		name, object, message string
		pass                  bool
	}{
		{"any tag", "tags", readTag, true},
		{"the tag", "tag Speed", readTag, true},
		{"another tag", "tag Spee", readTag, false},
		{"a member of it", "tag Speed", "4c 07 91 05 5370656564 00 91 03 616263 00 0100", true},
		{"an element of it", "tag Speed", "4c 05 91 05 5370656564 00 28 03 0100", true},
		{"a tag by number", "tag Speed", "4c 02 20 6b 24 07 0100", false},
		{"a class", "assembly", "0e 03 20 04 24 64 30 03", true},
		{"an instance", "assembly instance 100", "0e 03 20 04 24 64 30 03", true},
		{"another instance", "assembly instance 10", "0e 03 20 04 24 64 30 03", false},
		{"another class", "tags", "0e 03 20 04 24 64 30 03", false},
		{"identity is always told", "tags", identity, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSession(t, ENIP, reads(ENIP, c.object))
			if c.pass {
				s.passes(rr(unhex(c.message)))
				return
			}
			s.refused(rr(unhex(c.message)), rr([]byte{unhex(c.message)[0] | 0x80, 0, 0x0f, 0}))
		})
	}
}
