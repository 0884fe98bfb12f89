package inventory

import (
	"reflect"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestMerges(t *testing.T) {
	vendor := func(e string) *plant.Sighting { return says(e, plant.FieldVendorID, "cip:1", "enip.list-identity") }
	serial := func(e, v string) *plant.Sighting { return says(e, plant.FieldSerial, v, "enip.list-identity") }
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want []string
	}{
		{
			"two interfaces with one serial number and vendor", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
				vendor(plcMAC+" 10.0.0.5"), serial(plcMAC+" 10.0.0.5", "0x00c0ffee"), vendor(hmiMAC+" 10.1.0.5"), serial(hmiMAC+" 10.1.0.5", "0x00C0FFEE")),
			[]string{"00:01,00:02|10.0.0.5,10.1.0.5|unknown"},
		},
		{
			"one serial number of two vendors", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
				vendor(plcMAC+" 10.0.0.5"), serial(plcMAC+" 10.0.0.5", "00c0ffee"), says(hmiMAC+" 10.1.0.5", plant.FieldVendorID, "cip:47", "enip.list-identity"), serial(hmiMAC+" 10.1.0.5", "00c0ffee")),
			[]string{"00:01|10.0.0.5|unknown", "00:02|10.1.0.5|unknown"},
		},
		{
			"a serial number that was never set", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
				vendor(plcMAC+" 10.0.0.5"), serial(plcMAC+" 10.0.0.5", "00000000"), vendor(hmiMAC+" 10.1.0.5"), serial(hmiMAC+" 10.1.0.5", "00000000")),
			[]string{"00:01|10.0.0.5|unknown", "00:02|10.1.0.5|unknown"},
		},
		{
			"a module seen through two interfaces of its rack", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9),
				module(plcMAC+" 10.0.0.5", 0, plant.FieldVendorID, "cip:1", "cip.identity"), module(plcMAC+" 10.0.0.5", 0, plant.FieldSerial, "0x11223344", "cip.identity"),
				module(hmiMAC+" 10.1.0.5", 0, plant.FieldVendorID, "cip:1", "cip.identity"), module(hmiMAC+" 10.1.0.5", 0, plant.FieldSerial, "0x11223344", "cip.identity")),
			[]string{"00:01,00:02|10.0.0.5,10.1.0.5|unknown"},
		},
		{
			"PROFINET ports of one station", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), says(plcMAC, plant.FieldName, "switch1", "profinet.dcp"), says(hmiMAC, plant.FieldName, "switch1", "lldp")),
			[]string{"00:01,00:02|10.0.0.5|unknown"},
		},
		{
			"the same name on gear of another maker", all(
				says(plcMAC, plant.FieldName, "switch1", "profinet.dcp"), says(routerMAC, plant.FieldName, "switch1", "lldp")),
			[]string{"00:03||unknown", "00:01||unknown"},
		},
		{
			"LLDP ports that name a chassis by its MAC", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), says(hmiMAC, plant.FieldFingerprint, "lldp-chassis="+plcMAC, "lldp")),
			[]string{"00:01,00:02|10.0.0.5|unknown"},
		},
		{
			"an LLDP port that announces the management address of its switch", all(
				claims(plcMAC+" 10.0.0.5"), sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), says(hmiMAC, plant.FieldAddress, "10.0.0.5", "lldp")),
			[]string{"00:01,00:02|10.0.0.5|unknown"},
		},
		{
			"an LLDP port that announces an address nobody else has", all(says(hmiMAC, plant.FieldAddress, "10.0.0.5", "lldp")),
			[]string{"00:02|10.0.0.5|unknown"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lines(assetsOf(c.seen)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("assets\n got %q\nwant %q", got, c.want)
			}
		})
	}
}
