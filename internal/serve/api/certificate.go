package api

import (
	"context"
	"net/http"
	"time"
)

// Certificate is what the console's listener shows.
type Certificate struct {
	Mode      string     `json:"mode" enum:"own,files,acme,off" doc:"Where it comes from; off if this program serves without TLS."`
	Names     []string   `json:"names" doc:"For which it holds."`
	Issuer    string     `json:"issuer"`
	Until     *time.Time `json:"until" doc:"null without a certificate."`
	Print     string     `json:"fingerprint" doc:"SHA-256 of the certificate."`
	Authority string     `json:"authority_fingerprint" doc:"SHA-256 of this installation's own authority, to be compared by those who are to trust it; empty if another one vouches for it."`
	Problem   string     `json:"problem" doc:"Why it is not as it should be; empty if it is."`
}

// certified tells whether a Host header has a name that our certificate, or the
// configuration, gives this host.
func (s *Server) certified(host string) bool { return s.opt.TLS != nil && s.opt.TLS.Knows(host) }

func (s *Server) certificate(context.Context, *noInput) (*Certificate, error) {
	if s.opt.TLS == nil {
		return &Certificate{Mode: "off", Names: []string{}}, nil
	}
	c := s.opt.TLS.Status()
	out := &Certificate{Mode: string(c.Mode), Names: c.Names, Issuer: c.Issuer, Until: when(c.Until), Print: c.Fingerprint, Authority: c.Authority}
	if err := s.opt.TLS.Problem(); err != nil {
		out.Problem = err.Error()
	}
	return out, nil
}

func (s *Server) authority(w http.ResponseWriter, _ *http.Request, _ *noInput) error {
	if s.opt.TLS == nil || s.opt.TLS.Authority() == nil {
		return refuse(ErrNotFound, "This program has no authority of its own: its certificate comes from elsewhere, or it serves without TLS.")
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", `attachment; filename="bulkhead-ca.pem"`)
	_, err := w.Write(s.opt.TLS.Authority())
	return err
}
