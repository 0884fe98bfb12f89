package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

const (
	heartbeat = 15 * time.Second // shorter than any proxy's patience
	eventWait = 10 * time.Second // for a client to take what is written
	batch     = 64               // events written before they are flushed
)

// events is the stream. It never ends by itself: when the client goes away or
// the server does, or when the client takes too long to read.
func (s *Server) events(w http.ResponseWriter, r *http.Request, in *eventsInput) error {
	topics, err := parseTopics(in.Topics)
	if err != nil {
		return err
	}
	done, err := s.streams.take(r.Context(), 0)
	if err != nil {
		s.metrics.refused.WithLabelValues("streams").Inc()
		return err
	}
	defer done()
	st := &stream{s: s, w: w, rc: http.NewResponseController(w), topics: topics, r: r, site: in.Site, confined: isConfined(r.Context())}
	who := account.From(r.Context())
	var stop func()
	st.ended, stop = s.opt.Who.Watch(who)
	defer stop()
	// The deadline for reading the request would end the stream.
	if err := readUntil(st.rc, time.Time{}); err != nil {
		return fmt.Errorf("prepare a stream of events: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	if err := st.begin(r.Context(), in.LastEventID); err != nil {
		if !st.wrote {
			return err
		}
		return nil // the client sees the stream end and comes again
	}
	st.follow(r.Context())
	return nil
}

// stream is one client's.
type stream struct {
	s      *Server
	w      http.ResponseWriter
	rc     *http.ResponseController
	topics map[Topic]bool
	cursor uint64
	wrote  bool

	r        *http.Request
	site     string          // whose states are sent, "" for all
	confined bool            // whoever watches is not on all sites
	ended    <-chan struct{} // whoever watches is no longer signed in
}

// begin sends where the client stands: that it can go on, or the state of its
// topics.
func (st *stream) begin(ctx context.Context, lastID string) error {
	live := st.s.opt.Live
	if lastID != "" {
		if cursor, ok := live.resume(lastID); ok {
			st.cursor = cursor
			return st.send("resume", live.id(cursor), []byte("{}"))
		}
		return st.restart(ctx, true)
	}
	return st.restart(ctx, false)
}

// restart sends the state of all topics, after a reset where the client had
// something before. The cursor is taken first: what changes while the states
// are read is sent again, and nothing is missed.
func (st *stream) restart(ctx context.Context, reset bool) error {
	st.cursor = st.s.opt.Live.now()
	id := st.s.opt.Live.id(st.cursor)
	states, err := st.s.states(ctx, st.topics, st.site)
	if err != nil {
		return err
	}
	if reset {
		if err := st.send("reset", id, []byte("{}")); err != nil {
			return err
		}
	}
	for _, state := range states {
		if err := st.send("state", id, state); err != nil {
			return err
		}
	}
	return nil
}

// follow sends what comes until one side goes.
func (st *stream) follow(ctx context.Context) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		events, after, more, ok := st.s.opt.Live.since(st.cursor, st.topics, batch)
		switch {
		case !ok:
			st.s.metrics.resets.Inc()
			if st.restart(ctx, true) != nil {
				return
			}
			continue
		case len(events) > 0:
			if st.changes(events, after) != nil {
				return
			}
			continue
		}
		st.cursor = after
		select {
		case <-more:
		case <-beat.C:
			if !st.signedIn() || st.beat() != nil {
				return
			}
		case <-st.ended:
			return
		case <-ctx.Done():
			return
		case <-st.s.closing:
			return
		}
	}
}

// signedIn asks again who watches: a session ends by itself, and other processes
// can end it. The stream does not keep it from ending.
func (st *stream) signedIn() bool {
	again := st.r.Clone(st.r.Context())
	again.Header.Set(backgroundHeader, "1")
	who, err := st.s.opt.Who.Identify(again)
	return err != nil || who != nil // a store that does not answer ends no session
}

// changes writes a batch. Only its last event has the ID: a client that gets a
// part of the batch asks for all of it again, and a change that comes twice
// does no harm.
func (st *stream) changes(events []event, after uint64) error {
	for i, e := range events {
		id := ""
		if i == len(events)-1 {
			id = st.s.opt.Live.id(after)
		}
		if err := st.write("change", id, st.shown(e)); err != nil {
			return err
		}
	}
	st.cursor = after
	st.s.metrics.events.Add(float64(len(events)))
	return st.flush()
}

// shown is what of a change may be seen. A change does not say which site it is
// of: who is not on all sites hears that something changed and asks for what
// they see.
func (st *stream) shown(e event) []byte {
	if !st.confined {
		return e.data
	}
	data, _ := json.Marshal(Change{Topic: string(e.topic), Op: string(OpPut)}) // strings only
	return data
}

func (st *stream) send(name, id string, data []byte) error {
	if err := st.write(name, id, data); err != nil {
		return err
	}
	return st.flush()
}

// write sends one event. The data is JSON of one line, so that it needs no
// splitting.
func (st *stream) write(name, id string, data []byte) error {
	if err := writeUntil(st.rc, time.Now().Add(eventWait)); err != nil {
		return err
	}
	if !st.wrote {
		st.wrote = true
		if _, err := st.w.Write([]byte("retry: 2000\n\n")); err != nil {
			return err
		}
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	_, err := fmt.Fprintf(st.w, "event: %s\n%sdata: %s\n\n", name, id, data)
	return err
}

// beat shows that the stream lives, and moves the client's ID past events of
// topics it does not watch, so that they do not push it out of the ring. It is
// an event and no comment: a page cannot see a comment, and would show old
// figures as live while a dead connection has not timed out yet.
func (st *stream) beat() error {
	return st.send("heartbeat", st.s.opt.Live.id(st.cursor), []byte("{}"))
}

func (st *stream) flush() error { return st.rc.Flush() }

// states are the states of topics as JSON.
func (s *Server) states(ctx context.Context, topics map[Topic]bool, site string) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opt.Limits.Timeout)
	defer cancel()
	var list [][]byte
	for _, t := range Topics {
		if !topics[t] {
			continue
		}
		v, err := s.state(ctx, t, site)
		if err != nil {
			return nil, fmt.Errorf("read the state of %s: %w", t, err)
		}
		b, err := json.Marshal(State{Topic: string(t), Value: v})
		if err != nil {
			return nil, fmt.Errorf("encode the state of %s: %w", t, err)
		}
		list = append(list, b)
	}
	return list, nil
}

func (s *Server) state(ctx context.Context, t Topic, site string) (any, error) {
	first := Page{Limit: 100}
	switch t {
	case TopicOverview:
		return s.overview(ctx, &siteInput{Site: site})
	case TopicSensors:
		return s.listSensors(ctx, &siteInput{Site: site})
	case TopicCaptures:
		return s.listCaptures(ctx, &sitePageInput{Page: first, Site: site})
	case TopicFindings:
		return s.listFindings(ctx, &findingListInput{Page: first, FindingFilter: FindingFilter{Site: site}})
	case TopicModel:
		return s.modelHeads(ctx, site)
	case TopicPolicy:
		return s.policyHeads(ctx, site)
	}
	o, err := s.store.Overview(ctx, site)
	if err != nil {
		return nil, err
	}
	return AssetTotal{o.Assets}, nil
}
