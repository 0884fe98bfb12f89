package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// Where a route is about: what somebody must be allowed to do has to be allowed
// there.
type scope int

const (
	// scopeNone is about no plant: sign-in, one's own account.
	scopeNone scope = iota
	// scopeSite has a site parameter in its query. Who is not on all sites must
	// give one of theirs, and gets it by default where it is the only one.
	scopeSite
	// scopeThing is about something that belongs to a site: its handler calls
	// Server.within with the site before it answers or changes anything.
	scopeThing
	// scopeSome shows nothing of a plant and is for whoever may on some site.
	scopeSome
	// scopeHub is about the whole hub and needs a grant on all sites. It is what
	// a route is that nobody has said anything about.
	scopeHub
)

// things are the routes whose handlers call within, by operation. A route with
// {id} that shows something of a plant belongs here, else only those who are on
// all sites can use it.
var things = []string{
	"asset", "assetPeers", "assetOperations", "finding", "mergeAssets", "splitAsset", "undoDecision",
	"checkModel", "saveModel", "editModel",
	"keepPackets", "keptPackets", "capture", "cancelCapture",
}

// some are the routes with scopeSome.
var some = []string{"settings", "listViews", "addView", "changeView", "removeView"}

// fresh are the acts that need a sign-in of the last minutes: what somebody
// could do at a desk that was left must not outlast the session.
var fresh = []string{
	"beginAddPasskey", "addPasskey", "removePasskey", "changePassword", "beginCodes", "confirmCodes", "newRecoveryCodes",
	"addAccount", "changeAccount", "removeAccount", "linkAccount", "unlockAccount", "addToken", "removeToken",
}

// people are routes that need a session: no token speaks for a person.
var people = []string{"signOut", "beginConfirm", "confirm", "me", "listPasskeys", "listSessions", "endSession"}

// rule is what is checked before a route is asked.
type rule struct {
	about
	scope  scope
	fresh  bool
	people bool
	signIn bool // open, and slow for each source
}

func newRule(a about, op *huma.Operation) *rule {
	r := &rule{about: a, scope: scopeHub, fresh: slices.Contains(fresh, a.id)}
	r.people = r.fresh || slices.Contains(people, a.id)
	r.signIn = a.needs == account.Open && op.Method == http.MethodPost
	site := slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == "site" })
	switch {
	case a.needs == account.Open || a.needs == account.Self:
		r.scope = scopeNone
	case slices.Contains(things, a.id):
		r.scope = scopeThing
	case site:
		r.scope = scopeSite
	case slices.Contains(some, a.id):
		r.scope = scopeSome
	}
	return r
}

// Types of problems that the console acts upon (RFC 9457 section 3.1.1).
const (
	typeSignIn  = "signin"  // nobody is signed in, or no more
	typeConfirm = "confirm" // the act needs a fresh sign-in
	typeSite    = "site"    // several sites could be meant
)

// permitted is what a request was allowed, kept in its context.
type permitted struct {
	identity *account.Identity
	needs    account.Permission
	confined bool // not on all sites
	checked  bool // within was called
}

type permittedKey struct{}

func permittedOf(ctx context.Context) *permitted {
	a, _ := ctx.Value(permittedKey{}).(*permitted)
	return a
}

// guard asks who sends a request and whether they may before it reaches its
// route, whatever the route is.
func (s *Server) guard(pattern string, next http.HandlerFunc) http.HandlerFunc {
	if pattern == "/" {
		return next // the console's files, which hold no data
	}
	return func(w http.ResponseWriter, r *http.Request) {
		rule := s.rules[pattern]
		if rule == nil {
			s.log.Error("route without a rule", "route", pattern)
			writeProblem(w, newProblem(http.StatusForbidden, "This is not allowed to anyone."))
			return
		}
		who, err := s.opt.Who.Identify(r)
		if err == nil {
			err = s.paced(rule, who, r)
		}
		if err == nil {
			err = s.permit(rule, who, r)
		}
		callerOf(r.Context(), who)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		a := &permitted{identity: who, needs: rule.needs, confined: rule.scope != scopeNone && !who.May(rule.needs, account.Everywhere)}
		ctx := context.WithValue(account.With(r.Context(), who), permittedKey{}, a)
		if rule.scope == scopeThing && a.confined {
			w = &unchecked{ResponseWriter: w, of: a, s: s, route: pattern}
		}
		own := r.WithContext(ctx)
		next(w, own)
	}
}

// callerOf notes who asks for the ledger.
func callerOf(ctx context.Context, who *account.Identity) {
	if who != nil {
		identify(ctx, caller{Account: who.Account, Name: who.Name, Token: who.Token, Via: who.Via})
	}
}

