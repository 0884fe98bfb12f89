// Package device is what the exports to firewalls of all brands have in common:
// the options of an export, the refusal of what a device cannot do, a policy
// laid out as the rules that a firewall needs, names that a device takes, and,
// for reading a configuration, sets of addresses and services of which only
// bounds are known, and where a device routes addresses to.
//
// It knows no brand's syntax and does no I/O. The brands are the packages
// beside it.
package device

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Options are what an export needs to know beside the policy.
type Options struct {
	// Revision labels the policy in comments: "12". The policy's hash is always
	// written beside it.
	Revision string
	// Now is when the export is made: conduits whose time has passed are left
	// out. The zero time leaves none out.
	Now time.Time
	// Interfaces are the device's own names of the interface (or, where the
	// brand has them, zone) behind which a zone's addresses are, by zone id; that
	// of "" is where everything else is. FortiGate and MikroTik bind rules to
	// interfaces where both ends have one; IOS applies its lists to all of them and
	// cannot do without; OPNsense's rules are floating, by address alone.
	Interfaces map[string]string
	// Reasons are why a conduit is there, by its id, for comments.
	Reasons map[string]string
	// Location is the time zone that the device's clock shows; nil is UTC. Only
	// times of expiry depend on it.
	Location *time.Location
	// Own are the device's own addresses, where a list of rules also judges what
	// is addressed to the device itself (IOS): they are let through ahead of it.
	Own []netip.Addr
	// Family limits an export to 4 or 6; 0 is both.
	Family int
}

// Errors that exports and readings wrap.
var (
	// ErrRefused is of a policy that a device cannot hold: see Refusal.
	ErrRefused = errors.New("the device cannot hold this policy")
	// ErrOptions is of an export that lacks what only people know.
	ErrOptions = errors.New("the export lacks an option")
	// ErrText is of a configuration that is broken or not one of that brand.
	ErrText = errors.New("not a configuration of this brand")
)

// Lack is one thing of a policy that a device cannot do.
type Lack struct {
	Conduit string // its id, "" if it is about the whole policy
	What    string
}

// Refusal is the error of an export to a device that lacks what the policy
// needs. It names every conduit concerned.
type Refusal struct {
	Device string
	Lacks  []Lack
}

// Error says what is lacking, conduit by conduit.
func (r *Refusal) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %v", r.Device, ErrRefused)
	for i, l := range r.Lacks {
		b.WriteString([...]string{"; ", ": "}[b2i(i == 0)])
		if l.Conduit != "" {
			fmt.Fprintf(&b, "conduit %q: ", l.Conduit)
		}
		b.WriteString(l.What)
	}
	return b.String()
}

// Unwrap makes a refusal an ErrRefused.
func (r *Refusal) Unwrap() error { return ErrRefused }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// MaxText bounds a configuration that is read: the largest of small firewalls
// have a few megabytes.
const MaxText = 32 << 20

// Label is what comments say of the policy: revision and hash.
func (o *Options) Label(p *policy.Policy) string {
	label := "sha256 " + p.Hash()
	if o.Revision != "" {
		label = "revision " + Plain(o.Revision, 40) + ", " + label
	}
	return label
}
