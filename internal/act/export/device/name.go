package device

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Names makes names that a device takes, of the ids of a policy. Names that
// lost something on the way carry a part of the id's hash, so that a name
// depends on its id alone and stays the same from revision to revision.
type Names struct {
	// Max is the longest name in bytes, at least 16.
	Max int
	// Allows reports whether a character may stand in a name. Letters, digits
	// and Filler always may.
	Allows string
	// Filler stands for characters that may not.
	Filler byte

	taken map[string]string
}

// For is the name of an id below a prefix, which is written as it is. Two ids
// never have one name.
func (n *Names) For(prefix, id string) string {
	name, lossy := n.clean(id)
	name = prefix + name
	if lossy || len(name) > n.Max {
		name = n.hashed(name, id)
	}
	for i := 2; ; i++ {
		// Devices differ in whether case counts, so it never does here.
		key := strings.ToLower(name)
		switch owner, is := n.taken[key]; {
		case !is:
			if n.taken == nil {
				n.taken = map[string]string{}
			}
			n.taken[key] = prefix + id
			return name
		case owner == prefix+id:
			return name
		}
		name = n.hashed(prefix+name, fmt.Sprint(id, "\x00", i))
	}
}

func (n *Names) clean(id string) (string, bool) {
	b := make([]byte, 0, len(id))
	lossy := id == ""
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == n.Filler || strings.IndexByte(n.Allows, c) >= 0:
			b = append(b, c)
		default:
			b = append(b, n.Filler)
			lossy = true
		}
	}
	return string(b), lossy
}

func (n *Names) hashed(name, id string) string {
	sum := sha256.Sum256([]byte(id))
	return name[:min(len(name), n.Max-7)] + string(n.Filler) + hex.EncodeToString(sum[:3])
}

// Plain is a text for a comment: one line of printable ASCII without quotes,
// backslashes or signs that some device reads as its own, at most that long.
func Plain(s string, longest int) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r >= 0x7f || r < ' ' || strings.ContainsRune("\"'\\?`$<>&#!;{}[]|^", r):
			b = append(b, '.')
		default:
			b = append(b, byte(r))
		}
	}
	return string(b[:min(len(b), longest)])
}
