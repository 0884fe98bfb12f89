package api

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// TestDocumentedCommands runs the curl commands of docs/api.md.
func TestDocumentedCommands(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	im := &importer{jobs: map[string]store.Capture{"c1": {ID: "c1", State: store.CaptureQueued}}}
	p := fill(t, 50, Options{Packets: &cutter{data: []byte("packets")}, Importer: im, Uploads: t.TempDir()})
	if err := p.db.PutCapture(t.Context(), store.Capture{ID: "c1", State: store.CaptureQueued, Created: clock}); err != nil {
		t.Fatal(err)
	}
	p.seal(t, clock.Add(-3*time.Hour), 1)
	if p.opt.Policy, err = revision.New(revision.Options{Store: p.db, Now: func() time.Time { return clock }}); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for line := range strings.Lines(string(page)) {
		words := split(strings.TrimSpace(line))
		if len(words) == 0 || words[0] != "curl" || strings.Contains(line, "/events") {
			continue // the stream has tests of its own
		}
		method, target, body, header := command(words[1:])
		got := ask(t, p.Server, method, target, strings.NewReader(body), header...)
		if got.status >= 300 {
			t.Errorf("%s: %d %s", strings.TrimSpace(line), got.status, got.body)
		}
		ran++
	}
	if ran < 25 {
		t.Errorf("only %d commands were found", ran)
	}
}

// command is the request that curl would send.
func command(args []string) (method, target, body string, header []string) {
	method = http.MethodGet
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "-X":
			i++
			method = args[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(args[i], ": ")
			header = append(header, name, value)
		case "-d":
			i++
			body = args[i]
		case "--data-binary":
			i++
			body = string(pcapHead)
		case "-o":
			i++
		default:
			if u, err := url.Parse(args[i]); err == nil && u.Host == "localhost:8080" {
				target = u.RequestURI()
			}
		}
	}
	return method, target, body, header
}

// split takes a command line apart where there are single quotes only.
func split(line string) (words []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}
