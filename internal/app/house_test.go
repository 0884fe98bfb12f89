package app

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

const module = "github.com/bulkhead-ot/bulkhead/"

// mayImport says what each floor may use of the floors below, and why. The
// longest prefix that fits a package decides; packages of one row may import
// each other where the row names itself.
var mayImport = []struct {
	pkg, why string
	uses     []string
}{
	{"protocol/", "bytes in, values out: nothing but the standard library and other decoders", []string{"protocol/"}},
	{"internal/plant", "words know nothing but themselves", nil},
	{"internal/plant/model", "the plant's own words speak of assets", []string{"internal/plant"}},
	{"internal/plant/policy", "what a boundary lets through, made from the plant's own words", []string{"internal/plant"}},
	{"internal/wire/packet", "decodes frames into plant's addresses", []string{"internal/plant"}},
	{"internal/wire/capture", "reads files and interfaces", nil},
	{"internal/wire/capture/live", "reads frames of an interface", []string{"internal/plant", "internal/wire/packet", "internal/wire/capture"}},
	{"internal/wire/confine", "takes rights from this process", nil},
	{"internal/wire/ring", "keeps packets on disk and cuts those out that match", []string{"internal/plant", "internal/wire/packet", "internal/wire/capture"}},
	{"internal/wire/session", "finds the conversation of a packet", []string{"internal/plant", "internal/wire/packet"}},
	{"internal/wire/dissect", "turns decoded messages into observations", []string{"internal/plant", "internal/wire/packet", "internal/wire/capture", "internal/wire/session", "internal/wire/dissect", "protocol/"}},
	{"internal/wire/sensor", "runs the engines", []string{"internal/plant", "internal/wire/packet", "internal/wire/capture", "internal/wire/dissect"}},
	{"internal/wire/logs", "turns other sensors' logs into observations", []string{"internal/plant", "internal/wire/capture"}},
	{"internal/judge/", "pure functions of plant values", []string{"internal/plant", "internal/judge/"}},
	{"internal/keep/history", "keeps conversations and operations as Parquet", []string{"internal/plant"}},
	{"internal/keep/store", "keeps state in SQL and judges nothing", []string{"internal/plant"}},
	{"internal/keep/store/pgtest", "a database server for tests", nil},
	{"internal/keep/ledger", "keeps the log of acts in files of its own and knows none of them", nil},
	{"internal/keep/bus", "carries batches from sensors to the hub", []string{"internal/plant"}},
	{"internal/act/", "talks to one outside thing and to nothing else of ours", []string{"internal/plant"}},
	{"internal/act/export", "lists the brands of firewalls; each brand is a package that shares words with the others and knows none of them", []string{"internal/plant", "internal/act/export"}},
	{"internal/act/relay", "reads messages with the decoders and calls them by the sensor's verbs: one table says what a message does", []string{"internal/plant", "internal/wire/dissect", "protocol/"}},
	{"internal/serve/account", "says who may do what, with what the store keeps", []string{"internal/plant", "internal/keep/store"}},
	{"internal/serve/revision", "has policies judged, approved and put into force, with what the store keeps", []string{"internal/plant", "internal/judge/", "internal/keep/store", "internal/keep/history", "internal/serve/account"}},
	{"internal/serve/cert", "has the listener's certificates and knows nothing of what it serves", nil},
	{"internal/serve/sheet", "writes tables and knows no plant", nil},
	{"internal/serve/report", "shows what was found", []string{"internal/plant"}},
	{"internal/serve/api", "asks the store and the judges and answers over HTTP", []string{"internal/plant", "internal/judge/", "internal/keep/", "internal/serve/"}},
	{"lab", "makes traffic of a plant that does not exist", []string{"lab", "internal/plant", "internal/wire/capture", "protocol/"}},
	{"console", "the web console's files, and nothing else", nil},
	{"internal/app", "wires everything together", []string{""}},
	{"cmd/bulkhead", "flags in, calls, text out", []string{"console", "internal/app", "internal/plant", "internal/keep/ledger", "internal/serve/account", "internal/serve/cert", "internal/serve/report", "internal/wire/capture", "lab"}},
	{"test/", "holds the whole program from outside; tests only", []string{""}},
	{"internal/tool/", "programs that make files of this repository", []string{""}},
}

