package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/ring"
)

// cutter cuts packets out of the rings of this process's sensors, and out of the
// captures that were imported.
type cutter struct {
	process *Process
	store   *store.DB
}

// find is the ring of a sensor.
func (c *cutter) find(site, name string) (*ring.Ring, error) {
	if site == c.process.c.Site {
		for _, s := range c.process.sensors {
			if s.c.Name == name && s.ring != nil {
				return s.ring, nil
			}
		}
	}
	return nil, fmt.Errorf("the packets of %s are not kept on this machine: %w", name, api.ErrNotFound)
}

func queryOf(c *api.Cut) ring.Query {
	return ring.Query{First: c.First, Last: c.Last, From: c.From, To: c.To, Hosts: c.Hosts, Peers: c.Peers, MaxPackets: c.MaxPackets, MaxBytes: c.MaxBytes}
}

// imported cuts from the capture of an import. The site is the one that the
// caller may see: a capture of another is not there.
func (c *cutter) imported(ctx context.Context, w io.Writer, id string, what *api.Cut) error {
	job, err := c.store.Capture(ctx, id)
	if err == nil && job.Site != what.Site {
		return fmt.Errorf("site %s has no capture %s: %w", what.Site, id, api.ErrNotFound)
	}
	if err != nil {
		return err
	}
	f, err := os.Open(job.Path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the capture %s is not here any more: %w", job.Name, api.ErrNotFound)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := capture.Open(f)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = ring.CutCapture(ctx, w, job.Name, r.Next, queryOf(what))
	return known(err)
}

// Cut writes what a query finds as pcapng.
func (c *cutter) Cut(ctx context.Context, w io.Writer, what api.Cut) error {
	if id, ok := strings.CutPrefix(what.Sensor, importPrefix); ok {
		return c.imported(ctx, w, id, &what)
	}
	r, err := c.find(what.Site, what.Sensor)
	if err != nil {
		return err
	}
	if err := r.Flush(ctx); err != nil {
		return fmt.Errorf("write what waits to the ring: %w", err)
	}
	_, err = r.Cut(ctx, w, queryOf(&what))
	return known(err)
}

// known turns an error of the ring into one of the API.
func known(err error) error {
	if errors.Is(err, ring.ErrNoPackets) || errors.Is(err, ring.ErrNotFound) {
		return fmt.Errorf("%w: %w", api.ErrNotFound, err)
	}
	return err
}

// Keep stores a cut with its hash and notes it.
func (c *cutter) Keep(ctx context.Context, what api.Cut, note string) (store.Kept, error) {
	r, err := c.find(what.Site, what.Sensor)
	if err != nil {
		return store.Kept{}, err
	}
	if err := r.Flush(ctx); err != nil {
		return store.Kept{}, fmt.Errorf("write what waits to the ring: %w", err)
	}
	k, err := r.Keep(ctx, queryOf(&what), note)
	if err != nil {
		return store.Kept{}, known(err)
	}
	row := store.Kept{
		ID: k.ID, Site: what.Site, Sensor: what.Sensor, Note: note, Path: k.ID, Size: k.Bytes, SHA256: k.SHA256,
		Packets: int64(k.Packets), From: k.From, To: k.To, Created: k.Made,
	}
	if err := c.store.PutKept(ctx, row); err != nil {
		return store.Kept{}, errors.Join(err, r.RemoveKept(k.ID))
	}
	return row, nil
}

// Open opens a kept cut.
func (c *cutter) Open(_ context.Context, k store.Kept) (io.ReadCloser, error) {
	r, err := c.find(k.Site, k.Sensor)
	if err != nil {
		return nil, err
	}
	f, _, err := r.OpenKept(k.ID)
	return f, known(err)
}
