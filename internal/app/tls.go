package app

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
)

// clientTLS trusts the authorities in a file, or those of the system. An address
// without tls:// (on loopback, the bus sees to that) needs none.
func clientTLS(address, caFile string) (*tls.Config, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the hub's address: %w", err)
	}
	if u.Scheme != "tls" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS13, ServerName: u.Hostname()}
	if caFile == "" {
		return c, nil
	}
	text, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("read the authority that the hub's certificate comes from: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", caFile)
	}
	return c, nil
}

// serverTLS is the certificate of a listener, nil when no file is named.
func serverTLS(certificate, key string) (*tls.Config, error) {
	if certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate for sensors: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair}}, nil
}
