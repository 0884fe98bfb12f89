package report

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser finds Chromium, or skips the test.
func browser(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the page is not opened in a browser")
	}
	for _, name := range []string{"/usr/bin/chromium", "chromium", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("chromium is not there: the page is not opened in a browser")
	return ""
}

// open runs the browser on a page and returns what it prints.
func open(t *testing.T, file string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args = append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
		"--disable-dev-shm-usage", "--user-data-dir=" + t.TempDir(), "--virtual-time-budget=3000",
	}, args...)
	cmd := exec.CommandContext(ctx, browser(t), append(args, file)...)
	cmd.WaitDelay = time.Second
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("run the browser: %v\n%s", err, log.String())
	}
	return out.String()
}

func writePage(t *testing.T, p *testPlant) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(page(t, "browser", p)), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

// TestPageRunsInABrowser opens the page as people do: its script ran under its
// own policy, drew every part, and left hostile names as text.
func TestPageRunsInABrowser(t *testing.T) {
	browser(t)
	dom := open(t, writePage(t, smallPlant()), "--dump-dom")
	if !strings.Contains(dom, `data-ready="true"`) {
		t.Fatal("the page's script did not run to its end")
	}
	if m := regexp.MustCompile(`<p id="broken"[^>]*>[^<]*</p>`).FindString(dom); !strings.Contains(m, "hidden") {
		t.Errorf("the page says that it is broken: %s", m)
	}
	for what, want := range map[string]int{
		`class="open-row"`: 16, `class="tile `: 16, `class="breach"`: 3, `<details class="panel"`: 3, `class="cross"`: 3,
		`&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;`: 1, "6 × controller": 1, "3 refused": 1, "Program Download": 1,
	} {
		if got := strings.Count(dom, what); got < want {
			t.Errorf("%d times %s, want %d", got, what, want)
		}
	}
	if strings.Contains(dom, "<img") {
		t.Error("a hostile name became an element")
	}
}

func TestPageOpensAnAsset(t *testing.T) {
	browser(t)
	dom := open(t, writePage(t, smallPlant())+"#/asset/a0000", "--dump-dom")
	sheet := dom[max(strings.Index(dom, "<dialog"), 0):]
	for _, want := range []string{`<dialog id="sheet" aria-labelledby="sheet-title" open=""`, "6ES7 315-2EH14-0AB0", "s7comm.szl", "#17", "6GK7 343-1EX30-0XE0", "two versions at once", "it answers as a controller", "SCADA-02"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the asset's panel lacks %s", want)
		}
	}
}

func TestEmptyPageRunsInABrowser(t *testing.T) {
	browser(t)
	dom := open(t, writePage(t, &testPlant{}), "--dump-dom")
	if !strings.Contains(dom, `data-ready="true"`) || !strings.Contains(dom, "No conversation was seen.") {
		t.Error("the page of an empty capture was not drawn")
	}
}

func TestPageCanBePhotographed(t *testing.T) {
	browser(t)
	shot := filepath.Join(t.TempDir(), "page.png")
	open(t, writePage(t, smallPlant()), "--window-size=1440,1000", "--hide-scrollbars", "--screenshot="+shot)
	f, err := os.Open(shot)
	if errors.Is(err, os.ErrNotExist) {
		t.Fatal("the browser made no picture")
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if size, err := png.DecodeConfig(f); err != nil || size.Width != 1440 {
		t.Errorf("picture %+v, %v", size, err)
	}
}
