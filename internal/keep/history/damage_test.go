package history

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// memory keeps one file, whatever the path.
type memory struct {
	storage
	b []byte
}

type memoryObject struct{ *bytes.Reader }

// Close does nothing.
func (memoryObject) Close() error { return nil }

func (m *memory) open(context.Context, string) (object, error) {
	return memoryObject{bytes.NewReader(m.b)}, nil
}

// goodFile is a small segment, its record and its rows.
func goodFile(t testing.TB) ([]byte, plant.Segment, []Conversation) {
	t.Helper()
	a, dir := openTest(t)
	segment, err := a.WriteConversations(context.Background(), hour(0), newTestPlant(8, 12).minutes(20))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, segment.Path))
	if err != nil {
		t.Fatal(err)
	}
	rows := read(t, a, []plant.Segment{segment}, Query{})
	segment.Bytes = 0 // so that the size alone does not give the damage away
	return b, segment, rows
}

// readDamaged reads a file that may be damaged. It must say so or give all rows
// as they were, and in any case must not ask for much memory.
func readDamaged(t testing.TB, b []byte, segment plant.Segment, want []Conversation) error {
	t.Helper()
	a := &Archive{files: &memory{b: b}, zstd: decompressor(t)}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var got []Conversation
	err := a.Conversations(context.Background(), []plant.Segment{segment}, Query{}, func(c *Conversation) bool {
		got = append(got, *c)
		return true
	})
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 160<<20 {
		t.Fatalf("a file of %d bytes made it ask for %d MB", len(b), n>>20)
	}
	if err != nil {
		return err
	}
	if !slices.Equal(want, got) {
		t.Fatalf("no error, and other rows (-want +got):\n%s", gocmp.Diff(want, got, addrs))
	}
	return nil
}

// decompressor is one for all tests: it is made for many files.
var decompressor = func() func(testing.TB) *zstd.Decoder {
	once := sync.OnceValues(newDecompressor)
	return func(t testing.TB) *zstd.Decoder {
		d, err := once()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}()

func TestEveryByteThatChangesIsFoundOrChangesNothing(t *testing.T) {
	good, segment, rows := goodFile(t)
	if err := readDamaged(t, good, segment, rows); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	found := 0
	for i := range good {
		b := bytes.Clone(good)
		b[i] ^= byte(1 + r.IntN(255))
		if readDamaged(t, b, segment, rows) != nil {
			found++
		}
	}
	t.Logf("%d of %d damaged bytes are found while reading", found, len(good))
	// What is not found lies in statistics and indexes, which rows do not depend
	// on; Verify finds that too.
	if found*2 < len(good) {
		t.Errorf("only %d of %d damaged bytes are found", found, len(good))
	}
}

func TestEveryPrefixIsDamaged(t *testing.T) {
	good, segment, rows := goodFile(t)
	for n := 0; n < len(good); n += 7 {
		if readDamaged(t, good[:n], segment, rows) == nil {
			t.Errorf("the first %d of %d bytes are a segment", n, len(good))
		}
	}
}

func FuzzDamagedSegment(f *testing.F) {
	good, segment, rows := goodFile(f)
	f.Add(uint32(100), []byte{0}, uint32(0))
	f.Add(uint32(len(good)-8), []byte{0xff, 0xff, 0xff, 0x7f}, uint32(0))
	f.Add(uint32(len(good)-2000), []byte{0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f}, uint32(0))
	f.Add(uint32(4), []byte{0x15, 0x04, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f}, uint32(0))
	f.Add(uint32(50), []byte{}, uint32(12))
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, cut uint32) {
		b := bytes.Clone(good)
		copy(b[int(at)%len(b):], patch)
		b = append(b[:int(at)%len(b)], b[min(len(b), int(at)%len(b)+int(cut%64)):]...)
		readDamaged(t, b, segment, rows)
	})
}

// FuzzPage gives the decoders bytes that a checksum
// would not stop.
func FuzzPage(f *testing.F) {
	f.Add([]byte{0x80, 0x01, 0x04, 0x05, 0x00}, uint8(0), uint16(5))
	f.Add([]byte{3, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}, uint8(1), uint16(100))
	f.Add([]byte{0xff}, uint8(3), uint16(8))
	f.Fuzz(func(t *testing.T, b []byte, kind uint8, n uint16) {
		s, rows := shape(kind%uint8(noShapes)), int(n)+1
		r := chunkReader{nums: []int64{1, 2}}
		v := vector{words: []string{"a", "b"}}
		if err := decodePage(&r, s, b, rows, &v); err != nil {
			return
		}
		if len(v.ints)+len(v.ids) != rows {
			t.Errorf("%d values of %d", len(v.ints)+len(v.ids), rows)
		}
	})
}

// decodePage is what read does with a page, with the same net below it.
func decodePage(r *chunkReader, s shape, b []byte, n int, v *vector) (err error) {
	defer func() {
		if recover() != nil {
			err = errPage
		}
	}()
	switch s {
	case integer:
		return r.integers(b, n, 0, n, v)
	case truth:
		return truths(b, n, 0, n, v)
	}
	return r.indexes(s, b, n, 0, n, v)
}

func TestOneBadSegmentDoesNotTakeTheOthersWithIt(t *testing.T) {
	a, dir := openTest(t)
	ctx := context.Background()
	segments := newTestPlant(9, 40).hours(t, a, 4)
	good := append(read(t, a, segments[:1], Query{}), read(t, a, segments[3:], Query{})...)
	if err := os.Remove(filepath.Join(dir, segments[1].Path)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, segments[2].Path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		b[300+i] ^= 0x55
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	var got []Conversation
	err = a.Conversations(ctx, segments, Query{}, func(c *Conversation) bool { got = append(got, *c); return true })
	if d := gocmp.Diff(good, got, addrs); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != 2 || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want one for each bad segment", err)
	}
	for i, e := range joined.Unwrap() {
		var bad *SegmentError
		if !errors.As(e, &bad) || bad.Path != segments[1+i].Path {
			t.Errorf("error %v does not name %s", e, segments[1+i].Path)
		}
	}
	if top, err := a.TopTalkers(ctx, segments, Query{}, 3); err == nil || len(top.Groups) != 3 {
		t.Errorf("top talkers %v, %v", top, err)
	}
	for i, s := range segments {
		if err := a.Verify(ctx, s); (err == nil) != (i == 0 || i == 3) {
			t.Errorf("segment %d: %v", i, err)
		}
	}
}

// TestRecordsAreComparedWithFiles holds that a record that is not of this file is
// found, whatever it differs in.
func TestRecordsAreComparedWithFiles(t *testing.T) {
	a, _ := openTest(t)
	good := newTestPlant(9, 10).hours(t, a, 1)[0]
	for name, change := range map[string]func(*plant.Segment){
		"size": func(s *plant.Segment) { s.Bytes++ },
		"rows": func(s *plant.Segment) { s.Rows++ },
		"hash": func(s *plant.Segment) { s.SHA256 = "00" },
		"site": func(s *plant.Segment) { s.Site = "south" },
		"step": func(s *plant.Segment) { s.Step = plant.StepHour },
		"kind": func(s *plant.Segment) { s.Kind = plant.SegmentOperations },
		"path": func(s *plant.Segment) { s.Path = "../" + s.Path },
	} {
		s := good
		change(&s)
		var bad *SegmentError
		if err := a.Verify(context.Background(), s); !errors.As(err, &bad) {
			t.Errorf("another %s: %v", name, err)
		}
	}
}
