package confine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// What name resolution, TLS and time zones read. Single files of /etc, not all
// of it: it also holds keys and the hashes of passwords. systemd-resolved and
// NetworkManager replace resolv.conf by renaming, which makes it another file;
// the folders they do that in are named for it.
var systemReadable = []string{
	"/etc/resolv.conf", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf",
	"/etc/hosts", "/etc/nsswitch.conf", "/etc/services", "/etc/protocols", "/etc/localtime",
	"/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted",
	"/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/var/lib/ca-certificates", "/usr/share/zoneinfo",
	"/proc/self", "/proc/stat", "/proc/meminfo", "/proc/sys/net/core/somaxconn", "/proc/sys/kernel/hostname",
	"/sys/fs/cgroup", "/sys/class/net", "/sys/devices",
}

// writableDevices are files that may be written although no one keeps them.
var writableDevices = []string{"/dev/null"}

// Rights. None of them executes: nothing on the disk is a program to this
// process any more.
const (
	readFile = ll.AccessFSReadFile
	readAll  = ll.AccessFSReadFile | ll.AccessFSReadDir
	writeAll = readAll | ll.AccessFSWriteFile | ll.AccessFSTruncate | ll.AccessFSMakeReg | ll.AccessFSMakeDir |
		ll.AccessFSRemoveFile | ll.AccessFSRemoveDir | ll.AccessFSMakeSym | ll.AccessFSMakeSock | ll.AccessFSRefer
)

// wanted is the form of Landlock that everything asked for here needs: 5 also
// holds back ioctl on devices, 6 signals and abstract sockets.
const wanted = 6

func restrictFiles(o Options) Measure {
	const name = "landlock"
	version, err := ll.LandlockGetABIVersion()
	switch {
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EOPNOTSUPP):
		return Measure{name, Missing, "the kernel has none (Linux 5.13, and landlock in its list of security modules)"}
	case err != nil:
		return Measure{name, Failed, err.Error()}
	}
	config := landlock.V6
	config.HandledAccessNet = 0 // which ports a bus or a database has is not known here
	if err := config.BestEffort().Restrict(fileRules(o)...); err != nil {
		return Measure{name, Failed, err.Error()}
	}
	m := Measure{name, Done, fmt.Sprintf("version %d; writable: %s", version, strings.Join(o.Writable, ", "))}
	if version < wanted {
		m.State = Partly
		m.Detail += fmt.Sprintf("; version %d would hold back more", wanted)
	}
	return m
}

func fileRules(o Options) (rules []landlock.Rule) {
	// Where a person put certificates for all Go programs.
	certificates := append(filepath.SplitList(os.Getenv("SSL_CERT_DIR")), os.Getenv("SSL_CERT_FILE"))
	for _, path := range slices.Concat(systemReadable, certificates, o.Readable) {
		if r, ok := rule(path, readFile, readAll); ok {
			rules = append(rules, r)
		}
	}
	for _, path := range writableDevices {
		rules = append(rules, landlock.PathAccess(readFile|ll.AccessFSWriteFile, path).IgnoreIfMissing())
	}
	for _, path := range o.Writable {
		rules = append(rules, landlock.PathAccess(writeAll, path))
	}
	return rules
}

// rule gives a file or folder the rights of its kind; false if there is none.
func rule(path string, file, dir landlock.AccessFSSet) (landlock.Rule, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false
	}
	if info.IsDir() {
		file = dir
	}
	return landlock.PathAccess(file, path).IgnoreIfMissing(), true
}
