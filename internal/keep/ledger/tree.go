package ledger

import (
	"errors"
	"fmt"
	"io"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// frontier is the right edge of a hash tree (RFC 6962, section 2.1): the roots
// of the largest complete subtrees of n records, largest first. It is all that
// is needed to add a record and to know the root.
type frontier struct {
	n     int64
	roots []tlog.Hash
}

// add takes a record's hash and returns those that are new in the tree, in the
// order in which tlog stores them.
func (f *frontier) add(leaf tlog.Hash) []tlog.Hash {
	fresh := []tlog.Hash{leaf}
	for k := f.n; k&1 == 1; k >>= 1 {
		last := len(f.roots) - 1
		leaf = tlog.NodeHash(f.roots[last], leaf)
		f.roots = f.roots[:last]
		fresh = append(fresh, leaf)
	}
	f.roots = append(f.roots, leaf)
	f.n++
	return fresh
}

// root is the hash of the whole tree.
func (f *frontier) root() tlog.Hash {
	if len(f.roots) == 0 {
		h, _ := tlog.TreeHash(0, nil) // of no record; reads nothing
		return h
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h
}

// clone is a copy that can grow apart.
func (f *frontier) clone() frontier { return frontier{f.n, append([]tlog.Hash(nil), f.roots...)} }

// frontierAt reads the right edge of the first n records from stored hashes.
func frontierAt(n int64, r tlog.HashReader) (frontier, error) {
	var at []int64
	begin := int64(0)
	for left := uint64(n); left > 0; {
		level := bits.Len64(left) - 1
		at = append(at, tlog.StoredHashIndex(level, begin>>level))
		begin += 1 << level
		left -= 1 << level
	}
	if len(at) == 0 {
		return frontier{}, nil
	}
	roots, err := r.ReadHashes(at)
	return frontier{n, roots}, err
}

// hashReader reads stored hashes of a file.
func hashReader(f io.ReaderAt) tlog.HashReader {
	return tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			if _, err := f.ReadAt(out[i][:], x*tlog.HashSize); err != nil {
				if errors.Is(err, io.EOF) {
					err = io.ErrUnexpectedEOF
				}
				return nil, fmt.Errorf("read hash %d: %w", x, err)
			}
		}
		return out, nil
	})
}
