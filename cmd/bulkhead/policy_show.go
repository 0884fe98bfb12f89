package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app"
)

// tabled writes rows as a table.
func tabled(w io.Writer, rows func(row func(cells ...any))) {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	rows(func(cells ...any) {
		for i, c := range cells {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, c)
		}
		fmt.Fprintln(t)
	})
	t.Flush() // to memory and standard output; who reads it is gone or not
}

func atTime(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// orDash is a text, "-" for none.
func orDash(s string) string { return cmp.Or(s, "-") }

func keptMark(kept bool) string {
	if kept {
		return "kept"
	}
	return "new"
}

func printProposal(w io.Writer, p *app.Proposal) {
	tabled(w, func(row func(...any)) {
		row("ZONE", "KIND", "", "ASSETS", "WHY")
		for _, z := range p.Zones {
			row(z.ID, z.Kind, keptMark(z.Kept), z.Total, z.Why)
		}
	})
	fmt.Fprintln(w)
	tabled(w, func(row func(...any)) {
		row("CONDUIT", "FROM", "TO", "", "ALLOWS", "CONVERSATIONS", "LAST", "REASON")
		for _, c := range p.Conduits {
			row(c.ID, c.From, c.To, keptMark(c.Kept), strings.Join(c.Allow, "; "), c.Conversations, atTime(c.Last), c.Reason)
		}
	})
	if len(p.Wrong) > 0 {
		fmt.Fprintln(w, "\nLooks wrong, and is proposed by no conduit:")
		tabled(w, func(row func(...any)) {
			for _, x := range p.Wrong {
				row("  "+x.Client.Label, "→ "+x.Server.Label, x.Protocol, strings.Join(x.Kinds, ", "), atTime(x.Last), x.Why)
			}
		})
	}
	for _, n := range p.Notes {
		fmt.Fprintln(w, "note:", n)
	}
}

func printSimulation(w io.Writer, s *app.Simulation) {
	fmt.Fprintf(w, "%d of %d recorded conversations would pass", s.Passes, s.Total)
	if s.Local > 0 {
		fmt.Fprintf(w, "; %d never leave their own segment", s.Local)
	}
	fmt.Fprintln(w, ".")
	if s.Coverage.Says != "" {
		fmt.Fprintln(w, "Recorded:", s.Coverage.Says)
	}
	for _, part := range []struct {
		title string
		rows  []blockedRow
	}{{"Would be stopped:", rowsOf(s.Blocked)}, {"Would pass, and of it a relay would refuse:", rowsOf(s.Refused)}, {"Asks for more than its conduit says, through an open port:", rowsOf(s.Beyond)}} {
		if len(part.rows) == 0 {
			continue
		}
		fmt.Fprintln(w, "\n"+part.title)
		tabled(w, func(row func(...any)) {
			row("FROM", "TO", "PROTOCOL", "COUNT", "LAST", "LINE", "PER HOUR", "ANSWER", "WHY")
			for _, x := range part.rows {
				row(x...)
			}
		})
	}
	if len(s.Difference) > 0 {
		against := "a network without a boundary"
		if s.Enforced > 0 {
			against = fmt.Sprintf("revision %d, which is in force", s.Enforced)
		}
		fmt.Fprintf(w, "\nOther than %s:\n", against)
		printDifference(w, s.Difference)
	}
	for _, n := range s.Notes {
		fmt.Fprintln(w, "note:", strings.TrimSpace(n.Conduit+" "+n.Text))
	}
	for _, n := range s.Unmatched {
		fmt.Fprintln(w, "note:", n)
	}
}

// blockedRow are the cells of a kind of conversation.
type blockedRow = []any

func rowsOf(list []app.Blocked) (out []blockedRow) {
	for i := range list {
		x := &list[i]
		answer, cost := "-", "-"
		if x.Mark != nil {
			answer = x.Mark.Says
		}
		if x.CostPerHour > 0 {
			cost = fmt.Sprintf("%.0f", x.CostPerHour)
		}
		out = append(out, blockedRow{
			end(x.FromZone, x.ClientCount, labelOf(x.Clients)), end(x.ToZone, x.ServerCount, labelOf(x.Servers)), service(x.Protocol, x.Transport, x.Port),
			x.Count, atTime(x.Last), orDash(x.Line), cost, answer, x.Why,
		})
	}
	return out
}

func labelOf(refs []app.AssetRef) string {
	if len(refs) == 0 {
		return ""
	}
	return refs[0].Label
}

// end names one end: the machine, or how many there are, and its zone.
func end(zone string, n int64, label string) string {
	if n > 1 {
		label = fmt.Sprintf("%s and %d more", label, n-1)
	}
	return strings.TrimSpace(label + " (" + orDash(zone) + ")")
}

func service(protocol, transport string, port uint16) string {
	if port == 0 {
		return orDash(protocol)
	}
	return fmt.Sprintf("%s %s/%d", protocol, transport, port)
}

func printDifference(w io.Writer, list []app.Difference) {
	for _, d := range list {
		fmt.Fprintf(w, "  %-9s  %s\n", d.Change, d.Says)
	}
	if len(list) == 0 {
		fmt.Fprintln(w, "The same packets pass.")
	}
}

func approvals(r *app.Revision) string {
	var all []string
	for _, a := range r.Approvals {
		all = append(all, a.Side+": "+a.Name)
	}
	for _, n := range r.Needs {
		all = append(all, n.Side+": -")
	}
	return strings.Join(all, ", ")
}

func signedMark(r *app.Revision) string {
	if r.Signed {
		return "signed"
	}
	return "draft"
}

func printRevisions(w io.Writer, list []app.Revision) {
	tabled(w, func(row func(...any)) {
		row("N", "AT", "BY", "STATE", "APPROVALS", "REASON")
		for i := range list {
			r := &list[i]
			row(r.N, atTime(r.At), r.Author, signedMark(r), approvals(r), r.Reason)
		}
	})
}

func printRevision(w io.Writer, r *app.Revision) {
	fmt.Fprintf(w, "revision %d (%s), made by %s at %s: %s\nhash %s\n", r.N, signedMark(r), r.Author, atTime(r.At), r.Reason, r.Hash)
	for _, a := range r.Approvals {
		fmt.Fprintf(w, "approved for %s by %s (account %s) at %s\n", a.Side, a.Name, a.Account, atTime(a.At))
	}
	for _, n := range r.Needs {
		fmt.Fprintf(w, "needs the approval of %s: %s\n", n.Side, orDash(strings.Join(append(n.Owners, n.Others...), ", ")))
	}
	fmt.Fprintf(w, "%d zones, %d conduits, %d ranges of addresses, %d services\n", r.Size.Zones, r.Size.Conduits, r.Size.Ranges, r.Size.Matches)
	for _, c := range r.Changes {
		fmt.Fprintln(w, "  "+c)
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, "note:", strings.TrimSpace(n.Conduit+" "+n.Text))
	}
}

