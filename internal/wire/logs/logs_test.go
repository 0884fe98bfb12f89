package logs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/google/go-cmp/cmp"
)

var known = sync.OnceValues(load)

func newTable(t testing.TB) *Table {
	t.Helper()
	k, err := known()
	if err != nil {
		t.Fatal(err)
	}
	return k.table(Options{MaxFlows: 1000})
}

// read reads one log and returns its description.
func read(t testing.TB, x *Table, file, text string) plant.Capture {
	t.Helper()
	f, ok := Sniff([]byte(text[:min(len(text), SniffLen)]))
	if !ok {
		t.Fatalf("%s is not taken for a log: %.80q", file, text)
	}
	c := plant.Capture{File: file}
	x.Read(f, strings.NewReader(text), 0, &c)
	return c
}

// told is everything in a table as lines of text, sorted.
func told(x *Table) (list []string) {
	for s := range x.Sightings() {
		if s.Field == plant.FieldAddress && s.Source == "ip" {
			list = append(list, fmt.Sprintf("here %s", name(s.Endpoint)))
			continue
		}
		list = append(list, fmt.Sprintf("fact %s %s=%s (%s)", name(s.Endpoint), s.Field, s.Value, s.Source))
	}
	for c := range x.Conversations() {
		state := ""
		if c.Answered {
			state += " answered"
		}
		if c.Established {
			state += " established"
		}
		list = append(list, fmt.Sprintf("talk %s>%s %s/%d %s%s %d/%d packets %d/%d bytes", name(c.Client), name(c.Server), c.Transport, c.Port, c.Protocol, state, c.PacketsUp, c.PacketsDown, c.BytesUp, c.BytesDown))
	}
	for o := range x.Operations() {
		line := fmt.Sprintf("did %s>%s:%d %s %s %s", o.Requester.Addr(), o.Responder.Addr(), o.Port, o.Verb.Protocol, o.Verb.Code, o.Verb.Kind)
		if o.Verb.Technique != "" {
			line += " " + o.Verb.Technique
		}
		if o.Object != "" {
			line += " [" + o.Object + "]"
		}
		if o.Value != "" {
			line += " = " + o.Value
		}
		list = append(list, line+fmt.Sprintf(" %d/%d yes %d no %d", o.Requests, o.Responses, o.Accepted, o.Refused))
	}
	for a := range x.Anomalies() {
		list = append(list, fmt.Sprintf("broke %s>%s %s %s x%d", a.Source.Addr(), a.Destination.Addr(), a.Protocol, a.Text, a.Count))
	}
	slices.Sort(list)
	return list
}

func name(e plant.Endpoint) string {
	s := e.Addr()
	if e.IP.IsValid() && !e.MAC.IsZero() {
		s += "@" + e.MAC.String()
	}
	if e.VLAN != 0 {
		s += fmt.Sprintf("#%d", e.VLAN)
	}
	return s
}

