package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// serve runs a server on loopback until the test ends.
func serve(t testing.TB, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

// sse is one server-sent event.
type sse struct{ name, id, data string }

// watcher reads a stream.
type watcher struct {
	t   testing.TB
	res *http.Response
	in  *bufio.Scanner
}

func watch(t testing.TB, url, lastID string) *watcher {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	in := bufio.NewScanner(res.Body)
	in.Buffer(nil, 1<<20)
	return &watcher{t, res, in}
}

// next is the next event, false when the stream has ended.
func (w *watcher) next() (e sse, ok bool) {
	for w.in.Scan() {
		line := w.in.Text()
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if e.name != "" {
				return e, true
			}
		}
	}
	return e, false
}

func (w *watcher) must(name string) sse {
	w.t.Helper()
	e, ok := w.next()
	if !ok || e.name != name {
		w.t.Fatalf("got %+v (%v), not %s", e, ok, name)
	}
	return e
}

func TestStreamBeginsWithStates(t *testing.T) {
	live := NewLive(LiveOptions{})
	url := serve(t, bare(t, Options{Live: live}))
	w := watch(t, url+base+"/events?topics=sensors,overview,assets", "")
	if ct := w.res.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Fatal(ct)
	}
	for _, topic := range []string{"overview", "sensors", "assets"} {
		e := w.must("state")
		var st State
		if err := json.Unmarshal([]byte(e.data), &st); err != nil || st.Topic != topic || e.id == "" {
			t.Errorf("%+v, not the state of %s: %v", e, topic, err)
		}
	}
	live.Publish(TopicFindings, OpPut, "not watched", nil)
	live.Publish(TopicAssets, OpPut, "plc-7", AssetRow{ID: "plc-7"})
	live.Publish(TopicAssets, OpRemove, "plc-8", nil)
	var c Change
	if err := json.Unmarshal([]byte(w.must("change").data), &c); err != nil || c.ID != "plc-7" || c.Op != "put" || c.Value == nil {
		t.Errorf("%+v %v", c, err)
	}
	if d := w.must("change").data; d != `{"topic":"assets","op":"remove","id":"plc-8"}` {
		t.Error(d)
	}
}

// TestStreamResumesWithoutLoss lets a client go away again and again while
// someone publishes: it gets each change, in order.
func TestStreamResumesWithoutLoss(t *testing.T) {
	live := NewLive(LiveOptions{})
	url := serve(t, bare(t, Options{Live: live})) + base + "/events?topics=assets"
	w := watch(t, url, "")
	id := w.must("state").id
	const n = 2000
	var publisher sync.WaitGroup
	publisher.Go(func() {
		for i := range n {
			live.Publish(TopicAssets, OpPut, strconv.Itoa(i), nil)
			live.Publish(TopicSensors, OpPut, "x", nil)
		}
	})
	defer publisher.Wait()
	for want, read := 0, 0; want < n; read++ {
		if read%97 == 96 { // away, and back
			w.res.Body.Close()
			w = watch(t, url, id)
			w.must("resume")
		}
		e := w.must("change")
		var c Change
		if err := json.Unmarshal([]byte(e.data), &c); err != nil {
			t.Fatal(err)
		}
		got, _ := strconv.Atoi(c.ID)
		// What came after the last ID comes again.
		if got > want {
			t.Fatalf("change %d is missing", want)
		}
		if got == want {
			want++
		}
		if e.id != "" {
			id = e.id
		}
	}
}

func TestStreamIsResetWhenTheBufferHasNoMore(t *testing.T) {
	live := NewLive(LiveOptions{Events: 8})
	url := serve(t, bare(t, Options{Live: live})) + base + "/events?topics=assets"
	first := watch(t, url, "")
	id := first.must("state").id
	first.res.Body.Close()
	for i := range 20 {
		live.Publish(TopicAssets, OpPut, strconv.Itoa(i), nil)
	}
	for _, c := range []struct{ name, id string }{
		{"an ID that is too old", id},
		{"one of another process", "ABCDEFGHIJKL-1"},
		{"one of the future", live.id(1 << 40)},
		{"nonsense", "x"},
	} {
		w := watch(t, url, c.id)
		reset := w.must("reset")
		w.must("state")
		live.Publish(TopicAssets, OpPut, c.name, nil)
		if e := w.must("change"); !strings.Contains(e.data, c.name) {
			t.Errorf("%s: %+v after a reset %+v", c.name, e, reset)
		}
		w.res.Body.Close()
	}
}

