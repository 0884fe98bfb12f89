package inventory

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// Number is the place, from 0, at which Assets yields the asset that an
// endpoint belongs to, -1 if it belongs to none: a multicast group, an address
// that never answered.
func (b *Builder) Number(e plant.Endpoint) int {
	b.Build()
	if i := b.assetAt(b.fold, e); i != nobody {
		return int(i)
	}
	return -1
}

// At is the asset at that place.
func (b *Builder) At(number int) *plant.Asset {
	b.Build()
	return b.asset(b.fold, uint32(number), new(desk))
}
