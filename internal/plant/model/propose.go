package model

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Seen is an asset as a proposal looks at it.
type Seen struct {
	Network string // as the inventory names it: "10.20.2.0/24", "vlan 20"
	Kind    plant.AssetKind
	Level   float64 // plant.LevelUnknown if nothing tells
	Role    plant.Role
}

// maxProposed bounds the networks of a proposal; the largest stay.
const maxProposed = 200

// Propose writes a first text for a site from what was seen: zones from networks
// and the levels of what stands in them. It has no people, lines and conduits:
// nobody can see those. Parse accepts it.
func Propose(site string, seen []Seen) string {
	networks, outside := surveyed(seen)
	var b strings.Builder
	b.WriteString(proposalHead)
	fmt.Fprintf(&b, "site: %s\n\n%s\n", quote(site), proposalPeople)
	b.WriteString("# Zones are assets with the same security needs. These were made from the networks\n# that were seen and the Purdue levels of what stands in them: put together what\n# belongs together, and take apart what does not.\n")
	if len(networks) == 0 && outside == 0 {
		why := "Nothing was seen yet."
		if len(seen) > 0 {
			why = "Nothing that was seen has a network of its own."
		}
		b.WriteString("# " + why + " As an example:\n# zones:\n#   - { id: office, name: Office, kind: enterprise, level: 4, members: [ { subnet: 10.1.0.0/16 } ] }\n")
	} else {
		writeZones(&b, networks, outside)
	}
	b.WriteString(proposalTail)
	return b.String()
}

const proposalHead = `# The plant in your words. This is a proposal: nothing of it holds until it is
# saved. docs/plant-model.md explains every key.

`

const proposalPeople = `# Times of windows and shifts are the site's own.
# time_zone: Europe/Berlin
# currency: EUR

# Who answers for things: one person or team in IT, one in operations. Owners
# named here answer for whatever names none of its own.
# people:
#   - { id: anna, name: Anna Weiss, side: it, mail: anna@example.com }
#   - { id: bernd, name: Bernd Ott, side: operations }
# owners: { it: anna, operations: bernd }

# A line is what stops together. What it costs decides what is looked at first.
# lines:
#   - id: line-1
#     name: Filling
#     cost: { per_hour: 2200, restart: 1500 }
#     members: [ { subnet: 10.20.2.0/24 } ]
`

const proposalTail = `
# What may pass from one zone to another, and why.
# conduits:
#   - { id: historian, from: dmz, to: operations, allow: [ { protocol: opcua, verbs: [read, auth] } ], reason: The office reads what was made. }

# When a line may be touched.
# windows:
#   - { id: saturday, lines: [line-1], days: [sat], from: "06:00", to: "10:00" }
`

// survey is what was seen in one network.
type survey struct {
	network string
	assets  int
	levels  map[float64]int
	roles   map[string]int
}

func surveyed(seen []Seen) (all []*survey, outside int) {
	of := map[string]*survey{}
	for _, s := range seen {
		if s.Kind == plant.KindExternal {
			outside++
			continue
		}
		x := of[s.Network]
		if x == nil {
			x = &survey{network: s.Network, levels: map[float64]int{}, roles: map[string]int{}}
			of[s.Network] = x
		}
		x.assets++
		x.levels[s.Level]++
		x.roles[s.Role]++
	}
	for _, x := range of {
		if _, ok := memberOf(x.network); ok {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b *survey) int {
		return cmp.Or(cmp.Compare(b.assets, a.assets), strings.Compare(a.network, b.network))
	})
	return all[:min(len(all), maxProposed)], outside
}

// memberOf is the member that stands for a network.
func memberOf(network string) (string, bool) {
	if p, err := netip.ParsePrefix(network); err == nil {
		return "{ subnet: " + scalarText(p.Masked().String()) + " }", true
	}
	if v, ok := strings.CutPrefix(network, "vlan "); ok {
		if n, err := strconv.Atoi(v); err == nil && n >= 1 && n <= 4094 {
			return fmt.Sprintf("{ vlan: %d }", n), true
		}
	}
	return "", false
}

// level is that of most assets of a network, of what is known.
func (x *survey) level() (float64, bool) {
	best, most := 0.0, 0
	for l, n := range x.levels {
		if l >= 0 && (n > most || n == most && l < best) {
			best, most = l, n
		}
	}
	return best, most > 0
}

// about says in words what stands there.
func (x *survey) about() string {
	type count struct {
		role string
		n    int
	}
	var all []count
	for r, n := range x.roles {
		if r != plant.RoleUnknown && r != "" {
			all = append(all, count{r, n})
		}
	}
	slices.SortFunc(all, func(a, b count) int { return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.role, b.role)) })
	var parts []string
	for _, c := range all[:min(len(all), 3)] {
		parts = append(parts, fmt.Sprintf("%d × %s", c.n, c.role))
	}
	if len(parts) == 0 {
		return counted(x.assets, "asset")
	}
	return counted(x.assets, "asset") + ": " + strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// bands are zones that the networks of one level go into together.
var bands = []struct {
	above    float64
	id, name string
	kind     ZoneKind
	level    float64
}{
	{3.9, "office", "Office", ZoneEnterprise, 4},
	{3.2, "dmz", "DMZ", ZoneDMZ, 3.5},
	{2.4, "operations", "Operations", ZoneOperations, 3},
}

func writeZones(b *strings.Builder, networks []*survey, outside int) {
	b.WriteString("zones:\n")
	if outside > 0 {
		fmt.Fprintf(b, "  # %s outside the site\n  - id: internet\n    name: Internet\n    kind: internet\n    level: 5\n    members:\n      - { role: %s }\n", counted(outside, "peer"), plant.RoleExternalPeer)
	}
	taken := map[*survey]bool{}
	for _, band := range bands {
		var of []*survey
		for _, x := range networks {
			if l, ok := x.level(); ok && l > band.above && !taken[x] {
				of, taken[x] = append(of, x), true
			}
		}
		if len(of) > 0 {
			writeZone(b, band.id, band.name, band.kind, band.level, of)
		}
	}
	var dark []*survey
	for _, x := range networks {
		l, ok := x.level()
		switch {
		case taken[x]:
		case !ok:
			dark = append(dark, x)
		default:
			id := "cell-" + strings.Trim(strings.NewReplacer(".", "-", ":", "-", "/", "-", " ", "-").Replace(x.network), "-")
			writeZone(b, id, "Cell "+x.network, ZoneCell, l, []*survey{x})
		}
	}
	for _, x := range dark {
		member, _ := memberOf(x.network)
		fmt.Fprintf(b, "  # Nothing tells what %s is (%s):\n  # - { id: …, name: …, kind: …, members: [ %s ] }\n", x.network, x.about(), member)
	}
	if len(dark) == len(networks) && outside == 0 {
		b.WriteString("  []\n")
	}
}

func writeZone(b *strings.Builder, id, name string, kind ZoneKind, level float64, of []*survey) {
	fmt.Fprintf(b, "  - id: %s\n    name: %s\n    kind: %s\n    level: %s\n    members:\n", id, scalarText(name), kind, number(level))
	for _, x := range of {
		member, _ := memberOf(x.network)
		fmt.Fprintf(b, "      - %s # %s\n", member, strings.ReplaceAll(x.about(), "\n", " "))
	}
}
