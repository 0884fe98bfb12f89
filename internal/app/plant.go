package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/hub"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// ErrModel marks a plant model that has errors.
var ErrModel = errors.New("the plant model has errors")

// modelOf checks a text that is meant for a site, "" for the one it names.
func modelOf(name, site, text string, now time.Time) (*model.Model, error) {
	m, problems := model.Parse(text, now)
	if m != nil && site != "" && m.Site != site {
		return nil, fmt.Errorf("%w: %s is of site %q, and this is site %q", ErrModel, name, m.Site, site)
	}
	if m != nil {
		return m, nil
	}
	var lines []string
	for i := range problems {
		if problems[i].Severity == model.Error {
			lines = append(lines, name+":"+problems[i].String())
		}
	}
	return nil, fmt.Errorf("%w:\n%s", ErrModel, strings.Join(lines, "\n"))
}

// putModel saves a text as the next version, if it differs from the newest, and
// has that recorded.
func putModel(ctx context.Context, db *store.DB, v store.ModelVersion, record func(do func() error) error) (version int64, changed bool, err error) {
	was, err := db.Model(ctx, v.Site)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, false, err
	}
	if was.Text == v.Text && was.Version > 0 {
		return was.Version, false, nil
	}
	err = record(func() (err error) {
		version, err = db.PutModel(ctx, v, was.Version)
		return err
	})
	return version, err == nil, err
}

// applyPlant saves the model that the configuration names, or that of the
// demonstration where there is none yet. Where it cannot be recorded it stays
// as it is, and the plant is watched all the same.
func (h *hubRole) applyPlant(ctx context.Context) error {
	p := h.process
	v := store.ModelVersion{Site: p.c.Site, At: p.o.Now(), Author: "file", Note: p.c.PlantFile}
	if p.c.PlantFile != "" {
		b, err := os.ReadFile(p.c.PlantFile)
		if err != nil {
			return fmt.Errorf("plant-file: %w", err)
		}
		v.Text = string(b)
	} else if v.Text = p.o.Model; v.Text != "" {
		v.Author, v.Note = "demo", "The simulated plant's own."
		if _, err := h.store.Model(ctx, v.Site); !errors.Is(err, store.ErrNotFound) {
			return err // somebody may have changed it since
		}
	} else {
		return nil
	}
	if _, err := modelOf(p.c.PlantFile, v.Site, v.Text, v.At); err != nil {
		return fmt.Errorf("%w: %w", config.ErrWrong, err)
	}
	version, changed, err := putModel(ctx, h.store, v, func(do func() error) error {
		return recorded(ctx, h.ledger, ledger.Entry{Act: actPlantFile, Object: v.Site, Detail: v.Note, Actor: "bulkhead", Via: "configuration"}, do)
	})
	if errors.Is(err, errUnrecorded) {
		p.o.Log.Error("the plant model was not saved", "site", v.Site, "from", v.Author, "error", err)
		return nil
	}
	if changed {
		p.o.Log.Info("plant model saved", "site", v.Site, "version", version, "from", v.Author)
	}
	return err
}

// Acts of the ledger that save a plant model.
const (
	actPlantFile  = "plant-file"
	actPlantApply = "plant-apply"
)

// openFolder opens the store of a data folder in which no hub works.
func openFolder(ctx context.Context, data string) (db *store.DB, done func(), err error) {
	path := filepath.Join(data, state.Database)
	if _, err := os.Stat(path); err != nil {
		return nil, nil, fmt.Errorf("there is no hub's data in %s: %w; name its folder with --data, or the hub with --url", data, err)
	}
	lock, err := lockFolder(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%w, or give it the model with --url and --token-file", err)
	}
	if db, err = store.Open(ctx, path, store.Options{Crosses: hub.Crosses, Words: hub.Words}); err != nil {
		lock.Close()
		return nil, nil, err
	}
	return db, func() { db.Close(); lock.Close() }, nil
}

// siteIn is the site of a folder that is meant.
func siteIn(ctx context.Context, db *store.DB, site string) (string, error) {
	if site != "" {
		return site, nil
	}
	all, err := db.Sites(ctx)
	if err != nil {
		return "", err
	}
	if len(all) != 1 {
		return "", fmt.Errorf("there are %d sites: say which with --site", len(all))
	}
	return all[0], nil
}

// ShowPlant is the newest model in a data folder.
func ShowPlant(ctx context.Context, data, site string) (text string, version int64, err error) {
	db, done, err := openFolder(ctx, data)
	if err != nil {
		return "", 0, err
	}
	defer done()
	if site, err = siteIn(ctx, db, site); err != nil {
		return "", 0, err
	}
	v, err := db.Model(ctx, site)
	return v.Text, v.Version, err
}

// ApplyPlant saves a text as the next version in a data folder, if it differs
// from the newest, and records that. The site is the one that the text names.
func ApplyPlant(ctx context.Context, data, name, text, note string, now time.Time) (version int64, changed bool, err error) {
	m, err := modelOf(name, "", text, now)
	if err != nil {
		return 0, false, err
	}
	db, done, err := openFolder(ctx, data)
	if err != nil {
		return 0, false, err
	}
	defer done()
	v := store.ModelVersion{Site: m.Site, Text: text, Author: hostActor(), Note: note, At: now}
	return putModel(ctx, db, v, func(do func() error) error {
		return recordedIn(ctx, filepath.Join(data, state.Ledger), db, Act{Name: actPlantApply, Object: m.Site, Detail: note}, do)
	})
}
