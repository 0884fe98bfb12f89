package api

import "time"

// List is one page of something.
type List[T any] struct {
	Items []T    `json:"items" doc:"The rows of this page."`
	Next  string `json:"next,omitempty" doc:"Give this as cursor to get the page after this one. Absent on the last page."`
	Total int64  `json:"total" doc:"How many rows match over all pages; for conversations and operations counting stops at 10,000."`
	More  bool   `json:"more" doc:"There are more than total."`
}

// Page is what a list route reads of the query to know which page is asked for.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Rows in one page."`
	Cursor string `query:"cursor" maxLength:"1024" doc:"The next of the page before; only good with the same filters and order."`
}

// Count is how often a value occurs.
type Count struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// FindingCounts is how many findings there are of each level.
type FindingCounts struct {
	High   int64 `json:"high"`
	Medium int64 `json:"medium"`
	Low    int64 `json:"low"`
	Info   int64 `json:"info"`
}

// Packet names one packet that a sensor read.
type Packet struct {
	Site      string     `json:"site"`
	Sensor    string     `json:"sensor" doc:"The sensor that read it."`
	Number    uint64     `json:"number" doc:"Its number there, from 1."`
	At        *time.Time `json:"at" doc:"When it was read; null where only the number is known."`
	Available bool       `json:"available" doc:"The sensor's ring may still hold it: ask /packets for it."`
}

// AssetRef is enough of an asset to name it and to link to it.
type AssetRef struct {
	ID    string   `json:"id" doc:"Empty if no asset is known behind the address."`
	Label string   `json:"label" doc:"What people call it: its best name, else its address."`
	Kind  string   `json:"kind" enum:"device,network,external,"`
	Side  string   `json:"side" enum:"ot,it,unknown"`
	Role  string   `json:"role"`
	Level *float64 `json:"level" doc:"Purdue level 0 to 5, 3.5 is the DMZ; null if nothing tells."`
}

// when is t as it is written: in UTC, and nil for "never".
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}
