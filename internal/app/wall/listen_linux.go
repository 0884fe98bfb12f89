package wall

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// listen makes the socket. It appears under its name only with its mode and
// group, and takes the place of one that a dead process left.
func listen(path, group string) (_ net.Listener, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make the socket's folder: %w", err)
	}
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("make the socket: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: fresh, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("make the socket: %w", err)
	}
	l.SetUnlinkOnClose(false)
	defer func() {
		if err != nil {
			l.Close()
			os.Remove(fresh)
		}
	}()
	if err := os.Chmod(fresh, 0o660); err != nil {
		return nil, fmt.Errorf("make the socket: %w", err)
	}
	if gid := groupID(group); gid >= 0 {
		if err := os.Chown(fresh, -1, gid); err != nil {
			return nil, fmt.Errorf("give the socket to the group %s: %w", group, err)
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return nil, fmt.Errorf("make the socket: %w", err)
	}
	return l, nil
}

// groupID is a group's number, -1 where there is none: then the socket is root's
// alone.
func groupID(name string) int {
	if name == "" {
		return -1
	}
	g, err := user.LookupGroup(name)
	if err != nil {
		return -1
	}
	id, err := strconv.Atoi(g.Gid)
	if err != nil {
		return -1
	}
	return id
}

// peerOf asks the kernel who is at the other end, and whether that may use the
// boundary: root, this process's own user, and the group's members.
func peerOf(c net.Conn, group string) peer {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return peer{who: "somebody unknown"}
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return peer{who: "somebody unknown"}
	}
	p := peer{who: "somebody unknown"}
	_ = raw.Control(func(fd uintptr) {
		cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err != nil {
			return
		}
		p.who = "host uid " + strconv.FormatUint(uint64(cred.Uid), 10)
		gid := groupID(group)
		p.may = cred.Uid == 0 || int(cred.Uid) == os.Geteuid() ||
			gid >= 0 && (int(cred.Gid) == gid || slices.Contains(groupsOf(int(fd)), gid))
	})
	return p
}

// groupsOf are the supplementary groups of the process at the other end.
func groupsOf(fd int) []int {
	const most = 65536 // NGROUPS_MAX
	ids := make([]uint32, 64)
	for {
		size := uint32(len(ids) * 4)
		_, _, e := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_PEERGROUPS,
			uintptr(unsafe.Pointer(&ids[0])), uintptr(unsafe.Pointer(&size)), 0)
		if e == unix.ERANGE && len(ids) < most {
			ids = make([]uint32, most)
			continue
		}
		if e != 0 {
			return nil
		}
		groups := make([]int, 0, size/4)
		for _, id := range ids[:size/4] {
			groups = append(groups, int(id))
		}
		return groups
	}
}
