package inventory

import (
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// gateway is who calls an asset its default router (in DHCP, DCP …).
type gateway struct {
	users  int
	packet plant.PacketRef
}

// findGateways counts the endpoints that call an asset their default router.
// Many devices name themselves where nobody set a router: they do not count.
func (b *Builder) findGateways(f *folded) {
	f.gateways = make(map[uint32]gateway)
	for e := range uint32(b.endpoints.n) {
		r := b.endpoints.at(e)
		for i := r.facts; i != 0; i = b.facts.at(i - 1).next {
			if x := b.facts.at(i - 1); plant.Field(b.words.text(x.field)) == plant.FieldGateway {
				b.noteGateway(f, e, x)
			}
		}
	}
}

func (b *Builder) noteGateway(f *folded, e uint32, x *fact) {
	a, err := netip.ParseAddr(b.texts.text(x.value))
	if err != nil || !unicast(a) {
		return
	}
	i := b.assetOfIP(f, a.Unmap().As16(), b.endpoints.at(e).vlan)
	if i == nobody || i == f.assetOf(e) {
		return
	}
	g := f.gateways[i]
	g.users++
	if g.packet == 0 || x.packet != 0 && x.packet < g.packet {
		g.packet = x.packet
	}
	f.gateways[i] = g
}
