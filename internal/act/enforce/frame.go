//go:build linux

package enforce

import (
	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// addFrames makes the table of a bridge whose IP packets are judged by another
// table: it decides about frames without IP.
func (b *builder) addFrames() {
	b.base("frames", nftables.ChainHookForward, b.priority(), nftables.ChainPolicyDrop)
	b.frameChains()
	b.frameRules("frames")
	b.rule("frames", code{accept})
}

// frameChains are the chains and the map for frames without IP. The map has a
// verdict for every EtherType.
func (b *builder) frameChains() {
	b.addSet("ethernet", nftables.TypeEtherType, all(interval, leads))
	b.chain("frameshadow")
	b.chain("framestop")
}

// frameRules lets ARP through and decides about frames that are not IP. A VLAN's
// tag is taken off before: what counts is the frame within.
func (b *builder) frameRules(chain string) {
	etherType := &expr.Meta{Key: expr.MetaKeyPROTOCOL, Register: keyReg}
	b.rule(chain, code{etherType, &expr.Cmp{Op: expr.CmpOpEq, Register: keyReg, Data: ether(unix.ETH_P_ARP)}, accept})
	b.rule(chain, code{
		etherType,
		&expr.Cmp{Op: expr.CmpOpNeq, Register: keyReg, Data: ether(unix.ETH_P_IP)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: keyReg, Data: ether(unix.ETH_P_IPV6)},
		verdictOf("ethernet"),
	})
	b.rule("frameshadow", b.tell(prefixShadow))
	b.rule("frameshadow", code{counter, accept})
	b.rule("framestop", b.tell(prefixFrame))
	b.rule("framestop", code{counter, drop})
}
