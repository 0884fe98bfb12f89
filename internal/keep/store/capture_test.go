package store

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCapturesAndCuts(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		c := Capture{ID: "c1", Site: "works", Name: "monday.pcapng", Sensor: "import c1", Path: "in/c1", Size: 99, SHA256: "ab", State: CaptureQueued, Created: now}
		ok(t, db.PutCapture(ctx, c))
		c.State, c.ReadBytes, c.Started = CaptureReading, 50, now.Add(time.Second)
		ok(t, db.PutCapture(ctx, c))
		if d := cmp.Diff(c, must[Capture](t)(db.Capture(ctx, "c1"))); d != "" {
			t.Errorf("capture (-want +got):\n%s", d)
		}
		for i := range 9 {
			ok(t, db.PutCapture(ctx, Capture{ID: fmt.Sprint("d", i), State: CaptureDone}))
		}
		walkPages(t, "captures", 10, "-created", func(p Page) (List[Capture], error) { return db.Captures(ctx, "", "", p) }, func(c Capture) string { return c.ID })
		if l := must[List[Capture]](t)(db.Captures(ctx, "works", CaptureReading, Page{})); l.Total != 1 || l.Items[0].ID != "c1" {
			t.Errorf("captures being read are %+v", l)
		}
		if l := must[List[Capture]](t)(db.Captures(ctx, "elsewhere", "", Page{})); l.Total != 0 {
			t.Errorf("captures of another site are %+v", l)
		}
		ok(t, db.DeleteCapture(ctx, "c1"))
		wantKind(t, db.DeleteCapture(ctx, "c1"), ErrNotFound)
		_, err := db.Capture(ctx, "c1")
		wantKind(t, err, ErrNotFound)

		k := Kept{ID: "k1", Site: "works", Sensor: "west", Note: "night of the third", Path: "kept/k1", Size: 5, SHA256: "cd", Packets: 3, From: now, To: now.Add(1), Created: now}
		ok(t, db.PutKept(ctx, k))
		wantKind(t, db.PutKept(ctx, k), ErrConflict)
		if d := cmp.Diff(k, must[Kept](t)(db.Kept(ctx, "k1"))); d != "" {
			t.Errorf("cut (-want +got):\n%s", d)
		}
		if l := must[List[Kept]](t)(db.KeptCuts(ctx, "works", Page{})); l.Total != 1 {
			t.Errorf("cuts are %+v", l)
		}
		ok(t, db.DeleteKept(ctx, "k1"))
		_, err = db.Kept(ctx, "k1")
		wantKind(t, err, ErrNotFound)
	})
}

func TestSettingsHaveVersions(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		_, _, err := db.Setting(ctx, "retention")
		wantKind(t, err, ErrNotFound)
		steps := []struct {
			name    string
			value   string
			version int64
			want    int64
			kind    error
		}{
			{"the first", `{"days": 7}`, 0, 1, nil},
			{"another first", `{"days": 8}`, 0, 0, ErrConflict},
			{"the next", `{"days": 9}`, 1, 2, nil},
			{"a late one", `{"days": 10}`, 1, 0, ErrConflict},
			{"no JSON", `{`, 2, 0, ErrInvalid},
		}
		for _, s := range steps {
			v, err := db.PutSetting(ctx, "retention", json.RawMessage(s.value), s.version)
			if s.kind != nil {
				wantKind(t, err, s.kind)
			} else if err != nil || v != s.want {
				t.Errorf("%s: version %d, %v, want %d", s.name, v, err, s.want)
			}
		}
		value, version, err := db.Setting(ctx, "retention")
		if string(value) != `{"days": 9}` || version != 2 || err != nil {
			t.Errorf("setting is %s, version %d, %v", value, version, err)
		}
	})
}
