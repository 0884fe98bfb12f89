package report

import (
	"bufio"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// JSON writes the analysis as one object, format 1 of the contract that
// docs/json.md describes. Rows are written as they come: nothing is collected,
// so that a million conversations need no memory here.
func JSON(w io.Writer, s *Source) error {
	j := &jsonWriter{w: bufio.NewWriterSize(w, 64<<10)}
	j.raw(`{"format":1,"captures":[`)
	for i := range s.Captures {
		j.capture(&s.Captures[i])
	}
	j.raw("\n],\n\"assets\":[")
	j.first = true
	for a := range s.Assets {
		j.asset(a)
	}
	j.raw("\n],\n\"conversations\":[")
	j.first = true
	for c := range s.Conversations {
		j.conversation(c)
	}
	j.raw("\n],\n\"messages\":[")
	j.first = true
	for o := range s.Operations {
		j.messages(o)
	}
	j.raw("\n],\n\"findings\":[")
	j.first = true
	findings := s.Findings()
	for i := range findings {
		j.finding(&findings[i])
	}
	j.raw("\n],\n\"anomalies\":[")
	j.first = true
	for a := range s.Anomalies {
		j.anomaly(a)
	}
	j.raw("\n]}\n")
	j.flush()
	if err := j.w.Flush(); j.err == nil {
		j.err = err
	}
	return j.err
}

// jsonWriter builds one row at a time in b.
type jsonWriter struct {
	w     *bufio.Writer
	b     []byte
	first bool // no row was written in this list
	comma bool // the next member needs a comma
	clock clock
	err   error
}

func (j *jsonWriter) flush() {
	if _, err := j.w.Write(j.b); j.err == nil {
		j.err = err
	}
	j.b = j.b[:0]
}

func (j *jsonWriter) raw(s string) {
	j.b = append(j.b, s...)
	j.flush()
	j.first = true
}

func (j *jsonWriter) row(open bool) {
	if open {
		if !j.first {
			j.b = append(j.b, ',')
		}
		j.b = append(j.b, '\n', '{')
		j.first, j.comma = false, false
		return
	}
	j.b = append(j.b, '}')
	j.flush()
}

func (j *jsonWriter) key(k string) {
	if j.comma {
		j.b = append(j.b, ',')
	}
	j.comma = true
	j.b = append(j.b, '"')
	j.b = append(j.b, k...)
	j.b = append(j.b, '"', ':')
}

func (j *jsonWriter) str(k, v string) {
	j.key(k)
	j.b = appendString(j.b, v)
}

// opt writes a member only when it says something.
func (j *jsonWriter) opt(k, v string) {
	if v != "" {
		j.str(k, v)
	}
}

func (j *jsonWriter) num(k string, v uint64) {
	j.key(k)
	j.b = strconv.AppendUint(j.b, v, 10)
}

func (j *jsonWriter) optNum(k string, v uint64) {
	if v != 0 {
		j.num(k, v)
	}
}

func (j *jsonWriter) boolean(k string, v bool) {
	j.key(k)
	j.b = strconv.AppendBool(j.b, v)
}

func (j *jsonWriter) float(k string, v float64) {
	j.key(k)
	j.b = strconv.AppendFloat(j.b, v, 'g', 4, 64)
}

func (j *jsonWriter) time(k string, t time.Time) {
	j.key(k)
	j.b = append(j.b, '"')
	if !t.IsZero() {
		j.b = j.clock.append(j.b, t)
	}
	j.b = append(j.b, '"')
}

// list writes an array whose elements each appends to j.b.
func list[T any](j *jsonWriter, k string, values []T, each func(*T)) {
	j.key(k)
	j.b = append(j.b, '[')
	for i := range values {
		if i > 0 {
			j.b = append(j.b, ',')
		}
		each(&values[i])
	}
	j.b = append(j.b, ']')
	j.comma = true
}

func (j *jsonWriter) strings(k string, values []string) {
	list(j, k, values, func(s *string) { j.b = appendString(j.b, *s) })
}

// object writes the members that f adds as an object.
func (j *jsonWriter) object(f func()) {
	j.b = append(j.b, '{')
	j.comma = false
	f()
	j.b = append(j.b, '}')
}

func (j *jsonWriter) endpoint(k string, e *plant.Endpoint) {
	j.key(k)
	j.b = append(j.b, '"')
	if e.IP.IsValid() {
		j.b = e.IP.AppendTo(j.b)
	} else {
		j.b = e.MAC.AppendTo(j.b)
	}
	j.b = append(j.b, '"')
}

func (j *jsonWriter) packet(r plant.PacketRef) {
	if r == 0 {
		return
	}
	j.num("packet", r.Number())
	j.optNum("capture", uint64(r.Capture()))
}

func (j *jsonWriter) capture(c *plant.Capture) {
	j.row(true)
	j.str("file", c.File)
	j.str("input", c.Format)
	j.num("packets", c.Packets)
	j.num("bytes", c.Bytes)
	j.time("first", c.First)
	j.time("last", c.Last)
	j.strings("link_types", c.LinkTypes)
	j.boolean("truncated", c.Truncated)
	j.num("undecoded", c.Undecoded)
	j.num("duplicates", c.Duplicates)
	j.opt("problem", c.Problem)
	j.optNum("lines", c.Lines)
	if len(c.Notes) > 0 {
		j.strings("notes", c.Notes)
	}
	j.row(false)
}

func (j *jsonWriter) asset(a *plant.Asset) {
	j.row(true)
	j.str("id", a.ID)
	j.str("kind", string(a.Kind))
	j.str("side", string(a.Side))
	j.key("level")
	if a.Level < 0 {
		j.b = append(j.b, "null"...)
	} else {
		j.b = strconv.AppendFloat(j.b, a.Level, 'g', 3, 64)
	}
	j.str("role", a.Role)
	list(j, "macs", a.MACs, func(m *plant.MAC) { j.b = append(m.AppendTo(append(j.b, '"')), '"') })
	j.key("ips")
	j.b = append(j.b, '[')
	for i, ip := range a.IPs {
		if i > 0 {
			j.b = append(j.b, ',')
		}
		j.b = append(ip.AppendTo(append(j.b, '"')), '"')
	}
	j.b = append(j.b, ']')
	if len(a.VLANs) > 0 {
		list(j, "vlans", a.VLANs, func(v *uint16) { j.b = strconv.AppendUint(j.b, uint64(*v), 10) })
	}
	j.strings("names", a.Names)
	j.str("vendor", a.Vendor)
	j.str("product", a.Product)
	j.str("order_number", a.OrderNumber)
	j.str("firmware", a.Firmware)
	j.opt("hardware", a.Hardware)
	j.str("serial", a.Serial)
	j.opt("os", a.OS)
	j.strings("protocols", a.Protocols)
	j.time("first_seen", a.First)
	j.time("last_seen", a.Last)
	list(j, "facts", a.Facts, j.fact)
	list(j, "modules", a.Modules, j.module)
	list(j, "reasons", a.Reasons, j.reason)
	list(j, "conflicts", a.Conflicts, j.conflict)
	j.row(false)
}

func (j *jsonWriter) fact(f *plant.Fact) {
	j.object(func() {
		j.str("field", string(f.Field))
		j.str("value", f.Value)
		j.str("source", f.Source)
		j.float("confidence", f.Confidence)
		j.packet(f.Packet)
		j.num("count", f.Count)
		j.time("last", f.Last)
	})
}

func (j *jsonWriter) module(m *plant.Module) {
	j.object(func() {
		j.num("slot", uint64(max(m.Slot, 0)))
		j.str("vendor", m.Vendor)
		j.str("product", m.Product)
		j.str("order_number", m.OrderNumber)
		j.str("firmware", m.Firmware)
		j.str("serial", m.Serial)
		list(j, "facts", m.Facts, j.fact)
	})
}

func (j *jsonWriter) reason(r *plant.Reason) {
	j.object(func() {
		j.str("what", r.What)
		j.str("why", r.Why)
		j.packet(r.Packet)
	})
}

func (j *jsonWriter) conflict(c *plant.Conflict) {
	j.object(func() {
		j.str("field", string(c.Field))
		j.str("why", c.Why)
		list(j, "facts", c.Facts, j.fact)
	})
}

func (j *jsonWriter) conversation(c *plant.Conversation) {
	j.row(true)
	j.endpoint("client", &c.Client)
	j.endpoint("server", &c.Server)
	j.str("transport", c.Transport.String())
	j.num("port", uint64(c.Port))
	j.str("protocol", c.Protocol)
	j.num("packets", c.PacketsUp+c.PacketsDown)
	j.num("bytes", c.BytesUp+c.BytesDown)
	j.num("packets_from_client", c.PacketsUp)
	j.num("bytes_from_client", c.BytesUp)
	j.num("flows", c.Flows)
	j.time("first", c.First)
	j.time("last", c.Last)
	j.boolean("confirmed", c.Confirmed)
	j.boolean("answered", c.Answered)
	j.optNum("lost_bytes", c.Lost)
	j.packet(c.Packet)
	j.row(false)
}

// messages writes an operation as the contract counts it: one row for the
// requests, one for the responses.
func (j *jsonWriter) messages(o *plant.Operation) {
	if o.Requests > 0 {
		j.message(o, &o.Requester, &o.Responder, "request", o.Requests)
	}
	if o.Responses > 0 {
		j.message(o, &o.Responder, &o.Requester, "response", o.Responses)
	}
}

func (j *jsonWriter) message(o *plant.Operation, src, dst *plant.Endpoint, direction string, count uint64) {
	j.row(true)
	j.str("protocol", o.Verb.Protocol)
	j.endpoint("src", src)
	j.endpoint("dst", dst)
	if direction == "response" && o.Verb.Reply != "" {
		j.str("code", o.Verb.Reply)
	} else {
		j.str("code", o.Verb.Code)
	}
	j.str("name", o.Verb.Name)
	j.str("kind", o.Verb.Kind.String())
	j.num("count", count)
	j.str("technique", o.Verb.Technique)
	j.str("direction", direction)
	j.opt("object", o.Object)
	j.opt("value", o.Value)
	if direction == "response" {
		j.num("accepted", o.Accepted)
		j.num("refused", o.Refused)
	}
	j.time("first", o.First)
	j.time("last", o.Last)
	j.packet(o.Packet)
	j.row(false)
}

func (j *jsonWriter) finding(f *plant.Finding) {
	j.row(true)
	j.str("rule", f.Rule)
	j.str("level", f.Level)
	j.str("title", f.Title)
	j.str("why", f.Why)
	j.strings("next", f.Next)
	j.strings("assets", f.Assets)
	j.num("count", f.Count)
	j.time("first", f.First)
	j.time("last", f.Last)
	j.strings("details", f.Details)
	list(j, "evidence", f.Evidence, func(r *plant.PacketRef) { j.object(func() { j.packet(*r) }) })
	j.row(false)
}

func (j *jsonWriter) anomaly(a *plant.Anomaly) {
	j.row(true)
	j.str("kind", a.Kind)
	j.endpoint("src", &a.Source)
	j.endpoint("dst", &a.Destination)
	j.str("protocol", a.Protocol)
	j.str("text", a.Text)
	j.num("count", a.Count)
	j.time("first", a.First)
	j.packet(a.Packet)
	j.row(false)
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string. Bytes that are not UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			b = append(append(b, s[start:i]...), `\ufffd`...)
			i++
			start = i
			continue
		}
		b = append(b, s[start:i]...)
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else {
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
