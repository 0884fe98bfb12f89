package config

import "testing"

// TestABoundaryThatIsOnlyAsked has a hub that names a socket and nothing else:
// the box has a configuration of its own.
func TestABoundaryThatIsOnlyAsked(t *testing.T) {
	for text, want := range map[string]bool{
		"roles: [hub]\nboundary: { socket: /run/b.sock }\n":                               true,
		"roles: [sensor]\nbus: { hub: 'tls://h:1' }\nboundary: { socket: /run/b.sock }\n": false,
		"roles: [hub]\nboundary: { socket: /run/b.sock, mode: router }\n":                 false, // half of one
		"roles: [hub]\nboundary: {}\n":                                                    false,
	} {
		c, err := Parse([]byte(text))
		if (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
		if err == nil && c.BoundarySocket() != "/run/b.sock" {
			t.Errorf("%s: %s", text, c.BoundarySocket())
		}
	}
}
