//go:build linux

package enforce

import (
	"fmt"
	"os"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Probe finds out what this kernel can do. It tries everything in network
// namespaces that it makes and leaves; nothing of the machine's own changes. It
// needs CAP_SYS_ADMIN for those.
func Probe() (Caps, error) {
	c := Caps{Has: map[Feature]bool{}, Why: map[Feature]string{}}
	var u unix.Utsname
	if err := unix.Uname(&u); err == nil {
		c.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	if err := apart(func(*kernel) error { return nil }); err != nil {
		return c, fmt.Errorf("%w: %s: %w", ErrMissing, FeatureNamespaces, err)
	}
	c.Has[FeatureNamespaces] = true
	for _, t := range trials {
		if err := apart(t.try); err != nil {
			c.Why[t.feature] = err.Error()
		} else {
			c.Has[t.feature] = true
		}
	}
	return c, nil
}

// trials try each feature in a namespace of its own, since what failed may leave
// something behind.
var trials = []struct {
	feature Feature
	try     func(*kernel) error
}{
	{FeatureInet, tryRules(nftables.TableFamilyINet, nftables.ChainHookForward, code{accept})},
	{FeatureConcat, trySet(all(interval, func(s *nftables.Set) {}))},
	{FeatureTimeout, trySet(all(interval, timed))},
	{FeatureCounter, trySet(all(interval, counted))},
	{FeatureConntrack, tryRules(nftables.TableFamilyINet, nftables.ChainHookForward, append(state(expr.CtStateBitESTABLISHED), setConnMark(1)...))},
	{FeatureConntrackNL, func(k *kernel) error {
		_, err := k.route.ConntrackTableList(netlink.ConntrackTable, unix.AF_INET)
		return err
	}},
	{FeatureReject, tryRules(nftables.TableFamilyINet, nftables.ChainHookForward, code{
		&expr.Reject{Type: unix.NFT_REJECT_ICMPX_UNREACH, Code: unix.NFT_REJECT_ICMPX_ADMIN_PROHIBITED},
	})},
	{FeatureTProxy4, tryTProxy(v4)},
	{FeatureTProxy6, tryTProxy(v6)},
	{FeatureSocket, tryRules(nftables.TableFamilyINet, nftables.ChainHookPrerouting, code{&expr.Socket{Key: expr.SocketKeyTransparent, Register: flagReg}})},
	{FeatureLog, tryRules(nftables.TableFamilyINet, nftables.ChainHookForward, (&builder{group: 66}).tell(prefixDeny))},
	{FeatureBridge, tryRules(nftables.TableFamilyBridge, nftables.ChainHookForward, append((&builder{family: nftables.TableFamilyBridge}).is(v4), accept))},
	{FeatureBridgeDevice, tryBridge},
	{FeatureBridgeCT, tryRules(nftables.TableFamilyBridge, nftables.ChainHookForward, append(state(expr.CtStateBitESTABLISHED), setConnMark(1)...))},
	{FeatureBridgeReject, tryRules(nftables.TableFamilyBridge, nftables.ChainHookPrerouting, code{
		&expr.Reject{Type: unix.NFT_REJECT_ICMPX_UNREACH, Code: unix.NFT_REJECT_ICMPX_ADMIN_PROHIBITED},
	})},
	{FeatureBrNetfilter, tryBrNetfilter},
	{FeatureDynamic, tryDynamic},
}

func probeTable(k *kernel, family nftables.TableFamily) *nftables.Table {
	return k.nft.AddTable(&nftables.Table{Name: "probe", Family: family})
}

// tryRules makes a chain with one rule.
func tryRules(family nftables.TableFamily, hook *nftables.ChainHook, c code) func(*kernel) error {
	return func(k *kernel) error {
		t := probeTable(k, family)
		chain := k.nft.AddChain(&nftables.Chain{
			Name: "probe", Table: t, Type: nftables.ChainTypeFilter, Hooknum: hook, Priority: nftables.ChainPriorityFilter,
		})
		k.nft.AddRule(&nftables.Rule{Table: t, Chain: chain, Exprs: c})
		return k.commit()
	}
}

func tryTProxy(v ip) func(*kernel) error {
	b := &builder{family: nftables.TableFamilyINet}
	return tryRules(nftables.TableFamilyINet, nftables.ChainHookPrerouting, join(b.is(v), layer4(policy.TCP), code{
		&expr.Immediate{Register: keyReg, Data: []byte{0, 80}},
		&expr.TProxy{Family: v.proto, TableFamily: byte(nftables.TableFamilyINet), RegPort: keyReg},
	}))
}

// trySet makes a set as that of conduits, with an element.
func trySet(with func(*nftables.Set)) func(*kernel) error {
	return func(k *kernel) error {
		b := &builder{skeleton: &skeleton{}, table: probeTable(k, nftables.TableFamilyINet)}
		s := b.addSet("probe", typeConduit, with)
		if err := k.nft.AddSet(s, nil); err != nil {
			return err
		}
		if err := k.add(s, []element{{key: conduitKeyOf(1, 2, 6, 80), end: conduitKeyOf(1, 2, 6, 90)}}); err != nil {
			return err
		}
		return k.commit()
	}
}

// tryDynamic makes a set that rules of a bridge add to.
func tryDynamic(k *kernel) error {
	b := &builder{skeleton: &skeleton{}, family: nftables.TableFamilyBridge, table: probeTable(k, nftables.TableFamilyBridge)}
	s := b.addSet("answers4", typeAnswerFrom("4"), all(timed, func(s *nftables.Set) { s.Dynamic, s.Timeout, s.Size = true, answerTime, 16 }))
	if err := k.nft.AddSet(s, nil); err != nil {
		return err
	}
	c := k.nft.AddChain(&nftables.Chain{Name: "probe", Table: b.table})
	k.nft.AddRule(&nftables.Rule{Table: b.table, Chain: c, Exprs: join(b.is(v4), layer4(policy.UDP), answerKey(v4, true), code{&expr.Dynset{
		SrcRegKey: keyReg, SetName: s.Name, Operation: unix.NFT_DYNSET_OP_UPDATE, Timeout: answerTime,
	}})})
	return k.commit()
}

func tryBridge(k *kernel) error {
	a := netlink.NewLinkAttrs()
	a.Name = "probe0"
	return k.route.LinkAdd(&netlink.Bridge{LinkAttrs: a})
}

// tryBrNetfilter asks for the switch of the namespace itself.
func tryBrNetfilter(k *kernel) error {
	return k.do(func() error { return os.WriteFile("/proc/sys/net/bridge/bridge-nf-call-iptables", []byte("1"), 0) })
}
