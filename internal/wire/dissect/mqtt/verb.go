package mqtt

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/mqtt"
)

var verbs = dissect.NewVerbs("mqtt", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Connect), Name: "Connect", Kind: plant.Auth},
	{Code: uint32(pdu.ConnAck), Name: "Connect Acknowledge", Kind: plant.Auth},
	{Code: uint32(pdu.Publish), Name: "Publish", Kind: plant.Other},
	{Code: uint32(pdu.PubAck), Name: "Publish Acknowledge", Kind: plant.Other},
	{Code: uint32(pdu.PubRec), Name: "Publish Received", Kind: plant.Other},
	{Code: uint32(pdu.PubRel), Name: "Publish Release", Kind: plant.Other},
	{Code: uint32(pdu.PubComp), Name: "Publish Complete", Kind: plant.Other},
	{Code: uint32(pdu.Subscribe), Name: "Subscribe", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.SubAck), Name: "Subscribe Acknowledge", Kind: plant.Read},
	{Code: uint32(pdu.Unsubscribe), Name: "Unsubscribe", Kind: plant.Other},
	{Code: uint32(pdu.UnsubAck), Name: "Unsubscribe Acknowledge", Kind: plant.Other},
	{Code: uint32(pdu.PingReq), Name: "Ping Request", Kind: plant.Other},
	{Code: uint32(pdu.PingResp), Name: "Ping Response", Kind: plant.Other},
	{Code: uint32(pdu.Disconnect), Name: "Disconnect", Kind: plant.Other},
	{Code: uint32(pdu.Auth), Name: "Authentication Exchange", Kind: plant.Auth},
})

func variant(code, name string, kind plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "mqtt", Code: code, Name: name, Kind: kind, Technique: technique}
}

// Packets whose meaning depends on what is in them.
var (
	connectRefused = variant("2", "Connect Refused", plant.Auth, "")
	subRefused     = variant("9", "Subscribe Refused", plant.Read, "")
	subscribeAll   = variant("8", "Subscribe (everything)", plant.Read, "T0861")
)
