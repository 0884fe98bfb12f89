package report

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Bounds of the page: a browser must open it and a mail must carry it. What is
// left out is counted, and the page says so and names the output that has it.
const (
	pageAssets        = 5_000
	pageConversations = 20_000
	pageOperations    = 10_000
	pageFacts         = 60_000 // of all assets together
	pageAnomalies     = 100
	factsPerAsset     = 60
	factsPerModule    = 12
	fewestFacts       = 12
	listPerAsset      = 30 // addresses, names, modules, reasons …
	longestValue      = 300
)

// pageData writes the page's data: rows are arrays, addresses are written once.
type pageData struct {
	jsonWriter
	sum    *summary
	source *Source
	start  time.Time

	shown  []int32 // by place among the assets: the row on the page, -1 for none
	facts  int     // for each asset
	places map[place]int
	ends   []end
}

// place tells endpoints apart as the page does: by asset and address.
type place struct {
	asset int
	ip    netip.Addr
	mac   plant.MAC
}

// end is an endpoint as a row of the page.
type end struct {
	asset int32 // its row, -1 for none
	label string
	kind  string // of one without an asset: "group" or "silent"
}

func (p *pageData) write(findings []plant.Finding) {
	p.start = p.sum.first
	p.choose()
	p.raw(fmt.Sprintf(`{"start":%d,"span":%d,"captures":[`, p.start.UnixMilli(), p.sum.last.Sub(p.start).Milliseconds()))
	for i := range p.source.Captures {
		p.capture(&p.source.Captures[i])
	}
	p.list("assets", func() {
		number := 0
		for a := range p.source.Assets {
			if number < len(p.shown) && p.shown[number] >= 0 {
				p.assetRow(a)
			}
			number++
		}
	})
	left := map[string]int{"assets": max(p.sum.assets-pageAssets, 0)}
	p.list("conversations", func() { left["conversations"] = p.talkRows() })
	p.list("operations", func() { left["operations"] = p.operationRows() })
	p.list("endpoints", p.endRows)
	p.list("findings", func() {
		for i := range findings {
			p.finding(&findings[i])
		}
	})
	p.list("anomalies", p.anomalyRows)
	p.list("protocols", p.protocolRows)
	p.list("unseen", func() {
		for _, u := range p.sum.unseen(p.source) {
			p.array(func() { p.text(clean(u)) })
		}
	})
	p.raw("\n],\n\"left\":")
	p.object(func() {
		for _, k := range []string{"assets", "conversations", "operations"} {
			p.num(k, uint64(left[k]))
		}
	})
	p.raw("}\n")
	p.jsonWriter.w.Flush()
}

// list writes a member that is a list of rows.
func (p *pageData) list(name string, rows func()) {
	p.raw("\n],\n\"" + name + "\":[")
	p.first = true
	rows()
}

// array writes a row that is an array; its values are appended by f.
func (p *pageData) array(f func()) {
	if !p.first {
		p.b = append(p.b, ',')
	}
	p.first = false
	p.b = append(p.b, '\n')
	p.values(f)
	p.flush()
}

func (p *pageData) values(f func()) {
	p.b = append(p.b, '[')
	p.comma = false
	f()
	p.b = append(p.b, ']')
	p.comma = true
}

func (p *pageData) next() {
	if p.comma {
		p.b = append(p.b, ',')
	}
	p.comma = true
}

func (p *pageData) text(s string) { p.next(); p.b = appendString(p.b, cut(s)) }

func (p *pageData) int(n int64) { p.next(); p.b = strconv.AppendInt(p.b, n, 10) }

func (p *pageData) uint(n uint64) { p.next(); p.b = strconv.AppendUint(p.b, n, 10) }

// moment is a time in milliseconds from the first packet, null for none.
func (p *pageData) moment(t time.Time) {
	if t.IsZero() {
		p.next()
		p.b = append(p.b, "null"...)
		return
	}
	p.int(t.Sub(p.start).Milliseconds())
}

func (p *pageData) ref(r plant.PacketRef) {
	p.uint(r.Number())
	p.uint(uint64(r.Capture()))
}

// cut bounds a value's length.
func cut(s string) string {
	if len(s) <= longestValue {
		return s
	}
	r := []rune(s)
	if len(r) <= longestValue {
		return s
	}
	return string(r[:longestValue]) + "…"
}

// choose decides which assets have a row: all of them, or where there are too
// many, those of the plant first and peers outside last.
func (p *pageData) choose() {
	p.shown = make([]int32, len(p.sum.stands))
	room := pageAssets
	for _, s := range []stand{onFloor, nowhere, inOffice, outSide} {
		for i, x := range p.sum.stands {
			if x != s {
				continue
			}
			if p.shown[i] = -1; room > 0 {
				p.shown[i] = 0
				room--
			}
		}
	}
	rows := int32(0)
	for i := range p.shown {
		if p.shown[i] >= 0 {
			p.shown[i] = rows
			rows++
		}
	}
	p.facts = min(factsPerAsset, max(fewestFacts, pageFacts/max(int(rows), 1)))
}

