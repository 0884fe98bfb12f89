//go:build linux

package enforce

import (
	"encoding/binary"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// Registers. A key of several fields lies in consecutive 32-bit registers from
// keyReg on; an address whose zone is looked up lies behind all keys.
const (
	keyReg  = unix.NFT_REG32_00
	addrReg = unix.NFT_REG32_12
	flagReg = unix.NFT_REG32_11
)

// ip describes one IP version to a rule.
type ip struct {
	suffix   string // of the names of sets
	proto    byte   // NFPROTO_*
	ether    uint16
	src, dst uint32 // offsets in its header
	size     uint32 // of an address
	icmp     byte
	zones    string
}

var (
	v4       = ip{"4", unix.NFPROTO_IPV4, unix.ETH_P_IP, 12, 16, 4, unix.IPPROTO_ICMP, "zones4"}
	v6       = ip{"6", unix.NFPROTO_IPV6, unix.ETH_P_IPV6, 8, 24, 16, unix.IPPROTO_ICMPV6, "zones6"}
	versions = []ip{v4, v6}
)

// regs is how many 32-bit registers an address of the version takes.
func (v ip) regs() uint32 { return v.size / 4 }

// code is the expressions of one rule, written one after another.
type code []expr.Any

func join(parts ...code) code {
	var all code
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// is matches packets of one IP version. Tables of the bridge family see frames,
// and only the EtherType tells.
func (b *builder) is(v ip) code {
	if b.family == nftables.TableFamilyBridge {
		return code{
			&expr.Meta{Key: expr.MetaKeyPROTOCOL, Register: flagReg},
			&expr.Cmp{Op: expr.CmpOpEq, Register: flagReg, Data: binary.BigEndian.AppendUint16(nil, v.ether)},
		}
	}
	return code{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: flagReg},
		&expr.Cmp{Op: expr.CmpOpEq, Register: flagReg, Data: []byte{v.proto}},
	}
}

func layer4(proto byte) code { return compareLayer4(expr.CmpOpEq, proto) }

func notLayer4(proto byte) code { return compareLayer4(expr.CmpOpNeq, proto) }

func compareLayer4(op expr.CmpOp, proto byte) code {
	return code{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: flagReg},
		&expr.Cmp{Op: op, Register: flagReg, Data: []byte{proto}},
	}
}

// address loads an address of the packet.
func address(reg, offset, size uint32) expr.Any {
	return &expr.Payload{DestRegister: reg, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: size}
}

// port loads the port at an offset of the transport header: 0 the sender's, 2
// the receiver's.
func port(reg, offset uint32) expr.Any {
	return &expr.Payload{DestRegister: reg, Base: expr.PayloadBaseTransportHeader, Offset: offset, Len: 2}
}

const (
	srcPort = 0
	dstPort = 2
)

// zonesOf loads the zones of the two addresses into the first two registers of a
// key: the sender's first, or the receiver's if the key asks for the way back.
func zonesOf(v ip, back bool) code {
	first, second := v.src, v.dst
	if back {
		first, second = second, first
	}
	return code{
		address(addrReg, first, v.size),
		&expr.Lookup{SourceRegister: addrReg, DestRegister: keyReg, IsDestRegSet: true, SetName: v.zones},
		address(addrReg, second, v.size),
		&expr.Lookup{SourceRegister: addrReg, DestRegister: keyReg + 1, IsDestRegSet: true, SetName: v.zones},
	}
}

// conduitKey is zones, protocol and server's port: forward, the receiver's port;
// back, the sender's. Protocols without ports have 0.
func conduitKey(v ip, back, ported bool) code {
	c := append(zonesOf(v, back), &expr.Meta{Key: expr.MetaKeyL4PROTO, Register: keyReg + 2})
	switch {
	case !ported:
		c = append(c, &expr.Immediate{Register: keyReg + 3, Data: []byte{0, 0}})
	case back:
		c = append(c, port(keyReg+3, srcPort))
	default:
		c = append(c, port(keyReg+3, dstPort))
	}
	return c
}

// tupleKey is both addresses, the protocol and the server's port.
func tupleKey(v ip, back bool) code {
	first, second, at := v.src, v.dst, uint32(dstPort)
	if back {
		first, second, at = second, first, srcPort
	}
	n := v.regs()
	return code{
		address(keyReg, first, v.size),
		address(keyReg+n, second, v.size),
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: keyReg + 2*n},
		port(keyReg+2*n+1, at),
	}
}

