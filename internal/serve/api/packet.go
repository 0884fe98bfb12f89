package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

const (
	maxCutPackets = 100_000
	maxCutBytes   = 64 << 20
	maxCutTime    = 24 * time.Hour
	// downloadWait is how long a client may take for one piece of a download.
	downloadWait = 30 * time.Second
)

var errNoRing = refuse(ErrAbsent, "No sensor here keeps packets. Start the sensor with a ring to have the packets behind facts and findings.")

// cut says in the ring's words what is asked for.
func (s *Server) cut(ctx context.Context, q *PacketQuery) (Cut, error) {
	c := Cut{Sensor: q.Sensor, From: q.From, To: q.To, MaxPackets: maxCutPackets, MaxBytes: maxCutBytes}
	if s.opt.Packets == nil {
		return c, errNoRing
	}
	if q.Number > 0 {
		around := uint64(q.Around)
		c.First, c.Last = q.Number-min(around, q.Number-1), q.Number+around
	}
	if !c.From.IsZero() && c.To.IsZero() {
		c.To = c.From.Add(time.Minute)
	}
	switch {
	case q.Number == 0 && q.From.IsZero():
		return c, refuse(ErrInvalid, "Say which packets: give number, or from and to.")
	case q.From.IsZero() != c.To.IsZero():
		return c, refuse(ErrInvalid, "to needs from.")
	case !c.From.IsZero() && (!c.From.Before(c.To) || c.To.Sub(c.From) > maxCutTime):
		return c, refuse(ErrInvalid, "from must be before to, by at most one day.")
	case q.Peer != "" && q.Asset == "":
		return c, refuse(ErrInvalid, "peer needs asset: it means what the two said to each other.")
	}
	var err error
	if c.Site, err = s.siteOf(ctx, q.Site, q.Sensor); err != nil {
		return c, err
	}
	if err := s.within(ctx, c.Site); err != nil {
		return c, err
	}
	for _, side := range []struct {
		id string
		to *[]plant.Endpoint
	}{{q.Asset, &c.Hosts}, {q.Peer, &c.Peers}} {
		if side.id == "" {
			continue
		}
		d, err := s.store.Asset(ctx, side.id)
		if err == nil {
			err = s.within(ctx, d.Site)
		}
		if err != nil {
			return c, err
		}
		*side.to = d.Endpoints
	}
	return c, nil
}

func (s *Server) packets(w http.ResponseWriter, r *http.Request, in *PacketQuery) error {
	c, err := s.cut(r.Context(), in)
	if err != nil {
		return err
	}
	done, err := s.heavy.take(r.Context(), s.opt.Limits.Wait)
	if err != nil {
		return err
	}
	defer done()
	name := fmt.Sprintf("%s-%d.pcapng", fileName(c.Sensor), in.Number)
	if in.Number == 0 {
		name = fmt.Sprintf("%s-%s.pcapng", fileName(c.Sensor), c.From.UTC().Format("20060102T150405Z"))
	}
	d := newDownload(w, name)
	err = s.opt.Packets.Cut(r.Context(), d, c)
	if errors.Is(err, ErrNotFound) && !d.begun {
		return refuse(ErrNotFound, "The ring has no such packet any more. Its size decides how far back it reaches.")
	}
	return d.end(err)
}

func (s *Server) keepPackets(ctx context.Context, in *keepInput) (*KeptPackets, error) {
	c, err := s.cut(ctx, &in.Body.PacketQuery)
	if err != nil {
		return nil, err
	}
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return nil, err
	}
	defer done()
	k, err := s.opt.Packets.Keep(ctx, c, in.Body.Note)
	if err != nil {
		return nil, err
	}
	out := kept(&k)
	return &out, nil
}

func (s *Server) listKept(ctx context.Context, in *sitePageInput) (*List[KeptPackets], error) {
	l, err := s.store.KeptCuts(ctx, in.Site, in.Page.of(""))
	if err != nil {
		return nil, err
	}
	return page(l, kept), nil
}

func kept(k *store.Kept) KeptPackets {
	return KeptPackets{
		ID: k.ID, Site: k.Site, Sensor: k.Sensor, Note: k.Note, Packets: uint64(max(k.Packets, 0)), Bytes: uint64(max(k.Size, 0)), SHA256: k.SHA256,
		From: when(k.From), To: when(k.To), Made: when(k.Created),
	}
}

func (s *Server) keptPackets(w http.ResponseWriter, r *http.Request, in *keptInput) error {
	k, err := s.store.Kept(r.Context(), in.ID)
	if err == nil {
		err = s.within(r.Context(), k.Site)
	}
	if err != nil {
		return err
	}
	if s.opt.Packets == nil {
		return errNoRing
	}
	f, err := s.opt.Packets.Open(r.Context(), k)
	if err != nil {
		return err
	}
	defer f.Close()
	// Kept files never change: their hash is their tag.
	tag := `"` + k.SHA256 + `"`
	w.Header().Set("ETag", tag)
	if tagMatches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	d := newDownload(w, fileName(k.Sensor)+"-"+fileName(k.ID)+".pcapng")
	_, err = io.Copy(d, f)
	return d.end(err)
}

// fileName is text as it may stand in the name of a file that is downloaded.
func fileName(text string) string {
	out := []byte(text)
	for i, b := range out {
		if !(b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '_') {
			out[i] = '-'
		}
	}
	return string(out)
}

// download sends a file piece by piece. Each piece has its time: the server's
// deadline for an answer would end a large file.
type download struct {
	w     http.ResponseWriter
	rc    *http.ResponseController
	name  string
	media string
	begun bool
}

func newDownload(w http.ResponseWriter, name string) *download {
	return &download{w: w, rc: http.NewResponseController(w), name: name, media: mediaPcap}
}

// Write sends a piece.
func (d *download) Write(b []byte) (int, error) {
	if !d.begun {
		d.begun = true
		if err := readUntil(d.rc, time.Time{}); err != nil {
			return 0, err
		}
		h := d.w.Header()
		h.Set("Content-Type", d.media)
		h.Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
		h.Set("Cache-Control", "private, no-cache")
	}
	if err := writeUntil(d.rc, time.Now().Add(downloadWait)); err != nil {
		return 0, err
	}
	return d.w.Write(b)
}

// end cuts the connection if something failed on the way, so that half a file
// is not taken for a whole.
func (d *download) end(err error) error {
	if err != nil && d.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}
