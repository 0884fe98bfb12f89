package console

import (
	"io/fs"
	"strings"
	"testing"
)

// TestFilesHoldAPage holds that whichever way the program was built, the root
// is a whole page and nothing in it asks for anything elsewhere.
func TestFilesHoldAPage(t *testing.T) {
	page, err := fs.ReadFile(Files(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<!doctype html>", "<title>Bulkhead", "</html>"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("index.html has no %q", want)
		}
	}
	if Built() == strings.Contains(string(page), "without its console") {
		t.Errorf("Built is %v, but index.html is the other page", Built())
	}
}

// TestFilesNameNobodyElse holds that no style, script or page of the console
// loads anything from another address.
func TestFilesNameNobodyElse(t *testing.T) {
	err := fs.WalkDir(Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !(strings.HasSuffix(path, ".html") || strings.HasSuffix(path, ".css")) {
			return err
		}
		b, err := fs.ReadFile(Files(), path)
		if err != nil {
			return err
		}
		for _, bad := range []string{`src="http`, `href="http`, `src="//`, `href="//`, "url(http", "url(//", "@import"} {
			if strings.Contains(string(b), bad) {
				t.Errorf("%s has %s", path, bad)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
