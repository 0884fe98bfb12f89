package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bulkhead-ot/bulkhead/internal/app"
	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bulkhead": main})
}

// TestScripts runs each file of testdata/script: one behaviour of the command
// line, readable as a session in a terminal.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"capture": writeCapture, "installation": makeInstallation, "tamper": tamper, "hub": startHub},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("there is no condition %q", name)
		},
	})
}

// makeInstallation is the script command "installation DIR": a data folder whose
// hub has not seen anything yet.
func makeInstallation(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o700))
	db, err := store.Open(context.Background(), filepath.Join(dir, "bulkhead.db"), store.Options{})
	ts.Check(err)
	ts.Check(db.Close())
}

// startHub is the script command "hub DIR SITE": a hub that runs until the script
// ends. URL is where it is, and the file token has a token that may do anything.
func startHub(ts *testscript.TestScript, _ bool, args []string) {
	c := &config.Config{Site: args[1], Data: ts.MkAbs(args[0]), Listen: "127.0.0.1:0", Confine: "off", Roles: []string{config.RoleHub}}
	ts.Check(c.Complete())
	ctx, stop := context.WithCancel(context.Background())
	p, err := app.Open(ctx, c, app.ProcessOptions{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		stop()
		ts.Fatalf("%v", err)
	}
	path, err := p.EnterPath(ctx, "tester", "")
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	ts.Defer(func() { stop(); ts.Check(<-done) })
	ts.Check(err)
	ts.Setenv("URL", p.URL())
	token, err := makeToken(p.URL(), path)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("token"), []byte(token), 0o600))
}

// makeToken signs in with a link and makes an API token.
func makeToken(hub, path string) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	client := &http.Client{Jar: jar}
	_, link, _ := strings.Cut(path, "#")
	a, err := client.Post(hub+"/api/v1/signin/link", "application/json", strings.NewReader(`{"token":"`+link+`"}`))
	if err != nil {
		return "", err
	}
	a.Body.Close()
	expires := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	if a, err = client.Post(hub+"/api/v1/tokens", "application/json", strings.NewReader(`{"name":"script","role":"administrator","site":"*","expires":"`+expires+`"}`)); err != nil {
		return "", err
	}
	defer a.Body.Close()
	var made struct{ Secret string }
	if err := json.NewDecoder(a.Body).Decode(&made); err != nil || made.Secret == "" {
		return "", fmt.Errorf("make a token: %s: %w", a.Status, err)
	}
	return made.Secret, nil
}

// tamper is the script command "tamper FILE OLD NEW": it replaces the first OLD.
func tamper(ts *testscript.TestScript, _ bool, args []string) {
	file := ts.MkAbs(args[0])
	b, err := os.ReadFile(file)
	ts.Check(err)
	if !bytes.Contains(b, []byte(args[1])) {
		ts.Fatalf("%s does not stand in %s", args[1], args[0])
	}
	ts.Check(os.WriteFile(file, bytes.Replace(b, []byte(args[1]), []byte(args[2]), 1), 0o600))
}

// writeCapture is the script command "capture FILE [cut|empty|gzip|later]": a
// capture of a master that reads and writes a controller's registers.
func writeCapture(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w, err := capture.NewWriter(&b, 1)
	ts.Check(err)
	variant := ""
	if len(args) > 1 {
		variant = args[1]
	}
	start := int64(1_700_000_000e9)
	if variant == "later" {
		start += 60e9
	}
	for i, f := range frames() {
		if variant != "empty" {
			ts.Check(w.Write(start+int64(i)*1e6, len(f), f))
		}
	}
	out := b.Bytes()
	switch variant {
	case "cut":
		out = out[:len(out)-7]
	case "gzip":
		var z bytes.Buffer
		g := gzip.NewWriter(&z)
		g.Write(out)
		g.Close()
		out = z.Bytes()
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o644))
}

// frames are a handshake, a read with its response and a write that is refused.
func frames() [][]byte {
	client, server := byte(1), byte(2)
	seq := map[byte]uint32{client: 100, server: 500}
	segment := func(from, to byte, flags byte, data ...byte) []byte {
		b := []byte{2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 8, 0, 0x45, 0, 0, byte(40 + len(data)), 0, byte(seq[from]), 0, 0, 64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to}
		ports := []byte{0xc3, 0x50, 1, 0xf6}
		if from == server {
			ports = []byte{1, 0xf6, 0xc3, 0x50}
		}
		b = append(b, ports...)
		b = append(b, byte(seq[from]>>24), byte(seq[from]>>16), byte(seq[from]>>8), byte(seq[from]))
		b = append(b, byte(seq[to]>>24), byte(seq[to]>>16), byte(seq[to]>>8), byte(seq[to]))
		b = append(b, 0x50, flags, 16, 0, 0, 0, 0, 0)
		seq[from] += uint32(len(data))
		if flags&2 != 0 {
			seq[from]++
		}
		return append(b, data...)
	}
	return [][]byte{
		segment(client, server, 2),
		segment(server, client, 0x12),
		segment(client, server, 0x18, 0, 1, 0, 0, 0, 6, 1, 3, 0, 100, 0, 2),
		segment(server, client, 0x18, 0, 1, 0, 0, 0, 7, 1, 3, 4, 0, 1, 0, 2),
		segment(client, server, 0x18, 0, 2, 0, 0, 0, 6, 1, 6, 0, 5, 0, 9),
		segment(server, client, 0x18, 0, 2, 0, 0, 0, 3, 1, 0x86, 2),
	}
}
