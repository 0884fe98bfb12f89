// Package account says who may do what: accounts, their roles on sites, and the
// permissions that a role has.
//
// It is what the API asks before it answers. It knows no HTTP and no SQL: what
// it remembers stands behind an interface that the store has.
package account

import "slices"

// Role is what a person does in a plant, and by that what they may do here.
type Role string

// Roles, from the one that may least.
const (
	Viewer        Role = "viewer"
	Operator      Role = "operator"
	Engineer      Role = "engineer"
	Auditor       Role = "auditor"
	Administrator Role = "administrator"
)

// Permission is a kind of act. Every route of the API names the one it needs.
type Permission string

// Permissions.
const (
	Open       Permission = "open"       // for whoever asks: sign-in, health
	Self       Permission = "self"       // for whoever is signed in, about themselves
	Read       Permission = "read"       // look at the plant
	Audit      Permission = "audit"      // look at accounts and the ledger
	Operate    Permission = "operate"    // what a shift does: acknowledge, keep packets
	Edit       Permission = "edit"       // the plant's words, imports
	Administer Permission = "administer" // accounts, settings, this program's own state
)

// may is what each role may do.
var may = map[Role][]Permission{
	Viewer:        {Open, Self, Read},
	Operator:      {Open, Self, Read, Operate},
	Engineer:      {Open, Self, Read, Operate, Edit},
	Auditor:       {Open, Self, Read, Audit},
	Administrator: {Open, Self, Read, Audit, Operate, Edit, Administer},
}

// May reports whether a role has a permission. A role that is not known has none.
func (r Role) May(p Permission) bool { return slices.Contains(may[r], p) }
