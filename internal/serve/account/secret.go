package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// newSecret is 256 bits of chance, and the hash under which it is known.
func newSecret() (secret, hash string) {
	var b [32]byte
	rand.Read(b[:])
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, hashOf(secret)
}

// hashOf is what is kept of a secret. It has 256 bits of chance, so that a plain
// hash is as good as a slow one.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// newID names something that is no secret.
func newID() string { return strings.ToLower(rand.Text()) }

const tokenPrefix = "bh_"

var tokenText = base32.StdEncoding.WithPadding(base32.NoPadding)

// newToken is the secret of an API token: a prefix by which scanners of
// repositories and logs know it, 256 bits of chance, and a checksum, so that a
// token that was cut off is told apart without asking the store.
func newToken() (secret, hash string) {
	var b [32]byte
	rand.Read(b[:])
	secret = tokenPrefix + strings.ToLower(tokenText.EncodeToString(b[:]))
	secret += checksum(secret)
	return secret, hashOf(secret)
}

func checksum(text string) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], crc32.ChecksumIEEE([]byte(text)))
	return strings.ToLower(tokenText.EncodeToString(b[:]))
}

const checksumLength = 7

// wellFormed reports whether a text can be an API token.
func wellFormed(secret string) bool {
	if len(secret) != len(tokenPrefix)+52+checksumLength || !strings.HasPrefix(secret, tokenPrefix) {
		return false
	}
	body := secret[:len(secret)-checksumLength]
	return checksum(body) == secret[len(body):]
}
