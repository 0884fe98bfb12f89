// Command gen packs the IEEE's registries of MAC address blocks into oui.bin.
//
// It reads the JSON of the npm package oui-data (MA-L, MA-M and MA-S: an object
// from hexadecimal prefix to the holder's name and address, one line each) and
// the registry of IABs as CSV, which that package lacks; docs/decisions/0003-oui.md
// says how to get both.
package main

import (
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	registry := flag.String("json", "index.json", "index.json of oui-data")
	iab := flag.String("iab", "", "iab.csv of the IEEE; optional")
	date := flag.String("date", "", "day of the registry, 2006-01-02")
	out := flag.String("o", "oui.bin", "file to write")
	flag.Parse()
	if err := run(*registry, *iab, *date, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(registry, iab, date, out string) error {
	if len(date) != len("2006-01-02") {
		return errors.New("say the registry's day with -date")
	}
	blocks, err := readJSON(registry)
	if err != nil {
		return err
	}
	if iab != "" {
		if err := readCSV(iab, blocks); err != nil {
			return err
		}
	}
	return os.WriteFile(out, pack(blocks, date), 0o644)
}

// readJSON reads prefixes of 6, 7 and 9 hexadecimal digits with their holders.
func readJSON(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	blocks := make(map[string]string)
	if err := json.Unmarshal(b, &blocks); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for prefix, holder := range blocks {
		holder, _, _ = strings.Cut(holder, "\n")
		blocks[prefix] = holder
	}
	return blocks, nil
}

// readCSV adds the blocks of an IEEE registry in CSV that blocks lacks.
func readCSV(path string, blocks map[string]string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if _, err := hex.DecodeString(row[1] + "0"); err != nil || blocks[row[1]] != "" {
			continue // the heading, or a block known from the newer registry
		}
		blocks[row[1]] = row[2]
	}
}

// pack lays out the file as package oui describes it.
func pack(blocks map[string]string, date string) []byte {
	var names []byte
	at := make(map[string]int)
	tables := map[int][]byte{}
	for _, prefix := range sorted(blocks) {
		name := short(blocks[prefix])
		if name == "" {
			continue
		}
		if _, ok := at[name]; !ok {
			at[name] = len(names)
			names = append(append(names, byte(len(name))), name...)
		}
		key, _ := hex.DecodeString(prefix + strings.Repeat("0", len(prefix)%2))
		o := at[name]
		tables[len(prefix)] = append(append(tables[len(prefix)], key...), byte(o>>16), byte(o>>8), byte(o))
	}
	b := append([]byte("OUI1"), date...)
	for digits, size := range map[int]int{6: 6, 7: 7, 9: 8} {
		if len(tables[digits])%size != 0 {
			panic("records of unequal size")
		}
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(tables[6])/6))
	b = binary.BigEndian.AppendUint32(b, uint32(len(tables[7])/7))
	b = binary.BigEndian.AppendUint32(b, uint32(len(tables[9])/8))
	return append(b, slices.Concat(tables[6], tables[7], tables[9], names)...)
}

func sorted(blocks map[string]string) []string {
	keys := make([]string, 0, len(blocks))
	for k := range blocks {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// forms are the company forms that follow a name.
var forms = regexp.MustCompile(`(?i)[\s,.]+(inc|incorporated|ltd|limited|llc|l\.l\.c|corp|corporation|co|company|gmbh|ag|kg|kgaa|mbh|& co|s\.?a|s\.?a\.?s|s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|a/s|as|ab|oy|oyj|plc|pte|pty|sp\. z o\.o|s\.r\.o|k\.k|e\.k|ug|\(pty\)|\(pte\))[.,\s]*$`)

// short is a holder's name without company form, or "" for one who is hidden.
func short(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if name == "Private" || name == "IEEE Registration Authority" {
		return ""
	}
	for {
		cut := strings.TrimRight(forms.ReplaceAllString(name, ""), " ,.&")
		if cut == name || len(cut) < 2 {
			break
		}
		name = cut
	}
	if len(name) > 255 {
		name = name[:255]
	}
	return name
}
