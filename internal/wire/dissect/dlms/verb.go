package dlms

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dlms"
)

// verbs by the tag of the APDU.
var verbs = dissect.NewVerbs("dlms", "0x%02x", []dissect.VerbRow{
	{Code: uint32(pdu.ReadRequest), Name: "read-request", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteRequest), Name: "write-request", Kind: plant.Config, Technique: "T0836"},
	{Code: uint32(pdu.ReadResponse), Name: "read-response", Kind: plant.Read},
	{Code: uint32(pdu.WriteResponse), Name: "write-response", Kind: plant.Config},
	{Code: uint32(pdu.DataNotification), Name: "data-notification", Kind: plant.Read},
	{Code: uint32(pdu.AssociateRequest), Name: "associate", Kind: plant.Auth},
	{Code: uint32(pdu.AssociateResponse), Name: "associate-response", Kind: plant.Auth},
	{Code: uint32(pdu.ReleaseRequest), Name: "release"},
	{Code: uint32(pdu.ReleaseResponse), Name: "release-response"},
	{Code: uint32(pdu.GetRequest), Name: "get", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.SetRequest), Name: "set", Kind: plant.Config, Technique: "T0836"},
	{Code: uint32(pdu.EventNotification), Name: "event-notification", Kind: plant.Read},
	{Code: uint32(pdu.ActionRequest), Name: "action", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.GetResponse), Name: "get-response", Kind: plant.Read},
	{Code: uint32(pdu.SetResponse), Name: "set-response", Kind: plant.Config},
	{Code: uint32(pdu.ActionResponse), Name: "action-response", Kind: plant.Write},
	{Code: uint32(pdu.ExceptionResponse), Name: "exception"},
	{Code: 0xc8, Name: "get (ciphered)", Kind: plant.Read, Technique: "T0801"},
	{Code: 0xc9, Name: "set (ciphered)", Kind: plant.Config, Technique: "T0836"},
	{Code: 0xca, Name: "event-notification (ciphered)", Kind: plant.Read},
	{Code: 0xcb, Name: "action (ciphered)", Kind: plant.Write, Technique: "T0855"},
	{Code: 0xcc, Name: "get-response (ciphered)", Kind: plant.Read},
	{Code: 0xcd, Name: "set-response (ciphered)", Kind: plant.Config},
	{Code: 0xcf, Name: "action-response (ciphered)", Kind: plant.Write},
	{Code: 0xd0, Name: "get (ciphered, dedicated key)", Kind: plant.Read, Technique: "T0801"},
	{Code: 0xd1, Name: "set (ciphered, dedicated key)", Kind: plant.Config, Technique: "T0836"},
	{Code: 0xd3, Name: "action (ciphered, dedicated key)", Kind: plant.Write, Technique: "T0855"},
	{Code: 0xd4, Name: "get-response (ciphered, dedicated key)", Kind: plant.Read},
	{Code: 0xd5, Name: "set-response (ciphered, dedicated key)", Kind: plant.Config},
	{Code: 0xd7, Name: "action-response (ciphered, dedicated key)", Kind: plant.Write},
	{Code: uint32(pdu.GeneralGlobal), Name: "general-glo-ciphering"},
	{Code: uint32(pdu.GeneralDedicated), Name: "general-ded-ciphering"},
	{Code: uint32(pdu.GeneralCiphering), Name: "general-ciphering"},
	{Code: uint32(pdu.GeneralSigning), Name: "general-signing"},
	{Code: uint32(pdu.GeneralBlock), Name: "general-block-transfer"},
})

// Requests whose effect depends on the class of the object (Blue Book,
// clause 4).
var (
	image      = variant(pdu.ActionRequest, "action (image transfer)", plant.Firmware, "T0857")
	disconnect = variant(pdu.ActionRequest, "action (disconnect control)", plant.Write, "T0855")
	security   = variant(pdu.ActionRequest, "action (security)", plant.Auth, "T0892")
	setSecret  = variant(pdu.SetRequest, "set (security)", plant.Auth, "T0892")
)

func variant(t pdu.Tag, name string, k plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "dlms", Code: verbs.Get(uint32(t)).Code, Name: name, Kind: k, Technique: technique}
}

// Interface classes.
const (
	classAssociation = 15
	classImage       = 18
	classSecurity    = 64
	classDisconnect  = 70
)

// requestVerb is the verb of a request by the class of its object.
func requestVerb(a *pdu.APDU) *plant.Verb {
	action := a.Tag == pdu.ActionRequest
	if a.Attributed && a.Tag != pdu.GetRequest {
		const replyToChallenge = 1
		switch {
		case action && a.Class == classImage:
			return image
		case action && a.Class == classDisconnect:
			return disconnect
		case action && a.Class == classSecurity, action && a.Class == classAssociation && a.Attribute != replyToChallenge:
			return security
		case a.Class == classSecurity, a.Class == classAssociation && !action:
			return setSecret
		}
	}
	return verbs.Get(uint32(a.Tag))
}

// links are the HDLC frames that open and close a link. They have a protocol
// name of their own.
var links = map[pdu.Control]*plant.Verb{
	pdu.SetMode:     link("SNRM", "set normal response mode"),
	pdu.Acknowledge: link("UA", "unnumbered acknowledge"),
	pdu.Disconnect:  link("DISC", "disconnect"),
	pdu.Disconnects: link("DM", "disconnected mode"),
	pdu.Reject:      link("FRMR", "frame reject"),
}

func link(code, name string) *plant.Verb {
	return &plant.Verb{Protocol: "dlms-hdlc", Code: code, Name: name, Kind: plant.Other}
}
