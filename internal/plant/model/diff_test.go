package model

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	a := example(t)
	for _, c := range []struct {
		name, was, is string
		want          []string
	}{
		{"an owner", "owners: { operations: bernd }", "owners: { operations: carla }", []string{"line line-2 (Filling): owner in operations: Bernd Ott → Carla Díaz"}},
		{"a cost", "per_hour: 2200", "per_hour: 2500", []string{"line line-2 (Filling): cost of an hour: 2200 → 2500"}},
		{"a member", "{ vlan: 12 }", "{ vlan: 13 }", []string{"zone office (Office): members: vlan 13 is new", "zone office (Office): members: vlan 12 is removed"}},
		{"a service", "verbs: [read, auth]", "verbs: [read, auth, write]", []string{"conduit historian: allows: opcua (read, auth, write) is new", "conduit historian: allows: opcua (read, auth) is removed"}},
		{"a window", "days: [sat]", "days: [sun]", []string{"window saturday (Saturday): days: sat → sun"}},
		{"a level", "level: 4,", "level: 5,", []string{"zone office (Office): level: 4 → 5"}},
		{"a new zone", "conduits:\n", "  - { id: z, name: Z, kind: vendor }\nconduits:\n", []string{"new zone z (Z)"}},
		{"a line that is removed", "  - id: line-3\n    name: Packing\n    members: [ { vlan: 103 } ]\n", "", []string{"line line-3 (Packing) is removed", "window christmas: lines: line-3 is removed"}},
		{"a comment", "# The oldest line.", "# Old.", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(a, c.was) != 1 {
				t.Fatalf("%q is not in the text once", c.was)
			}
			b := strings.Replace(a, c.was, c.is, 1)
			if c.name == "a line that is removed" {
				b = strings.Replace(b, "[line-2, line-3]", "[line-2]", 1)
			}
			var got []string
			for _, d := range Diff(parsed(t, a), parsed(t, b)) {
				got = append(got, d.Says)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestUnifiedIsWhatPatchReads applies differences of random texts with patch.
func TestUnifiedIsWhatPatchReads(t *testing.T) {
	patch, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("patch is missing")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		var a, b []string
		for range r.IntN(40) {
			a = append(a, fmt.Sprint("line ", r.IntN(9)))
		}
		b = slices.Clone(a)
		for range r.IntN(6) {
			i := r.IntN(len(b) + 1)
			if r.IntN(2) == 0 && i < len(b) {
				b = slices.Delete(b, i, i+1)
			} else {
				b = slices.Insert(b, i, fmt.Sprint("new ", r.IntN(9)))
			}
		}
		x, y := strings.Join(a, "\n"), strings.Join(b, "\n")
		if n%2 == 0 {
			x, y = x+"\n", y+"\n"
		}
		file := filepath.Join(t.TempDir(), "text")
		if err := os.WriteFile(file, []byte(x), 0o600); err != nil {
			t.Fatal(err)
		}
		d := Unified("a", "b", x, y)
		if (d == "") != (x == y) {
			t.Fatalf("%q %q: %q", x, y, d)
		}
		if d == "" {
			continue
		}
		cmd := exec.Command(patch, "--quiet", file)
		cmd.Stdin = strings.NewReader(d)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v %s\n%s", err, out, d)
		}
		if got, _ := os.ReadFile(file); string(got) != y {
			t.Fatalf("%q, want %q\n%s", got, y, d)
		}
	}
}
