package wall

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// statementHead is the first line of what is signed. The hub's key signs other
// statements too; none of them begins so.
const statementHead = "bulkhead boundary revision"

// Statement is the text that says that a revision of a site is approved.
func Statement(site string, number int64, hash string) string {
	return fmt.Sprintf("%s\n%s\n%d\n%s\n", statementHead, site, number, hash)
}

// Sign signs that a revision is approved. Hash is policy.Hash. The site may have
// no line break in it.
func Sign(s note.Signer, site string, number int64, hash string) (string, error) {
	if strings.ContainsAny(site, "\r\n") {
		return "", fmt.Errorf("sign revision %d: the site's name %q has a line break", number, site)
	}
	b, err := note.Sign(&note.Note{Text: Statement(site, number, hash)}, s)
	if err != nil {
		return "", fmt.Errorf("sign revision %d: %w", number, err)
	}
	return string(b), nil
}

// ErrSignature means that a revision is not signed by the hub that this boundary
// was given.
var ErrSignature = errors.New("the revision is not signed by this boundary's hub")

// verify holds a signature against what it should say.
func verify(v note.Verifier, signature, site string, number int64, hash string) error {
	n, err := note.Open([]byte(signature), note.VerifierList(v))
	if err != nil {
		return fmt.Errorf("%w: %v; the key %s is in boundary: key-file, the hub's own in its ledger's folder", ErrSignature, err, v.Name())
	}
	if n.Text != Statement(site, number, hash) {
		return fmt.Errorf("%w: it is signed for something else than revision %d of %q with hash %s", ErrSignature, number, site, hash)
	}
	return nil
}

// ReadKey reads a verifier's key from a file.
func ReadKey(path string) (note.Verifier, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the hub's key: %w; copy it from the hub's data folder (ledger/key.pub)", err)
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("read the hub's key %s: %w; it must hold the one line of the hub's ledger/key.pub", path, err)
	}
	return v, nil
}
