package dns

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dns"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// multicast reads an mDNS message. Answers that a question carries are what it
// knows of others, so that only announcements tell about their sender.
func multicast(c *dissect.Context, m pdu.Message) {
	if !m.Response() {
		c.Send(mdnsQuery, dissect.Object{})
		return
	}
	c.Send(mdnsAnnounces, dissect.Object{})
	r := m.Records()
	for rec, ok := r.Next(); ok; rec, ok = r.Next() {
		if rec.Section != pdu.Question {
			announced(c, rec)
		}
	}
}

func announced(c *dissect.Context, rec pdu.Record) {
	switch rec.Type {
	case pdu.TypeA, pdu.TypeAAAA:
		host(c, rec)
	case pdu.TypePTR:
		service(c, rec)
	case pdu.TypeSRV:
		if target, ok := rec.Target(); ok {
			var buf [pdu.MaxName]byte
			c.Fact(dissect.Sender, plant.FieldName, bare(target.Append(buf[:0])), "mdns.srv", 0.8)
		}
	case pdu.TypeTXT:
		for s, rest, ok := pdu.CutString(rec.Data); ok; s, rest, ok = pdu.CutString(rest) {
			attribute(c, s)
		}
	case pdu.TypeHINFO:
		if _, rest, ok := pdu.CutString(rec.Data); ok {
			os, _, _ := pdu.CutString(rest)
			c.Fact(dissect.Sender, plant.FieldOS, os, "mdns.hinfo", 0.8)
		}
	}
}

// host reads the name of an address. Reverse names and the addresses of other
// interfaces are left to what those send.
func host(c *dissect.Context, rec pdu.Record) {
	a, ok := rec.Addr()
	if !ok {
		return
	}
	var buf [pdu.MaxName]byte
	name := rec.Name.Append(buf[:0])
	if a == c.Src().IP {
		c.Fact(dissect.Sender, plant.FieldName, bare(name), "mdns", 0.95)
		return
	}
	resolves(c, rec.Name, a)
}

// bare is a name without the domain of mDNS.
func bare(name []byte) []byte { return bytes.TrimSuffix(name, []byte(".local")) }

// service reads the record that leads from a kind of service to one that is
// named, or that lists the kinds (RFC 6763 sections 4.1 and 9).
func service(c *dissect.Context, rec pdu.Record) {
	target, ok := rec.Target()
	if !ok {
		return
	}
	var names, targets [pdu.MaxName]byte
	kind := bare(rec.Name.Append(names[:0]))
	instance := bare(target.Append(targets[:0]))
	switch {
	case suffix(kind, ".arpa"):
	case string(kind) == "_services._dns-sd._udp":
		c.Fact(dissect.Sender, plant.FieldService, instance, "mdns", 0.9)
	case len(kind) > 0 && kind[0] == '_':
		c.Fact(dissect.Sender, plant.FieldService, kind, "mdns", 0.9)
		if name := bytes.TrimSuffix(instance, kind); len(name) < len(instance) {
			c.Fact(dissect.Sender, plant.FieldDescription, bytes.TrimSuffix(name, []byte(".")), "mdns.instance", 0.6)
		}
	}
}

// attributes are keys of TXT records that name a device, as printers, cameras,
// speakers and gateways use them.
var attributes = []struct {
	key   string // in upper case
	field plant.Field
}{
	{"MD", plant.FieldProduct},
	{"MODEL", plant.FieldProduct},
	{"TY", plant.FieldProduct},
	{"PRODUCT", plant.FieldProduct},
	{"USB_MDL", plant.FieldProduct},
	{"MODELNAME", plant.FieldProduct},
	{"MFG", plant.FieldVendor},
	{"USB_MFG", plant.FieldVendor},
	{"VENDOR", plant.FieldVendor},
	{"MANUFACTURER", plant.FieldVendor},
	{"FW", plant.FieldFirmware},
	{"FIRMWARE", plant.FieldFirmware},
	{"FWVERSION", plant.FieldFirmware},
	{"SN", plant.FieldSerial},
	{"SERIAL", plant.FieldSerial},
	{"SERIALNUMBER", plant.FieldSerial},
	{"NOTE", plant.FieldLocation},
	{"OS", plant.FieldOS},
}

func attribute(c *dissect.Context, s []byte) {
	i := bytes.IndexByte(s, '=')
	if i < 1 {
		return
	}
	for _, a := range attributes {
		if textline.Is(s[:i], a.key) {
			c.Fact(dissect.Sender, a.field, s[i+1:], "mdns.txt", 0.8)
			return
		}
	}
}
