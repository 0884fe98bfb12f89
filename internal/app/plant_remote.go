package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
)

// remoteWait is how long a hub may take to answer.
const remoteWait = 30 * time.Second

// hubAddress refuses an address at which a token could be read by others on the
// way.
func hubAddress(base string) error {
	u, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("the address of the hub: %w: %w", config.ErrWrong, err)
	}
	if u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !config.Loopback(net.JoinHostPort(u.Hostname(), "0"))) {
		return fmt.Errorf("the address of the hub: %q is none with https://, which is needed but on this machine: %w", base, config.ErrWrong)
	}
	return nil
}

// askHub sends a request to a hub with a token, and reads its answer.
func askHub(ctx context.Context, method, base, tokenFile, path, tag string, body, to any) (status int, err error) {
	if err := hubAddress(base); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, remoteWait)
	defer cancel()
	var send bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&send).Encode(body); err != nil {
			return 0, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(base, "/")+"/api/v1"+path, &send)
	if err != nil {
		return 0, fmt.Errorf("the address of the hub: %w", err)
	}
	if tokenFile != "" {
		token, err := config.Secret(tokenFile)
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if tag != "" {
		r.Header.Set("If-Match", tag)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	// No redirect is followed: a hub gives none for its API, and the token would
	// go along.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		return 0, fmt.Errorf("ask the hub: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return 0, fmt.Errorf("read the hub's answer: %w", err)
	}
	return res.StatusCode, readAnswer(res.StatusCode, b, to)
}

// readAnswer reads an answer of the API: JSON, or bytes where to is *[]byte.
func readAnswer(status int, b []byte, to any) error {
	if status >= http.StatusOK && status < http.StatusMultipleChoices {
		if raw, ok := to.(*[]byte); ok {
			*raw = b
			return nil
		}
		return json.Unmarshal(b, to)
	}
	var problem struct {
		Detail   string
		Problems []struct {
			Line, Column  int
			Message, Hint string
		}
	}
	if json.Unmarshal(b, &problem) != nil || problem.Detail == "" {
		problem.Detail = http.StatusText(status)
	}
	err := fmt.Errorf("the hub says: %s", problem.Detail)
	for _, p := range problem.Problems {
		err = fmt.Errorf("%w\n%d:%d: %s; %s", err, p.Line, p.Column, p.Message, p.Hint)
	}
	return err
}

func fetchModel(ctx context.Context, base, tokenFile, site string) (api.PlantModel, error) {
	var m api.PlantModel
	query := ""
	if site != "" {
		query = "?site=" + url.QueryEscape(site)
	}
	_, err := askHub(ctx, http.MethodGet, base, tokenFile, "/model"+query, "", nil, &m)
	return m, err
}

// FetchPlant is the newest model of a hub that runs, or its proposal.
func FetchPlant(ctx context.Context, base, tokenFile, site string) (string, error) {
	m, err := fetchModel(ctx, base, tokenFile, site)
	return m.Text, err
}

// SendPlant gives a hub that runs a text as the next version, if it differs from
// the newest.
func SendPlant(ctx context.Context, base, tokenFile, site, text, note string) (version int64, changed bool, err error) {
	now, err := fetchModel(ctx, base, tokenFile, site)
	if err != nil {
		return 0, false, err
	}
	if now.Version > 0 && now.Text == text {
		return now.Version, false, nil
	}
	var saved api.PlantModel
	status, err := askHub(ctx, http.MethodPut, base, tokenFile, "/model", fmt.Sprintf(`"v%d"`, now.Version), api.ModelText{Site: site, Text: text, Note: note}, &saved)
	if status == http.StatusPreconditionFailed {
		err = fmt.Errorf("somebody saved another version at the same time; look at it with bulkhead plant show and try again")
	}
	return saved.Version, err == nil, err
}
