package enforce

import (
	"math/rand/v2"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// TestPiecesCoverWhatMatchesDo holds that pieces do not overlap and let through
// what the matches do, each packet by the first that fits.
func TestPiecesCoverWhatMatchesDo(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	for range 3000 {
		var list, relayed []policy.Match
		c, d := &cutter{}, &cutter{}
		for i := range 1 + r.IntN(6) {
			first := uint16(r.IntN(12))
			m := policy.Match{Proto: []uint8{0, 6, 6, 17, 47}[r.IntN(5)], First: first, Last: first + uint16(r.IntN(6))}
			if r.IntN(8) == 0 {
				m.First, m.Last = 0, 65535
			}
			if !ported(m.Proto) {
				m.First, m.Last = 0, 65535
			}
			if m.Proto == policy.TCP && r.IntN(3) == 0 {
				relayed = append(relayed, m)
				d.add(m, piece{conduit: i})
				continue
			}
			list = append(list, m)
			c.add(m, piece{conduit: len(list) - 1})
		}
		pieces, behind := c.pieces(nil), d.pieces(c)
		for proto := range 64 {
			for _, port := range []uint16{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 17, 18, 65535} {
				want, fits := -1, false
				for i, m := range list {
					if want < 0 && (m.Proto == 0 || int(m.Proto) == proto) && m.First <= port && port <= m.Last {
						want = i
					}
				}
				for _, m := range relayed {
					fits = fits || want < 0 && int(m.Proto) == proto && m.First <= port && port <= m.Last
				}
				if got, n := find(pieces, proto, port); got != want || n > 1 {
					t.Fatalf("%v: protocol %d port %d: conduit %d, %d times, wanted %d: %+v", list, proto, port, got, n, want, pieces)
				}
				if _, n := find(behind, proto, port); (n > 0) != fits || n > 1 {
					t.Fatalf("%v behind %v: protocol %d port %d: %d times, wanted %t", relayed, list, proto, port, n, fits)
				}
			}
		}
	}
}

// find is the conduit of the piece that has a port, and in how many it is.
func find(list []piece, proto int, port uint16) (conduit, n int) {
	conduit = -1
	for _, s := range list {
		if int(s.proto) <= proto && proto <= int(s.lastProto) && s.first <= port && port <= s.last {
			conduit = s.conduit
			n++
		}
	}
	return conduit, n
}
