//go:build linux

package enforce

import (
	"encoding/binary"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// addForward is the order in which a packet is decided about.
func (b *builder) addForward() {
	if b.family == nftables.TableFamilyBridge {
		b.frameRules("forward")
	}
	b.rule("forward", b.icmpIn(v6, "neighbour"), hopLimit(255), code{accept})
	if b.cfg.Mode == Bridge {
		b.rule("forward", b.icmpIn(v6, "listener"), hopLimit(1), code{accept})
	}
	b.rule("forward", code{jump("contained")})
	if b.tracked {
		b.rule("forward", connMark(markGranted), code{gotoChain("granted")})
		b.rule("forward", state(expr.CtStateBitESTABLISHED|expr.CtStateBitRELATED), code{accept})
	} else {
		b.rule("forward", code{jump("grants")})
	}
	b.rule("forward", code{gotoChain("judge")})
}

// hopLimit matches IPv6 packets with that hop limit: those of neighbour
// discovery have 255, which no packet has that a router passed on.
func hopLimit(n byte) code {
	return code{
		&expr.Payload{DestRegister: flagReg, Base: expr.PayloadBaseNetworkHeader, Offset: 7, Len: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: flagReg, Data: []byte{n}},
	}
}

// addContained stops what a containment names. The rules of chain cut look up
// zones, which costs something; they are there only while there are such
// containments (cutRules).
func (b *builder) addContained() {
	for _, v := range versions {
		for _, offset := range []uint32{v.src, v.dst} {
			b.rule("contained", b.is(v), code{address(keyReg, offset, v.size), lookup("stopped" + v.suffix), gotoChain("stop")})
		}
	}
	b.rule("contained", code{jump("cut")})
	b.rule("stop", b.tell(prefixStop))
	b.rule("stop", code{counter, drop})
}

// cutRules are the rules of chain cut.
func (b *builder) cutRules() []code {
	var all []code
	for _, v := range versions {
		all = append(all, join(b.is(v), zonesOf(v, false), code{lookup("cutpairs"), gotoChain("stop")}))
		for _, back := range []bool{false, true} {
			all = append(all,
				join(b.isPorted(v), conduitKey(v, back, true), code{lookup("cutconduits"), gotoChain("stop")}),
				join(b.is(v), conduitKey(v, back, false), code{lookup("cutconduits"), gotoChain("stop")}))
		}
	}
	return all
}

// isPorted matches TCP and UDP of a version.
func (b *builder) isPorted(v ip) code {
	return append(b.is(v), &expr.Meta{Key: expr.MetaKeyL4PROTO, Register: keyReg}, lookup("ported"))
}

// conduitSets hold conduits: single ports in a hash, ranges in a tree. A hash can
// be changed in no time; a tree of concatenations takes a time for each deletion
// that grows with its size (10,000 deletions took seconds).
var conduitSets = []string{"conduits", "ranges"}

// addJudge looks for a conduit. What comes the other way of a conduit without
// opening a connection is an answer: of a connection that stood before the wall
// did, or that the kernel has forgotten.
func (b *builder) addJudge() {
	b.rule("judge", code{&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: keyReg}, lookup("ported"), gotoChain("services")})
	for _, v := range versions {
		b.rule("judge", b.icmpIn(v, "errors"+v.suffix), code{accept})
	}
	for _, v := range versions {
		for _, set := range conduitSets {
			b.rule("judge", b.is(v), conduitKey(v, false, false), code{lookup(set), gotoChain("pass")})
		}
	}
	if !b.tracked {
		b.answersWithoutPorts()
	}
	b.rule("judge", code{gotoChain("staged")})

	for _, v := range versions {
		for _, set := range conduitSets {
			b.rule("services", b.is(v), conduitKey(v, false, true), code{lookup(set), gotoChain("pass")})
		}
	}
	for _, v := range versions {
		for _, set := range conduitSets {
			b.rule("services", b.is(v), notOpens(), conduitKey(v, true, true), code{lookup(set), accept})
		}
	}
	if !b.tracked {
		for _, v := range versions {
			b.rule("services", b.is(v), layer4(policy.UDP), answerKey(v, false), code{lookup("answers" + v.suffix), accept})
		}
	}
	b.rule("services", code{gotoChain("staged")})
}

