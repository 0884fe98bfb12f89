// Package ber reads ASN.1 values in the Basic Encoding Rules and in their
// subset DER: the tag-length-value layer below MMS, GOOSE, SNMP, LDAP, Kerberos
// and SPNEGO.
//
// It knows nothing of any schema: a caller walks the elements with a Cursor and
// asks each body for the integer, string or object identifier it should hold.
// Nothing is allocated and nothing is copied: bodies lie in the caller's
// buffer. Both length forms are read, the indefinite one to MaxDepth levels.
// Constructed strings are not joined and REAL is not read.
//
// Reference: ITU-T X.690 (02/2021), clauses 8.1 to 8.3, 8.6 and 8.19.
package ber

import "errors"

// Errors of this package. ErrShort means that the element is not complete:
// "give me more bytes". The others mean that the bytes are no BER.
var (
	ErrShort  = errors.New("ber: short element")
	ErrTag    = errors.New("ber: tag number above 2^28-1 or not in its shortest form")
	ErrLength = errors.New("ber: length above 2^31-1 or reserved length octet")
	ErrDepth  = errors.New("ber: indefinite lengths nested too deeply")
	ErrEnd    = errors.New("ber: end-of-contents outside an indefinite length")
)

// MaxDepth is how many elements of indefinite length may stand in each other.
const MaxDepth = 16

// Tag is a class and a number: Context|3, Application|1, Sequence. Whether an
// element is constructed is not part of it.
type Tag uint32

// Classes, to be joined with a number by |.
const (
	Universal   Tag = 0 << 30
	Application Tag = 1 << 30
	Context     Tag = 2 << 30
	Private     Tag = 3 << 30
)

// Universal tags that the protocols here use.
const (
	End              Tag = 0
	Boolean          Tag = 1
	Integer          Tag = 2
	BitString        Tag = 3
	OctetString      Tag = 4
	Null             Tag = 5
	ObjectIdentifier Tag = 6
	External         Tag = 8
	Enumerated       Tag = 10
	UTF8String       Tag = 12
	Sequence         Tag = 16
	Set              Tag = 17
	PrintableString  Tag = 19
	IA5String        Tag = 22
	UTCTime          Tag = 23
	GeneralizedTime  Tag = 24
	VisibleString    Tag = 26
	GeneralString    Tag = 27
	BMPString        Tag = 30
)

// Number is the tag's number without the class.
func (t Tag) Number() uint32 { return uint32(t) & (1<<30 - 1) }

// Class is the tag's class: Universal, Application, Context or Private.
func (t Tag) Class() Tag { return t & Private }

// Header is a tag and a length. Length is -1 for the indefinite form, which
// only a constructed element may have.
type Header struct {
	Tag         Tag
	Constructed bool
	Length      int
}

// Element is one decoded value. Body is its contents, borrowed from the input;
// of an indefinite length it ends before the end-of-contents octets.
type Element struct {
	Tag         Tag
	Constructed bool
	Body        []byte
}

// DecodeHeader reads the tag and length at the start of b and returns the
// number of octets they took. The contents need not be there: it serves to
// learn how long a message on a stream will be.
func DecodeHeader(b []byte) (Header, int, error) {
	if len(b) < 2 {
		return Header{}, 0, ErrShort
	}
	h := Header{Tag: Tag(b[0]>>6)<<30 | Tag(b[0]&0x1f), Constructed: b[0]&0x20 != 0}
	n := 1
	if b[0]&0x1f == 0x1f {
		number, k, err := highTag(b[1:])
		if err != nil {
			return Header{}, 0, err
		}
		h.Tag = h.Tag.Class() | number
		n += k
	}
	length, k, err := decodeLength(b[n:], h.Constructed)
	if err != nil {
		return Header{}, 0, err
	}
	h.Length = length
	return h, n + k, nil
}

