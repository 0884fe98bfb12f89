package ring

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRealDiskFull fills a small file system that others fill too.
func TestRealDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small file system")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("needs tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	for _, reserve := range []int64{-1, 64 << 10} {
		o := small(t)
		o.Dir, o.Reserve = filepath.Join(dir, "ring"), reserve
		other := filepath.Join(dir, "other")
		if err := os.WriteFile(other, make([]byte, 100<<10), 0o600); err != nil {
			t.Fatal(err)
		}
		r := open(t, o)
		fill(t, r, 1, 2000)
		st := r.Status()
		if st.Written < 200 || st.NotKept == 0 || st.Written+st.NotKept != 2000 || st.Problem == "" {
			t.Errorf("status %+v", st)
		}
		if reserve > 0 && freeBytes(dir) < reserve {
			t.Errorf("%d bytes are left free", freeBytes(dir))
		}
		got, cut := numbers(t, r, Query{MaxPackets: 1 << 20})
		same(t, got, span(1, st.Written))
		if cut.Damaged > 0 {
			t.Errorf("cut %+v", cut)
		}
		if err := os.Remove(other); err != nil {
			t.Fatal(err)
		}
		fill(t, r, 2001, 2100)
		if now := r.Status(); now.Written != st.Written+100 || now.Problem != "" {
			t.Errorf("it does not go on: %+v", now)
		}
		r.Close()
		if err := os.RemoveAll(o.Dir); err != nil {
			t.Fatal(err)
		}
	}
}
