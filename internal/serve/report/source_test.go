package report

import (
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

var began = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// testPlant is a source made by hand: assets, and what they say to each other.
type testPlant struct {
	assets        []plant.Asset
	conversations []plant.Conversation
	operations    []plant.Operation
	anomalies     []plant.Anomaly
	findings      []plant.Finding
	captures      []plant.Capture
}

func (t *testPlant) source() *Source {
	return &Source{
		Captures: t.captures, Assets: walk(t.assets), Conversations: walk(t.conversations), Operations: walk(t.operations), Anomalies: walk(t.anomalies),
		Findings: func() []plant.Finding { return t.findings }, Number: t.number(),
	}
}

// walk yields copies in one reused value, as the real sequences do.
func walk[T any](list []T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		var v T
		for i := range list {
			if v = list[i]; !yield(&v) {
				return
			}
		}
	}
}

func (t *testPlant) number() func(plant.Endpoint) int {
	byIP := map[netip.Addr]int{}
	for i := range t.assets {
		for _, ip := range t.assets[i].IPs {
			byIP[ip] = i
		}
	}
	return func(e plant.Endpoint) int {
		if i, known := byIP[e.IP]; known {
			return i
		}
		return -1
	}
}

// add gives the plant an asset with an address and returns its endpoint.
func (t *testPlant) add(name, ip string, role plant.Role, side plant.Side, level float64) plant.Endpoint {
	a := plant.Asset{
		ID: fmt.Sprintf("a%04d", len(t.assets)), Kind: plant.KindDevice, Side: side, Level: level, Role: role,
		IPs: []netip.Addr{netip.MustParseAddr(ip)}, MACs: []plant.MAC{{0, 0x1b, 0x1b, 0, byte(len(t.assets) >> 8), byte(len(t.assets))}},
		Protocols: []string{"arp"}, First: began, Last: began.Add(time.Hour),
	}
	if role == plant.RoleExternalPeer {
		a.Kind = plant.KindExternal
		a.MACs = nil
	}
	if name != "" {
		a.Names = []string{name}
		a.Facts = append(a.Facts, fact(plant.FieldName, name, "dhcp", 12))
	}
	t.assets = append(t.assets, a)
	return plant.Endpoint{IP: a.IPs[0]}
}

func fact(f plant.Field, value, source string, packet uint64) plant.Fact {
	return plant.Fact{Field: f, Value: value, Source: source, Confidence: 0.9, Count: 3, First: began, Last: began.Add(time.Minute), Packet: plant.NewPacketRef(0, packet)}
}

// last is the asset that was added last.
func (t *testPlant) last() *plant.Asset { return &t.assets[len(t.assets)-1] }

func (t *testPlant) talk(client, server plant.Endpoint, port uint16, protocol string, bytes uint64) {
	t.conversations = append(t.conversations, plant.Conversation{
		Client: client, Server: server, Transport: plant.TCP, Port: port, Protocol: protocol, Confirmed: true, Answered: true, Established: true, Flows: 1,
		PacketsUp: 10, PacketsDown: 9, BytesUp: bytes / 2, BytesDown: bytes - bytes/2, First: began, Last: began.Add(50 * time.Minute),
		Packet: plant.NewPacketRef(0, uint64(len(t.conversations)+1)),
	})
}

func (t *testPlant) operate(from, to plant.Endpoint, v plant.Verb, object string, n, refused uint64) {
	t.operations = append(t.operations, plant.Operation{
		Verb: v, Requester: from, Responder: to, Port: 102, Object: object, Requests: n, Responses: n, Accepted: n - refused, Refused: refused,
		First: began.Add(time.Minute), Last: began.Add(2 * time.Minute), Packet: plant.NewPacketRef(0, 400),
	})
}

var (
	verbRead     = plant.Verb{Protocol: "s7comm", Code: "0x04", Name: "Read Var", Kind: plant.Read, Technique: "T0801"}
	verbWrite    = plant.Verb{Protocol: "modbus", Code: "16", Name: "Write Multiple Registers", Kind: plant.Write, Technique: "T0855"}
	verbDownload = plant.Verb{Protocol: "s7comm", Code: "0x1a", Name: "Request download", Kind: plant.Program, Technique: "T0843"}
	verbStop     = plant.Verb{Protocol: "s7comm", Code: "0x29", Name: "PLC Stop", Kind: plant.Mode, Technique: "T0858"}
	verbShare    = plant.Verb{Protocol: "smb", Code: "5", Name: "Create", Kind: plant.Write}
)

