package inject

import (
	"errors"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live/livetest"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// TestThePlantArrives plays a minute of the plant onto one end of a cable and
// counts at the other.
func TestThePlantArrives(t *testing.T) {
	plant, mirror := livetest.Pair(t)
	i, err := Look(plant)
	if err != nil || i.Kind != "veth" || i.Peer != mirror || i.Check() != nil {
		t.Fatalf("%+v, %v", i, err)
	}
	to, err := Open(i)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	s, err := lab.NewSource(lab.Options{Time: time.Minute, Thin: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := Play(t.Context(), s, to, Rate{PerSecond: 1_000_000, Now: time.Now, Sleep: lab.SleepContext})
	if err != nil || n.Frames != s.Frames() || n.Frames < 1000 {
		t.Fatalf("%+v of %d frames, %v", n, s.Frames(), err)
	}
	if sent, received := livetest.Sent(t, plant), livetest.Received(t, mirror); sent != n.Frames || received != n.Frames {
		t.Errorf("%d frames were played, the kernel sent %d and received %d", n.Frames, sent, received)
	}
}

// TestBridgesAreSeen makes the interfaces that must be refused.
func TestBridgesAreSeen(t *testing.T) {
	plant, mirror := livetest.Pair(t)
	livetest.IP(t, "link add br0 type bridge")
	livetest.IP(t, "link set "+mirror+" master br0")
	for _, name := range []string{plant, mirror, "br0", "lo"} {
		i, err := Look(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Check(); !errors.Is(err, ErrReal) {
			t.Errorf("%+v is let through: %v", i, err)
		}
	}
	if _, err := Look("eth77"); err == nil {
		t.Error("an interface that does not exist was found")
	}
}

// BenchmarkSend measures how many frames a second leave.
func BenchmarkSend(b *testing.B) {
	plant, _ := livetest.Pair(b)
	i, err := Look(plant)
	if err != nil {
		b.Fatal(err)
	}
	to, err := Open(i)
	if err != nil {
		b.Fatal(err)
	}
	defer to.Close()
	s, err := lab.NewSource(lab.Options{Time: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	l, err := Keep(s)
	if err != nil {
		b.Fatal(err)
	}
	batch := make([][]byte, batchFrames)
	var f capture.Frame
	n := 0
	for b.Loop() {
		for k := range batch {
			if err := l.Next(&f); err != nil {
				b.Fatal(err)
			}
			batch[k] = f.Data
		}
		if err := to.Send(batch); err != nil {
			b.Fatal(err)
		}
		n += len(batch)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
}
