// Package doctor says in words what is wrong with an installation: permissions,
// an interface without traffic, a mirror port that shows one side only, a disk
// that is full, a clock that is wrong.
//
// Look gathers facts from the machine and from a Bulkhead that runs on it;
// Judge, which is pure, turns them into checks. What could not be found out is
// said to be unknown, never to be well.
package doctor

import (
	"fmt"
	"slices"
	"time"
)

// State is how a check came out.
type State string

// States, the worst last.
const (
	Good    State = "good"
	Unknown State = "unknown"
	Warn    State = "look"
	Bad     State = "wrong"
)

// Check is one thing that was looked at.
type Check struct {
	What  string // "interface eth1"
	State State
	Text  string // what is so
	Do    string // what to do about it, "" if nothing
}

// Facts are what Look found. A nil pointer is what could not be found out.
type Facts struct {
	Folder     Folder
	Interfaces []Interface
	Secrets    []Secret
	MayWatch   *bool // the process may open packet sockets
	Landlock   *bool // the kernel can confine a process to folders
	Clock      *Clock
	Running    *Running // nil: nothing answers at Address
	Address    string
	Hub        bool
	Boundary   *Boundary // nil: none is configured here
}

// Folder is the data folder.
type Folder struct {
	Path        string
	Exists      bool
	Writable    bool
	Others      bool // others than its owner may look into it
	Free, Total uint64
	Problem     string
}

// Interface is one that is to be watched.
type Interface struct {
	Name    string
	Exists  bool
	Up      bool
	Carrier bool
	// Addresses that it has; a mirror port needs none.
	Addresses []string
	MTU       int
	Received  uint64        // frames during Watched
	Watched   time.Duration // how long it was looked at
	Merging   []string      // offloads that put frames together: "gro", "lro"
	Drops     uint64        // by the network card, since it came up
}

// Secret is a file with a secret in it.
type Secret struct{ Path, Problem string }

// Clock is how well the machine knows the time.
type Clock struct {
	Synchronised bool
	Error        time.Duration // the largest it may be off, as far as the kernel knows
}

// Running is what a Bulkhead that runs here says of itself.
type Running struct {
	Ready    bool
	Problems []string
	Sensors  []Sensor
}

// Sensor is one of its sensors.
type Sensor struct {
	Name, State, Problem        string
	Packets, Dropped, Missing   uint64
	OneSided, Conversations     int64
	Lag                         time.Duration
	Heard                       time.Time
	Undecoded, Duplicates, Lost uint64
}

// Bounds of what is well.
const (
	leastFree      = 2 << 30
	leastFreeShare = 20   // one in so many
	muchDropped    = 1000 // one packet in so many is worth a look
	muchOneSided   = 4    // one conversation in so many
	longLag        = 5 * time.Minute
	clockOff       = time.Second
)

// Judge says what the facts mean, in the order in which one would mend them.
func Judge(f *Facts, now time.Time) []Check {
	j := &judge{facts: f, now: now}
	j.folder()
	j.secrets()
	j.rights()
	for i := range f.Interfaces {
		j.wire(&f.Interfaces[i])
	}
	j.clock()
	j.boundary()
	j.running()
	return j.checks
}

// Worst is the worst state among checks.
func Worst(checks []Check) State {
	order := []State{Good, Unknown, Warn, Bad}
	worst := Good
	for _, c := range checks {
		if slices.Index(order, c.State) > slices.Index(order, worst) {
			worst = c.State
		}
	}
	return worst
}

type judge struct {
	facts  *Facts
	now    time.Time
	checks []Check
}

func (j *judge) say(what string, s State, do, text string, a ...any) {
	j.checks = append(j.checks, Check{What: what, State: s, Text: fmt.Sprintf(text, a...), Do: do})
}

