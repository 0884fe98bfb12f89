package app

import (
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/compile"
)

// TestPortsOfConduitsAreThoseThatAreRead compares the ports that a conduit opens
// for a protocol with those at which sensors look for it. A conduit opens few: a
// sensor may suggest more ports than it is right to open.
func TestPortsOfConduitsAreThoseThatAreRead(t *testing.T) {
	table, err := compile.Ports()
	if err != nil {
		t.Fatal(err)
	}
	// What these say of themselves only their carriers' ports suggest.
	carried := map[string]string{"s7comm": "tpkt", "s7comm-plus": "tpkt", "mms": "tpkt", "browser": "nbdgm", "http2": "http", "llmnr": "dns", "mdns": "dns", "cclink-ie-basic": "cclink-ie"}
	// A port that is opened and suggests another protocol: HTTP/2 runs in TLS.
	otherwise := map[string][]uint16{"http2": {443}}
	read := map[string]bool{}
	for _, p := range Protocols() {
		read[p.Name] = true
		names := []string{p.Name}
		for name, by := range carried {
			if by == p.Name {
				names = append(names, name)
			}
		}
		for _, name := range names {
			k, ok := table[name]
			if !ok {
				t.Errorf("ports.txt has no row for %s", name)
			}
			for _, port := range k.TCP {
				if !slices.Contains(p.TCP, port) && !slices.Contains(otherwise[name], port) {
					t.Errorf("ports.txt opens tcp %d for %s, where no sensor looks for it", port, name)
				}
			}
			for _, port := range k.UDP {
				if !slices.Contains(p.UDP, port) {
					t.Errorf("ports.txt opens udp %d for %s, where no sensor looks for it", port, name)
				}
			}
		}
		if k := table[p.Name]; len(p.Link) > 0 && !k.Link {
			t.Errorf("%s runs without IP, and ports.txt does not say so", p.Name)
		}
		if k := table[p.Name]; len(p.TCP)+len(p.UDP) > 0 && len(k.TCP)+len(k.UDP) == 0 && p.Name != "slmp" {
			t.Errorf("sensors know ports of %s, and ports.txt none", p.Name)
		}
	}
	for name := range table {
		if k := table[name]; len(k.TCP)+len(k.UDP) > 0 && !read[name] && carried[name] == "" {
			t.Errorf("ports.txt opens ports for %s, which no sensor reads", name)
		}
	}
}
