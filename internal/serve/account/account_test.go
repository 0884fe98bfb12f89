package account

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// desk is accounts over a SQLite store, with a clock that tests move.
type desk struct {
	*Accounts
	t   testing.TB
	db  *store.DB
	now time.Time
}

func newDesk(t testing.TB, providers ...Provider) *desk {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d := &desk{t: t, db: db, now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	if d.Accounts, err = New(Options{Store: db, Providers: providers, Now: func() time.Time { return d.now }}); err != nil {
		t.Fatal(err)
	}
	return d
}

var here = Place{Host: "localhost", Origin: "http://localhost:8443", From: netip.MustParseAddr("10.0.0.5"), Agent: "test"}

// authenticator is somebody's device.
type authenticator struct {
	virtualwebauthn.Authenticator
	key virtualwebauthn.Credential
	rp  virtualwebauthn.RelyingParty
}

func newAuthenticator() *authenticator {
	return &authenticator{
		Authenticator: virtualwebauthn.NewAuthenticator(), key: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2),
		rp: virtualwebauthn.RelyingParty{ID: "localhost", Name: "Bulkhead", Origin: "http://localhost:8443"},
	}
}

func asJSON(t testing.TB, publicKey any) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"publicKey": publicKey})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// make makes a passkey as it was asked to.
func (a *authenticator) make(t testing.TB, options any) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(asJSON(t, options))
	if err != nil {
		t.Fatal(err)
	}
	a.Options.UserHandle = []byte(o.UserID)
	return []byte(virtualwebauthn.CreateAttestationResponse(a.rp, a.Authenticator, a.key, *o))
}

// use answers a request; the counter goes up as devices count.
func (a *authenticator) use(t testing.TB, options any) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(asJSON(t, options))
	if err != nil {
		t.Fatal(err)
	}
	a.key.Counter++
	return []byte(virtualwebauthn.CreateAssertionResponse(a.rp, a.Authenticator, a.key, *o))
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantKind(t testing.TB, what string, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: %v, not %v", what, err, kind)
	}
}

// setUp makes the first administrator, with a passkey.
func (d *desk) setUp(name string) (*authenticator, Signed) {
	d.t.Helper()
	ctx := d.t.Context()
	l := must[Link](d.t)(d.SetupLink(ctx))
	o := must[Opened](d.t)(d.Open(ctx, here, l.Token))
	if err := d.EnrolAccount(ctx, o.Enrolment, name, ""); err != nil {
		d.t.Fatal(err)
	}
	a := newAuthenticator()
	e := must[Enrolled](d.t)(d.EnrolPasskey(ctx, here, o.Enrolment, "my key", a.make(d.t, must[any](d.t)(d.BeginEnrolPasskey(ctx, here, o.Enrolment)))))
	return a, e.Signed
}

const goodPassword = "lantern orchid gravel 92"

// withPassword makes an account that signs in with a password and codes.
func (d *desk) withPassword(name string, grants ...Grant) (secret string, recovery []string) {
	d.t.Helper()
	ctx := d.t.Context()
	_, l, err := d.Add(ctx, Wanted{Name: name, Grants: grants}, "root")
	if err != nil {
		d.t.Fatal(err)
	}
	o := must[Opened](d.t)(d.Open(ctx, here, l.Token))
	c := must[CodeSecret](d.t)(d.EnrolPassword(ctx, o.Enrolment, goodPassword))
	e := must[Enrolled](d.t)(d.EnrolCode(ctx, here, o.Enrolment, d.code(c.Secret)))
	return c.Secret, e.RecoveryCodes
}

func (d *desk) code(secret string) string {
	return must[string](d.t)(totp.GenerateCode(secret, d.now))
}

func (d *desk) identify(secret string) *Identity {
	return must[*Identity](d.t)(d.Identify(d.t.Context(), secret, false))
}

