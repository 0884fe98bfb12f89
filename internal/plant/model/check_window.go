package model

import (
	"fmt"
	"time"
)

func (c *checker) window(w *Window) {
	n := c.at[w]
	if n == nil || n.kind != mapNode {
		return
	}
	for i := range w.Lines {
		known(c, &w.Lines[i], "line", c.lines)
	}
	miss := func(message, hint string) {
		start, end := n.start, n.start+1
		if id := c.keys[&w.ID]; id != nil {
			start, end = id.start, id.end
		}
		c.report(Error, start, end, n.path, message, hint)
	}
	switch {
	case c.has(&w.Days) && c.has(&w.Date):
		c.wrongly(&w.Date, "a window is every week (days) or once (date), not both", "take one of them out")
	case !c.has(&w.Days) && !c.has(&w.Date):
		miss("it does not say on which days", "write  days: [sat]  for every week, or  date: 2026-12-28  for once")
	}
	if !c.has(&w.From) {
		miss("it does not say from when", `write for example  from: "06:00"`)
	}
	switch {
	case c.has(&w.To) && c.has(&w.Length):
		c.wrongly(&w.Length, "it has an end (to) and a length", "take one of them out")
	case !c.has(&w.To) && !c.has(&w.Length):
		miss("it does not say how long", `write for example  to: "10:00"  or  length: 8h`)
	case w.From != 0 && w.To != 0 && w.To <= w.From:
		c.endsEarly(w)
	}
	if (c.has(&w.Since) || c.has(&w.Until)) && !w.Date.IsZero() {
		field := any(&w.Since)
		if !c.has(&w.Since) {
			field = &w.Until
		}
		c.wrongly(field, "since and until are for windows of every week", "take it out: date says the day")
	}
	if !w.Since.IsZero() && !w.Until.IsZero() && w.Until.Before(w.Since) {
		c.wrongly(&w.Until, fmt.Sprintf("it ends before it begins on %s", w.Since), "let until be the later day")
	}
	if !c.now.IsZero() && !w.Until.IsZero() && w.Until.Before(DateOf(c.now)) {
		c.say(Warning, &w.Until, "this window is over", "take it out, or write a later date")
	}
}

func (c *checker) endsEarly(w *Window) {
	rest := Length(time.Duration(24*60-w.From.Minutes()+w.To.Minutes()) * time.Minute)
	c.wrongly(&w.To, fmt.Sprintf("the window ends at %s, before it begins at %s", w.To, w.From), fmt.Sprintf("if it goes on past midnight, write  length: %s  in place of to", rest))
}