// tsvLog writes a log as Zeek does. A field whose name ends in "[]" is a list.
func tsvLog(path, fields string, rows ...string) string {
	var b strings.Builder
	names, types := strings.Fields(fields), []string{}
	for i, n := range names {
		kind := "string"
		if names[i] = strings.TrimSuffix(n, "[]"); names[i] != n {
			kind = "vector[string]"
		}
		types = append(types, kind)
	}
	fmt.Fprintf(&b, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t%s\n", path)
	fmt.Fprintf(&b, "#fields\t%s\n#types\t%s\n", strings.Join(names, "\t"), strings.Join(types, "\t"))
	for _, r := range rows {
		b.WriteString(strings.Join(splitRow(r), "\t") + "\n")
	}
	b.WriteString("#close\t2024-01-01-00-00-00\n")
	return b.String()
}

// splitRow cuts a row of a test at two blanks.
func splitRow(r string) []string { return strings.Split(strings.TrimSpace(r), "  ") }

// jsonLog writes the same log as JSON lines.
func jsonLog(t testing.TB, path, fields string, rows ...string) string {
	t.Helper()
	var b strings.Builder
	names := strings.Fields(fields)
	for _, r := range rows {
		m := map[string]any{}
		if path != "" {
			m["_path"] = path
		}
		for i, v := range splitRow(r) {
			if v != "-" && v != "(empty)" {
				m[strings.TrimSuffix(names[i], "[]")] = jsonValue(unescapeText([]byte(v)), strings.HasSuffix(names[i], "[]"))
			}
		}
		line, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func jsonValue(v string, list bool) any {
	switch {
	case list:
		return strings.Split(v, ",")
	case v == "T", v == "F":
		return v == "T"
	}
	if v[0] != '-' && v[0] != '"' && json.Valid([]byte(v)) {
		return json.Number(v)
	}
	return v
}

// ids are the columns that almost every log of Zeek begins with.
const ids = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p "

// truth are those that ICSNPP adds.
const truth = "is_orig source_h source_p destination_h destination_p "

func diff(t *testing.T, what string, want, got []string) {
	t.Helper()
	want = slices.Clone(want)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestRowsOfZeek(t *testing.T) {
	for _, x := range zeekCases {
		t.Run(x.path, func(t *testing.T) {
			for kind, text := range map[string]string{
				"tab separated": tsvLog(x.path, x.fields, x.rows...),
				"JSON":          jsonLog(t, x.path, x.fields, x.rows...),
			} {
				table := newTable(t)
				c := read(t, table, x.path+".log", text)
				if len(c.Notes) > 0 || c.Lines != uint64(len(x.rows)) {
					t.Errorf("%s: %d lines read of %d, notes %q", kind, c.Lines, len(x.rows), c.Notes)
				}
				diff(t, kind, x.want, told(table))
			}
		})
	}
}

func TestSameRowsWithoutAName(t *testing.T) {
	for _, x := range zeekCases {
		if x.nameless {
			continue
		}
		table := newTable(t)
		read(t, table, "export.json", jsonLog(t, "", x.fields, x.rows...))
		diff(t, x.path+" told by its columns", x.want, told(table))
	}
}

func TestNameOfTheFileIsTheLastResort(t *testing.T) {
	table := newTable(t)
	c := read(t, table, "dir/smb_files.2024-01-01.log.gz", `{"ts":1,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":50000,"id.resp_h":"10.0.0.2","id.resp_p":445,"action":"SMB::FILE_OPEN"}`+"\n")
	if len(c.Notes) > 0 {
		t.Error(c.Notes)
	}
	diff(t, "smb_files", []string{"here 10.0.0.1", "here 10.0.0.2", "talk 10.0.0.1>10.0.0.2 tcp/445 smb answered established 1/1 packets 0/0 bytes"}, told(table))
}

func TestRowsOfSuricata(t *testing.T) {
	for _, x := range eveCases {
		t.Run(x.name, func(t *testing.T) {
			table := newTable(t)
			text := strings.Join(x.rows, "\n") + "\n"
			if c := read(t, table, "eve.json", text); c.Format != "eve" || len(c.Notes) > 0 {
				t.Errorf("format %q, notes %q", c.Format, c.Notes)
			}
			diff(t, x.name, x.want, told(table))
		})
	}
}

func TestSniff(t *testing.T) {
	for _, x := range []struct {
		name, head string
		format     Format
		ok         bool
	}{
		{"Zeek with tabs", "#separator \\x09\n#fields\tts\n", Zeek, true},
		{"Zeek behind comments", "### a comment\n#separator \\x09\n", Zeek, true},
		{"Zeek without the first line", "#fields\tts\tuid\n", Zeek, true},
		{"Zeek in JSON", `{"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1"}`, Zeek, true},
		{"Zeek in JSON with a path", `{"_path":"conn","ts":"2024-01-01T00:00:00Z"}`, Zeek, true},
		{"Zeek in JSON with nested addresses", `{"ts":1.5,"id":{"orig_h":"10.0.0.1"}}`, Zeek, true},
		{"eve", `{"timestamp":"2024-01-01T00:00:00.000000+0000","event_type":"flow"}`, Eve, true},
		{"eve behind a byte order mark", "\xef\xbb\xbf{\"event_type\" : \"flow\"}", Eve, true},
		{"eve cut in the middle of a line", `{"timestamp":"2024-01-01T00:00:00.000000+0000","event_type":"fl`, Eve, true},
		{"a key's name in a value", `{"message":"event_type"}`, 0, false},
		{"another program's JSON", `{"ts":1.5,"msg":"started"}`, 0, false},
		{"a shell script", "#!/bin/sh\n# fields\n", 0, false},
		{"a capture", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", 0, false},
		{"nothing", "", 0, false},
		{"blanks", " \n\t", 0, false},
	} {
		if f, ok := Sniff([]byte(x.head)); ok != x.ok || f != x.format {
			t.Errorf("%s: %v %v", x.name, f, ok)
		}
	}
}

func TestBadLinesAreCountedAndReadingGoesOn(t *testing.T) {
	text := tsvLog("conn", ids+"proto service", "1.5  C1  10.0.0.1  50000  10.0.0.2  502  tcp  modbus")
	text += "one\ttwo\n" + `{"ts":` + "\n" + "1.5\tC2\t10.0.0.3\t50000\t10.0.0.2\t502\ttcp\tmodbus\n"
	text += strings.Repeat("x", maxLine+10) + "\n" + "1.5\tC3\t10.0.0.4\t50000\t10.0.0.2\t502\ttcp\tmodbus\n"
	table := newTable(t)
	c := read(t, table, "conn.log", text)
	if c.Lines != 3 || len(c.Notes) != 1 || !strings.HasPrefix(c.Notes[0], "3 lines could not be read, the first is line 10: ") {
		t.Errorf("%d lines, notes %q", c.Lines, c.Notes)
	}
	if n := len(slices.Collect(table.Conversations())); n != 3 {
		t.Errorf("%d conversations, want 3", n)
	}
}

func TestUnknownLogsAreNamed(t *testing.T) {
	table := newTable(t)
	c := read(t, table, "x.log", tsvLog("zigbee", "ts uid", "1  C1", "2  C2")+tsvLog("stats", "ts peer", "1  zeek"))
	want := []string{"1 rows of stats were left out: it is about the sensor", "2 rows of zigbee were left out: such logs are not read"}
	if d := cmp.Diff(want, c.Notes); d != "" {
		t.Error(d)
	}
}

func TestRowsBeforeTheHeader(t *testing.T) {
	table := newTable(t)
	c := read(t, table, "x.log", "#separator \\x09\n1\t2\t3\n")
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "line 2") {
		t.Error(c.Notes)
	}
}

func TestSeveralLogsInOneFile(t *testing.T) {
	table := newTable(t)
	read(t, table, "all.log", tsvLog("known_hosts", "ts host", "1  10.0.0.1")+tsvLog("software", "ts host software_type name unparsed_version", "2  10.0.0.2  HTTP::SERVER  x  Boa/0.94"))
	diff(t, "both", []string{"fact 10.0.0.1 address=10.0.0.1 (ip.known-hosts)", "fact 10.0.0.2 software=Boa/0.94 (zeek.software)"}, told(table))
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"1583869914.742999":               "2020-03-10T19:51:54.742999Z",
		"1583869914":                      "2020-03-10T19:51:54Z",
		"1583869914742":                   "2020-03-10T19:51:54.742Z",
		"2020-03-10T19:51:54.742999Z":     "2020-03-10T19:51:54.742999Z",
		"2020-03-10T20:51:54.742999+0100": "2020-03-10T19:51:54.742999Z",
		"2020-03-10T20:51:54+01:00":       "2020-03-10T19:51:54Z",
		"XXXXXXXXXX.XXXXXX":               "",
		"-1":                              "",
		"99999999999999999999":            "",
		"":                                "",
	} {
		got := ""
		if ns := parseTime([]byte(text)); ns != 0 {
			got = stamp(ns).Format("2006-01-02T15:04:05.999999999Z07:00")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSpanOfALog(t *testing.T) {
	table := newTable(t)
	c := read(t, table, "conn.log", tsvLog("conn", ids+"proto duration orig_pkts resp_pkts orig_ip_bytes resp_ip_bytes",
		"1000.5  C1  10.0.0.1  50000  10.0.0.2  502  tcp  10.25  4  3  400  300", "900.5  C2  10.0.0.1  50001  10.0.0.2  502  tcp  -  1  0  60  0"))
	if c.Packets != 8 || c.Bytes != 760 || c.First.Unix() != 900 || c.Last.Unix() != 1000 {
		t.Errorf("%+v", c)
	}
	for k := range table.Conversations() {
		if k.Flows != 2 || k.First.UnixMilli() != 900500 || k.Last.UnixMilli() != 1010750 || k.Packet != plant.NewPacketRef(0, 8) {
			t.Errorf("%+v", k)
		}
	}
}

// TestDetailsAreNotCountedTwice holds that the log of all messages and the logs
// that tell more about some of them give each message once.
func TestDetailsAreNotCountedTwice(t *testing.T) {
	header := tsvLog("bacnet", ids+"is_orig bvlc_function pdu_type pdu_service invoke_id result_code",
		"1  C1  10.0.0.1  47808  10.0.0.2  47808  T  Original_Unicast_NPDU  CONFIRMED_REQUEST  write_property  1  -",
		"1  C1  10.0.0.1  47808  10.0.0.2  47808  F  Original_Unicast_NPDU  SIMPLE_ACK  write_property  1  -",
		"1  C1  10.0.0.1  47808  10.0.0.2  47808  T  Original_Unicast_NPDU  CONFIRMED_REQUEST  write_property  2  -",
		"1  C1  10.0.0.1  47808  10.0.0.2  47808  F  Original_Unicast_NPDU  SIMPLE_ACK  write_property  2  -")
	detail := tsvLog("bacnet_property", ids+"is_orig invoke_id pdu_service object_type instance_number property array_index value",
		"1  C1  10.0.0.1  47808  10.0.0.2  47808  T  1  write-property  analog-output  101  present-value  -  55.0")
	want := []string{
		"did 10.0.0.1>10.0.0.2:47808 bacnet c.15 write T0855 1/1 yes 1 no 0",
		"did 10.0.0.1>10.0.0.2:47808 bacnet c.15 write T0855 [analog-output 101 present-value] = 55.0 1/1 yes 1 no 0",
	}
	for _, order := range [][]string{{header, detail}, {detail, header}} {
		table := newTable(t)
		for _, text := range order {
			read(t, table, "x.log", text)
		}
		got := slices.DeleteFunc(told(table), func(s string) bool { return !strings.HasPrefix(s, "did") })
		diff(t, "operations", want, got)
	}
}

func TestMACAddressesOfOneLogHelpTheOthers(t *testing.T) {
	table := newTable(t)
	read(t, table, "known.log", tsvLog("s7comm_known_devices", ids+"automation_system_name module_name", "1  C1  10.0.0.1  50000  10.0.0.2  102  PLC1  CPU 315-2 PN/DP"))
	read(t, table, "conn.log", tsvLog("conn", ids+"proto orig_pkts resp_pkts orig_l2_addr resp_l2_addr vlan",
		"1  C1  10.0.0.1  50000  10.0.0.2  102  tcp  1  1  00:0c:29:00:00:01  00:1b:1b:00:00:02  7"))
	got := told(table)
	if !slices.Contains(got, "fact 10.0.0.2@00:1b:1b:00:00:02#7 name=PLC1 (s7comm.szl)") {
		t.Error(got)
	}
}

func TestSecretsAreNotKept(t *testing.T) {
	table := newTable(t)
	read(t, table, "bacnet_device_control.log", tsvLog("bacnet_device_control", ids+"is_orig invoke_id pdu_service time_duration device_state password result result_code",
		"1  C1  10.0.0.1  47808  10.0.0.2  47808  T  1  reinitialized_device  -  coldstart  hunter2  -  -"))
	read(t, table, "snmp.log", tsvLog("snmp", ids+"version community get_requests get_responses", "1  C1  10.0.0.1  50000  10.0.0.2  161  2c  hunter2  1  1"))
	read(t, table, "ftp.log", tsvLog("ftp", ids+"user password command", "1  C1  10.0.0.1  50000  10.0.0.2  21  admin  hunter2  RETR"))
	read(t, table, "roc.log", tsvLog("roc_plus_login", ids+"operator_id password", "1  C1  10.0.0.1  50000  10.0.0.2  4000  LOI  hunter2"))
	read(t, table, "eve.json", `{"timestamp":"2024-01-01T00:00:00.000000+0000","event_type":"ftp","src_ip":"10.0.0.1","src_port":50000,"dest_ip":"10.0.0.2","dest_port":21,"proto":"TCP","ftp":{"command":"PASS","command_data":"hunter2"}}`+"\n")
	for _, line := range told(table) {
		if strings.Contains(line, "hunter2") {
			t.Error(line)
		}
	}
}

func TestTablesAreBounded(t *testing.T) {
	table := newTable(t)
	limit := table.ends.max
	var b strings.Builder
	for i := range 3 * limit {
		fmt.Fprintf(&b, `{"_path":"modbus","ts":1,"uid":"C%d","id.orig_h":"10.%d.%d.%d","id.orig_p":50000,"id.resp_h":"10.0.0.1","id.resp_p":502,"func":"F%d"}`+"\n", i, i>>16&255, i>>8&255, i&255, i)
	}
	read(t, table, "modbus.log", b.String())
	if n := len(table.ends.list); n > limit {
		t.Errorf("%d endpoints, the bound is %d", n, limit)
	}
	if n := len(table.operations.list); n > 2*limit {
		t.Errorf("%d operations, the bound is %d", n, 2*limit)
	}
	if n := len(table.unknown); n > maxUnknown+1 {
		t.Errorf("%d unknown verbs, the bound is %d", n, maxUnknown)
	}
	if table.Lost() == 0 {
		t.Error("nothing was lost")
	}
}

func TestPairsAreBounded(t *testing.T) {
	p := newPairTable()
	for i := range 3 * maxWaiting {
		p.wait(pairKey{hash: uint64(i)}, uint32(i))
	}
	if len(p.index) != maxWaiting {
		t.Errorf("%d requests wait, the bound is %d", len(p.index), maxWaiting)
	}
	if _, ok := p.answered(pairKey{hash: 3*maxWaiting - 1}); !ok {
		t.Error("the last request was forgotten")
	}
	if _, ok := p.answered(pairKey{hash: 1}); ok {
		t.Error("the first request still waits")
	}
}
