package app

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// reached is how many of the machines of the simulated plant the inventory gets
// right, by what is asked: the test fails below it. Where it gets better, raise
// it.
var reached = map[string]int{"found": 131, "role": 124, "level": 116, "side": 124, "vendor": 102, "order": 16, "product": 36, "firmware": 50}

// TestInventoryOfTheSimulatedPlant holds the inventory of a quiet Sunday evening
// and Monday, in which everything happens that happens in a week, against what
// the plant's data say of each machine.
func TestInventoryOfTheSimulatedPlant(t *testing.T) {
	sunday := time.Date(2026, time.March, 15, 18, 0, 0, 0, time.UTC)
	a := watched(t, lab.Options{Scenario: "quiet-week", Start: sunday, Time: 24 * time.Hour, Thin: 300})
	assets := byAddress(a)
	machines, err := lab.Machines()
	if err != nil {
		t.Fatal(err)
	}
	asked, right := map[string]int{}, map[string]int{}
	for i := range machines {
		m := &machines[i]
		for what, wrong := range compare(m, assets[m.IP.String()]) {
			asked[what]++
			if wrong == "" {
				right[what]++
			} else {
				t.Logf("%s: %s", m.Name, wrong)
			}
		}
	}
	t.Logf("right %v of %v", right, asked)
	for what, least := range reached {
		if right[what] < least {
			t.Errorf("%s: %d of %d are right, there were %d", what, right[what], asked[what], least)
		}
	}
}

func byAddress(a *Analysis) map[string]*plant.Asset {
	assets := map[string]*plant.Asset{}
	for x := range a.Assets {
		kept := *x // its lists are used again by the next
		kept.MACs, kept.IPs, kept.Names, kept.Facts = slices.Clone(x.MACs), slices.Clone(x.IPs), slices.Clone(x.Names), slices.Clone(x.Facts)
		for _, ip := range kept.IPs {
			assets[ip.String()] = &kept
		}
	}
	return assets
}

// compare holds an asset against what is true of the machine: for each thing
// that is known what is wrong with it, "" if nothing is.
func compare(m *lab.Machine, x *plant.Asset) map[string]string {
	if x == nil {
		return map[string]string{"found": "it was not found"}
	}
	result := map[string]string{"found": ""}
	hold := func(what, want, got string, same func(want, got string) bool) {
		if want == "" {
			return
		}
		result[what] = ""
		if !same(want, got) {
			result[what] = fmt.Sprintf("%s is %q, not %q", what, got, want)
		}
	}
	hold("role", m.Role, x.Role, equal)
	hold("side", string(m.Side), string(x.Side), equal)
	hold("vendor", m.Vendor, x.Vendor, within)
	hold("product", m.Product, strings.Join(append(products(x), x.Product, x.OrderNumber), "\n"), within)
	hold("order", m.Order, x.OrderNumber, equal)
	hold("firmware", m.Firmware, x.Firmware, sameNumbers)
	if m.Level != nil {
		hold("level", fmt.Sprint(*m.Level), fmt.Sprint(x.Level), equal)
	}
	return result
}

// products are those of the modules in its rack.
func products(x *plant.Asset) (list []string) {
	for i := range x.Modules {
		list = append(list, x.Modules[i].Product, x.Modules[i].OrderNumber)
	}
	return list
}

func equal(want, got string) bool { return want == got }

// within lets a registry's longer name of a maker pass.
func within(want, got string) bool {
	return strings.Contains(strings.ToLower(got), strings.ToLower(want))
}

var number = regexp.MustCompile(`[0-9]+`)

// sameNumbers compares versions, which devices write as "V2.8.3", "V.2.8.3" or
// "V 02 08 03".
func sameNumbers(want, got string) bool { return cmp.Equal(numbers(want), numbers(got)) }

func numbers(version string) []string {
	list := number.FindAllString(version, -1)
	for i := range list {
		list[i] = strings.TrimLeft(list[i], "0")
	}
	return list
}
