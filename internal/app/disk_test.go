package app

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFullDisk fills the disk under a box that reads a capture, gives it room
// again, and holds what it has at the end against the capture.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	file, small := plantCapture(t, dir, 6), filepath.Join(dir, "small")
	if err := os.Mkdir(small, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("bulkhead-test", small, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID, "size=48m"); err != nil {
		t.Skipf("skipped: a file system of its own cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(small, unix.MNT_DETACH) })
	data := filepath.Join(small, "data")
	box := newChild(t, dir, "box", fmt.Sprintf("site: %s\ndata: %s\nlisten: %s\nsensors: [{name: file, file: %s}]\n", killSite, data, freeAddress(t), file))
	box.start(t)
	t.Cleanup(box.kill)
	for range 3 {
		<-time.After(500 * time.Millisecond)
		filler := fill(t, small)
		<-time.After(1500 * time.Millisecond)
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	done := waitForEnd(t, data)
	text, _ := os.ReadFile(box.log.Name())
	if !done {
		t.Fatalf("it did not go on: …%s", text[max(0, len(text)-4000):])
	}
	box.kill()
	sums, rows := kept(t, data)
	want := truth(t, file)
	sums.expect(t, "totals", want)
	rows.expect(t, "rows by the minute", want)
}

// fill takes all room that is left.
func fill(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 64<<10)
	for size := len(block); size > 0; {
		if _, err := f.Write(block[:size]); err != nil {
			size /= 2
		}
	}
	return name
}
