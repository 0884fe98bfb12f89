package fingerprint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

var files = os.DirFS(".")

// Every rule and table must match what its file says it matches, give only
// what can be given, and leave the rest alone.
func TestFiles(t *testing.T) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	ids := make(map[string]string)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			f, err := Read(files, name)
			if err != nil {
				t.Fatal(err)
			}
			if f.About == "" || len(f.Sources) == 0 {
				t.Error("no about, or no sources")
			}
			for _, r := range slices.Concat(f.Rules, f.Vendors) {
				unique(t, ids, r.ID, name)
				testRule(t, r)
			}
			for _, b := range f.Tables {
				unique(t, ids, b.ID, name)
				testTable(t, b)
			}
		})
	}
}

func unique(t *testing.T, ids map[string]string, id, file string) {
	t.Helper()
	if id == "" || ids[id] != "" {
		t.Errorf("rule %q is not the only one of that name (see %s)", id, ids[id])
	}
	ids[id] = file
}

var known = []plant.Field{
	plant.FieldVendor, plant.FieldProduct, plant.FieldOrderNumber, plant.FieldFirmware, plant.FieldHardware,
	plant.FieldSerial, plant.FieldOS, plant.FieldRole, plant.FieldSoftware, FieldSide, FieldFamily, FieldHelps,
}

var roles = []plant.Role{
	plant.RoleController, plant.RoleSafety, plant.RoleRemoteIO, plant.RoleDrive, plant.RoleRobot, plant.RoleSensor,
	plant.RoleRelay, plant.RoleHMI, plant.RoleEngineering, plant.RoleSCADA, plant.RoleHistorian, plant.RoleGateway,
	plant.RoleBuilding, plant.RoleSwitch, plant.RoleRouter, plant.RoleFirewall, plant.RoleAccessPoint, plant.RoleDomain,
	plant.RoleServer, plant.RolePC, plant.RolePrinter, plant.RoleCamera, plant.RolePhone, plant.RoleTimeSource, plant.RoleBroker,
}

func testRule(t *testing.T, r Rule) {
	t.Helper()
	c := newRule(r)
	if len(r.Is) == 0 || len(r.Not) == 0 || len(r.Gives) == 0 {
		t.Errorf("%s: needs a case that matches, one that does not, and something to give", r.ID)
	}
	for field, value := range r.Gives {
		checkGain(t, r.ID, plant.Field(field), value)
	}
	for _, v := range r.Is {
		if !c.matches(v) {
			t.Errorf("%s: %q does not match %s", r.ID, v, r.Match)
		}
	}
	for _, v := range r.Not {
		if c.matches(v) {
			t.Errorf("%s: %q matches %s", r.ID, v, r.Match)
		}
	}
}

func (r *rule) matches(v string) bool {
	if r.Compact {
		v = Compact(v)
	}
	return r.mayMatch(strings.ToLower(v)) && len(r.match(nil, v)) > 0
}

func checkGain(t *testing.T, id string, field plant.Field, value string) {
	t.Helper()
	if !slices.Contains(known, field) {
		t.Errorf("%s: gives unknown field %q", id, field)
	}
	if field == plant.FieldRole && !slices.Contains(roles, value) {
		t.Errorf("%s: gives unknown role %q", id, value)
	}
	if field == FieldSide && value != string(plant.SideOT) && value != string(plant.SideIT) {
		t.Errorf("%s: gives unknown side %q", id, value)
	}
}

func testTable(t *testing.T, b Table) {
	t.Helper()
	if len(b.Is) == 0 || len(b.Not) == 0 || b.Confidence <= 0 || b.Confidence > 1 {
		t.Errorf("%s: needs cases and a confidence", b.ID)
	}
	for _, value := range b.Entries {
		checkGain(t, b.ID, b.Gives, value)
	}
	for v, want := range b.Is {
		if got := (&tableRule{Table: b}).match(nil, v); len(got) != 1 || got[0].Value != want {
			t.Errorf("%s: %q means %v, want %q", b.ID, v, got, want)
		}
	}
	for _, v := range b.Not {
		if got := (&tableRule{Table: b}).match(nil, v); len(got) != 0 {
			t.Errorf("%s: %q means %v, want nothing", b.ID, v, got)
		}
	}
}

// What is built in must be what the files say: run go generate after a change.
func TestPacked(t *testing.T) {
	f, err := Pack(files)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if string(bytes.TrimSpace(packed)) != string(want) {
		t.Error("rules.json is not what the YAML files say: run go generate in this folder")
	}
}

func TestBuiltin(t *testing.T) {
	s := Builtin()
	if got := s.Vendor("SIEMENS AG"); got != "Siemens" {
		t.Errorf("Vendor = %q", got)
	}
	if got := s.Vendor("Nobody's Works"); got != "Nobody's Works" {
		t.Errorf("Vendor = %q", got)
	}
	for name, p := range s.protocols {
		for _, rs := range []map[plant.Role]float64{p.Serves, p.Asks} {
			for role, c := range rs {
				if !slices.Contains(roles, role) || c <= 0 || c >= 1 {
					t.Errorf("protocol %s: role %q at %g", name, role, c)
				}
			}
		}
	}
}

func TestRequired(t *testing.T) {
	for _, c := range []struct {
		name, expression string
		want             []string
	}{
		{"a literal", "^CX[0-9]", []string{"cx"}},
		{"alternatives", "(?i)moxa|EDS-[0-9]", []string{"moxa", "eds-"}},
		{"an alternative without text", "moxa|[0-9]+", nil},
		{"the longest part", "a[0-9]+bcd", []string{"bcd"}},
		{"optional text is not required", "(abc)?[0-9]", nil},
	} {
		if got := required(c.expression); !slices.Equal(got, c.want) {
			t.Errorf("%s: required(%q) = %q, want %q", c.name, c.expression, got, c.want)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	s := Builtin()
	b.ReportAllocs()
	for range b.N {
		s.Match(nil, plant.FieldName, "host-4711")
	}
}

func BenchmarkUnpack(b *testing.B) {
	for range b.N {
		var f File
		if err := json.Unmarshal(packed, &f); err != nil {
			b.Fatal(err)
		}
		newSet().add(f)
	}
}

func ExampleSet_Match() {
	gains := Builtin().Match(nil, plant.FieldVendorID, "cip:1")
	for _, g := range gains {
		fmt.Println(g.Field, g.Value)
	}
	// Output: vendor Rockwell Automation/Allen-Bradley
}
