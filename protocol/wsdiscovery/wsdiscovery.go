// Package wsdiscovery decodes WS-Discovery messages: the SOAP envelopes in
// which Windows machines, printers and ONVIF cameras look for each other.
//
// It finds the few elements that name a device by scanning for their local
// names. It is no XML parser: entities stay as they are written, comments and
// CDATA are not known, and namespaces are told by their text only.
//
// References: OASIS WS-Discovery 1.1; the 2005/04 draft that devices still
// speak; ONVIF Core Specification section 7.3 (scopes).
package wsdiscovery

import (
	"bytes"
	"errors"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not WS-Discovery.
var (
	ErrShort  = errors.New("wsdiscovery: short message")
	ErrFormat = errors.New("wsdiscovery: not a WS-Discovery message")
)

// Message is one message. Fields point into the decoded buffer and are nil
// where the message lacks them.
type Message struct {
	Action  []byte // the last word of the action: "Hello", "ProbeMatches"
	Address []byte // of the endpoint: "urn:uuid:…"
	Types   []byte // kinds of the device, with spaces between them
	Scopes  []byte // URIs, with spaces between them
	XAddrs  []byte // URLs, with spaces between them
}

// Decode reads one message, which is a whole datagram, and returns the number
// of bytes it took. On ErrShort the message holds what stands before the cut.
func Decode(b []byte) (Message, int, error) {
	start := bytes.TrimLeft(b, "\xef\xbb\xbf \r\n\t")
	switch {
	case len(start) == 0:
		return Message{}, 0, ErrShort
	case start[0] != '<':
		return Message{}, 0, ErrFormat
	}
	action := element(b, "Action")
	if action == nil {
		return Message{}, 0, unfinished(b)
	}
	if !bytes.Contains(action, []byte("/ws/2005/04/discovery/")) && !bytes.Contains(action, []byte("/ws-dd/ns/discovery/")) {
		return Message{}, 0, ErrFormat
	}
	m := Message{
		Action: action[bytes.LastIndexByte(action, '/')+1:], Types: element(b, "Types"),
		Scopes: element(b, "Scopes"), XAddrs: element(b, "XAddrs"),
	}
	if _, epr, ok := bytes.Cut(b, []byte("EndpointReference")); ok {
		m.Address = element(epr, "Address")
	}
	if !bytes.Contains(b, []byte("Envelope>")) {
		return m, 0, ErrShort
	}
	return m, len(b), nil
}

// unfinished tells an envelope that was cut before its action from other XML.
func unfinished(b []byte) error {
	if len(b) < 64 || bytes.Contains(b, []byte("Envelope")) && !bytes.Contains(b, []byte("Envelope>")) {
		return ErrShort
	}
	return ErrFormat
}

// element is the text of the first element with that local name, without space
// around it; nil when it is not there, empty or unfinished.
func element(b []byte, local string) []byte {
	for {
		open := bytes.IndexByte(b, '<')
		if open < 0 {
			return nil
		}
		b = b[open+1:]
		end := bytes.IndexByte(b, '>')
		if end < 0 {
			return nil
		}
		tag := b[:end]
		b = b[end+1:]
		if !named(tag, local) {
			continue
		}
		end = bytes.IndexByte(b, '<')
		if end < 0 {
			return nil
		}
		if text := bytes.TrimSpace(b[:end]); len(text) > 0 {
			return text
		}
		return nil
	}
}

// named reports whether a tag opens an element with that local name.
func named(tag []byte, local string) bool {
	if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
		tag = tag[:i]
	}
	if i := bytes.IndexByte(tag, ':'); i >= 0 {
		tag = tag[i+1:]
	}
	return string(tag) == local
}

// CutWord takes the first word off a list of words.
func CutWord(list []byte) (word, rest []byte) {
	list = bytes.TrimLeft(list, " \t\r\n")
	if i := bytes.IndexAny(list, " \t\r\n"); i >= 0 {
		return list[:i], list[i:]
	}
	return list, nil
}
