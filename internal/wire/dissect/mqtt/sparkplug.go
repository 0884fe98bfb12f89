package mqtt

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/sparkplug"
)

// birth reads the birth certificate of a node or device when the client itself
// sends it, and not the broker that passes it on.
func (p *parser) birth(c *dissect.Context, t sparkplug.Topic, payload []byte) {
	const source = "mqtt.sparkplug"
	if p.client != uint8(c.Side())+1 || t.Kind != sparkplug.NodeBirth && t.Kind != sparkplug.DeviceBirth {
		return
	}
	p.scratch = append(append(p.scratch[:0], "sparkplug "...), t.Group...)
	p.scratch = append(append(p.scratch, '/'), t.Node...)
	if len(t.Device) > 0 {
		p.scratch = append(append(p.scratch, '/'), t.Device...)
	}
	c.Fact(dissect.Sender, plant.FieldUnit, p.scratch, source, 0.9)
	if t.Kind != sparkplug.NodeBirth {
		return
	}
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleGateway, source, 0.6)
	for {
		m, rest, ok := sparkplug.Next(payload)
		if !ok {
			return
		}
		if f := property(m.Name); f != "" && len(m.Text) > 0 {
			c.Fact(dissect.Sender, f, m.Text, source, 0.9)
		}
		payload = rest
	}
}

// property is the field of a metric by which a node describes itself
// (Sparkplug 3.0.0 section 6.4.6 suggests the names).
func property(name []byte) plant.Field {
	name, ok := bytes.CutPrefix(name, []byte("Properties/"))
	if !ok {
		return ""
	}
	switch string(name) {
	case "Hardware Make":
		return plant.FieldVendor
	case "Hardware Model":
		return plant.FieldProduct
	case "Hardware Version":
		return plant.FieldHardware
	case "Serial Number":
		return plant.FieldSerial
	case "FW", "FW Version", "Firmware", "Firmware Version":
		return plant.FieldFirmware
	case "OS":
		return plant.FieldOS
	}
	return ""
}

// Publications whose topic is Sparkplug's.
var (
	sparkBirth   = variant("3", "Publish (Sparkplug birth)", plant.Identify, "T0888")
	sparkDeath   = variant("3", "Publish (Sparkplug death)", plant.Other, "")
	sparkData    = variant("3", "Publish (Sparkplug data)", plant.Read, "T0801")
	sparkCommand = variant("3", "Publish (Sparkplug command)", plant.Write, "T0855")
	sparkState   = variant("3", "Publish (Sparkplug host state)", plant.Other, "")
)

func sparkplugVerb(kind sparkplug.Kind) *plant.Verb {
	switch kind {
	case sparkplug.NodeBirth, sparkplug.DeviceBirth:
		return sparkBirth
	case sparkplug.NodeDeath, sparkplug.DeviceDeath:
		return sparkDeath
	case sparkplug.NodeData, sparkplug.DeviceData:
		return sparkData
	case sparkplug.NodeCommand, sparkplug.DeviceCommand:
		return sparkCommand
	}
	return sparkState
}
