package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// watched are the fields of which it is kept how they changed.
var watched = []struct {
	field string
	of    func(a *plant.Asset) string
}{
	{"kind", func(a *plant.Asset) string { return string(a.Kind) }},
	{"side", func(a *plant.Asset) string { return string(a.Side) }},
	{"level", func(a *plant.Asset) string { return levelText(a.Level) }},
	{"role", func(a *plant.Asset) string { return a.Role }},
	{"names", func(a *plant.Asset) string { return strings.Join(a.Names, ", ") }},
	{"ips", func(a *plant.Asset) string { return join(a.IPs) }},
	{"macs", func(a *plant.Asset) string { return join(a.MACs) }},
	{"vlans", func(a *plant.Asset) string { return join(a.VLANs) }},
	{"vendor", func(a *plant.Asset) string { return a.Vendor }},
	{"product", func(a *plant.Asset) string { return a.Product }},
	{"order_number", func(a *plant.Asset) string { return a.OrderNumber }},
	{"firmware", func(a *plant.Asset) string { return a.Firmware }},
	{"hardware", func(a *plant.Asset) string { return a.Hardware }},
	{"serial", func(a *plant.Asset) string { return a.Serial }},
	{"os", func(a *plant.Asset) string { return a.OS }},
	{"protocols", func(a *plant.Asset) string { return strings.Join(a.Protocols, ", ") }},
}

// differences are the watched fields and modules that are not as they were.
func differences(old, now *plant.Asset) []Change {
	var all []Change
	for _, w := range watched {
		if before, after := w.of(old), w.of(now); before != after {
			all = append(all, Change{Field: w.field, Old: before, New: after})
		}
	}
	before, after := moduleTexts(old), moduleTexts(now)
	for _, m := range old.Modules {
		if after[m.Slot] != before[m.Slot] {
			all = append(all, Change{Field: moduleField(m.Slot), Old: before[m.Slot], New: after[m.Slot]})
		}
	}
	for _, m := range now.Modules {
		if _, was := before[m.Slot]; !was {
			all = append(all, Change{Field: moduleField(m.Slot), New: after[m.Slot]})
		}
	}
	return all
}

func moduleField(slot int) string { return "module " + strconv.Itoa(slot) }

// moduleTexts say what is in each slot. A module of which nothing is known
// still is there.
func moduleTexts(a *plant.Asset) map[int]string {
	all := map[int]string{}
	for _, m := range a.Modules {
		var parts []string
		for _, p := range []string{m.Vendor, m.Product, m.OrderNumber, m.Firmware, m.Hardware, m.Serial} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		if len(parts) == 0 {
			parts = []string{"present"}
		}
		all[m.Slot] = strings.Join(parts, ", ")
	}
	return all
}

func join[T any](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ", ")
}

// levelText is a Purdue level as people write it.
func levelText(level float64) string {
	if level == plant.LevelUnknown {
		return "unknown"
	}
	return strconv.FormatFloat(level, 'g', -1, 64)
}