// permit says whether somebody may ask for a route.
func (s *Server) permit(rule *rule, who *account.Identity, r *http.Request) error {
	switch {
	case rule.needs == account.Open:
		return nil
	case who == nil:
		return &problemError{http.StatusUnauthorized, typeSignIn, "Sign in first."}
	case rule.people && who.Via == account.ViaToken:
		return &problemError{http.StatusForbidden, "", "An API token may not do this; it takes a person who is signed in."}
	case rule.fresh && !s.opt.Now().Before(who.Fresh):
		return &problemError{http.StatusForbidden, typeConfirm, "Confirm that it is you: this needs a sign-in of the last minutes."}
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		// The routes would read what cannot be decoded as if it were not there.
		return refuse(ErrInvalid, "The query cannot be decoded: a percent sign is written %25 and a semicolon %3B.")
	}
	switch rule.scope {
	case scopeNone:
		return nil
	case scopeSite:
		return siteAllowed(rule.needs, who, q, r.URL)
	case scopeHub:
		if !who.May(rule.needs, account.Everywhere) {
			return denied(rule.needs, "on all sites")
		}
	default:
		if len(who.Sites(rule.needs)) == 0 {
			return denied(rule.needs, "on any site")
		}
	}
	return nil
}

func denied(p account.Permission, where string) error {
	return &problemError{http.StatusForbidden, "", fmt.Sprintf("This needs the permission to %s, which your account does not have %s. Someone who administers can give it.", p, where)}
}

// siteAllowed holds the site of a query against those somebody is on, and takes
// the only one where it is left out. It writes the query anew, so that the route
// reads the site that was looked at, however it was written.
func siteAllowed(p account.Permission, who *account.Identity, q url.Values, u *url.URL) error {
	sites := who.Sites(p)
	given := q["site"]
	switch {
	case len(sites) == 0:
		return denied(p, "on any site")
	case sites[0] == account.Everywhere:
		return nil
	case len(given) > 1:
		return refuse(ErrInvalid, "Give one site.")
	case len(given) == 1 && given[0] != "":
		if !slices.Contains(sites, given[0]) {
			return denied(p, "on this site")
		}
	case len(sites) > 1:
		return &problemError{http.StatusUnprocessableEntity, typeSite, "Say which site is meant: " + strings.Join(sites, ", ") + "."}
	default:
		q.Set("site", sites[0])
	}
	u.RawQuery = q.Encode()
	return nil
}

// within refuses what belongs to a site that whoever asks is not on. It is the
// same as if there were no such thing, so that nobody learns what there is
// elsewhere. Handlers of routes in things call it before they answer or change
// anything.
func (s *Server) within(ctx context.Context, site string) error {
	a := permittedOf(ctx)
	if a == nil {
		return errors.New("a route was asked past the guard")
	}
	a.checked = true
	if a.confined && !a.identity.May(a.needs, site) {
		return refuse(ErrNotFound, "There is no such thing. It may have been removed, or never been here.")
	}
	return nil
}

// withinAsset does the same for the site of an asset.
func (s *Server) withinAsset(ctx context.Context, id string) error {
	a := permittedOf(ctx)
	if a != nil && !a.confined {
		return nil // its handler asks for the asset itself
	}
	d, err := s.store.Asset(ctx, id)
	if err != nil {
		return err
	}
	return s.within(ctx, d.Site)
}

// sees reports whether whoever asks may know of a site.
func (s *Server) sees(ctx context.Context, site string) bool {
	a := permittedOf(ctx)
	return a != nil && (!a.confined || a.identity.May(a.needs, site))
}

// isConfined reports whether whoever asks is not on all sites.
func isConfined(ctx context.Context) bool {
	a := permittedOf(ctx)
	return a == nil || a.confined
}

// unchecked keeps the answer of a handler that has not called within from one
// who is not on all sites.
type unchecked struct {
	http.ResponseWriter
	of    *permitted
	s     *Server
	route string
	dead  bool
}

// WriteHeader lets problems pass, and answers of handlers that have looked.
func (u *unchecked) WriteHeader(status int) {
	if u.dead {
		return
	}
	if status < http.StatusBadRequest && !u.of.checked {
		u.dead = true
		u.s.log.Error("a route did not say which site its answer is about", "route", u.route)
		writeProblem(u.ResponseWriter, newProblem(http.StatusInternalServerError, "Something failed here. The log of the program says what."))
		return
	}
	u.ResponseWriter.WriteHeader(status)
}

// Write lets an answer pass if its head did.
func (u *unchecked) Write(b []byte) (int, error) {
	if !u.of.checked && !u.dead {
		u.WriteHeader(http.StatusOK)
	}
	if u.dead {
		return len(b), nil
	}
	return u.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (u *unchecked) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// problemError is a refusal with a status and a type of its own.
type problemError struct {
	status int
	kind   string // "" is about:blank
	text   string
}

// Error is the text for people.
func (p *problemError) Error() string { return p.text }
