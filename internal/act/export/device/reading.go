package device

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Bounds of a reading.
const (
	// MaxUnknown is how many lines that were not understood are told apart.
	MaxUnknown = 10_000
	// MaxRules is how many rules a configuration may have.
	MaxRules = 200_000
	// MaxName bounds the text of a line that is repeated in a result.
	MaxName = 200
)

// Found is one rule of a configuration, as far as it was understood.
type Found struct {
	Name  string
	Line  int
	Text  string // of that line, for people
	Allow bool
	From  Addrs
	To    Addrs
	What  Services
	Until time.Time
	// Why is what was not understood, where From, To or What are not known.
	Why string
	// Maybe is true where it is not even known whether the rule applies at all.
	Maybe bool
}

// Reading collects what a configuration says into a policy.RuleSet.
type Reading struct {
	Set policy.RuleSet

	dropped int
}

// Add appends a rule. What is surely in it becomes a rule; where it may hold
// more, a line after it says so and how far it may reach. A rule that surely
// matches nothing leaves no trace.
func (r *Reading) Add(f *Found) {
	if !f.Maybe && f.exact() {
		r.rule(f)
		return
	}
	if !f.Maybe {
		r.rule(f)
	}
	bound, ok := f.rule(true)
	if !ok {
		return
	}
	r.unknown(policy.Line{Number: f.Line, Text: f.Text, Why: cmp.Or(f.Why, "not all of it is known"), Bound: &bound})
}

func (r *Reading) rule(f *Found) {
	if rule, ok := f.rule(false); ok {
		r.Set.Rules = append(r.Set.Rules, rule)
	}
}

func (f *Found) exact() bool { return f.From.Known() && f.To.Known() && f.What.Known() }

// rule is what surely, or at most, is decided.
func (f *Found) rule(most bool) (policy.Rule, bool) {
	from, to, what := f.From.sure, f.To.sure, f.What.Sure
	if most {
		from, to, what = f.From.might, f.To.might, f.What.Might
	}
	x := policy.Rule{Name: clip(f.Name), Allow: f.Allow, Line: f.Line, Until: f.Until}
	var some [3]bool
	x.From, some[0] = list(from)
	x.To, some[1] = list(to)
	x.Matches, some[2] = matches(what)
	return x, some == [3]bool{true, true, true}
}

// Unknown tells of a line that was not understood and may decide anything from
// here on.
func (r *Reading) Unknown(line int, text, why string) {
	r.unknown(policy.Line{Number: line, Text: text, Why: why})
}

// Harmless tells of a line that surely decides nothing about first packets, and
// why people may still want to know of it.
func (r *Reading) Harmless(line int, text, why string) {
	r.unknown(policy.Line{Number: line, Text: text, Why: why, Harmless: true})
}

func (r *Reading) unknown(l policy.Line) {
	if len(r.Set.Unknown) >= MaxUnknown {
		r.dropped++
		if last := &r.Set.Unknown[MaxUnknown-1]; !l.Harmless && last.Why != tooMany {
			*last = policy.Line{Number: l.Number, Text: l.Text, Why: tooMany, Rule: last.Rule}
		}
		return
	}
	l.Text, l.Rule = clip(strings.TrimSpace(l.Text)), len(r.Set.Rules)
	r.Set.Unknown = append(r.Set.Unknown, l)
}

const tooMany = "this and more lines were not understood"

// Before tells of a line that was not understood and may decide before all
// rules, wherever it stands: translation of addresses, for one.
func (r *Reading) Before(line int, text, why string) {
	r.Unknown(line, text, why)
	r.Set.Unknown[len(r.Set.Unknown)-1].Rule = 0
}

// Done is the result.
func (r *Reading) Done() (*policy.RuleSet, error) {
	if len(r.Set.Rules) > MaxRules {
		return nil, fmt.Errorf("%w: it has more than %d rules", ErrText, MaxRules)
	}
	return &r.Set, nil
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, ".")
	if len(s) > MaxName {
		return strings.ToValidUTF8(s[:MaxName], "") + "…"
	}
	return s
}

// Text checks that a configuration is text of a bearable size, and returns it
// without a byte order mark and without carriage returns.
func Text(b []byte) (string, error) {
	if len(b) > MaxText {
		return "", fmt.Errorf("%w: it has %d bytes, more than %d", ErrText, len(b), MaxText)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return "", fmt.Errorf("%w: line %d: it is not text", ErrText, bytes.Count(b[:i], []byte("\n"))+1)
	}
	return strings.ReplaceAll(string(b), "\r", ""), nil
}