// answersWithoutPorts accepts echo replies, and other protocols, against the way
// of a conduit.
func (b *builder) answersWithoutPorts() {
	for _, x := range []struct {
		ip
		reply byte
	}{{v4, 0}, {v6, 129}} {
		reply := append(b.is(x.ip), append(layer4(x.icmp),
			&expr.Payload{DestRegister: flagReg, Base: expr.PayloadBaseTransportHeader, Offset: 0, Len: 1},
			&expr.Cmp{Op: expr.CmpOpEq, Register: flagReg, Data: []byte{x.reply}})...)
		for _, set := range conduitSets {
			back := append(conduitKey(x.ip, true, false), lookup(set), accept)
			b.rule("judge", reply, back)
			b.rule("judge", b.is(x.ip), notLayer4(x.icmp), back)
		}
	}
}

// answerKey is both addresses and both ports; back, as the answer will have them.
func answerKey(v ip, back bool) code {
	first, second, p, q := v.src, v.dst, uint32(srcPort), uint32(dstPort)
	if back {
		first, second, p, q = second, first, q, p
	}
	n := v.regs()
	return code{address(keyReg, first, v.size), address(keyReg+n, second, v.size), port(keyReg+2*n, p), port(keyReg+2*n+1, q)}
}

// addStaged decides about what no conduit allows, by the pair of zones, else by
// the sender's zone, which map rest has all of.
func (b *builder) addStaged() {
	if !b.tracked {
		b.rule("staged", notOpens(), code{gotoChain("answers")})
		b.rule("staged", code{gotoChain("loose")})
		b.answers()
		b.byPair("loose")
	} else {
		b.byPair("staged")
	}
	b.addPass()
	b.rule("shadow", code{jump("grants")})
	b.rule("shadow", b.tell(prefixShadow))
	b.rule("shadow", code{counter, gotoChain("pass")})
}

func (b *builder) byPair(chain string) {
	for _, v := range versions {
		b.rule(chain, b.is(v), zonesOf(v, false), code{verdictOf("pairs")})
	}
	for _, v := range versions {
		b.rule(chain, b.is(v), zoneOf(v, v.src), code{verdictOf("rest")})
	}
	b.rule(chain, code{counter, drop}) // no rule knew it: never, unless maps were emptied by hand
}

// answers accepts segments that open nothing where the other way is not stopped.
func (b *builder) answers() {
	for _, v := range versions {
		b.rule("answers", b.is(v), zonesOf(v, true), code{verdictOf("back")})
	}
	for _, v := range versions {
		b.rule("answers", b.is(v), zoneOf(v, v.dst), code{verdictOf("backrest")})
	}
	b.rule("answers", code{gotoChain("loose")})
}

func zoneOf(v ip, offset uint32) code {
	return code{
		address(addrReg, offset, v.size),
		&expr.Lookup{SourceRegister: addrReg, DestRegister: keyReg, IsDestRegSet: true, SetName: v.zones},
	}
}

// addPass lets a connection through for good: it is not the grant's any more
// that let it through before.
func (b *builder) addPass() {
	if b.tracked {
		b.rule("pass", connMark(markGranted), setConnMark(0))
	} else {
		for _, v := range versions {
			b.rule("pass", b.is(v), layer4(policy.UDP), answerKey(v, true), code{&expr.Dynset{
				SrcRegKey: keyReg, SetName: "answers" + v.suffix, Operation: unix.NFT_DYNSET_OP_UPDATE, Timeout: answerTime,
			}})
		}
	}
	b.rule("pass", code{accept})
}

// Prefixes of what is reported.
const (
	prefixDeny   = "bulkhead deny"
	prefixShadow = "bulkhead shadow"
	prefixStop   = "bulkhead stop"
	prefixFrame  = "bulkhead frame"
)

