package confine

import "golang.org/x/net/bpf"

// Where things lie in struct seccomp_data, and what a filter answers
// (linux/seccomp.h).
const (
	dataCall = 0
	dataArch = 4
	dataArgs = 16

	retAllow = 0x7fff0000
	retErrno = 0x00050000
)

// refusal is a system call that is refused with an error when all its
// conditions hold.
type refusal struct {
	call  uint32
	when  []condition
	errno uint32
}

// condition compares the lower half of an argument, which is all that the
// kernel looks at where an argument is an int.
type condition struct {
	arg  uint32
	mask uint32 // 0: all bits
	not  bool   // holds if it is not equal
	is   uint32
}

// filter makes the program that refuses these calls and allows the rest. Calls
// of another architecture, which have other numbers, and those above limit are
// refused.
func filter(arch, limit, errno uint32, list []refusal) ([]bpf.RawInstruction, error) {
	word := func(off uint32) bpf.Instruction { return bpf.LoadAbsolute{Off: off, Size: 4} }
	code := []bpf.Instruction{
		word(dataArch),
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: arch, SkipTrue: 1},
		bpf.RetConstant{Val: retErrno | errno},
		word(dataCall),
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: limit, SkipTrue: 1},
		bpf.RetConstant{Val: retErrno | errno},
	}
	for _, r := range list {
		code = append(code, r.code(word)...)
	}
	return bpf.Assemble(append(code, bpf.RetConstant{Val: retAllow}))
}

// code is entered and left with the call's number in the accumulator.
func (r refusal) code(word func(uint32) bpf.Instruction) []bpf.Instruction {
	var tests []bpf.Instruction
	var exits []int // jumps that leave when a condition does not hold
	for _, c := range r.when {
		tests = append(tests, word(dataArgs+8*c.arg))
		if c.mask != 0 {
			tests = append(tests, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: c.mask})
		}
		leave := bpf.JumpNotEqual
		if c.not {
			leave = bpf.JumpEqual
		}
		exits = append(exits, len(tests))
		tests = append(tests, bpf.JumpIf{Cond: leave, Val: c.is})
	}
	tests = append(tests, bpf.RetConstant{Val: retErrno | r.errno})
	for _, at := range exits {
		j := tests[at].(bpf.JumpIf)
		j.SkipTrue = uint8(len(tests) - at - 1)
		tests[at] = j
	}
	if len(r.when) > 0 {
		tests = append(tests, word(dataCall))
	}
	return append([]bpf.Instruction{bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: r.call, SkipTrue: uint8(len(tests))}}, tests...)
}
