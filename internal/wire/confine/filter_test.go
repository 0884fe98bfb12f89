package confine

import (
	"encoding/binary"
	"testing"

	"golang.org/x/net/bpf"
)

func TestFilter(t *testing.T) {
	raw, err := filter(7, 1000, 1, []refusal{
		{call: 10, errno: 1},
		{call: 20, errno: 38},
		{call: 30, errno: 1, when: []condition{{arg: 0, is: 5}}},
		{call: 30, errno: 1, when: []condition{{arg: 1, mask: 0xf, is: 3}, {arg: 0, not: true, is: 16}}},
		{call: 40, errno: 1, when: []condition{{arg: 5, mask: 0x10000}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	code, ok := bpf.Disassemble(raw)
	if !ok {
		t.Fatal("an instruction that is none")
	}
	vm, err := bpf.NewVM(code)
	if err != nil {
		t.Fatal(err)
	}
	const no, gone = retErrno | 1, retErrno | 38
	cases := []struct {
		name       string
		arch, call uint32
		args       [6]uint64
		want       uint32
	}{
		{"not in the list", 7, 11, [6]uint64{}, retAllow},
		{"in the list", 7, 10, [6]uint64{1, 2, 3}, no},
		{"with another error", 7, 20, [6]uint64{}, gone},
		{"of another architecture", 8, 11, [6]uint64{}, no},
		{"above the limit", 7, 1000, [6]uint64{}, no},
		{"argument fits", 7, 30, [6]uint64{5}, no},
		{"argument fits below bits that the kernel ignores", 7, 30, [6]uint64{1<<32 | 5}, no},
		{"argument does not fit", 7, 30, [6]uint64{6}, retAllow},
		{"second rule fits", 7, 30, [6]uint64{6, 0x80003}, no},
		{"second rule's exception", 7, 30, [6]uint64{16, 0x80003}, retAllow},
		{"mask without the bit", 7, 40, [6]uint64{0, 0, 0, 0, 0, 0xff}, no},
		{"mask with the bit", 7, 40, [6]uint64{0, 0, 0, 0, 0, 0x100ff}, retAllow},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			// The machine of x/net/bpf reads words in network order, the kernel's
			// in the host's: each word is laid out for the former.
			d := make([]byte, 64)
			binary.BigEndian.PutUint32(d[dataCall:], c.call)
			binary.BigEndian.PutUint32(d[dataArch:], c.arch)
			for i, a := range c.args {
				binary.BigEndian.PutUint32(d[dataArgs+8*i:], uint32(a))
				binary.BigEndian.PutUint32(d[dataArgs+8*i+4:], uint32(a>>32))
			}
			if got, err := vm.Run(d); err != nil || uint32(got) != c.want {
				t.Errorf("got %#x, %v; want %#x", got, err, c.want)
			}
		})
	}
}
