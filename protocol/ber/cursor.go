package ber

// Cursor walks the elements that stand behind each other in a buffer, such as
// the members of a sequence. The zero value is at the end.
type Cursor struct {
	rest []byte
	err  error
}

// Over is a cursor before the first element in b.
func Over(b []byte) Cursor { return Cursor{rest: b} }

// Children is a cursor over the elements in e; of a primitive element there
// are none.
func (e Element) Children() Cursor {
	if !e.Constructed {
		return Cursor{}
	}
	return Cursor{rest: e.Body}
}

// Next is the next element. It is false at the end and at bytes that are no
// element: Err tells which.
func (c *Cursor) Next() (Element, bool) {
	if len(c.rest) == 0 || c.err != nil {
		return Element{}, false
	}
	e, n, err := Decode(c.rest)
	if err == nil && e.Tag == End {
		err = ErrEnd
	}
	if err != nil {
		c.err = err
		return Element{}, false
	}
	c.rest = c.rest[n:]
	return e, true
}

// Take is the next element if it has that tag; else the cursor stays where it
// is. It reads optional members of a sequence.
func (c *Cursor) Take(t Tag) (Element, bool) {
	before := *c
	e, ok := c.Next()
	if ok && e.Tag == t {
		return e, true
	}
	if ok {
		*c = before
	}
	return Element{}, false
}

// Find is the next element with that tag; those before it are passed over.
func (c *Cursor) Find(t Tag) (Element, bool) {
	for {
		e, ok := c.Next()
		if !ok || e.Tag == t {
			return e, ok
		}
	}
}

// Rest is what the cursor has not passed yet, borrowed.
func (c *Cursor) Rest() []byte { return c.rest }

// Err is why Next stopped early: ErrShort when the last element is cut off,
// nil at a clean end.
func (c *Cursor) Err() error { return c.err }
