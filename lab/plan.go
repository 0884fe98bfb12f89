package lab

import (
	"embed"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed plant/*.yaml day/*.yaml scenario/*.yaml
var files embed.FS

// plan is the plant as its data files say.
type plan struct {
	Networks []network           `yaml:"networks"`
	Hosts    []machine           `yaml:"hosts"`
	Hours    map[string][]string `yaml:"hours"` // at which people are there
	Talks    []talk              `yaml:"talks"`
	Scenario Scenario            `yaml:"-"`
}

type network struct {
	Name    string       `yaml:"name"`
	VLAN    uint16       `yaml:"vlan"`
	Subnet  netip.Prefix `yaml:"subnet"`
	Gateway string       `yaml:"gateway"`
}

// router is the address that a network's gateway has in it: the first.
func (n *network) router() netip.Addr { return n.Subnet.Addr().Next() }

// machine is a host as data.
type machine struct {
	Name  string     `yaml:"name"`
	MAC   hardware   `yaml:"mac"`
	IP    netip.Addr `yaml:"ip"`
	Net   string     `yaml:"net"`
	Stack string     `yaml:"stack"`
	Via   string     `yaml:"via"`
	Hops  uint8      `yaml:"hops"`

	Model    string   `yaml:"model"`
	Order    string   `yaml:"order"`
	Firmware string   `yaml:"firmware"`
	Hardware string   `yaml:"hardware"`
	Serial   string   `yaml:"serial"`
	Location string   `yaml:"location"`
	Text     string   `yaml:"text"`     // sysDescr, LLDP system description
	Class    string   `yaml:"class"`    // of the DHCP client
	User     string   `yaml:"user"`     // of a telephone
	Software string   `yaml:"software"` // HTTP Server, SSH banner, OPC UA application
	Product  string   `yaml:"product"`  // OPC UA product URI
	Number   uint16   `yaml:"number"`   // a model's code or a program's build
	Objects  []string `yaml:"objects"`  // Modbus device identification

	CDP     bool        `yaml:"cdp"`
	LLDP    uint16      `yaml:"lldp"` // capabilities; 0 announces nothing
	Port    string      `yaml:"port"`
	Bridge  string      `yaml:"bridge"` // "root" or "member" of the spanning tree
	PN      *station    `yaml:"pn"`
	CIP     *cipModule  `yaml:"cip"`
	Rack    []cipModule `yaml:"rack"`
	BACnet  *building   `yaml:"bacnet"`
	Windows *windows    `yaml:"windows"`

	Is *Truth `yaml:"is"`
}

// Truth is what an inventory must make of a machine. What is empty nobody can
// know.
type Truth struct {
	Role   plant.Role `yaml:"role"`
	Level  *float64   `yaml:"level"`
	Side   plant.Side `yaml:"side"`
	Vendor string     `yaml:"vendor"`
}

type station struct {
	Product string `yaml:"product"`
	Name    string `yaml:"name"` // if it is not the machine's
	Vendor  uint16 `yaml:"vendor"`
	Device  uint16 `yaml:"device"`
	Role    uint8  `yaml:"role"`
}

type cipModule struct {
	Slot   uint8  `yaml:"slot"`
	Vendor uint16 `yaml:"vendor"`
	Type   uint16 `yaml:"type"`
	Code   uint16 `yaml:"code"`
	Major  uint8  `yaml:"major"`
	Minor  uint8  `yaml:"minor"`
	Status uint16 `yaml:"status"`
	Serial uint32 `yaml:"serial"`
	Name   string `yaml:"name"`
	State  uint8  `yaml:"state"`
}

type building struct {
	Device     uint32 `yaml:"device"`
	Vendor     uint16 `yaml:"vendor"`
	VendorName string `yaml:"vendor-name"`
	Model      string `yaml:"model"`
	Firmware   string `yaml:"firmware"`
	Object     string `yaml:"object"`
	Location   string `yaml:"location"`
}

type windows struct {
	Major     uint8  `yaml:"major"`
	Minor     uint8  `yaml:"minor"`
	Build     uint16 `yaml:"build"`
	Directory bool   `yaml:"directory"` // a domain controller, which insists on signed messages
	User      string `yaml:"user"`
}

// talk is something that machines do with another. Without When and On it
// begins when the simulation does, in a scenario at its time.
type talk struct {
	Do    string        `yaml:"do"`
	From  []string      `yaml:"from"`
	To    []string      `yaml:"to"`    // empty: to everybody on the link
	At    float64       `yaml:"at"`    // of a scenario: when it begins, as a share of the scenario's time
	After time.Duration `yaml:"after"` // and how long after that, or after the begin
	When  string        `yaml:"when"`  // the hours in which it goes on
	On    []moment      `yaml:"on"`    // the moments at which it happens again
	For   time.Duration `yaml:"for"`   // how long at most
	Every time.Duration `yaml:"every"` // 0: once
	Block uint16        `yaml:"block"`
	Start uint16        `yaml:"start"`
	Size  int           `yaml:"size"`
	Value uint32        `yaml:"value"`
	Port  uint16        `yaml:"port"`
	Ports []uint16      `yaml:"ports"`
	User  string        `yaml:"user"`
	Text  string        `yaml:"text"`
	Names []string      `yaml:"names"`
	Event bool          `yaml:"-"` // it belongs to the scenario
}

// hardware is a MAC as people write it.
type hardware plant.MAC

// UnmarshalText reads it.
func (h *hardware) UnmarshalText(b []byte) error {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(b), ":", ""))
	if err != nil || len(raw) != len(h) {
		return fmt.Errorf("%q is no MAC address", b)
	}
	copy(h[:], raw)
	return nil
}

// readPlan reads the built-in plant with its day and adds a scenario.
func readPlan(scenario string) (*plan, error) {
	p := &plan{Hours: map[string][]string{}}
	for _, folder := range []string{"plant", "day"} {
		entries, err := files.ReadDir(folder)
		if err != nil {
			return nil, fmt.Errorf("read the plant: %w", err)
		}
		for _, e := range entries {
			var part plan
			if err := readYAML(folder+"/"+e.Name(), &part); err != nil {
				return nil, err
			}
			p.Networks, p.Hosts, p.Talks = append(p.Networks, part.Networks...), append(p.Hosts, part.Hosts...), append(p.Talks, part.Talks...)
			maps.Copy(p.Hours, part.Hours)
		}
	}
	if scenario == "" {
		scenario = DefaultScenario
	}
	s, err := ReadScenario(scenario)
	if err != nil {
		return nil, err
	}
	p.Scenario = *s
	p.Hosts = append(p.Hosts, s.hosts...)
	for _, t := range s.talks {
		t.Event = true
		p.Talks = append(p.Talks, t)
	}
	return p, nil
}

func readYAML(name string, into any) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := yaml.UnmarshalWithOptions(b, into, yaml.Strict()); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}