func TestPasskeys(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	a, first := d.setUp("Anna")
	if i := first.Identity; i.Name != "anna" || i.Display != "Anna" || !i.May(Administer, Everywhere) || i.Via != ViaPasskey {
		t.Fatalf("%+v", i)
	}
	begin := func() any { return must[any](t)(d.BeginPasskey(here)) }
	answer := a.use(t, begin())
	if s, err := d.SignInPasskey(ctx, here, answer); err != nil || s.Identity.Name != "anna" {
		t.Fatalf("%v", err)
	}
	_, err := d.SignInPasskey(ctx, here, answer)
	wantKind(t, "the same answer again", err, ErrSignIn)

	a.rp.Origin = "http://evil.example"
	_, err = d.SignInPasskey(ctx, here, a.use(t, begin()))
	wantKind(t, "a page elsewhere", err, ErrSignIn)
	a.rp.Origin = "http://localhost:9999"
	_, err = d.SignInPasskey(ctx, here, a.use(t, begin()))
	wantKind(t, "another port of the same name", err, ErrSignIn)
	a.rp.Origin = here.Origin

	a.Options.UserNotVerified = true
	_, err = d.SignInPasskey(ctx, here, a.use(t, begin()))
	wantKind(t, "nobody has proved to be its owner", err, ErrSignIn)
	a.Options.UserNotVerified = false

	_, err = d.SignInPasskey(ctx, here, a.use(t, must[any](t)(d.BeginConfirm(here, first.Identity))))
	wantKind(t, "a challenge of another purpose", err, ErrSignIn)
	late := a.use(t, begin())
	d.now = d.now.Add(challengeTime + time.Second)
	_, err = d.SignInPasskey(ctx, here, late)
	wantKind(t, "too late", err, ErrSignIn)

	other := newAuthenticator()
	other.Options.UserHandle = a.Options.UserHandle
	_, err = d.SignInPasskey(ctx, here, other.use(t, begin()))
	wantKind(t, "another device", err, ErrSignIn)

	_, err = d.BeginPasskey(Place{Host: "10.0.0.1"})
	wantKind(t, "an address for a name", err, ErrInvalid)
}

func TestACopiedPasskeyIsFoundAndRefused(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	a, _ := d.setUp("anna")
	copied := *a
	for range 3 {
		must[Signed](t)(d.SignInPasskey(ctx, here, a.use(t, must[any](t)(d.BeginPasskey(here)))))
	}
	_, err := d.SignInPasskey(ctx, here, copied.use(t, must[any](t)(d.BeginPasskey(here))))
	wantKind(t, "the copy", err, ErrDenied)
	var f *Failure
	if !errors.As(err, &f) || f.Name != "anna" {
		t.Errorf("the ledger is not told whose it is: %v", err)
	}
	_, err = d.SignInPasskey(ctx, here, a.use(t, must[any](t)(d.BeginPasskey(here))))
	wantKind(t, "the other one, after that", err, ErrDenied)
}

func TestPasswordWithCodes(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	secret, recovery := d.withPassword("bernd", Grant{"north", Viewer})
	signIn := func(name, password, code string) error {
		_, err := d.SignInPassword(ctx, here, name, password, code)
		return err
	}
	wantKind(t, "the code that proved the app", signIn("bernd", goodPassword, d.code(secret)), ErrSignIn)
	d.now = d.now.Add(time.Minute)
	if err := signIn("Bernd", goodPassword, d.code(secret)); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "the same code again", signIn("bernd", goodPassword, d.code(secret)), ErrSignIn)
	d.now = d.now.Add(30 * time.Second)
	before := must[string](t)(totp.GenerateCode(secret, d.now.Add(-30*time.Second)))
	wantKind(t, "the code before one that was taken", signIn("bernd", goodPassword, before), ErrSignIn)
	wantKind(t, "a wrong password", signIn("bernd", "not the password", d.code(secret)), ErrSignIn)
	if err := signIn("bernd", goodPassword, d.code(secret)); err != nil {
		t.Errorf("the code was spent by a wrong password: %v", err)
	}
	if err := signIn("bernd", goodPassword, strings.ToUpper(recovery[0])); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	wantKind(t, "the same recovery code again", signIn("bernd", goodPassword, recovery[0]), ErrSignIn)
	unknown, wrong := signIn("nobody", goodPassword, "123456"), signIn("bernd", "not the password", "123456")
	if unknown.Error() != wrong.Error() {
		t.Errorf("an unknown name is told apart: %q, %q", unknown, wrong)
	}
	if n := must[int](t)(d.db.RecoveryLeft(ctx, must[store.Account](t)(d.db.AccountByName(ctx, "bernd")).ID)); n != recoveryCodes-1 {
		t.Errorf("%d recovery codes are left", n)
	}
}

