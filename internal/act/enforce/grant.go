//go:build linux

package enforce

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/google/nftables"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxGrants bounds the grants that hold at one time.
const maxGrants = 4096

// tuple is both addresses, the protocol and the server's port, as tupleKey loads
// them.
func tuple(src, dst netip.Addr, proto uint8, port uint16) []byte {
	b := append(src.AsSlice(), dst.AsSlice()...)
	b = append(b, proto, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, port)
	return append(b, 0, 0)
}

// ofTuple reads what tuple wrote.
func ofTuple(b []byte) (src, dst netip.Addr, proto uint8, port uint16, ok bool) {
	n := (len(b) - 8) / 2
	if n != 4 && n != 16 {
		return src, dst, 0, 0, false
	}
	src, _ = netip.AddrFromSlice(b[:n])
	dst, _ = netip.AddrFromSlice(b[n : 2*n])
	return src, dst, b[2*n], binary.BigEndian.Uint16(b[2*n+4:]), true
}

func suffixOf(a netip.Addr) string {
	if a.Is4() {
		return "4"
	}
	return "6"
}

// grantNote is what the kernel keeps with a grant: as much of its reason as fits.
type grantNote struct {
	ID       string    `json:"id"`
	Until    time.Time `json:"u"`
	Approved []string  `json:"a,omitempty"`
	Why      string    `json:"w,omitempty"`
}

func noteOf(g policy.Grant) string {
	n := grantNote{g.ID, g.Until.UTC(), g.Approved, g.Why}
	for {
		b, err := json.Marshal(n)
		switch {
		case err != nil:
			return ""
		case len(b) <= maxNote:
			return string(b)
		case len(n.Why) > 0:
			n.Why = short(n.Why[:len(n.Why)*3/4])
		default:
			n.Approved = nil
			n.ID = n.ID[:min(len(n.ID), 64)]
		}
	}
}

// Grant lets a grant's connections through until its time, which the kernel
// keeps. A grant of the same id is replaced.
func (w *Wall) Grant(g policy.Grant) error {
	g.Src, g.Dst = g.Src.Unmap().WithZone(""), g.Dst.Unmap().WithZone("")
	now := time.Now()
	switch {
	case g.ID == "" || len(g.ID) > 64:
		return fmt.Errorf("%w: a grant's id has 1 to 64 bytes", ErrRefused)
	case !g.Src.IsValid() || g.Src.Is4() != g.Dst.Is4() || !g.Dst.IsValid():
		return fmt.Errorf("%w: grant %q from %v to %v", ErrRefused, g.ID, g.Src, g.Dst)
	case g.Proto != policy.TCP && g.Proto != policy.UDP || g.Port == 0:
		return fmt.Errorf("%w: grant %q is of protocol %d, port %d", ErrRefused, g.ID, g.Proto, g.Port)
	case !now.Before(g.Until):
		return fmt.Errorf("%w: grant %q ended at %v", ErrRefused, g.ID, g.Until)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refresh(); err != nil {
		return err
	}
	w.forget(now)
	if err := w.room(g); err != nil {
		return err
	}
	if old, known := w.grants[g.ID]; known {
		if err := w.take(old); err != nil {
			return err
		}
	}
	e := element{key: tuple(g.Src, g.Dst, g.Proto, g.Port), until: g.Until, note: noteOf(g)}
	if err := w.k.add(w.grantSet(g), []element{e}); err != nil {
		return err
	}
	if err := w.commit(); err != nil {
		return fmt.Errorf("grant %q: %w", g.ID, err)
	}
	w.grants[g.ID] = g
	return nil
}

// room refuses a grant that says the same as another, since the kernel has one
// element for both, and one too many.
func (w *Wall) room(g policy.Grant) error {
	for id, o := range w.grants {
		if id != g.ID && o.Src == g.Src && o.Dst == g.Dst && o.Proto == g.Proto && o.Port == g.Port {
			return fmt.Errorf("%w: grant %q is for the same connections as %q", ErrRefused, g.ID, id)
		}
	}
	if len(w.grants) >= maxGrants {
		return fmt.Errorf("%w: there are %d grants already", ErrRefused, len(w.grants))
	}
	return nil
}

// forget drops what the kernel has dropped at its time.
func (w *Wall) forget(now time.Time) {
	for id, g := range w.grants {
		if !now.Before(g.Until) {
			delete(w.grants, id)
		}
	}
}

func (w *Wall) grantSet(g policy.Grant) *nftables.Set {
	return w.skeleton.set("grants" + suffixOf(g.Src))
}

// take puts the end of a grant into the transaction.
func (w *Wall) take(g policy.Grant) error {
	return w.k.delete(w.grantSet(g), []element{{key: tuple(g.Src, g.Dst, g.Proto, g.Port)}})
}

// Revoke ends a grant and its connections. To revoke what is not there is no
// error. From the moment the element is gone no packet of the grant passes; the
// kernel's entries of its connections are cleared away after that.
func (w *Wall) Revoke(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refresh(); err != nil {
		return err
	}
	w.forget(time.Now())
	g, known := w.grants[id]
	if !known {
		return nil
	}
	if err := w.take(g); err != nil {
		return err
	}
	if err := w.commit(); err != nil {
		if time.Now().Before(g.Until) {
			return fmt.Errorf("revoke grant %q: %w", id, err)
		}
		// It ended just now by itself: there was no element any more.
	}
	delete(w.grants, id)
	return w.endGrant(g)
}

// Grants are those that the kernel still keeps, by id.
func (w *Wall) Grants() ([]policy.Grant, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	have, err := w.read([]string{"grants4", "grants6"})
	if err != nil {
		return nil, gone(err)
	}
	w.recallGrants(have)
	var all []policy.Grant
	for _, g := range w.grants {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b policy.Grant) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// recallGrants makes the grants those of the kernel. What a grant says beside
// what the kernel does is kept from before where it is the same.
func (w *Wall) recallGrants(have contents) {
	old := w.grants
	w.grants = map[string]policy.Grant{}
	for _, set := range []string{"grants4", "grants6"} {
		for _, e := range have[set] {
			g, ok := grantOf(e)
			if !ok {
				continue
			}
			if o, known := old[g.ID]; known && o.Src == g.Src && o.Dst == g.Dst && o.Proto == g.Proto && o.Port == g.Port {
				g = o
			}
			w.grants[g.ID] = g
		}
	}
}

// grantOf reads a grant; one that somebody else made has what can be seen of it.
func grantOf(e element) (g policy.Grant, ok bool) {
	g.Src, g.Dst, g.Proto, g.Port, ok = ofTuple(e.key)
	if !ok {
		return g, false
	}
	var n grantNote
	if err := json.Unmarshal([]byte(e.note), &n); err != nil || n.ID == "" {
		n = grantNote{ID: fmt.Sprintf("unknown %v to %v port %d", g.Src, g.Dst, g.Port), Until: e.until, Why: "not made by this program"}
	}
	g.ID, g.Until, g.Approved, g.Why = n.ID, n.Until, n.Approved, n.Why
	return g, true
}
