//go:build linux

package enforce

import (
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/google/nftables"
	"github.com/mdlayher/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// shape is a skeleton as a kernel tells it, line by line: what is compared to
// see whether it is still as it was made. Lines of rules are in their order, the
// others sorted.
type shape struct {
	lines []line
}

type line struct{ where, what string }

// shapeOf reads the tables of a name. It has no lines if there are none.
func (k *kernel) shapeOf(table string) (*shape, error) {
	x := &shape{}
	tables, err := k.dump(unix.NFT_MSG_GETTABLE, 0, nil, true)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if t.text(unix.NFTA_TABLE_NAME) != table || t.family != nftables.TableFamilyINet && t.family != nftables.TableFamilyBridge {
			continue
		}
		name := familyName(t.family) + " " + table
		x.add("table "+name, fmt.Sprintf("flags %d", t.number(unix.NFTA_TABLE_FLAGS)))
		if err := k.shapeOfTable(x, name, table, t.family); err != nil {
			return nil, err
		}
	}
	return x, nil
}

func (x *shape) add(where, what string) { x.lines = append(x.lines, line{where, what}) }

func (k *kernel) shapeOfTable(x *shape, name, table string, family nftables.TableFamily) error {
	attr := func(kind uint16) []netlink.Attribute {
		return []netlink.Attribute{{Type: kind, Data: append([]byte(table), 0)}}
	}
	for _, part := range []struct {
		kind, attr uint16
		table      uint16
		tell       func(attributes) (string, string)
	}{
		{unix.NFT_MSG_GETSET, unix.NFTA_SET_TABLE, unix.NFTA_SET_TABLE, setLine},
		{unix.NFT_MSG_GETCHAIN, unix.NFTA_CHAIN_TABLE, unix.NFTA_CHAIN_TABLE, chainLine},
		{unix.NFT_MSG_GETRULE, unix.NFTA_RULE_TABLE, unix.NFTA_RULE_TABLE, ruleLine},
		{nftables.NFT_MSG_GETFLOWTABLE, nftables.NFTA_FLOWTABLE_TABLE, nftables.NFTA_FLOWTABLE_TABLE, flowtableLine},
	} {
		list, err := k.dump(part.kind, family, attr(part.attr), true)
		if err != nil {
			return err
		}
		var lines []line
		for _, a := range list {
			if a.text(part.table) == table { // chains come from all tables
				where, what := part.tell(a)
				lines = append(lines, line{name + " " + where, what})
			}
		}
		if part.kind != unix.NFT_MSG_GETRULE {
			slices.SortFunc(lines, func(a, b line) int { return strings.Compare(a.where, b.where) })
		} else { // the chains in any order, the rules of each in theirs
			slices.SortStableFunc(lines, func(a, b line) int { return strings.Compare(a.where, b.where) })
		}
		x.lines = append(x.lines, lines...)
	}
	return nil
}

func setLine(a attributes) (string, string) {
	desc := a.nest(unix.NFTA_SET_DESC)
	return "set " + a.text(unix.NFTA_SET_NAME), fmt.Sprintf("flags %#x key %d of %d bytes, data %d of %d bytes, timeout %d, size %d, concatenation %x, expression %s",
		a.number(unix.NFTA_SET_FLAGS), a.number(unix.NFTA_SET_KEY_TYPE), a.number(unix.NFTA_SET_KEY_LEN),
		a.number(unix.NFTA_SET_DATA_TYPE), a.number(unix.NFTA_SET_DATA_LEN), a.number(unix.NFTA_SET_TIMEOUT),
		desc.number(unix.NFTA_SET_DESC_SIZE), desc.get(nftables.NFTA_SET_DESC_CONCAT), a.nest(attrSetExpr).text(unix.NFTA_EXPR_NAME))
}

// attrSetExpr is NFTA_SET_EXPR.
const attrSetExpr = 17

func chainLine(a attributes) (string, string) {
	where := "chain " + a.text(unix.NFTA_CHAIN_NAME)
	hook := a.nest(unix.NFTA_CHAIN_HOOK)
	if len(hook.list) == 0 {
		return where, "called by rules"
	}
	return where, fmt.Sprintf("type %s hook %d priority %d policy %d", a.text(unix.NFTA_CHAIN_TYPE),
		hook.number(unix.NFTA_HOOK_HOOKNUM), int32(hook.number(unix.NFTA_HOOK_PRIORITY)), a.number(unix.NFTA_CHAIN_POLICY))
}

