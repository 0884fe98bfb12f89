package tls

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/tls"
)

// hello is the id under which a client's hello waits for the server's.
const hello = 1

func (p *Parser) message(c *dissect.Context, m *pdu.Message) {
	switch m.Type {
	case pdu.TypeClientHello:
		p.clientHello(c, m.Body)
	case pdu.TypeServerHello:
		p.serverHello(c, m.Body)
	case pdu.TypeCertificate:
		c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
		certificates(c, m.Body)
	default:
		c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	}
}

func (p *Parser) clientHello(c *dissect.Context, body []byte) {
	h, err := pdu.DecodeClientHello(body)
	if err != nil {
		c.Malformed("a client hello breaks off")
		return
	}
	c.SenderIsClient()
	name := h.ServerName()
	c.Request(verbs.Get(uint32(pdu.TypeClientHello)), hello, dissect.Object{Name: name})
	if len(name) > 0 && (c.Dst().IP.IsPrivate() || c.Dst().IP.IsLinkLocalUnicast()) {
		c.Fact(dissect.Receiver, plant.FieldName, name, "tls.sni", 0.5)
	}
	ja4 := h.JA4()
	var buf [64]byte
	c.Fact(dissect.Sender, plant.FieldFingerprint, append(append(buf[:0], "ja4="...), ja4[:]...), "tls.hello", 0.9)
}

// versions are what the numbers are called in facts.
var versions = map[uint16]string{
	0x0300: "ssl3", 0x0301: "tls1.0", 0x0302: "tls1.1", 0x0303: "tls1.2", 0x0304: "tls1.3",
}

func (p *Parser) serverHello(c *dissect.Context, body []byte) {
	h, err := pdu.DecodeServerHello(body)
	if err != nil {
		c.Malformed("a server hello breaks off")
		return
	}
	c.SenderIsServer()
	if _, ok := c.Peek(hello); ok {
		c.Response(nil, hello, dissect.Accepted)
	} else {
		c.Send(verbs.Get(uint32(pdu.TypeServerHello)), dissect.Object{})
	}
	p.modern = h.Chosen() >= 0x0304
	if name := versions[h.Chosen()]; name != "" {
		c.FactText(dissect.Sender, plant.FieldSecurity, name, "tls.hello", 0.95)
	}
	cipher(c, h.Cipher)
	if protocol := h.Protocol(); len(protocol) > 0 {
		c.Fact(dissect.Sender, plant.FieldService, protocol, "tls.alpn", 0.9)
	}
}

// ciphers are the facts about the cipher suites that have names in Go's TLS, and
// about those that older devices still choose.
var ciphers = func() map[uint16]string {
	m := map[uint16]string{
		0x0001: "TLS_RSA_WITH_NULL_MD5", 0x0002: "TLS_RSA_WITH_NULL_SHA", 0x003b: "TLS_RSA_WITH_NULL_SHA256",
		0x0003: "TLS_RSA_EXPORT_WITH_RC4_40_MD5", 0x0006: "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", 0x0008: "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",
		0x0004: "TLS_RSA_WITH_RC4_128_MD5", 0x0009: "TLS_RSA_WITH_DES_CBC_SHA", 0x0016: "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
		0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
		0x0067: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", 0x006b: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
		0x009e: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 0x009f: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
	}
	for _, c := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		m[c.ID] = c.Name
	}
	for id, name := range m {
		m[id] = "tls.cipher=" + name
	}
	return m
}()

// cipher reports the cipher that a server chose.
func cipher(c *dissect.Context, id uint16) {
	name := ciphers[id]
	if name == "" {
		name = fmt.Sprintf("tls.cipher=0x%04x", id)
	}
	c.FactText(dissect.Sender, plant.FieldSecurity, name, "tls.hello", 0.95)
}

// certificates reads a chain: the first is the sender's own.
func certificates(c *dissect.Context, body []byte) {
	list := pdu.Certificates(body)
	if der, _, ok := pdu.CutCertificate(list); ok {
		Certificate(c, der, "tls.certificate")
	}
}

// Certificate reports a certificate of the sender, in DER.
func Certificate(c *dissect.Context, der []byte, source string) {
	text := c.Memo(der, describe)
	if text == "" {
		c.Malformed("a certificate cannot be read")
		return
	}
	c.FactText(dissect.Sender, plant.FieldCertificate, text, source, 0.95)
}

// describe is a certificate in words, "" for one that cannot be read.
func describe(der []byte) string {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return ""
	}
	text := "subject=" + name(&cert.Subject) + "; issuer=" + name(&cert.Issuer) + "; until=" + cert.NotAfter.UTC().Format(time.DateOnly)
	if bytes.Equal(cert.RawSubject, cert.RawIssuer) {
		text += "; self-signed"
	}
	return text
}

// maxName bounds a name: some certificates hold whole contracts.
const maxName = 200

func name(n *pkix.Name) string {
	s := n.String()
	return s[:min(len(s), maxName)]
}
