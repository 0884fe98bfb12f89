package simulate

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// key tells rows apart. Where there are too many rows, parts of it are left
// empty.
type key struct {
	list      list
	from, to  string
	line      string
	protocol  string
	transport plant.Transport
	port      uint16
	part      uint8 // how many parts were left out
}

// String names a row, the same in each replay.
func (k key) String() string {
	what := k.protocol
	if k.port != 0 {
		what += fmt.Sprintf(" %s %d", k.transport, k.port)
	}
	if what == "" {
		what = "*"
	}
	return strings.Join([]string{listNames[k.list], orNone(k.from), orNone(k.to), what, orNone(k.line)}, "|")
}

var listNames = [...]string{passes: "passes", blocked: "blocked", attempts: "attempt", refused: "refused", beyond: "beyond", aside: "aside", frames: "frames"}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// coarser leaves out one part after the other: the port, the protocol, the line.
func (k key) coarser() key {
	k.part++
	switch k.part {
	case 1:
		k.port = 0
	case 2:
		k.protocol, k.transport, k.port = "", 0, 0
	default:
		k.line = ""
	}
	return k
}

// coarsest is how often a key can be made coarser.
const coarsest = 3

// group is a row in the making.
type group struct {
	Row
	clients, servers map[string]string // labels by identifier
	lines            map[string]bool
	// The last conversation of it, by which why is said again for all kinds of
	// operation together.
	service service
	verdict policy.Verdict
}

const (
	// maxGroups bounds the rows in the making; what comes then is put together
	// by zones.
	maxGroups = 4096
	// maxRows is how many rows of a list a person is shown at most.
	maxRows = 60
	// maxCounted bounds the assets that a row counts.
	maxCounted = 10_000
)

// count adds a conversation to its row.
func (r *Replay) count(t *record.Talk, o *opinion, from, to string) *group {
	line := r.line(t)
	k := key{list: o.list, from: from, to: to, line: line, protocol: t.Protocol, transport: t.Transport, port: t.Port}
	g := r.groups[k]
	if g == nil && len(r.groups) >= maxGroups {
		r.coarse = true
		for range coarsest {
			k = k.coarser()
		}
		g = r.groups[k]
	}
	if g == nil {
		g = &group{clients: map[string]string{}, servers: map[string]string{}, lines: map[string]bool{}}
		g.Row = Row{FromZone: from, ToZone: to, Protocol: k.protocol, Transport: k.transport, Port: k.port, Line: k.line, Why: o.why, Conduit: o.conduit, Stage: o.stage, First: t.First}
		r.groups[k] = g
	}
	g.add(t, line)
	r.name(g.clients, t.Client, t.From)
	r.name(g.servers, t.Server, t.To)
	return g
}

func (g *group) add(t *record.Talk, line string) {
	g.Conversations++
	g.Count += t.Count
	g.Kinds |= t.Kinds
	g.Days = max(g.Days, t.Days)
	g.Answered = g.Answered || t.Answered
	if t.First.Before(g.First) {
		g.First = t.First
	}
	if !t.Last.Before(g.Last) {
		g.Last, g.Talk = t.Last, t.ID
	}
	if line != "" {
		g.lines[line] = true
	}
}

// name notes an end of a conversation by its asset, or by its address where it
// has none.
func (r *Replay) name(ends map[string]string, id string, e plant.Endpoint) {
	if id == "" {
		id = e.Addr()
	}
	if _, ok := ends[id]; ok || len(ends) >= maxCounted {
		return
	}
	ends[id] = e.Addr()
	if s := r.assets[id]; s != nil {
		ends[id] = s.label
	}
}

// line is the line that stands if a conversation is stopped: the server's or the
// client's, the dearer if they are of two.
func (r *Replay) line(t *record.Talk) string {
	var server, client string
	if s := r.assets[t.Server]; s != nil {
		server = s.line
	}
	if s := r.assets[t.Client]; s != nil {
		client = s.line
	}
	switch {
	case server == "":
		return client
	case client != "" && r.in.Model.CostOf(client).PerHour > r.in.Model.CostOf(server).PerHour:
		return client
	}
	return server
}

// Result is what was found so far, the worst first.
func (r *Replay) Result() *Result {
	out := r.out
	out.Approximate = r.coarse
	out.Blocked, out.Attempts = r.rows(blocked), r.rows(attempts)
	out.Refused, out.Beyond = r.rows(refused), r.rows(beyond)
	out.Aside, out.Frames = r.rows(aside), r.rows(frames)
	for _, rows := range [][]Row{out.Blocked, out.Refused} {
		for i := range rows {
			if !rows[i].answeredFor(r.in.Now) {
				out.Open++
			}
		}
	}
	out.Lines = r.lines()
	return &out
}

// answeredFor reports whether a person decided about a row in a way that still
// holds. What is to be fixed stays open until the draft has it.
func (w *Row) answeredFor(now time.Time) bool {
	if w.Mark == nil {
		return false
	}
	return w.Mark.Says == Accept || w.Mark.Says == Ignore && now.Before(w.Mark.Until)
}

