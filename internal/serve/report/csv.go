package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// CSV writes tables into a folder, which is made if it is not there. Each is
// written beside its place and moved there when all are complete: where that
// fails, a full disk for instance, the tables of an earlier run stay as they
// were.
//
// The tables are RFC 4180: a header row, commas, CRLF. A cell that a spreadsheet
// would take for a formula begins with an apostrophe: names come from the
// network, and anybody there can choose one.
func CSV(dir string, s *Source) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder for the tables: %w", err)
	}
	t := &tables{dir: dir, source: s}
	defer t.discard()
	t.assets()
	t.conversations()
	t.messages()
	t.findings()
	return t.publish()
}

// tables are the files that are being written. The first error stops everything.
type tables struct {
	dir    string
	source *Source
	ids    []string // of the assets, by place
	open   []*csvTable
	err    error
}

// csvTable is one file.
type csvTable struct {
	name string
	file *os.File
	buf  *bufio.Writer
	csv  *csv.Writer
	row  []string
	all  *tables
}

func (t *tables) create(name string, header ...string) *csvTable {
	c := &csvTable{name: filepath.Join(t.dir, name), all: t}
	if t.err == nil {
		c.file, t.err = os.CreateTemp(t.dir, ".bulkhead-*")
	}
	if t.err != nil {
		return c
	}
	t.open = append(t.open, c)
	c.buf = bufio.NewWriterSize(c.file, 64<<10)
	c.csv = csv.NewWriter(c.buf)
	c.csv.UseCRLF = true
	c.add(header...)
	c.end()
	return c
}

// add appends cells to the row.
func (c *csvTable) add(cells ...string) *csvTable {
	for _, cell := range cells {
		c.row = append(c.row, harmless(cell))
	}
	return c
}

func (c *csvTable) num(n uint64) *csvTable { return c.add(strconv.FormatUint(n, 10)) }

func (c *csvTable) yes(b bool) *csvTable { return c.add(strconv.FormatBool(b)) }

func (c *csvTable) time(t time.Time) *csvTable {
	if t.IsZero() {
		return c.add("")
	}
	return c.add(t.UTC().Format(time.RFC3339Nano))
}

// packet appends the capture's file and the packet's number.
func (c *csvTable) packet(r plant.PacketRef) *csvTable {
	if r == 0 {
		return c.add("", "")
	}
	file := ""
	if i := r.Capture(); i < len(c.all.source.Captures) {
		file = c.all.source.Captures[i].File
	}
	return c.add(file).num(r.Number())
}

// endpoint appends the address and the identifier of its asset.
func (c *csvTable) endpoint(e *plant.Endpoint) *csvTable {
	id := ""
	if n := c.all.source.Number(*e); n >= 0 && n < len(c.all.ids) {
		id = c.all.ids[n]
	}
	return c.add(e.Addr(), id)
}

// end writes the row.
func (c *csvTable) end() {
	if c.all.err == nil {
		c.all.err = c.csv.Write(c.row)
	}
	c.row = c.row[:0]
}

// harmless marks a cell as text where a spreadsheet would calculate.
func harmless(cell string) string {
	if cell != "" && strings.IndexByte("=+-@\t\r\n", cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

// publish completes the files and moves them to their places.
func (t *tables) publish() error {
	for _, c := range t.open {
		t.finish(c)
	}
	for _, c := range t.open {
		if t.err == nil {
			t.err = os.Rename(c.file.Name(), c.name)
		}
	}
	if t.err != nil {
		return fmt.Errorf("write tables into %s: %w", t.dir, t.err)
	}
	t.open = nil
	return nil
}

func (t *tables) finish(c *csvTable) {
	c.csv.Flush()
	err := errors.Join(c.csv.Error(), c.buf.Flush(), c.file.Chmod(0o644), c.file.Close())
	if t.err == nil {
		t.err = err
	}
}

// discard removes what was not moved to its place.
func (t *tables) discard() {
	for _, c := range t.open {
		c.file.Close()
		os.Remove(c.file.Name())
	}
}

func (t *tables) assets() {
	assets := t.create("assets.csv", "id", "kind", "side", "level", "role", "names", "ips", "macs", "vlans", "vendor", "product", "order_number", "firmware",
		"hardware", "serial", "os", "protocols", "first_seen", "last_seen", "modules", "conflicts")
	modules := t.create("modules.csv", "asset", "asset_name", "slot", "vendor", "product", "order_number", "firmware", "hardware", "serial")
	facts := t.create("facts.csv", "asset", "asset_name", "slot", "field", "value", "source", "confidence", "count", "first", "last", "capture", "packet")
	for a := range t.source.Assets {
		t.ids = append(t.ids, a.ID)
		if t.err != nil {
			return
		}
		assets.asset(a)
		name := label(a)
		facts.facts(a.ID, name, "", a.Facts)
		for i := range a.Modules {
			m := &a.Modules[i]
			slot := strconv.Itoa(m.Slot)
			modules.add(a.ID, name, slot, m.Vendor, m.Product, m.OrderNumber, m.Firmware, m.Hardware, m.Serial).end()
			facts.facts(a.ID, name, slot, m.Facts)
		}
	}
}

func (c *csvTable) asset(a *plant.Asset) {
	level := ""
	if a.Level >= 0 {
		level = strconv.FormatFloat(a.Level, 'g', -1, 64)
	}
	c.add(a.ID, string(a.Kind), string(a.Side), level, a.Role, strings.Join(a.Names, "; "))
	c.add(join(a.IPs, netip.Addr.String), join(a.MACs, plant.MAC.String), join(a.VLANs, func(v uint16) string { return strconv.Itoa(int(v)) }))
	c.add(a.Vendor, a.Product, a.OrderNumber, a.Firmware, a.Hardware, a.Serial, a.OS, strings.Join(a.Protocols, "; "))
	c.time(a.First).time(a.Last).num(uint64(len(a.Modules))).num(uint64(len(a.Conflicts))).end()
}

// join puts a list into one cell.
func join[T any](list []T, text func(T) string) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = text(v)
	}
	return strings.Join(parts, "; ")
}