func TestGuessingIsSlowAndLocksNobodyOut(t *testing.T) {
	l := newLocks()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	attacker, owner := netip.MustParseAddr("10.9.9.9"), netip.MustParseAddr("10.0.0.5")
	tries, end := 0, now.Add(24*time.Hour)
	for at := now; at.Before(end); at = at.Add(time.Second) {
		if wait, _ := l.try("anna", attacker, time.Time{}, at); wait == 0 {
			tries++
		}
	}
	if tries > 120 {
		t.Errorf("%d tries in a day", tries)
	}
	if wait, _ := l.try("anna", owner, time.Time{}, end); wait > nameLimit.longest {
		t.Errorf("the owner waits %v", wait)
	}
	l.passed("anna", owner, end)
	for range 200 { // many sources at once
		l.try("anna", netip.AddrFrom4([4]byte{10, 8, byte(tries), byte(tries >> 8)}), time.Time{}, end)
		tries++
	}
	if wait, _ := l.try("anna", owner, time.Time{}, end); wait > 0 {
		t.Errorf("a source that is known waits %v", wait)
	}
	if wait, _ := l.try("anna", netip.MustParseAddr("10.7.7.7"), time.Time{}, end); wait == 0 {
		t.Error("a distributed attack is not slowed down")
	}
	if !l.locked("anna", time.Time{}, end) || l.locked("anna", end.Add(1), end) {
		t.Error("locked, or unlocked, is not seen")
	}
}

// TestTriesAreCountedBySource holds that one who waits is told the same count as
// one who tries: that of the source, whatever names it tries.
func TestTriesAreCountedBySource(t *testing.T) {
	l := newLocks()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	from := netip.MustParseAddr("10.9.9.9")
	for i := range sourceLimit.free {
		if wait, n := l.try(newID(), from, time.Time{}, now); wait != 0 || n != i+1 {
			t.Fatalf("try %d: wait %v, count %d", i+1, wait, n)
		}
	}
	if wait, n := l.try("anna", from, time.Time{}, now); wait == 0 || n != sourceLimit.free {
		t.Errorf("wait %v, count %d", wait, n)
	}
}