// highTag reads a tag number of 31 or more: seven bits an octet, at most four
// octets here, which every protocol of this family keeps to.
func highTag(b []byte) (Tag, int, error) {
	var t Tag
	for i := range 4 {
		if i >= len(b) {
			return 0, 0, ErrShort
		}
		t = t<<7 | Tag(b[i]&0x7f)
		if t == 0 {
			return 0, 0, ErrTag
		}
		if b[i]&0x80 == 0 {
			return t, i + 1, nil
		}
	}
	return 0, 0, ErrTag
}

func decodeLength(b []byte, constructed bool) (int, int, error) {
	if len(b) == 0 {
		return 0, 0, ErrShort
	}
	octets := int(b[0] & 0x7f)
	switch {
	case b[0] < 0x80:
		return int(b[0]), 1, nil
	case b[0] == 0x80 && constructed:
		return -1, 1, nil
	case b[0] == 0x80 || b[0] == 0xff:
		return 0, 0, ErrLength
	}
	var n uint64
	for i := range octets {
		if i+1 >= len(b) {
			return 0, 0, ErrShort
		}
		n = n<<8 | uint64(b[i+1])
		// Leading zeros are legal in BER, so the value decides, not the
		// number of octets.
		if n > 1<<31-1 {
			return 0, 0, ErrLength
		}
	}
	return int(n), octets + 1, nil
}

// Decode reads the element at the start of b and returns the number of octets
// it took, end-of-contents octets included.
func Decode(b []byte) (Element, int, error) {
	h, n, err := DecodeHeader(b)
	if err != nil {
		return Element{}, 0, err
	}
	e := Element{Tag: h.Tag, Constructed: h.Constructed}
	if h.Length < 0 {
		size, err := indefinite(b[n:])
		if err != nil {
			return Element{}, 0, err
		}
		e.Body = b[n : n+size : n+size]
		return e, n + size + 2, nil
	}
	if h.Length > len(b)-n {
		return Element{}, 0, ErrShort
	}
	e.Body = b[n : n+h.Length : n+h.Length]
	return e, n + h.Length, nil
}

// DecodePrefix is Decode for an element whose end may be missing, as in a
// datagram that the capture cut: Body is then what there is. cut says so. The
// elements in it can be walked up to the first that is not whole.
func DecodePrefix(b []byte) (e Element, n int, cut bool, err error) {
	e, n, err = Decode(b)
	if !errors.Is(err, ErrShort) {
		return e, n, false, err
	}
	h, n, err := DecodeHeader(b)
	if err != nil {
		return Element{}, 0, false, err
	}
	return Element{Tag: h.Tag, Constructed: h.Constructed, Body: b[n:]}, len(b), true, nil
}

// indefinite finds the end-of-contents octets that close contents beginning
// at b and returns the length before them. One pass, whatever the nesting.
func indefinite(b []byte) (int, error) {
	depth := 1
	for i := 0; ; {
		if i+1 < len(b) && b[i] == 0 && b[i+1] == 0 {
			if depth--; depth == 0 {
				return i, nil
			}
			i += 2
			continue
		}
		h, n, err := DecodeHeader(b[i:])
		switch {
		case err != nil:
			return 0, err
		case h.Length > len(b)-i-n:
			return 0, ErrShort
		case h.Length < 0:
			if depth++; depth > MaxDepth {
				return 0, ErrDepth
			}
			i += n
		default:
			i += n + h.Length
		}
	}
}

// Extent finds the element at b[at:] without reading it, for those who look at
// many of a known layout: its body is b[body:end]. It knows tags of one octet and
// lengths of up to three, which is all that short messages use; ok is false for
// others, and where the element does not fit.
func Extent(b []byte, at int) (body, end int, ok bool) {
	if at < 0 || len(b)-at < 2 || b[at]&0x1f == 0x1f {
		return 0, 0, false
	}
	n := int(b[at+1])
	body = at + 2
	switch {
	case n < 0x80:
	case n == 0x81 && len(b) > body:
		n = int(b[body])
		body++
	case n == 0x82 && len(b) > body+1:
		n = int(b[body])<<8 | int(b[body+1])
		body += 2
	default:
		return 0, 0, false
	}
	return body, body + n, n <= len(b)-body
}
