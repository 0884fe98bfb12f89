package s7comm

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// vendor is the manufacturer's name in a copyright text: "Original Siemens
// Equipment" says Siemens. Any other text is no name of a maker.
func vendor(copyright []byte) []byte {
	if i := bytes.Index(copyright, []byte("Siemens")); i >= 0 {
		return copyright[i : i+len("Siemens")]
	}
	return nil
}

// protection reports the position of the mode selector and how the program is
// protected: level 1 lets everybody write.
func protection(c *dissect.Context, record []byte) {
	k, ok := pdu.DecodeProtection(record)
	if !ok {
		return
	}
	c.FactText(dissect.Sender, plant.FieldKeySwitch, k.SwitchName(), "s7comm.szl", szlSure)
	switch k.Level {
	case 1:
		c.FactText(dissect.Sender, plant.FieldSecurity, "s7comm.protection=none", "s7comm.szl", szlSure)
	case 2:
		c.FactText(dissect.Sender, plant.FieldSecurity, "s7comm.protection=write", "s7comm.szl", szlSure)
	case 3:
		c.FactText(dissect.Sender, plant.FieldSecurity, "s7comm.protection=read-write", "s7comm.szl", szlSure)
	}
}
