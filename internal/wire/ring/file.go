package ring

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// file is one file of the ring. Its name tells its place in the order of
// writing, and number and time of its first packet: numbers alone would not do,
// since a sensor that lost its state counts from 1 again.
type file struct {
	name     string // without folder
	sequence uint64
	first    uint64
	time     time.Time
	size     int64  // with the index
	epoch    string // of the numbers
}

const (
	fileSuffix  = ".pcapng"
	indexSuffix = ".idx"
	timeLayout  = "20060102T150405.000000000Z"
)

var fileName = regexp.MustCompile(`^ring-(\d{10})-n(\d{1,20})-(\d{8}T\d{6}\.\d{9}Z)\.pcapng$`)

func newFile(sequence, first uint64, at int64) *file {
	t := time.Unix(0, at).UTC()
	return &file{
		name:     fmt.Sprintf("ring-%010d-n%d-%s%s", sequence, first, t.Format(timeLayout), fileSuffix),
		sequence: sequence, first: first, time: t,
	}
}

// parseFile reads a name; nil if it is none of the ring's.
func parseFile(name string) *file {
	m := fileName.FindStringSubmatch(name)
	if m == nil {
		return nil
	}
	sequence, err1 := strconv.ParseUint(m[1], 10, 64)
	first, err2 := strconv.ParseUint(m[2], 10, 64)
	at, err3 := time.Parse(timeLayout, m[3])
	if err1 != nil || err2 != nil || err3 != nil {
		return nil
	}
	return &file{name: name, sequence: sequence, first: first, time: at}
}

func (f *file) index() string { return f.name + indexSuffix }

// listFiles finds the files of a ring, oldest first. Others are left alone.
func listFiles(dir string) ([]*file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []*file
	for _, e := range entries {
		f := parseFile(e.Name())
		if f == nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // gone meanwhile
		}
		f.size = info.Size()
		if x, err := os.Stat(filepath.Join(dir, f.index())); err == nil {
			f.size += x.Size()
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *file) int { return cmp.Compare(a.sequence, b.sequence) })
	return list, nil
}

// remove deletes a file and its index.
func (f *file) remove(dir string) error {
	_ = os.Remove(filepath.Join(dir, f.index())) // without its file it is nothing
	return os.Remove(filepath.Join(dir, f.name))
}
