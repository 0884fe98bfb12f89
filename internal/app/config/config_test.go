package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	c, err := Parse([]byte("sensors: [{interface: eth1}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := c.Sensors[0]
	ring, _ := s.Ring.Bytes()
	if c.Site != DefaultSite || c.Listen != DefaultListen || !c.Has(RoleHub) || !c.Has(RoleSensor) || s.Name != "eth1" || ring != DefaultRing {
		t.Errorf("%+v", c)
	}
	if c, err = Parse([]byte("roles: [sensor]\nsensors: [{file: x/y.pcap}]\nbus: {hub: 'tls://h:7422', password-file: k}\n")); err != nil || c.Has(RoleHub) || c.Sensors[0].Name != "y.pcap" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestParseBoundary(t *testing.T) {
	c, err := Parse([]byte("site: north\nboundary: {mode: proxy-arp, office: eth0, plant: eth1, key-file: k, hosts: {plant: [10.2.0.20, 'fd00::20']}, canary: {from: 10.2.0.250, to: 10.2.0.251}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := c.Boundary
	grant, _ := b.Limits.Grant.Length()
	if b.Socket != DefaultBoundarySocket || c.BoundarySocket() != DefaultBoundarySocket || b.Data != DefaultBoundaryData || b.Canary.Port != DefaultCanaryPort || grant != 12*time.Hour || len(b.Hosts.Plant) != 2 {
		t.Errorf("%+v", b)
	}
	if c, err = Parse([]byte("site: x\n")); err != nil || c.BoundarySocket() != DefaultBoundarySocket {
		t.Errorf("%v, %v", c, err)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown word", "sensors: [{interface: eth1}]\nsenors: []\n", "2 |"},
		{"wrong type", "site: x\nsensors: 7\n", "2 |"},
		{"unknown role", "roles: [hub, gate]\n", `"gate" is no role`},
		{"nothing to watch", "sensors: [{name: a}]\n", "name an interface"},
		{"both", "sensors: [{interface: eth1, file: x}]\n", "make two sensors"},
		{"twice", "sensors: [{interface: eth1}, {interface: eth1}]\n", "another sensor"},
		{"size", "sensors: [{interface: eth1, ring: 4 Gigs}]\n", "is no size"},
		{"interval", "sensors: [{interface: eth1, interval: 5}]\n", "is no time"},
		{"interval too long", "sensors: [{interface: eth1, interval: 2h}]\n", "from 1s to 1h"},
		{"no bus", "roles: [sensor]\nsensors: [{interface: eth1}]\n", "name one (bus: hub:)"},
		{"hub and hub", "roles: [sensor, hub]\nbus: {hub: 'tls://h:1', password-file: k}\n", "is a hub itself"},
		{"sensor without role", "roles: [hub]\nsensors: [{interface: eth1}]\n", "has not the role"},
		{"half a certificate", "hub: {certificate-file: c}\n", "belong together"},
		{"TLS off for all", "listen: 0.0.0.0:8443\ntls: {mode: 'off'}\n", "only where the console listens on loopback"},
		{"a mode that is none", "tls: {mode: letsencrypt}\n", "is none; there are"},
		{"a key without a certificate", "tls: {key-file: x}\n", "needs certificate-file and key-file"},
		{"files for the own authority", "tls: {mode: own, certificate-file: x, key-file: y}\n", "belong to mode files"},
		{"ACME without a name", "names: [10.0.0.1]\ntls: {mode: acme}\n", "vouches for host names"},
		{"an ACME server without TLS", "names: [a.example]\ntls: {acme: {directory: 'http://acme.example/'}}\n", "no https:// address"},
		{"an address for a name", "names: ['https://a.example']\n", "without https:// and port"},
		{"an old TLS", "tls: {oldest: '1.1'}\n", "takes"},
		{"nameless sensor", "hub: {listen: ':1', sensors: [{site: a}]}\n", "needs name and password-file"},
		{"same sensor", "hub: {listen: ':1', sensors: [{name: a, password-file: x}, {name: a, password-file: y}]}\n", "another"},
		{"half of S3", "hub: {history: {endpoint: 'http://x'}}\n", "needs bucket"},
		{"a short session", "accounts: {idle: 1s}\n", "from 1m"},
		{"a provider without TLS", "accounts: {providers: [{id: a, issuer: 'http://x', client-id: b, client-secret-file: c}]}\n", "no https://"},
		{"a provider without a secret", "accounts: {providers: [{id: a, issuer: 'https://x', client-id: b}]}\n", "client-secret-file"},
		{"a domain without a role", "accounts: {providers: [{id: a, issuer: 'https://x', client-id: b, client-secret-file: c, domain: d}]}\n", "belong together"},
		{"administrators by domain", "accounts: {providers: [{id: a, issuer: 'https://x', client-id: b, client-secret-file: c, domain: d, role: administrator}]}\n", "is none that"},
		{"a boundary without a key", "boundary: {mode: router}\n", "key-file"},
		{"a boundary in no mode", "boundary: {mode: hub, key-file: k}\n", "there are router, proxy-arp, bridge"},
		{"a bridge with one end", "boundary: {mode: bridge, office: eth0, key-file: k}\n", "two interfaces"},
		{"a boundary between one interface", "boundary: {mode: proxy-arp, office: eth0, plant: eth0, key-file: k}\n", "nothing would pass"},
		{"a bridge with relays", "boundary: {mode: bridge, office: a, plant: b, key-file: k, relay-ports: {modbus: 5}}\n", "no relays"},
		{"two relays at one port", "boundary: {mode: router, key-file: k, relay-ports: {modbus: 5, enip: 5}}\n", "another relay's"},
		{"a host on both sides", "boundary: {mode: proxy-arp, office: a, plant: b, key-file: k, hosts: {office: [10.0.0.1], plant: [10.0.0.1]}}\n", "named twice"},
		{"hosts of a router", "boundary: {mode: router, key-file: k, hosts: {plant: [10.0.0.1]}}\n", "belong to mode proxy-arp"},
		{"a host that is none", "boundary: {mode: proxy-arp, office: a, plant: b, key-file: k, hosts: {plant: [plc1]}}\n", "plc1"},
		{"half a canary", "boundary: {mode: router, key-file: k, canary: {from: 10.0.0.1}}\n", "from and to"},
		{"a canary of two families", "boundary: {mode: router, key-file: k, canary: {from: 10.0.0.1, to: 'fd00::1'}}\n", "one family"},
		{"what is done about drift", "boundary: {mode: router, key-file: k, on-drift: panic}\n", "restore"},
		{"a grant for a year", "boundary: {mode: router, key-file: k, limits: {grant: 9000h}}\n", "limits: grant: from 1s"},
		{"confine", "confine: maybe\n", "takes \"off\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if !errors.Is(err, ErrWrong) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestAddressesAreNames: the console may be called by an address.
func TestAddressesAreNames(t *testing.T) {
	if _, err := Parse([]byte("names: [bulkhead.plant.example, 10.1.2.3, 'fd00::1']\n")); err != nil {
		t.Error(err)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[Size]int64{"": 0, "0": 0, "17": 17, "4GiB": 4 << 30, "1.5 MiB": 3 << 19, "500MB": 500e6, "9B": 9} {
		if n, err := text.Bytes(); err != nil || n != want {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	for _, text := range []Size{"-1", "x", "4GiBB", "1e30TB", "NaN"} {
		if n, err := text.Bytes(); err == nil {
			t.Errorf("%q: %d", text, n)
		}
	}
}

func TestSecrets(t *testing.T) {
	write := func(text string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if s, err := Secret(write("abc\n", 0o600)); err != nil || s != "abc" {
		t.Errorf("%q, %v", s, err)
	}
	for name, path := range map[string]string{
		"open to all": write("abc", 0o604), "empty": write(" \n", 0o600), "two lines": write("a\nb\n", 0o600), "missing": "/nonexistent/key",
	} {
		if s, err := Secret(path); err == nil {
			t.Errorf("%s: %q", name, s)
		}
	}
}
