package boundary

import (
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

const words = `
site: works
time_zone: Europe/Berlin
zones:
  - { id: office, name: Office, kind: enterprise }
  - { id: dmz, name: DMZ, kind: dmz }
  - { id: ops, name: Operations, kind: operations }
  - { id: line, name: Line 1, kind: cell }
conduits:
  - { id: history, from: dmz, to: ops, allow: [ { protocol: opcua, verbs: [read, auth] } ], reason: The office reads what was made. }
  - { id: web, from: office, to: dmz, allow: [ { transport: tcp, port: [443, 8000-8010] } ], reason: People look at reports. }
  - { id: poll, from: ops, to: line, allow: [ { protocol: modbus, verbs: [read] }, { protocol: modbus, port: 1502, verbs: [write] }, { protocol: s7comm } ], reason: The SCADA server polls. }
  - { id: old, from: ops, to: office, allow: [ { any: true } ], reason: Until the move is done., expires: 2026-11-01 }
  - { id: soon, from: ops, to: dmz, allow: [ { any: true } ], reason: Until the move is done., expires: 2026-12-01 }
`

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func policy(t testing.TB) *Policy {
	t.Helper()
	m, problems := model.Parse(words, time.Time{})
	if m == nil {
		t.Fatal(problems)
	}
	return New(m, now)
}

func TestJudge(t *testing.T) {
	p := policy(t)
	kinds := model.KindsOf
	for _, c := range []struct {
		name string
		talk model.Talk
		want model.Verdict
	}{
		{
			"read over a conduit that allows reading",
			model.Talk{From: "dmz", To: "ops", Protocol: "opcua", Transport: plant.TCP, Port: 4840, Answered: true, Kinds: kinds(plant.Read, plant.Auth, plant.Other)},
			model.Verdict{State: model.StateCovered, Conduit: "history", Why: "conduit history allows opcua (read, auth)"},
		},
		{
			"a write where reading is allowed",
			model.Talk{From: "dmz", To: "ops", Protocol: "opcua", Transport: plant.TCP, Port: 4840, Answered: true, Kinds: kinds(plant.Read, plant.Write)},
			model.Verdict{State: model.StateUncovered, Why: "conduit history allows opcua (read, auth), and this asks for write"},
		},
		{
			"another service",
			model.Talk{From: "dmz", To: "ops", Protocol: "rdp", Transport: plant.TCP, Port: 3389, Answered: true},
			model.Verdict{State: model.StateUncovered, Why: "conduit history allows opcua (read, auth), and this is rdp on tcp 3389"},
		},
		{
			"against the direction",
			model.Talk{From: "line", To: "ops", Protocol: "modbus", Transport: plant.TCP, Port: 502, Answered: true},
			model.Verdict{State: model.StateUncovered, Why: "no conduit leads from Line 1 to Operations"},
		},
		{
			"a port in a range",
			model.Talk{From: "office", To: "dmz", Protocol: "http", Transport: plant.TCP, Port: 8005, Answered: true},
			model.Verdict{State: model.StateCovered, Conduit: "web", Why: "conduit web allows tcp 443, 8000-8010"},
		},
		{
			"the port over another transport",
			model.Talk{From: "office", To: "dmz", Protocol: "unknown", Transport: plant.UDP, Port: 443, Answered: true},
			model.Verdict{State: model.StateUncovered, Why: "conduit web allows tcp 443, 8000-8010, and this is unknown on udp 443"},
		},
		{
			"verbs of two services together",
			model.Talk{From: "ops", To: "line", Protocol: "modbus", Transport: plant.TCP, Port: 1502, Answered: true, Kinds: kinds(plant.Read, plant.Write)},
			model.Verdict{State: model.StateCovered, Conduit: "poll", Why: "conduit poll allows modbus (read) and modbus 1502 (write)"},
		},
		{
			"a verb of a service on another port",
			model.Talk{From: "ops", To: "line", Protocol: "modbus", Transport: plant.TCP, Port: 502, Answered: true, Kinds: kinds(plant.Write)},
			model.Verdict{State: model.StateUncovered, Why: "conduit poll allows modbus (read), and this asks for write"},
		},
		{
			"a service without verbs allows all",
			model.Talk{From: "ops", To: "line", Protocol: "s7comm", Transport: plant.TCP, Port: 102, Answered: true, Kinds: kinds(plant.Program, plant.Mode)},
			model.Verdict{State: model.StateCovered, Conduit: "poll", Why: "conduit poll allows s7comm"},
		},
		{
			"an expired conduit",
			model.Talk{From: "ops", To: "office", Protocol: "smb", Transport: plant.TCP, Port: 445, Answered: true},
			model.Verdict{State: model.StateUncovered, Why: "conduit old expired on 2026-11-01"},
		},
		{
			"nobody answered",
			model.Talk{From: "office", To: "line", Protocol: "modbus", Transport: plant.TCP, Port: 502},
			model.Verdict{State: model.StateAttempt, Why: "no conduit leads from Office to Line 1, and nobody answered"},
		},
		{
			"names and time",
			model.Talk{From: "line", To: "office", Protocol: "ntp", Transport: plant.UDP, Port: 123, Answered: true},
			model.Verdict{State: model.StateAside, Why: "ntp only tells names or time or announces something: it needs no decision"},
		},
		{
			"names and time that a conduit allows",
			model.Talk{From: "ops", To: "dmz", Protocol: "dns", Transport: plant.UDP, Port: 53, Answered: true},
			model.Verdict{State: model.StateCovered, Conduit: "soon", Why: "conduit soon allows everything"},
		},
		{"within a zone", model.Talk{From: "line", To: "line", Protocol: "modbus"}, model.Verdict{State: model.StateWithin, Why: "both ends stand in zone Line 1"}},
		{"an end without a zone is never allowed", model.Talk{From: "ops", Protocol: "dns"}, model.Verdict{State: model.StateUnknown, Why: "the server stands in no zone"}},
		{"no zones at all", model.Talk{}, model.Verdict{State: model.StateUnknown, Why: "neither end stands in a zone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := p.Judge(&c.talk); got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestPolicyEndsWhenAConduitExpires(t *testing.T) {
	p := policy(t)
	want := time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC) // midnight in Berlin
	if !p.Until().Equal(want) {
		t.Fatalf("until %s, want %s", p.Until(), want)
	}
	talk := model.Talk{From: "ops", To: "dmz", Protocol: "smb", Transport: plant.TCP, Port: 445, Answered: true}
	m, _ := model.Parse(words, time.Time{})
	if v := New(m, want.Add(-time.Second)).Judge(&talk); v.State != model.StateCovered {
		t.Errorf("a second before: %+v", v)
	}
	if v := New(m, want).Judge(&talk); v.State != model.StateUncovered {
		t.Errorf("then: %+v", v)
	}
}

func BenchmarkJudge(b *testing.B) {
	p := policy(b)
	talk := model.Talk{From: "ops", To: "line", Protocol: "s7comm", Transport: plant.TCP, Port: 102, Answered: true, Kinds: model.KindsOf(plant.Read)}
	b.ReportAllocs()
	for b.Loop() {
		p.Judge(&talk)
	}
}
