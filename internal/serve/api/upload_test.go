package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"
)

var pcapHead = []byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00")

func gz(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func zs(b []byte) []byte {
	w, _ := zstd.NewWriter(nil)
	return w.EncodeAll(b, nil)
}

// wideFrame is the beginning of a zstd frame that asks for a window of 128 MB
// and has a raw block of four bytes.
const wideFrame = "\x28\xb5\x2f\xfd\x00\x88\x21\x00\x00abcd"

// TestSniffTakesLittleMemory holds that a few bytes cannot ask for much.
func TestSniffTakesLittleMemory(t *testing.T) {
	r := bufioReader([]byte(wideFrame))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if format, err := sniff(r); format != "zstd" || err != nil {
		t.Errorf("%q %v", format, err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
		t.Errorf("%d bytes were allocated", took)
	}
}

// broken is a body that ends in an error.
type broken struct {
	io.Reader
	err error
}

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

func TestUpload(t *testing.T) {
	const room = 100 << 30
	long := append(bytes.Clone(pcapHead), make([]byte, 1<<20)...)
	for _, c := range []struct {
		name   string
		body   io.Reader
		limit  int64
		free   func(string) (uint64, error)
		fail   error // of the importer
		want   int
		format string
	}{
		{name: "a capture", body: bytes.NewReader(long), want: 202, format: "pcap"},
		{name: "nanoseconds, big endian", body: strings.NewReader("\xa1\xb2\x3c\x4d and more"), want: 202, format: "pcap"},
		{name: "pcapng", body: strings.NewReader("\x0a\x0d\x0d\x0a and more"), want: 202, format: "pcapng"},
		{name: "packed with gzip", body: bytes.NewReader(gz(long)), want: 202, format: "pcap"},
		{name: "packed with zstd", body: bytes.NewReader(zs(long)), want: 202, format: "pcap"},
		{name: "packed with a window that is not unpacked here", body: strings.NewReader(wideFrame), want: 202, format: "zstd"},
		{name: "nothing", body: strings.NewReader(""), want: 415},
		{name: "three bytes", body: strings.NewReader("\xd4\xc3\xb2"), want: 415},
		{name: "a page", body: strings.NewReader("<!doctype html>"), want: 415},
		{name: "a packed page", body: bytes.NewReader(gz([]byte("<!doctype html>"))), want: 415},
		{name: "gzip that is none", body: strings.NewReader("\x1f\x8b\xff\xff\xff\xff\xff"), want: 415},
		{name: "a capture packed twice", body: bytes.NewReader(gz(gz(long))), want: 415},
		{name: "too large, and says so", body: bytes.NewReader(long), limit: 1000, want: 413},
		{name: "too large, and does not say so", body: io.MultiReader(bytes.NewReader(long)), limit: 1 << 19, want: 413},
		{name: "no room at the beginning", body: bytes.NewReader(long), free: func(string) (uint64, error) { return 1 << 20, nil }, want: 507},
		{name: "no room for this", body: bytes.NewReader(long), free: func(string) (uint64, error) { return 1<<30 + 1000, nil }, want: 507},
		{name: "the disk fills up on the way", body: io.MultiReader(bytes.NewReader(pcapHead), io.LimitReader(zeros{}, 3*roomEvery)), free: filling(2), want: 507},
		{name: "the folder is gone", body: bytes.NewReader(long), free: func(string) (uint64, error) { return 0, os.ErrNotExist }, want: 500},
		{name: "the client goes away", body: &broken{bytes.NewReader(long), io.ErrUnexpectedEOF}, want: 422},
		{name: "the client stands still", body: &broken{bytes.NewReader(long), &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}}, want: 422},
		{name: "the importer cannot take it", body: bytes.NewReader(long), fail: errors.New("no"), want: 500},
		{name: "the importer says why", body: bytes.NewReader(long), fail: &Refusal{Kind: ErrConflict, Text: "A capture of this content is being read."}, want: 409},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			im := &importer{err: c.fail}
			free := c.free
			if free == nil {
				free = func(string) (uint64, error) { return room, nil }
			}
			s := bare(t, Options{Importer: im, Uploads: dir, Free: free, Limits: Limits{UploadBytes: c.limit}})
			got := ask(t, s, "POST", base+"/captures?name=..%2F..%2Fetc%2Fmonday.pcap", c.body)
			if got.status != c.want {
				t.Fatalf("%d, not %d: %s", got.status, c.want, got.body)
			}
			files, _ := filepath.Glob(filepath.Join(dir, "*"))
			if c.want != http.StatusAccepted {
				if len(files) > 0 {
					t.Errorf("left behind: %v", files)
				}
				return
			}
			if len(im.took) != 1 || len(files) != 1 || got.header.Get("Location") != base+"/captures/c1" {
				t.Fatalf("took %v, files %v, %v", im.took, files, got.header)
			}
			u := im.took[0]
			data, err := os.ReadFile(u.Path)
			sum := sha256.Sum256(data)
			if err != nil || u.SHA256 != hex.EncodeToString(sum[:]) || u.Size != int64(len(data)) || u.Format != c.format || u.Name != "monday.pcap" {
				t.Errorf("%+v, %d bytes, %v", u, len(data), err)
			}
		})
	}
}

