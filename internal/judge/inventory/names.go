package inventory

import (
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// named are the fields of an asset or module that hold one value.
type named struct {
	vendor, product, order, firmware, hardware, serial, os string
	vendorWhy                                              choice // of no source if there is no vendor
}

// named chooses the best supported value of each field of one slot.
func (b *Builder) named(p *portrait, slot int) named {
	n := named{
		product: p.best(slot, plant.FieldProduct), order: p.best(slot, plant.FieldOrderNumber),
		firmware: p.best(slot, plant.FieldFirmware), hardware: p.best(slot, plant.FieldHardware),
		serial: p.best(slot, plant.FieldSerial), os: p.best(slot, plant.FieldOS),
	}
	if v := p.choices(slot, plant.FieldVendor, b.vendor); len(v) > 0 {
		n.vendor, n.vendorWhy = v[0].value, v[0]
	}
	if n.product == "" {
		n.product = p.best(slot, fingerprint.FieldFamily)
	}
	return n
}

// maxNames is how many names of an asset are listed; all stay among the facts.
const maxNames = 16

// namesOf adds the names of an asset, the best supported first.
func (p *portrait) namesOf(names []string) []string {
	for _, c := range p.choices(plant.NoSlot, plant.FieldName, nil) {
		if len(names) < maxNames && !isAddress(c.value) {
			names = append(names, c.value)
		}
	}
	return names
}

// slots are the numbers of the modules that something is known of.
func (p *portrait) slots() []int {
	var slots []int
	for i := range p.facts {
		if s := p.facts[i].slot; s != plant.NoSlot && (len(slots) == 0 || slots[len(slots)-1] != s) {
			slots = append(slots, s)
		}
	}
	return slots
}

// modules are the modules of an asset's rack.
func (b *Builder) modules(p *portrait) []plant.Module {
	var modules []plant.Module
	for _, slot := range p.slots() {
		n := b.named(p, slot)
		m := plant.Module{
			Slot: slot, Vendor: n.vendor, Product: n.product, OrderNumber: n.order,
			Firmware: n.firmware, Hardware: n.hardware, Serial: n.serial,
		}
		for _, f := range p.ofSlot(slot) {
			m.Facts = append(m.Facts, f.Fact)
		}
		modules = append(modules, m)
	}
	return modules
}