// rows are those of one list, few enough for a person to read.
func (r *Replay) rows(of list) []Row {
	groups := map[key]*group{}
	for k, g := range r.groups {
		if k.list == of {
			groups[k] = g
		}
	}
	for part := uint8(1); len(groups) > maxRows && part <= coarsest; part++ {
		groups = coarsened(groups, part)
	}
	marks := map[string]*Mark{}
	for i := range r.in.Marks {
		marks[r.in.Marks[i].Row] = &r.in.Marks[i]
	}
	rows := make([]Row, 0, len(groups))
	for k, g := range groups {
		w := g.Row
		if k.part == 0 && of != frames {
			all := g.service
			all.kinds = w.Kinds
			w.Why = r.judge(&all, g.verdict).why
		}
		w.Key = k.String()
		w.Mark = marks[w.Key]
		w.Clients, w.ClientCount = refs(g.clients)
		w.Servers, w.ServerCount = refs(g.servers)
		r.price(&w, g)
		rows = append(rows, w)
	}
	slices.SortFunc(rows, func(a, b Row) int { return compare(&a, &b) })
	return rows
}

// coarsened puts groups together whose keys are the same with one part less.
func coarsened(groups map[key]*group, part uint8) map[key]*group {
	out := map[key]*group{}
	for _, k := range sorted(groups) {
		g := groups[k]
		for k.part < part {
			k = k.coarser()
		}
		if was := out[k]; was == nil {
			out[k] = g.copied(k)
		} else {
			was.merge(g)
		}
	}
	return out
}

func sorted(groups map[key]*group) []key {
	keys := make([]key, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Compare(a.String(), b.String()) })
	return keys
}

func (g *group) copied(k key) *group {
	c := &group{Row: g.Row, clients: map[string]string{}, servers: map[string]string{}, lines: map[string]bool{}}
	c.Protocol, c.Transport, c.Port, c.Line = k.protocol, k.transport, k.port, k.line
	c.Conversations, c.Count = 0, 0
	c.merge(g)
	return c
}

func (g *group) merge(o *group) {
	if g.Why != o.Why {
		g.Why = "several services, each for a reason of its own"
	}
	if g.Conduit != o.Conduit {
		g.Conduit = ""
	}
	g.Conversations += o.Conversations
	g.Count += o.Count
	g.Kinds |= o.Kinds
	g.Days = max(g.Days, o.Days)
	g.Answered = g.Answered || o.Answered
	if o.First.Before(g.First) {
		g.First = o.First
	}
	if !o.Last.Before(g.Last) {
		g.Last, g.Talk = o.Last, o.Talk
	}
	for id, label := range o.clients {
		g.clients[id] = label
	}
	for id, label := range o.servers {
		g.servers[id] = label
	}
	for id := range o.lines {
		g.lines[id] = true
	}
}

// price says what a row costs where it stops a line; of several the dearest.
func (r *Replay) price(w *Row, g *group) {
	for id := range g.lines {
		if c := r.in.Model.CostOf(id); c.PerHour > w.PerHour || c.PerHour == w.PerHour && c.Restart > w.Restart {
			w.PerHour, w.Restart = c.PerHour, c.Restart
		}
	}
}

// refs are the assets of one side by name, at most MaxRefs of them.
func refs(of map[string]string) ([]Ref, int) {
	all := make([]Ref, 0, len(of))
	for id, label := range of {
		all = append(all, Ref{id, label})
	}
	slices.SortFunc(all, func(a, b Ref) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID)) })
	return all[:min(len(all), MaxRefs)], len(all)
}

// compare puts first what costs most by the hour, then what does most to a
// machine, then what was seen last.
func compare(a, b *Row) int {
	return cmp.Or(
		cmp.Compare(b.PerHour, a.PerHour),
		cmp.Compare(bits.Len16(uint16(b.Kinds)), bits.Len16(uint16(a.Kinds))),
		b.Last.Compare(a.Last),
		cmp.Compare(b.Count, a.Count),
		cmp.Compare(a.Key, b.Key),
	)
}

// lines are what would be stopped by line, the dearest first.
func (r *Replay) lines() []Line {
	of := map[string]*Line{}
	for k, g := range r.groups {
		if k.list != blocked && k.list != refused {
			continue
		}
		ids := g.lines
		if len(ids) == 0 {
			ids = map[string]bool{"": true}
		}
		for id := range ids {
			l := of[id]
			if l == nil {
				l = &Line{ID: id}
				if m := r.in.Model.Line(id); m != nil {
					l.Name, l.PerHour = m.Name, r.in.Model.CostOf(id).PerHour
				}
				of[id] = l
			}
			l.count(k.list, g)
		}
	}
	all := make([]Line, 0, len(of))
	for _, l := range of {
		all = append(all, *l)
	}
	slices.SortFunc(all, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.PerHour, a.PerHour), cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (l *Line) count(of list, g *group) {
	if of == blocked {
		l.Blocked++
	} else {
		l.Refused++
	}
	l.Count += g.Count
	l.Last = later(l.Last, g.Last)
}

// KindNames are a row's kinds of operation in words, the most consequential first.
func (w *Row) KindNames() []string {
	var all []string
	for _, k := range w.Kinds.List() {
		all = append(all, k.String())
	}
	return all
}
