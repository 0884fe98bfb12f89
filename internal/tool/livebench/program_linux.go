package main

import "golang.org/x/sys/unix"

// instruction is struct bpf_insn.
type instruction struct {
	code   uint8
	regs   uint8 // the source in the high half, the destination in the low
	offset int16
	value  int32
}

// Helpers that the program calls (linux/bpf.h, enum bpf_func_id).
const (
	adjustTail = 65  // bpf_xdp_adjust_tail(frame, by how much)
	storeBytes = 190 // bpf_xdp_store_bytes(frame, where, from, length)
)

// What an XDP program returns (linux/bpf.h, enum xdp_action).
const (
	xdpDrop = 1
	xdpPass = 2
)

// Registers: 1 to 5 are arguments, 0 is a result, 6 to 9 outlive a call.
const (
	result = iota
	arg1
	arg2
	arg3
	arg4
	_
	frame
	shared
	number
	length
)

// passNext is the program, for the map of frames with that descriptor: take the
// next slot, give the frame its length and bytes, pass it on. The comparisons
// are there for the kernel's verifier; what does not hold is dropped.
func passNext(frames int) []instruction {
	code := []instruction{
		set(frame, arg1),
		{unix.BPF_LD | unix.BPF_IMM | unix.BPF_DW, unix.BPF_PSEUDO_MAP_VALUE<<4 | shared, 0, int32(frames)},
		{}, // the second half of that: from which byte of the value
		{unix.BPF_LDX | unix.BPF_MEM | unix.BPF_DW, shared<<4 | number, 0, 0},
		set(arg1, number),
		with(unix.BPF_ADD, arg1, 1),
		{unix.BPF_STX | unix.BPF_MEM | unix.BPF_DW, arg1<<4 | shared, 0, 0},
		dropIf(unix.BPF_JGT, number, slots-1),
		with(unix.BPF_MUL, number, slotSize),
		{unix.BPF_ALU64 | unix.BPF_ADD | unix.BPF_X, number<<4 | shared, 0, 0},
		{unix.BPF_LDX | unix.BPF_MEM | unix.BPF_W, shared<<4 | length, slotsAt, 0},
		dropIf(unix.BPF_JGT, length, mostFrame),
		dropIf(unix.BPF_JLT, length, leastFrame),
		set(arg1, frame),
		set(arg2, length),
		with(unix.BPF_SUB, arg2, seedFrame),
		call(adjustTail),
		dropIf(unix.BPF_JNE, result, 0),
		set(arg1, frame),
		with(unix.BPF_MOV, arg2, 0),
		set(arg3, shared),
		with(unix.BPF_ADD, arg3, slotsAt+slotData),
		set(arg4, length),
		call(storeBytes),
		dropIf(unix.BPF_JNE, result, 0),
		with(unix.BPF_MOV, result, xdpPass),
		{code: unix.BPF_JMP | unix.BPF_EXIT},
		with(unix.BPF_MOV, result, xdpDrop),
		{code: unix.BPF_JMP | unix.BPF_EXIT},
	}
	for i := range code {
		if code[i].offset == toDrop {
			code[i].offset = int16(len(code) - 2 - (i + 1))
		}
	}
	return code
}

// toDrop stands for the distance to the program's last two instructions.
const toDrop = -1

func set(to, from uint8) instruction {
	return instruction{unix.BPF_ALU64 | unix.BPF_MOV | unix.BPF_X, from<<4 | to, 0, 0}
}

func with(operation, register uint8, value int32) instruction {
	return instruction{unix.BPF_ALU64 | operation | unix.BPF_K, register, 0, value}
}

func dropIf(compare, register uint8, value int32) instruction {
	return instruction{unix.BPF_JMP | compare | unix.BPF_K, register, toDrop, value}
}

func call(helper int32) instruction {
	return instruction{code: unix.BPF_JMP | unix.BPF_CALL, value: helper}
}
