package history

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// fakeS3 is as much of S3 as an archive needs: one bucket, whole puts, ranges,
// lists in pages of two, conditions on the ETag.
type fakeS3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	gets    int
	sent    int64 // bytes of objects that went out
	breakAt int   // puts break off after so many bytes, 0 for never
}

func (s *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=the-key/") {
		s.fail(w, http.StatusForbidden, "AccessDenied")
		return
	}
	key, isObject := strings.CutPrefix(r.URL.Path, "/plant/")
	isObject = isObject && key != ""
	switch {
	case !strings.HasPrefix(r.URL.Path+"/", "/plant/"):
		s.fail(w, http.StatusNotFound, "NoSuchBucket")
	case !isObject && r.Method == http.MethodHead:
	case !isObject && r.URL.Query().Has("location"):
		io.WriteString(w, `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>`)
	case !isObject && r.URL.Query().Get("list-type") == "2":
		s.list(w, r)
	case isObject && r.Method == http.MethodPut:
		s.put(w, r, key)
	case isObject && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		s.get(w, r, key)
	case isObject && r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		s.fail(w, http.StatusNotImplemented, "NotImplemented")
	}
}

func (s *fakeS3) fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
}

func (s *fakeS3) put(w http.ResponseWriter, r *http.Request, key string) {
	b, err := body(r)
	sum := md5.Sum(b)
	switch {
	case err != nil || s.breakAt > 0 && len(b) > s.breakAt:
		s.fail(w, http.StatusBadRequest, "IncompleteBody")
	case r.Header.Get("Content-Md5") != "" && r.Header.Get("Content-Md5") != base64.StdEncoding.EncodeToString(sum[:]):
		s.fail(w, http.StatusBadRequest, "BadDigest")
	default:
		s.objects[key] = b
		w.Header().Set("ETag", etag(b))
	}
}

// body is what a put sends. Without TLS it comes in chunks, each with a signature.
func body(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var all []byte
	for in := bufio.NewReader(r.Body); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if err != nil || n == 0 {
			return all, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, err
		}
		all = append(all, chunk[:n]...)
	}
}

func etag(b []byte) string {
	sum := md5.Sum(b)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func (s *fakeS3) get(w http.ResponseWriter, r *http.Request, key string) {
	b, ok := s.objects[key]
	if !ok {
		s.fail(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	if r.Method == http.MethodGet {
		s.gets++
	}
	w.Header().Set("ETag", etag(b))
	count := &countingWriter{ResponseWriter: w}
	http.ServeContent(count, r, "", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), bytes.NewReader(b))
	s.sent += count.n
}

type countingWriter struct {
	http.ResponseWriter
	n int64
}

// Write counts what goes out.
func (c *countingWriter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return c.ResponseWriter.Write(b)
}

func (s *fakeS3) list(w http.ResponseWriter, r *http.Request) {
	type entry struct{ Key, ETag, LastModified string }
	var answer struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string
		Contents              []entry
	}
	q := r.URL.Query()
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(s.objects)), func(k string) bool { return !strings.HasPrefix(k, q.Get("prefix")) })
	from, _ := strconv.Atoi(q.Get("continuation-token"))
	for i, k := range keys[min(from, len(keys)):] {
		if i == 2 {
			answer.IsTruncated, answer.NextContinuationToken = true, strconv.Itoa(from+2)
			break
		}
		answer.Contents = append(answer.Contents, entry{k, etag(s.objects[k]), "2026-01-01T00:00:00.000Z"})
	}
	w.Header().Set("Content-Type", "application/xml")
	if err := xml.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

