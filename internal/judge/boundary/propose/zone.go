package propose

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// shared are the zones that a site has one of, by band.
var shared = map[band]struct {
	id, name string
	kind     model.ZoneKind
	level    float64
	what     string
}{
	outside:     {"internet", "Internet", model.ZoneInternet, 5, "peers outside the site"},
	vendor:      {"vendors", "Vendors", model.ZoneVendor, 5, "machines that come in from elsewhere, of which nothing tells what they are, and that do nothing but open conversations with the plant's machines"},
	office:      {"office", "Office", model.ZoneEnterprise, 4, "office computers and their servers"},
	wireless:    {"wireless", "Wireless", model.ZoneWireless, 4, "machines whose way into the network is an access point"},
	dmz:         {"dmz", "DMZ", model.ZoneDMZ, 3.5, "servers between office and plant, which both sides talk to"},
	operations:  {"operations", "Operations", model.ZoneOperations, 3, "servers and operators' stations that look after several cells"},
	engineering: {"engineering", "Engineering", model.ZoneOperations, 3, "workstations that change programs: what they may do to a controller nobody else needs"},
}

// zone makes the zones: those of the model that is there, and new ones for what
// stands in none of them.
func (d *draft) zone() {
	d.byZone = map[string]*zone{}
	for i := range d.present.Zones {
		z := &d.present.Zones[i]
		d.put(&zone{Zone: Zone{ID: z.ID, Name: z.Name, Kind: z.Kind, Level: z.Level, Members: z.Members, Why: "The plant model has it.", Kept: true}})
	}
	for _, x := range d.networks {
		if x.pure {
			d.span(x)
		}
	}
	var loose []*node
	for _, n := range d.nodes {
		if n.zone == nil && !n.placed {
			loose = append(loose, n)
		}
	}
	d.cells(loose)
	for _, n := range loose {
		d.loose(n)
	}
	d.guards()
	d.strays(loose)
}

// put adds a zone with an identifier that is free.
func (d *draft) put(z *zone) *zone {
	if !z.Kept {
		z.ID = d.free(z.ID)
	}
	d.zones = append(d.zones, z)
	d.byZone[z.ID] = z
	return z
}

func (d *draft) free(id string) string {
	id = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(id)), "-")
	if id == "" {
		id = "zone"
	}
	id = strings.Trim(id[:min(len(id), 48)], "-")
	for try, n := id, 2; ; n++ {
		if d.byZone[try] == nil {
			return try
		}
		try = fmt.Sprintf("%s-%d", id, n)
	}
}

