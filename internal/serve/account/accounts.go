package account

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Store is where accounts are kept; *store.DB has it.
type Store interface {
	HasAccounts(context.Context) (bool, error)
	Accounts(context.Context) ([]store.Account, error)
	Account(ctx context.Context, id string) (store.Account, error)
	AccountByName(ctx context.Context, name string) (store.Account, error)
	AccountBySubject(ctx context.Context, provider, subject string) (store.Account, error)
	AccountByMail(ctx context.Context, mail string) (store.Account, error)
	AddAccount(ctx context.Context, a store.Account, max int) error
	PutAccount(ctx context.Context, a store.Account, version int64, check func([]store.Account) error) error
	DeleteAccount(ctx context.Context, id string, check func([]store.Account) error) error
	SetUnlocked(ctx context.Context, id string, at time.Time) error
	SetSubject(ctx context.Context, id, provider, subject string) error
	SetPassword(ctx context.Context, id, hash string) error
	SetCodes(ctx context.Context, id, secret string, step int64, recovery []string) error
	SetRecovery(ctx context.Context, id string, hashes []string) error
	UseStep(ctx context.Context, id string, step int64) error
	UseRecovery(ctx context.Context, id, hash string) error
	RecoveryLeft(ctx context.Context, id string) (int, error)

	Passkeys(ctx context.Context, account string) ([]store.Passkey, error)
	AddPasskey(ctx context.Context, p store.Passkey, max int) error
	UsePasskey(ctx context.Context, p store.Passkey, was json.RawMessage) error
	DeletePasskey(ctx context.Context, account, id string) error

	PutLink(context.Context, store.AccountLink) error
	Link(ctx context.Context, hash string, now time.Time) (store.AccountLink, error)
	Links(ctx context.Context, now time.Time) ([]store.AccountLink, error)
	TakeLink(ctx context.Context, hash string, now time.Time) (store.AccountLink, error)
	Redeem(ctx context.Context, hash string, now time.Time, e store.Enrolment) error

	AddSession(ctx context.Context, s store.Session, max int) error
	Session(ctx context.Context, hash string) (store.Session, error)
	Sessions(ctx context.Context, account string) ([]store.Session, error)
	TouchSession(ctx context.Context, id string, at time.Time) error
	RotateSession(ctx context.Context, hash, newHash string, at time.Time) error
	DeleteSession(ctx context.Context, account, id string) error
	DeleteSessions(ctx context.Context, account, but string) error

	AddToken(ctx context.Context, t store.Token, max int) error
	Token(ctx context.Context, hash string) (store.Token, error)
	Tokens(ctx context.Context, account string) ([]store.Token, error)
	TouchToken(ctx context.Context, id string, at time.Time) error
	DeleteToken(ctx context.Context, account, id string) error

	ForgetExpired(ctx context.Context, now, unused time.Time) error
}

// Bounds of what there can be.
const (
	maxAccounts = 1000
	maxPasskeys = 20 // of one account
	maxSessions = 20
	maxTokens   = 50
)

// Lifetimes are how long somebody stays signed in. A zero field is its default.
type Lifetimes struct {
	// Idle is the time without a request after which a session ends: 12 hours;
	// of those who administer, 30 minutes.
	Idle, IdleAdministrator time.Duration
	// Longest is how long a session lasts at most: 7 days; of those who
	// administer, 12 hours.
	Longest, LongestAdministrator time.Duration
	// Fresh is how long after a sign-in acts are taken that need a fresh one:
	// 10 minutes.
	Fresh time.Duration
}

func (l Lifetimes) withDefaults() Lifetimes {
	for _, f := range []struct {
		field     *time.Duration
		otherwise time.Duration
	}{
		{&l.Idle, 12 * time.Hour},
		{&l.IdleAdministrator, 30 * time.Minute},
		{&l.Longest, 7 * 24 * time.Hour},
		{&l.LongestAdministrator, 12 * time.Hour},
		{&l.Fresh, 10 * time.Minute},
	} {
		if *f.field <= 0 {
			*f.field = f.otherwise
		}
	}
	return l
}

// Options are what Accounts are made of. Store is needed.
type Options struct {
	Store     Store
	Lifetimes Lifetimes
	Providers []Provider       // identity providers
	Now       func() time.Time // time.Now if nil
}

// Accounts knows who may sign in and who is signed in. Its methods may be
// called by several goroutines.
type Accounts struct {
	store      Store
	life       Lifetimes
	now        func() time.Time
	key        [32]byte // of challenges and of what a browser holds for a while
	challenges challenges
	locks      locks
	hashing    chan struct{}
	enrolments pending[enrolment]
	codes      pending[string] // secrets of one-time codes not yet proved, by account
	watches    watches
	providers  []*provider
	host       string // token of the machine's own programs
	hostHash   string
}

// New makes one.
func New(o Options) (*Accounts, error) {
	if o.Store == nil {
		return nil, errors.New("make the accounts: they need a store")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &Accounts{
		store: o.Store, life: o.Lifetimes.withDefaults(), now: o.Now, challenges: challenges{spent: map[[16]byte]time.Time{}}, locks: newLocks(),
		hashing: make(chan struct{}, maxHashing), enrolments: newPending[enrolment](), codes: newPending[string](), watches: watches{by: map[*watch]bool{}},
	}
	rand.Read(a.key[:])
	a.host, a.hostHash = newToken()
	for _, p := range o.Providers {
		made, err := newProvider(p, a.key)
		if err != nil {
			return nil, err
		}
		a.providers = append(a.providers, made)
	}
	return a, nil
}

// Place is where somebody asks from and what address their browser shows.
type Place struct {
	Host   string     // name without a port, as the browser has it
	Origin string     // "https://bulkhead.example:8443"
	From   netip.Addr // of the connection
	Agent  string     // what the browser calls itself
}

// Forget removes what has expired. Call it now and then.
func (a *Accounts) Forget(ctx context.Context) error {
	now := a.now()
	return a.store.ForgetExpired(ctx, now, now.Add(-a.life.Idle))
}

// Setup reports whether there is no account yet.
func (a *Accounts) Setup(ctx context.Context) (bool, error) {
	has, err := a.store.HasAccounts(ctx)
	return !has, err
}

// pending holds for a while what belongs to a step that is not finished. The
// oldest goes when there is no room.
type pending[T any] struct {
	mu *sync.Mutex
	by map[string]held[T]
}

type held[T any] struct {
	value   T
	expires time.Time
}

const (
	maxPending  = 256
	pendingTime = 10 * time.Minute
)

func newPending[T any]() pending[T] { return pending[T]{mu: &sync.Mutex{}, by: map[string]held[T]{}} }

func (p pending[T]) put(key string, value T, now time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.by[key]; !there && len(p.by) >= maxPending {
		oldest := ""
		for k, h := range p.by {
			if oldest == "" || h.expires.Before(p.by[oldest].expires) {
				oldest = k
			}
		}
		delete(p.by, oldest)
	}
	h := held[T]{value, now.Add(pendingTime)}
	p.by[key] = h
	return h.expires
}

// change lets f alter what is held; it reports whether there is something.
func (p pending[T]) change(key string, now time.Time, f func(*T)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, ok := p.by[key]
	if !ok || !now.Before(h.expires) {
		delete(p.by, key)
		return false
	}
	f(&h.value)
	p.by[key] = h
	return true
}

func (p pending[T]) get(key string, now time.Time) (v T, ok bool) {
	ok = p.change(key, now, func(x *T) { v = *x })
	return v, ok
}

func (p pending[T]) drop(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.by, key)
}
