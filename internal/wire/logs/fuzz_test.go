package logs

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// seeds are logs of every kind.
func seeds(t testing.TB) (list []string) {
	for _, x := range zeekCases {
		list = append(list, tsvLog(x.path, x.fields, x.rows...), jsonLog(t, x.path, x.fields, x.rows...))
	}
	for _, x := range eveCases {
		list = append(list, strings.Join(x.rows, "\n")+"\n")
	}
	return list
}

// FuzzRead holds that whatever the bytes are, every line is a row, a bad one or
// a directive; that what is told is sound; and that reading is repeatable.
func FuzzRead(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add([]byte(s), false)
	}
	f.Add([]byte("#separator |\n#fields|ts|id.orig_h\n1|10.0.0.1\n"), false)
	f.Add([]byte("{}\n{\"ts\":1}\n\n#\n"), true)
	f.Fuzz(func(t *testing.T, b []byte, eve bool) {
		format := Zeek
		if eve {
			format = Eve
		}
		first, second := newTable(t), newTable(t)
		c, d := plant.Capture{File: "x.log"}, plant.Capture{File: "x.log"}
		first.Read(format, bytes.NewReader(b), 0, &c)
		second.Read(format, pieces{bytes.NewReader(b)}, 0, &d)
		if n := uint64(bytes.Count(b, []byte{'\n'})) + 1; c.Lines > n {
			t.Errorf("%d rows in %d lines", c.Lines, n)
		}
		if c.Lines != d.Lines || c.Packets != d.Packets || len(c.Notes) != len(d.Notes) {
			t.Errorf("read in pieces it tells otherwise: %+v, %+v", c, d)
		}
		if x, y := strings.Join(told(first), "\n"), strings.Join(told(second), "\n"); x != y {
			t.Errorf("read in pieces it tells otherwise:\n%s\n\n%s", x, y)
		}
		sound(t, first)
	})
}

// pieces hands out few bytes at a time.
type pieces struct{ r *bytes.Reader }

func (r pieces) Read(b []byte) (int, error) { return r.r.Read(b[:min(len(b), 7)]) }

func sound(t *testing.T, x *Table) {
	t.Helper()
	for s := range x.Sightings() {
		if s.Value == "" || len(s.Value) > 2*maxValue || !utf8.ValidString(s.Value) || s.Count == 0 || s.Source == "" {
			t.Errorf("unsound fact: %+v", s)
		}
		if !s.Endpoint.IP.IsValid() && s.Endpoint.MAC.IsZero() {
			t.Errorf("a fact about nobody: %+v", s)
		}
	}
	for c := range x.Conversations() {
		if c.Protocol == "" || c.Flows == 0 || c.First.After(c.Last) && !c.Last.IsZero() {
			t.Errorf("unsound conversation: %+v", c)
		}
	}
	for o := range x.Operations() {
		if o.Accepted+o.Refused > o.Responses || o.Verb.Code == "" || o.Verb.Protocol == "" || !utf8.ValidString(o.Object+o.Value) {
			t.Errorf("unsound operation: %+v", o)
		}
	}
}

// FuzzFlatten holds that what the standard library takes for a JSON object is
// read, unless it is nested too deep.
func FuzzFlatten(f *testing.F) {
	for _, x := range eveCases {
		f.Add([]byte(x.rows[0]))
	}
	f.Add([]byte(`{"id":{"orig_h":"\u00e4\ud83d\ude00\n"},"a":[1,[2,null],{"b":true}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.TrimSpace(b)
		table := newTable(t)
		d := table.descriptions[Zeek]
		r := row{values: make([][]byte, len(d.columns))}
		x := flattener{desc: d}
		err := x.flatten(bytes.Clone(b), &r)
		if err != nil && json.Valid(b) && b[0] == '{' && depth(b) < maxDepth {
			t.Errorf("%v: %s", err, b)
		}
	})
}

func depth(b []byte) (deepest int) {
	n := 0
	for _, c := range b {
		switch c {
		case '{', '[':
			n++
			deepest = max(deepest, n)
		case '}', ']':
			n--
		}
	}
	return deepest
}

// TestTruncation reads every log up to many places in it.
func TestTruncation(t *testing.T) {
	for _, s := range seeds(t) {
		for n := 0; n < len(s); n += len(s)/50 + 1 {
			table := newTable(t)
			c := plant.Capture{File: "x.log"}
			f, _ := Sniff([]byte(s[:min(n, SniffLen)]))
			table.Read(f, strings.NewReader(s[:n]), 0, &c)
			sound(t, table)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	row := "1583869914.742999\tCHU8iN3o3aPSSlPoXk\t10.10.20.5\t20000\t10.10.20.8\t20000\ttcp\tdnp3_tcp\t10.500000\t1200\t900\tSF\t-\t-\t0\tShADadfF\t20\t2000\t18\t1800\t-\n"
	fields := "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents"
	eve := eveCases[eveIndex("modbus")].rows[0] + "\n"
	detailed := zeekCases[zeekIndex("modbus_detailed")]
	for _, x := range []struct{ name, text string }{
		{"conn", tsvLog("conn", fields) + strings.Repeat(row, 2000)},
		{"modbus_detailed", tsvLog("modbus_detailed", detailed.fields) + strings.Repeat(strings.ReplaceAll(detailed.rows[0], "  ", "\t")+"\n", 2000)},
		{"eve", strings.Repeat(eve, 2000)},
	} {
		b.Run(x.name, func(b *testing.B) {
			f, _ := Sniff([]byte(x.text[:SniffLen]))
			table := newTable(b)
			b.SetBytes(int64(len(x.text)))
			b.ReportAllocs()
			for b.Loop() {
				c := plant.Capture{File: "x"}
				table.Read(f, strings.NewReader(x.text), 0, &c)
			}
		})
	}
}

func eveIndex(name string) int {
	for i := range eveCases {
		if eveCases[i].name == name {
			return i
		}
	}
	return -1
}

func zeekIndex(path string) int {
	for i := range zeekCases {
		if zeekCases[i].path == path {
			return i
		}
	}
	return -1
}
