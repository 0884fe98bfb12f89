package inventory

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// id is the identifier of asset i: made from the serial number with its
// vendor, else from a MAC, else from the IP. Two runs over the same input make
// the same ones.
func (b *Builder) id(f *folded, i uint32) string {
	if id, ok := f.serials[i]; ok {
		return id
	}
	node := &f.nodes[f.assets[i]]
	if m := b.idMAC(f, i); !m.IsZero() {
		var buf [32]byte
		id := hex.AppendEncode(append(buf[:0], "mac-"...), m[:])
		if isVirtual(m) && node.vlan != 0 {
			id = strconv.AppendUint(append(id, "-vlan"...), uint64(node.vlan), 10)
		}
		return string(id)
	}
	var buf [64]byte
	return string(b.endpoints.at(node.record).addr().AppendTo(append(buf[:0], "ip-"...)))
}

// idMAC is the MAC that names asset i: the lowest that a maker gave, not a
// shared one where there is another.
func (b *Builder) idMAC(f *folded, i uint32) (best plant.MAC) {
	rank := func(m plant.MAC) int {
		switch {
		case isVirtual(m):
			return 2
		case m.IsLocal():
			return 1
		}
		return 0
	}
	for _, n := range f.members(i) {
		m := f.nodes[n].mac
		if m.IsZero() {
			continue
		}
		if r := rank(m) - rank(best); best.IsZero() || r < 0 || r == 0 && bytes.Compare(m[:], best[:]) < 0 {
			best = m
		}
	}
	return best
}

// serialID is the identifier made from a serial number.
func serialID(vendor, serial string) string { return "sn-" + slug(vendor) + "-" + slug(serial) }

// slug is a text in lower case, with dashes for what is neither letter nor
// digit.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
	}
	return strings.TrimRight(b.String(), "-")
}

// AssetID is the identifier of the asset that an endpoint belongs to, "" if it
// belongs to none: a group address, or an IP that never sent anything.
func (b *Builder) AssetID(e plant.Endpoint) string {
	b.Build()
	if i := b.assetAt(b.fold, e); i != nobody {
		return b.id(b.fold, i)
	}
	return ""
}

// assetAt is the number of the asset of an endpoint.
func (b *Builder) assetAt(f *folded, e plant.Endpoint) uint32 {
	mac, ip, ok := keyOf(e)
	if !ok {
		return nobody
	}
	if r, ok := b.findEndpoint(mac, ip, e.VLAN&0xfff); ok {
		return f.assetOf(r)
	}
	if ip != ([16]byte{}) {
		return b.assetOfIP(f, ip, e.VLAN&0xfff)
	}
	if n := b.nodeOfMAC(f, mac); n != nobody {
		return f.nodes[n].asset
	}
	return nobody
}

// assetOfIP is the asset that an IP stands in, that of the VLAN first.
func (b *Builder) assetOfIP(f *folded, ip [16]byte, vlan uint16) uint32 {
	found := nobody
	for _, r := range b.recordsOfIP(f, ip) {
		if f.holds[r] && (found == nobody || b.endpoints.at(r).vlan == vlan) {
			found = f.assetOf(r)
		}
	}
	return found
}

// recordsOfIP is the endpoints of one IP, sorted by MAC.
func (b *Builder) recordsOfIP(f *folded, ip [16]byte) []uint32 {
	lo, _ := slices.BinarySearchFunc(f.byIP, ip, func(r uint32, ip [16]byte) int {
		return bytes.Compare(b.endpoints.at(r).ip[:], ip[:])
	})
	hi := lo
	for hi < len(f.byIP) && b.endpoints.at(f.byIP[hi]).ip == ip {
		hi++
	}
	return f.byIP[lo:hi]
}
