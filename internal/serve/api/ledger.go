package api

import (
	"context"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
)

// LedgerRecord is one row of the ledger.
type LedgerRecord struct {
	Index   int64     `json:"index" doc:"From 0, without gaps."`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor" doc:"The account's identifier; \"host root\" for the command line; empty if nobody is known."`
	Name    string    `json:"name" doc:"What the actor is called."`
	Token   string    `json:"token" doc:"The identifier of the API token that was used; empty for none."`
	Via     string    `json:"via" doc:"How the actor was known: session, token, link, command line."`
	From    string    `json:"from" doc:"The address it came from."`
	Act     string    `json:"act" doc:"The operation of the API, or what was done."`
	Object  string    `json:"object" doc:"What it was done to."`
	Detail  string    `json:"detail"`
	Outcome string    `json:"outcome" enum:"asked,done,refused,failed,read" doc:"Asked is recorded before an act and done, refused or failed after it; read when evidence was given out."`
	Status  int       `json:"status" doc:"Of the HTTP answer; 0 for none."`
	Of      int64     `json:"of" doc:"The index of the record of the same act before it; 0 for none."`
	Count   int64     `json:"count" doc:"How many acts it stands for."`
}

// LedgerCheckpoint is a signed statement of what the ledger is now.
type LedgerCheckpoint struct {
	Name      string `json:"name" doc:"Of the ledger."`
	Size      int64  `json:"size" doc:"How many records it has."`
	Root      string `json:"root" doc:"Of their hash tree (RFC 6962), in hexadecimal."`
	Text      string `json:"text" doc:"The signed note. Keep it elsewhere: bulkhead ledger verify --checkpoint FILE holds the ledger against it."`
	PublicKey string `json:"public_key" doc:"The key that verifies it, as tools of signed notes take it."`
	Problem   string `json:"problem" doc:"What was found wrong with the ledger when the hub started; empty if nothing was."`
}

type ledgerInput struct {
	Page
	Actor string `query:"actor" maxLength:"128" doc:"An account's identifier or name."`
	Act   string `query:"act" maxLength:"64"`
}

var errNoLedger = refuse(ErrAbsent, "This program keeps no ledger.")

func (s *Server) listLedger(ctx context.Context, in *ledgerInput) (*List[LedgerRecord], error) {
	if s.opt.Ledger == nil {
		return nil, errNoLedger
	}
	q := ledger.Query{Actor: in.Actor, Act: in.Act, Limit: in.Limit}
	if in.Cursor != "" {
		n, err := strconv.ParseInt(in.Cursor, 10, 64)
		if err != nil || n <= 0 {
			return nil, refuse(ErrInvalid, "The cursor is none that this list has. Begin again without one.")
		}
		q.Before = n
	}
	p, err := s.opt.Ledger.Records(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &List[LedgerRecord]{Items: make([]LedgerRecord, 0, len(p.Records)), Total: p.Size}
	for i := range p.Records {
		out.Items = append(out.Items, ledgerRecord(&p.Records[i]))
	}
	if p.Next > 0 {
		out.Next = strconv.FormatInt(p.Next, 10)
	}
	if q.Actor != "" || q.Act != "" {
		// How many match would cost a walk through all of them.
		out.Total, out.More = int64(len(out.Items)), p.Next > 0
	}
	return out, nil
}

func ledgerRecord(r *ledger.Record) LedgerRecord {
	return LedgerRecord{
		Index: r.Index, At: r.At, Actor: r.Actor, Name: r.Name, Token: r.Token, Via: r.Via, From: r.From, Act: r.Act, Object: r.Object,
		Detail: r.Detail, Outcome: string(r.Outcome), Status: r.Status, Of: r.Of, Count: max(r.Count, 1),
	}
}

func (s *Server) ledgerCheckpoint(context.Context, *noInput) (*LedgerCheckpoint, error) {
	if s.opt.Ledger == nil {
		return nil, errNoLedger
	}
	c := s.opt.Ledger.Checkpoint()
	out := &LedgerCheckpoint{Name: ledger.NameOf(c.Text), Size: c.Size, Root: hex.EncodeToString(c.Root[:]), Text: c.Text, PublicKey: s.opt.Ledger.Verifier()}
	if err := s.opt.Ledger.Problem(); err != nil {
		out.Problem = err.Error()
	}
	return out, nil
}
