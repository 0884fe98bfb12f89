package api

import "time"

// Protection is the answer to "are we actually protected, or do we just think
// we are?".
type Protection struct {
	Sentence   Sentence     `json:"sentence"`
	AsOf       *time.Time   `json:"as_of" doc:"Packet time of the newest thing it rests on."`
	Now        time.Time    `json:"now"`
	Counts     StatusCounts `json:"counts"`
	Statements []Statement  `json:"statements" doc:"What needs someone first."`
	Next       []Action     `json:"next" doc:"At most five things to do, the one that matters most first."`
	Blind      []Evidence   `json:"blind" doc:"What cannot be seen, and so is not in the answer."`
}

// Sentence says how things stand, in three parts that are read one after the
// other.
type Sentence struct {
	Lead   string `json:"lead"`
	Urgent string `json:"urgent" doc:"What needs someone; empty if nothing does."`
	Rest   string `json:"rest"`
}

// StatusCounts is how many statements stand how.
type StatusCounts struct {
	Proven       int `json:"proven"`
	Contradicted int `json:"contradicted"`
	Stale        int `json:"stale"`
	Attested     int `json:"attested" doc:"Somebody's word."`
	Unknown      int `json:"unknown"`
}

// Statement is one claim about the plant's protection and how it stands.
type Statement struct {
	ID       string     `json:"id"`
	Check    int        `json:"check" doc:"Number in the map of checks."`
	Says     string     `json:"says" example:"No plant machine talks to the internet."`
	Status   string     `json:"status" enum:"proven,contradicted,stale,attested,unknown"`
	Missing  int64      `json:"missing" doc:"How many are not as claimed."`
	Of       int64      `json:"of" doc:"Of how many; 0 where nothing is counted against a whole."`
	Unit     string     `json:"unit" doc:"What is counted, one of them." example:"machine"`
	Why      string     `json:"why"`
	Link     string     `json:"link" doc:"The console's page that shows it."`
	Owners   []string   `json:"owners" doc:"Who has to act on it: it, operations."`
	AsOf     *time.Time `json:"as_of"`
	Evidence []Evidence `json:"evidence"`
}

// Evidence is one thing that a statement rests on.
type Evidence struct {
	Text string `json:"text"`
	Link string `json:"link"`
}

// Action is something to do.
type Action struct {
	Statement string   `json:"statement" doc:"The statement that it mends."`
	Do        string   `json:"do"`
	Effect    string   `json:"effect"`
	When      string   `json:"when" example:"in a window"`
	Link      string   `json:"link"`
	Owners    []string `json:"owners" doc:"it, operations."`
}
