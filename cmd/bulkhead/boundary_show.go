package main

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// printStatus says what holds, what is wrong first.
func printStatus(w io.Writer, s *wall.Status) error {
	for _, p := range s.Problems {
		fmt.Fprintf(w, "LOOK: %s\n", p)
	}
	switch {
	case s.Opened != nil:
		fmt.Fprintln(w, "The wall is open: everything passes.")
	case s.Pending != nil:
		printPending(w, s)
	case s.Confirmed == nil:
		fmt.Fprintln(w, "No revision is confirmed yet: everything passes.")
	default:
		fmt.Fprintf(w, "Revision %d holds since %s, applied by %s.\n", s.Confirmed.Number, s.Confirmed.At.Format(time.RFC3339), s.Confirmed.By)
	}
	if l := s.Last; l != nil && s.Pending == nil {
		fmt.Fprintf(w, "Last trial: revision %d %s at %s: %s.\n", l.Number, l.What, l.Ended.Format(time.RFC3339), l.Why)
	}
	fmt.Fprintf(w, "Mode %s; %d packets denied, %d would have been.\n", s.Mode, s.Denied, s.Shadowed)
	for _, i := range s.Interfaces {
		fmt.Fprintf(w, "Interface %s towards the %s is %s.\n", i.Name, i.Side, upDown(i.Up))
	}
	if r := s.ReadBack; r != nil {
		fmt.Fprintf(w, "Read back %s ago: %s.\n", s.Now.Sub(r.At).Round(time.Second), r.Says)
	}
	if c := s.Canary; c != nil {
		fmt.Fprintf(w, "Canary %s ago: %s: %s.\n", s.Now.Sub(c.At).Round(time.Second), c.What, c.Says)
	}
	return printHolds(w, s)
}

func upDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

func printPending(w io.Writer, s *wall.Status) {
	p := s.Pending
	fmt.Fprintf(w, "Revision %d is on trial for %s more; %s applied it.\n", p.Number, p.Until.Sub(s.Now).Round(time.Second), p.By)
	if p.Confirmed.IsZero() {
		fmt.Fprintln(w, "Nobody has confirmed it yet: bulkhead boundary confirm")
	} else {
		fmt.Fprintf(w, "%s confirmed it at %s.\n", p.ConfirmedBy, p.Confirmed.Format(time.TimeOnly))
	}
	_ = printSeen(w, p.Seen) // the next write fails, too
}

// printSeen lists critical conversations.
func printSeen(w io.Writer, list []wall.Seen) error {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	for _, s := range list {
		state, last := "not seen yet", "-"
		if s.OK {
			state, last = "seen", s.Last.Format(time.TimeOnly)
		}
		c := &s.Critical
		fmt.Fprintf(t, "  %s\t%s → %s\tevery %s\t%s\t%s\n", or(c.Says, "-"), c.Client, netip.AddrPortFrom(c.Server, c.Port), c.Period, state, last)
	}
	return t.Flush()
}

func printHolds(w io.Writer, s *wall.Status) error {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	for _, g := range s.Grants {
		fmt.Fprintf(t, "grant %s\t%s → %s\tuntil %s\t%s\n", g.ID, g.Src, netip.AddrPortFrom(g.Dst, g.Port), g.Until.Format(time.RFC3339), g.Why)
	}
	for i := range s.Containments {
		c := &s.Containments[i]
		fmt.Fprintf(t, "contained %s\t%s\tuntil %s\t%s\n", c.ID, contained(&c.Containment), c.Until.Format(time.RFC3339), c.Why)
	}
	return t.Flush()
}

func contained(c *policy.Containment) string {
	switch {
	case c.Conduit != "":
		return "conduit " + c.Conduit
	case c.Pair != [2]string{}:
		return c.Pair[0] + " and " + c.Pair[1]
	}
	var all []string
	for _, a := range c.Addrs {
		all = append(all, a.String())
	}
	return strings.Join(all, ", ")
}