func openFake(t *testing.T) (*fakeS3, Options) {
	t.Helper()
	s := &fakeS3{objects: map[string][]byte{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	for name, key := range map[string]string{"access": "the-key\n", "secret": "the-secret\n", "empty": "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(key), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s, Options{Dir: filepath.Join(dir, "scratch"), S3: &S3{
		Endpoint: server.URL, Bucket: "plant", Prefix: "/bulkhead/north/",
		AccessKeyFile: filepath.Join(dir, "access"), SecretKeyFile: filepath.Join(dir, "secret"),
	}}
}

func TestAnArchiveOnS3IsLikeOneInAFolder(t *testing.T) {
	ctx := context.Background()
	fake, o := openFake(t)
	a, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	local, _ := openTest(t)
	segments := newTestPlant(1, 200).hours(t, a, 5)
	if d := gocmp.Diff(newTestPlant(1, 200).hours(t, local, 5), segments); d != "" {
		t.Errorf("other segments (-folder +S3):\n%s", d)
	}
	if d := gocmp.Diff(read(t, local, segments, Query{}), read(t, a, segments, Query{}), addrs); d != "" {
		t.Errorf("other rows (-folder +S3):\n%s", d)
	}
	days, err := a.RollUp(ctx, segments, plant.StepDay)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(days, segments...) {
		if err := a.Verify(ctx, s); err != nil {
			t.Error(err)
		}
		if fake.objects["bulkhead/north/"+s.Path] == nil {
			t.Errorf("no object of %s", s.Path)
		}
	}
	fake.objects["bulkhead/south/"+segments[0].Path] = []byte("of another hub")
	if err := a.Remove(ctx, segments[:1]); err != nil {
		t.Fatal(err)
	}
	swept, err := a.Sweep(ctx, segments[:4])
	if err != nil || len(swept.Removed) != 2 || !slices.Equal(swept.Missing, segments[:1]) {
		t.Errorf("swept %+v, %v", swept, err)
	}
	if len(fake.objects) != 4 || fake.objects["bulkhead/south/"+segments[0].Path] == nil {
		t.Errorf("%d objects left", len(fake.objects))
	}
	if left := filesBelow(t, o.Dir); len(left) != 0 {
		t.Errorf("unfinished files left: %q", left)
	}
	if err := a.Verify(ctx, segments[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a segment that is gone: %v", err)
	}
}

// TestS3SendsOnlyWhatIsAskedFor holds that columns which are not needed stay
// where they are, once a segment is larger than what is read ahead.
func TestS3SendsOnlyWhatIsAskedFor(t *testing.T) {
	ctx := context.Background()
	fake, o := openFake(t)
	a, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	segments := newTestPlant(1, 4000).hours(t, a, 1)
	fake.sent, fake.gets = 0, 0
	if _, err := a.Peers(ctx, segments, "192.0.2.1", Query{}); err != nil {
		t.Fatal(err)
	}
	if fake.sent > int64(segments[0].Bytes)/2 {
		t.Errorf("%d of %d bytes went out to find that there is no such address", fake.sent, segments[0].Bytes)
	}
	if fake.gets > 8 {
		t.Errorf("%d requests", fake.gets)
	}
}

func TestS3ThatBreaksOffLeavesNothing(t *testing.T) {
	ctx := context.Background()
	fake, o := openFake(t)
	a, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	fake.breakAt = 1000
	if _, err := a.WriteConversations(ctx, hour(0), newTestPlant(1, 100).minutes(60)); err == nil {
		t.Error("sealed what did not arrive")
	}
	if len(fake.objects) != 0 || len(filesBelow(t, o.Dir)) != 0 {
		t.Errorf("it leaves %d objects and %q", len(fake.objects), filesBelow(t, o.Dir))
	}
}

func TestS3ThatCannotBeOpened(t *testing.T) {
	_, good := openFake(t)
	for name, change := range map[string]func(*S3){
		"no scheme":      func(s *S3) { s.Endpoint = strings.TrimPrefix(s.Endpoint, "http://") },
		"a path":         func(s *S3) { s.Endpoint += "/plant" },
		"no such bucket": func(s *S3) { s.Bucket = "nothing" },
		"no key file":    func(s *S3) { s.AccessKeyFile += "-gone" },
		"an empty key":   func(s *S3) { s.SecretKeyFile = filepath.Join(filepath.Dir(s.SecretKeyFile), "empty") },
		"another key":    func(s *S3) { s.AccessKeyFile = s.SecretKeyFile },
	} {
		o, s := good, *good.S3
		change(&s)
		o.S3 = &s
		if a, err := Open(context.Background(), o); err == nil {
			a.Close()
			t.Errorf("%s: it opens", name)
		} else if strings.Contains(err.Error(), "the-secret") {
			t.Errorf("%s: the error tells the key: %v", name, err)
		}
	}
}
