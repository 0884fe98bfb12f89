package api

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
)

const (
	// foldTime is for how long acts that are alike are added up.
	foldTime = time.Minute
	// maxFolds is how many kinds are told apart in that time.
	maxFolds = 1024
)

// foldKey says which acts are alike.
type foldKey struct {
	act     string
	outcome ledger.Outcome
	status  int
	actor   string
	token   string
	source  string
}

func foldKeyOf(e *ledger.Entry) foldKey {
	return foldKey{e.Act, e.Outcome, e.Status, e.Actor, e.Token, networkOf(e.From)}
}

// fold is one kind of act since its first.
type fold struct {
	entry ledger.Entry
	first time.Time
	last  time.Time
	more  int64 // beside the first
}

// folds adds up what anyone can ask for without being let in: the first of a
// kind is recorded at once and how many more came a minute later. So a flood
// leaves a trace and does not fill the disk.
type folds struct {
	mu   sync.Mutex
	rows map[foldKey]*fold
}

// add notes an act. A fresh one is recorded now, as it is returned.
func (f *folds) add(e ledger.Entry, now time.Time) (ledger.Entry, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := foldKeyOf(&e)
	row := f.rows[k]
	if row == nil && len(f.rows) >= maxFolds {
		e = ledger.Entry{Act: "requests", Outcome: e.Outcome, Status: e.Status, Detail: "from more sources, or of more kinds, than are told apart"}
		k = foldKeyOf(&e)
		row = f.rows[k]
	}
	if row != nil && now.Sub(row.first) < foldTime {
		row.more++
		row.last = now
		return e, false
	}
	if f.rows == nil {
		f.rows = map[foldKey]*fold{}
	}
	f.rows[k] = &fold{entry: e, first: now, last: now}
	return e, true
}

// drop takes back what add gave as fresh and could not be recorded.
func (f *folds) drop(e ledger.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.rows, foldKeyOf(&e))
}

// due takes out what has been added up for long enough, or all.
func (f *folds) due(now time.Time, all bool) (list []ledger.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, row := range f.rows {
		if !all && now.Sub(row.first) < foldTime {
			continue
		}
		delete(f.rows, k)
		if row.more == 0 {
			continue
		}
		e := row.entry
		e.Count, e.Object = row.more, ""
		e.Detail = fmt.Sprintf("%d more like it up to %s", row.more, row.last.UTC().Format(time.RFC3339))
		list = append(list, e)
	}
	return list
}

// networkOf is what one source is: subnet, of an address as the ledger has it.
func networkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	return subnet(a.Unmap())
}
