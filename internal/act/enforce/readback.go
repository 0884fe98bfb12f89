//go:build linux

package enforce

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/nftables"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Read reads everything back. An error means that it could not be read, not
// that it differs.
func (w *Wall) Read() (*ReadBack, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, err := w.k.shapeOf(w.cfg.Table)
	if err != nil {
		return nil, err
	}
	if len(now.lines) == 0 {
		return nil, ErrGone
	}
	have, err := w.read(slices.Concat(w.policySets(), timedSets, constantSets))
	if err != nil {
		return nil, gone(err)
	}
	r := &ReadBack{}
	r.Drift, err = w.drift(now, have)
	if err != nil {
		return nil, err
	}
	r.Foreign, err = w.foreign()
	if err != nil {
		return nil, err
	}
	w.tell(r, have)
	return r, nil
}

// tell fills in the policy: in its own words if the kernel does just that, else
// what the elements say.
func (w *Wall) tell(r *ReadBack, have contents) {
	wd, err := unpackWords(have["words"])
	if err != nil {
		r.Drift = append(r.Drift, Drift{Where: "set words", What: err.Error()})
		r.Policy = policyOf(have, nil)
		r.Hash = r.Policy.Hash()
		return
	}
	r.Applied = wd.Policy.Hash()
	want, err := planFor(w.cfg, wd.Numbers, wd.Policy, time.Now())
	if err != nil {
		r.Drift = append(r.Drift, Drift{Where: "set words", What: err.Error()})
		r.Policy = policyOf(have, nil)
		r.Hash = r.Policy.Hash()
		return
	}
	before := len(r.Drift)
	for _, name := range w.policySets() {
		gone, come := differ(have[name], want.sets[name])
		for _, e := range gone {
			r.Drift = append(r.Drift, Drift{Where: "set " + name, What: w.inWords(name, e)})
		}
		for _, e := range come {
			if e.until.IsZero() || time.Until(e.until) > slack {
				r.Drift = append(r.Drift, Drift{Where: "set " + name, What: w.inWords(name, e), Missing: true})
			}
		}
	}
	r.Policy = wd.Policy
	if len(r.Drift) > before {
		r.Policy = policyOf(have, want)
	}
	r.Hash = r.Policy.Hash()
}

// differences are those between the chains and rules that stand and those that
// should. The rules of chain cut are there only while something is cut.
func (w *Wall) differences(now *shape, cut bool) []Drift {
	want := w.perfect
	if cut || slices.ContainsFunc(now.lines, func(l line) bool { return strings.HasSuffix(l.where, "chain cut rule") }) {
		want = w.cut
	}
	if want == nil {
		return nil
	}
	return want.differences(now)
}

// drift is what differs in chains, rules and constant sets.
func (w *Wall) drift(now *shape, have contents) ([]Drift, error) {
	all := w.differences(now, len(have["cutpairs"])+len(have["cutconduits"]) > 0)
	for _, name := range constantSets {
		s := w.skeleton.set(name)
		var fixed []element
		for _, e := range w.skeleton.fixed[s] {
			fixed = append(fixed, element{key: e.Key})
		}
		gone, come := differ(have[name], fixed)
		for _, e := range gone {
			all = append(all, Drift{Where: "set " + name, What: fmt.Sprintf("%x", e.key)})
		}
		for _, e := range come {
			all = append(all, Drift{Where: "set " + name, What: fmt.Sprintf("%x", e.key), Missing: true})
		}
	}
	return all, nil
}

var constantSets = []string{"ported", "errors4", "errors6", "neighbour", "listener"}

// inWords tells an element as a person would.
func (w *Wall) inWords(set string, e element) string {
	s := ""
	switch {
	case strings.HasPrefix(set, "zones"):
		a, _ := netip.AddrFromSlice(e.key)
		s = a.String()
		if e.stop {
			s = "the end before " + s
		}
		if len(e.val) == 4 {
			s += fmt.Sprintf(" is in zone number %d", binary.NativeEndian.Uint32(e.val))
		}
	case isConduit(set) && len(e.key) == 16 && len(e.end) == 0:
		s = fmt.Sprintf("zone number %d to %d, protocol %d, port %d",
			binary.NativeEndian.Uint32(e.key), binary.NativeEndian.Uint32(e.key[4:]), e.key[8], binary.BigEndian.Uint16(e.key[12:]))
	case isConduit(set) && len(e.key) == 16 && len(e.end) == 16:
		s = fmt.Sprintf("zone number %d to %d, protocol %d to %d, port %d to %d",
			binary.NativeEndian.Uint32(e.key), binary.NativeEndian.Uint32(e.key[4:]), e.key[8], e.end[8],
			binary.BigEndian.Uint16(e.key[12:]), binary.BigEndian.Uint16(e.end[12:]))
	case set == "pairs" && len(e.key) == 8:
		s = fmt.Sprintf("zone number %d to %d", binary.NativeEndian.Uint32(e.key), binary.NativeEndian.Uint32(e.key[4:]))
	default:
		s = fmt.Sprintf("%x", e.key)
	}
	if e.verdict != "" {
		s += ": " + e.verdict
	}
	if e.note != "" && set != "words" {
		s += fmt.Sprintf(" (%s)", e.note)
	}
	return s
}