func (c *csvTable) facts(id, name, slot string, facts []plant.Fact) {
	for i := range facts {
		f := &facts[i]
		c.add(id, name, slot, string(f.Field), f.Value, f.Source, strconv.FormatFloat(f.Confidence, 'g', 3, 64))
		c.num(f.Count).time(f.First).time(f.Last).packet(f.Packet).end()
	}
}

func (t *tables) conversations() {
	c := t.create("conversations.csv", "client", "client_asset", "server", "server_asset", "transport", "port", "protocol", "confirmed", "answered", "established",
		"flows", "packets_from_client", "packets_from_server", "bytes_from_client", "bytes_from_server", "lost_bytes", "first", "last", "capture", "packet")
	for v := range t.source.Conversations {
		if t.err != nil {
			return
		}
		c.endpoint(&v.Client).endpoint(&v.Server).add(v.Transport.String()).num(uint64(v.Port)).add(v.Protocol)
		c.yes(v.Confirmed).yes(v.Answered).yes(v.Established).num(v.Flows)
		c.num(v.PacketsUp).num(v.PacketsDown).num(v.BytesUp).num(v.BytesDown).num(v.Lost)
		c.time(v.First).time(v.Last).packet(v.Packet).end()
	}
}

// messages writes one row for the requests and one for the responses of an
// operation, as the JSON output does.
func (t *tables) messages() {
	c := t.create("messages.csv", "src", "src_asset", "dst", "dst_asset", "protocol", "direction", "code", "name", "kind", "technique", "object", "value", "count",
		"accepted", "refused", "first", "last", "capture", "packet")
	for o := range t.source.Operations {
		if t.err != nil {
			return
		}
		if o.Requests > 0 {
			c.endpoint(&o.Requester).endpoint(&o.Responder)
			c.message(o, "request", o.Requests, 0, 0)
		}
		if o.Responses > 0 {
			c.endpoint(&o.Responder).endpoint(&o.Requester)
			c.message(o, "response", o.Responses, o.Accepted, o.Refused)
		}
	}
}

func (c *csvTable) message(o *plant.Operation, direction string, count, accepted, refused uint64) {
	v := &o.Verb
	c.add(v.Protocol, direction, v.Code, v.Name, v.Kind.String(), v.Technique, o.Object, o.Value).num(count)
	c.num(accepted).num(refused).time(o.First).time(o.Last).packet(o.Packet).end()
}

// findings writes one row for each line of a finding, at least one for each.
func (t *tables) findings() {
	c := t.create("findings.csv", "level", "rule", "title", "detail", "capture", "packet", "why", "next", "assets", "count", "first", "last")
	if t.err != nil {
		return
	}
	list := t.source.Findings()
	for i := range list {
		f := &list[i]
		for k := range max(len(f.Details), 1) {
			detail, ref := "", plant.PacketRef(0)
			if k < len(f.Details) {
				detail = f.Details[k]
			}
			if k < len(f.Evidence) {
				ref = f.Evidence[k]
			}
			c.add(f.Level, f.Rule, f.Title, detail).packet(ref).add(f.Why, strings.Join(f.Next, " "), strings.Join(f.Assets, "; "))
			c.num(f.Count).time(f.First).time(f.Last).end()
		}
	}
}
