// Package gssapi reports what authentication tokens say about the two ends of a
// conversation: NTLM messages with computer, domain and account names and
// Windows builds, and Kerberos tickets shown to a service.
//
// Tokens travel in SMB, DCE/RPC, LDAP, TDS and HTTP; the adapters of those
// hand them here. Who a token speaks about follows from its kind: a client
// sends NEGOTIATE and AUTHENTICATE, a server sends CHALLENGE. Responses and
// tickets themselves are not kept.
package gssapi

import (
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/kerberos"
	"github.com/bulkhead-ot/bulkhead/protocol/ntlm"
	"github.com/bulkhead-ot/bulkhead/protocol/spnego"
	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Reader reads tokens. It keeps buffers to turn names into text; the zero
// value is ready.
type Reader struct {
	text, other []byte
}

// Read reports what a token says and returns the account that the sender signs
// in with, "" where the token names none. The account is borrowed until the
// next call.
func (r *Reader) Read(c *dissect.Context, token []byte) (account []byte) {
	if len(token) == 0 {
		return nil
	}
	t, _, err := spnego.Decode(token)
	if err != nil {
		// A wrapper cut by the capture, or one of a kind unknown.
		if t.Inner = ntlm.Find(token); t.Inner == nil {
			return nil
		}
		t.Mechanism = spnego.NTLM
	}
	if t.Mechanism == spnego.Kerberos {
		r.ticket(c, t.Inner)
		return nil
	}
	m, _, err := ntlm.Decode(t.Inner)
	if err != nil && err != ntlm.ErrShort {
		return nil
	}
	switch m.Type {
	case ntlm.Negotiate:
		r.fact(c, dissect.Sender, plant.FieldName, m.Workstation, "ntlm.negotiate", 0.8)
		r.version(c, m.Version, "ntlm.negotiate")
	case ntlm.Challenge:
		r.challenge(c, &m)
	case ntlm.Authenticate:
		return r.authenticate(c, &m)
	}
	return nil
}

// Flags of a challenge that tell what its target name is.
const (
	targetDomain = 1 << 16
	targetServer = 1 << 17
)

func (r *Reader) challenge(c *dissect.Context, m *ntlm.Message) {
	const source = "ntlm.challenge"
	r.version(c, m.Version, source)
	if !r.server(c, dissect.Sender, m.TargetInfo, source, 0.9) {
		switch {
		case m.Flags&targetServer != 0:
			r.fact(c, dissect.Sender, plant.FieldName, m.Target, source, 0.9)
		case m.Flags&targetDomain != 0:
			r.fact(c, dissect.Sender, plant.FieldDomain, m.Target, source, 0.9)
		}
	}
}

// server reports the names in a server's target information. The domain of a
// computer that is in none has the computer's own name: that is no domain.
func (r *Reader) server(c *dissect.Context, who dissect.Subject, pairs ntlm.Pairs, source string, sure float64) bool {
	var names [6]winstr.Text
	for {
		id, v, ok := pairs.Next()
		if !ok {
			break
		}
		if id >= ntlm.PairComputer && id <= ntlm.PairForestDNS {
			names[id] = winstr.Text{Raw: v, Wide: true}
		}
	}
	r.fact(c, who, plant.FieldName, names[ntlm.PairComputer], source, sure)
	r.fact(c, who, plant.FieldName, names[ntlm.PairComputerDNS], source, sure)
	if !r.same(names[ntlm.PairDomain], names[ntlm.PairComputer]) {
		domain := names[ntlm.PairDomainDNS]
		if domain.Empty() {
			domain = names[ntlm.PairDomain]
		}
		r.fact(c, who, plant.FieldDomain, domain, source, sure)
	}
	return !names[ntlm.PairComputer].Empty()
}

func (r *Reader) authenticate(c *dissect.Context, m *ntlm.Message) []byte {
	const source = "ntlm.authenticate"
	r.version(c, m.Version, source)
	r.fact(c, dissect.Sender, plant.FieldName, m.Workstation, source, 0.9)
	// What the client repeats of the server's names, for captures that lack
	// the server's side.
	r.server(c, dissect.Receiver, m.TargetInfo, source, 0.8)
	if m.User.Empty() {
		return nil
	}
	if m.NTLMv1 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "ntlm.v1", source, 0.6)
	}
	r.fact(c, dissect.Sender, plant.FieldUser, m.User, source, 0.9)
	if !r.same(m.Domain, m.Workstation) {
		r.fact(c, dissect.Sender, plant.FieldDomain, m.Domain, source, 0.7)
	}
	r.text = m.Domain.AppendTo(r.text[:0])
	if len(r.text) > 0 {
		r.text = append(r.text, '\\')
	}
	r.text = m.User.AppendTo(r.text)
	return r.text
}

