package live

import (
	"fmt"

	"golang.org/x/net/bpf"
)

// EtherTypes that the share looks at.
var tagTypes = []uint32{0x8100, 0x88a8, 0x9100, 0x9200}

const (
	etherTypeIPv4 = 0x0800
	etherTypeIPv6 = 0x86dd
	macHeader     = 14
	packetOut     = 4 // PACKET_OUTGOING
)

// link is how frames of an interface begin.
type link struct {
	kind     int  // capture link type
	ethernet bool // a MAC header; else an IP header
}

// share is the classic BPF program of one socket: it takes the frames whose two
// ends hash to worker i of n, the first snaplen bytes of them. The hash is the
// same both ways; it looks at the addresses of the first IP header behind at
// most three tags, so that fragments and tunnels stay in one piece, and at the
// MAC addresses of everything else.
//
// Why not PACKET_FANOUT: a socket in a fanout group can never be bound again,
// so that an interface that was removed and came back would need new sockets,
// for which a confined process has no right.
func share(l link, i, n, snaplen int, dropOutgoing bool) ([]bpf.RawInstruction, error) {
	p := &program{labels: map[string]int{}}
	if dropOutgoing {
		p.add(bpf.LoadExtension{Num: bpf.ExtType})
		p.jump(bpf.JumpEqual, packetOut, "refuse")
	}
	if n > 1 {
		p.hash(l)
		p.label("mix")
		p.add(bpf.ALUOpConstant{Op: bpf.ALUOpMul, Val: 0x9e3779b1})
		p.add(bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 16})
		p.add(bpf.ALUOpConstant{Op: bpf.ALUOpMod, Val: uint32(n)})
		p.jump(bpf.JumpNotEqual, uint32(i), "refuse")
	}
	p.add(bpf.RetConstant{Val: uint32(snaplen)})
	p.label("refuse")
	p.add(bpf.RetConstant{})
	return p.assemble()
}

// program is a BPF program in the making. Its jumps go forward to labels.
type program struct {
	code   []bpf.Instruction
	jumps  []jump
	labels map[string]int
}

type jump struct {
	at    int
	label string
}

func (p *program) add(i ...bpf.Instruction) { p.code = append(p.code, i...) }
func (p *program) label(name string)        { p.labels[name] = len(p.code) }

// jump goes to a label if the accumulator compares so with v.
func (p *program) jump(cond bpf.JumpTest, v uint32, to string) {
	p.jumps = append(p.jumps, jump{len(p.code), to})
	p.add(bpf.JumpIf{Cond: cond, Val: v})
}

func (p *program) goTo(to string) {
	p.jumps = append(p.jumps, jump{len(p.code), to})
	p.add(bpf.Jump{})
}

func (p *program) assemble() ([]bpf.RawInstruction, error) {
	for _, j := range p.jumps {
		skip := p.labels[j.label] - j.at - 1
		switch in := p.code[j.at].(type) {
		case bpf.JumpIf:
			if skip > 255 {
				return nil, fmt.Errorf("the program's jump to %s is too far", j.label)
			}
			in.SkipTrue = uint8(skip)
			p.code[j.at] = in
		case bpf.Jump:
			in.Skip = uint32(skip)
			p.code[j.at] = in
		}
	}
	return bpf.Assemble(p.code)
}

// hash leaves the exclusive or of the two ends in the accumulator. A load beyond
// the frame's end would refuse the frame, so lengths are asked for first.
func (p *program) hash(l link) {
	if !l.ethernet {
		p.add(bpf.LoadConstant{Dst: bpf.RegX, Val: 0}, bpf.LoadAbsolute{Off: 0, Size: 1}, bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4})
		p.jump(bpf.JumpEqual, 4, "ipv4")
		p.jump(bpf.JumpEqual, 6, "ipv6")
		p.add(bpf.LoadConstant{Dst: bpf.RegA})
		p.goTo("mix")
		p.addresses(0, "none")
		p.label("none")
		p.add(bpf.LoadConstant{Dst: bpf.RegA})
		return
	}
	p.add(bpf.LoadConstant{Dst: bpf.RegX, Val: 12}, bpf.LoadIndirect{Off: 0, Size: 2})
	for depth := range 3 {
		tagged := fmt.Sprint("tagged", depth)
		for _, t := range tagTypes {
			p.jump(bpf.JumpEqual, t, tagged)
		}
		p.goTo("type")
		p.label(tagged)
		p.add(bpf.TXA{}, bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: tagSize}, bpf.TAX{})
		p.add(bpf.StoreScratch{Src: bpf.RegX, N: 0}, bpf.LoadExtension{Num: bpf.ExtLen}, bpf.ALUOpX{Op: bpf.ALUOpSub})
		p.jump(bpf.JumpLessThan, 2, "mac")
		p.jump(bpf.JumpGreaterThan, 1<<20, "mac") // the subtraction went below zero
		p.add(bpf.LoadIndirect{Off: 0, Size: 2})
	}
	p.label("type")
	p.jump(bpf.JumpEqual, etherTypeIPv4, "ipv4")
	p.jump(bpf.JumpEqual, etherTypeIPv6, "ipv6")
	p.goTo("mac")
	p.addresses(2, "mac")
	p.label("mac")
	p.add(bpf.LoadAbsolute{Off: 2, Size: 4}, bpf.TAX{}, bpf.LoadAbsolute{Off: 8, Size: 4}, bpf.ALUOpX{Op: bpf.ALUOpXor})
}

// addresses reads the addresses of an IP header that begins skip bytes after X,
// and goes on at "mix"; at short where the frame ends before they do.
func (p *program) addresses(skip uint32, short string) {
	p.label("ipv4")
	p.atLeast(skip+20, short)
	p.xor([]uint32{skip + 12, skip + 16})
	p.goTo("mix")
	p.label("ipv6")
	p.atLeast(skip+40, short)
	var words []uint32
	for off := uint32(8); off < 40; off += 4 {
		words = append(words, skip+off)
	}
	p.xor(words)
	p.goTo("mix")
}

// atLeast goes to short unless n bytes follow X.
func (p *program) atLeast(n uint32, short string) {
	p.add(bpf.StoreScratch{Src: bpf.RegX, N: 0}, bpf.LoadExtension{Num: bpf.ExtLen}, bpf.ALUOpX{Op: bpf.ALUOpSub})
	p.jump(bpf.JumpLessThan, n, short)
	p.jump(bpf.JumpGreaterThan, 1<<20, short)
}

// xor reads words at X plus these offsets.
func (p *program) xor(offsets []uint32) {
	p.add(bpf.LoadConstant{Dst: bpf.RegA}, bpf.StoreScratch{Src: bpf.RegA, N: 1})
	for _, off := range offsets {
		p.add(bpf.LoadScratch{Dst: bpf.RegX, N: 0}, bpf.LoadIndirect{Off: off, Size: 4})
		p.add(bpf.LoadScratch{Dst: bpf.RegX, N: 1}, bpf.ALUOpX{Op: bpf.ALUOpXor}, bpf.StoreScratch{Src: bpf.RegA, N: 1})
	}
}
