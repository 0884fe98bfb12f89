//go:build amd64 || arm64 || riscv64

package confine

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// limit is above every number of a call: the x32 form of amd64 begins there.
const limit = 0x40000000

// never are calls that no role makes once it runs: they start programs, look
// into others, change the system, or have been the way into many a kernel.
var never = []uint32{
	unix.SYS_EXECVE, unix.SYS_EXECVEAT,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP, unix.SYS_PIDFD_GETFD, unix.SYS_PROCESS_MADVISE,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_MOVE_MOUNT, unix.SYS_OPEN_TREE, unix.SYS_MOUNT_SETATTR,
	unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_QUOTACTL, unix.SYS_ACCT,
	unix.SYS_SETNS, unix.SYS_UNSHARE, unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_FANOTIFY_INIT, unix.SYS_MKNODAT,
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_SETTIMEOFDAY, unix.SYS_ADJTIMEX,
	unix.SYS_SYSLOG, unix.SYS_PERSONALITY, unix.SYS_VHANGUP, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
	unix.SYS_SHMAT, unix.SYS_MEMFD_SECRET,
}

// refusals are the calls that o's role may not make.
func refusals(o Options) (list []refusal) {
	refuse := func(call uint32, when ...condition) { list = append(list, refusal{call, when, uint32(unix.EPERM)}) }
	for _, call := range slices.Concat(never, neverHere) {
		refuse(call)
	}
	// New threads are fine, new processes are not. clone3 hides its flags in
	// memory; who is told that it does not exist uses clone.
	refuse(unix.SYS_CLONE, condition{arg: 0, mask: unix.CLONE_THREAD})
	list = append(list, refusal{unix.SYS_CLONE3, nil, uint32(unix.ENOSYS)})
	// No memory becomes code.
	for _, call := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT, unix.SYS_PKEY_MPROTECT} {
		refuse(call, condition{arg: 2, mask: unix.PROT_EXEC, is: unix.PROT_EXEC})
	}
	refuse(unix.SYS_IOCTL, condition{arg: 1, is: unix.TIOCSTI})
	refuseSockets(o.Role, refuse)
	if o.Role == Sensor {
		var others []condition // packet sockets are bound anew when an interface comes back
		for _, fd := range o.Packet {
			others = append(others, condition{arg: 0, not: true, is: uint32(fd)})
		}
		refuse(unix.SYS_BIND, others...)
		refuse(unix.SYS_LISTEN)
		refuse(unix.SYS_SENDMMSG)
	}
	for _, fd := range o.Packet {
		refuseSending(uint32(fd), refuse)
	}
	return list
}

// sockPacket is the type by which Linux 2.0 made packet sockets of any family.
const (
	sockPacket = 10
	sockType   = 15 // without SOCK_NONBLOCK and SOCK_CLOEXEC
)

// refuseSockets leaves TCP, UDP and Unix sockets, and for one box the questions
// about the host's own interfaces.
func refuseSockets(role Role, refuse func(uint32, ...condition)) {
	family := func(is uint32, not bool) condition { return condition{arg: 0, is: is, not: not} }
	others := []condition{family(unix.AF_UNIX, true), family(unix.AF_INET, true), family(unix.AF_INET6, true)}
	if role == OneBox {
		others = append(others, family(unix.AF_NETLINK, true))
		refuse(unix.SYS_SOCKET, family(unix.AF_NETLINK, false), condition{arg: 2, not: true, is: unix.NETLINK_ROUTE})
	}
	refuse(unix.SYS_SOCKET, others...)
	refuse(unix.SYS_SOCKET, family(unix.AF_NETLINK, true), condition{arg: 1, mask: sockType, is: unix.SOCK_RAW})
	refuse(unix.SYS_SOCKET, condition{arg: 1, mask: sockType, is: sockPacket})
}

// refuseSending forbids everything by which a frame could leave through the
// packet socket fd, or by which the socket could get another number. What is
// left is reading, asking about the interface and binding to it anew.
func refuseSending(fd uint32, refuse func(uint32, ...condition)) {
	on := func(arg uint32) condition { return condition{arg: arg, is: fd} }
	for _, call := range []uint32{
		unix.SYS_WRITE, unix.SYS_WRITEV, unix.SYS_PWRITE64, unix.SYS_PWRITEV, unix.SYS_PWRITEV2,
		unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_SENDMMSG, unix.SYS_SENDFILE, unix.SYS_VMSPLICE,
		unix.SYS_DUP, unix.SYS_DUP3,
	} {
		refuse(call, on(0))
	}
	for _, call := range copiesHere {
		refuse(call, on(0))
	}
	refuse(unix.SYS_SPLICE, on(2))
	refuse(unix.SYS_MMAP, on(4), condition{arg: 3, mask: unix.MAP_ANONYMOUS})
	for _, copies := range []uint32{unix.F_DUPFD, unix.F_DUPFD_CLOEXEC} {
		refuse(unix.SYS_FCNTL, on(0), condition{arg: 1, is: copies})
	}
	refuse(unix.SYS_SETSOCKOPT, on(0), condition{arg: 1, not: true, is: unix.SOL_PACKET})
	refuse(unix.SYS_SETSOCKOPT, on(0), condition{arg: 2, not: true, is: unix.PACKET_ADD_MEMBERSHIP})
	ask := []condition{on(0)}
	for _, what := range []uint32{unix.SIOCGIFINDEX, unix.SIOCGIFFLAGS, unix.SIOCGIFMTU, unix.SIOCGIFHWADDR} {
		ask = append(ask, condition{arg: 1, not: true, is: what})
	}
	refuse(unix.SYS_IOCTL, ask...)
}

func restrictCalls(o Options) Measure {
	const name = "seccomp"
	list := refusals(o)
	raw, err := filter(auditArch, limit, uint32(unix.EPERM), list)
	if err != nil {
		return Measure{name, Failed, err.Error()}
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	prog := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	at, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(code)
	switch {
	case e == unix.ENOSYS || e == unix.EINVAL:
		return Measure{name, Missing, "the kernel has none for all threads (Linux 3.17 with CONFIG_SECCOMP_FILTER)"}
	case e != 0:
		return Measure{name, Failed, e.Error()}
	case at != 0: // a thread has a filter of its own
		return Measure{name, Failed, fmt.Sprintf("thread %d cannot be brought along", at)}
	}
	return Measure{name, Done, fmt.Sprintf("%d system calls refused", distinct(list))}
}

func distinct(list []refusal) int {
	calls := map[uint32]bool{}
	for _, r := range list {
		calls[r.call] = true
	}
	return len(calls)
}
