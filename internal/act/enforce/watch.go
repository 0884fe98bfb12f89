//go:build linux

package enforce

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxWatched bounds the conversations that are watched.
const maxWatched = 4096

// Watch makes list the critical conversations whose answers are counted; the
// counts begin at 0. What is there twice is counted once and told twice.
func (w *Wall) Watch(list []policy.Critical) error {
	if len(list) > maxWatched {
		return fmt.Errorf("%w: %d critical conversations are more than %d", ErrRefused, len(list), maxWatched)
	}
	sets := contents{}
	for i, c := range list {
		if !c.Client.IsValid() || c.Client.Is4() != c.Server.Is4() || c.Proto != policy.TCP && c.Proto != policy.UDP {
			return fmt.Errorf("%w: critical conversation %q is no TCP or UDP between two addresses", ErrRefused, c.Says)
		}
		name := "watch" + suffixOf(c.Client)
		sets[name] = append(sets[name], element{key: answerOf(c), note: strconv.Itoa(i)})
	}
	sets.sort()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refresh(); err != nil {
		return err
	}
	for _, name := range []string{"watch4", "watch6"} {
		s := w.skeleton.set(name)
		w.k.nft.FlushSet(s)
		unique := slices.CompactFunc(sets[name], func(a, b element) bool { return string(a.key) == string(b.key) })
		if err := w.k.add(s, unique); err != nil {
			return err
		}
	}
	if err := w.commit(); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	w.watched = slices.Clone(list)
	return nil
}

// answerOf is the key of an answer: the server's address and port first.
func answerOf(c policy.Critical) []byte { return tuple(c.Server, c.Client, c.Proto, c.Port) }

// Seen is how often each watched conversation was answered through the wall
// since Watch, in the order of Watch.
func (w *Wall) Seen() ([]Seen, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	have, err := w.read([]string{"watch4", "watch6"})
	if err != nil {
		return nil, gone(err)
	}
	counts := map[string]Count{}
	for _, list := range have {
		for _, e := range list {
			counts[string(e.key)] = e.count
		}
	}
	all := make([]Seen, len(w.watched))
	for i, c := range w.watched {
		n := counts[string(answerOf(c))]
		all[i] = Seen{Critical: c, Packets: n.Packets, Bytes: n.Bytes}
	}
	return all, nil
}

// Counters are the conduits' counts, by id.
func (w *Wall) Counters() (map[string]Count, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	have, err := w.read([]string{"conduits", "ranges", "relayed"})
	if err != nil {
		return nil, gone(err)
	}
	all := map[string]Count{}
	for _, list := range have {
		for _, e := range list {
			n := all[e.note]
			n.Packets += e.count.Packets
			n.Bytes += e.count.Bytes
			all[e.note] = n
		}
	}
	return all, nil
}
