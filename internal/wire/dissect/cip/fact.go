package cip

import (
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cip"
)

// learn reads the facts in a successful reply.
func (p *Parser) learn(c *dissect.Context, m *pdu.Message, tag uint64) {
	who, near := subjectOf(tag)
	if !near || len(m.Data) == 0 {
		return
	}
	switch classOf(tag) {
	case pdu.ClassIdentity:
		p.learnIdentity(c, who, m, tag)
	case pdu.ClassControllerName:
		p.learnName(c, who, m, tag)
	case pdu.ClassTCPIP:
		p.learnNetwork(c, who, m, tag)
	}
}

func (p *Parser) learnIdentity(c *dissect.Context, who dissect.Subject, m *pdu.Message, tag uint64) {
	if instanceOf(tag) > 1 {
		return // further instances describe parts, instance 1 the device
	}
	switch m.Service {
	case pdu.GetAttributesAll:
		if id, _, err := pdu.DecodeIdentity(m.Data); err == nil && instanceOf(tag) == 1 {
			Identify(c, who, &id, "cip.identity", 0.97)
		}
	case pdu.GetAttributeSingle:
		p.identityAttribute(c, who, pdu.Attribute{ID: attributeOf(tag), Value: m.Data})
	case pdu.GetAttributeList:
		p.identityList(c, who, m.Data)
	}
}

// identityList reads the attributes of the identity object that a reply lists.
// Numbers say nothing without the vendor they belong to: when it is among
// them, all are reported as one identity.
func (p *Parser) identityList(c *dissect.Context, who dissect.Subject, data []byte) {
	list := pdu.DecodeAttributes(data, pdu.ClassIdentity)
	var id pdu.Identity
	var seen [8]bool
	for a, ok := list.Next(); ok; a, ok = list.Next() {
		if a.Status != 0 {
			continue
		}
		if a.ID < uint16(len(seen)) {
			seen[a.ID] = true
		}
		id.Set(a)
		if a.ID > 3 && a.ID != 5 {
			p.identityAttribute(c, who, a)
		}
	}
	if seen[1] && seen[2] {
		numbers(c, who, &id, seen[3], "cip.identity", 0.95)
	}
	if seen[1] && seen[2] && seen[5] {
		state(c, who, &id, "cip.identity", 0.95)
	}
}

// identityAttribute reports one attribute that means something by itself.
func (p *Parser) identityAttribute(c *dissect.Context, who dissect.Subject, a pdu.Attribute) {
	var id pdu.Identity
	id.Set(a)
	const source, sure = "cip.identity", 0.95
	switch {
	case a.ID == 4 && len(a.Value) >= 2:
		c.Fact(who, plant.FieldFirmware, appendRevision(p.scratch[:0], &id), source, sure)
	case a.ID == 6 && id.Serial != 0:
		c.Fact(who, plant.FieldSerial, appendSerial(p.scratch[:0], id.Serial), source, sure)
	case a.ID == 7 && len(id.Product) > 0:
		c.Fact(who, plant.FieldProduct, id.Product, source, sure)
	}
}

// learnName reads the name of a controller, which is that of its project.
func (p *Parser) learnName(c *dissect.Context, who dissect.Subject, m *pdu.Message, tag uint64) {
	var name []byte
	switch m.Service {
	case pdu.GetAttributesAll:
		name = pdu.String(m.Data)
	case pdu.GetAttributeSingle:
		if attributeOf(tag) == 1 {
			name = pdu.String(m.Data)
		}
	case pdu.GetAttributeList:
		list := pdu.DecodeAttributes(m.Data, pdu.ClassControllerName)
		for a, ok := list.Next(); ok; a, ok = list.Next() {
			if a.ID == 1 {
				name = pdu.String(a.Value)
			}
		}
	}
	if printable(name) && catalogue(name) == 0 { // other modules tell their order number here
		c.Fact(who, plant.FieldName, name, "cip.controller-name", 0.9)
	}
}

// learnNetwork reads the TCP/IP settings of a device.
func (p *Parser) learnNetwork(c *dissect.Context, who dissect.Subject, m *pdu.Message, tag uint64) {
	switch {
	case m.Service == pdu.GetAttributesAll:
		if i, host, err := pdu.DecodeNetwork(m.Data); err == nil {
			p.network(c, who, &i, host)
		}
	case m.Service == pdu.GetAttributeSingle && attributeOf(tag) == 5:
		if i, err := pdu.DecodeInterface(m.Data); err == nil {
			p.network(c, who, &i, nil)
		}
	case m.Service == pdu.GetAttributeSingle && attributeOf(tag) == 6:
		p.network(c, who, &pdu.Interface{}, pdu.String(m.Data))
	}
}

func (p *Parser) network(c *dissect.Context, who dissect.Subject, i *pdu.Interface, host []byte) {
	const source, sure = "cip.tcpip", 0.95
	for _, a := range [...]struct {
		field plant.Field
		n     uint32
	}{{plant.FieldNetmask, i.Netmask}, {plant.FieldGateway, i.Gateway}} {
		if a.n != 0 {
			ip := netip.AddrFrom4([4]byte{byte(a.n >> 24), byte(a.n >> 16), byte(a.n >> 8), byte(a.n)})
			c.Fact(who, a.field, ip.AppendTo(p.scratch[:0]), source, sure)
		}
	}
	if printable(i.Domain) {
		c.Fact(who, plant.FieldDomain, i.Domain, source, sure)
	}
	if printable(host) {
		c.Fact(who, plant.FieldName, host, source, sure)
	}
}

