// Package goose tells who publishes which GOOSE control blocks: the messages by
// which protection relays trip breakers and interlock bays. It watches the state
// numbers of each publisher, since a number that goes back is a replay or a
// second publisher.
package goose

import (
	"fmt"
	"sync"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/goose"
)

// Protocol is GOOSE.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name:   "goose",
		Link:   []dissect.LinkType{0x88b8},
		New:    func() dissect.Parser { return &parser{} },
		Cyclic: cyclic,
	}
}

// parser follows the publications of one sender to one group.
type parser struct {
	verbs  *verbs
	blocks [maxBlocks]block
	next   uint8 // block to be replaced by the next new one
	text   [200]byte
}

const maxBlocks = 8

// block is what is kept of one control block.
type block struct {
	name   uint64 // hash of its reference
	last   int64
	state  uint32
	alarms uint8
}

// Parse reads one frame. A frame counts by its header even when its PDU is
// damaged.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	f, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	if p.verbs == nil || p.verbs.appID != f.AppID {
		p.verbs = table.get(f.AppID)
	}
	m, err := pdu.DecodePDU(f.PDU)
	o := dissect.Object{}
	v := p.verbs.message
	if m.Has(pdu.HasControlBlock) {
		o.Name = m.ControlBlock
		v = p.publication(c, &f, &m)
	}
	c.Send(v, o)
	if err == nil && !m.Whole() {
		c.Malformed("GOOSE PDU lacks a mandatory field")
	}
	return n, err
}

// Alarms of a control block, each told once.
const (
	told = 1 << iota
	simulated
	commissioning
)

// publication follows one control block and picks the verb of its message.
func (p *parser) publication(c *dissect.Context, f *pdu.Frame, m *pdu.PDU) *plant.Verb {
	k := p.block(m.ControlBlock)
	alarms := uint8(told)
	v := p.verbs.message
	if f.Simulated || m.Simulation {
		alarms |= simulated
		v = p.verbs.simulation
	}
	if m.Commissioning {
		alarms |= commissioning
	}
	if fresh := alarms &^ k.alarms; fresh != 0 {
		p.tell(c, m, fresh)
		k.alarms |= alarms
	}
	if !m.Has(pdu.HasState) {
		return v
	}
	// A publisher that restarts begins at 1. Captures put together from several
	// recordings run back in time: they prove nothing.
	if k.last != 0 && c.Now >= k.last && m.State < k.state && m.State > 1 {
		return p.verbs.stale
	}
	k.state, k.last = m.State, c.Now
	return v
}

// block finds what is kept of a control block; a new one takes the place of the
// oldest.
func (p *parser) block(name []byte) *block {
	h := uint64(14695981039346656037)
	for _, b := range name {
		h = (h ^ uint64(b)) * 1099511628211
	}
	for i := range p.blocks {
		if p.blocks[i].name == h {
			return &p.blocks[i]
		}
	}
	k := &p.blocks[p.next%maxBlocks]
	p.next++
	*k = block{name: h}
	return k
}

func (p *parser) tell(c *dissect.Context, m *pdu.PDU, what uint8) {
	if what&told != 0 {
		c.Fact(dissect.Sender, plant.FieldService, append(append(p.text[:0], "goose "...), m.ControlBlock[:min(len(m.ControlBlock), 190)]...), "goose", 0.95)
		c.Fact(dissect.Sender, plant.FieldUnit, m.LogicalDevice(), "goose", 0.9)
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleRelay, "goose", 0.5)
	}
	if what&simulated != 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "goose.simulation=on", "goose", 0.95)
	}
	if what&commissioning != 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "goose.commissioning=needed", "goose", 0.95)
	}
}

// verbs are the messages of one application identifier, which is the code that
// they are counted by.
type verbs struct {
	appID                      uint16
	message, simulation, stale *plant.Verb
}

// verbTable makes the verbs of an application identifier when it is first seen.
// Past its bound new ones share the last.
type verbTable struct {
	mu   sync.Mutex
	seen map[uint16]*verbs
}

const maxVerbs = 4096

var table = verbTable{seen: make(map[uint16]*verbs)}

func (t *verbTable) get(id uint16) *verbs {
	t.mu.Lock()
	defer t.mu.Unlock()
	if v := t.seen[id]; v != nil {
		return v
	}
	code := fmt.Sprintf("0x%04x", id)
	verb := func(name, technique string) *plant.Verb {
		return &plant.Verb{Protocol: "goose", Code: code, Name: name, Kind: plant.Read, Technique: technique}
	}
	v := &verbs{
		appID:      id,
		message:    verb("GOOSE message", ""),
		simulation: verb("GOOSE message (simulation)", "T0856"),
		stale:      verb("GOOSE message (state number went back)", "T0856"),
	}
	if len(t.seen) < maxVerbs {
		t.seen[id] = v
	}
	return v
}
