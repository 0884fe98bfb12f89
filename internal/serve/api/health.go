package api

import (
	"context"
	"net/http"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

const probeTime = 3 * time.Second

// healthz says that the process answers, and nothing more: a program that waits
// for its database must not be killed for it.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	return writeJSON(w, r, http.StatusOK, &Health{Status: "ok", Checks: []Check{}})
}

// readyz asks everything that has to work.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	probes := append([]Probe{{Name: "store", Problem: "The database does not answer or cannot be written.", Check: s.store.Ping}}, s.opt.Ready...)
	h := Health{Status: "ok", Checks: []Check{}}
	status := http.StatusOK
	for _, p := range probes {
		c := Check{Name: p.Name, OK: true}
		if err := probe(r.Context(), p); err != nil {
			s.log.Warn("not ready", "check", p.Name, "error", err)
			c.OK, c.Problem = false, p.Problem
			h.Status, status = "not ready", http.StatusServiceUnavailable
		}
		// What the program is made of is not for whoever asks.
		if account.From(r.Context()).May(account.Read, account.Everywhere) {
			h.Checks = append(h.Checks, c)
		}
	}
	return writeJSON(w, r, status, &h)
}

func probe(ctx context.Context, p Probe) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	return p.Check(ctx)
}
