package model

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

var comparePrefix = cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })

// today is the day of the tests.
var today = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// TestMistakes reads texts with mistakes that people make and compares what is
// said of each with a file beside it, as plant check prints it.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/mistake/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d texts: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, problems := Parse(string(text), today)
			if len(problems) == 0 {
				t.Fatal("no problem is found")
			}
			if (m == nil) != HasError(problems) {
				t.Errorf("the model is %v", m)
			}
			var b strings.Builder
			for _, p := range problems {
				b.WriteString(p.String() + "\n" + Excerpt(string(text), p) + "\n")
				if p.Path != "" {
					b.WriteString("      (" + p.Path + ")\n")
				}
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

func parsed(t testing.TB, text string) *Model {
	t.Helper()
	m, problems := Parse(text, time.Time{})
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

func example(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/plant.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExample(t *testing.T) {
	m, problems := Parse(example(t), today)
	if m == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	if m.Line("line-2").Owners.Operations != "bernd" || m.Zone("dmz").Kind != ZoneDMZ || len(m.Conduits) < 2 || m.Windows[0].From != ClockAt(6, 0) {
		t.Errorf("%+v", m)
	}
	again, problems := Parse(m.Marshal(), today)
	if again == nil || len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, m.Marshal())
	}
	if d := cmp.Diff(m, again, comparePrefix); d != "" {
		t.Error(d)
	}
	if d := Diff(m, again); len(d) > 0 {
		t.Error(d)
	}
}

// TestHostile reads what nobody writes by mistake: it is refused quickly and
// said why.
func TestHostile(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an alias bomb", "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n", "anchors and aliases"},
		{"a merge", "site: x\nowners: { <<: *base }\n", "anchors and aliases"},
		{"deep brackets", "site: " + strings.Repeat("[", 3000), "nested too deeply"},
		{"deep brackets over lines", "site:\n" + strings.Repeat(" [\n", 100_000), "nested too deeply"},
		{"deep lists", "site:\n  " + strings.Repeat("- ", 2000) + "x\n", "nested too deeply"},
		{"tags", "site: " + strings.Repeat("!!x ", 1000) + "\n", "tags"},
		{"a long line", "site: " + strings.Repeat("x", 10_000), "at most 4096"},
		{"too much", strings.Repeat("# comment\n", MaxText/10+1), "at most"},
		{"no UTF-8", "site: \xff\n", "no UTF-8"},
		{"NUL", "site: a\x00b\n", "U+0000"},
		{"nothing", "", "nothing in it"},
		{"comments only", "# hello\n", "nothing in it"},
		{"two documents", "site: a\n---\nsite: b\n", "second document"},
		{"a list", "- a\n- b\n", "where keys are expected"},
		{"one word", "hello\n", "where keys are expected"},
		{"a directive", "%YAML 1.2\n---\nsite: a\n", "directives"},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := time.Now()
			m, problems := Parse(c.text, today)
			if m != nil || len(problems) == 0 || !strings.Contains(problems[0].String(), c.want) {
				t.Errorf("%v %.400v", m, problems)
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestBomsAndLineEnds(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll(example(t), "\n", "\r\n")
	if d := cmp.Diff(parsed(t, example(t)), parsed(t, text), comparePrefix); d != "" {
		t.Error(d)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example(f))
	files, _ := filepath.Glob("testdata/mistake/*.yaml")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, problems := Parse(text, today)
		if (m == nil) != HasError(problems) {
			t.Fatalf("a model and an error: %v", problems)
		}
		lines := strings.Count(text, "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Length < 1 || p.Message == "" {
				t.Fatalf("%+v", p)
			}
			Excerpt(text, p)
		}
		if m == nil {
			return
		}
		again, problems := Parse(m.Marshal(), time.Time{})
		if again == nil {
			t.Fatalf("%v\n%s", problems, m.Marshal())
		}
		if d := Diff(m, again); len(d) > 0 {
			t.Fatalf("%v\n%s", d, m.Marshal())
		}
		NewPlacer(m).Place(&Facts{ID: "a"})
		m.NextWindow("", today)
	})
}