// common is the zone of which a site has one. Where the model has exactly one
// zone of the kind it gets more members, else there is a new one.
func (d *draft) common(b band) *zone {
	s := shared[b]
	var found []*zone
	for _, z := range d.zones {
		if z.Kind == s.kind && (b != engineering || !z.Kept && z.group == "engineering") && (b != operations || z.group != "engineering") {
			found = append(found, z)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	for _, z := range found {
		if z.ID == s.id {
			return z
		}
	}
	level := s.level
	z := &zone{Zone: Zone{ID: s.id, Name: s.name, Kind: s.kind, Level: &level}}
	if b == engineering {
		z.group = "engineering"
	}
	return d.put(z)
}

// join makes an asset a member of a zone by its identifier, or with the members
// that are given.
func (d *draft) join(z *zone, nodes []*node, members ...model.Member) {
	for _, n := range nodes {
		n.zone = z
	}
	z.nodes = append(z.nodes, nodes...)
	if z.Kept {
		d.added = append(d.added, added{z.ID, members})
	}
	z.Members = append(slices.Clip(z.Members), members...)
}

func named(nodes []*node) []model.Member {
	var all []model.Member
	for _, n := range nodes {
		all = append(all, model.Member{Asset: n.ID})
	}
	return all
}

// memberOf is the member that stands for a network.
func memberOf(network string) (model.Member, bool) {
	if p, err := netip.ParsePrefix(network); err == nil {
		return model.Member{Subnet: p.Masked()}, true
	}
	if v, ok := strings.CutPrefix(network, "vlan "); ok {
		if n, err := strconv.ParseUint(v, 10, 16); err == nil && n >= 1 && n <= 4094 {
			return model.Member{VLAN: uint16(n)}, true
		}
	}
	return model.Member{}, false
}

// span gives a network that is of one kind to a zone as a whole. What stands
// in it and is of another kind is left for later: it is named by itself, which
// outranks the network.
func (d *draft) span(x *network) {
	member, ok := memberOf(x.name)
	if !ok {
		return
	}
	var in []*node
	for _, n := range x.nodes {
		if !n.placed && n.belongs(x) {
			in = append(in, n)
		}
	}
	if len(in) == 0 {
		return
	}
	if x.kind != cell {
		z := d.common(x.kind)
		d.join(z, in, member)
		z.Why = sentence(z.Why, fmt.Sprintf("%s of %s in %s: %s", roles(in), counted(len(in), "asset"), x.name, shared[x.kind].what))
		return
	}
	level := 1.0
	z := d.put(&zone{Zone: Zone{ID: "cell-" + dashed(x.name), Name: "Cell " + x.name, Kind: model.ZoneCell, Level: &level}, group: "network " + x.name})
	if t := tag(in, d.nodes); t != "" {
		delete(d.byZone, z.ID)
		z.ID, z.Name = d.free("cell-"+t), "Cell "+strings.ToUpper(t)
		d.byZone[z.ID] = z
	}
	d.join(z, in, member)
	z.Why = fmt.Sprintf("All of %s are controllers and what they work with: %s.", x.name, roles(in))
}

// belongs reports whether an asset goes with the pure network it stands in.
func (n *node) belongs(x *network) bool {
	switch {
	case n.band == safety:
		return false
	case n.band == engineering && x.kind == operations:
		return false
	case n.band == gear:
		return !spread(n.Asset)
	}
	k := n.kindOf()
	return k == x.kind || k == unknown
}

// spread reports whether an asset has addresses in several networks: it stands
// in each of them with the address that it has there.
func spread(a *record.Asset) bool {
	seen := map[netip.Prefix]bool{}
	for _, ip := range a.IPs {
		bits := 24
		if ip.Is6() {
			bits = 64
		}
		if p, err := ip.Prefix(bits); err == nil && !ip.IsLinkLocalUnicast() {
			seen[p] = true
		}
	}
	return len(seen) > 1
}

// cells gives each community of controllers a zone, and those of one line of the
// model that is there one together.
func (d *draft) cells(loose []*node) {
	byLine := map[string][]*node{}
	var lines []string
	var rest []*node
	devoted(loose)
	for _, n := range loose {
		if n.band != cell && n.band != panel && n.band != safety {
			continue
		}
		if n.line == "" {
			rest = append(rest, n)
			continue
		}
		if byLine[n.line] == nil {
			lines = append(lines, n.line)
		}
		byLine[n.line] = append(byLine[n.line], n)
	}
	slices.Sort(lines)
	level := 1.0
	for _, id := range lines {
		l := d.present.Line(id)
		z := d.put(&zone{Zone: Zone{ID: "cell-" + id, Name: l.Name, Kind: model.ZoneCell, Level: &level}, group: "line " + id})
		in := slices.DeleteFunc(slices.Clone(byLine[id]), func(n *node) bool { return n.band == safety })
		d.join(z, in, model.Member{Line: id})
		z.Why = fmt.Sprintf("They stand on line %s: %s.", l.Name, roles(in))
	}
	for i, c := range gathered(clusters(rest)) {
		d.cell(c, fmt.Sprint("community ", i), rest)
	}
}

// cell makes a zone of a community.
func (d *draft) cell(c []*node, group string, all []*node) {
	in := slices.DeleteFunc(slices.Clone(c), func(n *node) bool { return n.band == safety })
	for _, n := range c {
		n.cluster = len(d.zones) + 1
	}
	if len(in) == 0 || len(c) == 1 && c[0].band == panel {
		return // a safety zone will be all there is of it
	}
	level := 1.0
	name := short(principal(c).Label)
	id := "cell-" + name
	if t := tag(c, all); t != "" {
		id, name = "cell-"+t, strings.ToUpper(t)
	}
	z := d.put(&zone{Zone: Zone{ID: id, Name: "Cell " + name, Kind: model.ZoneCell, Level: &level}, group: group})
	d.join(z, in, named(in)...)
	switch {
	case len(c) == 1:
		z.Why = fmt.Sprintf("It talks to no other machine of its kind, and is asked by %s.", orNobody(c[0].askerNames()))
	case len(components(c)) == len(c):
		z.Why = fmt.Sprintf("None of them talks to another machine of its kind, and the same machines ask all of them (%s): %s.", orNobody(c[0].askerNames()), roles(in))
	default:
		z.Why = fmt.Sprintf("They talk with each other more than with the rest of the plant: %s.", roles(in))
	}
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody that was seen"
	}
	return few(names, 3)
}

// short is a name without its domain; an address stays whole.
func short(label string) string {
	if _, err := netip.ParseAddr(label); err == nil {
		return label
	}
	host, _, _ := strings.Cut(label, ".")
	return host
}

// principal is the controller of a community that talks to most of it.
func principal(in []*node) *node {
	best := in[0]
	for _, n := range in[1:] {
		a, b := isController(n.Asset), isController(best.Asset)
		if a && !b || a == b && len(n.peers) > len(best.peers) {
			best = n
		}
	}
	return best
}

func isController(a *record.Asset) bool {
	return a.Role == plant.RoleController || a.Role == plant.RoleSafety || a.Role == plant.RoleBuilding
}

// loose puts an asset that no network and no community took into the zone of its
// kind.
func (d *draft) loose(n *node) {
	b := n.band
	switch {
	case n.zone != nil || n.placed:
		return
	case b == panel:
		b = operations // of no community, or of several
	case b == outside:
		z := d.common(outside)
		member := model.Member{Role: plant.RoleExternalPeer}
		if n.Role != plant.RoleExternalPeer {
			member = model.Member{Asset: n.ID}
		} else if slices.Contains(z.Members, member) {
			n.zone = z
			z.nodes = append(z.nodes, n)
			return
		}
		d.join(z, []*node{n}, member)
		z.Why = sentence(z.Why, "Whatever is not at the site")
		return
	case b == unknown || b == gear || b == safety || b == cell:
		return
	}
	z := d.common(b)
	d.join(z, []*node{n}, model.Member{Asset: n.ID})
	if !z.Kept && z.Why == "" {
		z.Why = "By what they are: " + shared[b].what + "."
	}
}

// guards gives safety controllers zones of their own, with what only they talk
// to, one for each cell. Their function must hold whatever happens to the rest
// (IEC 62443-3-2, ZCR 3.3).
func (d *draft) guards() {
	of := map[string][]*node{}
	for _, n := range d.nodes {
		if n.band == safety && n.zone == nil && !n.placed {
			of[d.group(n)] = append(of[d.group(n)], n)
		}
	}
	groups := make([]string, 0, len(of))
	for g := range of {
		groups = append(groups, g)
	}
	slices.Sort(groups)
	for _, g := range groups {
		guards := of[g]
		name, id := short(guards[0].Label), "safety-"+short(guards[0].Label)
		for _, z := range d.zones {
			if z.group == g && !z.Kept {
				name, id = strings.TrimPrefix(z.Name, "Cell "), "safety-"+strings.TrimPrefix(z.ID, "cell-")
			}
		}
		level := 1.0
		z := d.put(&zone{Zone: Zone{ID: id, Name: "Safety " + name, Kind: model.ZoneSafety, Level: &level}, group: g})
		in := slices.Clone(guards)
		for _, n := range d.nodes {
			if n.ward(guards) {
				n.leave()
				in = append(in, n)
			}
		}
		byID(in)
		d.join(z, in, named(in)...)
		z.Why = fmt.Sprintf("Safety controllers, and what only they talk to: %s. They must work whatever happens around them.", roles(in))
	}
}

// group is what a node that no zone has yet belongs to: its line, its
// community, its network.
func (d *draft) group(n *node) string {
	if n.line != "" {
		return "line " + n.line
	}
	if n.network != nil && n.network.pure {
		return "network " + n.network.name
	}
	best, most := "", 0.0
	for _, p := range n.with() {
		if p.zone != nil && p.zone.Kind == model.ZoneCell && n.peers[p].weight > most {
			best, most = p.zone.group, n.peers[p].weight
		}
	}
	if best == "" {
		return "safety " + n.ID
	}
	return best
}

// ward reports whether a node is I/O that talks to these safety controllers and
// to no other machine of the floor.
func (n *node) ward(guards []*node) bool {
	if n.band != cell || isController(n.Asset) || n.placed || n.zone != nil && n.zone.Kept {
		return false
	}
	mine := 0
	for p := range n.peers {
		switch {
		case slices.Contains(guards, p):
			mine++
		case p.band == cell || p.band == panel || p.band == safety:
			return false
		}
	}
	return mine > 0
}

// leave takes a node out of its zone. A member that names it is taken out too.
func (n *node) leave() {
	z := n.zone
	if z == nil {
		return
	}
	z.nodes = slices.DeleteFunc(z.nodes, func(o *node) bool { return o == n })
	z.Members = slices.DeleteFunc(slices.Clone(z.Members), func(m model.Member) bool { return m == model.Member{Asset: n.ID} })
	n.zone = nil
}

// strays puts what is left where those stand that it talks to most; what carries
// traffic, where those stand to whom it reports. What talks
// to nobody is for people.
func (d *draft) strays(loose []*node) {
	for _, n := range loose {
		if n.zone != nil || spread(n.Asset) && n.band == gear {
			continue
		}
		weight := map[*zone]float64{}
		for p, times := range n.heard {
			if p.zone != nil && p.zone.Kind != model.ZoneInternet && (n.peers[p] != nil || n.band == gear) {
				weight[p.zone] += float64(times)
			}
		}
		var best *zone
		for _, z := range d.zones {
			// Of equals the one furthest from the process: a stranger gets least.
			if weight[z] > 0 && (best == nil || weight[z] > weight[best] || weight[z] == weight[best] && z.depth() < best.depth()) {
				best = z
			}
		}
		if best != nil && (best.Kind == model.ZoneCell || best.Kind == model.ZoneSafety) && n.band == unknown && len(weight) > 1 {
			best = nil // nothing tells what it is, and it does not stay in the cell
		}
		if best != nil {
			d.join(best, []*node{n}, model.Member{Asset: n.ID})
		}
	}
}

// depth is how near a zone is to the process.
func (z *zone) depth() int { return slices.Index(model.ZoneKinds, z.Kind) }

// place looks where everything stands by the zones that were made.
func (d *draft) place() error {
	d.zones = slices.DeleteFunc(d.zones, func(z *zone) bool {
		if empty := !z.Kept && len(z.Members) == 0; empty {
			delete(d.byZone, z.ID)
			return true
		}
		return false
	})
	if err := d.write(); err != nil {
		return err
	}
	placer := model.NewPlacer(d.model)
	for _, z := range d.zones {
		z.nodes, z.Assets = nil, nil
	}
	for _, n := range d.nodes {
		at := placer.Place(&n.Facts)
		n.line = at.Line
		n.zone = d.byZone[at.Zone]
		if n.zone != nil {
			n.zone.nodes = append(n.zone.nodes, n)
			n.zone.Assets = append(n.zone.Assets, n.ID)
		}
	}
	for _, z := range d.zones {
		z.align()
	}
	return nil
}

// align says which line a zone is of: that of most of its assets.
func (z *zone) align() {
	lines := map[string]int{}
	for _, n := range z.nodes {
		if n.line != "" {
			lines[n.line]++
		}
	}
	best := ""
	for l, n := range lines {
		if best == "" || n > lines[best] || n == lines[best] && l < best {
			best = l
		}
	}
	switch {
	case best != "" && 2*lines[best] > len(z.nodes):
		z.group = "line " + best
	case z.group == "":
		z.group = "zone " + z.ID
	}
}

// roles says in words what some assets are, the most first.
func roles(in []*node) string {
	of := map[string]int{}
	for _, n := range in {
		r := n.Role
		if r == "" || r == plant.RoleUnknown {
			r = "unknown"
		}
		of[r]++
	}
	type count struct {
		role string
		n    int
	}
	var all []count
	for r, n := range of {
		all = append(all, count{r, n})
	}
	slices.SortFunc(all, func(a, b count) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.role, b.role)) })
	var parts []string
	for _, c := range all[:min(len(all), 4)] {
		parts = append(parts, fmt.Sprintf("%d × %s", c.n, c.role))
	}
	if len(all) > 4 {
		parts = append(parts, fmt.Sprintf("%d other kinds", len(all)-4))
	}
	return strings.Join(parts, ", ")
}

func dashed(s string) string {
	return strings.Trim(strings.NewReplacer(".", "-", ":", "-", "/", "-", " ", "-").Replace(s), "-")
}

// sentence adds one more reason to those that are there.
func sentence(was, more string) string {
	if was == "" {
		return more + "."
	}
	return was + " " + more + "."
}
