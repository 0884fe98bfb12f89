package export

import (
	"errors"
	"regexp"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/exporttest"
)

// TestEveryBrand holds what all brands promise: a name of their own, refusal of
// what they cannot hold, and that the text of another brand is not read as
// theirs.
func TestEveryBrand(t *testing.T) {
	all := Brands()
	if len(all) < 5 {
		t.Fatalf("%d brands", len(all))
	}
	texts := map[string][]byte{}
	for _, b := range all {
		if got, is := Find(b.ID); !is || got.Name != b.Name || !regexp.MustCompile(`^[a-z]+$`).MatchString(b.ID) || b.File == "" {
			t.Errorf("%q is called %q, found %t", b.ID, b.Name, is)
		}
		if _, is := texts[b.ID]; is {
			t.Errorf("two brands are called %q", b.ID)
		}
		text, err := b.Render(exporttest.Works(), Options{Interfaces: map[string]string{"": "outside"}})
		if err != nil {
			t.Errorf("%s: %v", b.ID, err)
		}
		texts[b.ID] = text
		if _, err := b.Render(exporttest.Relayed(), Options{}); !errors.Is(err, device.ErrRefused) {
			t.Errorf("%s takes a conduit that may only read: %v", b.ID, err)
		}
		for _, bad := range [][]byte{nil, []byte("\n"), []byte("\x00\x01"), make([]byte, device.MaxText+1)} {
			if _, err := b.Parse(bad); !errors.Is(err, device.ErrText) {
				t.Errorf("%s reads %d bytes of nothing: %v", b.ID, len(bad), err)
			}
		}
	}
	if _, is := Find("abacus"); is {
		t.Error("an abacus is a firewall")
	}
	for _, b := range all {
		for id, text := range texts {
			// IOS and ASA share words; reading one as the other is told by what is
			// not understood.
			s, err := b.Parse(text)
			if id == b.ID || errors.Is(err, device.ErrText) {
				continue
			}
			sure := true
			for _, l := range s.Unknown {
				sure = sure && l.Harmless
			}
			if sure {
				t.Errorf("%s is sure of what it reads in the text of %s", b.ID, id)
			}
		}
	}
}
