package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture/live/livetest"
)

// TestWatchingALine sends the simulated plant over a cable to a box that watches
// its other end. The box must account for every frame, and must not have sent
// one.
func TestWatchingALine(t *testing.T) {
	far, mirror := livetest.Pair(t)
	livetest.IP(t, "link set lo up")
	before := livetest.Sent(t, mirror)
	data := t.TempDir()
	c := &config.Config{Site: "line", Data: data, Listen: "127.0.0.1:0", Confine: "off", Sensors: []config.Sensor{{Interface: mirror}}}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), c, ProcessOptions{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	whole := smallCapture(t)
	sent := sendAll(t, livetest.NewSender(t, far), whole)
	for end := time.Now().Add(time.Minute); p.sensors[0].sensor.Status().Packets < sent && time.Now().Before(end); {
		<-time.After(50 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := livetest.Sent(t, mirror) - before; n != 0 {
		t.Errorf("the box sent %d frames on the line that it watches", n)
	}

	// What the sensor said last may still be on the bus: the next start takes it.
	startBox(t, data)
	db, err := store.Open(t.Context(), filepath.Join(data, state.Database), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var s store.Sensor
	var packets uint64
	for end := time.Now().Add(time.Minute); packets+s.Status.Duplicates+s.Status.Undecoded < sent && time.Now().Before(end); {
		<-time.After(50 * time.Millisecond)
		s, packets = heard(t, db, mirror)
	}
	if s.Status.Packets != sent || s.Status.Dropped != 0 || s.Status.Lost != 0 || s.Status.Failures != 0 || s.Missing != 0 {
		t.Errorf("%d frames sent; the sensor says %+v, %d batches missing", sent, s.Status, s.Missing)
	}
	// The plant's two minutes went by in seconds, so that more frames may look
	// like copies than in the capture; all the others stand in a conversation.
	if all := packets + s.Status.Duplicates + s.Status.Undecoded; all != sent {
		t.Errorf("%d frames sent; %d in conversations, %d copies, %d not decoded", sent, packets, s.Status.Duplicates, s.Status.Undecoded)
	}
}

// heard is what the store has of a sensor, and the packets of all conversations.
func heard(t *testing.T, db *store.DB, name string) (s store.Sensor, packets uint64) {
	t.Helper()
	s, err := db.Sensor(t.Context(), "line", name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	if err := db.ConversationTotals(t.Context(), "line", func(c *plant.Conversation) error {
		packets += c.PacketsUp + c.PacketsDown
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return s, packets
}

// sendAll sends every frame of a capture and counts them.
func sendAll(t *testing.T, s *livetest.Sender, whole []byte) (n uint64) {
	t.Helper()
	r, err := capture.Open(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var f capture.Frame
	for r.Next(&f) == nil {
		s.Send(t, f.Data)
		n++
	}
	return n
}
