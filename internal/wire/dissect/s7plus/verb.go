package s7plus

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7plus"
)

const protocol = "s7comm-plus"

// verbs are the functions as such. What a function does depends on the object
// it acts on: the verbs below say more.
var verbs = dissect.NewVerbs(protocol, "0x%04x", []dissect.VerbRow{
	{Code: uint32(pdu.ErrorReply), Name: "Error", Kind: plant.Other},
	{Code: uint32(pdu.Explore), Name: "Explore", Kind: plant.Read, Technique: "T0861"},
	{Code: uint32(pdu.CreateObject), Name: "Create Object", Kind: plant.Other},
	{Code: uint32(pdu.DeleteObject), Name: "Delete Object", Kind: plant.Other},
	{Code: uint32(pdu.SetVariable), Name: "Set Variable", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.GetVariable), Name: "Get Variable", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.AddLink), Name: "Add Link", Kind: plant.Other},
	{Code: uint32(pdu.RemoveLink), Name: "Remove Link", Kind: plant.Other},
	{Code: uint32(pdu.GetLink), Name: "Get Link", Kind: plant.Read, Technique: "T0888"},
	{Code: uint32(pdu.SetMultiVariables), Name: "Set Multi Variables", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.GetMultiVariables), Name: "Get Multi Variables", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.BeginSequence), Name: "Begin Sequence", Kind: plant.Other},
	{Code: uint32(pdu.EndSequence), Name: "End Sequence", Kind: plant.Other},
	{Code: uint32(pdu.Invoke), Name: "Invoke", Kind: plant.Other},
	{Code: uint32(pdu.SetVarSubStreamed), Name: "Set Var Sub Streamed", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.GetVarSubStreamed), Name: "Get Var Sub Streamed", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.GetVariables), Name: "Get Variables", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Abort), Name: "Abort", Kind: plant.Other},
	{Code: uint32(pdu.Error), Name: "Error", Kind: plant.Other},
	{Code: uint32(pdu.InitSSL), Name: "Init SSL", Kind: plant.Other},
})

func verb(code, name string, kind plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: protocol, Code: code, Name: name, Kind: kind, Technique: technique}
}

// Verbs that the object or attribute tells apart.
var (
	notification = verb("0x33", "Notification", plant.Read, "T0801")
	systemEvent  = verb("0xfe", "System Event", plant.Other, "")
	keepAlive    = verb("0xff", "Keep Alive", plant.Other, "")
	encrypted    = verb("tls", "Encrypted (TLS)", plant.Other, "")

	createSession   = verb("0x04ca", "Create Object: session", plant.Other, "")
	createWatch     = verb("0x04ca", "Create Object: subscription", plant.Read, "T0801")
	createBlock     = verb("0x04ca", "Create Object: block", plant.Program, "T0843")
	deleteBlock     = verb("0x04d4", "Delete Object: block", plant.Program, "T0889")
	setMode         = verb("0x04f2", "Set Variable: operating mode", plant.Mode, "T0858")
	setSubscription = verb("0x04f2", "Set Variable: subscription", plant.Other, "")
	setLegitimation = verb("0x04f2", "Set Variable: log in", plant.Auth, "")
	setPassword     = verb("0x04f2", "Set Variable: password", plant.Auth, "T0892")
	setSession      = verb("0x0542", "Set Multi Variables: session", plant.Other, "")
	setBlockStream  = verb("0x057c", "Set Var Sub Streamed: block", plant.Program, "T0843")
	setPassStream   = verb("0x057c", "Set Var Sub Streamed: log in", plant.Auth, "")
	readIdentity    = verb("0x0586", "Get Var Sub Streamed: identification", plant.Identify, "T0888")
	readChallenge   = verb("0x0586", "Get Var Sub Streamed: challenge", plant.Auth, "")
	readBlockStream = verb("0x0586", "Get Var Sub Streamed: block", plant.Program, "T0845")
)

// setVerb is the verb for setting one attribute.
func setVerb(t pdu.Target) *plant.Verb {
	switch a := t.Attribute; {
	case a == pdu.AttrOperatingStateReq:
		return setMode
	case a == pdu.AttrSessionResponse, a == pdu.AttrLegitimate:
		return setLegitimation
	case a == pdu.AttrPassword, a == pdu.AttrFailsafePassword, a == pdu.AttrKnowHowPassword:
		return setPassword
	case a >= 1001 && a <= 1082: // attributes of subscriptions: cycle, credit …
		return setSubscription
	}
	return verbs.Get(uint32(pdu.SetVariable))
}

// streamVerb is the verb for reading one attribute as a stream.
func streamVerb(t pdu.Target) *plant.Verb {
	switch {
	case t.Attribute == pdu.AttrIM0:
		return readIdentity
	case t.Attribute == pdu.AttrSessionChallenge:
		return readChallenge
	case program(t.Attribute):
		return readBlockStream
	}
	return verbs.Get(uint32(pdu.GetVarSubStreamed))
}

// program reports attributes that hold a block's code, interface or sources:
// those of blocks and functional objects, without a data block's values.
func program(attribute uint32) bool {
	switch attribute {
	case 2548, 2550, 2551: // a data block's initial and actual values
		return false
	}
	return attribute >= pdu.AttrBlockNumber && attribute <= 2592
}
