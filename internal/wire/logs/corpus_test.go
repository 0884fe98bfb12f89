package logs

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// corpus are the logs that Zeek with ICSNPP wrote for captures of the corpus.
const corpus = "../../../../shared/corpus"

// TestCorpus holds the reader against logs that Zeek itself wrote: as many rows
// as the file has, nothing left over, and what they are known to tell.
func TestCorpus(t *testing.T) {
	for _, x := range []struct {
		folder string
		want   []string
	}{
		{"bsap/bsap-ip_example.zeek", []string{
			"did 192.168.5.211>192.168.5.210:1234 bsap poll other 1682/0 yes 0 no 0",
			"did 192.168.5.211>192.168.5.210:1234 bsap 0x80 write T0855 [signal Addr 0x1100] 2/2 yes 0 no 0",
		}},
		{"genisys/genisys.zeek", []string{
			"did 172.27.0.3>172.27.0.2:10001 genisys 0xfb read T0801 [unit 1] 313/0 yes 0 no 0",
			"did 172.27.0.2>172.27.0.3:10001 genisys 0xf1 other [unit 1] 217/0 yes 0 no 0",
			"did 172.27.0.3>172.27.0.2:10001 genisys 0xfd read T0801 [unit 1] 31/0 yes 0 no 0",
			"did 172.27.0.2>172.27.0.3:10001 genisys 0xf2 read T0801 [unit 1] 127/0 yes 0 no 0",
		}},
		{"genisys/genisys_otherport.zeek", []string{
			"did 172.27.0.3>172.27.0.2:10002 genisys 0xfb read T0801 [unit 1] 313/0 yes 0 no 0",
		}},
		{"s7comm/s7ident.zeek", []string{
			"fact 172.17.0.2 name=SNAP7-SERVER (s7comm.szl)",
			"fact 172.17.0.2 product=CPU 315-2 PN/DP (s7comm.szl)",
			"fact 172.17.0.2 serial=S C-C2UR28922012 (s7comm.szl)",
			"did 172.17.0.2>172.17.0.2:102 cotp 0xe0 other 1/1 yes 1 no 0",
			"did 172.17.0.2>172.17.0.2:102 s7comm ud.4.1 read T0888 5/5 yes 5 no 0",
			"did 172.17.0.2>172.17.0.2:102 s7comm 0x1d program T0845 4/0 yes 0 no 0",
			"did 172.17.0.2>172.17.0.2:102 s7comm 0x04 read T0801 1/1 yes 1 no 0",
			"did 172.17.0.2>172.17.0.2:102 s7comm 0xf0 other 1/1 yes 1 no 0",
		}},
		{"s7comm-plus/s7comm_plus.zeek", []string{
			"did 192.168.0.33>192.168.0.1:102 s7comm 0x05 write T0855 8/8 yes 8 no 0",
			"did 192.168.0.1>192.168.0.3:102 s7comm-plus 0x33 read T0801 79/0 yes 0 no 0",
			"did 192.168.0.3>192.168.0.1:102 s7comm-plus 0x04f2 write T0855 26/0 yes 0 no 0",
			"did 192.168.0.3>192.168.0.1:102 s7comm-plus 0x054c read T0801 6/6 yes 0 no 0",
		}},
	} {
		t.Run(x.folder, func(t *testing.T) {
			files, _ := filepath.Glob(filepath.Join(corpus, x.folder, "*.log"))
			if len(files) == 0 {
				t.Skipf("%s is missing", filepath.Join(corpus, x.folder))
			}
			table := newTable(t)
			for i, file := range files {
				readWhole(t, table, file, i)
			}
			got := told(table)
			for _, w := range x.want {
				if !slices.Contains(got, w) {
					t.Errorf("missing: %s\namong %s", w, strings.Join(got, "\n"))
				}
			}
		})
	}
}

func readWhole(t *testing.T, table *Table, file string, index int) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := Sniff(b[:min(len(b), SniffLen)])
	if !ok {
		t.Fatalf("%s is not taken for a log", file)
	}
	rows := uint64(0)
	for line := range bytes.Lines(b) {
		if line[0] != '#' {
			rows++
		}
	}
	c := plant.Capture{File: file}
	table.Read(f, bytes.NewReader(b), index, &c)
	if c.Lines != rows || len(c.Notes) > 0 {
		t.Errorf("%s: %d rows of %d read, notes %q", file, c.Lines, rows, c.Notes)
	}
}
