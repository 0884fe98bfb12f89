package api

import (
	"context"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// pictureStore has one picture and one model until a test says otherwise.
type pictureStore struct {
	emptyStore
	picture *store.Map
	text    string
	version int64
}

func (p *pictureStore) Sites(context.Context) ([]string, error) { return []string{"plant"}, nil }
func (p *pictureStore) Map(context.Context, string) (*store.Map, error) {
	return p.picture, nil
}

func (p *pictureStore) Model(_ context.Context, site string) (store.ModelVersion, error) {
	if p.version == 0 {
		return store.ModelVersion{}, store.ErrNotFound
	}
	return store.ModelVersion{Site: site, Version: p.version, Text: p.text}, nil
}

// A map is drawn again as soon as the picture or the model is another one, and
// says that it is of now either way.
func TestMapIsDrawnAnewWhenSomethingChanged(t *testing.T) {
	picture := func(n int) *store.Map {
		m := &store.Map{}
		for range n {
			a := store.AssetItem{Site: "plant", Zone: "z"}
			a.ID = "a"
			m.Assets = append(m.Assets, a)
		}
		return m
	}
	now := clock
	p := &pictureStore{picture: picture(1)}
	s := bare(t, Options{Store: p, Now: func() time.Time { return now }})
	look := func(name string, total int64) {
		t.Helper()
		now = now.Add(time.Second)
		for range 2 {
			m, err := s.plantMap(t.Context(), &mapInput{})
			if err != nil || len(m.Boxes) != 1 || m.Boxes[0].Name != name || m.Boxes[0].Total != total || !m.At.Equal(now) {
				t.Fatalf("%+v %v", m, err)
			}
		}
	}
	look("z", 1)
	p.version, p.text = 1, "site: plant\nzones:\n  - { id: z, name: Filling, kind: cell, members: [ { vlan: 1 } ] }\n"
	look("Filling", 1)
	p.picture = picture(2)
	look("Filling", 2)
	p.version, p.text = 2, "site: plant\nzones:\n  - { id: z, name: Packing, kind: cell, members: [ { vlan: 1 } ] }\n"
	look("Packing", 2)
	first, _ := s.plantMap(t.Context(), &mapInput{})
	second, _ := s.plantMap(t.Context(), &mapInput{})
	if &first.Boxes[0] != &second.Boxes[0] {
		t.Error("a map was drawn again although nothing changed")
	}
}
