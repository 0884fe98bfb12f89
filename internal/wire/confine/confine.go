// Package confine takes from this process what it does not need any more once
// its sockets and files are open: capabilities, the right to gain new ones, the
// file system outside its folders (Landlock), and the system calls that attacks
// are made of (seccomp). It holds for every thread and cannot be undone.
//
// A kernel that lacks one of them is no error: the report says what was reached
// and what is missing. Linux only; elsewhere everything is missing.
//
// References: capabilities(7), landlock(7), seccomp(2), PR_SET_NO_NEW_PRIVS(2const).
package confine

import "strings"

// Role is how much the process still has to do.
type Role string

// Roles.
const (
	// Sensor reads packets, writes its folders and connects to a bus. It may
	// not listen for connections that it did not listen for before.
	Sensor Role = "sensor"
	// OneBox is sensor, bus, hub and console in one process: it may also listen,
	// and look at the host's interfaces.
	OneBox Role = "one box"
)

// Options say what the process still needs.
type Options struct {
	Role Role
	// Writable folders may be read and written, with all below. They must exist.
	Writable []string
	// Readable files and folders may be read, beside what name resolution,
	// certificates and time zones need. What does not exist is left out.
	Readable []string
	// Packet sockets on which nothing may be sent: live.Handle.Descriptors. Their numbers must not be used for anything else
	// afterwards: close them only at the end of the process.
	Packet []int
}

// State is how far one measure got.
type State string

// States.
const (
	Done    State = "done"
	Partly  State = "partly" // the kernel knows an older form of it
	Missing State = "missing"
	Failed  State = "failed"
)

// Measure is one thing that was taken from the process, or could not be.
type Measure struct {
	Name   string // "capabilities", "no new privileges", "landlock", "seccomp"
	State  State
	Detail string // what was reached, or why not
}

// Report is what Apply reached, for the log and for doctor.
type Report struct {
	Role     Role
	Measures []Measure
}

// Complete reports whether everything is done.
func (r Report) Complete() bool {
	for _, m := range r.Measures {
		if m.State != Done {
			return false
		}
	}
	return len(r.Measures) > 0
}

// String is the report in one line.
func (r Report) String() string {
	var parts []string
	for _, m := range r.Measures {
		parts = append(parts, m.Name+" "+string(m.State)+" ("+m.Detail+")")
	}
	return strings.Join(parts, ", ")
}
