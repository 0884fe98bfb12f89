package dissect

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// Finish gives back what only reading needs. It is called after Drain; no frame
// may come after it, and what was learnt is told as before.
func (e *Engine) Finish() {
	e.ends.idx, e.facts.idx, e.operations.idx, e.talks.idx, e.texts.idx = index{}, index{}, index{}, index{}, index{}
	e.freeConvs, e.freeBuffers, e.freeRows, e.memo = nil, nil, rowPool{}, memo{}
	e.fragments = packet.NewDefragmenter()
	e.learned = learned{}
}

// ForgetSightings gives back the memory of what Sightings hands out, after
// Finish: nothing is left there after it.
func (e *Engine) ForgetSightings() {
	e.facts = factTable{max: e.facts.max, Lost: e.facts.Lost}
	e.ends.forget()
}

// forget keeps of the endpoints who they are and nothing else.
func (t *endpointTable) forget() {
	t.keys = make([]endKey, 0, t.list.n)
	for i, part := range t.list.parts {
		for k := range part[:min(int(t.list.n)-len(t.keys), slabPart)] {
			t.keys = append(t.keys, part[k].key)
		}
		t.list.parts[i] = nil
	}
	t.list = slab[end]{}
}

// word is an endpoint as others speak of it.
func (t *endpointTable) word(id uint32) plant.Endpoint {
	if t.keys != nil {
		return t.keys[id].word()
	}
	return t.at(id).word()
}

func (k *endKey) word() plant.Endpoint {
	return plant.Endpoint{MAC: k.mac, IP: k.ip.Netip(), VLAN: k.vlan}
}
