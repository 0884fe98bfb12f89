package opcua

import (
	"crypto/x509"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
)

// maxCertificate bounds a certificate that is worth reading.
const maxCertificate = 1 << 14

// certificate reports the certificate of the sender, once in a conversation. A
// chain may follow it; the first is the sender's own. Its URI is that of the
// application.
func (p *parser) certificate(c *dissect.Context, der []byte) {
	h := &p.halves[c.Side()]
	if h.saidCert || len(der) == 0 || len(der) > maxCertificate {
		return
	}
	h.saidCert = true
	chain, err := x509.ParseCertificates(der)
	if err != nil {
		return
	}
	tls.Certificate(c, chain[0].Raw, "opcua.certificate")
	for _, u := range chain[0].URIs {
		c.FactText(dissect.Sender, plant.FieldSoftware, u.String(), "opcua.certificate", 0.9)
	}
}
