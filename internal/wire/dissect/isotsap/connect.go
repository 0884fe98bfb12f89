package isotsap

import (
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/cotp"
	pdus7 "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// verbs are the TPDUs that open and end a connection; a confirmation counts as
// the answer to its request.
var verbs = dissect.NewVerbs("cotp", "0x%02x", []dissect.VerbRow{
	{Code: uint32(cotp.ConnectionRequest), Name: "Connection Request", Kind: plant.Other},
	{Code: uint32(cotp.DisconnectRequest), Name: "Disconnect Request", Kind: plant.Other},
	{Code: uint32(cotp.Error), Name: "TPDU Error", Kind: plant.Other},
})

// connectionID pairs by the reference that the caller gave; the numbers below
// belong to the protocols above.
func connectionID(reference uint16) uint64 { return 1<<40 | uint64(reference) }

// connect reports a connection request and keeps what its called selector says.
func (p *parser) connect(c *dissect.Context, t cotp.TPDU) {
	c.SenderIsClient()
	called := t.DstTSAP()
	p.s7.Called, _ = pdus7.DecodeTSAP(called)
	p.plus.Role = roles[string(called)]
	o := dissect.Object{Space: "selector", Name: []byte(selector(called, p.s7.Called))}
	c.Request(verbs.Get(uint32(cotp.ConnectionRequest)), connectionID(t.SrcRef), o)
}

// roles are what the clients of S7comm-plus are by the selectors they call.
var roles = map[string]plant.Role{
	"SIMATIC-ROOT-ES":  plant.RoleEngineering,
	"SIMATIC-ROOT-HMI": plant.RoleHMI,
}

// selector writes a transport selector: as text, as kind of connection with
// rack and slot, or in hexadecimal.
func selector(b []byte, t pdus7.TSAP) string {
	kind := map[pdus7.ConnectionType]string{pdus7.PG: "PG", pdus7.OP: "OP", pdus7.Basic: "S7"}[t.Type]
	switch {
	case kind != "":
		return fmt.Sprintf("%s rack %d slot %d", kind, t.Rack, t.Slot)
	case len(b) > 2 && printable(b):
		return string(b)
	}
	return fmt.Sprintf("%x", b[:min(len(b), 16)])
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// answer reports how a connection request went, or the end of a connection.
func answer(c *dissect.Context, t cotp.TPDU) {
	request, id := verbs.Get(uint32(cotp.ConnectionRequest)), connectionID(t.DstRef)
	_, waits := c.Peek(id)
	switch {
	case t.Type == cotp.ConnectionConfirm:
		c.Response(request, id, dissect.Accepted)
		c.SenderIsServer()
	case waits:
		c.Response(request, id, dissect.Refused)
		c.SenderIsServer()
	default:
		c.Send(verbs.Get(uint32(t.Type)), dissect.Object{})
	}
}
