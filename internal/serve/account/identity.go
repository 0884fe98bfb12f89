package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Everywhere is the site of a grant that holds on all sites.
const Everywhere = "*"

// Grant gives a role on a site.
type Grant struct {
	Site string `json:"site"` // a name, or Everywhere
	Role Role   `json:"role"`
}

func (g Grant) covers(site string) bool { return g.Site == Everywhere || g.Site == site }

// Ways in which somebody came to be signed in.
const (
	ViaPasskey  = "passkey"
	ViaPassword = "password"
	ViaOIDC     = "oidc"
	ViaLink     = "link"
	ViaToken    = "token"
)

// Identity is who asks. A nil one may do nothing.
type Identity struct {
	Account string // ID
	Name    string
	Display string
	Grants  []Grant
	Via     string
	Session string // ID of the session, "" with a token
	Token   string // ID of the token, "" with a session
	// Limit is what a token may do at most; nil for people.
	Limit   *Grant
	Fresh   time.Time // until when acts are taken that need a fresh sign-in; zero with a token
	Expires time.Time
	Idle    time.Duration // without a request after which the session ends
}

// May reports whether somebody may do something on a site; with Everywhere,
// whether they may on all sites.
func (i *Identity) May(p Permission, site string) bool {
	if i == nil || i.Limit != nil && (!i.Limit.Role.May(p) || !i.Limit.covers(site)) {
		return false
	}
	return slices.ContainsFunc(i.Grants, func(g Grant) bool { return g.covers(site) && g.Role.May(p) })
}

// Sites are those where somebody may do something, only Everywhere if it is on
// all sites.
func (i *Identity) Sites(p Permission) []string {
	if i == nil {
		return nil
	}
	if i.May(p, Everywhere) {
		return []string{Everywhere}
	}
	sites := map[string]bool{}
	if i.Limit != nil && i.Limit.Site != Everywhere {
		sites[i.Limit.Site] = true
	} else {
		for _, g := range i.Grants {
			sites[g.Site] = true
		}
	}
	var list []string
	for site := range sites {
		if i.May(p, site) {
			list = append(list, site)
		}
	}
	slices.Sort(list)
	return list
}

// Permissions are those somebody has on at least one site.
func (i *Identity) Permissions() []Permission {
	list := []Permission{}
	for _, p := range []Permission{Self, Read, Audit, Operate, Edit, Administer} {
		if p == Self && i != nil || len(i.Sites(p)) > 0 {
			list = append(list, p)
		}
	}
	return list
}

type contextKey struct{}

// With puts an identity into a context.
func With(ctx context.Context, i *Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, i)
}

// From is who asks, nil if nobody is signed in.
func From(ctx context.Context) *Identity {
	i, _ := ctx.Value(contextKey{}).(*Identity)
	return i
}

// decodeGrants reads grants as they are kept.
func decodeGrants(raw json.RawMessage) ([]Grant, error) {
	var list []Grant
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("read the grants of an account: %w", err)
	}
	return list, nil
}

// encodeGrants writes grants in an order of their own, each once.
func encodeGrants(list []Grant) (json.RawMessage, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Grant) int {
		if a.Site != b.Site {
			return strings.Compare(a.Site, b.Site)
		}
		return strings.Compare(string(a.Role), string(b.Role))
	})
	list = slices.Compact(list)
	if list == nil {
		list = []Grant{}
	}
	for _, g := range list {
		if may[g.Role] == nil {
			return nil, refuse(ErrInvalid, fmt.Sprintf("%q is no role.", g.Role))
		}
		if g.Site == "" {
			return nil, refuse(ErrInvalid, "A grant needs a site; * is all sites.")
		}
	}
	return json.Marshal(list)
}

func administers(grants []Grant) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool { return g.Role.May(Administer) })
}
