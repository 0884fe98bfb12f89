//go:build linux

package boundary

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
)

// flatPlant is the plant of this test in its people's words. The historian may
// ask controllers for everything on port 502; nobody else anything.
const flatPlant = `site: flat
people:
  - { id: anna, name: Anna Weiss, side: it }
  - { id: bernd, name: Bernd Ott, side: operations }
owners: { it: anna, operations: bernd }
zones:
  - { id: office, name: Office, kind: enterprise, members: [ { subnet: 10.66.0.10/32 }, { subnet: "fd66::10/128" } ] }
  - { id: dmz, name: DMZ, kind: dmz, members: [ { subnet: 10.66.0.11/32 }, { subnet: "fd66::11/128" } ] }
  - { id: cell, name: Filler, kind: cell, members: [ { subnet: 10.66.0.20/31 }, { subnet: "fd66::20/127" } ] }
conduits:
  - { id: historian, from: dmz, to: cell, allow: [ { transport: tcp, port: 502 } ], reason: Figures of the filler. }
boundary: { stage: enforce }
`

// person is somebody signed in at the hub.
type person struct {
	t      *testing.T
	url    string
	client *http.Client
}

// startHub runs a hub that finds a boundary at a socket.
func startHub(t *testing.T, dir, socket string) (*app.Process, string) {
	t.Helper()
	plant := filepath.Join(dir, "plant.yaml")
	if err := os.WriteFile(plant, []byte(flatPlant), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &config.Config{
		Site: "flat", Data: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", Confine: "off", Roles: []string{config.RoleHub},
		PlantFile: plant, Boundary: &config.Boundary{Socket: socket},
	}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p, err := app.Open(ctx, c, app.ProcessOptions{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return p, "http://" + p.Address().String()
}

// signIn lets somebody in by a link.
func signIn(t *testing.T, p *app.Process, url, name string) *person {
	t.Helper()
	path, err := p.EnterPath(t.Context(), name, name)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	x := &person{t: t, url: url, client: &http.Client{Jar: jar}}
	_, token, _ := strings.Cut(path, "#")
	x.must(http.MethodPost, "/signin/link", map[string]string{"token": token}, nil)
	return x
}

// ask sends a request and says what became of it.
func (x *person) ask(method, path string, body, to any) (int, string) {
	x.t.Helper()
	var send bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&send).Encode(body); err != nil {
			x.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(x.t.Context(), method, x.url+"/api/v1"+path, &send)
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	a, err := x.client.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	if s, ok := to.(*string); ok {
		*s = string(b)
	} else if to != nil && a.StatusCode < 300 {
		if err := json.Unmarshal(b, to); err != nil {
			x.t.Fatalf("%s %s: %v in %s", method, path, err, b)
		}
	}
	return a.StatusCode, string(b)
}

func (x *person) must(method, path string, body, to any) {
	x.t.Helper()
	if status, text := x.ask(method, path, body, to); status >= 300 {
		x.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
}

func (x *person) refused(status int, method, path string, body any) {
	x.t.Helper()
	if got, text := x.ask(method, path, body, nil); got != status {
		x.t.Errorf("%s %s: %d, want %d: %s", method, path, got, status, text)
	}
}

// reaches reports whether the historian or the office gets a connection to a
// controller's server.
func reaches(t *testing.T, s *site, port string) (historian, office bool) {
	t.Helper()
	c, err := s.historian.Dial("tcp", plcAddr+port, 3*time.Second)
	if historian = err == nil; historian {
		_ = c.Close()
	}
	c, err = s.pc.Dial("tcp", plcAddr+port, 3*time.Second)
	if office = err == nil; office {
		_ = c.Close()
	} else if !errors.Is(err, syscall.ECONNREFUSED) && !os.IsTimeout(err) {
		t.Fatal(err)
	}
	return historian, office
}

// listOf is the name of the first list of a Cisco configuration.
func listOf(text string) string {
	_, rest, _ := strings.Cut(text, "\naccess-list ")
	name, _, _ := strings.Cut(rest, " ")
	return name
}

// TestFromTheHubToTheKernel goes the whole way with the real hub, the real
// boundary process and its guard: a revision that two people approve and the hub
// signs is applied and confirmed; what it stops is stopped; one that is not
// confirmed goes back; a containment stops what is allowed; the wall is proven,
// and a firewall's configuration means the same.
func TestFromTheHubToTheKernel(t *testing.T) {
	s := newSite(t)
	needKernel(t)
	dir := t.TempDir()
	socket := filepath.Join(dir, "b.sock")
	hub, url := startHub(t, dir, socket)
	public, err := os.ReadFile(filepath.Join(dir, "data", "ledger", "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	anna, bernd := signIn(t, hub, url, "anna"), signIn(t, hub, url, "bernd")
	anna.refused(http.StatusServiceUnavailable, http.MethodPost, "/policy/prove", nil) // the box is not there yet
	runBoundary(t, s, dir, string(public), socket)
	l, err := s.plc.Listen("tcp", "[::]:502")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	if h, o := reaches(t, s, ":502"); !h || !o {
		t.Fatalf("before: the historian %t, the office %t", h, o)
	}

	first := anna.signed(bernd, "The wall begins.")
	anna.applies(first)
	anna.must(http.MethodPost, "/policy/confirm", nil, nil)
	anna.awaits("confirmed")
	if h, o := reaches(t, s, ":502"); !h || o {
		t.Errorf("in force: the historian %t, the office %t", h, o)
	}
	var state api.PolicyState
	anna.must(http.MethodGet, "/policy", nil, &state)
	if state.Enforced == nil || state.Enforced.N != first || state.Enforced.Pending {
		t.Errorf("the hub says of what is in force: %+v", state.Enforced)
	}

	t.Run("proven", func(t *testing.T) {
		var proofs api.PolicyProofs
		anna.must(http.MethodPost, "/policy/prove", nil, &proofs)
		if i := slices.IndexFunc(proofs.Proofs, func(p api.PolicyProof) bool { return p.Kind == "readback" }); i < 0 || proofs.Proofs[i].Status != "proven" {
			t.Errorf("%+v", proofs.Proofs)
		}
	})
	t.Run("a firewall's configuration", func(t *testing.T) {
		var text string
		anna.must(http.MethodGet, "/policy/export?brand=asa", nil, &text)
		for _, x := range []struct{ text, want string }{{text, "equal"}, {strings.ReplaceAll(text, "502", "503"), "differs"}, {strings.Replace(text, "access-list", "access-list "+listOf(text)+" extended permit weird\naccess-list", 1), "unknown"}} {
			var c api.PolicyCompared
			if anna.must(http.MethodPost, "/policy/import", map[string]string{"brand": "asa", "text": x.text}, &c); c.Verdict != x.want {
				t.Errorf("%q, want %q: %s\n%s", c.Verdict, x.want, c.Says, x.text)
			}
		}
	})
	t.Run("contained", func(t *testing.T) {
		anna.refused(http.StatusForbidden, http.MethodPost, "/policy/containments", drill("conduit", "historian")) // she is not of operations
		bernd.contains(s, drill("conduit", "historian"))
	})
	t.Run("contained behind a relay", func(t *testing.T) {
		n := anna.signedText(bernd, strings.Replace(flatPlant, "transport: tcp, port: 502", "protocol: modbus, verbs: [read]", 1), "The historian reads only.")
		anna.applies(n)
		anna.must(http.MethodPost, "/policy/confirm", nil, nil)
		anna.awaits("confirmed")
		bernd.contains(s, drill("conduit", "historian"))
		bernd.contains(s, drill("pair", []string{"dmz", "cell"}))
	})
	t.Run("not confirmed", func(t *testing.T) {
		second := anna.signedText(bernd, strings.Replace(flatPlant, "port: 502", "port: 80", 1), "The historian asks elsewhere.")
		anna.applies(second)
		if h, _ := reaches(t, s, ":502"); h {
			t.Error("on trial, and the old conduit still holds")
		}
		anna.must(http.MethodPost, "/policy/rollback", map[string]string{"reason": "The historian reads nothing."}, nil)
		anna.awaits("rolled-back")
		if h, o := reaches(t, s, ":502"); !h || o {
			t.Errorf("after it went back: the historian %t, the office %t", h, o)
		}
	})
	t.Run("one alone", func(t *testing.T) {
		var r api.PolicyRevision
		anna.must(http.MethodPost, "/policy/revisions", map[string]string{"text": strings.Replace(flatPlant, "stage: enforce", "stage: observe", 1), "reason": "Open it."}, &r)
		anna.must(http.MethodPost, revisionPath(r.N)+"/approve", map[string]string{"side": "it"}, nil)
		anna.refused(http.StatusForbidden, http.MethodPost, revisionPath(r.N)+"/approve", map[string]string{"side": "operations"})
		anna.refused(http.StatusConflict, http.MethodPost, revisionPath(r.N)+"/apply", map[string]any{"force": true, "reason": "Now."})
	})
}

func drill(what string, value any) map[string]any {
	return map[string]any{what: value, "until": time.Now().Add(time.Hour), "reason": "A drill.", "consent": true}
}

// contains stops something that the historian needs, and lets it go again.
func (x *person) contains(s *site, body map[string]any) {
	x.t.Helper()
	var c api.PolicyContainment
	x.must(http.MethodPost, "/policy/containments", body, &c)
	if h, _ := reaches(x.t, s, ":502"); h {
		x.t.Errorf("%v: the historian passes all the same", body)
	}
	x.must(http.MethodDelete, "/policy/containments/"+c.ID, nil, nil)
	if h, _ := reaches(x.t, s, ":502"); !h {
		x.t.Errorf("%v: ended, and the historian does not pass", body)
	}
}

func revisionPath(n int64) string { return "/policy/revisions/" + strconv.FormatInt(n, 10) }

// signed makes a revision of the plant model that both approve.
func (x *person) signed(other *person, reason string) int64 {
	x.t.Helper()
	return x.signedText(other, "", reason)
}

func (x *person) signedText(other *person, text, reason string) int64 {
	x.t.Helper()
	body := map[string]string{"reason": reason}
	if text != "" {
		body["text"] = text
	}
	var r api.PolicyRevision
	x.must(http.MethodPost, "/policy/revisions", body, &r)
	x.must(http.MethodPost, revisionPath(r.N)+"/approve", map[string]string{"side": "it", "hash": r.Hash}, nil)
	other.must(http.MethodPost, revisionPath(r.N)+"/approve", map[string]string{"side": "operations", "hash": r.Hash}, &r)
	if !r.Signed {
		x.t.Fatalf("both approved, and it is not signed: %+v", r)
	}
	return r.N
}

func (x *person) applies(n int64) {
	x.t.Helper()
	x.must(http.MethodPost, revisionPath(n)+"/apply", map[string]any{"confirm_within": 120, "force": true, "reason": "A test."}, nil)
}

// awaits waits until the newest application has come to an end.
func (x *person) awaits(state string) {
	x.t.Helper()
	var a api.PolicyApplied
	for late := time.Now().Add(patience); time.Now().Before(late); <-time.After(100 * time.Millisecond) {
		x.must(http.MethodGet, "/policy/apply", nil, &a)
		if a.State == state {
			return
		}
	}
	x.t.Fatalf("%q, want %q: %s", a.State, state, a.Says)
}