func printApplied(w io.Writer, a *app.Applied) {
	fmt.Fprintf(w, "revision %d: %s", a.N, a.State)
	if a.State == "pending" {
		fmt.Fprintf(w, " until %s", atTime(a.Until))
	}
	fmt.Fprintln(w)
	if a.Says != "" {
		fmt.Fprintln(w, a.Says)
	}
	for _, x := range a.Seen {
		mark := "not yet"
		if x.OK {
			mark = "seen"
		}
		fmt.Fprintf(w, "  %-7s  %s, every %s\n", mark, x.Says, time.Duration(x.Period*float64(time.Second)).Round(time.Second))
	}
}

func printProofs(w io.Writer, p *app.Proofs) {
	if p.Revision > 0 {
		fmt.Fprintf(w, "revision %d is in force\n", p.Revision)
	} else {
		fmt.Fprintln(w, "nothing is in force")
	}
	tabled(w, func(row func(...any)) {
		for _, x := range p.Proofs {
			row(x.Kind, x.Status, atTime(x.At), x.Says)
		}
	})
	for _, x := range p.Proofs {
		for _, e := range x.Evidence {
			fmt.Fprintf(w, "  %s: %s\n", x.Kind, e.Text)
		}
	}
}

func printCompared(w io.Writer, c *app.Compared) {
	fmt.Fprintln(w, c.Says)
	for _, u := range c.Unknown {
		if !u.Harmless {
			fmt.Fprintf(w, "line %d is not understood: %s (%s)\n", u.Line, u.Text, u.Why)
		}
	}
	printDifferenceIfAny(w, c.Difference)
	for _, f := range c.Findings {
		fmt.Fprintln(w, "finding:", f)
	}
}

func printDifferenceIfAny(w io.Writer, list []app.Difference) {
	if len(list) > 0 {
		printDifference(w, list)
	}
}