func (j *judge) folder() {
	f := &j.facts.Folder
	what := "folder " + f.Path
	switch {
	case f.Problem != "":
		j.say(what, Bad, "", "%s", f.Problem)
	case !f.Exists:
		j.say(what, Unknown, "", "it does not exist yet; it is made at the first start")
	case !f.Writable:
		j.say(what, Bad, "run as the user who owns it, or give it to this user: chown -R USER "+f.Path, "this user may not write there")
	case f.Others:
		j.say(what, Warn, "chmod 0700 "+f.Path, "others than its owner may look into it")
	default:
		j.say(what, Good, "", "it can be written, and only by its owner")
	}
	if f.Total == 0 {
		return
	}
	free := fmt.Sprintf("%s of %s free", size(f.Free), size(f.Total))
	if f.Free < leastFree || f.Free < f.Total/leastFreeShare {
		j.say("disk", Bad, "make room, or keep less: a smaller ring, a shorter retention", "only %s: when it is full nothing more is kept", free)
		return
	}
	j.say("disk", Good, "", "%s", free)
}

func (j *judge) secrets() {
	for _, s := range j.facts.Secrets {
		if s.Problem != "" {
			j.say("secret "+s.Path, Bad, "", "%s", s.Problem)
		}
	}
}

func (j *judge) rights() {
	if len(j.facts.Interfaces) == 0 {
		return
	}
	switch may := j.facts.MayWatch; {
	case may == nil:
		j.say("privileges", Unknown, "", "it could not be found out whether this user may watch an interface")
	case *may:
		j.say("privileges", Good, "", "this user may watch interfaces")
	default:
		j.say("privileges", Bad, "run as root, or: setcap cap_net_raw=ep $(command -v bulkhead), or use the systemd unit", "this user may not watch interfaces")
	}
	if l := j.facts.Landlock; l != nil && !*l {
		j.say("kernel", Warn, "use a kernel of 5.13 or later with Landlock to have a second wall around the sensor", "it cannot confine a process to its folders")
	}
}

func (j *judge) wire(i *Interface) {
	what := "interface " + i.Name
	switch {
	case !i.Exists:
		j.say(what, Bad, "ip -br link lists what there is; mend the name", "there is no such interface")
		return
	case !i.Up:
		j.say(what, Bad, "ip link set "+i.Name+" up", "it is down")
		return
	case !i.Carrier:
		j.say(what, Bad, "look at the cable and the switch port", "nothing is plugged in, or the other end is off")
		return
	case i.Watched > 0 && i.Received == 0:
		j.say(what, Bad, "look at the mirror session on the switch: which ports, which direction, and to which port", "the link is up and nothing came in %s", i.Watched.Round(time.Second))
	case i.Watched > 0:
		j.say(what, Good, "", "%.0f frames a second", float64(i.Received)/i.Watched.Seconds())
	default:
		j.say(what, Unknown, "", "the link is up; whether frames come was not looked at")
	}
	if len(i.Addresses) > 0 {
		j.say(what, Warn, "take its addresses away: an interface that only listens cannot be reached", "it has the address %s", i.Addresses[0])
	}
	for _, m := range i.Merging {
		j.say(what, Warn, "ethtool -K "+i.Name+" "+m+" off", "%s puts frames together before they are seen", m)
	}
	if i.Drops > 0 {
		j.say(what, Warn, "ethtool -S "+i.Name+" says where; a larger ring of the card helps: ethtool -G", "the network card has dropped %d frames since it came up", i.Drops)
	}
}

func (j *judge) clock() {
	switch c := j.facts.Clock; {
	case c == nil:
		j.say("clock", Unknown, "", "whether it is right could not be found out")
	case !c.Synchronised:
		j.say("clock", Warn, "run chrony or systemd-timesyncd against the plant's time source", "nothing keeps it right: times in findings may be wrong")
	case c.Error > clockOff:
		j.say("clock", Warn, "look at the time source", "it may be off by %s", c.Error.Round(time.Millisecond))
	default:
		j.say("clock", Good, "", "it is kept right")
	}
}

func size(n uint64) string {
	switch {
	case n >= 1e12:
		return fmt.Sprintf("%.1f TB", float64(n)/1e12)
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}