func flowtableLine(a attributes) (string, string) {
	return "flowtable " + a.text(nftables.NFTA_FLOWTABLE_NAME), "leads packets past every chain"
}

func ruleLine(a attributes) (string, string) {
	var all []string
	for _, e := range a.nest(unix.NFTA_RULE_EXPRESSIONS).list {
		x := nested(e.Data)
		name := x.text(unix.NFTA_EXPR_NAME)
		s := "[ " + name
		if name != "counter" { // its numbers are not part of the rule
			s += values(x.nest(unix.NFTA_EXPR_DATA))
		}
		all = append(all, s+" ]")
	}
	return "chain " + a.text(unix.NFTA_RULE_CHAIN) + " rule", strings.Join(all, " ")
}

// values writes attributes by their numbers: words where they are words, else in
// hex.
func values(a attributes) string {
	var b strings.Builder
	for _, x := range a.list {
		kind := x.Type &^ (unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
		if n := len(x.Data); n > 2 && x.Data[n-1] == 0 && printable(x.Data[:n-1]) {
			fmt.Fprintf(&b, " %d=%s", kind, x.Data[:n-1])
			continue
		}
		if inner := nested(x.Data); x.Type&unix.NLA_F_NESTED != 0 && len(inner.list) > 0 {
			fmt.Fprintf(&b, " %d={%s }", kind, values(inner))
			continue
		}
		fmt.Fprintf(&b, " %d=%s", kind, hex.EncodeToString(x.Data))
	}
	return b.String()
}

func printable(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < 0x20 || c > 0x7e })
}

// differences says in what b differs from a, which is as it should be.
func (a *shape) differences(b *shape) []Drift {
	var all []Drift
	count := map[line]int{}
	for _, l := range a.lines {
		count[l]++
	}
	for _, l := range b.lines {
		if count[l]--; count[l] < 0 {
			all = append(all, Drift{Where: l.where, What: l.what})
		}
	}
	for _, l := range a.lines {
		if count[l] > 0 {
			count[l]--
			all = append(all, Drift{Where: l.where, What: l.what, Missing: true})
		}
	}
	if len(all) == 0 && !slices.Equal(a.lines, b.lines) {
		all = append(all, Drift{Where: "rules", What: "their order"})
	}
	return all
}

func familyName(f nftables.TableFamily) string {
	switch f {
	case nftables.TableFamilyINet:
		return "inet"
	case nftables.TableFamilyBridge:
		return "bridge"
	case nftables.TableFamilyIPv4:
		return "ip"
	case nftables.TableFamilyIPv6:
		return "ip6"
	case nftables.TableFamilyARP:
		return "arp"
	case nftables.TableFamilyNetdev:
		return "netdev"
	}
	return fmt.Sprintf("family %d", f)
}

// reference makes the skeleton in a namespace of its own and reads it back: so
// it looks in this kernel when nobody has touched it.
func reference(cfg Config) (x *shape, err error) {
	err = apart(func(k *kernel) error {
		build(cfg).create(k)
		if err := k.commit(); err != nil {
			return err
		}
		x, err = k.shapeOf(cfg.Table)
		return err
	})
	return x, err
}

// apart calls f with a namespace that is made for it and goes with it.
func apart(f func(*kernel) error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and the thread ends with the goroutine
		ns, err := netns.New()
		if err != nil {
			done <- fmt.Errorf("make a network namespace: %w", err)
			return
		}
		k := &kernel{ns: ns}
		if err = k.open(); err == nil {
			err = f(k)
		}
		_ = k.close()
		done <- err
	}()
	return <-done
}

// referenceCut is the reference with the rules that are there while there are
// containments of conduits or pairs.
func referenceCut(cfg Config) (x *shape, err error) {
	err = apart(func(k *kernel) error {
		w := &Wall{cfg: cfg, k: k, skeleton: build(cfg)}
		w.skeleton.create(k)
		w.cutting(true)
		if err := k.commit(); err != nil {
			return err
		}
		x, err = k.shapeOf(cfg.Table)
		return err
	})
	return x, err
}
