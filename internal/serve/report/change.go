package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// change is what one device did to others beyond reading, in one protocol.
type change struct {
	from     string
	to       map[string]bool
	roles    map[plant.Role]bool
	kinds    map[plant.Kind]uint64
	refused  uint64
	protocol string
}

// operations adds up who changes what on the plant floor.
func (m *summary) operations(s *Source) {
	type requester struct {
		number         int
		addr, protocol string
	}
	rows := map[requester]*change{}
	for o := range s.Operations {
		if o.Verb.Kind < plant.Write || officeProtocols[o.Verb.Protocol] {
			continue
		}
		r := requester{number: s.Number(o.Requester), protocol: o.Verb.Protocol}
		if r.number < 0 {
			r.addr = o.Requester.Addr()
		}
		c := rows[r]
		if c == nil {
			c = &change{from: m.name(r.number, o.Requester), protocol: r.protocol, to: map[string]bool{}, roles: map[plant.Role]bool{}, kinds: map[plant.Kind]uint64{}}
			rows[r] = c
		}
		to := s.Number(o.Responder)
		c.to[m.name(to, o.Responder)], c.roles[m.role(to)] = true, true
		c.kinds[o.Verb.Kind] += max(o.Requests, o.Responses)
		c.refused += o.Refused
	}
	for _, c := range rows {
		m.changes = append(m.changes, *c)
	}
	slices.SortFunc(m.changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(a.from, b.from), cmp.Compare(a.protocol, b.protocol))
	})
}

// officeProtocols write, configure and start things that are no controllers.
var officeProtocols = map[string]bool{
	"smb": true, "dcerpc": true, "ldap": true, "http": true, "ftp": true, "snmp": true, "tftp": true, "dhcp": true, "dns": true, "rdp": true, "mqtt": true,
	"kerberos": true, "nbns": true, "tds": true, "sunrpc": true, "ssh": true, "telnet": true, "vnc": true, "smtp": true, "imap": true, "pop3": true, "coap": true,
}

// weight orders changes: first by the most consequential kind, then by number.
func (c *change) weight() uint64 {
	for k := plant.Firmware; k >= plant.Write; k-- {
		if n := c.kinds[k]; n > 0 {
			return uint64(k)<<40 + min(n, 1<<40-1)
		}
	}
	return 0
}

// target names the one or two that are changed, or says how many there are.
func (c *change) target() string {
	names := make([]string, 0, len(c.to))
	for n := range c.to {
		names = append(names, n)
	}
	slices.Sort(names)
	switch {
	case len(names) <= 2:
		return strings.Join(names, ", ")
	case len(c.roles) == 1:
		for r := range c.roles {
			return fmt.Sprintf("%d %s", len(names), plural(r))
		}
	}
	return fmt.Sprintf("%d devices", len(names))
}

// words says what was done: "3 program, 1 start/stop/reset (s7comm)".
func (c *change) words() string {
	var parts []string
	for k := plant.Firmware; k >= plant.Write; k-- {
		if n := c.kinds[k]; n > 0 {
			parts = append(parts, thousands(n)+" "+kindWords[k])
		}
	}
	s := strings.Join(parts, ", ")
	if c.refused > 0 {
		s += fmt.Sprintf(", %s refused", thousands(c.refused))
	}
	return s + " (" + c.protocol + ")"
}

var kindWords = map[plant.Kind]string{
	plant.Firmware: "firmware", plant.Mode: "start/stop/reset", plant.Program: "program", plant.Config: "settings", plant.Write: "writes",
}
