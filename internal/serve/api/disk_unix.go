//go:build linux || darwin || freebsd

package api

import "golang.org/x/sys/unix"

// freeBytes is the room that a program without privileges has on the disk of a
// folder.
func freeBytes(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil // the types differ between systems
}