// Identify reports all facts of an identity, as ListIdentity and the identity
// object give it.
func Identify(c *dissect.Context, who dissect.Subject, id *pdu.Identity, source string, sure float64) {
	var b [32]byte
	numbers(c, who, id, true, source, sure)
	c.Fact(who, plant.FieldFirmware, appendRevision(b[:0], id), source, sure)
	if id.Serial != 0 {
		c.Fact(who, plant.FieldSerial, appendSerial(b[:0], id.Serial), source, sure)
	}
	if len(id.Product) > 0 {
		c.Fact(who, plant.FieldProduct, id.Product, source, sure)
		if n := catalogue(id.Product); n > 0 && id.Vendor == pdu.VendorRockwell {
			c.Fact(who, plant.FieldOrderNumber, id.Product[:n], source, sure)
		}
	}
	state(c, who, id, source, sure)
}

// numbers reports vendor, type and, if code says so, product code.
func numbers(c *dissect.Context, who dissect.Subject, id *pdu.Identity, code bool, source string, sure float64) {
	var b [32]byte
	c.Fact(who, plant.FieldVendorID, appendNumber(b[:0], "cip:", uint64(id.Vendor)), source, sure)
	c.Fact(who, plant.FieldDeviceType, appendNumber(b[:0], "cip:", uint64(id.DeviceType)), source, sure)
	if code {
		text := append(appendNumber(b[:0], "cip:", uint64(id.Vendor)), '/')
		c.Fact(who, plant.FieldProductCode, strconv.AppendUint(text, uint64(id.ProductCode), 10), source, sure)
	}
	if who == dissect.Sender {
		if role := roles[id.DeviceType]; role != "" {
			c.FactText(who, plant.FieldRole, role, source, 0.9)
		}
	}
}

// state reports mode and key switch. Only Rockwell's controllers are known to
// show them in the status word.
func state(c *dissect.Context, who dissect.Subject, id *pdu.Identity, source string, sure float64) {
	if id.Vendor != pdu.VendorRockwell || id.DeviceType != pdu.DeviceController {
		if id.Status.MajorFault() {
			c.FactText(who, plant.FieldMode, "fault", source, sure)
		}
		return
	}
	if mode := id.Status.LogixMode(); mode != "" {
		c.FactText(who, plant.FieldMode, mode, source, sure)
	}
	if key := id.Status.LogixKey(); key != "" {
		c.FactText(who, plant.FieldKeySwitch, key, source, sure)
	}
}

// roles are the CIP device types (volume 1, chapter 6) that tell the role.
var roles = map[uint16]plant.Role{
	0x02: plant.RoleDrive,
	0x04: plant.RoleSensor,
	0x05: plant.RoleSensor,
	0x06: plant.RoleSensor,
	0x07: plant.RoleRemoteIO,
	0x09: plant.RoleSensor,
	0x0e: plant.RoleController,
	0x10: plant.RoleDrive,
	0x13: plant.RoleDrive,
	0x15: plant.RoleDrive,
	0x16: plant.RoleDrive,
	0x17: plant.RoleDrive,
	0x18: plant.RoleHMI,
	0x1a: plant.RoleSensor,
	0x1b: plant.RoleRemoteIO,
	0x1c: plant.RoleSensor,
	0x22: plant.RoleSensor,
	0x23: plant.RoleRemoteIO,
	0x25: plant.RoleDrive,
	0x29: plant.RoleGateway,
	0x2a: plant.RoleRemoteIO,
	0x2c: plant.RoleSwitch,
	0x2d: plant.RoleDrive,
	0x2e: plant.RoleDrive,
	0x2f: plant.RoleSensor,
	0x31: plant.RoleRemoteIO,
}

// catalogue is the length of the order number that a product name begins with:
// "1756-L61/B LOGIX5561" begins with "1756-L61/B". 0 when it is none.
func catalogue(name []byte) int {
	n, digits, dash := 0, 0, false
	for n < len(name) && name[n] > ' ' {
		switch {
		case name[n] >= '0' && name[n] <= '9' && !dash:
			digits++
		case name[n] == '-':
			dash = true
		}
		n++
	}
	if dash && digits >= 2 && name[0] >= '0' && name[0] <= '9' {
		return n
	}
	return 0
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0
}

func appendNumber(dst []byte, prefix string, n uint64) []byte {
	return strconv.AppendUint(append(dst, prefix...), n, 10)
}

// appendRevision writes a revision as Rockwell's tools do: "20.11", "4.003" is
// written "4.3".
func appendRevision(dst []byte, id *pdu.Identity) []byte {
	return strconv.AppendUint(append(strconv.AppendUint(dst, uint64(id.Major), 10), '.'), uint64(id.Minor), 10)
}

// appendSerial writes a serial number as labels do: eight hexadecimal digits.
func appendSerial(dst []byte, n uint32) []byte {
	const hex = "0123456789ABCDEF"
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hex[n>>shift&15])
	}
	return dst
}
