package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

const (
	partSuffix   = ".part"
	uploadBuffer = 256 << 10
	// An upload must bring uploadLeast bytes in every uploadPause. There is no
	// limit for the whole: some gigabytes over a slow line take their time. But
	// there are few turns, and a client that drips must not hold one for ever.
	uploadPause = 30 * time.Second
	uploadLeast = 256 << 10
	// roomEvery is how many bytes come between two looks at the free space.
	roomEvery = 16 << 20
)

// removeLeftovers makes the folder if there is none and deletes what was cut
// off there when the program ended.
func removeLeftovers(dir, pattern string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	parts, err := filepath.Glob(filepath.Join(dir, pattern))
	for _, p := range parts {
		err = errors.Join(err, os.Remove(p))
	}
	return err
}

// importCapture takes a capture from the body to the disk and hands it to the
// importer. The file goes again if anything fails on the way.
func (s *Server) importCapture(w http.ResponseWriter, r *http.Request, in *uploadInput) error {
	if s.opt.Importer == nil || s.opt.Uploads == "" {
		return refuse(ErrAbsent, "This program does not import captures. Start it with a data directory, or analyze the file with bulkhead analyze.")
	}
	done, err := s.uploads.take(r.Context(), s.opt.Limits.Wait)
	if err != nil {
		s.metrics.refused.WithLabelValues("uploads").Inc()
		return err
	}
	defer done()
	rc := http.NewResponseController(w)
	if err := s.room(max(r.ContentLength, 0)); err != nil {
		return hangUp(w, err)
	}
	body := bufio.NewReaderSize(&patient{r: r.Body, rc: rc}, uploadBuffer)
	format, err := sniff(body)
	if err != nil {
		return hangUp(w, uploadError(err))
	}
	u, err := s.receive(body, in.Name, format)
	if err != nil {
		return hangUp(w, uploadError(err))
	}
	u.Site = in.Site
	// The file is here: a client that goes away now does not undo it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), s.opt.Limits.Timeout)
	defer cancel()
	c, err := s.opt.Importer.Import(ctx, u)
	if err != nil {
		return errors.Join(err, os.Remove(u.Path))
	}
	if err := writeUntil(rc, time.Now().Add(uploadPause)); err != nil {
		return fmt.Errorf("answer an upload: %w", err)
	}
	w.Header().Set("Location", base+"/captures/"+c.ID)
	return writeJSON(w, r, http.StatusAccepted, NewJob(&c))
}

// hangUp closes the connection after the answer, so that the rest of a refused
// body need not be read.
func hangUp(w http.ResponseWriter, err error) error {
	w.Header().Set("Connection", "close")
	return errors.Join(err, writeUntil(http.NewResponseController(w), time.Now().Add(uploadPause)))
}

// patient moves the deadline on while enough bytes come.
type patient struct {
	r     io.Reader
	rc    *http.ResponseController
	until time.Time // by when uploadLeast bytes must have come
	least int       // how many of them are still to come
}

// Read reads what has come.
func (p *patient) Read(b []byte) (int, error) {
	if p.least <= 0 {
		p.until, p.least = time.Now().Add(uploadPause), uploadLeast
		if err := readUntil(p.rc, p.until); err != nil {
			return 0, err
		}
	}
	n, err := p.r.Read(b)
	p.least -= n
	return n, err
}

// room refuses what would leave less of the disk than others need.
func (s *Server) room(more int64) error {
	if more > s.opt.Limits.UploadBytes {
		return refuse(ErrTooLarge, fmt.Sprintf("The capture has %d MB; at most %d MB are taken. Cut it, for example with editcap -c, and send the parts.", more>>20, s.opt.Limits.UploadBytes>>20))
	}
	free, err := s.opt.Free(s.opt.Uploads)
	if err != nil {
		return fmt.Errorf("ask for the free space of the folder of uploads: %w", err)
	}
	if free < s.opt.Limits.FreeBytes || free-s.opt.Limits.FreeBytes < uint64(more) {
		return refuse(ErrNoRoom, fmt.Sprintf("The disk has %d MB free, of which %d MB stay free for others. Make room and send the capture again.", free>>20, s.opt.Limits.FreeBytes>>20))
	}
	return nil
}

