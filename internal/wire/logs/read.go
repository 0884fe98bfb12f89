package logs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// maxLine bounds a line: Suricata's longest, with a payload in it, stay below
// this.
const maxLine = 1 << 20

// maxNames bounds the log names that are told apart in notes.
const maxNames = 64

var errLong = errors.New("a line of more than 1 MiB")

// reading is one log being read.
type reading struct {
	table *Table
	desc  *description
	info  *plant.Capture
	index int
	line  uint64
	row   row
	tsv   *tsv
	stem  string // log name that the file's name suggests
	span  span

	bad      uint64
	badLine  uint64 // the first
	badError error
	unread   map[string]uint64 // rows by the name of their log
}

// Read reads a log to its end. index is its position in the list of inputs; info
// gets its counts, and notes on what was not read. Damage never ends the reading
// of a plain file; a compressed file that is damaged is read up to there.
func (t *Table) Read(f Format, in io.Reader, index int, info *plant.Capture) {
	d := t.descriptions[f]
	x := &reading{table: t, desc: d, info: info, index: index, tsv: newTSV(d), stem: stem(info.File), unread: map[string]uint64{}}
	x.row.values = make([][]byte, len(d.columns))
	info.Format = f.String()
	switch err := x.lines(in); {
	case err == nil:
	case errors.Is(err, io.ErrUnexpectedEOF):
		info.Truncated = true
	default:
		info.Truncated = true
		info.Problem = err.Error()
	}
	x.finish()
}

// stem is the log name in a file name: "conn.2024-01-01.log.gz" is "conn".
func stem(file string) string {
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	return name
}

// lines reads all lines.
func (x *reading) lines(in io.Reader) error {
	b := bufio.NewReaderSize(in, 64<<10)
	var long []byte
	for {
		part, err := b.ReadSlice('\n')
		switch {
		case err == bufio.ErrBufferFull:
			if len(long) <= maxLine {
				long = append(long, part...)
			}
			continue
		case err != nil && err != io.EOF:
			return err
		}
		line := part
		if len(long) > 0 {
			line = append(long, part...)
			long = long[:0]
		}
		if len(line) > 0 {
			x.read(bytes.TrimRight(line, "\r\n"))
		}
		if err == io.EOF {
			return nil
		}
	}
}

// read reads one line.
func (x *reading) read(line []byte) {
	x.line++
	if x.line == 1 {
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	if len(line) == 0 {
		return
	}
	if line[0] == '#' {
		x.tsv.directive(line)
		return
	}
	r := &x.row
	r.reset()
	r.ref = plant.NewPacketRef(x.index, x.line)
	if err := x.parse(line, r); err != nil {
		x.damaged(err)
		return
	}
	x.info.Lines++
	switch {
	case r.spec == nil, r.spec.skip != "":
		x.skipped(x.name(r))
	default:
		x.take(r)
	}
}

func (x *reading) parse(line []byte, r *row) error {
	if len(line) > maxLine {
		return errLong
	}
	if line[0] != '{' {
		return x.tsv.row(line, r)
	}
	f := &x.table.json
	f.desc = x.desc
	if err := f.flatten(line, r); err != nil {
		return err
	}
	r.spec = x.identify(r)
	return nil
}

// identify finds out which log a row of JSON belongs to: it says so, its columns
// tell, or the name of the file does.
func (x *reading) identify(r *row) *logSpec {
	if name := r.get(x.desc.path); len(name) > 0 {
		return x.desc.spec(string(name))
	}
	var best *logSpec
	for _, s := range x.desc.keyed {
		if (best == nil || len(s.keys) > len(best.keys)) && s.fits(r) {
			best = s
		}
	}
	if best != nil {
		return best
	}
	return x.desc.spec(x.stem)
}

func (s *logSpec) fits(r *row) bool {
	for _, k := range s.keys {
		if len(r.either(k)) == 0 {
			return false
		}
	}
	return len(s.keys) > 0
}

// name is what to call a log that is not known.
func (x *reading) name(r *row) string {
	switch name := r.get(x.desc.path); {
	case len(name) > 0:
		return tidy(name)
	case x.tsv.name != "":
		return tidy([]byte(x.tsv.name))
	}
	return x.stem
}

func (x *reading) skipped(name string) {
	if _, ok := x.unread[name]; !ok && len(x.unread) >= maxNames {
		name = "others"
	}
	x.unread[name]++
}

func (x *reading) damaged(err error) {
	if x.bad == 0 {
		x.badLine, x.badError = x.line, err
	}
	x.bad++
}

func (x *reading) take(r *row) {
	r.time = parseTime(r.get(r.spec.ends.time))
	x.span.cover(span{r.time, r.time, r.ref})
	if s := r.spec.talk; s != nil {
		x.info.Packets += r.number(s.packetsUp) + r.number(s.packetsDown)
		x.info.Bytes += r.number(s.bytesUp) + r.number(s.bytesDown)
	}
	x.table.apply(x.desc, r)
}

// finish writes down what is known of the log as a whole.
func (x *reading) finish() {
	x.info.First, x.info.Last = stamp(x.span.first), stamp(x.span.last)
	for _, name := range slices.Sorted(maps.Keys(x.unread)) {
		why := "such logs are not read"
		if s := x.desc.spec(name); s != nil && s.skip != "" {
			why = s.skip
		}
		x.info.Notes = append(x.info.Notes, fmt.Sprintf("%d rows of %s were left out: %s", x.unread[name], name, why))
	}
	if x.bad > 0 {
		x.info.Notes = append(x.info.Notes, fmt.Sprintf("%d lines could not be read, the first is line %d: %v", x.bad, x.badLine, x.badError))
	}
}