type goPackage struct {
	ImportPath, Dir string
	Imports         []string
	GoFiles         []string
	Standard        bool
}

func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Imports,GoFiles,Standard"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, p := range goList(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		row := -1
		for i, r := range mayImport {
			if (name == r.pkg || strings.HasPrefix(name, strings.TrimSuffix(r.pkg, "/")+"/")) && (row < 0 || len(r.pkg) > len(mayImport[row].pkg)) {
				row = i
			}
		}
		if row < 0 {
			t.Errorf("%s stands on no floor: give it a row in mayImport", name)
			continue
		}
		for _, imp := range p.Imports {
			used, ours := strings.CutPrefix(imp, module)
			if !ours {
				if strings.HasPrefix(name, "protocol/") && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") {
					t.Errorf("%s imports %s: decoders use the standard library only", name, imp)
				}
				continue
			}
			allowed := slices.ContainsFunc(mayImport[row].uses, func(u string) bool {
				return u == "" || used == strings.TrimSuffix(u, "/") || strings.HasPrefix(used, strings.TrimSuffix(u, "/")+"/")
			})
			if !allowed {
				t.Errorf("%s imports %s, but it %s", name, used, mayImport[row].why)
			}
		}
	}
}

func TestEveryPackageHasADoc(t *testing.T) {
	for _, p := range goList(t, "./...") {
		if len(p.GoFiles) == 0 {
			continue
		}
		var doc string
		eachFile(t, p, func(_ string, f *ast.File) {
			if f.Doc != nil {
				doc += f.Doc.Text()
			}
		})
		if len(strings.Fields(doc)) < 8 {
			t.Errorf("%s: its package doc says too little: %q", p.ImportPath, doc)
		}
	}
}

func TestNothingRegistersItself(t *testing.T) {
	for _, p := range goList(t, "./...") {
		eachFile(t, p, func(file string, f *ast.File) {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s has an init function: use an explicit list", file)
				}
			}
		})
	}
}

// TestExportedNamesHaveDocs holds that every exported function, type and method
// of the packages that others build on says what it is for.
func TestExportedNamesHaveDocs(t *testing.T) {
	for _, p := range goList(t, "./...") {
		eachFile(t, p, func(file string, f *ast.File) {
			for _, d := range f.Decls {
				if name, doc := exported(d); name != "" && doc == nil {
					t.Errorf("%s: %s has no comment", file, name)
				}
			}
		})
	}
}

// exported is the name of an exported top-level declaration and its comment.
func exported(d ast.Decl) (string, *ast.CommentGroup) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() || d.Recv != nil && !receiverExported(d.Recv) {
			return "", nil
		}
		return d.Name.Name, d.Doc
	case *ast.GenDecl:
		if d.Tok != token.TYPE || len(d.Specs) != 1 {
			return "", nil
		}
		s := d.Specs[0].(*ast.TypeSpec)
		if !s.Name.IsExported() {
			return "", nil
		}
		return s.Name.Name, d.Doc
	}
	return "", nil
}

func receiverExported(r *ast.FieldList) bool {
	t := r.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	if g, ok := t.(*ast.IndexExpr); ok {
		t = g.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

func eachFile(t *testing.T, p goPackage, do func(string, *ast.File)) {
	t.Helper()
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		do(strings.TrimPrefix(path, filepath.Dir(filepath.Dir(p.Dir))+"/"), f)
	}
}

// TestModulesInTheBinary shows a new dependency in review: the golden file lists
// every module that the binary is made of.
func TestModulesInTheBinary(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/bulkhead")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	modules := slices.Compact(slices.Sorted(slices.Values(strings.Fields(string(out)))))
	golden(t, "modules.txt", strings.Join(modules, "\n")+"\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with go test ./internal/app -update)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got); if that is meant, run go test ./internal/app -update:\n%s", name, d)
	}
}
