package api

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/sheet"
)

const (
	mediaCSV  = "text/csv"
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// exportPage is how many rows are read at once.
const exportPage = 1000

// export is a table in the making.
type export struct {
	s       *Server
	r       *http.Request
	name    string // "assets"
	site    string // that was asked for, "" for all
	columns []sheet.Column
	table   sheet.Table
	sent    *download
	rows    int
	cut     bool // there was no room for all
}

// send writes a table row by row. rows gives them until it is told that there
// is no room for more.
func (s *Server) send(w http.ResponseWriter, r *http.Request, format string, x *export, rows func(ctx context.Context, x *export) error) error {
	done, err := s.exports.take(r.Context(), s.opt.Limits.Wait)
	if err != nil {
		return err
	}
	defer done()
	x.s, x.r = s, r
	now := s.opt.Now().UTC()
	x.sent = newDownload(w, fileName(strings.Trim(x.site+"-"+x.name, "-"))+"-"+now.Format("2006-01-02-1504")+"."+format)
	if format == "xlsx" {
		x.sent.media = mediaXLSX
		x.table, err = sheet.NewXLSX(x.sent, strings.ToUpper(x.name[:1])+x.name[1:], x.columns, s.opt.Scratch)
	} else {
		x.sent.media = mediaCSV
		x.table, err = sheet.NewCSV(x.sent, x.columns)
	}
	if err != nil {
		return err
	}
	defer x.table.Discard()
	if err = rows(r.Context(), x); err == nil {
		err = x.table.End(x.notes(now))
	}
	return x.sent.end(err)
}

// notes say what the table is.
func (x *export) notes(now time.Time) []sheet.Note {
	rows := strconv.Itoa(x.rows)
	if x.cut {
		rows += "; there were more than a worksheet has room for: narrow the filter, or take CSV"
	}
	q := x.r.URL.Query()
	q.Del("format")
	filter, err := url.QueryUnescape(q.Encode())
	if err != nil || filter == "" {
		filter = "none"
	}
	return []sheet.Note{
		{Name: "What", Value: x.name},
		{Name: "Site", Value: orAll(x.site)},
		{Name: "Filter", Value: filter},
		{Name: "Rows", Value: rows},
		{Name: "Made", Value: now.Format(time.RFC3339)},
		{Name: "By", Value: person(x.r.Context()).Name},
		{Name: "Program", Value: "Bulkhead " + x.s.opt.Version},
		{Name: "Mind", Value: "Names and other texts come from the network as they are: anybody there can choose one."},
	}
}

func orAll(site string) string {
	if site == "" {
		return "all"
	}
	return site
}

// row writes one row, and reports whether there is room for another.
func (x *export) row(cells ...any) (more bool, err error) {
	if room := x.table.Room(); room > 0 && x.rows >= room {
		x.cut = true
		return false, nil
	}
	x.rows++
	return true, x.table.Row(cells...)
}

// pages writes a list page by page, so that no more than one is in memory. The
// client's going away ends it, and so does a client that does not read.
func pages[A, B any](ctx context.Context, x *export, sort string, list func(context.Context, store.Page) (store.List[A], error), dto func(*A) B, row func(*B) []any) error {
	p := store.Page{Limit: exportPage, Sort: sort}
	for {
		// Before the first bytes of an XLSX go out, nothing else moves it on.
		if err := writeUntil(x.sent.rc, time.Now().Add(downloadWait)); err != nil {
			return err
		}
		l, err := list(ctx, p)
		if err != nil {
			return err
		}
		for i := range l.Items {
			v := dto(&l.Items[i])
			if more, err := x.row(row(&v)...); err != nil || !more {
				return err
			}
		}
		if p.Cursor = l.Next; p.Cursor == "" {
			return nil
		}
	}
}

func joined(list []string) string { return strings.Join(list, ", ") }

func timeCell(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

func levelCell(l *float64) any {
	if l == nil {
		return nil
	}
	return *l
}

var assetColumns = []sheet.Column{
	{Name: "Name", Width: 24},
	{Name: "Kind", Width: 10},
	{Name: "Side", Width: 9},
	{Name: "Level", Width: 8, Kind: sheet.Number},
	{Name: "Role", Width: 22},
	{Name: "Zone", Width: 16},
	{Name: "Line", Width: 14},
	{Name: "Cell", Width: 14},
	{Name: "Owner in IT", Width: 16},
	{Name: "Owner in operations", Width: 18},
	{Name: "IP addresses", Width: 28},
	{Name: "MAC addresses", Width: 24},
	{Name: "VLANs", Width: 10},
	{Name: "Network", Width: 18},
	{Name: "Other names", Width: 24},
	{Name: "Vendor", Width: 22},
	{Name: "Product", Width: 28},
	{Name: "Order number", Width: 22},
	{Name: "Firmware", Width: 14},
	{Name: "Hardware", Width: 12},
	{Name: "Serial number", Width: 22},
	{Name: "System", Width: 22},
	{Name: "Protocols", Width: 28},
	{Name: "High findings", Width: 13, Kind: sheet.Number},
	{Name: "Medium findings", Width: 15, Kind: sheet.Number},
	{Name: "Low findings", Width: 12, Kind: sheet.Number},
	{Name: "First seen", Width: 20, Kind: sheet.Time},
	{Name: "Last seen", Width: 20, Kind: sheet.Time},
	{Name: "Site", Width: 14},
	{Name: "Identifier", Width: 26},
}

func assetCells(a *AssetRow) []any {
	vlans := make([]string, len(a.VLANs))
	for i, v := range a.VLANs {
		vlans[i] = strconv.Itoa(int(v))
	}
	others := slices.DeleteFunc(slices.Clone(a.Names), func(n string) bool { return n == a.Label })
	return []any{
		a.Label, a.Kind, a.Side, levelCell(a.Level), a.Role, a.Zone, a.Line, a.Cell, a.Owners.IT, a.Owners.Operations,
		joined(a.IPs), joined(a.MACs), joined(vlans), a.Network, joined(others),
		a.Vendor, a.Product, a.OrderNumber, a.Firmware, a.Hardware, a.Serial, a.OS,
		joined(a.Protocols), uint64(a.Findings.High), uint64(a.Findings.Medium), uint64(a.Findings.Low),
		timeCell(a.FirstSeen), timeCell(a.LastSeen), a.Site, a.ID,
	}
}

func (s *Server) exportAssets(w http.ResponseWriter, r *http.Request, in *exportAssetsInput) error {
	x := &export{name: "assets", site: in.Site, columns: assetColumns}
	return s.send(w, r, in.Format, x, func(ctx context.Context, x *export) error {
		return pages(ctx, x, strings.Replace(in.Sort, "name", "label", 1), func(ctx context.Context, p store.Page) (store.List[store.AssetItem], error) {
			return s.store.Assets(ctx, in.AssetFilter.store(), p)
		}, assetRow, assetCells)
	})
}

var findingColumns = []sheet.Column{
	{Name: "Level", Width: 9},
	{Name: "Title", Width: 48},
	{Name: "Why", Width: 60},
	{Name: "What next", Width: 60},
	{Name: "Assets", Width: 36},
	{Name: "Details", Width: 48},
	{Name: "Count", Width: 9, Kind: sheet.Number},
	{Name: "First", Width: 20, Kind: sheet.Time},
	{Name: "Last", Width: 20, Kind: sheet.Time},
	{Name: "Opened", Width: 20, Kind: sheet.Time},
	{Name: "Closed", Width: 20, Kind: sheet.Time},
	{Name: "Site", Width: 14},
	{Name: "Rule", Width: 26},
	{Name: "Identifier", Width: 26},
}

func findingCells(f *Finding) []any {
	assets := each(f.Assets, func(a *AssetRef) string { return a.Label })
	return []any{
		f.Level, f.Title, f.Why, strings.Join(f.Next, "\n"), joined(assets), strings.Join(f.Details, "\n"), f.Count,
		timeCell(f.First), timeCell(f.Last), timeCell(f.Opened), timeCell(f.Closed), f.Site, f.Rule, f.ID,
	}
}

func (s *Server) exportFindings(w http.ResponseWriter, r *http.Request, in *exportFindingsInput) error {
	x := &export{name: "findings", site: in.Site, columns: findingColumns}
	return s.send(w, r, in.Format, x, func(ctx context.Context, x *export) error {
		n, err := s.names(ctx)
		if err != nil {
			return err
		}
		return pages(ctx, x, "", func(ctx context.Context, p store.Page) (store.List[store.FindingItem], error) {
			return s.store.Findings(ctx, in.FindingFilter.store(), p)
		}, n.finding, findingCells)
	})
}

var conversationColumns = []sheet.Column{
	{Name: "Client", Width: 24},
	{Name: "Client address", Width: 18},
	{Name: "Client side", Width: 9},
	{Name: "Server", Width: 24},
	{Name: "Server address", Width: 18},
	{Name: "Server side", Width: 9},
	{Name: "Transport", Width: 9},
	{Name: "Port", Width: 8, Kind: sheet.Number},
	{Name: "Protocol", Width: 14},
	{Name: "Confirmed", Width: 10},
	{Name: "Answered", Width: 10},
	{Name: "Crossing", Width: 10},
	{Name: "Flows", Width: 10, Kind: sheet.Number},
	{Name: "Packets", Width: 12, Kind: sheet.Number},
	{Name: "Bytes", Width: 14, Kind: sheet.Number},
	{Name: "Bytes from client", Width: 16, Kind: sheet.Number},
	{Name: "First", Width: 20, Kind: sheet.Time},
	{Name: "Last", Width: 20, Kind: sheet.Time},
	{Name: "Client identifier", Width: 26},
	{Name: "Server identifier", Width: 26},
}

func conversationCells(c *Conversation) []any {
	return []any{
		c.Client.Label, c.ClientAddress, c.Client.Side, c.Server.Label, c.ServerAddress, c.Server.Side,
		c.Transport, uint64(c.Port), c.Protocol, c.Confirmed, c.Answered, c.Crossing,
		c.Flows, c.Packets, c.Bytes, c.BytesFromClient, timeCell(c.First), timeCell(c.Last), c.Client.ID, c.Server.ID,
	}
}

func (s *Server) exportConversations(w http.ResponseWriter, r *http.Request, in *exportConversationsInput) error {
	if err := in.check(); err != nil {
		return err
	}
	x := &export{name: "conversations", site: in.Site, columns: conversationColumns}
	return s.send(w, r, in.Format, x, func(ctx context.Context, x *export) error {
		if in.sums() {
			// A sum is made once and held whole, as the list does.
			l, err := s.summedConversations(ctx, &in.TalkFilter, Page{Limit: history.MaxGroups})
			return sums(x, l, err, conversationCells)
		}
		n, err := s.names(ctx)
		if err != nil {
			return err
		}
		return pages(ctx, x, in.Sort, func(ctx context.Context, p store.Page) (store.List[store.ConversationItem], error) {
			return s.store.Conversations(ctx, in.TalkFilter.store(), p)
		}, n.conversation, conversationCells)
	})
}

// sums writes what was added up over a time.
func sums[T any](x *export, l *List[T], err error, cells func(*T) []any) error {
	if err != nil {
		return err
	}
	for i := range l.Items {
		if more, err := x.row(cells(&l.Items[i])...); err != nil || !more {
			return err
		}
	}
	return nil
}

var operationColumns = []sheet.Column{
	{Name: "Requester", Width: 24},
	{Name: "Requester address", Width: 18},
	{Name: "Responder", Width: 24},
	{Name: "Responder address", Width: 18},
	{Name: "Port", Width: 8, Kind: sheet.Number},
	{Name: "Protocol", Width: 14},
	{Name: "Kind", Width: 10},
	{Name: "Operation", Width: 32},
	{Name: "Code", Width: 10},
	{Name: "Object", Width: 32},
	{Name: "Last value", Width: 20},
	{Name: "ATT&CK", Width: 9},
	{Name: "Requests", Width: 12, Kind: sheet.Number},
	{Name: "Accepted", Width: 12, Kind: sheet.Number},
	{Name: "Refused", Width: 12, Kind: sheet.Number},
	{Name: "Crossing", Width: 10},
	{Name: "First", Width: 20, Kind: sheet.Time},
	{Name: "Last", Width: 20, Kind: sheet.Time},
	{Name: "Requester identifier", Width: 26},
	{Name: "Responder identifier", Width: 26},
}

func operationCells(o *Operation) []any {
	return []any{
		o.Requester.Label, o.RequesterAddress, o.Responder.Label, o.ResponderAddress, uint64(o.Port), o.Protocol,
		o.Kind, o.Name, o.Code, o.Object, o.Value, o.Technique, o.Requests, o.Accepted, o.Refused, o.Crossing,
		timeCell(o.First), timeCell(o.Last), o.Requester.ID, o.Responder.ID,
	}
}

func (s *Server) exportOperations(w http.ResponseWriter, r *http.Request, in *exportOperationsInput) error {
	if err := in.check(); err != nil {
		return err
	}
	x := &export{name: "operations", site: in.Site, columns: operationColumns}
	return s.send(w, r, in.Format, x, func(ctx context.Context, x *export) error {
		if in.sums() {
			l, err := s.summedOperations(ctx, &operationListInput{TalkFilter: in.TalkFilter, Kind: in.Kind, Page: Page{Limit: history.MaxGroups}})
			return sums(x, l, err, operationCells)
		}
		n, err := s.names(ctx)
		if err != nil {
			return err
		}
		f := in.TalkFilter.store()
		f.Kind = in.Kind
		return pages(ctx, x, in.Sort, func(ctx context.Context, p store.Page) (store.List[store.OperationItem], error) {
			return s.store.Operations(ctx, f, p)
		}, n.operation, operationCells)
	})
}

var changeColumns = []sheet.Column{
	{Name: "When", Width: 20, Kind: sheet.Time}, {Name: "Asset", Width: 24}, {Name: "Field", Width: 16}, {Name: "Before", Width: 32}, {Name: "After", Width: 32}, {Name: "Site", Width: 14}, {Name: "Identifier", Width: 26},
}

func (s *Server) exportChanges(w http.ResponseWriter, r *http.Request, in *exportChangesInput) error {
	x := &export{name: "changes", site: in.Site, columns: changeColumns}
	return s.send(w, r, in.Format, x, func(ctx context.Context, x *export) error {
		assets, err := s.assets(ctx)
		if err != nil {
			return err
		}
		same := func(c *store.Change) store.Change { return *c }
		return pages(ctx, x, "", func(ctx context.Context, p store.Page) (store.List[store.Change], error) {
			return s.store.Changes(ctx, in.Site, in.Since, p)
		}, same, func(c *store.Change) []any {
			label, site := c.Asset, ""
			if a := assets[c.Asset]; a != nil {
				label, site = a.Label, a.Site
			}
			return []any{c.When, label, c.Field, c.Old, c.New, site, c.Asset}
		})
	})
}

// isExport tells exports, which take as long as they take.
func isExport(p string) bool { return path.Dir(p) == base+"/export" }
