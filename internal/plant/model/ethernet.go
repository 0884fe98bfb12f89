package model

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// etherTypes are frames without an IP header that plants live on (IEEE
// EtherType registry).
var etherTypes = map[string]uint16{
	"profinet": 0x8892, "ethercat": 0x88a4, "powerlink": 0x88ab, "goose": 0x88b8, "gse": 0x88b9, "sv": 0x88ba,
	"lldp": 0x88cc, "sercos": 0x88cd, "mrp": 0x88e3, "ptp": 0x88f7, "dlr": 0x80e1,
}

// EtherType is the number of a name that Between.Ethernet may have, or of a
// number written as one. Numbers below 0x0600 are lengths and no types; those
// of ARP and IP are no choice.
func EtherType(name string) (uint16, bool) {
	if t, ok := etherTypes[name]; ok {
		return t, true
	}
	n, err := strconv.ParseUint(name, 0, 16)
	if err != nil || n < 0x0600 || n == 0x0800 || n == 0x0806 || n == 0x86dd {
		return 0, false
	}
	return uint16(n), true
}

func (c *checker) between(b *Between) {
	for i := range b.Ethernet {
		if e := &b.Ethernet[i]; *e != "" {
			if _, ok := EtherType(*e); !ok {
				names := slices.Sorted(maps.Keys(etherTypes))
				c.wrongly(e, fmt.Sprintf("%q is no protocol without IP", short(*e)), oneOf(*e, names)+"; others by their number: 0x8892")
			}
		}
	}
}
