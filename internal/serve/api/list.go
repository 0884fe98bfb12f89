package api

import "time"

// List is one page of something.
type List[T any] struct {
	Items []T    `json:"items" doc:"The rows of this page."`
	Next  string `json:"next,omitempty" doc:"Give this as cursor to get the page after this one. Absent on the last page."`
	Total int64  `json:"total" doc:"How many rows match over all pages."`
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
	Sensor    string `json:"sensor" doc:"The sensor that read it."`
	Epoch     string `json:"epoch" doc:"The life of the sensor's state in which it was read."`
	Number    uint64 `json:"number" doc:"Its number in that epoch, from 1."`
	Available bool   `json:"available" doc:"It can be got from /packets: the sensor's ring still holds its time."`
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