// hostile is a name that somebody chose to break out of a report.
const hostile = `</script><img src=x onerror=alert(1)>`

// smallPlant is a plant in which everything that a report shows occurs once.
func smallPlant() *testPlant {
	t := &testPlant{captures: []plant.Capture{{
		File: "/captures/monday.pcapng", Format: "pcapng", LinkTypes: []string{"ethernet"}, Packets: 48211, Bytes: 31 << 20, First: began, Last: began.Add(time.Hour),
		Undecoded: 7, Duplicates: 31, Truncated: true,
	}}}
	plc := t.add("filler-plc", "10.20.2.11", plant.RoleController, plant.SideOT, 1)
	identify(t.last())
	var others []plant.Endpoint
	for i := range 6 {
		others = append(others, t.add("", fmt.Sprintf("10.20.2.%d", 20+i), plant.RoleController, plant.SideOT, 1))
		t.last().Vendor = "Schneider Electric"
	}
	hmi := t.add("labeller-hmi", "10.20.2.40", plant.RoleHMI, plant.SideOT, 2)
	drive := t.add("", "10.20.2.60", plant.RoleDrive, plant.SideOT, 0)
	eng := t.add("ENG-01", "10.20.1.5", plant.RoleEngineering, plant.SideOT, 2)
	scada := t.add("SCADA-02", "10.20.1.10", plant.RoleSCADA, plant.SideOT, 3)
	jump := t.add("jump", "10.15.0.4", plant.RoleServer, plant.SideIT, 3.5)
	evil := t.add(hostile, "10.10.0.66", plant.RolePC, plant.SideIT, 4)
	office := t.add("PC-ACC-04", "10.10.0.17", plant.RolePC, plant.SideIT, 4)
	t.add("", "10.20.9.9", plant.RoleUnknown, plant.SideUnknown, plant.LevelUnknown)
	peer := t.add("", "203.0.113.80", plant.RoleExternalPeer, plant.SideIT, 5)

	t.talk(scada, plc, 102, "s7comm", 900_000)
	t.talk(hmi, plc, 102, "s7comm", 300_000)
	t.talk(plc, drive, 34962, "profinet-io", 80_000)
	t.talk(office, plc, 502, "modbus", 4000)
	t.talk(office, scada, 445, "smb", 70_000)
	t.talk(evil, jump, 3389, "rdp", 10_000)
	t.talk(hmi, peer, 443, "tls", 50_000)
	t.talk(scada, office, 53, "dns", 900)
	t.conversations[2].Lost = 512
	t.conversations[4].PacketsDown = 0
	for _, o := range others {
		t.talk(scada, o, 502, "modbus", 40_000)
		t.operate(scada, o, verbWrite, "holding registers 100-119", 50, 0)
	}
	t.operate(scada, plc, verbRead, "DB1", 2000, 0)
	t.operate(office, plc, verbWrite, "holding registers 5", 14, 3)
	t.operate(eng, plc, verbDownload, "OB1", 2, 0)
	t.operate(eng, plc, verbStop, "", 1, 1)
	t.operate(office, scada, verbShare, "share", 9, 0)
	t.anomalies = []plant.Anomaly{{Source: plc, Destination: hmi, Protocol: "s7comm", Kind: plant.AnomalyMalformed, Text: "length runs past the end", Count: 4, Packet: plant.NewPacketRef(0, 88)}}
	t.findings = []plant.Finding{
		{
			Rule: "internet", Level: "high", Title: "Plant devices talk to the internet", Why: "Whoever controls the peer reaches the plant.",
			Next: []string{"Ask the owner.", "Block it."}, Assets: []string{"a0007"}, Count: 1, First: began, Last: began,
			Evidence: []plant.PacketRef{plant.NewPacketRef(0, 7)}, Details: []string{"labeller-hmi (10.20.2.40) → 203.0.113.80: tls, tcp port 443"},
		},
		{
			Rule: "crossing", Level: "medium", Title: "Office and plant devices talk directly", Why: "Each is a way from a mail to a machine.", Next: []string{"Ask both owners."},
			Assets: []string{"a0000", "a0013"}, Count: 2, First: began, Last: began, Evidence: []plant.PacketRef{plant.NewPacketRef(0, 4), 0},
			Details: []string{"PC-ACC-04 (10.10.0.17) → filler-plc (10.20.2.11): modbus, tcp port 502", hostile + ": line"},
		},
		{Rule: "weak", Level: "low", Title: "SMB version 1 is spoken", Why: "It has no protection.", First: began, Last: began},
	}
	return t
}

