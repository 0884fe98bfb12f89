package proof

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

const (
	// fresh is how old a proof may be and still speak for today: that of all
	// facts of the network (docs/answer.md).
	fresh = 7 * 24 * time.Hour
	// resting is from when on a conduit that nobody uses is asked about, unused
	// from when on it is named for removal. A quarter holds what comes every
	// month and, of what comes every quarter, the last time.
	resting = 30 * 24 * time.Hour
	unused  = 90 * 24 * time.Hour
	// grace is how long after it was applied a policy is taken not to hold yet:
	// connections that stood are ended, and packets are on their way.
	grace = time.Minute
	// most bounds the evidence that a proof names.
	most = 20
)

// Prove makes the four proofs, in the order of their kinds.
func Prove(in *Input) []Proof {
	return []Proof{in.readback(), in.contradiction(), in.canary(), in.unused()}
}

func (p *Proof) is(status Status, format string, a ...any) {
	p.Status, p.Says = status, fmt.Sprintf(format, a...)
}

// aged makes a proof stale that is too old.
func (p *Proof) aged(now time.Time) {
	if age := now.Sub(p.At); p.Status == Proven && age > fresh {
		p.is(Stale, "It was so %s ago: %s", days(age), p.Says)
	}
}

// days is a duration as people say it.
func days(d time.Duration) string {
	if d < 48*time.Hour {
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// readback holds what the enforcer has against what was signed.
func (in *Input) readback() Proof {
	p := Proof{Kind: ReadBack}
	r, s := in.Read, in.Signed
	switch {
	case s == nil:
		p.is(Unknown, "No revision was signed and applied yet.")
		return p
	case r == nil:
		p.is(Unknown, "Revision %d ought to be enforced, and nobody has read back what is.", s.Revision)
		return p
	}
	p.At = r.At
	for _, text := range slices.Concat(r.Differences, r.Unknown) {
		p.evidence(text, "")
	}
	switch {
	case r.At.Before(s.Applied):
		p.At = r.At
		p.is(Unknown, "What was read back is older than revision %d, which was applied after it.", s.Revision)
	case len(r.Differences) > 0:
		p.is(Contradicted, "What is enforced is not revision %d: %s.", s.Revision, counted(len(r.Differences), "difference"))
	case r.Problem != "":
		p.is(Unknown, "What is enforced could not be read back: %s.", strings.TrimSuffix(r.Problem, "."))
	case len(r.Unknown) > 0:
		p.is(Unknown, "Not all of what is enforced was understood: %s.", counted(len(r.Unknown), "part"))
	case r.Hash == "" || s.Hash == "":
		p.is(Unknown, "What was read back has no hash to compare.")
	case r.Hash != s.Hash:
		p.is(Contradicted, "What is enforced has hash %s, and revision %d was signed with %s.", short(r.Hash), s.Revision, short(s.Hash))
	default:
		p.is(Proven, "What is enforced is revision %d as it was signed (%s).", s.Revision, short(s.Hash))
	}
	p.aged(in.Now)
	return p
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

func (p *Proof) evidence(text, link string) {
	if len(p.Evidence) < most {
		p.Evidence = append(p.Evidence, Evidence{text, link})
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// contradiction looks for conversations that were answered although the policy
// stops them: where there is one, there is a path around the wall.
func (in *Input) contradiction() Proof {
	p := Proof{Kind: Contradiction}
	s := in.Seen
	switch {
	case s == nil || s.Policy == nil:
		p.is(Unknown, "Nothing is enforced yet that something could contradict.")
		return p
	case s.Sensors == 0:
		p.is(Unknown, "No sensor sees the far side of the boundary: who went around it would not be seen.")
		return p
	case !s.To.After(s.From):
		p.is(Unknown, "Nothing was observed since the policy was applied.")
		return p
	}
	p.At = s.To
	around := s.Around(in.Now)
	for i := range around {
		p.evidence(in.path(&around[i]), link(around[i].ID))
	}
	switch n := len(around); {
	case n > 0:
		p.is(Contradicted, "%s answered although the policy stops %s: there is a path around the wall.", either(n, "1 conversation was", fmt.Sprintf("%d conversations were", n)), either(n, "it", "them"))
		return p // it does not get less true by age: who mends it looks again
	case !enforces(s.Policy):
		p.is(Unknown, "No pair of zones is enforced: there is nothing that could be contradicted.")
	case s.To.Sub(s.From) < settled:
		p.is(Unknown, "Nothing contradicts it so far, and it was watched for %s only; a day is needed.", days(s.To.Sub(s.From)))
	default:
		p.is(Proven, "In %s nothing was seen that the policy stops.", days(s.To.Sub(s.From)))
	}
	p.aged(in.Now)
	return p
}

// settled is how long must have been watched before "nothing contradicts"
// means anything: a day has each shift once.
const settled = 24 * time.Hour

func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func link(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprintf("/conversations?open=%d", id)
}

// enforces reports whether a policy stops anything at all.
func enforces(p *policy.Policy) bool {
	stops := func(s string) bool { return s == "enforce" || s == "enforce-new" }
	return stops(string(p.Rest)) || slices.ContainsFunc(p.Pairs, func(x policy.Pair) bool { return stops(string(x.Stage)) })
}

// Around are the conversations that were answered although the policy stops
// them, the newest first. Those that stood when it was applied do not count, nor
// what a grant allowed.
func (s *Seen) Around(now time.Time) []record.Talk {
	if s.Policy == nil {
		return nil
	}
	table := s.Table
	if table == nil {
		table = verdict.New(s.Policy, now)
	}
	var out []record.Talk
	for i := range s.Talks {
		t := &s.Talks[i]
		if !t.Answered || t.Local() || t.Count == 0 || t.Last.Before(s.From.Add(grace)) || s.granted(t) {
			continue
		}
		packet := policy.Packet{Src: t.From.IP.Unmap().WithZone(""), Dst: t.To.IP.Unmap().WithZone(""), Proto: t.Proto(), DstPort: t.Port}
		if table.Judge(packet).Action == policy.Deny {
			out = append(out, *t)
		}
	}
	slices.SortStableFunc(out, func(a, b record.Talk) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.ID, b.ID)) })
	return out
}

// granted reports whether a session that was approved allowed a conversation.
func (s *Seen) granted(t *record.Talk) bool {
	return slices.ContainsFunc(s.Grants, func(g policy.Grant) bool {
		return same(g.Src, t.From.IP) && same(g.Dst, t.To.IP) && g.Proto == t.Proto() && g.Port == t.Port && t.First.Before(g.Until)
	})
}

func same(a, b netip.Addr) bool { return a.Unmap().WithZone("") == b.Unmap().WithZone("") }

// path names both ends of a conversation so that a person finds the cable:
// names, MAC addresses, ports of switches, and who saw it.
func (in *Input) path(t *record.Talk) string {
	text := fmt.Sprintf("%s → %s: %s", in.end(t.Client, t.From), in.end(t.Server, t.To), t.Protocol)
	if t.Port != 0 {
		text += fmt.Sprintf(" on %s %d", t.Transport, t.Port)
	}
	text += ", last " + t.Last.UTC().Format("2006-01-02 15:04") + " UTC"
	if len(t.Sensors) > 0 {
		text += ", seen by sensor " + strings.Join(t.Sensors, " and ")
	}
	return text
}

func (in *Input) end(id string, e plant.Endpoint) string {
	label, port := e.IP.String(), ""
	if i := slices.IndexFunc(in.Seen.Assets, func(a record.Asset) bool { return id != "" && a.ID == id }); i >= 0 {
		a := &in.Seen.Assets[i]
		if a.Label != label {
			label = a.Label + " (" + label + ")"
		}
		port = a.Port
	}
	var more []string
	if !e.MAC.IsZero() {
		more = append(more, "MAC "+e.MAC.String())
	}
	if port != "" {
		more = append(more, "plugged in at "+port)
	}
	if len(more) > 0 {
		label += " [" + strings.Join(more, ", ") + "]"
	}
	return label
}

// canary says what became of packets that nothing allows.
func (in *Input) canary() Proof {
	p := Proof{Kind: Canary}
	x := in.Probe
	if x == nil || x.At.IsZero() {
		p.is(Unknown, "Nobody has sent a probe yet.")
		return p
	}
	p.At = x.At
	if x.From.IsValid() && x.To.IsValid() {
		p.evidence(fmt.Sprintf("%d packets from %v to %v where nothing allows them: %d arrived. Where one is allowed %d arrived.", x.Sent, x.From, x.To, x.Arrived, x.Control), "")
	}
	if x.Counted {
		p.evidence("The boundary's own counter saw them stopped.", "")
	}
	if in.Signed != nil && x.At.Before(in.Signed.Applied) {
		p.is(Unknown, "The last probe is older than revision %d, which was applied after it.", in.Signed.Revision)
		return p
	}
	switch {
	case x.Arrived > 0:
		p.is(Contradicted, "%d of %s arrived that the boundary ought to stop.", x.Arrived, counted(x.Sent, "packet"))
		return p
	case x.Problem != "":
		p.is(Unknown, "The probe could not be made: %s.", strings.TrimSuffix(x.Problem, "."))
	case x.Sent == 0:
		p.is(Unknown, "The probe sent nothing.")
	case x.Control == 0:
		p.is(Unknown, "Nothing arrived, also where it is allowed: a far end that hears nothing looks like a wall.")
	default:
		p.is(Proven, "%s that nothing allows %s stopped.", counted(x.Sent, "packet"), either(x.Sent, "was", "were"))
	}
	p.aged(in.Now)
	return p
}

// unused names conduits that stand open and that nobody uses.
func (in *Input) unused() Proof {
	p := Proof{Kind: Unused}
	if len(in.Uses) == 0 {
		p.is(Unknown, "Nobody counts yet what goes through the conduits.")
		return p
	}
	p.At = in.Observed
	idle, rest, young := in.idle()
	for _, u := range slices.Concat(idle, rest) {
		p.evidence(in.idleness(&u), "/boundary?conduit="+u.Conduit)
	}
	switch {
	case len(idle) > 0:
		p.is(Contradicted, "%s open and %s not used for %d days or more: take %s out.", either(len(idle), "1 conduit stands", fmt.Sprintf("%d conduits stand", len(idle))), either(len(idle), "was", "were"), int(unused.Hours()/24), either(len(idle), "it", "them"))
	case len(rest) > 0:
		p.is(Stale, "%s not used for %d days: ask who still needs %s.", either(len(rest), "1 conduit was", fmt.Sprintf("%d conduits were", len(rest))), int(resting.Hours()/24), either(len(rest), "it", "them"))
	case young > 0:
		p.is(Unknown, "%s not used so far and %s counted for less than %d days.", either(young, "1 conduit was", fmt.Sprintf("%d conduits were", young)), either(young, "is", "are"), int(resting.Hours()/24))
	default:
		p.is(Proven, "%s in the last %d days.", either(len(in.Uses), "The one conduit was used", fmt.Sprintf("Each of %d conduits was used", len(in.Uses))), int(resting.Hours()/24))
	}
	p.aged(in.Now)
	return p
}

// idle sorts the conduits that nobody uses: unused for long, resting, and those
// that are counted for too short a time to say. A time in which nothing was
// observed is no time without use, so that age counts up to the newest packet.
func (in *Input) idle() (idle, rest []Use, young int) {
	now := in.Now
	if !in.Observed.IsZero() && in.Observed.Before(now) {
		now = in.Observed
	}
	all := slices.Clone(in.Uses)
	slices.SortStableFunc(all, func(a, b Use) int { return cmp.Or(a.Last.Compare(b.Last), cmp.Compare(a.Conduit, b.Conduit)) })
	for _, u := range all {
		since := u.Last
		if u.Since.After(since) {
			since = u.Since
		}
		switch age := now.Sub(since); {
		case age >= unused:
			idle = append(idle, u)
		case age >= resting:
			rest = append(rest, u)
		case u.Last.IsZero():
			young++
		}
	}
	return idle, rest, young
}

func (in *Input) idleness(u *Use) string {
	name := u.Conduit
	if in.Model != nil {
		if c := in.Model.Conduit(u.Conduit); c != nil && c.Name != "" {
			name = c.Name + " (" + u.Conduit + ")"
		}
	}
	if u.Last.IsZero() {
		return fmt.Sprintf("%s: never used since %s", name, u.Since.UTC().Format("2006-01-02"))
	}
	return fmt.Sprintf("%s: last used %s", name, u.Last.UTC().Format("2006-01-02"))
}
