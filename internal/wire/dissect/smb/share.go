package smb

import (
	"bytes"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/msrpc"
)

// treeKind is what a share gives access to.
type treeKind uint8

const (
	treeUnknown treeKind = iota
	treeFiles
	treeAdmin // a whole drive or the Windows folder: administrators only
	treePipes
)

// splitShare takes \\SERVER\share apart.
func splitShare(path []byte) (host, share []byte) {
	path = bytes.TrimLeft(path, `\`)
	host, share, _ = bytes.Cut(path, []byte{'\\'})
	return host, share
}

// named reports whether a host is given by name and not by address. IPv6
// addresses are written as names below ipv6-literal.net.
func named(host []byte) bool {
	if len(host) == 0 || host[0] == '*' || bytes.HasSuffix(host, []byte(".ipv6-literal.net")) {
		return false
	}
	_, err := netip.ParseAddr(string(host))
	return err != nil
}

func kindOfShare(share []byte) treeKind {
	switch {
	case bytes.EqualFold(share, []byte("IPC$")):
		return treePipes
	case bytes.EqualFold(share, []byte("ADMIN$")), len(share) == 2 && share[1] == '$':
		return treeAdmin
	}
	return treeFiles
}

// trees remembers what the tree numbers of one conversation stand for.
type trees struct {
	list [16]struct {
		id   uint32
		kind treeKind
	}
	next int
}

func (t *trees) add(id uint32, kind treeKind) {
	for i := range t.list {
		if t.list[i].id == id && t.list[i].kind != treeUnknown {
			t.list[i].kind = kind
			return
		}
	}
	t.list[t.next].id, t.list[t.next].kind = id, kind
	t.next = (t.next + 1) % len(t.list)
}

func (t *trees) kind(id uint32) treeKind {
	for i := range t.list {
		if t.list[i].id == id && t.list[i].kind != treeUnknown {
			return t.list[i].kind
		}
	}
	return treeUnknown
}

// fileKey is the handle of an open pipe: SMB1's number, or both halves of
// SMB2's.
type fileKey struct{ a, b uint64 }

// pipes holds the named pipes that are open in one conversation.
type pipes struct {
	list [8]struct {
		key  fileKey
		open bool
		rpc  *msrpc.Pipe
	}
	next int
	made uint8
}

// open remembers a pipe. The oldest makes room.
func (p *pipes) open(key fileKey) {
	at := &p.list[p.next]
	p.next = (p.next + 1) % len(p.list)
	p.made++
	at.key, at.open, at.rpc = key, true, &msrpc.Pipe{Number: p.made}
}

// find is the pipe with that handle and its place, nil if there is none.
func (p *pipes) find(key fileKey) (*msrpc.Pipe, int) {
	for i := range p.list {
		if p.list[i].open && p.list[i].key == key {
			return p.list[i].rpc, i
		}
	}
	return nil, -1
}

// findOrStart is the pipe with that handle. One whose opening was not seen is
// taken for a pipe when its bytes are the start of a call.
func (p *pipes) findOrStart(key fileKey, data []byte) (*msrpc.Pipe, int) {
	if r, i := p.find(key); r != nil || !msrpc.Starts(data) {
		return r, i
	}
	p.open(key)
	return p.find(key)
}

// at is the pipe at a place that find returned, nil if it is gone.
func (p *pipes) at(i int) *msrpc.Pipe {
	if i < 0 || i >= len(p.list) || !p.list[i].open {
		return nil
	}
	return p.list[i].rpc
}

func (p *pipes) close(key fileKey) {
	if _, i := p.find(key); i >= 0 {
		p.list[i].open, p.list[i].rpc = false, nil
	}
}
