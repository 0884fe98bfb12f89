package smb

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/smb"
	"github.com/bulkhead-ot/bulkhead/protocol/smb2"
)

// Reading and writing files changes no process values, so it is Other; what
// makes some of it matter is the share, see the verbs below.
var verbs1 = dissect.NewVerbs("smb", "0x%02x", []dissect.VerbRow{
	{Code: 0x00, Name: "SMB1 Create Directory"},
	{Code: 0x01, Name: "SMB1 Delete Directory"},
	{Code: 0x02, Name: "SMB1 Open"},
	{Code: 0x03, Name: "SMB1 Create"},
	{Code: 0x04, Name: "SMB1 Close"},
	{Code: 0x05, Name: "SMB1 Flush"},
	{Code: 0x06, Name: "SMB1 Delete"},
	{Code: 0x07, Name: "SMB1 Rename"},
	{Code: 0x08, Name: "SMB1 Query Information"},
	{Code: 0x09, Name: "SMB1 Set Information"},
	{Code: 0x0a, Name: "SMB1 Read"},
	{Code: 0x0b, Name: "SMB1 Write"},
	{Code: 0x10, Name: "SMB1 Check Directory"},
	{Code: 0x24, Name: "SMB1 Locking"},
	{Code: 0x25, Name: "SMB1 Transaction"},
	{Code: 0x2b, Name: "SMB1 Echo"},
	{Code: 0x2d, Name: "SMB1 Open"},
	{Code: 0x2e, Name: "SMB1 Read"},
	{Code: 0x2f, Name: "SMB1 Write"},
	{Code: 0x32, Name: "SMB1 Transaction2"},
	{Code: 0x33, Name: "SMB1 Transaction2 Secondary"},
	{Code: 0x34, Name: "SMB1 Find Close"},
	{Code: 0x71, Name: "SMB1 Tree Disconnect"},
	{Code: 0x72, Name: "SMB1 Negotiate"},
	{Code: 0x73, Name: "SMB1 Session Setup", Kind: plant.Auth},
	{Code: 0x74, Name: "SMB1 Logoff"},
	{Code: 0x75, Name: "SMB1 Tree Connect"},
	{Code: 0x80, Name: "SMB1 Query Disk"},
	{Code: 0xa0, Name: "SMB1 NT Transaction"},
	{Code: 0xa1, Name: "SMB1 NT Transaction Secondary"},
	{Code: 0xa2, Name: "SMB1 Create"},
	{Code: 0xa4, Name: "SMB1 Cancel"},
	{Code: 0xa5, Name: "SMB1 Rename"},
})

var verbs2 = dissect.NewVerbs("smb", "2.%d", []dissect.VerbRow{
	{Code: 0, Name: "Negotiate"},
	{Code: 1, Name: "Session Setup", Kind: plant.Auth},
	{Code: 2, Name: "Logoff"},
	{Code: 3, Name: "Tree Connect"},
	{Code: 4, Name: "Tree Disconnect"},
	{Code: 5, Name: "Create"},
	{Code: 6, Name: "Close"},
	{Code: 7, Name: "Flush"},
	{Code: 8, Name: "Read"},
	{Code: 9, Name: "Write"},
	{Code: 10, Name: "Lock"},
	{Code: 11, Name: "Ioctl"},
	{Code: 12, Name: "Cancel"},
	{Code: 13, Name: "Echo"},
	{Code: 14, Name: "Query Directory"},
	{Code: 15, Name: "Change Notify"},
	{Code: 16, Name: "Query Info"},
	{Code: 17, Name: "Set Info"},
	{Code: 18, Name: "Oplock Break"},
})

// Verbs with a meaning of their own. On the shares of administrators, C$ and
// ADMIN$, files come that are meant to be run: T0867, lateral tool transfer.
var (
	adminTree1  = &plant.Verb{Protocol: "smb", Code: "0x75", Name: "SMB1 Tree Connect to an administrative share", Technique: "T0886"}
	adminTree2  = &plant.Verb{Protocol: "smb", Code: "2.3", Name: "Tree Connect to an administrative share", Technique: "T0886"}
	adminWrite1 = &plant.Verb{Protocol: "smb", Code: "0x2f", Name: "SMB1 Write to an administrative share", Technique: "T0867"}
	adminWrite2 = &plant.Verb{Protocol: "smb", Code: "2.9", Name: "Write to an administrative share", Technique: "T0867"}
	rename2     = &plant.Verb{Protocol: "smb", Code: "2.17", Name: "Rename"}
	encrypted   = &plant.Verb{Protocol: "smb", Code: "2.encrypted", Name: "Encrypted message"}
	compressed  = &plant.Verb{Protocol: "smb", Code: "2.compressed", Name: "Compressed message"}

	// No client sends this subcommand. The implant DoublePulsar answers to it.
	trans2Setup = &plant.Verb{Protocol: "smb", Code: "0x32", Name: "SMB1 Transaction2 Session Setup (as DoublePulsar uses it)", Technique: "T0866"}
)

func verb1(c smb.Command, t treeKind) *plant.Verb {
	if t == treeAdmin && c == smb.WriteAndX {
		return adminWrite1
	}
	return verbs1.Get(uint32(c))
}

func verb2(c smb2.Command, t treeKind) *plant.Verb {
	if t == treeAdmin && c == smb2.CmdWrite {
		return adminWrite2
	}
	return verbs2.Get(uint32(c))
}
