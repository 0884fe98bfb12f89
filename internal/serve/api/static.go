package api

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// maxFiles bounds the console: more is no console but a mistake in what was
// given to be served.
const maxFiles = 5000

// site is the console's files, read once: they are in the binary.
type site struct {
	files map[string]*file // by path, "assets/index-1a2b3c.js"
}

type file struct {
	data      []byte
	packed    []byte // the same with gzip, nil if there is none
	mediaType string
	tag       string
	immutable bool // its name changes with its content
}

// newSite reads the files. A file beside another with .gz at its end is the
// same packed beforehand.
func newSite(from fs.FS) (*site, error) {
	s := &site{files: map[string]*file{}}
	if from == nil {
		return s, nil
	}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if len(s.files) >= maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		s.files[name] = newFile(name, data)
		return nil
	})
	for name, f := range s.files {
		if plain, ok := strings.CutSuffix(name, ".gz"); ok && s.files[plain] != nil {
			s.files[plain].packed = f.data
			delete(s.files, name)
		}
	}
	return s, err
}

func newFile(name string, data []byte) *file {
	sum := sha256.Sum256(data)
	t := mime.TypeByExtension(path.Ext(name))
	switch path.Ext(name) {
	// The system's list of types must not decide how the console is read.
	case ".js":
		t = "text/javascript; charset=utf-8"
	case ".css":
		t = "text/css; charset=utf-8"
	case ".html":
		t = "text/html; charset=utf-8"
	case ".svg":
		t = "image/svg+xml"
	case ".woff2":
		t = "font/woff2"
	}
	if t == "" {
		t = "application/octet-stream"
	}
	return &file{data: data, mediaType: t, tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, immutable: strings.HasPrefix(name, "assets/")}
}

// serve answers with a file, or with index.html where the path is one that the
// console itself knows: it has no extension and a page is asked for. It reports
// whether it answered.
func (s *site) serve(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	f := s.files[name]
	if f == nil && path.Ext(name) == "" && (name == "" || strings.Contains(r.Header.Get("Accept"), "text/html")) {
		f = s.files["index.html"]
	}
	if f == nil {
		return false
	}
	f.serve(w, r)
	return true
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", f.mediaType)
	data, tag := f.data, f.tag
	if f.packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			data, tag = f.packed, strings.TrimSuffix(f.tag, `"`)+`-gzip"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if tagMatches(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(http.StatusOK)
	w.Write(data) // the client is gone, which is no error of ours
}

// acceptsGzip reads an Accept-Encoding header as far as gzip is concerned.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q := strings.ReplaceAll(weight, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
		}
	}
	return false
}
