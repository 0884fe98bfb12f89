package ring

import "golang.org/x/sys/unix"

// freeBytes is what this process may still write to the folder's disk.
func freeBytes(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Frsize)
}
