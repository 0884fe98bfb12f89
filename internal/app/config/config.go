// Package config reads the file that says what one Bulkhead process does. It is
// strict: a word that is not known, a size that is none or a secret in the wrong
// place is an error that names the line and what would be right.
//
// docs/run.md describes the file for people.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Config is the whole file. Zero fields have defaults.
type Config struct {
	// Site names the plant; all that is seen belongs to it.
	Site string `yaml:"site"`
	// Data is the folder where everything is kept.
	Data string `yaml:"data"`
	// Roles are what this process does: "sensor", "hub" or both. Empty is both
	// where a hub elsewhere is not named.
	Roles []string `yaml:"roles"`
	// Listen is the address of the console and API, "127.0.0.1:8443".
	Listen string `yaml:"listen"`
	TLS    TLS    `yaml:"tls"`

	// Names are what the console is called in addresses, beside localhost:
	// "bulkhead.example". Passkeys are bound to the name they were made at.
	Names []string `yaml:"names"`

	// PlantFile is the plant model (docs/plant-model.md). At each start it is saved
	// as a new version if it differs from the newest.
	PlantFile string `yaml:"plant-file"`

	Sensors  []Sensor `yaml:"sensors"`
	Hub      Hub      `yaml:"hub"`
	Accounts Accounts `yaml:"accounts"`
	Bus      Bus      `yaml:"bus"`
	// Boundary is the wall on this machine, nil for none.
	Boundary *Boundary `yaml:"boundary"`
	// Confine takes from the process what it does not need, once it runs;
	// "off" leaves it.
	Confine string `yaml:"confine"`
}

// TLS says where the console's certificate comes from.
type TLS struct {
	// Mode is "own" (an authority of this installation), "files", "acme" or
	// "off". Empty is off on loopback and own elsewhere.
	Mode        string `yaml:"mode"`
	Certificate string `yaml:"certificate-file"`
	Key         string `yaml:"key-file"`
	ACME        ACME   `yaml:"acme"`
	// Oldest is the oldest version of TLS that is taken, "1.3" or "1.2".
	Oldest string `yaml:"oldest"`
}

// ACME is a server that gives certificates.
type ACME struct {
	// Directory is its URL; empty is that of Let's Encrypt.
	Directory string `yaml:"directory"`
	// CAFile vouches for it where the system's authorities do not.
	CAFile string `yaml:"ca-file"`
	Mail   string `yaml:"mail"`
}

// Sensor watches one interface or reads one capture.
type Sensor struct {
	Name string `yaml:"name"`
	// Interface is what it watches, File what it reads, as if the frames came now
	// one after the other. One of them.
	Interface string `yaml:"interface"`
	File      string `yaml:"file"`
	Workers   int    `yaml:"workers"`
	MaxFlows  int    `yaml:"max-flows"`
	// Ring is how much of the packets is kept on disk; "0" keeps none.
	Ring Size `yaml:"ring"`
	// Interval is the time between reports.
	Interval Duration `yaml:"interval"`
}

// Hub keeps what sensors report.
type Hub struct {
	// StoreURLFile holds the URL of a PostgreSQL server, which has a password
	// in it. Empty is SQLite in the data folder.
	StoreURLFile string `yaml:"store-url-file"`
	History      S3     `yaml:"history"`
	// Listen accepts sensors elsewhere, with this certificate and key.
	Listen      string   `yaml:"listen"`
	Certificate string   `yaml:"certificate-file"`
	Key         string   `yaml:"key-file"`
	Sensors     []Remote `yaml:"sensors"`
}

// S3 keeps history on S3-compatible storage; empty is the data folder.
type S3 struct {
	Endpoint      string `yaml:"endpoint"`
	Region        string `yaml:"region"`
	Bucket        string `yaml:"bucket"`
	Prefix        string `yaml:"prefix"`
	AccessKeyFile string `yaml:"access-key-file"`
	SecretKeyFile string `yaml:"secret-key-file"`
}

// Remote is a sensor elsewhere that may report here.
type Remote struct {
	Site string `yaml:"site"`
	Name string `yaml:"name"`
	// PasswordFile holds what the sensor proves itself with, plain or bcrypt.
	PasswordFile string `yaml:"password-file"`
}

// Bus is where batches wait.
type Bus struct {
	Size Size `yaml:"size"`
	// Hub is where the batches of this process's sensors go:
	// "tls://hub.example:7422".
	Hub          string `yaml:"hub"`
	PasswordFile string `yaml:"password-file"`
	CAFile       string `yaml:"ca-file"`
	// URL is a NATS server or cluster that is used in place of the own one.
	URL             string `yaml:"url"`
	CredentialsFile string `yaml:"credentials-file"`
}

// Roles of a process.
const (
	RoleSensor = "sensor"
	RoleHub    = "hub"
)

// Has reports whether the process has a role.
func (c *Config) Has(role string) bool { return slices.Contains(c.Roles, role) }

