package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Parameters of argon2id: the second recommendation of RFC 9106 section 4, for
// where memory is scarce. One hash takes 64 MiB, so few are made at once.
const (
	hashTime    = 3
	hashMemory  = 64 << 10 // KiB
	hashThreads = 4
	hashLength  = 32
	saltLength  = 16
	maxHashing  = 2
	hashingWait = 5 * time.Second
)

// errHashing is told when too many sign in at once.
var errHashing = &Refusal{Kind: ErrBusy, Text: "Too many people sign in at this moment. Try again.", After: 5 * time.Second}

// turn waits until a hash may be made.
func (a *Accounts) turn(ctx context.Context) (done func(), err error) {
	timer := time.NewTimer(hashingWait)
	defer timer.Stop()
	select {
	case a.hashing <- struct{}{}:
		return func() { <-a.hashing }, nil
	case <-timer.C:
		return nil, errHashing
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash is a password as it is kept, in the form that argon2's own tools write.
func (a *Accounts) hash(ctx context.Context, password string) (string, error) {
	done, err := a.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	var salt [saltLength]byte
	rand.Read(salt[:])
	key := argon2.IDKey(normal(password), salt[:], hashTime, hashMemory, hashThreads, hashLength)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashThreads, b64.EncodeToString(salt[:]), b64.EncodeToString(key)), nil
}

// normal is a password as it is hashed: the same letters typed on two machines
// can be different code points (NIST SP 800-63B section 5.1.1.2).
func normal(password string) []byte { return []byte(norm.NFKC.String(password)) }

// verify compares a password with what is kept. With nothing kept it takes as
// long and is false.
func (a *Accounts) verify(ctx context.Context, kept, password string) (bool, error) {
	done, err := a.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	salt, want, known := decodeHash(kept)
	key := argon2.IDKey(normal(password), salt, hashTime, hashMemory, hashThreads, hashLength)
	return subtle.ConstantTimeCompare(key, want) == 1 && known, nil
}

func decodeHash(kept string) (salt, key []byte, known bool) {
	parts := strings.Split(kept, "$")
	head := fmt.Sprintf("v=%d$m=%d,t=%d,p=%d", argon2.Version, hashMemory, hashTime, hashThreads)
	if len(parts) == 6 && parts[1] == "argon2id" && parts[2]+"$"+parts[3] == head {
		var err, err2 error
		salt, err = base64.RawStdEncoding.DecodeString(parts[4])
		key, err2 = base64.RawStdEncoding.DecodeString(parts[5])
		known = err == nil && err2 == nil && len(key) == hashLength && len(salt) == saltLength
	}
	if !known {
		return make([]byte, saltLength), make([]byte, hashLength), false
	}
	return salt, key, true
}
