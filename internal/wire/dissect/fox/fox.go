// Package fox tells what happens in Niagara Fox sessions: which station and
// workbench they join, how they sign in, and what both say about themselves.
package fox

import (
	"errors"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/fox"
)

// Port is the port stations listen on for sessions in clear.
const Port = 1911

// Protocol is Fox in clear.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "fox", TCP: []uint16{Port, 3011},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

func verb(code, name string, kind plant.Kind, technique string) *plant.Verb {
	return &plant.Verb{Protocol: "fox", Code: code, Name: name, Kind: kind, Technique: technique}
}

var (
	hello        = verb("hello", "Hello", plant.Identify, "T0888")
	challenge    = verb("challenge", "Challenge", plant.Auth, "")
	authenticate = verb("authenticate", "Authenticate", plant.Auth, "")
	authOK       = verb("authOk", "Authentication Accepted", plant.Auth, "")
	authFailed   = verb("authError", "Authentication Refused", plant.Auth, "")
	rejected     = verb("rejected", "Rejected", plant.Other, "")
	keepAlive    = verb("keepAlive", "Keep Alive", plant.Other, "")
	channelOpen  = verb("open", "Open Channel", plant.Other, "")
	closed       = verb("close", "Close", plant.Other, "")
	other        = verb("other", "Channel Message", plant.Other, "")
)

func verbOf(f pdu.Frame) *plant.Verb {
	switch string(f.Command) {
	case "hello":
		return hello
	case "challenge":
		return challenge
	case "authenticate", "login", "response":
		return authenticate
	case "authOk", "authenticated", "welcome":
		return authOK
	case "authError", "authFailed":
		return authFailed
	case "rejected":
		return rejected
	case "keepAlive":
		return keepAlive
	case "open":
		return channelOpen
	case "close":
		return closed
	}
	return other
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	_, _, err := pdu.Decode(b)
	switch {
	case err == nil, errors.Is(err, pdu.ErrShort) && len(b) >= 16:
		return dissect.Strong
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	}
	return dissect.No
}

type parser struct {
	scratch []byte
}

// Parse reads the frames in b. Every frame is reported by its own command:
// both sides of a session ask and answer.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		f, n, err := pdu.Decode(b[taken:])
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return taken, err
		}
		taken += n
		v := verbOf(f)
		c.Send(v, dissect.Object{})
		switch v {
		case hello:
			p.hello(c, f.Fields)
		case challenge:
			c.SenderIsServer()
			p.method(c, f.Fields)
		}
	}
	return taken, nil
}

// told are the fields of a hello that go into one fact together.
type told struct {
	app, appVersion, os, osVersion, vm, vmVersion, station []byte
}

func (p *parser) hello(c *dissect.Context, fields []byte) {
	const source = "fox.hello"
	var t told
	for len(fields) > 0 {
		f, rest, err := pdu.Next(fields)
		if err != nil {
			break
		}
		fields = rest
		switch string(f.Key) {
		case "hostName":
			if _, err := netip.ParseAddr(string(f.Value)); err != nil {
				c.Fact(dissect.Sender, plant.FieldName, f.Value, source, 0.95)
			}
		case "hostAddress":
			p.pair(c, plant.FieldUnit, []byte("fox host"), f.Value, 0.8)
		case "hostId":
			c.Fact(dissect.Sender, plant.FieldSerial, f.Value, source, 0.9)
		case "brandId":
			c.Fact(dissect.Sender, plant.FieldVendor, f.Value, source, 0.7)
		case "vmUuid":
			p.pair(c, plant.FieldFingerprint, []byte("fox.vmUuid"), f.Value, 0.9)
		default:
			t.take(f)
		}
	}
	p.tell(c, t)
}

func (t *told) take(f pdu.Field) {
	switch string(f.Key) {
	case "app.name":
		t.app = f.Value
	case "app.version":
		t.appVersion = f.Value
	case "os.name":
		t.os = f.Value
	case "os.version":
		t.osVersion = f.Value
	case "vm.name":
		t.vm = f.Value
	case "vm.version":
		t.vmVersion = f.Value
	case "station.name":
		t.station = f.Value
	}
}

func (p *parser) tell(c *dissect.Context, t told) {
	const source = "fox.hello"
	p.pair(c, plant.FieldSoftware, append([]byte("Niagara "), t.app...), t.appVersion, 0.95)
	p.pair(c, plant.FieldSoftware, t.vm, t.vmVersion, 0.9)
	p.pair(c, plant.FieldOS, t.os, t.osVersion, 0.95)
	switch {
	case len(t.station) > 0 || string(t.app) == "Station":
		c.SenderIsServer()
		c.Fact(dissect.Sender, plant.FieldName, t.station, source, 0.8)
		c.Fact(dissect.Sender, plant.FieldFirmware, t.appVersion, source, 0.8)
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleBuilding, source, 0.7)
		c.FactText(dissect.Sender, plant.FieldSecurity, "fox.cleartext", source, 0.9)
	case string(t.app) == "Workbench":
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleEngineering, source, 0.8)
	}
}

// pair tells two texts as one, when the first is there.
func (p *parser) pair(c *dissect.Context, f plant.Field, a, b []byte, confidence float64) {
	if len(a) == 0 {
		return
	}
	p.scratch = append(append(append(p.scratch[:0], a...), ' '), b...)
	c.Fact(dissect.Sender, f, p.scratch, "fox.hello", confidence)
}

// method tells how the station lets users sign in.
func (p *parser) method(c *dissect.Context, fields []byte) {
	f, _, err := pdu.Next(fields)
	if err != nil || string(f.Key) != "method" {
		return
	}
	p.scratch = append(append(p.scratch[:0], "fox.auth="...), f.Value...)
	c.Fact(dissect.Sender, plant.FieldSecurity, p.scratch, "fox.challenge", 0.9)
}