func isConduit(set string) bool {
	return set == "conduits" || set == "ranges" || set == "relayed" || set == "cutconduits"
}

// foreign are chains of others that see the packets of the wall, before it or
// after, and could decide otherwise.
func (w *Wall) foreign() ([]Foreign, error) {
	chains, err := w.k.dump(unix.NFT_MSG_GETCHAIN, 0, nil, true)
	if err != nil {
		return nil, err
	}
	rules, err := w.ruleCounts()
	if err != nil {
		return nil, err
	}
	var all []Foreign
	for _, c := range chains {
		table, name := c.text(unix.NFTA_CHAIN_TABLE), c.text(unix.NFTA_CHAIN_NAME)
		hook := c.nest(unix.NFTA_CHAIN_HOOK)
		where := familyName(c.family) + " " + table + " " + name
		if len(hook.list) == 0 || w.mine(c.family, table) || !w.concerns(c.family, uint32(hook.number(unix.NFTA_HOOK_HOOKNUM))) {
			continue
		}
		drops := c.number(unix.NFTA_CHAIN_POLICY) == codeDrop && c.get(unix.NFTA_CHAIN_POLICY) != nil
		if rules[where] == 0 && !drops {
			continue
		}
		all = append(all, Foreign{where, fmt.Sprintf("a chain of type %s at hook %d with priority %d and %d rules sees the same packets%s",
			c.text(unix.NFTA_CHAIN_TYPE), hook.number(unix.NFTA_HOOK_HOOKNUM), int32(hook.number(unix.NFTA_HOOK_PRIORITY)), rules[where],
			map[bool]string{true: "; it drops what its rules do not accept"}[drops])})
	}
	return append(all, append(w.flowtables(), w.legacy()...)...), nil
}

func (w *Wall) mine(family nftables.TableFamily, table string) bool {
	return slices.ContainsFunc(w.skeleton.tables, func(t *nftables.Table) bool { return t.Family == family && t.Name == table })
}

// concerns reports whether a hook of a family sees forwarded packets.
func (w *Wall) concerns(family nftables.TableFamily, hook uint32) bool {
	switch family {
	case nftables.TableFamilyNetdev:
		return true
	case nftables.TableFamilyARP:
		return false
	case nftables.TableFamilyBridge:
		if w.cfg.Mode != Bridge {
			return false
		}
	default:
		if w.cfg.Mode == Bridge && w.cfg.Tracking != BrNetfilter {
			return false
		}
		if hook == 5 && family == nftables.TableFamilyINet { // ingress
			return true
		}
	}
	local := hook == uint32(*nftables.ChainHookInput) || hook == uint32(*nftables.ChainHookOutput)
	return !local || len(w.cfg.Relay) > 0
}

// ruleCounts is how many rules each chain has.
func (w *Wall) ruleCounts() (map[string]int, error) {
	rules, err := w.k.dump(unix.NFT_MSG_GETRULE, 0, nil, true)
	if err != nil {
		return nil, err
	}
	n := map[string]int{}
	for _, r := range rules {
		n[familyName(r.family)+" "+r.text(unix.NFTA_RULE_TABLE)+" "+r.text(unix.NFTA_RULE_CHAIN)]++
	}
	return n, nil
}

// flowtables lead packets past every chain. A kernel without them has none.
func (w *Wall) flowtables() []Foreign {
	list, err := w.k.dump(nftables.NFT_MSG_GETFLOWTABLE, 0, []netlink.Attribute(nil), true)
	if err != nil {
		return nil
	}
	var all []Foreign
	for _, f := range list {
		if t := f.text(nftables.NFTA_FLOWTABLE_TABLE); !w.mine(f.family, t) {
			all = append(all, Foreign{familyName(f.family) + " " + t + " " + f.text(nftables.NFTA_FLOWTABLE_NAME), "a flowtable leads packets past the wall"})
		}
	}
	return all
}

// legacy are tables of the iptables that was there before nftables.
func (w *Wall) legacy() (all []Foreign) {
	_ = w.k.do(func() error {
		for _, f := range []string{"ip_tables_names", "ip6_tables_names"} {
			b, err := os.ReadFile("/proc/thread-self/net/" + f)
			if err != nil {
				continue // such a kernel has none
			}
			for _, t := range strings.Fields(string(b)) {
				all = append(all, Foreign{f + " " + t, "a table of the older iptables sees the same packets"})
			}
		}
		return nil
	})
	return all
}
