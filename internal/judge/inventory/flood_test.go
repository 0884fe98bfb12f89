package inventory

import (
	"fmt"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Traffic made to be as hard as possible must cost no more than other traffic.
func TestFloods(t *testing.T) {
	const n = 30_000
	number := func(i int) string { return fmt.Sprintf("%d.%d.%d", i>>16&255, i>>8&255, i&255) }
	for _, c := range []struct {
		name string
		one  func(i int) []plant.Observation
	}{
		{"one address with many names", func(i int) []plant.Observation {
			return all(sends(plcMAC+" 10.0.0.1", 1, "64", 0, 1), says(plcMAC+" 10.0.0.1", plant.FieldName, "name-"+number(i), "dns"))
		}},
		{"one address with many serial numbers in many slots", func(i int) []plant.Observation {
			return all(sends(plcMAC+" 10.0.0.1", 1, "64", 0, 1), module(plcMAC+" 10.0.0.1", i, plant.FieldSerial, "S"+number(i), "cip.identity"),
				module(plcMAC+" 10.0.0.1", i, plant.FieldVendorID, "cip:1", "cip.identity"))
		}},
		{"many MACs that claim one address", func(i int) []plant.Observation {
			return all(claims(fmt.Sprintf("00:1b:1b:%02x:%02x:%02x 10.0.0.1 vlan%d", i>>16&255, i>>8&255, i&255, 1+i%4000)))
		}},
		{"one MAC that claims and sends from many addresses", func(i int) []plant.Observation {
			return all(sends(plcMAC+" 10."+number(i), 1, "64", 0, 1), claims(plcMAC+" 10."+number(i)))
		}},
		{"one serial number everywhere", func(i int) []plant.Observation {
			e := fmt.Sprintf("00:1b:1b:%02x:%02x:%02x 10.%s", i>>16&255, i>>8&255, i&255, number(i))
			return all(sends(e, 1, "64", 0, 1), says(e, plant.FieldSerial, "12AB34", "x.y"), says(e, plant.FieldVendor, "Siemens", "x.y"))
		}},
		{"one server with many clients in many protocols", func(i int) []plant.Observation {
			return all(talks("10."+number(i), "10.0.0.1", fmt.Sprint("protocol", i%50)), sends("10.0.0.1", 1, "64", 0, 1))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			b := New(Options{})
			for i := range n {
				for _, o := range c.one(i) {
					b.Add(o)
				}
			}
			for range b.Assets() {
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%d observations took %v", n, took)
			}
		})
	}
}
