// Package wsdiscovery tells which machines announce themselves by WS-Discovery
// and what ONVIF cameras say in it: their name, model and place.
package wsdiscovery

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/wsdiscovery"
)

// Protocol is WS-Discovery on UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ws-discovery", UDP: []uint16{3702},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var verbs = map[string]*plant.Verb{
	"Hello":          {Protocol: "ws-discovery", Code: "Hello", Name: "Hello", Kind: plant.Identify},
	"Bye":            {Protocol: "ws-discovery", Code: "Bye", Name: "Bye"},
	"Probe":          {Protocol: "ws-discovery", Code: "Probe", Name: "Probe", Kind: plant.Identify, Technique: "T0846"},
	"ProbeMatches":   {Protocol: "ws-discovery", Code: "ProbeMatches", Name: "Probe Matches", Kind: plant.Identify},
	"Resolve":        {Protocol: "ws-discovery", Code: "Resolve", Name: "Resolve"},
	"ResolveMatches": {Protocol: "ws-discovery", Code: "ResolveMatches", Name: "Resolve Matches", Kind: plant.Identify},
}

var unknown = &plant.Verb{Protocol: "ws-discovery", Code: "other", Name: "Other Action"}

func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream || len(b) == 0 || b[0] != '<' && b[0] != 0xef {
		return dissect.No
	}
	if m, _, _ := pdu.Decode(b); m.Action != nil {
		return dissect.Strong
	}
	return dissect.No
}

type parser struct{}

// Parse reads one message.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if m.Action == nil {
		return 0, err
	}
	v := verbs[string(m.Action)]
	if v == nil {
		v = unknown
	}
	c.Send(v, dissect.Object{})
	switch string(m.Action) {
	case "Hello", "ProbeMatches", "ResolveMatches":
		about(c, &m)
	}
	return n, nil
}

// about reads what a device says of itself.
func about(c *dissect.Context, m *pdu.Message) {
	for word, rest := pdu.CutWord(m.Types); len(word) > 0; word, rest = pdu.CutWord(rest) {
		_, local, ok := bytes.Cut(word, []byte(":"))
		if !ok {
			local = word
		}
		c.Fact(dissect.Sender, plant.FieldService, local, "ws-discovery.types", 0.9)
		switch string(local) {
		case "NetworkVideoTransmitter":
			c.FactText(dissect.Sender, plant.FieldRole, plant.RoleCamera, "ws-discovery.types", 0.9)
		case "PrintDeviceType":
			c.FactText(dissect.Sender, plant.FieldRole, plant.RolePrinter, "ws-discovery.types", 0.9)
		case "Computer":
			c.FactText(dissect.Sender, plant.FieldRole, plant.RolePC, "ws-discovery.types", 0.5)
		}
	}
	for word, rest := pdu.CutWord(m.Scopes); len(word) > 0; word, rest = pdu.CutWord(rest) {
		scope(c, word)
	}
}

// scopes are the paths that ONVIF gives to what a device is.
var scopes = []struct {
	path  string
	field plant.Field
}{
	{"/name/", plant.FieldName},
	{"/hardware/", plant.FieldProduct},
	{"/location/", plant.FieldLocation},
	{"/manufacturer/", plant.FieldVendor},
	{"/mfr/", plant.FieldVendor},
}

func scope(c *dissect.Context, uri []byte) {
	const authority = "onvif://www.onvif.org"
	if !bytes.HasPrefix(uri, []byte(authority)) {
		return
	}
	path := uri[len(authority):]
	for i := range scopes {
		if bytes.HasPrefix(path, []byte(scopes[i].path)) {
			var buf [128]byte
			c.Fact(dissect.Sender, scopes[i].field, unescape(path[len(scopes[i].path):], buf[:0]), "ws-discovery.scopes", 0.9)
			return
		}
	}
}

// unescape replaces "%20" and the like, as far as buf reaches.
func unescape(b, buf []byte) []byte {
	for i := 0; i < len(b) && len(buf) < cap(buf); i++ {
		if b[i] == '%' && i+2 < len(b) {
			hi, lo := digit(b[i+1]), digit(b[i+2])
			if hi < 16 && lo < 16 {
				buf = append(buf, hi<<4|lo)
				i += 2
				continue
			}
		}
		buf = append(buf, b[i])
	}
	return buf
}

func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}
