package inventory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// sortKey is what endpoints are sorted by, next to their number: sorting
// numbers whose keys lie all over the memory takes four times as long.
type sortKey struct {
	first, second uint64
	id            uint32
}

// byMAC is all endpoints sorted by MAC, then IP, then VLAN; a virtual MAC by
// VLAN first.
func (b *Builder) byMAC() []uint32 {
	return b.sorted(func(e *endpoint) (first, second uint64) {
		var m [8]byte
		copy(m[:], e.mac[:])
		first = binary.BigEndian.Uint64(m[:])
		if isVirtual(e.mac) {
			first |= uint64(e.vlan)
		}
		return first, binary.BigEndian.Uint64(e.ip[:8])
	}, func(x, y *endpoint) int {
		return cmp.Or(bytes.Compare(x.ip[8:], y.ip[8:]), cmp.Compare(x.vlan, y.vlan))
	})
}

// byIP is all endpoints sorted by IP, then MAC, then VLAN.
func (b *Builder) byIP() []uint32 {
	return b.sorted(func(e *endpoint) (first, second uint64) {
		return binary.BigEndian.Uint64(e.ip[:8]), binary.BigEndian.Uint64(e.ip[8:])
	}, func(x, y *endpoint) int {
		return cmp.Or(bytes.Compare(x.mac[:], y.mac[:]), cmp.Compare(x.vlan, y.vlan))
	})
}

// sorted is all endpoints by their keys, and by rest where those are equal.
func (b *Builder) sorted(key func(e *endpoint) (first, second uint64), rest func(x, y *endpoint) int) []uint32 {
	keys := make([]sortKey, b.endpoints.n)
	for i := range keys {
		k := &keys[i]
		k.id = uint32(i)
		k.first, k.second = key(b.endpoints.at(k.id))
	}
	slices.SortFunc(keys, func(x, y sortKey) int {
		switch {
		case x.first != y.first:
			return cmp.Compare(x.first, y.first)
		case x.second != y.second:
			return cmp.Compare(x.second, y.second)
		}
		return rest(b.endpoints.at(x.id), b.endpoints.at(y.id))
	})
	order := make([]uint32, len(keys))
	for i := range keys {
		order[i] = keys[i].id
	}
	return order
}