// end is the row of an endpoint among the page's endpoints.
func (p *pageData) end(e *plant.Endpoint) int64 {
	n := p.source.Number(*e)
	k := place{asset: n, ip: e.IP}
	if !e.IP.IsValid() {
		k.mac = e.MAC
	}
	i, known := p.places[k]
	if !known {
		i = len(p.ends)
		p.places[k] = i
		p.ends = append(p.ends, p.newEnd(n, e))
	}
	return int64(i)
}

func (p *pageData) newEnd(n int, e *plant.Endpoint) end {
	switch {
	case n >= 0 && n < len(p.shown) && p.shown[n] >= 0:
		return end{asset: p.shown[n], label: e.Addr()}
	case n >= 0 && n < len(p.shown):
		return end{asset: -1, label: p.sum.labels[n], kind: p.sum.roleOf[n]}
	case group(e):
		return end{asset: -1, label: e.Addr(), kind: "group"}
	}
	return end{asset: -1, label: e.Addr(), kind: "silent"}
}

// group reports whether an endpoint stands for several receivers.
func group(e *plant.Endpoint) bool {
	if e.IP.IsValid() && (e.IP.IsMulticast() || e.IP == netip.AddrFrom4([4]byte{255, 255, 255, 255})) {
		return true
	}
	return e.MAC.IsGroup()
}

func (p *pageData) endRows() {
	for i := range p.ends {
		e := &p.ends[i]
		p.array(func() {
			p.int(int64(e.asset))
			p.text(e.label)
			if e.asset < 0 {
				p.text(e.kind)
			}
		})
	}
}

// talkRows writes conversations and returns how many were left out. Where there
// are too many, those that cross the boundary stay, then the largest.
func (p *pageData) talkRows() (left int) {
	least := p.leastScore()
	written := 0
	for c := range p.source.Conversations {
		if written == pageConversations || least > 0 && p.score(c) < least {
			left++
			continue
		}
		written++
		p.array(func() { p.talk(c) })
	}
	return left
}

// crossScore lifts what crosses the boundary above everything else.
const crossScore = 1 << 62

func (p *pageData) score(c *plant.Conversation) uint64 {
	n := min(c.BytesUp+c.BytesDown, crossScore-1) + 1
	if p.sum.borderOf(p.source.Number(c.Client), p.source.Number(c.Server), c) != within {
		n += crossScore
	}
	return n
}

// leastScore is the score from which on a conversation has a row, 0 if all have.
func (p *pageData) leastScore() uint64 {
	if p.sum.conversations <= pageConversations {
		return 0
	}
	scores := make([]uint64, 0, p.sum.conversations)
	for c := range p.source.Conversations {
		scores = append(scores, p.score(c))
	}
	slices.Sort(scores)
	return scores[len(scores)-pageConversations]
}

// Flags of a conversation on the page.
const (
	flagConfirmed = 1 << iota
	flagAnswered
	flagOffice  // crosses to the office
	flagOutside // crosses to the outside
	flagHousekeeping
)

func (p *pageData) talk(c *plant.Conversation) {
	flags := int64(0)
	if c.Confirmed {
		flags |= flagConfirmed
	}
	if c.Answered {
		flags |= flagAnswered
	}
	switch p.sum.borderOf(p.source.Number(c.Client), p.source.Number(c.Server), c) {
	case withOffice:
		flags |= flagOffice
	case withOutside:
		flags |= flagOutside
	}
	if plant.Housekeeping(c.Protocol) {
		flags |= flagHousekeeping
	}
	p.int(p.end(&c.Client))
	p.int(p.end(&c.Server))
	p.text(c.Transport.String())
	p.uint(uint64(c.Port))
	p.text(c.Protocol)
	p.uint(c.PacketsUp)
	p.uint(c.PacketsDown)
	p.uint(c.BytesUp)
	p.uint(c.BytesDown)
	p.uint(c.Flows)
	p.moment(c.First)
	p.moment(c.Last)
	p.int(flags)
	p.uint(c.Lost)
	p.ref(c.Packet)
}

func (p *pageData) protocolRows() {
	for _, s := range p.sum.topProtocols(len(p.sum.protocols)) {
		p.array(func() {
			p.text(s.name)
			p.int(int64(s.conversations))
			p.uint(s.packets)
			p.uint(s.bytes)
			p.int(map[bool]int64{true: 1}[s.confirmed])
		})
	}
}

// anomalyRows writes what broke, added up by kind and protocol.
func (p *pageData) anomalyRows() {
	type key struct{ kind, protocol string }
	sums := map[key]*plant.Anomaly{}
	for a := range p.source.Anomalies {
		k := key{a.Kind, a.Protocol}
		if s := sums[k]; s != nil {
			s.Count += a.Count
			continue
		}
		first := *a
		sums[k] = &first
	}
	list := make([]*plant.Anomaly, 0, len(sums))
	for _, a := range sums {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *plant.Anomaly) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Protocol, b.Protocol))
	})
	for _, a := range list[:min(len(list), pageAnomalies)] {
		p.array(func() {
			p.text(a.Kind)
			p.text(a.Protocol)
			p.text(a.Source.Addr())
			p.text(a.Destination.Addr())
			p.text(a.Text)
			p.uint(a.Count)
			p.ref(a.Packet)
		})
	}
}
