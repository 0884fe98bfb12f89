package model

import (
	"fmt"
	"slices"
	"strings"
)

func (c *checker) conduit(e *Conduit) {
	c.owners(&e.Owners)
	known(c, &e.From, "zone", c.zones)
	known(c, &e.To, "zone", c.zones)
	if e.From != "" && e.From == e.To {
		c.wrongly(&e.To, fmt.Sprintf("the conduit leads from zone %s to itself", e.From), "a conduit connects two zones; what talks within one needs none")
	}
	if n := c.at[&e.Allow]; n != nil && len(e.Allow) == 0 && n.kind != mapNode && n.kind != scalarNode {
		c.report(Error, n.start, n.end, n.path, "the conduit allows nothing", "say what may pass: allow: [ { protocol: opcua, verbs: [read, auth] } ]; or take the conduit out")
	}
	for i := range e.Allow {
		c.service(&e.Allow[i])
	}
	today := DateOf(c.now)
	if !c.now.IsZero() && !e.Review.IsZero() && e.Review.Before(today) {
		c.say(Warning, &e.Review, fmt.Sprintf("the review was due on %s", e.Review), "let the owners look at it again and write the next date, or take the conduit out")
	}
	if !c.now.IsZero() && !e.Expires.IsZero() && !today.Before(e.Expires) {
		c.say(Warning, &e.Expires, fmt.Sprintf("the conduit does not hold since %s", e.Expires), "write a later date if it is still needed, or take the conduit out")
	}
	if !e.Review.IsZero() && !e.Expires.IsZero() && e.Expires.Before(e.Review) {
		c.say(Warning, &e.Review, fmt.Sprintf("the review comes after the conduit expires on %s", e.Expires), "let the review come first")
	}
}

func (c *checker) service(s *Service) {
	n := c.at[s]
	if n == nil || n.kind != mapNode {
		return
	}
	named := len(n.entries)
	switch {
	case named == 0:
		c.report(Error, n.start, n.end, n.path, "it names nothing", "write for example  { protocol: opcua, verbs: [read, auth] }  or  { transport: tcp, port: 443 };  { any: true }  is everything")
		return
	case s.Any && named > 1:
		c.wrongly(&s.Any, "any is everything, and more is named beside it", "take any out, or the rest")
	case c.has(&s.Any) && !s.Any && named == 1:
		c.wrongly(&s.Any, "any: false allows nothing", "name a protocol, or a transport and a port")
	}
	if s.Protocol != "" && !slices.Contains(Protocols, s.Protocol) {
		c.wrongly(&s.Protocol, fmt.Sprintf("%q is no protocol", short(s.Protocol)), oneOf(protocolGuess(s.Protocol), Protocols))
	}
	if len(s.Port) > 0 && (s.Transport == "ip" || s.Transport == "eth") {
		c.wrongly(&s.Port, s.Transport+" has no ports", "ports are for transport: tcp and transport: udp")
	}
	if len(s.Port) > 0 && s.Transport == "" && s.Protocol == "" {
		c.wrongly(&s.Port, "a port without its transport", "write  transport: tcp  or  transport: udp  beside it")
	}
	for i := range s.Verbs {
		if v := &s.Verbs[i]; *v != "" && !slices.Contains(verbs, *v) {
			c.wrongly(v, fmt.Sprintf("%q is no verb", short(*v)), oneOf(*v, verbs))
		}
	}
	if len(s.Verbs) > 0 && s.Protocol == "" && !s.Any {
		c.wrongly(&s.Verbs, "verbs without a protocol", "name the protocol that has them: { protocol: modbus, verbs: [read] }")
	}
	if len(s.Objects) > 0 && s.Protocol == "" {
		c.wrongly(&s.Objects, "objects without a protocol", "name the protocol that has them: { protocol: modbus, objects: [holding registers 0-99] }")
	}
	if slices.Contains(signsIn, s.Protocol) && len(s.Verbs) > 0 && !slices.Contains(s.Verbs, "auth") {
		c.say(Warning, &s.Verbs, fmt.Sprintf("%s signs in before it does anything, and auth is not among the verbs", s.Protocol), "add it: verbs: ["+strings.Join(append(slices.Clone(s.Verbs), "auth"), ", ")+"]")
	}
}

// signsIn are protocols whose every session begins with an operation of kind
// auth.
var signsIn = []string{"opcua", "smb", "ftp", "tds", "ldap"}
