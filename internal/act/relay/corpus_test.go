package relay

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// talk is one TCP connection of a capture.
type talk struct {
	reader reader
	ledger ledger
	next   [2]uint32 // sequence number that is expected, of the client and of the server
	begun  [2]bool
	rest   [2][]byte
	lost   bool // a gap, or what cannot be read: the rest is nobody's business
}

// side takes a segment; false when the stream can't be followed any more.
func (c *talk) side(n int, p *packet.Packet) bool {
	if c.lost {
		return false
	}
	if !c.begun[n] {
		c.begun[n], c.next[n] = true, p.Seq
	}
	end := p.Seq + uint32(len(p.Payload))
	switch {
	case int32(end-c.next[n]) <= 0:
		return true // again
	case p.Seq != c.next[n] && len(c.rest[n]) > 0:
		return false
	}
	// Between messages a gap does no harm: whoever cut the capture left out some.
	c.next[n] = end
	c.rest[n] = append(c.rest[n], p.Payload...)
	return true
}

// replay gives what real clients and servers said to the relay's readers, under
// a rule that allows every kind: what is refused is only what is not known.
func replay(t *testing.T, name, protocol string, port uint16) (messages int, refused map[string]int) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "corpus", name)
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("no capture corpus beside the repository: %s is missing", name)
	}
	defer file.Close()
	r, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	known := compile(kinds(protocol, plant.Read, plant.Auth, plant.Write, plant.Config, plant.Program, plant.Mode), protocol)
	type flow struct {
		client, server packet.Addr
		port           uint16
	}
	talks, refused := map[flow]*talk{}, map[string]int{}
	var f capture.Frame
	var p packet.Packet
	for r.Next(&f) == nil {
		p.Decode(f.Link, f.Data, f.Wire)
		up := p.DstPort == port
		if p.Proto != 6 || !up && p.SrcPort != port || len(p.Payload) == 0 {
			continue
		}
		k, n := flow{p.Src, p.Dst, p.SrcPort}, 0
		if !up {
			k, n = flow{p.Dst, p.Src, p.DstPort}, 1
		}
		c := talks[k]
		if c == nil {
			c = new(talk)
			c.reader = newReader(protocol, &c.ledger)
			talks[k] = c
		}
		if p.Missing > 0 || !c.side(n, &p) {
			c.lost = true
			continue
		}
		messages += c.read(t, name, n, known)
	}
	for _, c := range talks {
		for _, e := range c.ledger.rows {
			if e.why != "" {
				refused[e.verb.Protocol+" "+e.verb.Name+": "+e.why] += int(e.count)
			}
		}
	}
	return messages, refused
}

func (c *talk) read(t *testing.T, name string, n int, r *rule) (messages int) {
	t.Helper()
	for b := c.rest[n]; len(b) > 0; {
		size, err := c.reader.request(b)
		if n == 1 {
			size, err = c.reader.response(b)
		}
		if size == 0 && err == nil {
			break
		}
		if err == nil && n == 0 {
			_, err = c.reader.judge(b[:size], r)
		} else if err == nil {
			_, _, err = c.reader.answer(b[:size])
		}
		if err != nil {
			t.Errorf("%s, side %d: %v: %.60x", name, n, err, b)
			c.lost = true
			return messages
		}
		messages++
		b = b[size:]
		c.rest[n] = b
	}
	return messages
}

// TestRealTraffic holds that strictness stops nothing that real clients and
// controllers say to each other.
func TestRealTraffic(t *testing.T) {
	// Connections that were opened before the capture began lead nobody knows where.
	before := []string{"Send Unit Data"}
	for _, c := range []struct {
		file, protocol string
		port           uint16
		unknown        []string // verbs that are refused since nobody knows what they do
	}{
		{"modbus/ModbusTCP.pcap", Modbus, 502, nil},
		{"modbus/modbus_test_2.pcap", Modbus, 502, nil},
		{"modbus/plc4x-modbus.pcapng", Modbus, 502, nil},
		{"s7comm/s7comm_clean.pcap", S7, 102, nil},
		{"s7comm/wincc_s400_production.pcap", S7, 102, nil},
		{"s7comm/step7_s300_readDiagData.pcap", S7, 102, nil},
		{"s7comm/tia_s300_goOnline.pcap", S7, 102, nil},
		{"s7comm/plc4x-s7.pcapng", S7, 102, nil},
		{"s7comm/wincc_s300_setup-alarm-read-write.pcap", S7, 102, nil},
		{"s7comm/step7_s300_download.pcap", S7, 102, nil},
		{"s7comm/snap7_s300_everything.pcap", S7, 102, nil},
		{"enip/cip_only.pcap", ENIP, 44818, before},
		{"enip/EthernetIP-CIP.pcap", ENIP, 44818, before},
		{"enip/cl5000-lock-plc.pcap", ENIP, 44818, before},
		{"enip/cl5000-reboot.pcap", ENIP, 44818, append(before, "Service 0x4b")},
		{"enip/cl5000-software-upload.pcap", ENIP, 44818, append(before, "Service 0x4b")},
		{"enip/enip_cip_example.pcap", ENIP, 44818, before},
		{"enip/ethernetIP.pcap", ENIP, 44818, before},
	} {
		t.Run(c.file, func(t *testing.T) {
			n, refused := replay(t, c.file, c.protocol, c.port)
			t.Logf("%d messages", n)
			if n < 5 {
				t.Errorf("%d messages were read", n)
			}
			for what, count := range refused {
				if !slices.ContainsFunc(c.unknown, func(u string) bool { return strings.Contains(what, u) }) {
					t.Errorf("%d refused: %s", count, what)
				}
			}
		})
	}
}