// filling is a disk that has room n times.
func filling(n int) func(string) (uint64, error) {
	return func(string) (uint64, error) {
		if n--; n < 0 {
			return 0, nil
		}
		return 10 << 30, nil
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestUploadIsGivenUp cuts the connection in the middle: nothing stays.
func TestUploadIsGivenUp(t *testing.T) {
	dir := t.TempDir()
	s := bare(t, Options{Importer: &importer{}, Uploads: dir})
	url := serve(t, s)
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "POST "+base+"/captures?name=x.pcap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
	conn.Write(pcapHead)
	conn.Write(make([]byte, 1<<20))
	for s.uploads.taken() == 0 || !has(dir) {
		if t.Context().Err() != nil {
			t.Fatal("the upload did not begin")
		}
	}
	conn.Close()
	for s.uploads.taken() > 0 {
		if t.Context().Err() != nil {
			t.Fatal("the upload did not end")
		}
	}
	if has(dir) {
		t.Error("a part was left behind")
	}
}

func has(dir string) bool {
	files, _ := os.ReadDir(dir)
	return len(files) > 0
}

func TestLeftoversAreRemoved(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"upload-1.part", "upload-2"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bare(t, Options{Uploads: dir})
	files, _ := os.ReadDir(dir)
	if len(files) != 1 || files[0].Name() != "upload-2" {
		t.Errorf("%v", files)
	}
}

func TestWithoutAnImporter(t *testing.T) {
	s := bare(t, Options{})
	if got := ask(t, s, "POST", base+"/captures?name=x", bytes.NewReader(pcapHead)); got.status != 501 {
		t.Errorf("%d", got.status)
	}
}

// FuzzSniff holds that what is taken for a capture begins like one.
func FuzzSniff(f *testing.F) {
	for _, b := range [][]byte{pcapHead, gz(pcapHead), zs(pcapHead), []byte("\x0a\x0d\x0d\x0a"), nil, {0x1f, 0x8b}, {0x28, 0xb5, 0x2f, 0xfd, 0xff}} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufioReader(b)
		format, err := sniff(r)
		if err == nil && format != "pcap" && format != "pcapng" && format != "zstd" {
			t.Errorf("format %q", format)
		}
		if rest, _ := io.ReadAll(r); !bytes.Equal(rest, b) {
			t.Error("sniffing took bytes away")
		}
	})
}

// onePipe is a listener with one connection, without a network: its deadlines
// follow the test's clock.
type onePipe struct {
	conn   chan net.Conn
	closed chan struct{}
}

func (l *onePipe) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *onePipe) Close() error   { close(l.closed); return nil }
func (l *onePipe) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// TestDrippingUploadIsEnded sends a byte a second: a turn is not held by that.
func TestDrippingUploadIsEnded(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := bare(t, Options{Importer: &importer{}, Uploads: dir})
		client, server := net.Pipe()
		l := &onePipe{conn: make(chan net.Conn, 1), closed: make(chan struct{})}
		l.conn <- server
		srv := &http.Server{Handler: s.Handler()}
		var wait sync.WaitGroup
		wait.Go(func() { srv.Serve(l) })
		answer := make(chan string, 1)
		wait.Go(func() {
			b := make([]byte, 4096)
			n, _ := client.Read(b)
			answer <- string(b[:n])
		})
		io.WriteString(client, "POST "+base+"/captures?name=x.pcap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
		client.Write(pcapHead)
		for second := 0; ; second++ {
			time.Sleep(time.Second)
			client.SetWriteDeadline(time.Now().Add(time.Second))
			if _, err := client.Write([]byte{0}); err != nil || second > 60 {
				break
			}
		}
		if got := <-answer; !strings.HasPrefix(got, "HTTP/1.1 422") || !strings.Contains(got, "Less than 256 kB") {
			t.Errorf("%s", got)
		}
		client.Close()
		srv.Close()
		wait.Wait()
	})
	if has(dir) {
		t.Error("a part was left behind")
	}
}
