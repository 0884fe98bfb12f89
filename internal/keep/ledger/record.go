package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Outcome is how an act went.
type Outcome string

// Outcomes. Asked is written before an act begins and Done, Failed or Refused
// after it, naming the first by Of: an Asked that nothing names was cut short.
// Refused stands alone where a guard refused before anything began. Read stands
// alone too, written before what was asked for leaves.
const (
	Asked   Outcome = "asked"
	Done    Outcome = "done"
	Refused Outcome = "refused" // by whoever decides, or because it made no sense
	Failed  Outcome = "failed"  // for a reason inside the program
	Read    Outcome = "read"
)

// Entry is what is said of an act. Texts are cut at their bounds (in bytes, as
// named) and lose control characters. None of them may ever hold a secret.
type Entry struct {
	Act     string  // what is done: an operation of the API, or a verb such as sign-in; 64
	Outcome Outcome // how it went
	Status  int     // of the HTTP answer; 0 where there is none
	Of      int64   // the index of the Asked that this ends; 0 for none
	Actor   string  // the account's identifier, "host root" on the command line, "" if nobody is known; 128
	Name    string  // what the actor is called; 128
	Token   string  // the identifier of the API token that was used; 128
	Via     string  // session, token, link, command line; 32
	From    string  // the address it came from; 64
	Object  string  // what it is done to; 256
	Detail  string  // what else tells something; 1,024
	Count   int64   // how many acts like this one, for those that are added up; 0 is one
}

// Record is one row of the ledger. Index counts from 0 without gaps.
type Record struct {
	Index int64
	At    time.Time
	Entry
}

// line is a record as it is written: one JSON object with its members in this
// order and no space. There is one way to write a record, so that its hash says
// all there is to say.
type line struct {
	Index   int64     `json:"index"`
	At      time.Time `json:"at"`
	Act     string    `json:"act"`
	Outcome Outcome   `json:"outcome"`
	Status  int       `json:"status,omitempty"`
	Of      int64     `json:"of,omitempty"`
	Actor   string    `json:"actor,omitempty"`
	Name    string    `json:"name,omitempty"`
	Token   string    `json:"token,omitempty"`
	Via     string    `json:"via,omitempty"`
	From    string    `json:"from,omitempty"`
	Object  string    `json:"object,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Count   int64     `json:"count,omitempty"`
}

// maxLine bounds a line with its end. The texts of an entry come to 1,824
// bytes, and each byte is at most two in JSON but for the separators U+2028 and
// U+2029, of whose three bytes six are made.
const maxLine = 4608

var errRecord = errors.New("no record")

// clean bounds what is said of an act.
func (e *Entry) clean() {
	for _, t := range []struct {
		text *string
		max  int
	}{
		{&e.Act, 64},
		{&e.Actor, 128},
		{&e.Name, 128},
		{&e.Token, 128},
		{&e.Via, 32},
		{&e.From, 64},
		{&e.Object, 256},
		{&e.Detail, 1024},
	} {
		*t.text = bounded(*t.text, t.max)
	}
	if e.Act == "" {
		e.Act = "unnamed"
	}
}

// bounded cuts a text at a character's end.
func bounded(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) <= n {
		return s
	}
	const mark = "…"
	cut := n - len(mark)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + mark
}

// encode writes a record without the end of its line.
func encode(r *Record) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(line{
		r.Index, r.At.UTC(), r.Act, r.Outcome, r.Status, r.Of, r.Actor, r.Name, r.Token, r.Via, r.From, r.Object, r.Detail, r.Count,
	}); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decode reads a line without its end. It takes only what encode would write.
func decode(b []byte) (Record, error) {
	var l line
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return Record{}, fmt.Errorf("%w: %w", errRecord, err)
	}
	r := Record{l.Index, l.At, Entry{l.Act, l.Outcome, l.Status, l.Of, l.Actor, l.Name, l.Token, l.Via, l.From, l.Object, l.Detail, l.Count}}
	switch l.Outcome {
	case Asked, Done, Refused, Failed, Read:
	default:
		return Record{}, fmt.Errorf("%w: there is no outcome %q", errRecord, l.Outcome)
	}
	if l.Index < 0 || l.Of < 0 || l.Count < 0 || l.Of > l.Index {
		return Record{}, fmt.Errorf("%w: a number is out of bounds", errRecord)
	}
	same := r.Entry
	if same.clean(); same != r.Entry {
		return Record{}, fmt.Errorf("%w: a text is longer than it may be, or not clean", errRecord)
	}
	again, err := encode(&r)
	if err != nil || !bytes.Equal(again, b) {
		return Record{}, fmt.Errorf("%w: it is not written as this program writes", errRecord)
	}
	return r, nil
}

// MarshalJSON writes a record as it stands in the ledger.
func (r Record) MarshalJSON() ([]byte, error) { return encode(&r) }
