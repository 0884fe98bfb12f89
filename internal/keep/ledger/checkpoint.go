package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says what a ledger was at one moment, signed by its key. Text is
// the signed note: the ledger's name, the number of records, the root of their
// tree and the signature (C2SP tlog-checkpoint over C2SP signed-note), which
// tools of transparency logs read.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	Text string
}

// maxCheckpoint bounds the text of a checkpoint.
const maxCheckpoint = 1024

// ErrForeign means that a checkpoint was not signed by this ledger's key.
var ErrForeign = errors.New("it is not signed by this ledger's key")

// ErrNoCheckpoint means that a text is no checkpoint.
var ErrNoCheckpoint = errors.New("it is no checkpoint of a ledger; bulkhead ledger checkpoint prints one")

// sign makes a checkpoint.
func sign(size int64, root tlog.Hash, s note.Signer) (Checkpoint, error) {
	text := s.Name() + "\n" + strconv.FormatInt(size, 10) + "\n" + base64.StdEncoding.EncodeToString(root[:]) + "\n"
	signed, err := note.Sign(&note.Note{Text: text}, s)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign a checkpoint: %w", err)
	}
	return Checkpoint{size, root, string(signed)}, nil
}

// parseCheckpoint reads a checkpoint without a look at its signature.
func parseCheckpoint(text string) (Checkpoint, error) {
	if len(text) > maxCheckpoint {
		return Checkpoint{}, ErrNoCheckpoint
	}
	lines := strings.SplitN(text, "\n", 5)
	if len(lines) != 5 || lines[0] == "" || lines[3] != "" || !strings.HasPrefix(lines[4], "— ") || strings.Count(lines[4], "\n") != 1 || !strings.HasSuffix(lines[4], "\n") {
		return Checkpoint{}, ErrNoCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || err2 != nil || size < 0 || len(root) != tlog.HashSize || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, ErrNoCheckpoint
	}
	return Checkpoint{size, tlog.Hash(root), text}, nil
}

// open reads a checkpoint and checks its signature.
func openCheckpoint(text string, v note.Verifier) (Checkpoint, error) {
	c, err := parseCheckpoint(text)
	if err != nil {
		return c, err
	}
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if !strings.HasPrefix(n.Text, v.Name()+"\n") {
		return c, ErrForeign
	}
	return c, nil
}

// splitCheckpoints cuts the file of checkpoints into their texts. What is left
// behind the last whole one is rest. A piece that is none comes as it is: it
// opens as no checkpoint.
func splitCheckpoints(b []byte) (texts []string, rest []byte) {
	for len(b) > 0 {
		end := 0
		for range 5 {
			i := bytes.IndexByte(b[end:], '\n')
			if i < 0 {
				return texts, b
			}
			end += i + 1
		}
		texts = append(texts, string(b[:end]))
		b = b[end:]
	}
	return texts, nil
}
