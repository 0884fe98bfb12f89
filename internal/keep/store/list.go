package store

// Page says which part of a list is wanted. Lists are walked by the cursor
// that the last page gave, not by counting, so that a page costs the same
// wherever it is.
type Page struct {
	Limit  int    // rows, 100 if 0, at most 1,000
	Cursor string // Next of the page before, "" for the first
	Sort   string // a column, "-" before it for descending
}

// List is one page.
type List[T any] struct {
	Items []T
	Next  string // cursor of the next page, "" after the last
	Total int64  // rows of all pages together, at most MaxTotal
	// More tells that there are more than Total.
	More bool
}

// MaxTotal is where lists of conversations and operations stop counting.
const MaxTotal = 10_000
