package smb2

import (
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"
)

func wide(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// message is a message with a body of that size, fields at their places in it
// and data behind it. The offset of the data is written at offAt, two bytes
// wide, and its length behind the offset in as many bytes.
func message(c Command, flags uint32, size int, fields map[int][]byte, offAt int, data []byte) []byte {
	b := make([]byte, HeaderLen+size)
	copy(b, Magic)
	le := binary.LittleEndian
	le.PutUint16(b[4:], HeaderLen)
	le.PutUint16(b[12:], uint16(c))
	le.PutUint32(b[16:], flags)
	le.PutUint64(b[24:], 7)
	le.PutUint32(b[36:], 5)
	le.PutUint64(b[40:], 9)
	for at, v := range fields {
		copy(b[HeaderLen+at:], v)
	}
	if data != nil {
		le.PutUint16(b[HeaderLen+offAt:], uint16(len(b)))
		le.PutUint16(b[HeaderLen+offAt+2:], uint16(len(data)))
	}
	return append(b, data...)
}

var file = []byte{1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}

var (
	negotiateRequest = message(CmdNegotiate, 0, 36, map[int][]byte{2: {2, 0, ModeSigning, 0}}, 0, nil)
	negotiateReply   = message(CmdNegotiate, flagReply, 64, map[int][]byte{2: {ModeSigningRequired, 0, 0x11, 3}}, 56, []byte("token"))
	setupRequest     = message(CmdSessionSetup, 0, 24, nil, 12, []byte("token"))
	setupReply       = message(CmdSessionSetup, flagReply, 8, map[int][]byte{2: {byte(SessionGuest)}}, 4, []byte("token"))
	treeRequest      = message(CmdTreeConnect, 0, 8, nil, 4, wide(`\\SCADA1\C$`))
	treeReply        = message(CmdTreeConnect, flagReply, 16, map[int][]byte{2: {byte(SharePipe)}}, 0, nil)
	createRequest    = message(CmdCreate, 0, 56, map[int][]byte{24: {1}, 36: {5}}, 44, wide("svcctl"))
	createReply      = message(CmdCreate, flagReply, 88, map[int][]byte{64: file}, 0, nil)
	closeRequest     = message(CmdClose, 0, 24, map[int][]byte{8: file}, 0, nil)
	writeRequest     = message(CmdWrite, 0, 48, map[int][]byte{2: {112, 0, 4}, 16: file}, 40, []byte("data"))
	readRequest      = message(CmdRead, 0, 48, map[int][]byte{16: file}, 0, nil)
	readReply        = append(message(CmdRead, flagReply, 16, map[int][]byte{2: {80, 0, 4}}, 0, nil), "data"...)
	ioctlRequest     = append(message(CmdIoctl, 0, 56, map[int][]byte{4: {0x17, 0xc0, 0x11}, 8: file, 24: {120, 0, 0, 0, 4}}, 0, nil), "data"...)
	ioctlReply       = append(message(CmdIoctl, flagReply, 48, map[int][]byte{4: {0x17, 0xc0, 0x11}, 8: file, 32: {112, 0, 0, 0, 4}}, 0, nil), "back"...)
	renameRequest    = append(message(CmdSetInfo, 0, 32, map[int][]byte{2: {1, ClassRename, 28, 0, 0, 0, 96}, 16: file}, 0, nil),
		append(append(make([]byte, 16), 8, 0, 0, 0), wide("x.wc")...)...)
	encrypted = append([]byte(MagicEncrypted), make([]byte, 60)...)
	compound  = func() []byte {
		b := append([]byte(nil), createRequest...)
		for len(b)%8 != 0 {
			b = append(b, 0)
		}
		binary.LittleEndian.PutUint32(b[20:], uint32(len(b)))
		return append(b, message(CmdRead, flagRelated, 48, map[int][]byte{16: {0xff}}, 0, nil)...)
	}()
	whole = [][]byte{
		negotiateRequest, negotiateReply, setupRequest, setupReply, treeRequest, treeReply, createRequest, createReply,
		closeRequest, writeRequest, readRequest, readReply, ioctlRequest, ioctlReply, renameRequest, compound,
	}
)

func decode(t *testing.T, b []byte) Message {
	t.Helper()
	m, _, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDecodeHeader(t *testing.T) {
	m, n, err := Decode(setupReply)
	if err != nil || n != len(setupReply) || !m.Reply() || m.ID != 7 || m.Tree != 5 || m.Session != 9 || m.Signed() || m.Related() {
		t.Errorf("got %+v, %d, %v", m, n, err)
	}
	m, n, err = Decode(encrypted)
	if err != nil || !m.Encrypted || n != len(encrypted) {
		t.Errorf("encrypted: got %+v, %d, %v", m, n, err)
	}
	bad := append([]byte(nil), setupReply...)
	bad[4] = 63
	if _, _, err := Decode(bad); !errors.Is(err, ErrStructure) {
		t.Errorf("structure size 63: got %v", err)
	}
	if _, _, err := Decode([]byte("\xffSMB")); !errors.Is(err, ErrProtocol) {
		t.Errorf("SMB1: got %v", err)
	}
	m = Message{Status: statusMoreProcessing}
	if m.Failed() || !m.MoreNeeded() {
		t.Error("the wish for more counts as failure")
	}
	m = Message{Status: 0xc0000022}
	if !m.Failed() {
		t.Error("access denied counts as success")
	}
	m = Message{Status: statusPending, Flags: flagReply | flagAsync}
	if !m.Interim() || m.Failed() {
		t.Error("a pending answer is taken for the last")
	}
}

func TestSession(t *testing.T) {
	m := decode(t, negotiateReply)
	if r, ok := m.NegotiateReply(); !ok || r.Dialect != Dialect311 || r.Dialect.String() != "3.1.1" || r.Mode != ModeSigningRequired || string(r.Token) != "token" {
		t.Errorf("negotiate: got %+v", r)
	}
	m = decode(t, negotiateRequest)
	if r, ok := m.NegotiateRequest(); !ok || r.Mode != ModeSigning {
		t.Errorf("negotiate request: got %+v", r)
	}
	for _, b := range [][]byte{setupRequest, setupReply} {
		m = decode(t, b)
		if tok, ok := m.Token(); !ok || string(tok) != "token" {
			t.Errorf("session setup: got %q", tok)
		}
	}
	if f, ok := m.SessionFlags(); !ok || f != SessionGuest {
		t.Errorf("session flags: got %d", f)
	}
	m = decode(t, treeRequest)
	if p, ok := m.TreePath(); !ok || p.String() != `\\SCADA1\C$` {
		t.Errorf("tree: got %q", p.String())
	}
	m = decode(t, treeReply)
	if s, ok := m.ShareType(); !ok || s != SharePipe {
		t.Errorf("share: got %d", s)
	}
}

func TestFile(t *testing.T) {
	id := FileID{1, 2}
	m := decode(t, createRequest)
	if c, ok := m.CreateRequest(); !ok || c.Name.String() != "svcctl" || c.Access != 1 || c.Dispose != 5 {
		t.Errorf("create: got %+v", c)
	}
	m = decode(t, createReply)
	if f, ok := m.OpenedFile(); !ok || f != id {
		t.Errorf("opened: got %v", f)
	}
	m = decode(t, closeRequest)
	if f, ok := m.ClosedFile(); !ok || f != id {
		t.Errorf("closed: got %v", f)
	}
	m = decode(t, writeRequest)
	if f, data, ok := m.Written(); !ok || f != id || string(data) != "data" {
		t.Errorf("write: got %v, %q", f, data)
	}
	m = decode(t, readRequest)
	if f, ok := m.ReadFrom(); !ok || f != id {
		t.Errorf("read: got %v", f)
	}
	m = decode(t, readReply)
	if data, ok := m.ReadData(); !ok || string(data) != "data" {
		t.Errorf("read: got %q", data)
	}
	m = decode(t, ioctlRequest)
	if x, ok := m.Ioctl(); !ok || x.Code != ControlPipeTransceive || x.File != id || string(x.Data) != "data" {
		t.Errorf("ioctl: got %+v", x)
	}
	m = decode(t, ioctlReply)
	if x, ok := m.Ioctl(); !ok || string(x.Data) != "back" {
		t.Errorf("ioctl: got %+v", x)
	}
	m = decode(t, renameRequest)
	if s, ok := m.SetInfo(); !ok || s.Class != ClassRename || s.Rename.String() != "x.wc" {
		t.Errorf("rename: got %+v", s)
	}
}

func TestCompound(t *testing.T) {
	m, n, err := Decode(compound)
	if err != nil || m.Command != CmdCreate || n >= len(compound) {
		t.Fatalf("got %+v, %d, %v", m, n, err)
	}
	m, rest, err := Decode(compound[n:])
	if err != nil || m.Command != CmdRead || !m.Related() || n+rest != len(compound) {
		t.Fatalf("got %+v, %d, %v", m, rest, err)
	}
}

// walk reads everything a message may hold.
func walk(t *testing.T, b []byte) {
	m, n, err := Decode(b)
	if n > len(b) || err != nil && n != 0 || err == nil && n == 0 {
		t.Fatalf("took %d of %d, %v", n, len(b), err)
	}
	nr, _ := m.NegotiateRequest()
	na, _ := m.NegotiateReply()
	tok, _ := m.Token()
	tree, _ := m.TreePath()
	c, _ := m.CreateRequest()
	_, w, _ := m.Written()
	r, _ := m.ReadData()
	x, _ := m.Ioctl()
	s, _ := m.SetInfo()
	inside(t, b[:n], nr.Dialects, na.Token, tok, tree.Raw, c.Name.Raw, w, r, x.Data, s.Rename.Raw)
	m.SessionFlags()
	m.ShareType()
	m.OpenedFile()
	m.ClosedFile()
	m.ReadFrom()
}

func inside(t *testing.T, outer []byte, inner ...[]byte) {
	o := uintptr(unsafe.Pointer(unsafe.SliceData(outer)))
	for _, s := range inner {
		i := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
		if len(s) > 0 && (i < o || i+uintptr(len(s)) > o+uintptr(len(outer))) {
			t.Fatalf("%q lies outside the message", s)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, b := range whole {
		for i := range b {
			walk(t, b[:i])
			if _, _, err := Decode(b[:i]); (i < HeaderLen) != errors.Is(err, ErrShort) {
				t.Errorf("%d bytes: got %v", i, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range append(whole, encrypted) {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for rest := compound; len(rest) > 0; {
			m, n, err := Decode(rest)
			if err != nil {
				b.Fatal(err)
			}
			m.CreateRequest()
			rest = rest[n:]
		}
	}
}
