package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"time"
)

const base = "/api/v1"

// client asks as a browser does: with a session, on connections that are kept,
// and with compression.
type client struct {
	http http.Client
	url  string
}

func signIn(ctx context.Context, o *options, h *hub) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{http: http.Client{Jar: jar, Timeout: 5 * time.Minute}, url: h.url}
	_, _, err = c.send(ctx, http.MethodPost, "/signin/link", "", map[string]string{"token": h.link})
	return c, err
}

// answer is what came back.
type answer struct {
	status int
	etag   string
	took   time.Duration
	size   int64
}

// send makes a request and reads all of its answer.
func (c *client) send(ctx context.Context, method, path, match string, in any) ([]byte, answer, error) {
	var a answer
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, a, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+base+path, body)
	if err != nil {
		return nil, a, err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	began := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return nil, a, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	a = answer{res.StatusCode, res.Header.Get("ETag"), time.Since(began), int64(len(text))}
	if err == nil && res.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %.300s", method, path, res.Status, text)
	}
	return text, a, err
}

// get reads JSON.
func get[T any](ctx context.Context, c *client, path string) (T, error) {
	var v T
	text, _, err := c.send(ctx, http.MethodGet, path, "", nil)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	return v, err
}

// list is what is read of any list.
type list struct {
	Items []struct {
		ID string `json:"id"`
	} `json:"items"`
	Next  string `json:"next"`
	Total int    `json:"total"`
}

// call is one that is measured.
type call struct {
	name, path string
	method     string // GET if ""
	body       any
}

// measure makes a call once and then n times more, and prints a line.
func (c *client) measure(ctx context.Context, x call, n int) error {
	if x.method == "" {
		x.method = http.MethodGet
	}
	_, first, err := c.send(ctx, x.method, x.path, "", x.body)
	if err != nil {
		return err
	}
	took := make([]time.Duration, 0, n)
	for range n {
		_, a, err := c.send(ctx, x.method, x.path, "", x.body)
		if err != nil {
			return err
		}
		took = append(took, a.took)
		time.Sleep(15 * time.Millisecond) // below what one session may ask in a second
	}
	slices.Sort(took)
	at := func(q float64) float64 { return ms(took[int(q*float64(len(took)-1)+.5)]) }
	fmt.Printf("| %s | %.1f | %.1f | %.1f | %.0f |\n", x.name, ms(first.took), at(.5), at(.95), float64(first.size)/1000)
	return nil
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// settle waits until all assets stand in their zones and the number of findings
// and of assets stays the same.
func (c *client) settle(ctx context.Context) (time.Time, error) {
	type state struct {
		Assets   struct{ Total int }                   `json:"assets"`
		Findings struct{ High, Medium, Low, Info int } `json:"findings"`
	}
	var last state
	same, began := time.Time{}, time.Now()
	for time.Since(began) < patience {
		now, err := get[state](ctx, c, "/overview")
		if err != nil {
			return same, err
		}
		open, err := get[list](ctx, c, "/assets?limit=1&zone=none")
		if err != nil {
			return same, err
		}
		if now != last || now.Assets.Total == 0 || open.Total > 0 {
			last, same = now, time.Now()
		}
		if time.Since(same) > 15*time.Second {
			return same, nil
		}
		time.Sleep(250 * time.Millisecond)
	}
	return same, fmt.Errorf("the hub was not at rest after %s", patience)
}