// Read reads and checks a file.
func Read(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// ErrWrong marks what is wrong in a file, for the exit code.
var ErrWrong = errors.New("the configuration is wrong")

// Parse reads the text of a file.
func Parse(text []byte) (*Config, error) {
	c := &Config{}
	if err := yaml.UnmarshalWithOptions(text, c, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrWrong, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	if err := c.Complete(); err != nil {
		return nil, err
	}
	return c, nil
}

// HostToken is the file in the data folder by which other programs on the
// machine ask a hub that runs.
const HostToken = "host.token"

// CertificateDir is the folder of the own certificate authority in the data
// folder.
const CertificateDir = "tls"

// Defaults.
const (
	DefaultListen   = "127.0.0.1:8443"
	DefaultData     = "/var/lib/bulkhead"
	DefaultSite     = "plant"
	DefaultRing     = 4 << 30
	DefaultInterval = time.Minute
)

// Complete fills in defaults and says what is wrong.
func (c *Config) Complete() error {
	c.defaults()
	var wrong []error
	bad := func(format string, a ...any) { wrong = append(wrong, fmt.Errorf(format, a...)) }
	for _, r := range c.Roles {
		if r != RoleSensor && r != RoleHub {
			bad("roles: %q is no role; there are %q and %q", r, RoleSensor, RoleHub)
		}
	}
	if c.Confine != "" && c.Confine != "off" {
		bad("confine: takes \"off\" or nothing, not %q", c.Confine)
	}
	c.checkTLS(bad)
	c.checkSensors(bad)
	c.checkHub(bad)
	c.checkAccounts(bad)
	c.checkBoundary(bad)
	if len(wrong) > 0 {
		return fmt.Errorf("%w: %w", ErrWrong, errors.Join(wrong...))
	}
	return nil
}

func (c *Config) defaults() {
	if c.Site == "" {
		c.Site = DefaultSite
	}
	if c.Data == "" {
		c.Data = DefaultData
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if len(c.Roles) == 0 {
		c.Roles = []string{RoleSensor}
		if c.Bus.Hub == "" {
			c.Roles = append(c.Roles, RoleHub)
		}
	}
	for i := range c.Sensors {
		s := &c.Sensors[i]
		if s.Name == "" {
			s.Name = s.Interface
			if s.File != "" {
				s.Name = filepath.Base(s.File)
			}
		}
		if s.Ring == "" && s.Interface != "" {
			s.Ring = "4GiB"
		}
		if s.Interval == "" {
			s.Interval = "1m"
		}
	}
}

func (c *Config) checkSensors(bad func(string, ...any)) {
	names := map[string]bool{}
	for i := range c.Sensors {
		s := &c.Sensors[i]
		where := fmt.Sprintf("sensors[%d]", i)
		switch {
		case s.Interface == "" && s.File == "":
			bad("%s: name an interface to watch or a file to read", where)
		case s.Interface != "" && s.File != "":
			bad("%s: it has an interface and a file; make two sensors of it", where)
		case names[s.Name]:
			bad("%s: there is another sensor called %q; give each its own name", where, s.Name)
		}
		names[s.Name] = true
		if _, err := s.Ring.Bytes(); err != nil {
			bad("%s: ring: %w", where, err)
		}
		if d, err := s.Interval.Length(); err != nil {
			bad("%s: interval: %w", where, err)
		} else if d < time.Second || d > time.Hour {
			bad("%s: interval: from 1s to 1h", where)
		}
		if s.Workers < 0 || s.Workers > 64 {
			bad("%s: workers: from 1 to 64", where)
		}
	}
	if len(c.Sensors) > 0 && !c.Has(RoleSensor) {
		bad("sensors: this process has not the role %q", RoleSensor)
	}
	if len(c.Sensors) == 0 && !c.Has(RoleHub) {
		bad("sensors: this process has no hub and nothing to watch; name an interface")
	}
}

func (c *Config) checkHub(bad func(string, ...any)) {
	h, b := &c.Hub, &c.Bus
	if _, err := b.Size.Bytes(); err != nil {
		bad("bus: size: %w", err)
	}
	if b.Hub != "" && b.URL != "" {
		bad("bus: it has a hub and a url; a server of its own reports to the hub, or the sensor uses the server at the url")
	}
	if b.Hub != "" && c.Has(RoleHub) {
		bad("bus: this process is a hub itself; take hub away, or the role")
	}
	if b.Hub != "" && len(c.Sensors) > 1 {
		bad("bus: a process that reports to a hub has one sensor; run one process for each interface")
	}
	if b.Hub != "" && b.PasswordFile == "" {
		bad("bus: name the password-file that the hub knows this sensor by")
	}
	if !c.Has(RoleHub) && b.Hub == "" && b.URL == "" {
		bad("bus: this process has no hub; name one (bus: hub:) or a NATS server (bus: url:)")
	}
	if (h.Certificate == "") != (h.Key == "") {
		bad("hub: certificate-file and key-file belong together")
	}
	if h.Listen == "" && len(h.Sensors) > 0 {
		bad("hub: sensors elsewhere need an address to report to: listen")
	}
	seen := map[string]bool{}
	for i, r := range h.Sensors {
		if r.Name == "" || r.PasswordFile == "" {
			bad("hub: sensors[%d]: needs name and password-file", i)
		}
		if r.Site == "" {
			h.Sensors[i].Site = c.Site
		}
		key := h.Sensors[i].Site + "\x00" + r.Name
		if seen[key] {
			bad("hub: sensors[%d]: there is another %q of this site", i, r.Name)
		}
		seen[key] = true
	}
	if s := &h.History; s.Endpoint != "" && (s.Bucket == "" || s.AccessKeyFile == "" || s.SecretKeyFile == "") {
		bad("hub: history: needs bucket, access-key-file and secret-key-file")
	}
}
