package ring

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

var start = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

// small is a ring whose files are full after a few packets.
func small(t *testing.T) Options {
	return Options{
		Dir: filepath.Join(t.TempDir(), "ring"), Sensor: "line-7", Epoch: "e1",
		FileBytes: 8192, MaxBytes: 1 << 20, Reserve: -1, Delay: time.Hour,
		Now: func() time.Time { return start },
	}
}

func open(t *testing.T, o Options) *Ring {
	t.Helper()
	r, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// udp is the frame with number n of a conversation between 10.0.0.<a> and
// 10.0.0.<b> on port 502; its time is n seconds after start.
func udp(n uint64, a, b byte) *capture.Frame {
	d := []byte{2, 0, 0, 0, 0, b, 2, 0, 0, 0, 0, a, 8, 0}
	d = append(d, 0x45, 0, 0, 60, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, a, 10, 0, 0, b)
	d = append(d, 0xc0, 0, 1, 0xf6, 0, 40, 0, 0)
	d = binary.BigEndian.AppendUint64(d, n)
	d = append(d, make([]byte, 24)...)
	return &capture.Frame{Time: at(n).UnixNano(), Data: d, Wire: len(d), Link: 1}
}

func at(n uint64) time.Time { return start.Add(time.Duration(n) * time.Second) }

// fill appends the frames with these numbers, flushing every few so that files
// and their indexes have several stretches.
func fill(t *testing.T, r *Ring, from, to uint64) {
	t.Helper()
	for n := from; n <= to; n++ {
		r.Append(n, udp(n, 1, byte(2+n%3)))
		if n%10 == 0 || n == to {
			if err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// numbers cuts and returns the numbers that are in the frames themselves, as an
// independent reader of pcapng sees them.
func numbers(t *testing.T, r *Ring, q Query) (list []uint64, c Cut) {
	t.Helper()
	var b bytes.Buffer
	c, err := r.Cut(t.Context(), &b, q)
	if errors.Is(err, ErrNoPackets) {
		if b.Len() > 0 {
			t.Errorf("%d bytes were written of no packet", b.Len())
		}
		return nil, c
	}
	if err != nil {
		t.Fatal(err)
	}
	if int64(b.Len()) != c.Bytes {
		t.Errorf("the cut has %d bytes and says %d", b.Len(), c.Bytes)
	}
	list = read(t, b.Bytes())
	if len(list) != c.Packets || len(list) > 0 && (list[0] != c.First || list[len(list)-1] != c.Last) {
		t.Errorf("the cut says %+v and has %v", c, list)
	}
	return list, c
}

func read(t *testing.T, b []byte) (list []uint64) {
	t.Helper()
	rd, err := capture.Open(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer rd.Close()
	var f capture.Frame
	for {
		switch err := rd.Next(&f); {
		case err == io.EOF:
			return list
		case err != nil:
			t.Fatal(err)
		}
		n := binary.BigEndian.Uint64(f.Data[42:])
		if f.Time != at(n).UnixNano() || len(f.Data) != 74 || f.Link != 1 {
			t.Fatalf("packet %d has the time %d and %d bytes", n, f.Time, len(f.Data))
		}
		list = append(list, n)
	}
}

// span are the numbers from first to last.
func span(first, last uint64) (list []uint64) {
	for n := first; n <= last; n++ {
		list = append(list, n)
	}
	return list
}

func same(t *testing.T, got, want []uint64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("packets %v, want %v", got, want)
	}
}

func TestCut(t *testing.T) {
	r := open(t, small(t))
	fill(t, r, 1, 500)
	host := func(n byte) plant.Endpoint { return plant.Endpoint{IP: netip.AddrFrom4([4]byte{10, 0, 0, n})} }
	mac := func(n byte) plant.Endpoint { return plant.Endpoint{MAC: plant.MAC{2, 0, 0, 0, 0, n}} }
	only := func(keep func(n uint64) bool) (list []uint64) {
		for n := range uint64(501) {
			if n > 0 && keep(n) {
				list = append(list, n)
			}
		}
		return list
	}
	third := func(n uint64) bool { return n%3 == 1 } // to 10.0.0.3
	cases := []struct {
		name string
		q    Query
		want []uint64
	}{
		{"everything", Query{}, span(1, 500)},
		{"numbers", Query{Numbers: []uint64{500, 7, 250, 7, 900}}, []uint64{7, 250, 500}},
		{"a range of numbers", Query{First: 123, Last: 321}, span(123, 321)},
		{"from a number on", Query{First: 490}, span(490, 500)},
		{"up to a number", Query{Last: 5}, span(1, 5)},
		{"numbers and range", Query{Numbers: []uint64{7, 250, 500}, First: 8, Last: 499}, []uint64{250}},
		{"numbers that are not there", Query{First: 501}, nil},
		{"a range of time", Query{From: at(40), To: at(60)}, span(40, 60)},
		{"from a time on", Query{From: at(499)}, span(499, 500)},
		{"up to a time", Query{To: at(2)}, span(1, 2)},
		{"a host", Query{Hosts: []plant.Endpoint{host(3)}}, only(third)},
		{"a host by MAC", Query{Hosts: []plant.Endpoint{mac(3)}}, only(third)},
		{"a host that has another MAC", Query{Hosts: []plant.Endpoint{{IP: host(3).IP, MAC: mac(4).MAC}}}, nil},
		{"a host in a VLAN that is not there", Query{Hosts: []plant.Endpoint{{IP: host(3).IP, VLAN: 9}}}, nil},
		{"a host with two addresses", Query{Hosts: []plant.Endpoint{host(9), host(3)}}, only(third)},
		{"between two hosts", Query{Hosts: []plant.Endpoint{host(1)}, Peers: []plant.Endpoint{host(3)}}, only(third)},
		{"between two that do not talk", Query{Hosts: []plant.Endpoint{host(2)}, Peers: []plant.Endpoint{host(3)}}, nil},
		{"a port", Query{Ports: []uint16{502}, Last: 9}, span(1, 9)},
		{"another port", Query{Ports: []uint16{102}}, nil},
		{"all at once", Query{First: 10, To: at(100), Hosts: []plant.Endpoint{host(3)}, Ports: []uint16{502}}, only(func(n uint64) bool { return third(n) && n >= 10 && n <= 100 })},
		{"of another epoch", Query{Epoch: "e0", First: 1}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, cut := numbers(t, r, c.q)
			same(t, got, c.want)
			if cut.More || cut.Damaged > 0 {
				t.Errorf("cut %+v", cut)
			}
		})
	}
	if st := r.Status(); st.Files < 5 || st.Written != 500 || st.NotKept != 0 || st.First != 1 || st.Last != 500 || !st.Oldest.Equal(at(1)) {
		t.Errorf("status %+v", st)
	}
}

func TestCutIsBounded(t *testing.T) {
	r := open(t, small(t))
	fill(t, r, 1, 100)
	got, c := numbers(t, r, Query{MaxPackets: 7})
	same(t, got, span(1, 7))
	if !c.More {
		t.Error("More is not set")
	}
	got, c = numbers(t, r, Query{MaxBytes: 1000})
	if c.Bytes > 1000 || !c.More || len(got) == 0 {
		t.Errorf("cut %+v", c)
	}
}

func TestCutStopsWhenAsked(t *testing.T) {
	r := open(t, small(t))
	fill(t, r, 1, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Cut(ctx, io.Discard, Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Cut = %v", err)
	}
}

func TestGapsAndSeveralLinks(t *testing.T) {
	r := open(t, small(t))
	for i, n := range []uint64{5, 6, 9, 100, 101, 50} {
		f := udp(n, 1, 2)
		if i%2 == 1 { // the same packet without its Ethernet header
			f = &capture.Frame{Time: f.Time, Data: f.Data[14:], Wire: len(f.Data) - 14, Link: 101}
		}
		r.Append(n, f)
	}
	var b bytes.Buffer
	if _, err := r.Cut(t.Context(), &b, Query{Numbers: []uint64{6, 9, 100, 50}}); err != nil {
		t.Fatal(err)
	}
	rd, err := capture.Open(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		n    uint64
		link int
	}{{6, 101}, {9, 1}, {100, 101}, {50, 101}} {
		var f capture.Frame
		if err := rd.Next(&f); err != nil || f.Link != want.link || f.Time != at(want.n).UnixNano() {
			t.Errorf("got link %d at %d, %v; want %+v", f.Link, f.Time, err, want)
		}
	}
}

func TestSizeIsBounded(t *testing.T) {
	o := small(t)
	o.MaxBytes = 40_000
	r := open(t, o)
	for n := uint64(1); n <= 3000; n += 100 {
		fill(t, r, n, n+99)
		if size := folderSize(t, o.Dir); size > o.MaxBytes || uint64(size) != r.Status().Bytes {
			t.Fatalf("after %d packets the ring has %d bytes and says %d", n+99, size, r.Status().Bytes)
		}
	}
	got, _ := numbers(t, r, Query{})
	st := r.Status()
	same(t, got, span(st.First, 3000))
	if len(got) < 200 || st.First == 1 {
		t.Errorf("%d packets are left", len(got))
	}
}

func folderSize(t *testing.T, dir string) (sum int64) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if info, err := e.Info(); err == nil && !e.IsDir() {
			sum += info.Size()
		}
	}
	return sum
}

func TestRestart(t *testing.T) {
	o := small(t)
	r := open(t, o)
	fill(t, r, 1, 200)
	if _, err := Open(o); err == nil {
		t.Fatal("the ring was opened twice")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	// The sensor had reported up to 190: it counts on from there.
	r = open(t, o)
	if st := r.Status(); st.First != 1 || uint64(folderSize(t, o.Dir)) != st.Bytes {
		t.Errorf("status %+v", st)
	}
	fill(t, r, 191, 260)
	got, _ := numbers(t, r, Query{First: 180, Last: 220})
	same(t, got, span(180, 220)) // once each
	got, _ = numbers(t, r, Query{From: at(180), To: at(220)})
	same(t, got, append(span(180, 200), span(191, 220)...)) // both were seen

	// Then it lost its state and begins a new epoch.
	r.Close()
	o.Epoch = "e2"
	r = open(t, o)
	fill(t, r, 1, 50)
	got, _ = numbers(t, r, Query{First: 1})
	same(t, got, span(1, 50))
	got, _ = numbers(t, r, Query{Epoch: "e1", First: 195})
	same(t, got, span(195, 260))
	if got, _ = numbers(t, r, Query{}); len(got) != 200+70+50 {
		t.Errorf("%d packets of both epochs", len(got))
	}
}

// newest is the path of the file written last.
func newest(t *testing.T, o Options) string {
	t.Helper()
	list, err := listFiles(o.Dir)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d files, %v", len(list), err)
	}
	return filepath.Join(o.Dir, list[len(list)-1].name)
}

// TestKilledWriter cuts the last file at every length, as kill -9 or a lost
// machine leave it, with its index whole, cut and missing.
func TestKilledWriter(t *testing.T) {
	o := small(t)
	o.FileBytes = 1 << 20
	r := open(t, o)
	fill(t, r, 1, 25)
	r.Close()
	name := newest(t, o)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile(name + indexSuffix)
	if err != nil || len(index) != 3*entrySize {
		t.Fatalf("the index has %d bytes, %v", len(index), err)
	}
	for _, ix := range [][]byte{index, index[:entrySize+5], nil} {
		last := -1
		for size := range len(whole) {
			if size%11 != 0 && size < len(whole)-130 {
				continue // opening the ring for each length would take long
			}
			if err := errors.Join(os.WriteFile(name, whole[:size], 0o640), os.WriteFile(name+indexSuffix, ix, 0o640)); err != nil {
				t.Fatal(err)
			}
			r := open(t, o)
			got, c := numbers(t, r, Query{})
			if st := r.Status(); st.Last != uint64(len(got)) {
				t.Fatalf("%d bytes: the last number of %d packets is %d", size, len(got), st.Last)
			}
			r.Close()
			same(t, got, span(1, uint64(len(got))))
			if len(got) < last || c.Damaged > 0 {
				t.Fatalf("%d bytes: %d packets after %d, cut %+v", size, len(got), last, c)
			}
			last = len(got)
		}
		if last != 24 {
			t.Errorf("%d packets are read of all but one byte", last)
		}
	}
}

func TestDamageCostsItsStretch(t *testing.T) {
	o := small(t)
	o.FileBytes = 1 << 20
	r := open(t, o)
	fill(t, r, 1, 40)
	r.Close()
	name := newest(t, o)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	stretches := readIndex(name+indexSuffix, int64(len(b)))
	copy(b[stretches[1].from+250:], bytes.Repeat([]byte{0xff}, 40))
	if err := os.WriteFile(name, b, 0o640); err != nil {
		t.Fatal(err)
	}
	got, c := numbers(t, open(t, o), Query{})
	same(t, got, append(span(1, 12), span(21, 40)...))
	if c.Damaged != 1 {
		t.Errorf("cut %+v", c)
	}
}

// TestAnyByteBroken holds that no damage in a file makes a cut fail, or return a
// packet that is not what it was appended as where the bytes still can tell.
func TestAnyByteBroken(t *testing.T) {
	o := small(t)
	o.FileBytes = 1 << 20
	r := open(t, o)
	fill(t, r, 1, 12)
	r.Flush(t.Context())
	name := newest(t, o)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 0xa5
		if err := os.WriteFile(name, b, 0o640); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if c, err := r.Cut(t.Context(), &out, Query{}); err != nil && !errors.Is(err, ErrNoPackets) || c.Packets > 12 {
			t.Fatalf("byte %d: %v, %+v", i, err, c)
		}
	}
}

func TestQueueIsBounded(t *testing.T) {
	o := small(t)
	o.QueueBytes = 2 * chunkSize
	full := &fakeDisk{left: 1 << 40, stop: make(chan struct{})}
	o.disk = full
	r := open(t, o)
	var f capture.Frame
	f.Data, f.Link = make([]byte, 60_000), 1
	for n := uint64(1); n <= 100; n++ {
		r.Append(n, &f) // does not wait although no byte is written
	}
	close(full.stop)
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	st := r.Status()
	if st.NotKept == 0 || st.NotKept+st.Written != 100 || st.Written < 16 {
		t.Errorf("status %+v", st)
	}
	r.Append(101, &f)
	if err := r.Flush(t.Context()); err != nil || r.Status().Written != st.Written+1 {
		t.Errorf("it does not go on: %+v, %v", r.Status(), err)
	}
}

// fakeDisk is a disk of which left bytes are left.
type fakeDisk struct {
	left    int64
	silent  bool // does not tell how many are left
	stop    chan struct{}
	created int
}

func (d *fakeDisk) free(string) int64 {
	if d.silent {
		return -1
	}
	return d.left
}

func (d *fakeDisk) create(name string) (output, error) {
	if d.stop != nil {
		<-d.stop
	}
	d.created++
	f, err := realDisk{}.create(name)
	return &fakeFile{f, d}, err
}

type fakeFile struct {
	output
	disk *fakeDisk
}

var errFull = errors.New("no space left on device")

func (f *fakeFile) Write(b []byte) (int, error) {
	n := min(len(b), int(f.disk.left))
	n, err := f.output.Write(b[:n])
	f.disk.left -= int64(n)
	if err == nil && n < len(b) {
		err = errFull
	}
	return n, err
}

func TestDiskFull(t *testing.T) {
	for _, silent := range []bool{false, true} {
		o := small(t)
		d := &fakeDisk{left: 3000, silent: silent}
		o.disk, o.Reserve = d, 1000
		if silent {
			d.left = 2000
		}
		r := open(t, o)
		fill(t, r, 1, 100)
		st := r.Status()
		if st.Written < 10 || st.Written+st.NotKept != 100 || st.Problem == "" {
			t.Errorf("silent %v: status %+v", silent, st)
		}
		if !silent && d.left < 1000 {
			t.Errorf("only %d bytes of the reserve are left", d.left)
		}
		got, c := numbers(t, r, Query{})
		same(t, got, span(1, st.Written)) // what was written is whole
		if c.Damaged != 0 {
			t.Errorf("silent %v: cut %+v", silent, c)
		}
		d.left = 1 << 20
		fill(t, r, 101, 130)
		if got := r.Status(); got.Written != st.Written+30 || got.Problem != "" {
			t.Errorf("silent %v: it does not go on: %+v", silent, got)
		}
		got, _ = numbers(t, r, Query{})
		same(t, got, append(span(1, st.Written), span(101, 130)...))
		r.Close()
	}
}

func TestLongFrameIsCut(t *testing.T) {
	r := open(t, small(t))
	r.Append(1, &capture.Frame{Data: make([]byte, 1<<20), Wire: 1 << 20, Link: 1, Time: at(1).UnixNano()})
	var b bytes.Buffer
	if _, err := r.Cut(t.Context(), &b, Query{}); err != nil {
		t.Fatal(err)
	}
	rd, err := capture.Open(&b)
	if err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	if err := rd.Next(&f); err != nil || len(f.Data) != maxFrame || f.Wire != 1<<20 {
		t.Errorf("%d of %d bytes, %v", len(f.Data), f.Wire, err)
	}
}

func TestKeep(t *testing.T) {
	o := small(t)
	r := open(t, o)
	fill(t, r, 1, 100)
	q := Query{First: 10, Last: 20, Hosts: []plant.Endpoint{{MAC: plant.MAC{2, 0, 0, 0, 0, 1}}}}
	k, err := r.Keep(t.Context(), q, "program written at night")
	if err != nil {
		t.Fatal(err)
	}
	if k.Packets != 11 || k.First != 10 || k.Last != 20 || !k.Made.Equal(start) || k.Sensor != "line-7" || len(k.SHA256) != 64 {
		t.Errorf("kept %+v", k)
	}
	if err := r.Verify(k.ID); err != nil {
		t.Error(err)
	}
	f, described, err := r.OpenKept(k.ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	f.Close()
	if err != nil || int64(len(b)) != k.Bytes {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	same(t, read(t, b), span(10, 20))
	if !strings.Contains(string(b), "sensor line-7, packet 15") || !strings.Contains(string(b), "program written at night") {
		t.Error("the packets do not say where they are from")
	}
	if described.SHA256 != k.SHA256 || described.Query.Hosts[0] != q.Hosts[0] || described.Why != k.Why {
		t.Errorf("described as %+v", described)
	}
	// It outlives the ring's packets and a restart.
	r.Close()
	if err := os.WriteFile(filepath.Join(o.Dir, keptFolder, "cut.part"), []byte("half"), 0o640); err != nil {
		t.Fatal(err)
	}
	r = open(t, o)
	if list, err := r.Kept(); err != nil || len(list) != 1 || list[0].ID != k.ID {
		t.Errorf("list %+v, %v", list, err)
	}
	name := filepath.Join(o.Dir, keptFolder, k.ID+fileSuffix)
	b[len(b)-20] ^= 1
	if err := os.WriteFile(name, b, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(k.ID); !errors.Is(err, ErrChanged) {
		t.Errorf("Verify of a changed file = %v", err)
	}
	if err := r.RemoveKept(k.ID); err != nil {
		t.Error(err)
	}
	for _, id := range []string{k.ID, "../lock", ""} {
		if err := r.Verify(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Verify(%q) = %v", id, err)
		}
	}
	if list, _ := os.ReadDir(filepath.Join(o.Dir, keptFolder)); len(list) != 0 {
		t.Errorf("%d files are left", len(list))
	}
}

func TestKeptIsBounded(t *testing.T) {
	o := small(t)
	o.KeptBytes = 3000
	r := open(t, o)
	fill(t, r, 1, 100)
	if _, err := r.Keep(t.Context(), Query{}, "all"); !errors.Is(err, ErrKeptFull) {
		t.Errorf("Keep of everything = %v", err)
	}
	if _, err := r.Keep(t.Context(), Query{Last: 10}, "some"); err != nil {
		t.Error(err)
	}
	if _, err := r.Keep(t.Context(), Query{First: 11, Last: 40}, "more"); !errors.Is(err, ErrKeptFull) {
		t.Errorf("Keep of more = %v", err)
	}
	if _, err := r.Keep(t.Context(), Query{First: 1000}, "none"); !errors.Is(err, ErrNoPackets) {
		t.Errorf("Keep of nothing = %v", err)
	}
	if list, err := r.Kept(); len(list) != 1 {
		t.Errorf("list %+v, %v", list, err)
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	o := small(t)
	o.disk = &fakeDisk{left: 0}
	r := open(t, o)
	f := udp(1, 1, 2)
	r.Append(1, f)
	n := uint64(1)
	if got := testing.AllocsPerRun(1000, func() { n++; r.Append(n, f) }); got != 0 {
		t.Errorf("%v allocations a packet", got)
	}
}

// TestWiresharkReadsTheFiles holds the ring's own files and a cut against tshark.
func TestWiresharkReadsTheFiles(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("needs tshark")
	}
	o := small(t)
	o.FileBytes = 1 << 20
	r := open(t, o)
	fill(t, r, 1, 60)
	cut := filepath.Join(t.TempDir(), "cut.pcapng")
	f, err := os.Create(cut)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cut(t.Context(), f, Query{Numbers: []uint64{17, 42}}); err != nil {
		t.Fatal(err)
	}
	f.Close()
	out := func(name string, args ...string) string {
		b, err := exec.Command(tshark, append([]string{"-n", "-r", name}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tshark: %v\n%s", err, b)
		}
		return string(b)
	}
	fields := []string{"-T", "fields", "-e", "frame.time_epoch", "-e", "udp.dstport", "-e", "frame.comment"}
	got := out(cut, fields...)
	for _, want := range []string{"sensor line-7, packet 17", "sensor line-7, packet 42"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("tshark shows %q", got)
		}
	}
	if n := strings.Count(out(newest(t, o), fields...), "\t502\t"); n != 60 {
		t.Errorf("tshark shows %d packets of the ring's file", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	o := Options{Dir: b.TempDir(), Sensor: "s", MaxBytes: 256 << 20, Reserve: -1}
	r, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	f := udp(1, 1, 2)
	b.SetBytes(int64(len(f.Data)))
	b.ReportAllocs()
	n := uint64(0)
	for b.Loop() {
		n++
		r.Append(n, f)
	}
	b.ReportMetric(float64(r.Status().NotKept)/float64(n), "notkept/op")
}

// appender is the environment variable by which this test binary is told to
// append to the ring in a folder until it is killed.
const appender = "BULKHEAD_RING_TEST"

func TestMain(m *testing.M) {
	if dir := os.Getenv(appender); dir != "" {
		appendForever(dir)
	}
	os.Exit(m.Run())
}

// appendForever says a line when many packets are appended, and goes on.
func appendForever(dir string) {
	r, err := Open(Options{Dir: dir, Sensor: "s", Epoch: "e", FileBytes: 1 << 20, MaxBytes: 4 << 20, Reserve: -1, Delay: time.Millisecond})
	if err != nil {
		panic(err)
	}
	first := r.Status().Last + 1
	for n := first; ; n++ {
		r.Append(n, udp(n, 1, 2))
		if n%1000 == 0 { // no faster than it is written, so that there are no gaps
			_ = r.Flush(context.Background())
		}
		if n == first+20_000 {
			os.Stdout.WriteString("far enough\n")
		}
	}
}

// TestKillNine kills a process in the middle of its writing, several times over
// the same ring.
func TestKillNine(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "ring")
	last := uint64(0)
	for range 5 {
		c := exec.Command(self)
		c.Env = append(os.Environ(), appender+"="+dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 1)); err != nil {
			t.Error(err)
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // it was killed
		r := open(t, Options{Dir: dir, Sensor: "s", Epoch: "e", MaxBytes: 4 << 20, Reserve: -1})
		st := r.Status()
		got, cut := numbers(t, r, Query{MaxPackets: 1 << 20, MaxBytes: 1 << 30})
		r.Close()
		same(t, got, span(st.First, st.Last))
		if st.Last < last+20_000-1000 || cut.Damaged > 0 || folderSize(t, dir) > 4<<20 {
			t.Errorf("after %d: status %+v, cut %+v", last, st, cut)
		}
		last = st.Last
	}
}
