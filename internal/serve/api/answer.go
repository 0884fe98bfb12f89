package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// answer is a buffer for one JSON answer. It is written only when it is whole:
// what cannot be encoded becomes a problem and not half an answer, and its hash
// is the entity tag.
type answer struct {
	buf bytes.Buffer
	enc *json.Encoder
}

// maxPooled is the largest buffer that is kept for the next answer, so that one
// large answer does not hold its memory for ever.
const maxPooled = 1 << 20

var answerPool = sync.Pool{New: func() any {
	a := &answer{}
	a.enc = json.NewEncoder(&a.buf)
	a.enc.SetEscapeHTML(false)
	return a
}}

// writeJSON answers with v. GETs carry a weak entity tag made from the content:
// it is right whatever changed it, and a client that has the answer gets a 304.
func writeJSON(w http.ResponseWriter, r *http.Request, status int, v any) error {
	a := answerPool.Get().(*answer)
	defer func() {
		if a.buf.Cap() <= maxPooled {
			a.buf.Reset()
			answerPool.Put(a)
		}
	}()
	if err := a.enc.Encode(v); err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	h := w.Header()
	if status == http.StatusOK && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		sum := sha256.Sum256(a.buf.Bytes())
		tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		h.Set("ETag", tag)
		h.Set("Cache-Control", "private, no-cache")
		if tagMatches(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	} else {
		h.Set("Cache-Control", "no-store")
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(a.buf.Len()))
	w.WriteHeader(status)
	w.Write(a.buf.Bytes()) // the client is gone, which is no error of ours
	return nil
}

// tagMatches is the weak comparison of RFC 9110 section 13.1.2.
func tagMatches(header, tag string) bool {
	if header == "" {
		return false
	}
	weak := strings.TrimPrefix(tag, "W/")
	for t := range strings.SplitSeq(header, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == weak {
			return true
		}
	}
	return false
}