func TestManyTriesAtOnceDoNotPassTogether(t *testing.T) {
	l := newLocks()
	now := time.Now()
	var mu sync.Mutex
	var all sync.WaitGroup
	passed := 0
	for range 100 {
		all.Go(func() {
			if wait, _ := l.try("anna", netip.MustParseAddr("10.9.9.9"), time.Time{}, now); wait == 0 {
				mu.Lock()
				passed++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if passed > pairLimit.free {
		t.Errorf("%d passed", passed)
	}
}

func TestTablesAreBounded(t *testing.T) {
	l := newLocks()
	now := time.Now()
	for i := range 3 * maxTallies {
		l.try(newID(), netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), time.Time{}, now.Add(time.Duration(i)))
	}
	if len(l.pairs) > maxTallies || len(l.from) > maxTallies || len(l.names) > maxTallies {
		t.Errorf("%d pairs, %d sources, %d names", len(l.pairs), len(l.from), len(l.names))
	}
	p := newPending[int]()
	for range 2 * maxPending {
		p.put(newID(), 1, now)
	}
	if len(p.by) > maxPending {
		t.Errorf("%d are pending", len(p.by))
	}
}

func TestLockedOutOfThePasswordAPasskeyStillWorks(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	a, _ := d.setUp("anna")
	for range pairLimit.free + 1 {
		d.SignInPassword(ctx, here, "anna", "guess of a password", "000000")
	}
	_, err := d.SignInPassword(ctx, here, "anna", "guess of a password", "000000")
	wantKind(t, "after many tries", err, ErrWait)
	if _, err := d.SignInPasskey(ctx, here, a.use(t, must[any](t)(d.BeginPasskey(here)))); err != nil {
		t.Errorf("the passkey: %v", err)
	}
	p := must[Person](t)(d.PersonByName(ctx, "anna"))
	if !p.Locked {
		t.Error("nobody sees that it is locked")
	}
	d.now = d.now.Add(time.Second)
	if p = must[Person](t)(d.Unlock(ctx, p.ID)); p.Locked {
		t.Error("it is locked still")
	}
	_, err = d.SignInPassword(ctx, here, "anna", "guess of a password", "000000")
	wantKind(t, "after it was unlocked", err, ErrSignIn)
}

func TestOfTwoWhoHoldALinkOneSetsUpTheAccount(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	l := must[Link](t)(d.SetupLink(ctx))
	type run struct {
		enrolment string
		answer    []byte
	}
	var runs []run
	for i := range 4 {
		o := must[Opened](t)(d.Open(ctx, here, l.Token))
		if err := d.EnrolAccount(ctx, o.Enrolment, "user"+string(rune('a'+i)), ""); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run{o.Enrolment, newAuthenticator().make(t, must[any](t)(d.BeginEnrolPasskey(ctx, here, o.Enrolment)))})
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	won := 0
	for _, r := range runs {
		all.Go(func() {
			_, err := d.EnrolPasskey(context.WithoutCancel(ctx), here, r.enrolment, "", r.answer)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, ErrNotFound) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if list := must[[]Person](t)(d.People(ctx)); won != 1 || len(list) != 1 || list[0].Passkeys != 1 {
		t.Errorf("%d have set it up: %+v", won, list)
	}
	_, err := d.SetupLink(ctx)
	wantKind(t, "a set-up link where there is an account", err, ErrConflict)
}

func TestLinks(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	old := must[Link](t)(d.SetupLink(ctx))
	l := must[Link](t)(d.SetupLink(ctx))
	_, err := d.Open(ctx, here, old.Token)
	wantKind(t, "a link that was replaced", err, ErrNotFound)
	o := must[Opened](t)(d.Open(ctx, here, l.Token))
	_, err = d.BeginEnrolPasskey(ctx, here, o.Enrolment)
	wantKind(t, "without a name", err, ErrConflict)
	d.now = d.now.Add(pendingTime)
	wantKind(t, "an enrolment that took too long", d.EnrolAccount(ctx, o.Enrolment, "anna", ""), ErrSignIn)
	d.now = d.now.Add(linkTime)
	_, err = d.Open(ctx, here, l.Token)
	wantKind(t, "a link that has expired", err, ErrNotFound)

	a, s := d.setUp("anna")
	p := must[Person](t)(d.PersonByName(ctx, "anna"))
	_, l, err = d.Link(ctx, p.ID, "")
	if err != nil || l.Kind != Recover {
		t.Fatalf("%+v, %v", l, err)
	}
	if d.identify(s.Secret) == nil {
		t.Error("the link alone ends the session")
	}
	ended, stop := d.Watch(s.Identity)
	defer stop()
	o = must[Opened](t)(d.Open(ctx, here, l.Token))
	again := newAuthenticator()
	e := must[Enrolled](t)(d.EnrolPasskey(ctx, here, o.Enrolment, "", again.make(t, must[any](t)(d.BeginEnrolPasskey(ctx, here, o.Enrolment)))))
	if e.Signed.Identity.Name != "anna" || d.identify(s.Secret) != nil {
		t.Error("what was lost still signs in")
	}
	select {
	case <-ended:
	default:
		t.Error("streams of the lost session are open")
	}
	_, err = d.SignInPasskey(ctx, here, a.use(t, must[any](t)(d.BeginPasskey(here))))
	wantKind(t, "the lost passkey", err, ErrSignIn)
	_, err = d.Open(ctx, here, l.Token)
	wantKind(t, "a link that was used", err, ErrNotFound)

	enter := must[Link](t)(d.EnterLink(ctx, "demo", "Newcomer"))
	if o := must[Opened](t)(d.Open(ctx, here, enter.Token)); o.Signed == nil || !o.Signed.Identity.May(Administer, Everywhere) {
		t.Error("the link does not sign in")
	}
	_, err = d.Open(ctx, here, enter.Token)
	wantKind(t, "a link that has signed in", err, ErrNotFound)
}

func TestSessionsEnd(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	a, s := d.setUp("anna")
	begin := d.now
	for range 10 { // used again and again
		d.now = d.now.Add(29 * time.Minute)
		if d.identify(s.Secret) == nil {
			t.Fatalf("it ended after %v", d.now.Sub(begin))
		}
	}
	d.now = d.now.Add(20 * time.Minute)
	must[*Identity](t)(d.Identify(ctx, s.Secret, true))
	d.now = d.now.Add(11 * time.Minute)
	if d.identify(s.Secret) != nil {
		t.Error("a request in the background kept it")
	}
	s = must[Signed](t)(d.SignInPasskey(ctx, here, a.use(t, must[any](t)(d.BeginPasskey(here)))))
	begin = d.now
	for d.now.Sub(begin) < 12*time.Hour-10*time.Minute {
		d.now = d.now.Add(10 * time.Minute)
		if d.identify(s.Secret) == nil {
			t.Fatalf("it ended after %v", d.now.Sub(begin))
		}
	}
	d.now = begin.Add(12 * time.Hour)
	if d.identify(s.Secret) != nil {
		t.Error("it outlasts 12 hours")
	}
	if list := must[[]store.Session](t)(d.Sessions(ctx, s.Identity)); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	if d.identify("") != nil || d.identify("forged") != nil {
		t.Error("a forged session is known")
	}
}

func TestConfirmingGivesANewSecret(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	a, s := d.setUp("anna")
	d.now = d.now.Add(11 * time.Minute)
	if i := d.identify(s.Secret); d.now.Before(i.Fresh) {
		t.Error("it is fresh still")
	}
	renewed := must[Signed](t)(d.ConfirmPasskey(ctx, here, s.Identity, s.Secret, a.use(t, must[any](t)(d.BeginConfirm(here, s.Identity)))))
	if d.identify(s.Secret) != nil {
		t.Error("the old secret is valid")
	}
	if i := d.identify(renewed.Secret); i == nil || i.Session != s.Identity.Session || !d.now.Before(i.Fresh) {
		t.Errorf("%+v", i)
	}
	secret, _ := d.withPassword("bernd", Grant{Everywhere, Viewer})
	d.now = d.now.Add(time.Minute)
	b := must[Signed](t)(d.SignInPassword(ctx, here, "bernd", goodPassword, d.code(secret)))
	_, err := d.ConfirmPasskey(ctx, here, b.Identity, b.Secret, a.use(t, must[any](t)(d.BeginConfirm(here, b.Identity))))
	wantKind(t, "somebody else's passkey", err, ErrSignIn)
	list := must[[]store.Session](t)(d.Sessions(ctx, b.Identity))
	if len(list) != 2 { // of the enrolment and of the sign-in
		t.Errorf("%+v", list)
	}
	wantKind(t, "somebody else's session", d.EndSession(ctx, b.Identity, renewed.Identity.Session), ErrNotFound)
	ended, stop := d.Watch(b.Identity)
	defer stop()
	if err := d.EndSession(ctx, b.Identity, b.Identity.Session); err != nil {
		t.Fatal(err)
	}
	<-ended
	if d.identify(b.Secret) != nil {
		t.Error("the session has not ended")
	}
}

func TestTokens(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.setUp("root")
	secret, _ := d.withPassword("bernd", Grant{"north", Engineer}, Grant{"south", Viewer})
	d.now = d.now.Add(time.Minute)
	who := must[Signed](t)(d.SignInPassword(ctx, here, "bernd", goodPassword, d.code(secret))).Identity
	for _, c := range []struct {
		name  string
		grant Grant
		days  int
		kind  error
	}{
		{"what he may", Grant{"north", Engineer}, 30, nil},
		{"less than he may", Grant{"south", Viewer}, 365, nil},
		{"more than he may there", Grant{"south", Engineer}, 30, ErrDenied},
		{"everywhere", Grant{Everywhere, Viewer}, 30, ErrDenied},
		{"an administrator's", Grant{"north", Administrator}, 30, ErrDenied},
		{"no role", Grant{"north", "king"}, 30, ErrInvalid},
		{"for ever", Grant{"north", Viewer}, 400, ErrInvalid},
		{"until yesterday", Grant{"north", Viewer}, -1, ErrInvalid},
	} {
		_, _, err := d.AddToken(ctx, who, WantedToken{"x", c.grant, d.now.AddDate(0, 0, c.days)})
		if c.kind == nil && err != nil || c.kind != nil && !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	k, text, err := d.AddToken(ctx, who, WantedToken{"backup", Grant{"north", Engineer}, d.now.AddDate(0, 0, 7)})
	if err != nil {
		t.Fatal(err)
	}
	i := must[*Identity](t)(d.IdentifyToken(ctx, text))
	if i == nil || !i.May(Edit, "north") || i.May(Read, "south") || i.May(Read, Everywhere) || !i.Fresh.IsZero() {
		t.Fatalf("%+v", i)
	}
	for _, forged := range []string{"", "bh_", text[:len(text)-1], text + "a", strings.Replace(text, text[10:11], "z", 1) + "", "bh_" + strings.Repeat("a", 59), strings.ToUpper(text)} {
		if forged == text {
			continue
		}
		if i := must[*Identity](t)(d.IdentifyToken(ctx, forged)); i != nil {
			t.Errorf("%q is known", forged)
		}
	}
	// Who loses a grant loses it in all tokens.
	p := must[Person](t)(d.PersonByName(ctx, "bernd"))
	must[Person](t)(d.Change(ctx, p.ID, p.Version, Wanted{Name: "bernd", Grants: []Grant{{"north", Viewer}}}))
	if i := must[*Identity](t)(d.IdentifyToken(ctx, text)); i.May(Edit, "north") || !i.May(Read, "north") {
		t.Error("the token may more than its account")
	}
	if must[*Identity](t)(d.IdentifyToken(ctx, d.HostToken())).May(Operate, Everywhere) {
		t.Error("the host's token may change something")
	}
	d.now = k.Expires
	if must[*Identity](t)(d.IdentifyToken(ctx, text)) != nil {
		t.Error("it has not expired")
	}
}

func TestAccountsAreLookedAfter(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.setUp("root")
	root := must[Person](t)(d.PersonByName(ctx, "root"))
	_, err := d.Change(ctx, root.ID, root.Version, Wanted{Name: "root", Grants: []Grant{{"north", Administrator}}})
	wantKind(t, "demoting the last administrator", err, ErrConflict)
	wantKind(t, "removing the last administrator", d.Remove(ctx, root.ID), ErrConflict)
	p, l, err := d.Add(ctx, Wanted{Name: "Bernd.Ott@example", Display: "Bernd Ott", Mail: "B@Example.com", Grants: []Grant{{"north", Viewer}, {"north", Viewer}}}, "root")
	if err != nil || p.Name != "bernd.ott@example" || p.Mail != "b@example.com" || len(p.Grants) != 1 || l.Kind != Invite || p.Link != Invite {
		t.Fatalf("%+v %+v %v", p, l, err)
	}
	_, _, err = d.Add(ctx, Wanted{Name: "BERND.OTT@example"}, "root")
	wantKind(t, "the same name", err, ErrConflict)
	_, _, err = d.Add(ctx, Wanted{Name: "bernd ott"}, "root")
	wantKind(t, "a name with a space", err, ErrInvalid)
	_, _, err = d.Add(ctx, Wanted{Name: "x", Grants: []Grant{{"north", "king"}}}, "root")
	wantKind(t, "an unknown role", err, ErrInvalid)
	changed := must[Person](t)(d.Change(ctx, p.ID, p.Version, Wanted{Name: "bernd", Grants: []Grant{{Everywhere, Administrator}}}))
	_, err = d.Change(ctx, p.ID, p.Version, Wanted{Name: "ben"})
	wantKind(t, "a change of what was seen before", err, ErrStale)
	_, err = d.Change(ctx, p.ID, changed.Version, Wanted{Name: "root", Grants: changed.Grants})
	wantKind(t, "somebody else's name", err, ErrConflict)
	if err := d.Remove(ctx, root.ID); err != nil {
		t.Errorf("there is another administrator: %v", err)
	}
	wantKind(t, "removing it again", d.Remove(ctx, root.ID), ErrNotFound)
}

func TestRolesAndSites(t *testing.T) {
	two := &Identity{Grants: []Grant{{"north", Engineer}, {"south", Auditor}}}
	for _, c := range []struct {
		p    Permission
		site string
		want bool
	}{
		{Read, "north", true},
		{Read, "south", true},
		{Read, "west", false},
		{Read, Everywhere, false},
		{Edit, "north", true},
		{Edit, "south", false},
		{Audit, "south", true},
		{Audit, "north", false},
		{Administer, "north", false},
	} {
		if got := two.May(c.p, c.site); got != c.want {
			t.Errorf("%s on %s: %v", c.p, c.site, got)
		}
	}
	if s := two.Sites(Read); len(s) != 2 || s[0] != "north" {
		t.Errorf("%v", s)
	}
	var nobody *Identity
	if nobody.May(Open, Everywhere) || len(nobody.Sites(Read)) != 0 || len(nobody.Permissions()) != 0 {
		t.Error("nobody may something")
	}
	if Role("king").May(Read) {
		t.Error("an unknown role may read")
	}
}

func TestWeakPasswords(t *testing.T) {
	for _, weak := range []string{
		"short", "password1234", "P@ssw0rd2026", "Winter2026!!", "qwertzuiop12", "123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "Siemens#2024!", "changemechangeme",
		"Administrator1", "Bernd.Ott2026", "bernd-ott-bernd-ott", "abcdefghijklmnop", "Sommer2025Sommer2025", "WillkommenWelcome", "iloveyou123456", strings.Repeat("x", 300), "Passwort_Passwort",
	} {
		if checkPassword(weak, "bernd.ott", "Bernd Ott", "bernd@example.com") == nil {
			t.Errorf("%q is taken", weak)
		}
	}
	for _, good := range []string{goodPassword, "kettle-mango-violin", "Zr8#kq2Lw9!f", "drei Birnen kippen um", "ω τρίτη βάρκα πλέει", "correct horse battery staple"} {
		if err := checkPassword(good, "bernd.ott", "Bernd Ott", "bernd@example.com"); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func FuzzPasswords(f *testing.F) {
	f.Add("password", "me")
	f.Add("\xff\x00ẞ", "")
	f.Fuzz(func(t *testing.T, password, own string) {
		if checkPassword(password, own) == nil && len([]rune(password)) < minPassword {
			t.Errorf("%q is taken", password)
		}
	})
}