func lookup(set string) expr.Any { return &expr.Lookup{SourceRegister: keyReg, SetName: set} }

// verdictOf looks the key up in a map of verdicts and follows it; what the map
// does not have goes on with the next rule.
func verdictOf(set string) expr.Any {
	return &expr.Lookup{SourceRegister: keyReg, DestRegister: unix.NFT_REG_VERDICT, IsDestRegSet: true, SetName: set}
}

func gotoChain(name string) expr.Any { return &expr.Verdict{Kind: expr.VerdictGoto, Chain: name} }

func jump(name string) expr.Any { return &expr.Verdict{Kind: expr.VerdictJump, Chain: name} }

var (
	accept  expr.Any = &expr.Verdict{Kind: expr.VerdictAccept}
	drop    expr.Any = &expr.Verdict{Kind: expr.VerdictDrop}
	counter expr.Any = &expr.Counter{}
)

// notOpens matches TCP segments that open no connection: all but SYN without ACK.
func notOpens() code {
	return append(layer4(unix.IPPROTO_TCP),
		&expr.Payload{DestRegister: flagReg, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
		&expr.Bitwise{SourceRegister: flagReg, DestRegister: flagReg, Len: 1, Mask: []byte{0x12}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: flagReg, Data: []byte{0x02}})
}

// noReset matches TCP segments without RST.
func noReset() code {
	return append(layer4(unix.IPPROTO_TCP),
		&expr.Payload{DestRegister: flagReg, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
		&expr.Bitwise{SourceRegister: flagReg, DestRegister: flagReg, Len: 1, Mask: []byte{0x04}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpEq, Register: flagReg, Data: []byte{0}})
}

// icmpIn matches ICMP of a version whose type is in a set.
func (b *builder) icmpIn(v ip, set string) code {
	return append(append(b.is(v), layer4(v.icmp)...),
		&expr.Payload{DestRegister: keyReg, Base: expr.PayloadBaseTransportHeader, Offset: 0, Len: 1},
		lookup(set))
}

// state matches connections in one of the states.
func state(bits uint32) code {
	return code{
		&expr.Ct{Key: expr.CtKeySTATE, Register: flagReg},
		&expr.Bitwise{SourceRegister: flagReg, DestRegister: flagReg, Len: 4, Mask: native(bits), Xor: native(0)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: flagReg, Data: native(0)},
	}
}

func connMark(mark uint32) code {
	return code{
		&expr.Ct{Key: expr.CtKeyMARK, Register: flagReg},
		&expr.Cmp{Op: expr.CmpOpEq, Register: flagReg, Data: native(mark)},
	}
}

func setConnMark(mark uint32) code {
	return code{
		&expr.Immediate{Register: flagReg, Data: native(mark)},
		&expr.Ct{Key: expr.CtKeyMARK, Register: flagReg, SourceRegister: true},
	}
}

func packetMark(mark uint32) code {
	return code{
		&expr.Meta{Key: expr.MetaKeyMARK, Register: flagReg},
		&expr.Cmp{Op: expr.CmpOpEq, Register: flagReg, Data: native(mark)},
	}
}

func setPacketMark(mark uint32) code {
	return code{
		&expr.Immediate{Register: flagReg, Data: native(mark)},
		&expr.Meta{Key: expr.MetaKeyMARK, Register: flagReg, SourceRegister: true},
	}
}

// tell logs to the netlink group, at most so many a second: a flood of denied
// packets must not become a flood of messages.
func (b *builder) tell(prefix string) code {
	return code{
		&expr.Limit{Type: expr.LimitTypePkts, Rate: logRate, Burst: 2 * logRate, Unit: expr.LimitTimeSecond},
		&expr.Log{
			Key:   1<<unix.NFTA_LOG_GROUP | 1<<unix.NFTA_LOG_PREFIX | 1<<unix.NFTA_LOG_SNAPLEN | 1<<unix.NFTA_LOG_QTHRESHOLD,
			Group: b.group, Data: []byte(prefix), Snaplen: logBytes, QThreshold: 32,
		},
	}
}

// logRate is how many packets of one kind a second are reported one by one;
// logBytes how much of each: an IPv6 header, extension headers and ports.
const (
	logRate  = 1000
	logBytes = 128
)
