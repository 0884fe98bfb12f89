package wall

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Client asks the boundary process on this machine. The hub and the command line
// use it. It may be used by several goroutines.
//
// Errors are ErrAway where nothing answers, else one of ErrInvalid,
// ErrSignature, ErrNotFound, ErrConflict and ErrInternal with the boundary's
// words.
type Client struct {
	socket string
	http   *http.Client
}

// Dial makes a client of the boundary at a socket; nothing is asked yet.
func Dial(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 3 * time.Second}).DialContext(ctx, "unix", socket)
	}
	return &Client{socket, &http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second}, Timeout: 2 * time.Minute}}
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Status is what holds now.
func (c *Client) Status(ctx context.Context) (*Status, error) {
	var s Status
	return &s, c.do(ctx, http.MethodGet, "/status", nil, &s)
}

// Apply puts a revision in force on trial, and returns once it is in the kernel
// and guarded.
func (c *Client) Apply(ctx context.Context, r *ApplyRequest) (*Pending, error) {
	var p Pending
	return &p, c.do(ctx, http.MethodPost, "/apply", r, &p)
}

// Confirm says that the plant is well. The trial ends when every critical
// conversation was seen again, too.
func (c *Client) Confirm(ctx context.Context, r EndRequest) (*Pending, error) {
	var p Pending
	return &p, c.do(ctx, http.MethodPost, "/confirm", r, &p)
}

// Rollback takes a trial back at once.
func (c *Client) Rollback(ctx context.Context, r EndRequest) (*Outcome, error) {
	var o Outcome
	return &o, c.do(ctx, http.MethodPost, "/rollback", r, &o)
}

// OpenWall lets everything pass until CloseWall, in an emergency. A trial is
// taken back first.
func (c *Client) OpenWall(ctx context.Context, r EndRequest) error {
	return c.do(ctx, http.MethodPost, "/open", r, nil)
}

// CloseWall puts the confirmed revision in force again.
func (c *Client) CloseWall(ctx context.Context, r EndRequest) error {
	return c.do(ctx, http.MethodPost, "/close", r, nil)
}

// Grant lets one connection pass for a time.
func (c *Client) Grant(ctx context.Context, r GrantRequest) error {
	return c.do(ctx, http.MethodPost, "/grants", r, nil)
}

// Revoke ends a grant and the connections that it let through.
func (c *Client) Revoke(ctx context.Context, id string, r EndRequest) error {
	return c.do(ctx, http.MethodDelete, "/grants/"+url.PathEscape(id), r, nil)
}

// Contain stops what a containment names.
func (c *Client) Contain(ctx context.Context, x policy.Containment) (*Contained, error) {
	var k Contained
	return &k, c.do(ctx, http.MethodPost, "/containments", x, &k)
}

// Release ends a containment.
func (c *Client) Release(ctx context.Context, id string, r EndRequest) error {
	return c.do(ctx, http.MethodDelete, "/containments/"+url.PathEscape(id), r, nil)
}

// ReadBack reads what the kernel has, with the policy.
func (c *Client) ReadBack(ctx context.Context) (*ReadBack, error) {
	var r ReadBack
	return &r, c.do(ctx, http.MethodGet, "/readback", nil, &r)
}

// Probe sends a canary. It takes a few seconds.
func (c *Client) Probe(ctx context.Context) (*ProbeResult, error) {
	var r ProbeResult
	return &r, c.do(ctx, http.MethodPost, "/probe", nil, &r)
}

// Denials are the reports from a number of an epoch on, at most a thousand. Of
// another epoch than the current one all that are kept are given.
func (c *Client) Denials(ctx context.Context, epoch string, since uint64) (*Reports, error) {
	q := url.Values{"epoch": {epoch}, "since": {strconv.FormatUint(since, 10)}}
	var r Reports
	return &r, c.do(ctx, http.MethodGet, "/denials?"+q.Encode(), nil, &r)
}

// maxAnswer bounds what a boundary answers.
const maxAnswer = 2 * policy.MaxText

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("ask the boundary: %w", err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://boundary"+path, body)
	if err != nil {
		return fmt.Errorf("ask the boundary: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	a, err := c.http.Do(r)
	if err != nil {
		return c.away(ctx, err)
	}
	defer a.Body.Close()
	return c.read(a, out)
}

func (c *Client) read(a *http.Response, out any) error {
	b, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%w: its answer broke off: %w", ErrAway, err)
	}
	if a.StatusCode >= http.StatusBadRequest {
		p := problem{Text: "the boundary answered " + a.Status}
		_ = json.Unmarshal(b, &p) // what is no problem keeps the status
		return p.error()
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%w: its answer is no JSON: %w; are both of one version?", ErrInternal, err)
	}
	return nil
}

// away says why nobody answers and what to do about it.
func (c *Client) away(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("ask the boundary: %w", ctx.Err())
	}
	hint := "look with: systemctl status bulkhead-boundary"
	switch _, e := os.Stat(c.socket); {
	case os.IsPermission(e):
		hint = "this user may not use it: be root or in the group bulkhead"
	case os.IsNotExist(e):
		hint = "there is no such socket: start it with systemctl start bulkhead-boundary, or name its socket"
	}
	return fmt.Errorf("%w at %s: %w; %s", ErrAway, c.socket, err, hint)
}
