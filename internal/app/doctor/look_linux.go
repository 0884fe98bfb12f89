package doctor

import (
	"math"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// room is what is free and what there is on the disk of a folder, in bytes.
func room(path string) (free, total uint64) {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return 0, 0
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize)
}

// mayWatch tries to open a packet socket that receives nothing.
func mayWatch() *bool {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	may := err == nil
	if may {
		unix.Close(fd)
	} else if err != unix.EPERM && err != unix.EACCES {
		return nil
	}
	return &may
}

// landlock asks for the version of the kernel's Landlock.
func landlock() *bool {
	const versionFlag = 1 // LANDLOCK_CREATE_RULESET_VERSION
	_, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, versionFlag)
	has := errno == 0
	return &has
}

func clockState() *Clock {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return nil
	}
	off := int64(min(t.Maxerror, math.MaxInt32))
	return &Clock{Synchronised: state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0, Error: time.Duration(off) * time.Microsecond}
}

// Requests of SIOCETHTOOL (linux/ethtool.h).
const (
	ethtoolGFlags = 0x25
	ethtoolGGRO   = 0x2b
	flagLRO       = 1 << 15
)

// merging are the offloads of an interface that put frames together.
func merging(name string) (on []string) {
	if v, ok := ethtool(name, ethtoolGGRO); ok && v != 0 {
		on = append(on, "gro")
	}
	if v, ok := ethtool(name, ethtoolGFlags); ok && v&flagLRO != 0 {
		on = append(on, "lro")
	}
	return on
}

// ethtool asks for one value of an interface.
func ethtool(name string, command uint32) (uint32, bool) {
	if len(name) >= unix.IFNAMSIZ {
		return 0, false
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, false
	}
	defer unix.Close(fd)
	value := struct{ command, data uint32 }{command, 0}
	var request struct {
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte // the kernel's union is larger than a pointer
	}
	copy(request.name[:], name)
	request.data = unsafe.Pointer(&value)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
	return value.data, errno == 0
}
