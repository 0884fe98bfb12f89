package bus

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// After a write that failed, most of all on a full disk, the server takes no
// message of that stream any more, also when there is room again: it must be
// started anew. Readers of the old one fail and open themselves again.

// healEvery is how often that is tried at most.
const healEvery = 5 * time.Second

// room is how much must fit before it is worth trying.
const room = 1 << 20

// heal starts our own server anew when it cannot write although the disk can be
// written to.
func (b *Bus) heal(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.link.server == nil || time.Since(b.healed) < healEvery || !writable(b.o.Dir) {
		return
	}
	b.healed = time.Now()
	b.o.Log.Warn("start the bus anew: it could not write, and now there is room")
	b.link.close()
	var fresh link
	if err := fresh.open(context.WithoutCancel(ctx), &b.o); err != nil {
		b.o.Log.Error("start the bus anew", "error", err)
		if fresh.conn == nil || fresh.stream == nil {
			return // the old link is closed: every call fails, and this is tried again
		}
	}
	b.link = fresh
}

// writable reports whether a folder takes a file of some size, synced.
func writable(dir string) bool {
	name := filepath.Join(dir, "room")
	f, err := os.Create(name)
	if err != nil {
		return false
	}
	defer os.Remove(name)
	_, err = f.Write(make([]byte, room))
	if err == nil {
		err = f.Sync()
	}
	return f.Close() == nil && err == nil
}
