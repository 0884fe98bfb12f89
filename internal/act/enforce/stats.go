//go:build linux

package enforce

import (
	"bytes"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// Stats are the wall's other counts, since its chains were made.
func (w *Wall) Stats() (Stats, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var s Stats
	for _, t := range w.skeleton.tables {
		rules, err := w.k.dump(unix.NFT_MSG_GETRULE, t.Family, nil, true)
		if err != nil {
			return s, err
		}
		for _, r := range rules {
			if r.family != t.Family || r.text(unix.NFTA_RULE_TABLE) != t.Name {
				continue
			}
			for _, e := range r.nest(unix.NFTA_RULE_EXPRESSIONS).list {
				s.add(r.text(unix.NFTA_RULE_CHAIN), countOf(nested(e.Data)))
			}
		}
	}
	return s, nil
}

func (s *Stats) add(chain string, c Count) {
	at := map[string]*Count{
		"refuse": &s.Refused, "silence": &s.Silenced, "shadow": &s.Shadowed, "frameshadow": &s.Shadowed,
		"stop": &s.Stopped, "framestop": &s.Frames, "staged": &s.Lost, "loose": &s.Lost,
	}[chain]
	if at != nil {
		at.Packets += c.Packets
		at.Bytes += c.Bytes
	}
}

// Text is the whole of the wall as text, one line for each set, chain, rule and
// element, without counters and times: evidence that can be hashed and kept. Of
// the same contents it is the same. Rules are told by the kernel's expressions,
// as `nft --debug=netlink` tells them, with attributes by their numbers.
func (w *Wall) Text() ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	x, err := w.k.shapeOf(w.cfg.Table)
	if err != nil {
		return nil, err
	}
	if len(x.lines) == 0 {
		return nil, ErrGone
	}
	var b bytes.Buffer
	for _, l := range x.lines {
		fmt.Fprintf(&b, "%s: %s\n", l.where, l.what)
	}
	have, err := w.read(slices.Concat(w.policySets(), timedSets, constantSets))
	if err != nil {
		return nil, gone(err)
	}
	for _, name := range slices.Concat(w.policySets(), timedSets, constantSets) {
		for _, e := range have[name] {
			fmt.Fprintf(&b, "element of %s: %s\n", name, w.inWords(name, e))
		}
	}
	return b.Bytes(), nil
}
