package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

func (c *client) modelText(ctx context.Context) (string, error) {
	m, err := get[struct{ Text string }](ctx, c, "/model")
	return m.Text, err
}

// act measures what changes something, and what is large.
func (c *client) act(ctx context.Context, h *hub) error {
	for _, format := range []string{"csv", "xlsx"} {
		before := h.memory("VmRSS")
		h.forgetPeak()
		_, a, err := c.send(ctx, http.MethodGet, "/export/assets?format="+format, "", nil)
		if err != nil {
			return err
		}
		fmt.Printf("all assets as %s: %.1f s, %.1f MB; memory %d MiB before, at most %d\n", format, a.took.Seconds(), float64(a.size)/1e6, before, h.memory("VmHWM"))
	}
	if err := c.merge(ctx); err != nil {
		return err
	}
	return c.saveModel(ctx, h)
}

func (c *client) merge(ctx context.Context) error {
	l, err := get[list](ctx, c, "/assets?limit=10&sort=name")
	if err != nil || len(l.Items) < 10 {
		return fmt.Errorf("%d assets: %w", len(l.Items), err)
	}
	text, a, err := c.send(ctx, http.MethodPost, "/assets/merge", "", map[string]any{"assets": []string{l.Items[3].ID, l.Items[4].ID}, "reason": "measured"})
	if err != nil {
		return err
	}
	var d struct{ ID string }
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	fmt.Printf("merge: %.0f ms", ms(a.took))
	if _, a, err = c.send(ctx, http.MethodDelete, "/decisions/"+d.ID, "", nil); err != nil {
		return err
	}
	fmt.Printf("; undo: %.0f ms\n", ms(a.took))
	return nil
}

// saveModel takes a network out of its zone and looks how long it takes until
// none of its assets stands there and no conversation waits to be judged, and how
// long others wait meanwhile. Then it puts the network back.
func (c *client) saveModel(ctx context.Context, h *hub) error {
	text, a, err := c.send(ctx, http.MethodGet, "/model", "", nil)
	if err != nil {
		return err
	}
	var m struct{ Text string }
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	other := strings.ReplaceAll(m.Text, "{ subnet: 10.0.0.0/24 }", "{ subnet: 10.99.0.0/24 }")
	for _, x := range []struct{ name, text string }{{"a zone loses a network", other}, {"and has it again", m.Text}} {
		if a, err = c.save(ctx, h, x.name, x.text, a.etag); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) save(ctx context.Context, h *hub, name, text, etag string) (answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var worst time.Duration
	var asked int
	var other sync.WaitGroup
	other.Go(func() { worst, asked = c.ask(ctx, "/assets?limit=200&sort=-last_seen") })
	h.forgetPeak()
	began := time.Now()
	_, a, err := c.send(ctx, http.MethodPut, "/model", etag, map[string]string{"site": "big", "text": text, "note": name})
	if err != nil {
		return a, err
	}
	done, err := c.placed(ctx, strings.Contains(text, "10.99.0.0/24"))
	if err != nil {
		return a, err
	}
	cancel()
	other.Wait()
	fmt.Printf("save the model (%s): answered after %.0f ms, all placed and judged after %.1f s; %d pages of assets meanwhile, the slowest %.0f ms; memory at most %d MiB\n", name, ms(a.took), done.Sub(began).Seconds(), asked, ms(worst), h.memory("VmHWM"))
	return a, nil
}

// ask asks again and again until ctx ends, and is the longest that it waited.
func (c *client) ask(ctx context.Context, path string) (worst time.Duration, n int) {
	for ctx.Err() == nil {
		_, a, err := c.send(ctx, http.MethodGet, path, "", nil)
		if err != nil {
			break
		}
		worst, n = max(worst, a.took), n+1
		time.Sleep(50 * time.Millisecond)
	}
	return worst, n
}

// placed waits until the network stands nowhere, or somewhere, and nothing waits
// to be judged.
func (c *client) placed(ctx context.Context, nowhere bool) (time.Time, error) {
	for began := time.Now(); time.Since(began) < patience; time.Sleep(100 * time.Millisecond) {
		l, err := get[list](ctx, c, "/assets?limit=1&zone=none&network=10.0.0.0%2F24")
		if err != nil {
			return began, err
		}
		b, err := get[struct{ Unknown, Unplaced int }](ctx, c, "/boundary")
		if err != nil {
			return began, err
		}
		if (len(l.Items) > 0) == nowhere && (b.Unplaced > 0) == nowhere && b.Unknown == 0 {
			return time.Now(), nil
		}
	}
	return time.Now(), fmt.Errorf("not all was placed after %s", patience)
}
