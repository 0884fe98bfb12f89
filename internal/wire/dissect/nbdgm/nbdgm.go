// Package nbdgm tells what Windows machines announce in NetBIOS datagrams:
// their name, comment, operating system, roles and workgroup.
package nbdgm

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/nbdgm"
	"github.com/bulkhead-ot/bulkhead/protocol/nbns"
)

// Protocol is the NetBIOS Datagram Service. Conversations that carry the
// browser service are named for it.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "nbdgm", UDP: []uint16{138},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var (
	datagrams = dissect.NewVerbs("nbdgm", "0x%02x", []dissect.VerbRow{
		{Code: uint32(pdu.DirectUnique), Name: "Datagram to One"},
		{Code: uint32(pdu.DirectGroup), Name: "Datagram to a Group"},
		{Code: uint32(pdu.Broadcast), Name: "Broadcast Datagram"},
		{Code: uint32(pdu.Error), Name: "Datagram Error"},
		{Code: uint32(pdu.QueryRequest), Name: "Datagram Query"},
		{Code: uint32(pdu.QueryPositive), Name: "Positive Query Response"},
		{Code: uint32(pdu.QueryNegative), Name: "Negative Query Response"},
	})
	frames = dissect.NewVerbs("browser", "0x%02x", []dissect.VerbRow{
		{Code: uint32(pdu.HostAnnouncement), Name: "Host Announcement", Kind: plant.Identify},
		{Code: uint32(pdu.AnnouncementRequest), Name: "Announcement Request", Kind: plant.Identify},
		{Code: uint32(pdu.RequestElection), Name: "Browser Election"},
		{Code: uint32(pdu.GetBackupListRequest), Name: "Get Backup List Request"},
		{Code: uint32(pdu.GetBackupListResponse), Name: "Get Backup List Response"},
		{Code: uint32(pdu.BecomeBackup), Name: "Become Backup Browser"},
		{Code: uint32(pdu.DomainAnnouncement), Name: "Domain Announcement", Kind: plant.Identify},
		{Code: uint32(pdu.MasterAnnouncement), Name: "Master Announcement", Kind: plant.Identify},
		{Code: uint32(pdu.ResetState), Name: "Reset Browser State"},
		{Code: uint32(pdu.LocalMasterAnnouncement), Name: "Local Master Announcement", Kind: plant.Identify},
	})
)

// probe needs no port: two half-ASCII names in their places are of no one else.
func probe(b []byte, h dissect.Hint) dissect.Match {
	d, _, err := pdu.Decode(b)
	switch {
	case h.Stream || err != nil && !d.HasTo:
		return dissect.No
	case d.HasFrom && d.HasTo:
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads one datagram.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	d, n, err := pdu.Decode(b)
	if err != nil && !d.HasTo {
		return 0, err
	}
	own := d.HasFrom && (!d.SourceAddr.IsValid() || d.SourceAddr == c.Src().IP)
	if own && (d.From.Suffix == nbns.SuffixWorkstation || d.From.Suffix == nbns.SuffixServer) && !d.From.Browsers() {
		var buf [16]byte
		c.Fact(dissect.Sender, plant.FieldName, d.From.Append(buf[:0]), "nbdgm", 0.8)
	}
	if d.Offset == 0 {
		if f, ok := browser(d.Data); ok {
			c.Name("browser")
			c.Send(frames.Get(uint32(f.Opcode)), dissect.Object{})
			frame(c, &f)
			return n, nil
		}
	}
	c.Send(datagrams.Get(uint32(d.Type)), dissect.Object{})
	return n, nil
}

// browser is the frame of the browser service in a datagram, if one is there.
func browser(data []byte) (pdu.Browser, bool) {
	m, err := pdu.DecodeMailslot(data)
	if err != nil || string(m.Name) != pdu.SlotBrowse && string(m.Name) != pdu.SlotLanman {
		return pdu.Browser{}, false
	}
	f, err := pdu.DecodeBrowser(m.Data)
	return f, err == nil
}

func frame(c *dissect.Context, f *pdu.Browser) {
	switch f.Opcode {
	case pdu.HostAnnouncement, pdu.LocalMasterAnnouncement:
		c.Fact(dissect.Sender, plant.FieldName, f.Name, "browser", 0.95)
		c.Fact(dissect.Sender, plant.FieldDescription, f.Comment, "browser", 0.8)
		system(c, f)
		role(c, f.Roles)
	case pdu.DomainAnnouncement:
		c.Fact(dissect.Sender, plant.FieldDomain, f.Name, "browser.domain", 0.9)
		c.Fact(dissect.Sender, plant.FieldName, f.Comment, "browser.domain", 0.9)
	case pdu.RequestElection, pdu.AnnouncementRequest, pdu.MasterAnnouncement:
		c.Fact(dissect.Sender, plant.FieldName, f.Name, "browser", 0.8)
	}
}

// systems are what Windows calls the versions that it announces. Workstations
// and servers of one version share a number.
var systems = map[[2]uint8]string{
	{4, 0}: "Windows NT 4.0", {5, 0}: "Windows 2000", {5, 1}: "Windows XP", {5, 2}: "Windows Server 2003",
	{6, 0}: "Windows Vista or Server 2008", {6, 1}: "Windows 7 or Server 2008 R2", {6, 2}: "Windows 8 or Server 2012",
	{6, 3}: "Windows 8.1 or Server 2012 R2", {10, 0}: "Windows 10 or Server 2016 and later",
}

// system reports the operating system. Samba announces the version of Windows
// that it behaves like, and says that it is Unix.
func system(c *dissect.Context, f *pdu.Browser) {
	if f.Roles&pdu.RoleUnix != 0 {
		c.FactText(dissect.Sender, plant.FieldOS, "Unix", "browser", 0.7)
		return
	}
	if name := systems[[2]uint8{f.OSMajor, f.OSMinor}]; name != "" {
		c.FactText(dissect.Sender, plant.FieldOS, name, "browser", 0.8)
	}
}

func role(c *dissect.Context, roles uint32) {
	switch {
	case roles&(pdu.RoleDomainController|pdu.RoleBackupController) != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleDomain, "browser", 0.9)
	case roles&pdu.RoleNTServer != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleServer, "browser", 0.7)
	case roles&pdu.RoleNTWorkstation != 0 && roles&pdu.RoleUnix == 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RolePC, "browser", 0.5)
	}
}
