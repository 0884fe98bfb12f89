package inventory

import (
	"net/netip"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// gateway is who calls an asset its default router (in DHCP, DCP …).
type gateway struct {
	users  int
	packet plant.PacketRef
}

// findHearsay gathers what others say of an asset: that it is their default
// router, and what its address is called.
func (b *Builder) findHearsay(f *folded) {
	f.gateways = make(map[uint32]gateway)
	f.called = make(map[uint32][]uint32)
	gateway, resolves := b.words.find(string(plant.FieldGateway)), b.words.find(string(plant.FieldResolves))
	for i := range uint32(b.facts.n) {
		switch x := b.facts.at(i); x.field {
		case gateway:
			b.noteGateway(f, x)
		case resolves:
			b.noteName(f, i, x)
		}
	}
}

// noteGateway counts one that calls an asset its default router. Many devices
// name themselves where nobody set a router: they do not count.
func (b *Builder) noteGateway(f *folded, x *fact) {
	a, err := netip.ParseAddr(b.texts.text(x.value))
	if err != nil || !unicast(a) {
		return
	}
	i := b.assetOfIP(f, a.Unmap().As16(), b.endpoints.at(x.endpoint).vlan)
	if i == nobody || i == f.assetOf(x.endpoint) {
		return
	}
	g := f.gateways[i]
	g.users++
	if g.packet == 0 || x.packet != 0 && x.packet < g.packet {
		g.packet = x.packet
	}
	f.gateways[i] = g
}

// noteName keeps a name that somebody resolves to an asset's address.
func (b *Builder) noteName(f *folded, at uint32, x *fact) {
	_, a, ok := nameAndAddress(b.texts.text(x.value))
	if !ok {
		return
	}
	if i := b.onlyAssetOf(f, a.As16(), b.endpoints.at(x.endpoint).vlan); i != nobody {
		f.called[i] = append(f.called[i], at)
	}
}

// nameAndAddress cuts "plc1.local=10.0.0.5".
func nameAndAddress(text string) (name string, a netip.Addr, ok bool) {
	at := strings.LastIndexByte(text, '=')
	if at < 1 {
		return "", a, false
	}
	a, err := netip.ParseAddr(text[at+1:])
	name = strings.TrimSuffix(text[:at], ".")
	return name, a.Unmap().WithZone(""), err == nil && unicast(a) && name != "" && !isAddress(name)
}

// isAddress reports whether a text is an IP address, with or without a port:
// that is nobody's name, even where a name should stand.
func isAddress(s string) bool {
	if s == "" || !strings.ContainsAny(s, ".:") || !strings.ContainsRune("0123456789abcdefABCDEF:[", rune(s[0])) {
		return false
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(s)
	return err == nil
}

// onlyAssetOf is the asset that an IP stands in: that of the VLAN, or the only
// one there is.
func (b *Builder) onlyAssetOf(f *folded, ip [16]byte, vlan uint16) uint32 {
	found := nobody
	for _, r := range b.recordsOfIP(f, ip) {
		if !f.holds[r] {
			continue
		}
		i := f.assetOf(r)
		if b.endpoints.at(r).vlan == vlan {
			return i
		}
		if found != nobody && found != i {
			return nobody
		}
		found = i
	}
	return found
}

const (
	calledConfidence = 0.5 // others may know an old name
	maxCalled        = 64  // names of one address; one that has more is shared by many
)

// nameByOthers adds the names that others have for an asset's addresses.
func (b *Builder) nameByOthers(f *folded, p *portrait) {
	called := f.called[p.asset]
	if len(called) > maxCalled {
		return
	}
	for _, at := range called {
		x := b.fact(b.facts.at(at))
		name, _, _ := nameAndAddress(x.Value)
		from := x.Value
		x.Field, x.Value, x.Confidence = plant.FieldName, name, min(x.Confidence, calledConfidence)
		p.facts = append(p.facts, slotFact{Fact: x, slot: plant.NoSlot, from: from})
	}
}