// version reports a Windows version. Other systems claim one as well, with a
// build of zero.
func (r *Reader) version(c *dissect.Context, v ntlm.Version, source string) {
	if v.Build == 0 {
		return
	}
	r.text = append(r.text[:0], "Windows "...)
	r.text = strconv.AppendUint(r.text, uint64(v.Major), 10)
	r.text = append(r.text, '.')
	r.text = strconv.AppendUint(r.text, uint64(v.Minor), 10)
	r.text = append(r.text, " build "...)
	r.text = strconv.AppendUint(r.text, uint64(v.Build), 10)
	c.Fact(dissect.Sender, plant.FieldOS, r.text, source, 0.8)
}

func (r *Reader) fact(c *dissect.Context, who dissect.Subject, f plant.Field, t winstr.Text, source string, sure float64) {
	if t.Empty() {
		return
	}
	r.text = t.AppendTo(r.text[:0])
	// Some clients give an address where a name is asked for.
	if f == plant.FieldName && isAddress(r.text) {
		return
	}
	c.Fact(who, f, r.text, source, sure)
}

// same compares two names without regard to case (NetBIOS names have none).
func (r *Reader) same(a, b winstr.Text) bool {
	r.text, r.other = a.AppendTo(r.text[:0]), b.AppendTo(r.other[:0])
	if len(r.text) != len(r.other) {
		return false
	}
	for i := range r.text {
		if r.text[i]|0x20 != r.other[i]|0x20 {
			return false
		}
	}
	return true
}

// ticket reads the ticket a client shows to a service: the name of the service
// is that of the receiver.
func (r *Reader) ticket(c *dissect.Context, b []byte) {
	// RFC 4121: two bytes of token identifier, 01 00 for a request.
	if len(b) < 2 || b[0] != 1 || b[1] != 0 {
		return
	}
	m, _, err := kerberos.Decode(b[2:])
	if err != nil || m.Type != kerberos.APReq {
		return
	}
	const source = "kerberos.ap-req"
	if host := m.Service.Last; len(host) > 0 && !isAddress(host) && Host(m.Service.First) {
		c.Fact(dissect.Receiver, plant.FieldName, host, source, 0.8)
	}
	c.Fact(dissect.Sender, plant.FieldDomain, m.Realm, source, 0.7)
	c.Fact(dissect.Receiver, plant.FieldDomain, m.Realm, source, 0.7)
	if m.Ticket.Weak() {
		c.FactText(dissect.Receiver, plant.FieldSecurity, "kerberos.weak-ticket", source, 0.8)
	}
}

// Host reports whether the second part of a service's name is a computer.
func Host(service []byte) bool {
	switch string(service) {
	case "host", "HOST", "cifs", "CIFS", "ldap", "LDAP", "http", "HTTP", "MSSQLSvc", "RestrictedKrbHost", "TERMSRV", "WSMAN", "RPCSS", "DNS", "nfs", "ftp":
		return true
	}
	return false
}

func isAddress(b []byte) bool {
	_, err := netip.ParseAddr(string(b))
	return err == nil
}
