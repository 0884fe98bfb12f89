package app

import (
	"bytes"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/report"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/sensor"
)

// corpusDir holds captures with ground truth; it is not part of the project.
const corpusDir = "../../../shared/corpus"

// captures lists the corpus, or skips the test where it is absent.
func captures(t testing.TB) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(corpusDir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.HasSuffix(path, ".pcap") || strings.HasSuffix(path, ".pcapng")) {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Skipf("the corpus of captures is not there: %v", err)
	}
	return list
}

// mangle damages frames the way bad networks, snap lengths and attackers do.
func mangle(rng *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	for rng.IntN(3) == 0 && len(b) > 0 {
		switch at := rng.IntN(len(b)); rng.IntN(5) {
		case 0:
			b = b[:at]
		case 1:
			b[at] = byte(rng.Uint32())
		case 2:
			b[at] ^= 1 << rng.IntN(8)
		case 3: // a length field that claims the most
			b[at] = 0xff
		case 4:
			clear(b[at:min(at+4, len(b))])
		}
	}
	return b
}

// TestDamagedTrafficNeverFails reads every capture of the corpus with frames
// cut, bits flipped, frames lost, repeated and swapped: no decoder may fail,
// hang or grow past its bound, and the result must still be a report.
func TestDamagedTrafficNeverFails(t *testing.T) {
	for _, path := range captures(t) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if testing.Short() && info.Size() > 1<<20 {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(2) {
			pool := damaged(t, b, seed)
			if n := pool.Failures(); n > 0 {
				for a := range pool.Anomalies() {
					if a.Kind == plant.AnomalyFailure {
						t.Errorf("%s seed %d packet %d: %s", path, seed, a.Packet.Number(), a.Text)
					}
				}
			}
		}
	}
}

func damaged(t *testing.T, file []byte, seed uint64) *sensor.Pool {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	pool := sensor.NewPool(1, Protocols, dissect.Options{MaxFlows: 4096})
	var f, held capture.Frame
	for n := uint64(1); r.Next(&f) == nil; n++ {
		g := f
		g.Data = mangle(rng, f.Data)
		switch rng.IntN(30) {
		case 0: // lost
			continue
		case 1: // twice
			pool.Frame(&g, plant.NewPacketRef(0, n))
		case 2: // late
			held, g = g, held
			if g.Data == nil {
				continue
			}
		}
		pool.Frame(&g, plant.NewPacketRef(0, n))
	}
	pool.Drain()
	a, err := judge(&learned{pool: pool}, []plant.Capture{{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(io.Discard, &a.Source); err != nil {
		t.Fatal(err)
	}
	return pool
}

// TestEveryAddressStandsInOneAsset holds the hardest rule of the inventory on
// every capture, whole and damaged.
func TestEveryAddressStandsInOneAsset(t *testing.T) {
	for _, path := range captures(t) {
		a, err := Analyze(AnalyzeOptions{Files: []string{path}, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		type place struct{ ip, vlan string }
		seen := map[place]string{}
		for x := range a.Assets {
			for _, ip := range x.IPs {
				k := place{ip.String(), vlans(x)}
				if other, twice := seen[k]; twice {
					t.Errorf("%s: %v stands in %s and %s", path, k.ip, other, x.ID)
				}
				seen[k] = x.ID
			}
		}
	}
}

func vlans(a *plant.Asset) string {
	var b strings.Builder
	for _, v := range a.VLANs {
		b.WriteRune(rune(v))
	}
	return b.String()
}

// TestMemoryStaysBounded gives a small engine more endpoints, conversations and
// names than it may keep.
func TestMemoryStaysBounded(t *testing.T) {
	const flows = 2000
	pool := sensor.NewPool(1, Protocols, dissect.Options{MaxFlows: flows})
	var f capture.Frame
	f.Link = 1
	var before, after runtime.MemStats
	rng := rand.New(rand.NewPCG(1, 1))
	frame := func(i int) {
		f.Data = dnsQuery(uint32(i), rng.Uint32())
		f.Wire, f.Time = len(f.Data), int64(i)*1000
		pool.Frame(&f, plant.NewPacketRef(0, uint64(i+1)))
	}
	for i := range 100_000 {
		frame(i)
	}
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 400_000 {
		frame(100_000 + i)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("the heap grew by %d KiB after every table was full", grown>>10)
	}
	if pool.Lost() == 0 {
		t.Error("what found no room was not counted")
	}
	b := inventory.New(inventory.Options{})
	for s := range pool.Sightings() {
		b.Add(s)
	}
}

// dnsQuery is a frame from a host that is new each time to another, asking for
// a name that nobody asked for before.
func dnsQuery(src, dst uint32) []byte {
	b := []byte{
		2, 0, 0, 0, 0, 2, 2, 0, byte(src >> 24), byte(src >> 16), byte(src >> 8), byte(src), 8, 0,
		0x45, 0, 0, 61, 0, 0, 0, 0, 64, 17, 0, 0, 10, byte(src >> 16), byte(src >> 8), byte(src), 11, byte(dst >> 16), byte(dst >> 8), byte(dst) | 1,
		0xc0, 0, 0, 53, 0, 41, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 8,
	}
	for i := range 8 {
		b = append(b, 'a'+byte(dst>>(4*i))&15)
	}
	return append(b, 3, 'c', 'o', 'm', 0, 0, 1, 0, 1, 0, 0, 0, 0, 0)
}