// addDenied is where what does not pass ends, if no grant lets it in.
func (b *builder) addDenied() {
	for _, v := range versions {
		for _, back := range []bool{false, true} {
			b.rule("grants", b.isPorted(v), tupleKey(v, back), code{lookup("grants" + v.suffix), accept})
			b.rule("grantnew", b.isPorted(v), tupleKey(v, back), code{lookup("grants" + v.suffix), gotoChain("letin")})
		}
	}
	b.rule("granted", code{jump("grants")})
	b.rule("granted", code{gotoChain("judge")})
	if b.tracked {
		b.rule("letin", setConnMark(markGranted))
	}
	b.rule("letin", code{accept})
	for _, chain := range []string{"refuse", "silence"} {
		b.rule(chain, code{jump("grantnew")})
		b.rule(chain, b.tell(prefixDeny))
		b.rule(chain, code{counter})
		if chain == "refuse" && b.family == nftables.TableFamilyINet {
			b.rule(chain, layer4(policy.TCP), code{&expr.Reject{Type: unix.NFT_REJECT_TCP_RST}})
			b.rule(chain, code{&expr.Reject{Type: unix.NFT_REJECT_ICMPX_UNREACH, Code: unix.NFT_REJECT_ICMPX_ADMIN_PROHIBITED}})
		}
		b.rule(chain, code{drop})
	}
}

// addWatch counts the answers of critical conversations after everything else:
// only those that passed. A reset is no answer: the wall itself sends them in the
// server's name.
func (b *builder) addWatch() {
	b.base("watch", nftables.ChainHookForward, b.priority()+10, nftables.ChainPolicyAccept)
	chains := []string{"watch"}
	if len(b.cfg.Relay) > 0 { // a relay answers for the server
		b.base("watchrelay", nftables.ChainHookOutput, 10, nftables.ChainPolicyAccept)
		chains = append(chains, "watchrelay")
	}
	for _, chain := range chains {
		for _, v := range versions {
			key := tupleKey(v, false)
			n := v.regs()
			key[len(key)-1] = port(keyReg+2*n+1, srcPort)
			for _, answers := range []code{noReset(), layer4(policy.UDP)} {
				b.rule(chain, b.is(v), answers, key, code{lookup("watch" + v.suffix)})
			}
		}
	}
}

func (b *builder) relayChains() {
	b.base("intercept", nftables.ChainHookPrerouting, -150, nftables.ChainPolicyAccept)
	b.base("relayout", nftables.ChainHookOutput, 0, nftables.ChainPolicyAccept)
	b.chain("here")
	for _, name := range relays {
		if b.cfg.Relay[name] != 0 {
			b.chain(relayChain(name))
		}
	}
}

// addRelay leads connections of conduits with a relay to it. Segments of a
// connection that a relay has are known by the mark of the connection, never by
// the port at which relays listen: a stranger may send to any port.
func (b *builder) addRelay() {
	b.rule("intercept", notLayer4(policy.TCP), code{&expr.Verdict{Kind: expr.VerdictReturn}})
	b.rule("intercept", connMark(markRelayed), state(expr.CtStateBitESTABLISHED|expr.CtStateBitRELATED), code{gotoChain("here")})
	b.rule("intercept", notState(expr.CtStateBitNEW), code{&expr.Verdict{Kind: expr.VerdictReturn}})
	for _, v := range versions {
		for _, back := range []bool{false, true} {
			b.rule("intercept", b.is(v), tupleKey(v, back), code{lookup("grants" + v.suffix), &expr.Verdict{Kind: expr.VerdictReturn}})
		}
	}
	for _, v := range versions {
		b.rule("intercept", b.is(v), conduitKey(v, false, true), code{verdictOf("relayed")})
	}
	b.rule("here", code{jump("contained")})
	b.rule("here", setPacketMark(policy.MarkRelayIn), code{accept})
	for _, name := range relays {
		if b.cfg.Relay[name] == 0 {
			continue
		}
		chain := relayChain(name)
		b.rule(chain, code{jump("contained")})
		for _, v := range versions {
			// Without a relay that listens the rule ends here, and the
			// connection is denied where it is forwarded.
			b.rule(chain, b.is(v), code{
				&expr.Immediate{Register: keyReg, Data: binary.BigEndian.AppendUint16(nil, b.cfg.Relay[name])},
				&expr.TProxy{Family: v.proto, TableFamily: byte(b.family), RegPort: keyReg},
			}, setPacketMark(policy.MarkRelayIn), setConnMark(markRelayed), code{accept})
		}
	}
	b.rule("relayout", packetMark(policy.MarkRelayOut), setConnMark(markRelayed))
}

// notState matches connections in none of the states.
func notState(bits uint32) code {
	c := state(bits)
	c[2].(*expr.Cmp).Op = expr.CmpOpEq
	return c
}
