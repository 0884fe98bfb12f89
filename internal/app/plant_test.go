package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// simulated analyzes a capture of the simulated plant.
func simulated(t *testing.T) *Analysis {
	t.Helper()
	name := filepath.Join(t.TempDir(), "plant.pcap")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Write(f, lab.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := Analyze(AnalyzeOptions{Files: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestSimulatedPlant runs the whole program on a capture of the simulated plant:
// who is there must be told. What happened there is held by TestScenarios.
func TestSimulatedPlant(t *testing.T) {
	a := simulated(t)
	assets := byAddress(a)
	for _, want := range []struct {
		ip, name string
		side     plant.Side
		role     plant.Role
		product  string
	}{
		{"10.21.1.11", "plc-l1-cip", plant.SideOT, plant.RoleController, "315-2"},
		{"10.21.2.10", "", plant.SideOT, plant.RoleController, "1756"},
		{"10.20.20.41", "ENG1", plant.SideOT, plant.RoleEngineering, ""},
		{"10.10.10.55", "PC-MAINT1", plant.SideIT, plant.RolePC, "Windows"},
		{"10.10.10.10", "DC1", plant.SideIT, plant.RoleDomain, "Windows"},
		{"10.10.10.80", "", plant.SideIT, plant.RolePrinter, "LaserJet"},
		{"10.21.1.2", "sw-l1", plant.SideOT, plant.RoleSwitch, "SCALANCE"},
		{"10.21.4.20", "BMS1", plant.SideOT, "", ""},
	} {
		x := assets[want.ip]
		if x == nil {
			t.Errorf("%s was not found", want.ip)
			continue
		}
		said := strings.Join([]string{x.Vendor, x.Product, x.OrderNumber, x.OS}, " ")
		if x.Side != want.side || want.role != "" && x.Role != want.role || !strings.Contains(said, want.product) || !named(x, want.name) {
			t.Errorf("%s: %q, side %s, role %s, %q; want %+v", want.ip, x.Names, x.Side, x.Role, said, want)
		}
	}
	if a.Failures > 0 || a.Lost > 0 {
		t.Errorf("%d decoder failures, %d observations lost", a.Failures, a.Lost)
	}
}

func named(a *plant.Asset, name string) bool {
	for _, n := range a.Names {
		if strings.HasPrefix(strings.ToLower(n), strings.ToLower(name)) {
			return true
		}
	}
	return name == ""
}
