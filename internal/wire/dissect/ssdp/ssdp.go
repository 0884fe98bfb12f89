// Package ssdp tells which UPnP devices announce themselves and who looks for
// them.
package ssdp

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/http"
)

// Protocol is the Simple Service Discovery Protocol of UPnP (Device
// Architecture 2.0, section 1).
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ssdp", UDP: []uint16{1900},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var (
	search   = &plant.Verb{Protocol: "ssdp", Code: "M-SEARCH", Name: "Search", Kind: plant.Identify, Technique: "T0846"}
	notify   = &plant.Verb{Protocol: "ssdp", Code: "NOTIFY", Name: "Notify", Kind: plant.Identify}
	response = &plant.Verb{Protocol: "ssdp", Code: "response", Name: "Search Response", Kind: plant.Identify}
)

func verb(h *http.Head) *plant.Verb {
	switch {
	case h.Response && h.Status == 200 && len(h.Field("ST")) > 0:
		return response
	case string(h.Method) == "M-SEARCH":
		return search
	case string(h.Method) == "NOTIFY":
		return notify
	}
	return nil
}

func probe(b []byte, hint dissect.Hint) dissect.Match {
	if h, _, err := http.DecodeWhole(b); err == nil && !hint.Stream && verb(&h) != nil {
		return dissect.Strong
	}
	return dissect.No
}

type parser struct{}

// Parse reads one message.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	h, n, err := http.DecodeWhole(b)
	if err != nil {
		return 0, err
	}
	v := verb(&h)
	if v == nil {
		return 0, http.ErrFormat
	}
	c.Send(v, dissect.Object{})
	source := "ssdp.notify"
	if v == response {
		source = "ssdp.response"
	}
	f := h.Fields()
	for name, value, ok := f.Next(); ok; name, value, ok = f.Next() {
		switch {
		case http.Is(name, "SERVER"), http.Is(name, "USER-AGENT"):
			c.Fact(dissect.Sender, plant.FieldSoftware, value, source, 0.9)
		case v != search && (http.Is(name, "NT") || http.Is(name, "ST")):
			c.Fact(dissect.Sender, plant.FieldService, value, source, 0.9)
		case v != search && http.Is(name, "LOCATION"):
			c.Fact(dissect.Sender, plant.FieldService, value, "ssdp.location", 0.8)
		}
	}
	return n, nil
}
