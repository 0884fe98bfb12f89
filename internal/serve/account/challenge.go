package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// challenges are those given to passkeys. They carry their own time and purpose
// and are signed, so that nothing is remembered for those who only ask: a flood
// of questions can push nobody out of a table. What is remembered is which were
// used, and it takes a passkey to use one.
type challenges struct {
	mu    sync.Mutex
	spent map[[16]byte]time.Time
}

const (
	challengeTime = 5 * time.Minute
	maxSpent      = 10_000
	nonceSize     = 16
	challengeSize = nonceSize + 8 + 24
)

// challenge makes one for a purpose.
func (a *Accounts) challenge(purpose string) []byte {
	b := make([]byte, nonceSize, challengeSize)
	rand.Read(b)
	b = binary.BigEndian.AppendUint64(b, uint64(a.now().Add(challengeTime).Unix()))
	return append(b, a.seal(b, purpose)...)
}

func (a *Accounts) seal(head []byte, purpose string) []byte {
	m := hmac.New(sha256.New, a.key[:])
	m.Write(head)
	m.Write([]byte(purpose))
	return m.Sum(nil)[:challengeSize-nonceSize-8]
}

// good reports whether a challenge is one of ours for a purpose and in time.
func (a *Accounts) good(c []byte, purpose string) bool {
	if len(c) != challengeSize {
		return false
	}
	head := c[:nonceSize+8]
	return hmac.Equal(a.seal(head, purpose), c[len(head):]) && a.now().Unix() < expiry(c)
}

func expiry(c []byte) int64 { return int64(binary.BigEndian.Uint64(c[nonceSize:])) }

// spend notes that a challenge was used; false if it was before.
func (c *challenges) spend(challenge []byte, now time.Time) bool {
	nonce := [16]byte(challenge)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, used := c.spent[nonce]; used {
		return false
	}
	if len(c.spent) >= maxSpent {
		for n, expires := range c.spent {
			if !now.Before(expires) {
				delete(c.spent, n)
			}
		}
		if len(c.spent) >= maxSpent {
			return false
		}
	}
	c.spent[nonce] = time.Unix(expiry(challenge), 0)
	return true
}
