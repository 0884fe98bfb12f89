// Command bigplant writes a plant of 50,000 assets, 60 zones, 1,000 conduits
// and some 200,000 conversations into a data folder, so that the console and
// the API can be measured on it:
//
//	go run ./internal/tool/bigplant --data DIR
//	bulkhead run --data DIR
//
// It writes what sensors would have said, batch by batch; the hub makes assets
// and findings of it when it starts. The same numbers make the same plant.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/hub"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// size is how large the plant is.
type size struct{ assets, zones, conduits, conversations int }

func main() {
	dir := flag.String("data", "", "the data `folder` to write; it must not hold a store yet")
	var n size
	flag.IntVar(&n.assets, "assets", 50_000, "`number` of assets")
	flag.IntVar(&n.zones, "zones", 60, "`number` of zones")
	flag.IntVar(&n.conduits, "conduits", 1000, "`number` of conduits")
	flag.IntVar(&n.conversations, "conversations", 200_000, "`number` of conversations")
	flag.Parse()
	if *dir == "" {
		log.Fatal("name the folder with --data")
	}
	if err := run(context.Background(), *dir, n); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, dir string, n size) error {
	path := filepath.Join(dir, state.Database)
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there already: name an empty folder", path)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	db, err := store.Open(ctx, path, store.Options{Crosses: hub.Crosses})
	if err != nil {
		return err
	}
	p := &bigPlant{size: n, r: rand.New(rand.NewPCG(1, 1)), now: time.Now().UTC().Truncate(time.Minute)}
	err = p.write(ctx, db)
	if err == nil {
		_, err = db.PutModel(ctx, store.ModelVersion{Site: site, Text: p.model(), At: p.now, Note: "generated"}, 0)
	}
	if closed := db.Close(); err == nil {
		err = closed
	}
	return err
}

const (
	site       = "big"
	perNetwork = 250
	perBatch   = 2500
)

type bigPlant struct {
	size
	r   *rand.Rand
	now time.Time
	seq uint64
}

// endpoint is that of asset i: networks are numbered through, so that each
// belongs to one zone.
func endpoint(i int) plant.Endpoint {
	network, host := i/perNetwork, i%perNetwork+1
	return plant.Endpoint{MAC: plant.MAC{0, 0x1b, 0x1b, byte(i >> 16), byte(i >> 8), byte(i)}, IP: netip.AddrFrom4([4]byte{10, byte(network / 250), byte(network % 250), byte(host)})}
}

var (
	kinds = []struct{ role, vendor, product, protocol string }{
		{plant.RoleController, "Siemens", "S7-1500", "s7comm"},
		{plant.RoleController, "Rockwell Automation", "ControlLogix", "enip"},
		{plant.RoleDrive, "ABB", "ACS880", "modbus"},
		{plant.RoleRemoteIO, "WAGO", "750-352", "modbus"},
		{plant.RoleHMI, "Siemens", "TP1200", "opcua"},
		{plant.RolePC, "Dell", "OptiPlex", "smb"},
		{plant.RoleSwitch, "Hirschmann", "RSP35", "snmp"},
		{"", "", "", "tls"},
	}
	ports = map[string]uint16{"s7comm": 102, "enip": 44818, "modbus": 502, "opcua": 4840, "smb": 445, "snmp": 161, "tls": 443}
)

func (p *bigPlant) write(ctx context.Context, db *store.DB) error {
	for at := 0; at < p.assets; at += perBatch {
		b := p.batch()
		for i := at; i < min(at+perBatch, p.assets); i++ {
			b.Sightings = append(b.Sightings, p.sightings(i)...)
		}
		if _, err := db.Apply(ctx, []*plant.Batch{b}); err != nil {
			return err
		}
	}
	for at := 0; at < p.conversations; at += perBatch {
		b := p.batch()
		for range min(perBatch, p.conversations-at) {
			p.talk(b)
		}
		if _, err := db.Apply(ctx, []*plant.Batch{b}); err != nil {
			return err
		}
	}
	return nil
}

func (p *bigPlant) batch() *plant.Batch {
	p.seq++
	return &plant.Batch{
		Site: site, Sensor: "generator", Epoch: "a", Sequence: p.seq, From: p.now.Add(-time.Minute), To: p.now, Made: p.now,
		Status: plant.SensorStatus{Version: "bigplant", Source: "generated", State: plant.SensorEnded, Packets: p.seq * 1000},
	}
}

