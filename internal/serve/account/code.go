package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// One-time codes are those of RFC 6238 with the parameters that every app
// knows: SHA-1, six digits, thirty seconds. One step before and after is taken,
// for clocks that are off.
const (
	codePeriod = 30
	codeSkew   = 1
	codeIssuer = "Bulkhead"
)

// CodeSecret is what an app for one-time codes is given.
type CodeSecret struct {
	Secret string // base 32
	URI    string
	QR     string // the URI as a picture, data:image/png;base64,…
}

func newCodeSecret(account string) (CodeSecret, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: codeIssuer, AccountName: account, Period: codePeriod, SecretSize: 20})
	if err != nil {
		return CodeSecret{}, fmt.Errorf("make a secret for one-time codes: %w", err)
	}
	picture, err := key.Image(232, 232)
	if err != nil {
		return CodeSecret{}, fmt.Errorf("draw a secret for one-time codes: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return CodeSecret{}, fmt.Errorf("draw a secret for one-time codes: %w", err)
	}
	return CodeSecret{key.Secret(), key.URL(), "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())}, nil
}

// codeStep is the step that a code belongs to, 0 if it is none of those that
// are taken at a time. All are compared, so that the time says nothing.
func codeStep(secret, code string, now time.Time) int64 {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	at := now.Unix() / codePeriod
	var found int64
	for step := at - codeSkew; step <= at+codeSkew; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	return found
}

// noSecret stands in for the secret of an account that has none.
const noSecret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// takeCode spends a one-time code or a recovery code of an account. Right tells
// whether the password was right: with a wrong one the same work is done and
// nothing is spent.
func (a *Accounts) takeCode(ctx context.Context, account *store.Account, code string, right bool) (bool, error) {
	secret, id := account.Secret, account.ID
	if secret == "" {
		secret, right = noSecret, false
	}
	if !right {
		id = ""
	}
	var err error
	if step := codeStep(secret, code, a.now()); step > 0 && right {
		err = a.store.UseStep(ctx, id, step)
	} else {
		err = a.store.UseRecovery(ctx, id, recoveryHash(account.ID, code))
	}
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

const recoveryCodes = 10

// newRecovery makes recovery codes of 80 bits, "abcd-efgh-ijkl-mnop", and
// their hashes.
func newRecovery(account string) (codes, hashes []string) {
	for range recoveryCodes {
		var b [10]byte
		rand.Read(b[:])
		text := strings.ToLower(tokenText.EncodeToString(b[:]))
		code := text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		codes, hashes = append(codes, code), append(hashes, recoveryHash(account, code))
	}
	return codes, hashes
}

func recoveryHash(account, code string) string {
	code = strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	sum := sha256.Sum256([]byte(account + "\x00" + code))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
