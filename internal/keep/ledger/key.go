package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// makeKey makes the key that signs, and the one that verifies beside it. The
// name of a ledger is its own, so that checkpoints of two are never taken for
// one another's.
func makeKey(dir string) error {
	var id [8]byte
	rand.Read(id[:]) // never fails
	secret, public, err := note.GenerateKey(rand.Reader, "bulkhead/"+hex.EncodeToString(id[:]))
	if err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(dir, keyName), []byte(secret+"\n")); err != nil {
		return err
	}
	return writeSynced(filepath.Join(dir, verifierName), []byte(public+"\n"))
}

// Signer signs with the ledger's key what the installation says beside its
// checkpoints. Nothing else may begin as a checkpoint does, with the ledger's
// name alone in its first line.
func (l *Ledger) Signer() note.Signer { return l.signer }

func readKey(dir string) (note.Signer, note.Verifier, error) {
	v, err := readVerifier(dir)
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, keyName)
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, nil, fmt.Errorf("others may read the ledger's key; take that away: chmod 600 %s", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	s, err := note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, nil, fmt.Errorf("read the ledger's key %s: %w", path, err)
	}
	if s.Name() != v.Name() || s.KeyHash() != v.KeyHash() {
		return nil, nil, fmt.Errorf("%s and %s do not belong together; restore both from a backup", path, verifierName)
	}
	return s, v, nil
}

func readVerifier(dir string) (note.Verifier, error) {
	path := filepath.Join(dir, verifierName)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("read the ledger's public key %s: %w", path, err)
	}
	return v, nil
}

// writeSynced makes a file that only its owner reads.
func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
