package account

import (
	"net/netip"
	"sync"
	"time"
)

// locks slows down those who guess passwords. Failures are counted by account
// and source together, by source, and by account. One source soon waits
// minutes between tries at one account, while its owner, who comes from
// elsewhere, does not wait. Many sources together are slowed down by the count
// of the account; a source from which its owner signed in before is exempt from
// that. Passkeys are exempt from all of it: they cannot be guessed, so that
// there is nothing an attacker could lock an owner out of.
type locks struct {
	mu    sync.Mutex
	pairs table[pair]
	from  table[netip.Addr]
	names table[string]
	known table[pair] // sources from which an account signed in
}

type pair struct {
	name string
	from netip.Addr
}

// Limits of tries. A person errs a few times; after that each try doubles the
// wait.
var (
	pairLimit   = limit{free: 5, longest: 15 * time.Minute}
	sourceLimit = limit{free: 20, longest: time.Minute}
	nameLimit   = limit{free: 50, longest: time.Minute}
)

const (
	maxTallies = 4096
	// tallyTime is after which failures are forgotten, and for how long a
	// source is known.
	tallyTime = 24 * time.Hour
	knownTime = 30 * 24 * time.Hour
)

func newLocks() locks {
	return locks{pairs: table[pair]{}, from: table[netip.Addr]{}, names: table[string]{}, known: table[pair]{}}
}

// try counts a try before its outcome is known, so that many at once do not
// pass together, and returns how long to wait if it must not be made. What was
// counted before unlocked does not count. N is how many tries of this source
// have failed since the last that did not.
func (l *locks) try(name string, from netip.Addr, unlocked, now time.Time) (wait time.Duration, n int) {
	from = source(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	p := pair{name, from}
	byPair, byName, bySource := l.pairs.at(p, now, tallyTime), l.names.at(name, now, tallyTime), l.from.at(from, now, tallyTime)
	for _, t := range []*tally{byPair, byName} {
		if t.last.Before(unlocked) {
			*t = tally{last: now}
		}
	}
	wait = max(byPair.until.Sub(now), bySource.until.Sub(now))
	if !l.known.has(p, now, knownTime) {
		wait = max(wait, byName.until.Sub(now))
	}
	if wait > 0 {
		return wait, bySource.n
	}
	pairLimit.count(byPair, now)
	sourceLimit.count(bySource, now)
	nameLimit.count(byName, now)
	return 0, bySource.n
}

// passed forgets the failures of a source that has proved who it is. The count
// of the account stays: others made it.
func (l *locks) passed(name string, from netip.Addr, now time.Time) {
	from = source(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	p := pair{name, from}
	delete(l.pairs, p)
	delete(l.from, from)
	if t := l.names[name]; t != nil && t.n > 0 {
		t.n--
	}
	l.known.at(p, now, knownTime).last = now
}

// locked reports whether anybody waits to sign in as somebody.
func (l *locks) locked(name string, unlocked, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	waits := func(t *tally) bool { return t.until.After(now) && !t.last.Before(unlocked) }
	if t := l.names[name]; t != nil && waits(t) {
		return true
	}
	for p, t := range l.pairs {
		if p.name == name && waits(t) {
			return true
		}
	}
	return false
}

// source is who is slowed down for an address: in IPv6 its /64, which is what
// one subscriber or network has at least.
func source(a netip.Addr) netip.Addr {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

type limit struct {
	free    int
	longest time.Duration
}

func (l limit) count(t *tally, now time.Time) {
	t.n++
	t.last = now
	if over := t.n - l.free; over >= 0 {
		t.until = now.Add(min(time.Second<<min(over, 20), l.longest))
	}
}

type tally struct {
	n     int
	last  time.Time
	until time.Time
}

// table is a bounded table of tallies. When it is full the one that was not
// touched for the longest time goes.
type table[K comparable] map[K]*tally

func (t table[K]) at(key K, now time.Time, keep time.Duration) *tally {
	if x := t[key]; x != nil {
		if now.Sub(x.last) > keep {
			*x = tally{last: now}
		}
		return x
	}
	if len(t) >= maxTallies {
		var oldest K
		var last time.Time
		for k, x := range t {
			if last.IsZero() || x.last.Before(last) {
				oldest, last = k, x.last
			}
		}
		delete(t, oldest)
	}
	x := &tally{last: now}
	t[key] = x
	return x
}

func (t table[K]) has(key K, now time.Time, keep time.Duration) bool {
	x := t[key]
	return x != nil && now.Sub(x.last) <= keep
}