func (p *bigPlant) sightings(i int) []plant.Sighting {
	e, k := endpoint(i), kinds[i%len(kinds)]
	first := p.now.Add(-time.Duration(p.r.IntN(90*24)) * time.Hour)
	last := p.now.Add(-time.Duration(p.r.IntN(3600)) * time.Second)
	var all []plant.Sighting
	say := func(field plant.Field, value, source string) {
		if value != "" {
			all = append(all, plant.Sighting{Endpoint: e, Slot: plant.NoSlot, Field: field, Value: value, Source: source, Confidence: .9, Count: 3, First: first, Last: last, Packet: plant.NewPacketRef(0, uint64(i)+1)})
		}
	}
	say(plant.FieldAddress, e.IP.String(), "arp")
	say(plant.FieldName, fmt.Sprintf("z%02d-unit-%05d", p.zoneOf(i), i), "lldp")
	say(plant.FieldRole, k.role, "lldp")
	say(plant.FieldVendor, k.vendor, "lldp")
	say(plant.FieldProduct, k.product, "lldp")
	say(plant.FieldFirmware, fmt.Sprintf("V%d.%d", i%4+1, i%10), "lldp")
	return all
}

// talk adds a conversation, nine of ten within a network, and an operation to
// every fifth.
func (p *bigPlant) talk(b *plant.Batch) {
	server := p.r.IntN(p.assets)
	client := server/perNetwork*perNetwork + p.r.IntN(perNetwork)
	if p.r.IntN(10) == 0 || client >= p.assets {
		client = p.r.IntN(p.assets)
	}
	k := kinds[server%len(kinds)]
	last := p.now.Add(-time.Duration(p.r.IntN(3600)) * time.Second)
	b.Conversations = append(b.Conversations, plant.Conversation{
		Client: endpoint(client), Server: endpoint(server), Transport: plant.TCP, Port: ports[k.protocol], Protocol: k.protocol, Confirmed: true, Answered: true, Established: true,
		Flows: 1, PacketsUp: 1 + p.r.Uint64N(1e4), PacketsDown: 1 + p.r.Uint64N(1e4), BytesUp: p.r.Uint64N(1e7), BytesDown: p.r.Uint64N(1e7), First: last, Last: last, Packet: plant.NewPacketRef(0, p.seq),
	})
	if p.r.IntN(5) == 0 && k.protocol == "modbus" {
		b.Operations = append(b.Operations, plant.Operation{
			Verb:      plant.Verb{Protocol: "modbus", Code: "3", Name: "Read Holding Registers", Kind: plant.Read},
			Requester: endpoint(client), Responder: endpoint(server), Port: 502, Object: fmt.Sprint("unit 1 holding registers ", p.r.IntN(100)),
			Requests: 60, Responses: 60, Accepted: 60, First: last, Last: last, Packet: plant.NewPacketRef(0, p.seq),
		})
	}
}

func (p *bigPlant) networks() int { return (p.assets + perNetwork - 1) / perNetwork }

func (p *bigPlant) zoneOf(i int) int { return i / perNetwork * p.zones / p.networks() }

// model is the plant's own words for it.
func (p *bigPlant) model() string {
	var y strings.Builder
	fmt.Fprintf(&y, "site: %s\nname: A generated plant\ntime_zone: Europe/Berlin\npeople:\n  - { id: anna, name: Anna Weiss, mail: anna@example.com, side: it }\n  - { id: bernd, name: Bernd Ott, mail: bernd@example.com, side: operations }\nowners: { it: anna, operations: bernd }\nzones:\n", site)
	for z := range p.zones {
		fmt.Fprintf(&y, "  - id: z%02d\n    name: Zone %d\n    kind: cell\n    level: 1\n    members:\n", z, z)
		for n := range p.networks() {
			if n*p.zones/p.networks() == z {
				fmt.Fprintf(&y, "      - { subnet: 10.%d.%d.0/24 }\n", n/250, n%250)
			}
		}
	}
	y.WriteString("conduits:\n")
	for c := range min(p.conduits, p.zones*(p.zones-1)) {
		from := c / (p.zones - 1)
		to := c % (p.zones - 1)
		if to >= from {
			to++
		}
		fmt.Fprintf(&y, "  - { id: c%04d, from: z%02d, to: z%02d, allow: [ { protocol: modbus }, { protocol: opcua } ], reason: generated, review: 2030-01-31 }\n", c, from, to)
	}
	return y.String()
}