func identify(a *plant.Asset) {
	a.Vendor, a.Product, a.OrderNumber, a.Firmware, a.Serial = "Siemens", "CPU 315-2 PN/DP", "6ES7 315-2EH14-0AB0", "V3.2.7", "S C-X4U421302009"
	a.Facts = append(a.Facts,
		fact(plant.FieldVendor, a.Vendor, "fingerprint.siemens", 17), fact(plant.FieldProduct, a.Product, "s7comm.szl", 17),
		fact(plant.FieldOrderNumber, a.OrderNumber, "s7comm.szl", 17), fact(plant.FieldFirmware, a.Firmware, "s7comm.szl", 19),
		fact(plant.FieldFirmware, "V3.2.6", "lldp", 230), fact(plant.FieldAddress, "10.20.2.11", "arp", 3), fact(plant.FieldTTL, "30", "ip", 3),
	)
	a.Modules = []plant.Module{{Slot: 3, Vendor: "Siemens", Product: "CP 343-1", OrderNumber: "6GK7 343-1EX30-0XE0", Firmware: "V2.1", Facts: []plant.Fact{fact(plant.FieldProduct, "CP 343-1", "s7comm.szl", 21)}}}
	a.Reasons = []plant.Reason{{What: "role", Why: "it answers as a controller", Packet: plant.NewPacketRef(0, 17)}, {What: "level", Why: "level 1 is where a controller stands"}}
	a.Conflicts = []plant.Conflict{{Field: plant.FieldFirmware, Why: "two versions at once", Facts: slices.Clone(a.Facts[4:6])}}
}

// largePlant has n assets, each of which a SCADA server polls.
func largePlant(n int) *testPlant {
	t := &testPlant{captures: []plant.Capture{{File: "large.pcap", Format: "pcap", LinkTypes: []string{"ethernet"}, Packets: 1 << 30, Bytes: 1 << 40, First: began, Last: began.Add(9 * 24 * time.Hour)}}}
	scada := t.add("SCADA", "10.0.0.2", plant.RoleSCADA, plant.SideOT, 2)
	roles := []struct {
		role  plant.Role
		side  plant.Side
		level float64
	}{
		{plant.RoleController, plant.SideOT, 1},
		{plant.RoleRemoteIO, plant.SideOT, 0},
		{plant.RoleDrive, plant.SideOT, 0},
		{plant.RoleHMI, plant.SideOT, 2},
		{plant.RolePC, plant.SideIT, 4},
		{plant.RoleUnknown, plant.SideUnknown, plant.LevelUnknown},
	}
	for i := 1; i < n; i++ {
		r := roles[i%len(roles)]
		e := t.add(fmt.Sprintf("device-%d", i), fmt.Sprintf("10.%d.%d.%d", 1+i>>14, i>>7&127, 3+i&127), r.role, r.side, r.level)
		if r.role == plant.RoleController {
			identify(t.last())
		}
		for k := range 30 {
			t.last().Facts = append(t.last().Facts, fact(plant.FieldResolves, fmt.Sprintf("name-%d.example=10.9.8.7", k), "dns", uint64(k)))
		}
		t.talk(scada, e, 502, "modbus", uint64(i)*100)
		t.operate(scada, e, verbWrite, "holding registers 100-119", 50, 0)
		t.operate(scada, e, verbRead, "holding registers 0-99", 5000, 0)
	}
	return t
}
