package inventory

// Seal says that nothing more will be added soon, and gives back the memory that
// only adding needs. Add makes it anew.
func (b *Builder) Seal() {
	b.factIdx, b.linkIdx, b.sealed = index{}, index{}, true
}

func (b *Builder) unseal() {
	b.sealed = false
	for i := range uint32(b.facts.n) {
		b.factIdx.add(b.facts.at(i).hash(), i)
	}
	for i := range uint32(b.links.n) {
		b.linkIdx.add(b.links.at(i).hash(), i)
	}
}

func (l *link) hash() uint32 {
	return uint32(mix(mix(0, uint64(l.client)<<32|uint64(l.server)), uint64(l.proto)))
}
