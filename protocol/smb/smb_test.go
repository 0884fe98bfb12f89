package smb

import (
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"
)

func wide(s string) []byte {
	b := make([]byte, 0, 2*len(s)+2)
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return append(b, 0, 0)
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// header is a header with unicode and NT statuses.
func header(c Command, reply bool) []byte {
	b := make([]byte, HeaderLen)
	copy(b, Magic)
	b[4] = byte(c)
	if reply {
		b[9] = flagReply
	}
	binary.LittleEndian.PutUint16(b[10:], flags2Unicode|flags2NTStatus)
	copy(b[24:], []byte{1, 0, 0xfe, 0xca, 2, 0, 3, 0})
	return b
}

// block is a block of that many words, of which the first ones are given.
func block(words int, w, data []byte) []byte {
	b := make([]byte, 1+2*words)
	b[0] = byte(words)
	copy(b[1:], w)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

var (
	negotiateRequest = join(header(Negotiate, false), block(0, nil, []byte("\x02NT LM 0.12\x00\x02SMB 2.002\x00")))
	negotiateReply   = join(header(Negotiate, true), block(17,
		[]byte{0, 0, ModeUser | ModeChallenge, 33: 8}, join(make([]byte, 8), wide("PLANT"), wide("SCADA1"))))
	negotiateToken = join(header(Negotiate, true), block(17,
		[]byte{0, 0, ModeUser, 22: 0x80, 33: 0}, join(make([]byte, 16), []byte("token"))))
	setupToken = join(header(SessionSetupAndX, false), block(12, []byte{0xff, 14: 5},
		join([]byte("token"), wide("Windows 5.1"), wide("LAN Manager"), wide("PLANT"))))
	setupReply = join(header(SessionSetupAndX, true), block(3, []byte{0xff, 4: 1},
		join([]byte{0}, wide("Windows 7"), wide("LM"), wide("PLANT"))))
	// A session setup with passwords, followed by a tree connect.
	setupTree = join(header(SessionSetupAndX, false),
		block(13, []byte{byte(TreeConnectAndX), 0, 104, 0, 14: 4}, join([]byte("pass\x00"), wide("op"), wide("PLANT"), wide("OS"), wide("LM"))),
		[]byte{0, 0, 0, 0, 0, 0, 0, 0}, // the chain may leave room
		block(4, []byte{0xff, 6: 1}, join([]byte{0}, wide(`\\SCADA1\C$`), []byte("?????\x00"))))
	treeReply   = join(header(TreeConnectAndX, true), block(3, []byte{0xff}, []byte("IPC\x00\x00")))
	createFile  = join(header(NTCreateAndX, false), block(24, []byte{0xff, 5: 14}, join([]byte{0}, wide(`\svcctl`)[:14])))
	createReply = join(header(NTCreateAndX, true), block(34, []byte{0xff, 5: 0x34, 6: 0x12}, nil))
	transact    = join(header(Transaction, false), block(16, []byte{18: 2, 20: 84, 22: 4, 24: 86, 26: 2, 28: PipeTransact, 30: 0x34, 31: 0x12},
		join([]byte{0}, wide(`\PIPE\`), []byte{0, 0}, []byte("pp"), []byte("data"))))
	write = join(header(WriteAndX, false), block(14, []byte{0xff, 4: 0x34, 5: 0x12, 20: 4, 22: 64}, join([]byte{0}, []byte("data"))))
	read  = join(header(ReadAndX, true), block(12, []byte{0xff, 10: 4, 12: 60}, join([]byte{0}, []byte("data"))))
	erase = join(header(Delete, false), block(1, nil, join([]byte{4}, wide(`\recipe.csv`))))
	whole = [][]byte{
		negotiateRequest, negotiateReply, negotiateToken, setupToken, setupReply, setupTree,
		treeReply, createFile, createReply, transact, write, read, erase,
	}
)

func decode(t *testing.T, b []byte) (Message, Block) {
	t.Helper()
	m, n, err := Decode(b)
	if err != nil || n != HeaderLen {
		t.Fatalf("got %d, %v", n, err)
	}
	blk, ok := m.First()
	if !ok {
		t.Fatal("no first block")
	}
	return m, blk
}

func TestDecodeHeader(t *testing.T) {
	m, blk := decode(t, setupTree)
	if m.Command != SessionSetupAndX || m.Reply() || !m.Wide() || m.Failed() || m.Signed() {
		t.Errorf("got %+v", m)
	}
	if m.TID != 1 || m.PID != 0xcafe || m.UID != 2 || m.MID != 3 || blk.Command != m.Command {
		t.Errorf("got %+v", m)
	}
	m.Status = 0xc0000016
	if m.Failed() || !m.MoreNeeded() {
		t.Error("the wish for more counts as failure")
	}
	m.Status = 0xc000006d
	if !m.Failed() {
		t.Error("a wrong password counts as success")
	}
	for _, b := range [][]byte{[]byte("\xfeSMB"), []byte("GET /")} {
		if _, _, err := Decode(b); !errors.Is(err, ErrProtocol) {
			t.Errorf("%q: got %v", b, err)
		}
	}
}

func TestNegotiate(t *testing.T) {
	_, blk := decode(t, negotiateRequest)
	d := blk.Dialects()
	one, _ := d.Next()
	two, _ := d.Next()
	if _, more := d.Next(); string(one) != "NT LM 0.12" || string(two) != "SMB 2.002" || more {
		t.Errorf("got %q, %q", one, two)
	}
	m, blk := decode(t, negotiateReply)
	r, ok := m.NegotiateReply(blk)
	if !ok || r.Domain.String() != "PLANT" || r.Computer.String() != "SCADA1" || r.Mode != 3 || r.Token != nil {
		t.Errorf("got %+v", r)
	}
	m, blk = decode(t, negotiateToken)
	if r, ok := m.NegotiateReply(blk); !ok || string(r.Token) != "token" {
		t.Errorf("got %+v", r)
	}
}

func TestSessionSetup(t *testing.T) {
	m, blk := decode(t, setupToken)
	s, ok := m.SessionSetup(blk)
	if !ok || string(s.Token) != "token" || s.NativeOS.String() != "Windows 5.1" || s.NativeLM.String() != "LAN Manager" || s.Domain.String() != "PLANT" {
		t.Errorf("request: got %+v", s)
	}
	m, blk = decode(t, setupReply)
	s, ok = m.SessionSetup(blk)
	if !ok || !s.Guest || s.NativeOS.String() != "Windows 7" || s.Domain.String() != "PLANT" {
		t.Errorf("response: got %+v", s)
	}
}

func TestChain(t *testing.T) {
	m, blk := decode(t, setupTree)
	s, ok := m.SessionSetup(blk)
	if !ok || s.Account.String() != "op" || !s.MaybeClear || s.Anonymous || s.NativeOS.String() != "OS" {
		t.Errorf("got %+v", s)
	}
	blk, ok = m.Next(blk)
	if !ok {
		t.Fatal("the chain ends early")
	}
	tree, ok := m.TreeConnect(blk)
	if !ok || tree.Path.String() != `\\SCADA1\C$` || tree.Service.String() != "?????" {
		t.Errorf("got %q, %q", tree.Path.String(), tree.Service.String())
	}
	if _, more := m.Next(blk); more {
		t.Error("the chain has no end")
	}
}

func TestChainThatGoesBack(t *testing.T) {
	b := join(header(OpenAndX, false), block(15, []byte{byte(OpenAndX), 0, HeaderLen, 0}, nil))
	m, blk := decode(t, b)
	if _, more := m.Next(blk); more {
		t.Error("a chain that points to itself goes on")
	}
}

func TestFiles(t *testing.T) {
	m, blk := decode(t, createFile)
	if name, ok := m.FileName(blk); !ok || name.String() != `\svcctl` {
		t.Errorf("create: got %q", name.String())
	}
	m, blk = decode(t, erase)
	if name, ok := m.FileName(blk); !ok || name.String() != `\recipe.csv` {
		t.Errorf("delete: got %q", name.String())
	}
	m, blk = decode(t, createReply)
	if fid, ok := m.OpenedFile(blk); !ok || fid != 0x1234 {
		t.Errorf("opened: got %#x", fid)
	}
	m, blk = decode(t, write)
	if fid, data, ok := m.Written(blk); !ok || fid != 0x1234 || string(data) != "data" {
		t.Errorf("write: got %#x, %q", fid, data)
	}
	m, blk = decode(t, read)
	if data, ok := m.ReadData(blk); !ok || string(data) != "data" {
		t.Errorf("read: got %q", data)
	}
	m, blk = decode(t, treeReply)
	if s, ok := m.TreeService(blk); !ok || s.String() != "IPC" {
		t.Errorf("share: got %q", s.String())
	}
}

func TestTransact(t *testing.T) {
	m, blk := decode(t, transact)
	x, ok := m.Transact(blk)
	if !ok || x.Name.String() != `\PIPE\` || x.Function != PipeTransact || x.FID != 0x1234 || string(x.Params) != "pp" || string(x.Data) != "data" {
		t.Errorf("got %+v", x)
	}
}

// walk reads everything a message may hold.
func walk(t *testing.T, b []byte) {
	m, n, err := Decode(b)
	if n > len(b) || err != nil && n != 0 {
		t.Fatalf("took %d of %d, %v", n, len(b), err)
	}
	if err != nil {
		return
	}
	steps := 0
	for blk, ok := m.First(); ok; blk, ok = m.Next(blk) {
		if steps++; steps > len(b) {
			t.Fatal("the chain has no end")
		}
		inside(t, b, blk.Words, blk.Data)
		d := blk.Dialects()
		for s, ok := d.Next(); ok; s, ok = d.Next() {
			inside(t, b, s)
		}
		r, _ := m.NegotiateReply(blk)
		s, _ := m.SessionSetup(blk)
		tree, _ := m.TreeConnect(blk)
		service, _ := m.TreeService(blk)
		name, _ := m.FileName(blk)
		inside(t, b, r.Token, r.Domain.Raw, r.Computer.Raw, s.Token, s.Account.Raw, s.Domain.Raw, s.NativeOS.Raw, s.NativeLM.Raw,
			tree.Path.Raw, tree.Service.Raw, service.Raw, name.Raw)
		_, data, _ := m.Written(blk)
		back, _ := m.ReadData(blk)
		x, _ := m.Transact(blk)
		inside(t, b, data, back, x.Params, x.Data, x.Name.Raw)
		m.OpenedFile(blk)
		m.ClosedFile(blk)
		m.ReadFrom(blk)
	}
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
	for _, b := range whole {
		f.Add(b)
	}
	f.Fuzz(walk)
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, _, err := Decode(setupTree)
		if err != nil {
			b.Fatal(err)
		}
		for blk, ok := m.First(); ok; blk, ok = m.Next(blk) {
			m.SessionSetup(blk)
			m.TreeConnect(blk)
		}
	}
}
