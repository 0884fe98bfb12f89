package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live/livetest"
)

// Frames of every length, the shortest and the longest too, arrive once, in
// order and byte for byte, and the interface sends none.
func TestInjectedFramesArriveAsTheyWerePut(t *testing.T) {
	_, mirror := livetest.Pair(t)
	if err := probe(mirror); err != nil {
		t.Skip("XDP test runs are refused here:", err)
	}
	h, err := live.Open(live.Options{Interface: mirror, BlockSize: 1 << 16, Blocks: 64})
	if err != nil {
		t.Fatal(err)
	}
	j, err := newInjector(mirror)
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	sent := livetest.Sent(t, mirror)
	var want [][]byte
	random := rand.NewChaCha8([32]byte{1})
	for _, run := range []int{1, slots, group + 1, 500} {
		for i := range run {
			frame := make([]byte, leastFrame+len(want)*37%(mostFrame-leastFrame+1))
			_, _ = random.Read(frame) // it gives all that is asked for
			frame[12], frame[13] = 8, 0
			j.put(i, frame)
			want = append(want, frame)
		}
		if n, err := j.flush(run); n != run || err != nil {
			t.Fatalf("flush(%d) = %d, %v", run, n, err)
		}
	}
	if err := compare(h.Source(0), want); err != nil {
		t.Error(err)
	}
	if n := livetest.Sent(t, mirror) - sent; n != 0 {
		t.Errorf("%d frames were sent", n)
	}
	if st := h.Status(); st.Dropped != 0 {
		t.Errorf("%d frames were dropped", st.Dropped)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if err := h.Source(0).Next(new(capture.Frame)); err != io.EOF {
		t.Errorf("after the last frame: %v, want the end", err)
	}
}

// compare reads frames and says where they differ from those that are wanted.
func compare(s *live.Source, want [][]byte) error {
	var f capture.Frame
	for i, until := 0, time.Now().Add(10*time.Second); i < len(want); {
		switch err := s.Next(&f); {
		case errors.Is(err, live.ErrIdle) && time.Now().Before(until):
		case err != nil:
			return err
		case !bytes.Equal(f.Data, want[i]):
			return fmt.Errorf("frame %d is %d bytes %x, want %d bytes %x", i, len(f.Data), f.Data, len(want[i]), want[i])
		default:
			i++
		}
	}
	return nil
}
