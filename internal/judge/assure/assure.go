// Package assure says how protected a plant is, statement by statement, from
// what was observed.
//
// A statement is a claim that people make about their plant. It is proven,
// contradicted by an observation, stale, somebody's word, or unknown; it never
// holds because nothing is known. The package is a pure judge: it takes what was
// counted and a time, and returns the answer with the reason of each part. The
// claims stand in checks.yaml, how each is measured in measure.go.
package assure

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Status is how a statement stands.
type Status string

// Statuses in the order in which people are shown them.
const (
	Proven       Status = "proven"
	Contradicted Status = "contradicted"
	Stale        Status = "stale"
	Attested     Status = "attested" // somebody's word
	Unknown      Status = "unknown"
)

// worst orders statuses for a list: what needs someone stands first.
var worst = []Status{Contradicted, Stale, Unknown, Attested, Proven}

// Side is who answers for something: one person in IT, one in operations.
type Side string

// Sides.
const (
	IT         Side = "it"
	Operations Side = "operations"
)

// Check is what a claim says to people.
type Check struct {
	ID     string `yaml:"id"`
	Check  int    `yaml:"check"`
	Says   string `yaml:"says"`
	Unit   string `yaml:"unit"`
	Link   string `yaml:"link"`
	Do     string `yaml:"do"`
	Effect string `yaml:"effect"`
	Owners []Side `yaml:"owners"`
	When   string `yaml:"when"`
}

// Statement is a claim with how it stands.
type Statement struct {
	Check
	Status Status
	// Missing is how many of All are not as claimed; All is 0 where nothing is
	// counted against a whole.
	Missing, All int64
	Why          string
	Evidence     []Evidence
	AsOf         time.Time // of the newest observation that it rests on
}

// Evidence is one thing that a statement rests on.
type Evidence struct {
	Text, Link string
}

// Action is what to do next.
type Action struct {
	Statement, Do, Effect, When, Link string
	Owners                            []Side
}

// Sentence says how things stand: Lead and Rest are calm, Urgent is what needs
// someone and stands between them.
type Sentence struct {
	Lead, Urgent, Rest string
}

// Answer is the answer to "are we actually protected?".
type Answer struct {
	Sentence   Sentence
	Statements []Statement // what needs someone first
	Counts     map[Status]int
	Next       []Action
	Blind      []Evidence // what cannot be seen
	AsOf       time.Time
}

//go:embed checks.yaml
var checksFile []byte

// Checks are the claims in the order of their weight.
func Checks() ([]Check, error) {
	var list []Check
	if err := yaml.UnmarshalWithOptions(checksFile, &list, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the claims: %w", err)
	}
	for i := range list {
		if measures[list[i].ID] == nil {
			return nil, fmt.Errorf("read the claims: nothing measures %q", list[i].ID)
		}
	}
	return list, nil
}

// maxActions is how many things a person is asked to do next.
const maxActions = 5

// Judge answers from what was counted.
func Judge(checks []Check, f *Facts) Answer {
	a := Answer{Counts: map[Status]int{}, AsOf: f.Observed}
	for _, c := range checks {
		s := Statement{Check: c, AsOf: f.Observed}
		measures[c.ID](f, &s)
		a.Counts[s.Status]++
		a.Statements = append(a.Statements, s)
	}
	slices.SortStableFunc(a.Statements, func(x, y Statement) int {
		return slices.Index(worst, x.Status) - slices.Index(worst, y.Status)
	})
	a.Next = actions(a.Statements)
	a.Blind = blind(f)
	a.Sentence = sentence(f, &a)
	return a
}

// actions are the first things to do: for what is contradicted, then for what
// is stale or unknown, each in the order of weight.
func actions(statements []Statement) []Action {
	var list []Action
	for i := range statements {
		s := &statements[i]
		if len(list) == maxActions || s.Status == Proven || s.Status == Attested {
			break
		}
		if s.Missing == 0 {
			continue // nothing that one could go and mend
		}
		list = append(list, Action{Statement: s.ID, Do: fill(s.Do, s), Effect: s.Effect, When: s.When, Link: s.Link, Owners: s.Owners})
	}
	return list
}

// choice is {one|many} in the words of a claim.
var choice = regexp.MustCompile(`\{([^{}|]*)\|([^{}|]*)\}`)

func fill(text string, s *Statement) string {
	group := "$2"
	if s.Missing == 1 {
		group = "$1"
	}
	text = choice.ReplaceAllString(text, group)
	return strings.NewReplacer("{n}", strconv.FormatInt(s.Missing, 10), "{unit}", plural(s.Missing, s.Unit)).Replace(text)
}

func plural(n int64, unit string) string {
	return either(n, unit, unit+"s")
}

func amount(n int64, unit string) string { return strconv.FormatInt(n, 10) + " " + plural(n, unit) }

// either is the word that goes with a number.
func either(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// numerals are the small numbers as a sentence begins with them.
var numerals = []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}

func numeral(n int) string {
	if n < len(numerals) {
		return numerals[n]
	}
	return strconv.Itoa(n)
}

func statements(n int) string {
	if n == 1 {
		return numeral(n) + " statement is"
	}
	return numeral(n) + " statements are"
}

func sentence(f *Facts, a *Answer) Sentence {
	all := len(a.Statements)
	open := a.Counts[Stale] + a.Counts[Unknown]
	switch {
	case f.Inside == 0 && len(f.Sensors) == 0:
		return Sentence{Lead: "Nothing has been seen yet.", Rest: "Let a sensor watch a mirror port, or import a capture."}
	case f.Inside == 0:
		return Sentence{Lead: "Nothing has been seen yet.", Rest: "A sensor is there; as soon as packets come by, the answer appears."}
	case a.Counts[Contradicted] > 0:
		return Sentence{Lead: "Not where we think.", Urgent: statements(a.Counts[Contradicted]) + " contradicted", Rest: "by what was seen on the network."}
	case open > 0:
		return Sentence{Lead: "Nothing contradicts us so far.", Urgent: statements(open) + " not proven,", Rest: "and unknown is not safe."}
	}
	return Sentence{Lead: fmt.Sprintf("All %d statements hold.", all), Rest: "As far as the sensors see: what passes elsewhere does not count here."}
}
