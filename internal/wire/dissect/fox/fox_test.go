package fox

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

const (
	fromWorkbench = "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nhostName=s:ews7\nhostAddress=s:10.9.9.9\napp.name=s:Workbench\napp.version=s:4.10\nhostId=s:Win-1\n}};;\n"
	workbench     = "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nhostName=s:ews7\nhostAddress=s:10.9.9.9\napp.name=s:Workbench\napp.version=s:4.10\nhostId=s:Win-1\n};;\n"
	station       = "fox a 0 -1 fox hello\n{\nhostName=s:10.0.0.2\napp.name=s:Station\napp.version=s:4.9\nos.name=s:QNX\nos.version=s:6.5\nstation.name=s:Roof\nhostId=s:Qnx-1\n};;\n"
	challenged    = "fox a 1 -1 fox challenge\n{\nmethod=s:basic\n};;\n"
)

func TestSession(t *testing.T) {
	r := dissecttest.TCP([]dissect.Protocol{Protocol()}, 2911,
		dissecttest.C([]byte(workbench[:30])), dissecttest.C([]byte(workbench[30:])), dissecttest.S([]byte(station+challenged)))
	for field, want := range map[plant.Field]string{
		plant.FieldName: "Roof", plant.FieldSerial: "Qnx-1", plant.FieldOS: "QNX 6.5", plant.FieldRole: plant.RoleBuilding, plant.FieldFirmware: "4.9",
	} {
		if got := r.Fact(dissecttest.Server, field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if got := r.Fact(dissecttest.Client, plant.FieldName); got != "ews7" {
		t.Errorf("client = %q", got)
	}
	if got := r.Fact(dissecttest.Client, plant.FieldRole); got != plant.RoleEngineering {
		t.Errorf("client's role = %q", got)
	}
	var methods int
	for _, s := range r.Sightings {
		if s.Value == "fox.auth=basic" {
			methods++
		}
	}
	if o := r.Operation("challenge"); o.Requests != 1 || methods != 1 {
		t.Errorf("challenge = %+v, told %d times", o, methods)
	}
}

func TestProbe(t *testing.T) {
	if got := probe([]byte(workbench), dissect.Hint{Stream: true}); got != dissect.Strong {
		t.Errorf("probe = %d", got)
	}
	if got := probe([]byte(fromWorkbench), dissect.Hint{Stream: true}); got != dissect.No {
		t.Errorf("probe of a broken list = %d", got)
	}
	if got := probe([]byte("foxtrot\n"), dissect.Hint{Stream: true}); got != dissect.No {
		t.Errorf("probe of another word = %d", got)
	}
}
