package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Accounts says how people sign in.
type Accounts struct {
	// Idle is the time without a request after which a session ends, and Longest
	// how long it lasts at most; of those who administer, the others.
	Idle                 Duration `yaml:"idle"`
	IdleAdministrator    Duration `yaml:"idle-administrator"`
	Longest              Duration `yaml:"longest"`
	LongestAdministrator Duration `yaml:"longest-administrator"`
	// Fresh is how long after a sign-in accounts and tokens can be changed.
	Fresh Duration `yaml:"fresh"`
	// Providers are identity providers (OpenID Connect) that vouch for people.
	Providers []Provider `yaml:"providers"`
}

// Provider is one identity provider.
type Provider struct {
	ID               string `yaml:"id"` // in addresses
	Name             string `yaml:"name"`
	Issuer           string `yaml:"issuer"`
	ClientID         string `yaml:"client-id"`
	ClientSecretFile string `yaml:"client-secret-file"`
	// Domain makes accounts for those with a verified address of the domain who
	// have none, with Role on Site. Empty makes none.
	Domain string `yaml:"domain"`
	Role   string `yaml:"role"`
	Site   string `yaml:"site"`
}

func (c *Config) checkAccounts(bad func(string, ...any)) {
	a := &c.Accounts
	for _, d := range []struct {
		name  string
		value Duration
	}{
		{"idle", a.Idle},
		{"idle-administrator", a.IdleAdministrator},
		{"longest", a.Longest},
		{"longest-administrator", a.LongestAdministrator},
		{"fresh", a.Fresh},
	} {
		if d.value == "" {
			continue
		}
		if t, err := d.value.Length(); err != nil {
			bad("accounts: %s: %w", d.name, err)
		} else if t < time.Minute || t > 90*24*time.Hour {
			bad("accounts: %s: from 1m to 2160h", d.name)
		}
	}
	seen := map[string]bool{}
	for i := range a.Providers {
		if err := a.Providers[i].check(); err != nil {
			bad("accounts: providers[%d]: %w", i, err)
		}
		if seen[a.Providers[i].ID] {
			bad("accounts: providers[%d]: there is another %q", i, a.Providers[i].ID)
		}
		seen[a.Providers[i].ID] = true
	}
}

func (p *Provider) check() error {
	if p.ID == "" || strings.ContainsFunc(p.ID, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-') }) {
		return fmt.Errorf("id: %q is none; it has small letters, digits and dashes", p.ID)
	}
	if p.Name == "" {
		p.Name = p.ID
	}
	u, err := url.Parse(p.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u.Hostname()) {
		return fmt.Errorf("issuer: %q is no https:// address", p.Issuer)
	}
	if p.ClientID == "" || p.ClientSecretFile == "" {
		return fmt.Errorf("needs client-id and client-secret-file")
	}
	if (p.Domain == "") != (p.Role == "") {
		return fmt.Errorf("domain and role belong together: accounts are made for those of the domain, with the role")
	}
	switch p.Role {
	case "", "viewer", "operator", "engineer", "auditor":
	default:
		return fmt.Errorf("role: %q is none that an account is made with; there are viewer, operator, engineer and auditor", p.Role)
	}
	if p.Domain != "" && p.Site == "" {
		p.Site = "*"
	}
	return nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
