package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/doctor"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/cert"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// running is a box in this process. Privileges stay: the tests need them.
type running struct {
	t      *testing.T
	url    string
	data   string
	client *http.Client // signed in
	stop   context.CancelFunc
	done   chan error
}

// runBox starts a box and signs in.
func runBox(t *testing.T, data string, extra ...ExtraSensor) *running {
	t.Helper()
	r, path := startBox(t, data, extra...)
	r.signIn(path)
	return r
}

// startBox starts a box and says where one signs in. It asks the box nothing:
// a test in a network namespace of its own cannot, as a connection is made by
// whatever thread comes first.
func startBox(t *testing.T, data string, extra ...ExtraSensor) (r *running, path string) {
	t.Helper()
	c := &config.Config{Site: "north", Data: data, Listen: "127.0.0.1:0", Confine: "off", Roles: []string{config.RoleHub, config.RoleSensor}}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p, err := Open(ctx, c, ProcessOptions{Version: "test", Log: slog.New(slog.DiscardHandler), Extra: extra, SealEvery: 50 * time.Millisecond})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	r = &running{t: t, data: data, url: "http://" + p.Address().String(), stop: cancel, done: make(chan error, 1)}
	if path, err = p.EnterPath(ctx, "tester", ""); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- p.Run(ctx) }()
	t.Cleanup(r.end)
	return r, path
}

// signIn opens a link that signs in.
func (r *running) signIn(path string) {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.client = &http.Client{Jar: jar}
	_, token, _ := strings.Cut(path, "#")
	a, err := r.client.Post(r.url+"/api/v1/signin/link", "application/json", strings.NewReader(`{"token":"`+token+`"}`))
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		r.t.Fatalf("signing in: %s", a.Status)
	}
}

// end stops the box and waits; a second call does nothing.
func (r *running) end() {
	r.stop()
	if r.done == nil {
		return
	}
	if err := <-r.done; err != nil {
		r.t.Error(err)
	}
	r.done = nil
}

