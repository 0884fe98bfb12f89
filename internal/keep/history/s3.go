package history

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket3 keeps files in a bucket of S3-compatible storage. An object appears
// whole or not at all.
type bucket3 struct {
	client  minio.Core
	bucket  string
	prefix  string // "" or with a slash at its end
	scratch *os.Root
}

func openS3(ctx context.Context, o S3, scratch *os.Root) (*bucket3, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("the endpoint must be https:// or http:// and a host")
	}
	access, err := readKey(o.AccessKeyFile)
	if err != nil {
		return nil, err
	}
	secret, err := readKey(o.SecretKeyFile)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(access, secret, ""), Secure: u.Scheme == "https", Region: o.Region,
	})
	if err != nil {
		return nil, err
	}
	there, err := client.BucketExists(ctx, o.Bucket)
	if err == nil && !there {
		err = fmt.Errorf("there is no bucket %q", o.Bucket)
	}
	if err != nil {
		return nil, err
	}
	prefix := strings.Trim(path.Clean("/"+o.Prefix), "/")
	if prefix != "" {
		prefix += "/"
	}
	return &bucket3{minio.Core{Client: client}, o.Bucket, prefix, scratch}, nil
}

func readKey(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	key := strings.TrimSpace(string(b))
	if key == "" {
		return "", fmt.Errorf("read key: %s is empty", file)
	}
	return key, nil
}

// put sends the file in one request: a transfer in parts that breaks off leaves
// parts behind that cost money and that nobody sees. The limit of one request is
// 5 GiB.
func (s *bucket3) put(ctx context.Context, scratch, name string) error {
	f, err := s.scratch.Open(scratch)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = s.client.Client.PutObject(ctx, s.bucket, s.prefix+name, f, info.Size(), minio.PutObjectOptions{
		ContentType: "application/vnd.apache.parquet", DisableMultipart: true, SendContentMd5: true,
	})
	if err != nil {
		return fmt.Errorf("put %s: %w", name, err)
	}
	return nil
}

func (s *bucket3) open(ctx context.Context, name string) (object, error) {
	info, err := s.client.StatObject(ctx, s.bucket, s.prefix+name, minio.StatObjectOptions{})
	if minio.ToErrorResponse(err).Code == "NoSuchKey" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return &remote{ctx: ctx, s: s, name: s.prefix + name, size: info.Size, etag: info.ETag}, nil
}

func (s *bucket3) list(ctx context.Context, each func(string)) error {
	for o := range s.client.Client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		each(strings.TrimPrefix(o.Key, s.prefix))
	}
	return ctx.Err()
}

func (s *bucket3) remove(ctx context.Context, name string) error {
	err := s.client.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{})
	if minio.ToErrorResponse(err).Code == "NoSuchKey" {
		return nil
	}
	return err
}

// aheadBytes is how much a request asks for at least. Columns of an hour are a
// few kilobytes and lie side by side, and a request takes milliseconds.
const aheadBytes = 512 << 10

// remote is an object that is read by ranges.
type remote struct {
	ctx        context.Context // of the call that opened it
	s          *bucket3
	name, etag string
	size       int64

	mu    sync.Mutex
	at    int64
	ahead []byte // what was read from at on
}

// Size is the object's length.
func (r *remote) Size() int64 { return r.size }

// Close gives up what was read ahead.
func (r *remote) Close() error {
	r.ahead = nil
	return nil
}

// ReadAt reads a range, from what was read ahead where it is there.
func (r *remote) ReadAt(b []byte, at int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at < 0 || at > r.size-int64(len(b)) {
		return 0, io.ErrUnexpectedEOF
	}
	if at < r.at || at+int64(len(b)) > r.at+int64(len(r.ahead)) {
		if err := r.fetch(at, max(int64(len(b)), min(aheadBytes, r.size-at))); err != nil {
			return 0, err
		}
	}
	return copy(b, r.ahead[at-r.at:]), nil
}

// fetch reads a range. Near the end of the object the footer is what comes next,
// and it lies before: so the last part is read as a whole.
func (r *remote) fetch(at, n int64) error {
	if at+n == r.size {
		at = min(at, max(0, r.size-aheadBytes))
		n = r.size - at
	}
	o := minio.GetObjectOptions{}
	if err := o.SetRange(at, at+n-1); err != nil {
		return err
	}
	if err := o.SetMatchETag(r.etag); err != nil {
		return err
	}
	body, _, _, err := r.s.client.GetObject(r.ctx, r.s.bucket, r.name, o)
	if err != nil {
		return err
	}
	defer body.Close()
	if int64(cap(r.ahead)) < n {
		r.ahead = make([]byte, n)
	}
	r.at, r.ahead = at, r.ahead[:n]
	if _, err := io.ReadFull(body, r.ahead); err != nil {
		r.ahead = r.ahead[:0]
		return err
	}
	return nil
}
