package confine

import (
	"fmt"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/cap"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// dropCapabilities empties all sets of all threads. The bounding and ambient
// sets only matter to programs that are started, which seccomp forbids, so that
// not being allowed to empty them is told and is no failure.
func dropCapabilities() Measure {
	m := Measure{Name: "capabilities", State: Done, Detail: "none left"}
	var kept string
	var bounds []cap.Value
	for v := range cap.MaxBits() {
		bounds = append(bounds, v)
	}
	if err := cap.DropBound(bounds...); err != nil {
		kept = "; the bounding set is left as it was"
	}
	if err := cap.ResetAmbient(); err != nil {
		kept += "; the ambient set is left as it was"
	}
	if err := cap.NewSet().SetProc(); err != nil {
		return Measure{m.Name, Failed, err.Error()}
	}
	m.Detail += kept
	return m
}

// noNewPrivileges makes sure that no file that is executed gives rights back.
func noNewPrivileges() Measure {
	const name = "no new privileges"
	if _, _, e := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); e != 0 {
		return Measure{name, Failed, fmt.Sprintf("prctl: %v", e)}
	}
	return Measure{name, Done, "for all threads"}
}