// get asks the API.
func (r *running) get(path string, into any) int {
	r.t.Helper()
	a, err := r.client.Get(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	if into == nil {
		return a.StatusCode
	}
	if err := json.NewDecoder(a.Body).Decode(into); err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	return a.StatusCode
}

// until asks again and again until something holds.
func (r *running) until(what string, holds func() bool) {
	r.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if holds() {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
	r.t.Fatalf("in a minute: %s", what)
}

type assetList struct {
	Items []struct {
		ID, Label, Role, Vendor string
		IPs                     []string
	}
	Total int
}

func smallCapture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := lab.Write(&b, lab.Options{Seed: 3, Time: 2 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (r *running) upload(name string, body []byte) (id string) {
	r.t.Helper()
	a, err := r.client.Post(r.url+"/api/v1/captures?name="+name, "application/octet-stream", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	text, _ := io.ReadAll(a.Body)
	var job struct{ ID string }
	if err := json.Unmarshal(text, &job); err != nil || a.StatusCode != http.StatusAccepted {
		r.t.Fatalf("%d %s", a.StatusCode, text)
	}
	return job.ID
}

// TestImport hands a capture to a box and finds in it what analyze finds, then
// saves the box's state, restores it elsewhere and finds the same there.
func TestImport(t *testing.T) {
	dir := t.TempDir()
	box := runBox(t, filepath.Join(dir, "one"))
	id := box.upload("monday.pcap", smallCapture(t))
	var job struct {
		State, Problem string
		Packets        int64
	}
	box.until("the import ends", func() bool {
		box.get("/api/v1/captures/"+id, &job)
		return job.State == string(store.CaptureDone)
	})
	a, err := Analyze(AnalyzeOptions{Files: []string{writeFile(t, "monday.pcap", smallCapture(t))}})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for range a.Assets {
		want++
	}
	var list assetList
	box.until(fmt.Sprintf("%d assets", want), func() bool {
		box.get("/api/v1/assets?limit=1000", &list)
		return list.Total == want
	})
	if job.Packets != int64(a.Captures[0].Packets) || job.Problem != "" {
		t.Errorf("%+v", job)
	}
	var findings struct{ Items []struct{ Rule string } }
	box.until("findings", func() bool {
		box.get("/api/v1/findings", &findings)
		return len(findings.Items) == len(a.Findings())
	})

	box.showsPackets(list.Items[0].ID)
	box.isWell()

	saved := filepath.Join(dir, "saved.tar.zst")
	if _, err := state.Backup(t.Context(), filepath.Join(dir, "one"), saved, "test", time.Now()); err != nil {
		t.Fatal(err)
	}
	box.end()
	two := filepath.Join(dir, "two")
	if _, err := state.Restore(t.Context(), saved, two, nil); err != nil {
		t.Fatal(err)
	}
	other := runBox(t, two)
	var again assetList
	other.get("/api/v1/assets?limit=1000", &again)
	if fmt.Sprint(again) != fmt.Sprint(list) {
		t.Errorf("restored %d assets, saved %d", again.Total, list.Total)
	}
	if code := other.get("/readyz", nil); code != http.StatusOK {
		t.Errorf("the restored box is not ready: %d", code)
	}
}

// showsPackets cuts the packet behind each fact of an asset.
func (r *running) showsPackets(asset string) {
	r.t.Helper()
	var a struct {
		Facts []struct {
			Field  string
			Packet *struct {
				Site, Sensor string
				Number       uint64
				Available    bool
			}
		}
	}
	r.get("/api/v1/assets/"+asset, &a)
	shown := 0
	for _, f := range a.Facts {
		if f.Packet == nil {
			continue
		}
		// Whoever may see another site must not see this one's by naming that.
		if code := r.get(fmt.Sprintf("/api/v1/packets?site=south&sensor=%s&number=%d", f.Packet.Sensor, f.Packet.Number), nil); code != http.StatusNotFound {
			r.t.Errorf("%s: status %d for the packet as one of another site", f.Field, code)
		}
		if !f.Packet.Available {
			r.t.Errorf("%s: packet %d cannot be shown", f.Field, f.Packet.Number)
			continue
		}
		answer, err := r.client.Get(fmt.Sprintf("%s/api/v1/packets?site=%s&sensor=%s&number=%d", r.url, f.Packet.Site, f.Packet.Sensor, f.Packet.Number))
		if err != nil {
			r.t.Fatal(err)
		}
		c, err := capture.Open(answer.Body)
		var frame capture.Frame
		if err != nil || c.Next(&frame) != nil || c.Next(new(capture.Frame)) != io.EOF {
			r.t.Errorf("%s: packet %d: status %d, %v", f.Field, f.Packet.Number, answer.StatusCode, err)
		}
		answer.Body.Close()
		shown++
	}
	if shown == 0 {
		r.t.Error("no fact of the asset names a packet")
	}
}

// isWell asks the doctor, who must find the box and its sensor.
func (r *running) isWell() {
	r.t.Helper()
	c := &config.Config{Listen: strings.TrimPrefix(r.url, "http://"), Data: r.data, Roles: []string{config.RoleHub}}
	f := doctor.Look(r.t.Context(), c, 0)
	if f.Running == nil || !f.Running.Ready || len(f.Running.Sensors) != 1 || f.Running.Sensors[0].Packets == 0 || f.Running.Sensors[0].Lost != 0 {
		r.t.Errorf("the doctor finds %+v", f.Running)
	}
}

func writeFile(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestImportsThatComeToNothing: what is no capture is refused, and what breaks
// off is read up to there.
func TestImportsThatComeToNothing(t *testing.T) {
	box := runBox(t, t.TempDir())
	a, err := box.client.Post(box.url+"/api/v1/captures?name=x", "application/octet-stream", strings.NewReader("this is no capture at all"))
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode < 400 || a.StatusCode >= 500 {
		t.Errorf("no capture: %d", a.StatusCode)
	}
	whole := smallCapture(t)
	id := box.upload("cut.pcap", whole[:len(whole)-7]) // within the last frame: no frame is as short
	var job struct {
		State, Problem string
		Packets        int64
	}
	box.until("the cut capture ends", func() bool {
		box.get("/api/v1/captures/"+id, &job)
		return job.State == string(store.CaptureDone)
	})
	if !strings.Contains(job.Problem, "ends in the middle") || job.Packets == 0 {
		t.Errorf("%+v", job)
	}
}

// TestAssetsKeepTheirIdentifiers restarts a box: a link to an asset that worked
// before works after.
func TestAssetsKeepTheirIdentifiers(t *testing.T) {
	data := t.TempDir()
	box := runBox(t, data)
	box.upload("a.pcap", smallCapture(t))
	var before, after assetList
	box.until("assets", func() bool { box.get("/api/v1/assets?limit=1000", &before); return before.Total > 50 })
	box.end()
	box = runBox(t, data)
	box.until("as many assets", func() bool { box.get("/api/v1/assets?limit=1000", &after); return after.Total >= before.Total })
	for _, x := range before.Items {
		if code := box.get("/api/v1/assets/"+x.ID, nil); code != http.StatusOK {
			t.Errorf("%s (%s): %d", x.ID, x.Label, code)
		}
	}
}

// TestOneProcessAtATime: a second one in the same folder is told so.
func TestOneProcessAtATime(t *testing.T) {
	data := t.TempDir()
	runBox(t, data)
	c := &config.Config{Data: data, Listen: "127.0.0.1:0", Confine: "off"}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), c, ProcessOptions{Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		p.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "another bulkhead works there") {
		t.Errorf("got %v", err)
	}
}

// TestOffLoopbackOverTLS: what others can reach speaks TLS, whatever the
// configuration forgets.
func TestOffLoopbackOverTLS(t *testing.T) {
	data := t.TempDir()
	c := &config.Config{Data: data, Listen: "0.0.0.0:0", Confine: "off"}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), c, ProcessOptions{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	authority, _, err := cert.ReadAuthority(filepath.Join(data, config.CertificateDir))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	_, port, _ := net.SplitHostPort(p.Address().String())
	res, err := (&http.Client{Transport: tr}).Get("https://localhost:" + port + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(p.URL(), "https://") {
		t.Errorf("%d at %s", res.StatusCode, p.URL())
	}
	tr.CloseIdleConnections()
	asked := *c
	asked.Listen = "0.0.0.0:" + port
	if f := doctor.Look(t.Context(), &asked, 0); f.Running == nil || !f.Running.Ready {
		t.Errorf("the doctor finds %+v", f.Running)
	}
	// Without the authority it takes nobody for the hub.
	asked.Data = t.TempDir()
	if f := doctor.Look(t.Context(), &asked, 0); f.Running != nil {
		t.Errorf("the doctor trusts %+v", f.Running)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
