package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	defaultLimit = 100
	maxLimit     = 1000
)

// order is how a list is sorted: by one expression and then by a number that
// no two rows share.
type order struct {
	name       string // as asked for, with "-"
	expression string
	id         string
	descending bool
}

// cursor is the last row of a page.
type cursor struct {
	Sort string  `json:"s"`
	Text *string `json:"t,omitempty"` // one of these is the value sorted by
	Int  *int64  `json:"i,omitempty"`
	Real *string `json:"r,omitempty"` // a float in hexadecimal: exact
	ID   int64   `json:"n"`
}

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		return "" // texts and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor reads a cursor that encode made for the same sort.
func parseCursor(s, sort string) (cursor, error) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return c, fmt.Errorf("cursor: %w: %w", err, ErrInvalid)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("cursor: %w: %w", err, ErrInvalid)
	}
	values := 0
	for _, is := range []bool{c.Text != nil, c.Int != nil, c.Real != nil} {
		if is {
			values++
		}
	}
	if values != 1 || c.Sort != sort {
		return c, fmt.Errorf("cursor: it is of a list sorted otherwise: %w", ErrInvalid)
	}
	if c.Text != nil && *c.Text != text(*c.Text) {
		return c, fmt.Errorf("cursor: it holds no text: %w", ErrInvalid)
	}
	_, err = c.value()
	return c, err
}

func (c cursor) value() (any, error) {
	switch {
	case c.Text != nil:
		return *c.Text, nil
	case c.Int != nil:
		return *c.Int, nil
	}
	var f float64
	if _, err := fmt.Sscanf(*c.Real, "%g", &f); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("cursor: it holds no number: %w", ErrInvalid)
	}
	return f, nil
}

// cursorAt makes the cursor of a row.
func cursorAt(sort string, value any, id int64) cursor {
	c := cursor{Sort: sort, ID: id}
	switch v := value.(type) {
	case string:
		c.Text = &v
	case []byte:
		s := string(v)
		c.Text = &s
	case int64:
		c.Int = &v
	case float64:
		s := fmt.Sprintf("%x", v)
		c.Real = &s
	}
	return c
}

// orderOf finds the order that a page asks for among those that a list has.
func orderOf(p Page, sorts map[string]string, standard, id string) (order, error) {
	name := p.Sort
	if name == "" {
		name = standard
	}
	column, descending := strings.CutPrefix(name, "-")
	expression, ok := sorts[column]
	if !ok {
		known := make([]string, 0, len(sorts))
		for s := range sorts {
			known = append(known, s)
		}
		slices.Sort(known)
		return order{}, fmt.Errorf("sort by %q: it can be one of %s: %w", column, strings.Join(known, ", "), ErrInvalid)
	}
	return order{name: name, expression: expression, id: id, descending: descending}, nil
}

// page adds the condition of the cursor to w and returns what comes after the
// conditions. One row more than the limit is read, to know whether there is a
// next page.
func (o order) page(p Page, w *where) (tail string, limit int, err error) {
	limit = p.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	if limit < 0 || limit > maxLimit {
		return "", 0, fmt.Errorf("limit %d: it can be 1 to %d: %w", limit, maxLimit, ErrInvalid)
	}
	than, direction := ">", ""
	if o.descending {
		than, direction = "<", " DESC"
	}
	if p.Cursor != "" {
		c, err := parseCursor(p.Cursor, o.name)
		if err != nil {
			return "", 0, err
		}
		v, err := c.value()
		if err != nil {
			return "", 0, err
		}
		if o.expression == o.id {
			w.add(o.id+" "+than+" ?", c.ID)
		} else {
			w.add("("+o.expression+", "+o.id+") "+than+" (?, ?)", v, c.ID)
		}
	}
	return fmt.Sprintf(" ORDER BY %s%s, %s%s LIMIT %d", o.expression, direction, o.id, direction, limit+1), limit, nil
}

// listing is what a list reads: columns of a table and of those it joins.
// Conditions and orders are of the table alone.
type listing struct {
	columns string
	table   string // with its alias
	joins   string
}

// paged reads one page of a list. row reads the columns and then the value
// sorted by into by.
//
// The numbers of the page's rows are found first and the rest is read for those
// only: where no index gives the order, sorting whole joined rows was measured
// to take 25 times as long.
func paged[T any](ctx context.Context, db *DB, l listing, w where, o order, p Page, row func(scan func(...any) error, by *any) (id int64, item T, err error)) (items []T, next string, err error) {
	tail, limit, err := o.page(p, &w)
	if err != nil {
		return nil, "", err
	}
	query := "SELECT " + l.columns + ", " + o.expression + " FROM (SELECT " + o.id + " AS number FROM " + l.table + w.clause() + tail + ") page JOIN " +
		l.table + " ON " + o.id + " = page.number" + l.joins + tail
	var by any
	var last cursor
	more := false
	err = db.each(ctx, query, w.args, func(scan func(...any) error) error {
		id, item, err := row(scan, &by)
		switch {
		case err != nil:
			return err
		case len(items) == limit:
			more = true
			return nil
		}
		items, last = append(items, item), cursorAt(o.name, by, id)
		return nil
	})
	if err == nil && more {
		next = last.encode()
	}
	return items, next, err
}
