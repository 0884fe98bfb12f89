package confine

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// neverHere are calls that only this architecture has.
var neverHere = []uint32{unix.SYS_KEXEC_FILE_LOAD}

// copiesHere copy a file descriptor.
var copiesHere []uint32
