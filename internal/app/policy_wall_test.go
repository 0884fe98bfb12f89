package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// TestTheLedgersKeySignsRevisions holds that what the hub signs is what the box
// verifies with the ledger's public key, and that no checkpoint is taken for it.
func TestTheLedgersKeySignsRevisions(t *testing.T) {
	l, err := ledger.Open(t.Context(), ledger.Options{Dir: filepath.Join(t.TempDir(), "ledger"), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	signed, err := wall.Sign(l.Signer(), "works", 7, "abc")
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(strings.TrimSpace(l.Verifier()))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil || n.Text != wall.Statement("works", 7, "abc") {
		t.Errorf("%v %v", n, err)
	}
	if strings.HasPrefix(n.Text, l.Signer().Name()+"\n") {
		t.Error("it begins as a checkpoint does")
	}
}

// boundaryAt answers as a boundary process does.
func boundaryAt(t *testing.T, h http.HandlerFunc) *wallOf {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "b.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	c := wall.Dial(socket)
	t.Cleanup(func() { c.Close(); s.Close(); <-done })
	return &wallOf{client: c}
}

func TestWhatABoundaryAnswers(t *testing.T) {
	asked := ""
	w := boundaryAt(t, func(w http.ResponseWriter, r *http.Request) {
		asked += r.Method + " " + r.URL.RequestURI() + "\n"
		switch r.URL.Path {
		case "/status":
			json.NewEncoder(w).Encode(wall.Status{
				Mode: "proxy-arp", Pending: &wall.Pending{Revision: wall.Revision{Number: 3, Hash: "h"}, ID: "t1", Guarded: true},
				Confirmed: &wall.Revision{Number: 2}, Last: &wall.Outcome{ID: "t0", What: wall.RolledBack, Ender: "guard", ConfirmedBy: "anna", Why: "silent"}, Problems: []string{"a problem"},
			})
		case "/denials":
			reports := wall.Reports{Epoch: "e1", Next: 3}
			if r.URL.Query().Get("since") != "3" {
				reports.Reports = []wall.Report{{Number: 1, Kind: wall.KindShadow, Count: 4}, {Number: 2, Kind: wall.KindRefused, Protocol: "modbus", Operation: "Write", Object: "7"}}
			}
			json.NewEncoder(w).Encode(reports)
		default:
			w.WriteHeader(http.StatusConflict)
			w.Write([]byte(`{"kind":"conflict","text":"a trial is on"}`))
		}
	})
	ctx := t.Context()
	s, err := w.Status(ctx)
	if err != nil || s.Held().N != 3 || s.Pending.ID != "t1" || s.Confirmed.N != 2 || s.Last.Confirmed || s.Last.By != "guard" || s.Mode != "proxy-arp" {
		t.Errorf("%+v %v", s, err)
	}
	for range 2 {
		if r, err := w.Reports(ctx); err != nil || len(r) != 2 || r[0].Operation != "modbus Write 7" || r[1].Count != 4 {
			t.Errorf("%+v %v", r, err)
		}
	}
	var refusal *revision.Refusal
	if _, err := w.Apply(ctx, &revision.Order{}); !errors.As(err, &refusal) || !errors.Is(err, revision.ErrConflict) || refusal.Text != "A trial is on." {
		t.Errorf("%v", err)
	}
	if !strings.Contains(asked, "/denials?epoch=e1&since=3") {
		t.Errorf("what was asked: %s", asked)
	}
}

func TestABoundaryThatIsNotThere(t *testing.T) {
	c := wall.Dial(filepath.Join(t.TempDir(), "none.sock"))
	defer c.Close()
	if _, err := (&wallOf{client: c}).Status(context.Background()); !errors.Is(err, revision.ErrAway) {
		t.Errorf("%v", err)
	}
}
