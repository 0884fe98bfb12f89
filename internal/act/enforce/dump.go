//go:build linux

package enforce

import (
	"time"

	"github.com/google/nftables"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// elements reads the elements of a set, in order.
func (k *kernel) elements(s *nftables.Set) ([]element, error) {
	list, err := k.dump(unix.NFT_MSG_GETSETELEM, s.Table.Family, []netlink.Attribute{
		{Type: unix.NFTA_SET_ELEM_LIST_TABLE, Data: append([]byte(s.Table.Name), 0)},
		{Type: unix.NFTA_SET_ELEM_LIST_SET, Data: append([]byte(s.Name), 0)},
	}, true)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	var all []element
	for _, m := range list {
		for _, a := range m.nest(unix.NFTA_SET_ELEM_LIST_ELEMENTS).list {
			all = append(all, elementOf(nested(a.Data), s, now))
		}
	}
	c := contents{s.Name: all}
	c.sort()
	return c[s.Name], nil
}

// Attributes that the library has no names for.
const (
	attrKeyEnd      = 10 // NFTA_SET_ELEM_KEY_END
	attrExpressions = 11 // NFTA_SET_ELEM_EXPRESSIONS
)

// elementOf reads one element. What is damaged in it is left empty, which differs
// from everything that the wall puts there.
func elementOf(a attributes, s *nftables.Set, now time.Time) element {
	e := element{
		key:  a.nest(unix.NFTA_SET_ELEM_KEY).get(unix.NFTA_DATA_VALUE),
		end:  a.nest(attrKeyEnd).get(unix.NFTA_DATA_VALUE),
		stop: a.number(unix.NFTA_SET_ELEM_FLAGS)&unix.NFT_SET_ELEM_INTERVAL_END != 0,
		note: note(a.get(unix.NFTA_SET_ELEM_USERDATA)),
	}
	if left := time.Duration(a.number(unix.NFTA_SET_ELEM_EXPIRATION)) * time.Millisecond; left > 0 {
		e.until = now.Add(left)
	}
	data := a.nest(unix.NFTA_SET_ELEM_DATA)
	e.val = data.get(unix.NFTA_DATA_VALUE)
	if v := data.nest(unix.NFTA_DATA_VERDICT); len(v.list) > 0 {
		e.verdict = verdictName(v)
	}
	e.count = countOf(a.nest(unix.NFTA_SET_ELEM_EXPR))
	if s.Counter && e.count == (Count{}) {
		for _, x := range a.nest(attrExpressions).list {
			e.count = countOf(nested(x.Data))
		}
	}
	return e
}

// Verdict codes (linux/netfilter/nf_tables.h, linux/netfilter.h).
const (
	codeDrop   = 0
	codeAccept = 1
)

func verdictName(v attributes) string {
	if c := v.text(unix.NFTA_VERDICT_CHAIN); c != "" {
		return c
	}
	switch v.number(unix.NFTA_VERDICT_CODE) {
	case codeDrop:
		return "drop"
	case codeAccept:
		return "accept"
	}
	return "?"
}

func countOf(x attributes) Count {
	if x.text(unix.NFTA_EXPR_NAME) != "counter" {
		return Count{}
	}
	d := x.nest(unix.NFTA_EXPR_DATA)
	return Count{Packets: d.number(unix.NFTA_COUNTER_PACKETS), Bytes: d.number(unix.NFTA_COUNTER_BYTES)}
}

// note is the comment among an element's user data: type, length, value.
func note(b []byte) string {
	for len(b) >= 2 && len(b) >= 2+int(b[1]) {
		v := b[2 : 2+int(b[1])]
		if b[0] == 0 {
			if n := len(v); n > 0 && v[n-1] == 0 {
				v = v[:n-1]
			}
			return string(v)
		}
		b = b[2+int(b[1]):]
	}
	return ""
}
