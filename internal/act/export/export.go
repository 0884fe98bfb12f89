// Package export is the list of the brands of firewalls that a boundary's policy
// can be written for, and whose configurations can be read. A brand is a package
// of its own below this one and an entry in Brands; another brand is one more
// of each.
//
// What a device cannot do refuses the export and names the conduit; a line that
// was not understood makes what it might decide unknown, never allowed.
package export

import (
	"github.com/bulkhead-ot/bulkhead/internal/act/export/asa"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/fortigate"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/ios"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/mikrotik"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/opnsense"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Options are what an export needs to know beside the policy.
type Options = device.Options

// Brand is one kind of device.
type Brand struct {
	ID   string // in addresses and commands: "fortigate"
	Name string // what people call it: "FortiGate (FortiOS 7)"
	// File is a name for what Render writes.
	File string
	// Render writes a policy as configuration: the same bytes for the same
	// policy and options. It refuses with a *device.Refusal what the device
	// cannot hold.
	Render func(*policy.Policy, Options) ([]byte, error)
	// Parse reads a configuration as people have it. It fails on what is not a
	// configuration of the brand, with the line; what it does not understand
	// stands in RuleSet.Unknown.
	Parse func([]byte) (*policy.RuleSet, error)
}

// Brands are all brands, in the order in which people are asked.
func Brands() []Brand {
	return []Brand{
		{ID: "fortigate", Name: "FortiGate (FortiOS 6.4 and later)", File: "fortigate.conf", Render: fortigate.Render, Parse: fortigate.Parse},
		{ID: "opnsense", Name: "OPNsense", File: "opnsense.xml", Render: opnsense.Render, Parse: opnsense.Parse},
		{ID: "mikrotik", Name: "MikroTik (RouterOS)", File: "mikrotik.rsc", Render: mikrotik.Render, Parse: mikrotik.Parse},
		{ID: "ios", Name: "Cisco IOS and IOS XE", File: "ios.cfg", Render: ios.Render, Parse: ios.Parse},
		{ID: "asa", Name: "Cisco ASA 9", File: "asa.cfg", Render: asa.Render, Parse: asa.Parse},
	}
}

// Find is the brand of that id.
func Find(id string) (Brand, bool) {
	for _, b := range Brands() {
		if b.ID == id {
			return b, true
		}
	}
	return Brand{}, false
}
