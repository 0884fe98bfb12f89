package main

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

func TestSmallPlant(t *testing.T) {
	dir := t.TempDir()
	n := size{assets: 1000, zones: 4, conduits: 10, conversations: 3000}
	if err := run(t.Context(), dir, n); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), dir, n); err == nil {
		t.Error("a store that is there was written to")
	}
	db, err := store.Open(t.Context(), filepath.Join(dir, state.Database), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l, err := db.Conversations(t.Context(), store.TalkFilter{Site: site}, store.Page{})
	if err != nil || l.Total < 2800 {
		t.Errorf("%d conversations: %v", l.Total, err)
	}
}

func TestModelIsOne(t *testing.T) {
	p := &bigPlant{size: size{50_000, 60, 1000, 0}, r: rand.New(rand.NewPCG(1, 1)), now: time.Now()}
	m, problems := model.Parse(p.model(), p.now)
	if len(problems) > 0 || len(m.Zones) != 60 || len(m.Conduits) != 1000 {
		t.Fatalf("%v", problems)
	}
}
