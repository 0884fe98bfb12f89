package lab

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

func digest(t *testing.T, o Options) [32]byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(&b, o); err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b.Bytes())
}

func TestSameSeedSameBytes(t *testing.T) {
	o := Options{Seed: 7, Time: 2 * time.Minute}
	first := digest(t, o)
	if digest(t, o) != first {
		t.Error("the same seed gave other bytes")
	}
	o.Seed = 8
	if digest(t, o) == first {
		t.Error("another seed gave the same bytes")
	}
}

// walk hands over each frame of a simulation.
func walk(t testing.TB, o Options, do func(f *capture.Frame)) {
	t.Helper()
	s, err := NewSource(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var f capture.Frame
	for err = s.Next(&f); err == nil; err = s.Next(&f) {
		do(&f)
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

func TestTimeDoesNotRunBackwards(t *testing.T) {
	last := int64(0)
	frames := 0
	walk(t, Options{}, func(f *capture.Frame) {
		if f.Time < last {
			t.Fatalf("frame %d at %v comes after one at %v", frames, f.Time, last)
		}
		last = f.Time
		frames++
	})
	s, err := ReadScenario(DefaultScenario)
	if err != nil {
		t.Fatal(err)
	}
	if end := s.Start.Add(s.Time); last >= end.UnixNano() || last < end.Add(-time.Second).UnixNano() {
		t.Errorf("the last frame is at %v", time.Unix(0, last))
	}
	if frames < 30_000 || frames > 300_000 {
		t.Errorf("%d frames", frames)
	}
}

// sender is who a frame is from.
func sender(frame []byte) (mac plant.MAC, ip netip.Addr) {
	copy(mac[:], frame[6:])
	kind, rest := binary.BigEndian.Uint16(frame[12:]), frame[14:]
	if kind == 0x8100 {
		kind, rest = binary.BigEndian.Uint16(rest[2:]), rest[4:]
	}
	if kind == 0x0800 {
		ip, _ = netip.AddrFromSlice(rest[12:16])
	}
	return mac, ip
}

// TestEveryHostSends holds that no machine is there for nothing: each sends in
// the demonstration, and each that a scenario adds in that scenario.
func TestEveryHostSends(t *testing.T) {
	names, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		p, err := readPlan(name)
		if err != nil {
			t.Fatal(err)
		}
		hosts := p.Hosts
		if name != DefaultScenario {
			hosts = p.Scenario.hosts
		} else if len(hosts) < 100 || len(hosts) > 145 {
			t.Errorf("%d hosts", len(hosts))
		}
		if len(hosts) > 0 {
			holdSenders(t, name, hosts)
		}
	}
}

func holdSenders(t *testing.T, scenario string, hosts []machine) {
	t.Helper()
	macs, ips := map[plant.MAC]bool{}, map[netip.Addr]bool{}
	walk(t, Options{Scenario: scenario, Thin: 10}, func(f *capture.Frame) {
		mac, ip := sender(f.Data)
		macs[mac], ips[ip] = true, true
	})
	for _, h := range hosts {
		if h.Via == "" && !macs[plant.MAC(h.MAC)] || h.Via != "" && !ips[h.IP] {
			t.Errorf("%s: %s never sends", scenario, h.Name)
		}
	}
}

func TestNoTwoHostsShareAnAddress(t *testing.T) {
	p, err := readPlan("")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[any]string{}
	for _, h := range p.Hosts {
		for _, key := range []any{h.IP, h.MAC, h.Name} {
			if other := seen[key]; other != "" && key != (hardware{}) {
				t.Errorf("%s and %s share %v", h.Name, other, key)
			}
			seen[key] = h.Name
		}
	}
}

func TestTimeAskedFor(t *testing.T) {
	for _, d := range []time.Duration{time.Second, -time.Minute, Endless} {
		if _, err := Write(&bytes.Buffer{}, Options{Time: d}); !errors.Is(err, ErrTime) {
			t.Errorf("%v: %v, want ErrTime", d, err)
		}
	}
}

func TestDataAreChecked(t *testing.T) {
	for name, damage := range map[string]struct {
		do   func(p *plan)
		want string
	}{
		"a stack that does not exist": {func(p *plan) { p.Hosts[0].Stack = "cpm" }, "no stack"},
		"an address outside":          {func(p *plan) { p.Hosts[0].IP = netip.MustParseAddr("10.9.9.9") }, "is not in network"},
		"a host without a network":    {func(p *plan) { p.Hosts[0].Net = "" }, "stands in no network"},
		"a deed nobody can do":        {func(p *plan) { p.Talks[0].Do = "sing" }, "nobody can"},
		"a host that does not exist":  {func(p *plan) { p.Talks[0].From = []string{"plc-9"} }, "no host plc-9"},
	} {
		p, err := readPlan("")
		if err != nil {
			t.Fatal(err)
		}
		damage.do(p)
		if _, err = newWorld(p, &Options{}); err == nil || !strings.Contains(err.Error(), damage.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestASilentControllerIsSilent holds that a machine without power sends
// nothing, and speaks again afterwards.
func TestASilentControllerIsSilent(t *testing.T) {
	s, err := ReadScenario("silent-controller")
	if err != nil {
		t.Fatal(err)
	}
	plc := plant.MAC{0x58, 0x52, 0x8a, 0xc0, 0x15, 0xe7}
	var frames [3]int
	var asked int
	walk(t, Options{Scenario: s.Name}, func(f *capture.Frame) {
		share := float64(f.Time-s.Start.UnixNano()) / float64(s.Time)
		part := 0
		if share > 0.351 {
			part = 1
		}
		if share > 0.8 {
			part = 2
		}
		if mac, _ := sender(f.Data); mac == plc {
			frames[part]++
		} else if part == 1 && plant.MAC(f.Data[:6]) == plc {
			asked++
		}
	})
	if frames[0] < 200 || frames[1] != 0 || frames[2] < 100 || asked < 10 {
		t.Errorf("%d frames before, %d while it has no power, %d after; it was asked %d times meanwhile", frames[0], frames[1], frames[2], asked)
	}
}

// TestTshark holds every scenario against another reader: no frame that it
// cannot read, no wrong checksum, nothing odd in any TCP conversation but what
// the scenario itself makes odd.
func TestTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed")
	}
	names, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	sunday := time.Date(2026, time.March, 15, 20, 55, 0, 0, time.UTC)
	options := map[string]Options{
		"demo":       {Seed: 1, Time: 4 * time.Minute},
		"quiet-week": {Start: sunday, Time: time.Hour, Thin: 60},
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, special := options[name]
			if !special {
				o.Thin = 30
			}
			o.Scenario = name
			s, err := ReadScenario(name)
			if err != nil {
				t.Fatal(err)
			}
			if out := tshark(t, writeFile(t, o), s.Repeats); len(out) > 0 {
				t.Errorf("tshark objects:\n%.2000s", out)
			}
		})
	}
}

func writeFile(t *testing.T, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(&b, o); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "plant.pcap")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const (
	unreadable = "_ws.malformed || ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0"
	repeats    = "(tcp.analysis.flags && !tcp.analysis.retransmission)"
)

func tshark(t *testing.T, file string, repeating bool) []byte {
	t.Helper()
	odd := "tcp.analysis.flags"
	if repeating {
		odd = repeats
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tshark", "-n", "-r", file, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
		"-o", "udp.check_checksum:TRUE", "-Y", unreadable+" || "+odd).Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	return out
}

// BenchmarkSource measures the frames per second of the plant as it is, and of
// a thinned day.
func BenchmarkSource(b *testing.B) {
	for name, o := range map[string]Options{"ten minutes": {Scenario: "demo"}, "a thinned day": {Time: 24 * time.Hour, Thin: 30}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			frames := 0
			for b.Loop() {
				walk(b, o, func(*capture.Frame) { frames++ })
			}
			b.ReportMetric(float64(frames)/b.Elapsed().Seconds(), "frames/s")
			b.ReportMetric(float64(frames)/float64(b.N), "frames")
		})
	}
}
