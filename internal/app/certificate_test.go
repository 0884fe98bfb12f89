package app

import (
	"os"
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
)

// TestNames: an ACME server must not be asked for a name that only this host
// knows, and the own authority vouches for it.
func TestNames(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mode string
		has  bool
	}{{config.TLSOwn, true}, {config.TLSACME, false}} {
		s := &config.Config{Listen: "0.0.0.0:8443", Names: []string{"console.plant.example"}}
		s.TLS.Mode = c.mode
		if names := namesOf(s); names[0] != "console.plant.example" || slices.Contains(names, host) != c.has {
			t.Errorf("%s: %q, on host %q", c.mode, names, host)
		}
	}
}
