package doctor

import "time"

// running judges what a Bulkhead on this machine says of itself.
func (j *judge) running() {
	r := j.facts.Running
	if r == nil {
		if j.facts.Hub {
			j.say("bulkhead", Unknown, "systemctl status bulkhead, or: bulkhead run", "nothing answers at %s: it does not run here, or elsewhere", j.facts.Address)
		}
		return
	}
	if r.Ready {
		j.say("bulkhead", Good, "", "it runs and answers at %s", j.facts.Address)
	} else {
		j.say("bulkhead", Bad, "", "it runs, but not all of it works")
	}
	for _, p := range r.Problems {
		j.say("bulkhead", Bad, "", "%s", p)
	}
	if len(r.Sensors) == 0 {
		j.say("sensors", Warn, "name an interface: bulkhead run --interface, or sensors: in the configuration", "nothing watches")
	}
	for i := range r.Sensors {
		j.sensor(&r.Sensors[i])
	}
}

func (j *judge) sensor(s *Sensor) {
	what := "sensor " + s.Name
	before := len(j.checks)
	switch {
	case s.Problem != "":
		j.say(what, Bad, "", "%s", s.Problem)
	case s.State == "no link":
		j.say(what, Bad, "look at the cable and the switch port", "its interface has no link")
	case s.State == "silent":
		j.say(what, Bad, "look at the mirror session on the switch", "its link is up and nothing comes")
	case s.State != "ended" && !s.Heard.IsZero() && j.now.Sub(s.Heard) > longLag:
		j.say(what, Bad, "look whether it runs and reaches the hub", "nothing was heard of it for %s", j.now.Sub(s.Heard).Round(time.Minute))
	}
	if s.Dropped > 0 && s.Dropped*muchDropped > s.Packets {
		j.say(what, Warn, "give it more workers, or mirror less to it", "%d of %d frames came too fast and were dropped", s.Dropped, s.Packets+s.Dropped)
	}
	if s.Missing > 0 {
		j.say(what, Warn, "a larger bus: size keeps more while the hub is away", "%d of its reports never came", s.Missing)
	}
	if s.Lost > 0 {
		j.say(what, Warn, "raise max-flows", "%d observations found no room in its memory", s.Lost)
	}
	if s.Conversations > 0 && s.OneSided*muchOneSided > s.Conversations {
		j.say(what, Warn, "mirror both directions of each port", "of %d of %d conversations only one side is seen", s.OneSided, s.Conversations)
	}
	if len(j.checks) == before {
		j.say(what, Good, "", "%s, %d frames", s.State, s.Packets)
	}
}
