package live

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"golang.org/x/net/bpf"
)

// machines are the programs of n workers, run here and not in the kernel.
func machines(t *testing.T, l link, n int) (vms []*bpf.VM) {
	t.Helper()
	for i := range n {
		raw, err := share(l, i, n, 500, false)
		if err != nil {
			t.Fatal(err)
		}
		code, ok := bpf.Disassemble(raw)
		if !ok {
			t.Fatal("the program has an instruction that is none")
		}
		vm, err := bpf.NewVM(code)
		if err != nil {
			t.Fatal(err)
		}
		vms = append(vms, vm)
	}
	return vms
}

// taker is the one worker that takes a frame.
func taker(t *testing.T, vms []*bpf.VM, b []byte) int {
	t.Helper()
	by := -1
	for i, vm := range vms {
		n, err := vm.Run(b)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			continue
		}
		if n != 500 || by >= 0 {
			t.Fatalf("worker %d takes %d bytes of %x after worker %d", i, n, b, by)
		}
		by = i
	}
	if by < 0 {
		t.Fatalf("no worker takes %x", b)
	}
	return by
}

// conversation is a frame and its answer behind the given head.
type conversation struct {
	name     string
	there    []byte
	back     []byte
	ethernet bool
}

// conversations makes frames of every shape between two random hosts.
func conversations(r *rand.Rand) (list []conversation) {
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	add := func(name string, ethernet bool, make func(src, dst []byte, other []byte) []byte, size int) {
		a, b := random(size), random(size)
		list = append(list, conversation{name, make(a, b, random(60)), make(b, a, random(60)), ethernet})
	}
	v4 := func(src, dst, rest []byte) []byte {
		h := append([]byte{0x45, 0, 0, 80}, rest[:8]...) // a fragment or not, any protocol
		return append(append(append(h, src...), dst...), rest[8:]...)
	}
	v6 := func(src, dst, rest []byte) []byte {
		h := []byte{0x60, 0, 0, 0, 0, 60, rest[0], 64}
		return append(append(append(h, src...), dst...), rest[1:]...)
	}
	for _, tags := range [][]byte{nil, {0x81, 0, 0, 5}, {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6}, {0x91, 0, 0, 5, 0x92, 0, 0, 6, 0x81, 0, 0, 7}} {
		eth := func(kind uint16, ip func(src, dst, rest []byte) []byte) func(src, dst, rest []byte) []byte {
			return func(src, dst, rest []byte) []byte {
				b := append(random(12), tags...) // through other routers each way
				b = binary.BigEndian.AppendUint16(b, kind)
				return append(b, ip(src, dst, rest)...)
			}
		}
		add("IPv4", true, eth(0x0800, v4), 4)
		add("IPv6", true, eth(0x86dd, v6), 16)
	}
	add("PROFINET", true, func(src, dst, rest []byte) []byte {
		return append(append(append(append([]byte{}, dst...), src...), 0x88, 0x92), rest...)
	}, 6)
	add("IPv4 cut short", true, func(src, dst, _ []byte) []byte {
		return append(append(append(append([]byte{}, dst...), src...), 0x08, 0x00), 0x45, 0)
	}, 6)
	add("tag cut short", true, func(src, dst, _ []byte) []byte {
		return append(append(append(append([]byte{}, dst...), src...), 0x81, 0x00), 0)
	}, 6)
	add("IPv4 without link", false, v4, 4)
	add("IPv6 without link", false, v6, 16)
	return list
}

func TestShareIsSymmetricAndComplete(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 8} {
		vms := map[bool][]*bpf.VM{true: machines(t, link{1, true}, n), false: machines(t, link{101, false}, n)}
		taken := make([]int, n)
		const rounds = 300
		var shapes int
		for range rounds {
			list := conversations(r)
			shapes = len(list)
			for _, c := range list {
				there, back := taker(t, vms[c.ethernet], c.there), taker(t, vms[c.ethernet], c.back)
				if there != back {
					t.Fatalf("%s: worker %d of %d there, %d back\n%x\n%x", c.name, there, n, back, c.there, c.back)
				}
				taken[there]++
			}
		}
		for i, k := range taken {
			if fair := rounds * shapes / n; k < fair*3/4 || k > fair*5/4 {
				t.Errorf("worker %d of %d takes %d of %d conversations", i, n, k, rounds*shapes)
			}
		}
	}
}

// TestNeighbouringHostsAreShared holds that plants, whose addresses differ in a
// few bits only, do not end up at one worker.
func TestNeighbouringHostsAreShared(t *testing.T) {
	vms := machines(t, link{1, true}, 4)
	taken := make([]int, 4)
	for i := range 200 {
		b := append(make([]byte, 12), 8, 0)
		b = append(b, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192, 168, 0, 10, 192, 168, 0, byte(20+i))
		taken[taker(t, vms, b)]++
	}
	for i, k := range taken {
		if k < 25 || k > 75 {
			t.Errorf("worker %d takes %d of 200 devices", i, k)
		}
	}
}

func TestRawLinkWithoutIPIsTaken(t *testing.T) {
	vms := machines(t, link{101, false}, 3)
	taker(t, vms, []byte{0x10, 1, 2, 3})
	taker(t, vms, []byte{0x45, 1, 2, 3})
}
