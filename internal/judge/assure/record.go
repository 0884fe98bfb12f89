package assure

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Record is the evidence of one statement as it is kept: what was observed, from
// when to when, by what, how whole the picture was, and what came of it. Two
// records of the same observation are equal and have one identifier, so that a
// record is kept once.
type Record struct {
	ID      string `json:"id"`    // from all that follows but Received
	Check   string `json:"check"` // of checks.yaml
	Number  int    `json:"number"`
	Scope   string `json:"scope"` // the site
	Claim   string `json:"claim"`
	Result  Status `json:"result"`
	Why     string `json:"why"`
	Missing int64  `json:"missing"`
	All     int64  `json:"all"`
	// From and To are what was observed, Received when it was judged.
	From     time.Time `json:"observed_from,omitzero"`
	To       time.Time `json:"observed_to,omitzero"`
	Received time.Time `json:"received"`
	// Collector is what observed, with its version; Coverage the share of the
	// sensors that saw all that passed them, 0 to 1.
	Collector string     `json:"collector"`
	Coverage  float64    `json:"coverage"`
	Evidence  []Evidence `json:"evidence"`
	// SHA256 is of the facts that were judged, as JSON, in hexadecimal.
	SHA256 string `json:"sha256"`
}

// Records are the evidence of an answer, one for each statement in its order.
// scope is the site, collector the program and its version.
func (a *Answer) Records(f *Facts, scope, collector string) []Record {
	raw, err := json.Marshal(f)
	if err != nil {
		panic("facts that are no JSON: " + err.Error()) // they have no such types
	}
	of := sum(raw)
	out := make([]Record, 0, len(a.Statements))
	for i := range a.Statements {
		s := &a.Statements[i]
		r := Record{
			Check: s.ID, Number: s.Check.Check, Scope: scope, Claim: s.Says, Result: s.Status, Why: s.Why, Missing: s.Missing, All: s.All,
			From: f.Since, To: s.AsOf, Collector: collector, Coverage: f.coverage(), Evidence: s.Evidence, SHA256: of,
		}
		if r.To.Before(r.From) {
			r.From = r.To
		}
		r.ID = r.id()
		r.Received = f.Now
		out = append(out, r)
	}
	return out
}

// id names a record by what it says: it does not change with when it was said.
func (r *Record) id() string {
	named := *r
	named.Why, named.SHA256 = "", "" // both tell how long ago something was
	b, err := json.Marshal(named)
	if err != nil {
		panic("a record that is no JSON: " + err.Error()) // it has no such types
	}
	return sum(b)[:32]
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// coverage is the share of sensors that see all that passes them.
func (f *Facts) coverage() float64 {
	if len(f.Sensors) == 0 {
		return 0
	}
	whole := 0
	for i := range f.Sensors {
		if f.Sensors[i].weakness() == "" {
			whole++
		}
	}
	return float64(whole) / float64(len(f.Sensors))
}