// TestSlowClientIsReset fills the connection of a client that does not read,
// and the ring behind it.
func TestSlowClientIsReset(t *testing.T) {
	live := NewLive(LiveOptions{Events: 64})
	s := bare(t, Options{Live: live})
	url := serve(t, s) + base + "/events?topics=assets"
	w := watch(t, url, "")
	w.must("state")
	big := strings.Repeat("x", 60<<10)
	// More than the sockets hold, so that the server's writes wait.
	for i := range 400 {
		live.Publish(TopicAssets, OpPut, strconv.Itoa(i), big)
	}
	for last := ""; ; {
		e, ok := w.next()
		if !ok {
			t.Fatal("the stream ended")
		}
		if e.name == "reset" {
			return
		}
		if e.name == "change" {
			last = e.data[:40]
			if strings.Contains(last, `"id":"399"`) {
				t.Fatal("all came: nothing was slow")
			}
		}
	}
}

func TestStreamsAreCounted(t *testing.T) {
	s := bare(t, Options{Limits: Limits{Streams: 1}})
	url := serve(t, s) + base + "/events"
	w := watch(t, url, "")
	w.must("state")
	second := watch(t, url, "")
	if second.res.StatusCode != http.StatusServiceUnavailable || second.res.Header.Get("Retry-After") == "" {
		t.Errorf("a second stream: %d", second.res.StatusCode)
	}
	if bad := watch(t, url+"?topics=weather", ""); bad.res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an unknown topic: %d", bad.res.StatusCode)
	}
}

// TestServeEndsStreams shows that a shutdown does not wait for those who watch.
func TestServeEndsStreams(t *testing.T) {
	s := bare(t, Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	w := watch(t, "http://"+l.Addr().String()+base+"/events?topics=assets", "")
	w.must("state")
	cancel()
	if _, ok := w.next(); ok {
		t.Error("an event after the end")
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// patientWriter is a connection that takes everything, without a network.
type patientWriter struct {
	*httptest.ResponseRecorder
	mu sync.Mutex
}

func (w *patientWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ResponseRecorder.Write(b)
}

func (w *patientWriter) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Body.String()
}
func (w *patientWriter) SetReadDeadline(time.Time) error  { return nil }
func (w *patientWriter) SetWriteDeadline(time.Time) error { return nil }
func (w *patientWriter) FlushError() error                { return nil }

func TestHeartbeatMovesTheID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live := NewLive(LiveOptions{})
		s := bare(t, Options{Live: live})
		ctx, cancel := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+base+"/events?topics=assets", nil)
		w := &patientWriter{ResponseRecorder: httptest.NewRecorder()}
		var stream sync.WaitGroup
		stream.Go(func() { s.Handler().ServeHTTP(w, r) })
		synctest.Wait()
		before := len(w.text())
		live.Publish(TopicSensors, OpPut, "not watched", nil)
		time.Sleep(heartbeat - time.Second)
		synctest.Wait()
		if got := w.text()[before:]; got != "" {
			t.Errorf("before its time: %q", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got, want := w.text()[before:], fmt.Sprintf("event: heartbeat\nid: %s\ndata: {}\n\n", live.id(2)); got != want {
			t.Errorf("%q, not %q", got, want)
		}
		cancel()
		stream.Wait()
	})
}

func TestLiveIsBounded(t *testing.T) {
	l := NewLive(LiveOptions{Events: 100, Bytes: 10_000, Value: 1000})
	for i := range 1000 {
		l.Publish(TopicAssets, OpPut, "a", strings.Repeat("x", i))
	}
	if l.bytes > 10_000 || l.next-l.oldest > 100 {
		t.Errorf("%d bytes, %d events", l.bytes, l.next-l.oldest)
	}
	events, large := l.Published()
	if events != 1000 || large == 0 {
		t.Errorf("%d events, %d without value", events, large)
	}
	l.Publish(TopicAssets, OpPut, "a", func() {}) // cannot be encoded
	if got, _, _, ok := l.since(l.now()-1, map[Topic]bool{TopicAssets: true}, 10); !ok || len(got) != 1 || !bytes.Equal(got[0].data, []byte(`{"topic":"assets","op":"put","id":"a"}`)) {
		t.Errorf("%v %v", got, ok)
	}
	sum := 0
	for _, e := range l.ring {
		sum += len(e.data)
	}
	if sum != l.bytes {
		t.Errorf("the ring holds %d bytes and counts %d", sum, l.bytes)
	}
}

// FuzzResume holds that no ID leads outside the ring.
func FuzzResume(f *testing.F) {
	l := NewLive(LiveOptions{Events: 4})
	for range 10 {
		l.Publish(TopicAssets, OpPut, "x", nil)
	}
	for _, id := range []string{"", "-", l.id(1), l.id(8), l.id(11), l.id(12), l.epoch + "-zzzzzzzzzzzzzz", l.epoch + "--1"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		cursor, ok := l.resume(id)
		if ok && (cursor < l.oldest || cursor > l.next) {
			t.Errorf("%q resumes at %d of %d to %d", id, cursor, l.oldest, l.next)
		}
		if _, _, _, has := l.since(cursor, map[Topic]bool{TopicAssets: true}, 10); ok && !has {
			t.Errorf("%q cannot be read on from", id)
		}
	})
}
