package doctor

import (
	"context"
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
)

// Boundary is the wall on this machine.
type Boundary struct {
	Socket  string
	Key     string // what is wrong with the hub's key, "" if nothing
	Ends    []Interface
	Folder  Folder
	Problem string       // why it does not answer
	Status  *wall.Status // nil if it does not
}

// lookBoundary gathers the facts about a boundary that a configuration names.
func lookBoundary(ctx context.Context, b *config.Boundary) *Boundary {
	f := &Boundary{Socket: b.Socket}
	if !b.Elsewhere() {
		f.look(b)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c := wall.Dial(b.Socket)
	defer c.Close()
	s, err := c.Status(ctx)
	if err != nil {
		f.Problem = err.Error()
		if !errors.Is(err, wall.ErrAway) {
			f.Problem = "it answers, but: " + err.Error()
		}
		return f
	}
	f.Status = s
	return f
}

// look gathers what the process itself needs.
func (f *Boundary) look(b *config.Boundary) {
	f.Folder = folder(b.Data)
	if _, err := wall.ReadKey(b.KeyFile); err != nil {
		f.Key = err.Error()
	}
	for _, name := range []string{b.Office, b.Plant} {
		if name != "" {
			f.Ends = append(f.Ends, link(name))
		}
	}
}

// boundary judges the wall on this machine.
func (j *judge) boundary() {
	b := j.facts.Boundary
	if b == nil {
		return
	}
	if b.Key != "" {
		j.say("boundary key", Bad, "", "%s", b.Key)
	}
	if b.Folder.Path != "" {
		j.boundaryFolder(&b.Folder)
	}
	for i := range b.Ends {
		j.end(&b.Ends[i])
	}
	if b.Status == nil {
		j.say("boundary", Bad, "systemctl status bulkhead-boundary; what is in the kernel stays in force meanwhile, and relays let nothing pass", "%s", b.Problem)
		return
	}
	j.wall(b.Status)
}

func (j *judge) boundaryFolder(f *Folder) {
	what := "boundary folder " + f.Path
	switch {
	case f.Problem != "":
		j.say(what, Bad, "", "%s", f.Problem)
	case !f.Exists:
		j.say(what, Unknown, "", "it does not exist yet; it is made at the first start")
	case f.Others:
		j.say(what, Warn, "chmod 0700 "+f.Path, "others than its owner may look into it")
	case f.Total > 0 && f.Free < leastBoundary:
		j.say(what, Bad, "make room there: a revision that cannot be written is not applied", "only %s free", size(f.Free))
	}
}

// leastBoundary is room for the largest policy a few times.
const leastBoundary = 256 << 20

// end judges an interface through which the plant is reached. Unlike one that
// watches it may have addresses, and merging is no harm.
func (j *judge) end(i *Interface) {
	what := "interface " + i.Name
	switch {
	case !i.Exists:
		j.say(what, Bad, "ip -br link lists what there is; mend boundary: office and plant", "there is no such interface")
	case !i.Up:
		j.say(what, Bad, "ip link set "+i.Name+" up", "it is down: nothing passes the boundary")
	case !i.Carrier:
		j.say(what, Bad, "look at the cable and the switch port", "nothing is plugged in: nothing passes the boundary")
	default:
		j.say(what, Good, "", "it is up")
	}
}

func (j *judge) wall(s *wall.Status) {
	for _, p := range s.Problems {
		j.say("boundary", Bad, "", "%s", p)
	}
	switch {
	case s.Opened != nil: // is among the problems
	case s.Pending != nil:
		j.say("boundary", Warn, "bulkhead boundary confirm, or rollback", "revision %d is on trial until %s", s.Pending.Number, s.Pending.Until.Format(time.TimeOnly))
	case s.Confirmed == nil:
		j.say("boundary", Warn, "approve a revision and apply it", "no revision is confirmed yet: everything passes")
	default:
		j.say("boundary", Good, "", "revision %d holds since %s", s.Confirmed.Number, s.Confirmed.At.Format(time.RFC3339))
	}
	switch r := s.ReadBack; {
	case r == nil:
		j.say("read back", Unknown, "", "the kernel has not been looked at yet")
	case r.Same:
		j.say("read back", Good, "", "%s", r.Says)
	}
	switch c := s.Canary; {
	case c == nil:
		j.say("canary", Unknown, "bulkhead boundary probe", "none was sent since the boundary was started")
	case c.What == wall.Stopped:
		j.say("canary", Good, "", "%s", c.Says)
	case c.What == wall.Unknown:
		j.say("canary", Unknown, "", "%s", c.Says)
	}
}
