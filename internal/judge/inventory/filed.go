package inventory

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// filed is a verdict in 8 bytes: there is one for every asset.
type filed struct {
	role, otherwise word
	side, kind      uint8 // places in sides and kindsOfAsset
	level           int8  // halves
	by              placing
}

var (
	sides        = [...]plant.Side{plant.SideUnknown, plant.SideOT, plant.SideIT}
	kindsOfAsset = [...]plant.AssetKind{plant.KindDevice, plant.KindNetwork, plant.KindExternal}
)

// nothingAsked is the otherwise of an asset whose role is not only by what it
// asked: the word of "".
const nothingAsked word = 0

// fileVerdict packs a verdict.
func (b *Builder) fileVerdict(v *verdict) filed {
	f := filed{role: b.roleWord(v.role), level: int8(v.level * 2), by: v.by}
	if v.asked {
		f.otherwise = b.roleWord(v.otherwise)
	}
	for i, s := range sides {
		if s == v.side {
			f.side = uint8(i)
		}
	}
	for i, k := range kindsOfAsset {
		if k == v.kind {
			f.kind = uint8(i)
		}
	}
	return f
}

// roleWord is the word for a role: there are few roles, so that there is room
// for them unless somebody filled it with protocols.
func (b *Builder) roleWord(r plant.Role) word {
	w, ok := b.words.id(r)
	if !ok {
		w, _ = b.words.id(plant.RoleUnknown)
	}
	return w
}

func (b *Builder) roleWords(roles ...plant.Role) []word {
	var words []word
	for _, r := range roles {
		words = append(words, b.roleWord(r))
	}
	return words
}

// open reports whether an asset has no side yet.
func (f filed) open() bool { return sides[f.side] == plant.SideUnknown }

// verdict unpacks one.
func (b *Builder) verdict(f filed) verdict {
	return verdict{
		role: b.words.text(f.role), side: sides[f.side], kind: kindsOfAsset[f.kind], level: float64(f.level) / 2,
		asked: f.otherwise != nothingAsked, otherwise: b.words.text(f.otherwise), by: f.by,
	}
}

// external reports whether an asset is outside the site.
func (f filed) external() bool { return kindsOfAsset[f.kind] == plant.KindExternal }
