package report

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// assetRow writes one asset as an object; what is empty is left out.
func (p *pageData) assetRow(a *plant.Asset) {
	p.row(true)
	p.str("id", a.ID)
	p.str("kind", string(a.Kind))
	p.str("side", string(a.Side))
	if a.Level >= 0 {
		p.key("level")
		p.b = strconv.AppendFloat(p.b, a.Level, 'g', 3, 64)
	}
	p.str("role", a.Role)
	if len(a.MACs) > 0 {
		list(&p.jsonWriter, "macs", first(a.MACs), func(m *plant.MAC) { p.b = append(m.AppendTo(append(p.b, '"')), '"') })
	}
	if len(a.IPs) > 0 {
		list(&p.jsonWriter, "ips", first(a.IPs), func(ip *netip.Addr) { p.b = append(ip.AppendTo(append(p.b, '"')), '"') })
	}
	if len(a.VLANs) > 0 {
		list(&p.jsonWriter, "vlans", first(a.VLANs), func(v *uint16) { p.b = strconv.AppendUint(p.b, uint64(*v), 10) })
	}
	if len(a.Names) > 0 {
		p.strings("names", first(a.Names))
	}
	p.identity(a)
	p.strings("protocols", a.Protocols)
	p.key("seen")
	p.values(func() { p.moment(a.First); p.moment(a.Last) })
	p.factRows(a.Facts, p.facts)
	p.moduleRows(a)
	p.reasonRows(a)
	p.conflictRows(a)
	p.more("addresses", len(a.IPs)+len(a.MACs), min(len(a.IPs), listPerAsset)+min(len(a.MACs), listPerAsset))
	p.more("modules", len(a.Modules), listPerAsset)
	p.row(false)
}

// first bounds a list on the page.
func first[T any](list []T) []T { return list[:min(len(list), listPerAsset)] }

// more says how many of something are not on the page.
func (p *pageData) more(what string, have, shown int) {
	if have > shown {
		p.num("more_"+what, uint64(have-shown))
	}
}

func (p *pageData) identity(a *plant.Asset) {
	p.opt("vendor", cut(a.Vendor))
	p.opt("product", cut(a.Product))
	p.opt("order", cut(a.OrderNumber))
	p.opt("firmware", cut(a.Firmware))
	p.opt("hardware", cut(a.Hardware))
	p.opt("serial", cut(a.Serial))
	p.opt("os", cut(a.OS))
}

// factOrder is which facts go first where there is room for few.
var factOrder = []plant.Field{
	plant.FieldName, plant.FieldVendor, plant.FieldProduct, plant.FieldOrderNumber, plant.FieldFirmware, plant.FieldHardware, plant.FieldSerial, plant.FieldOS,
	plant.FieldMode, plant.FieldKeySwitch, plant.FieldCleartextLogin, plant.FieldSecurity, plant.FieldLocation, plant.FieldDescription, plant.FieldSoftware,
	plant.FieldAddress, plant.FieldRole, plant.FieldDeviceType, plant.FieldProductCode, plant.FieldVendorID, plant.FieldUnit, plant.FieldContact, plant.FieldDomain,
	plant.FieldUser, plant.FieldCertificate, plant.FieldNeighbor, plant.FieldPort, plant.FieldGateway, plant.FieldNetmask, plant.FieldRouterOf, plant.FieldService,
	plant.FieldResolves, plant.FieldFingerprint, plant.FieldTTL,
}

// factsPerField bounds what one field may take before the others had their
// turn: a switch has a neighbour on every port.
const factsPerField = 8

// choice orders facts by field, the first few of each before the rest, and
// keeps n.
func choice(facts []plant.Fact, n int) []*plant.Fact {
	rank := func(f plant.Field) int {
		if i := slices.Index(factOrder, f); i >= 0 {
			return i
		}
		return len(factOrder)
	}
	byField := make([][]*plant.Fact, len(factOrder)+1)
	for i := range facts {
		r := rank(facts[i].Field)
		byField[r] = append(byField[r], &facts[i])
	}
	var chosen, rest []*plant.Fact
	for _, list := range byField {
		k := min(len(list), factsPerField)
		chosen, rest = append(chosen, list[:k]...), append(rest, list[k:]...)
	}
	chosen = append(chosen, rest...)
	return chosen[:min(len(chosen), n)]
}

// factRows writes facts as [field, value, source, confidence in percent, count,
// first, last, packet, capture].
func (p *pageData) factRows(facts []plant.Fact, n int) {
	chosen := choice(facts, n)
	if len(chosen) > 0 {
		list(&p.jsonWriter, "facts", chosen, func(f **plant.Fact) { p.fact(*f) })
	}
	p.more("facts", len(facts), len(chosen))
}

func (p *pageData) fact(f *plant.Fact) {
	p.values(func() {
		p.text(string(f.Field))
		p.text(f.Value)
		p.text(f.Source)
		p.int(int64(f.Confidence*100 + 0.5))
		p.uint(f.Count)
		p.moment(f.First)
		p.moment(f.Last)
		p.ref(f.Packet)
	})
}

func (p *pageData) moduleRows(a *plant.Asset) {
	if len(a.Modules) == 0 {
		return
	}
	list(&p.jsonWriter, "modules", first(a.Modules), func(m *plant.Module) {
		p.object(func() {
			p.key("slot")
			p.b = strconv.AppendInt(p.b, int64(m.Slot), 10)
			p.opt("vendor", cut(m.Vendor))
			p.opt("product", cut(m.Product))
			p.opt("order", cut(m.OrderNumber))
			p.opt("firmware", cut(m.Firmware))
			p.opt("hardware", cut(m.Hardware))
			p.opt("serial", cut(m.Serial))
			p.factRows(m.Facts, factsPerModule)
		})
	})
}

func (p *pageData) reasonRows(a *plant.Asset) {
	if len(a.Reasons) == 0 {
		return
	}
	list(&p.jsonWriter, "reasons", first(a.Reasons), func(r *plant.Reason) {
		p.values(func() { p.text(r.What); p.text(r.Why); p.ref(r.Packet) })
	})
}

func (p *pageData) conflictRows(a *plant.Asset) {
	if len(a.Conflicts) == 0 {
		return
	}
	list(&p.jsonWriter, "conflicts", first(a.Conflicts), func(c *plant.Conflict) {
		p.object(func() {
			p.str("field", string(c.Field))
			p.str("why", cut(c.Why))
			p.factRows(c.Facts, factsPerModule)
		})
	})
}
