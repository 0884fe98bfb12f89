package opcua

import (
	"crypto/x509"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

// maxCertificate bounds a certificate that is worth reading.
const maxCertificate = 1 << 14

// certificate reports the certificate of the sender, once in a conversation.
func (p *parser) certificate(c *dissect.Context, der []byte) {
	h := &p.halves[c.Side()]
	if h.saidCert || len(der) == 0 || len(der) > maxCertificate {
		return
	}
	h.saidCert = true
	cert, err := first(der)
	if err != nil {
		return
	}
	value := "subject=" + cert.Subject.String() + "; issuer=" + cert.Issuer.String() + "; until=" + cert.NotAfter.Format("2006-01-02")
	if cert.Subject.String() == cert.Issuer.String() {
		value += "; self-signed"
	}
	c.FactText(dissect.Sender, plant.FieldCertificate, value, "opcua.certificate", 0.95)
	for _, u := range cert.URIs {
		c.FactText(dissect.Sender, plant.FieldSoftware, u.String(), "opcua.certificate", 0.9)
	}
}

// first is the first certificate of a chain: certificates may follow one
// another.
func first(der []byte) (*x509.Certificate, error) {
	cert, err := x509.ParseCertificate(der)
	if err == nil {
		return cert, nil
	}
	list, err := x509.ParseCertificates(der)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}
