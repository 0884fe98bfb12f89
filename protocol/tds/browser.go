package tds

import (
	"bytes"
	"encoding/binary"
)

// Browser is a datagram of the SQL Server browser on UDP 1434.
type Browser struct {
	Request bool
	text    []byte
}

// DecodeBrowser reads the datagram in b and returns the number of bytes it took.
func DecodeBrowser(b []byte) (Browser, int, error) {
	if len(b) == 0 {
		return Browser{}, 0, ErrShort
	}
	switch b[0] {
	case 2, 3: // who is there, on the network and on this host
		if len(b) != 1 {
			return Browser{}, 0, ErrProtocol
		}
		return Browser{Request: true}, 1, nil
	case 4, 15: // one instance, the port of its administrator
		if len(b) < 3 || b[len(b)-1] != 0 || len(b) > 34 {
			return Browser{}, 0, ErrProtocol
		}
		return Browser{Request: true}, len(b), nil
	case 5:
		if len(b) < 3 {
			return Browser{}, 0, ErrShort
		}
		n := 3 + int(binary.LittleEndian.Uint16(b[1:]))
		if len(b) >= 13 && !bytes.HasPrefix(b[3:], []byte("ServerName")) {
			return Browser{}, 0, ErrProtocol
		}
		if n > len(b) {
			return Browser{}, 0, ErrShort
		}
		return Browser{text: b[3:n]}, n, nil
	}
	return Browser{}, 0, ErrProtocol
}

// Instance is one instance that a server runs.
type Instance struct {
	Server, Name, Version, Port []byte
}

// Next takes the first instance off the answer; false when there are no more.
func (r *Browser) Next() (Instance, bool) {
	one, rest, _ := bytes.Cut(r.text, []byte(";;"))
	r.text = rest
	var i Instance
	for len(one) > 0 {
		key, after, _ := bytes.Cut(one, []byte(";"))
		value, next, _ := bytes.Cut(after, []byte(";"))
		one = next
		switch string(key) {
		case "ServerName":
			i.Server = value
		case "InstanceName":
			i.Name = value
		case "Version":
			i.Version = value
		case "tcp":
			i.Port = value
		}
	}
	return i, i.Server != nil
}