// receive writes the body to a file. It is synced before it is handed on: an
// import that was acknowledged is not lost with the power.
func (s *Server) receive(body io.Reader, name, format string) (u Upload, err error) {
	f, err := os.CreateTemp(s.opt.Uploads, "upload-*"+partSuffix)
	if err != nil {
		return u, fmt.Errorf("make a file for an upload: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	hash := sha256.New()
	size, err := s.copyWithRoom(io.MultiWriter(f, hash), body)
	if err != nil {
		return u, err
	}
	if err = errors.Join(f.Sync(), f.Close()); err != nil {
		return u, fmt.Errorf("write an upload: %w", err)
	}
	path := strings.TrimSuffix(f.Name(), partSuffix)
	if err = os.Rename(f.Name(), path); err != nil {
		return u, fmt.Errorf("write an upload: %w", err)
	}
	return Upload{Name: cleanName(name), Path: path, Size: size, SHA256: hex.EncodeToString(hash.Sum(nil)), Format: format}, nil
}

// copyWithRoom copies and looks at the free space again and again: a body
// without a length may be as long as it likes.
func (s *Server) copyWithRoom(w io.Writer, r io.Reader) (int64, error) {
	buf := make([]byte, uploadBuffer)
	var size int64
	for {
		n, err := io.CopyBuffer(w, io.LimitReader(r, roomEvery), buf)
		size += n
		if err != nil || n < roomEvery {
			return size, err
		}
		if err := s.room(0); err != nil {
			return size, err
		}
	}
}

// cleanName is what people see; it is never used as a path.
func cleanName(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
}

// uploadError says in words what went wrong on the way to the disk.
func uploadError(err error) error {
	var refusal *Refusal
	var tooLarge *http.MaxBytesError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &refusal):
		return err
	case errors.As(err, &tooLarge):
		return refuse(ErrTooLarge, fmt.Sprintf("The capture is larger than %d MB. Cut it, for example with editcap -c, and send the parts.", tooLarge.Limit>>20))
	case errors.Is(err, syscall.ENOSPC):
		return refuse(ErrNoRoom, "The disk is full. Make room and send the capture again.")
	case errors.As(err, &timeout) && timeout.Timeout():
		return refuse(ErrInvalid, fmt.Sprintf("Less than %d kB came in %v. Send the capture again over a faster line.", uploadLeast>>10, uploadPause))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refuse(ErrInvalid, "The capture ended before its length. Send it again.")
	}
	return err
}

// NewJob is an import as lists give it.
func NewJob(c *store.Capture) *Job {
	return &Job{
		ID: c.ID, Name: c.Name, Site: c.Site, Sensor: c.Sensor, SHA256: c.SHA256, State: string(c.State), Problem: c.Problem,
		Bytes: uint64(max(c.Size, 0)), BytesRead: uint64(max(c.ReadBytes, 0)), Packets: uint64(max(c.Packets, 0)),
		Created: when(c.Created), Started: when(c.Started), Ended: when(c.Ended),
	}
}

var errNoCapture = refuse(ErrWrongType, "This is not a capture: it begins neither like pcap or pcapng nor like one of them packed with gzip or zstd. Choose the file that the capture program wrote; what was exported as text or packed as zip is not read.")

// magics are how captures begin (draft-ietf-opsawg-pcap-05 section 4, with
// times in micro- and nanoseconds and either order of bytes; pcapng-02 section 4.1).
var magics = []struct{ begin, format string }{
	{"\xa1\xb2\xc3\xd4", "pcap"},
	{"\xd4\xc3\xb2\xa1", "pcap"},
	{"\xa1\xb2\x3c\x4d", "pcap"},
	{"\x4d\x3c\xb2\xa1", "pcap"},
	{"\x0a\x0d\x0d\x0a", "pcapng"},
}

// sniff tells the format by the first bytes, without taking them. What is
// packed is unpacked as far as that needs.
func sniff(r *bufio.Reader) (string, error) {
	head, err := r.Peek(4)
	if len(head) < 4 {
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return "", errNoCapture
	}
	var inner io.Reader
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}), bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		// The rest of the buffer, or of the body if that is shorter.
		packed, err := r.Peek(uploadBuffer)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		z, err := unpack(packed)
		if err != nil {
			return "", errNoCapture
		}
		defer z.Close()
		inner = z
	default:
		inner = bytes.NewReader(head)
	}
	var begin [4]byte
	if _, err := io.ReadFull(inner, begin[:]); errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return "zstd", nil // the importer finds out
	} else if err != nil {
		return "", errNoCapture
	}
	for _, m := range magics {
		if string(begin[:]) == m.begin {
			return m.format, nil
		}
	}
	return "", errNoCapture
}

// sniffWindow is the window of zstd that is unpacked to look inside; every
// decoder must have it (RFC 8878 section 3.1.1.1.2). A frame can ask for any
// window in its header, which is memory that a few bytes would take.
const sniffWindow = 8 << 20

// unpack reads the beginning of something packed.
func unpack(packed []byte) (io.ReadCloser, error) {
	if packed[0] == 0x1f {
		return gzip.NewReader(bytes.NewReader(packed))
	}
	d, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(sniffWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}
