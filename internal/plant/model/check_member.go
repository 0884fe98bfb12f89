package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// member checks one selector. What belongs to a line cannot be told by a line.
func (c *checker) member(e *Member, ofLine bool) {
	n := c.at[e]
	if n == nil || n.kind != mapNode {
		return
	}
	if len(n.entries) == 0 {
		c.report(Error, n.start, n.end, n.path, "it names nothing", "write for example  { subnet: 10.20.2.0/24 }")
		return
	}
	if c.has(&e.VLAN) && (e.VLAN == 0 || e.VLAN > 4094) {
		c.wrongly(&e.VLAN, fmt.Sprintf("%d is no VLAN", e.VLAN), "it is a number from 1 to 4094")
	}
	if e.Role != "" && !slices.Contains(roles, e.Role) {
		c.wrongly(&e.Role, fmt.Sprintf("%q is no role", short(e.Role)), oneOf(e.Role, roles))
	}
	if e.Name != "" && strings.Trim(e.Name, "*? ") == "" {
		c.wrongly(&e.Name, "this pattern takes every name", `write more of it: name: "PC-*"`)
	}
	if ofLine && (e.Line != "" || e.Cell != "") {
		field := &e.Line
		if e.Line == "" {
			field = &e.Cell
		}
		c.wrongly(field, "a line's or cell's members cannot be another line's", "name assets, subnets, VLANs, names or roles; line: and cell: are for zones")
		return
	}
	known(c, &e.Line, "line", c.lines)
	known(c, &e.Cell, "cell", c.cells)
}

// belonging is a member with what it makes an asset a part of.
type belonging struct {
	e    *Member
	what string
}

// members looks for the same member in two places: nothing would say which
// place wins.
func (c *checker) members() {
	var places, zones []belonging
	for i := range c.m.Lines {
		l := &c.m.Lines[i]
		for k := range l.Members {
			places = append(places, belonging{&l.Members[k], "line " + l.ID})
		}
		for k := range l.Cells {
			for j := range l.Cells[k].Members {
				places = append(places, belonging{&l.Cells[k].Members[j], "cell " + l.Cells[k].ID})
			}
		}
	}
	for i := range c.m.Zones {
		z := &c.m.Zones[i]
		for k := range z.Members {
			zones = append(zones, belonging{&z.Members[k], "zone " + z.ID})
		}
	}
	c.twice(places)
	c.twice(zones)
	c.nested(zones)
}

func (c *checker) twice(all []belonging) {
	first := map[Member]belonging{}
	for _, b := range all {
		if *b.e == (Member{}) {
			continue
		}
		if other, taken := first[*b.e]; taken {
			message := fmt.Sprintf("%s is a member of %s already", b.e, other.what)
			if other.what == b.what {
				message = fmt.Sprintf("%s stands here a second time", b.e)
			}
			c.wrongly(b.e, message, fmt.Sprintf("the other is in line %d: an asset stands in one place only, take one of them out", c.lineOf(other.e)))
			continue
		}
		first[*b.e] = b
	}
}

// nearBits is how much longer the prefix of a subnet within another is, at
// most, for the two to look like a mistake: 10.20.2.0/23 and 10.20.3.0/24. A
// /24 within a /16 is a plan.
const nearBits = 3

func (c *checker) nested(all []belonging) {
	var bare []belonging
	for _, b := range all {
		if b.e.Subnet.IsValid() && *b.e == (Member{Subnet: b.e.Subnet}) {
			bare = append(bare, b)
		}
	}
	at := map[netip.Prefix]belonging{}
	for _, b := range bare {
		if _, taken := at[b.e.Subnet]; !taken {
			at[b.e.Subnet] = b
		}
	}
	for _, b := range bare {
		for bits := b.e.Subnet.Bits() - 1; bits >= max(0, b.e.Subnet.Bits()-nearBits); bits-- {
			outer, ok := at[netip.PrefixFrom(b.e.Subnet.Addr(), bits).Masked()]
			if !ok || outer.what == b.what {
				continue
			}
			c.say(Warning, &b.e.Subnet, fmt.Sprintf("%s overlaps %s of %s (line %d)", b.e.Subnet, outer.e.Subnet, outer.what, c.lineOf(outer.e)),
				fmt.Sprintf("what is in both belongs to %s, because its prefix is longer; if that is not meant, see the masks", b.what))
			break
		}
	}
}
