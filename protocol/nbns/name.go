package nbns

// Suffixes: the sixteenth byte of a name says what runs behind it.
const (
	SuffixWorkstation   = 0x00
	SuffixMasterBrowser = 0x01 // in the group name of two 0x01, 0x02 and text
	SuffixMessenger     = 0x03
	SuffixServer        = 0x20
	SuffixDomainMaster  = 0x1b
	SuffixDomain        = 0x1c // domain controllers; a group name
	SuffixLocalMaster   = 0x1d
	SuffixElection      = 0x1e
)

// Name is a NetBIOS name: up to 15 bytes of text without padding, and the
// suffix.
type Name struct {
	text   [15]byte
	size   uint8
	Suffix byte
}

// Append appends the text to b.
func (n Name) Append(b []byte) []byte { return append(b, n.text[:n.size]...) }

// Wildcard reports whether this is the name "*", which asks any node.
func (n Name) Wildcard() bool { return n.size == 1 && n.text[0] == '*' }

// Browsers reports whether this is the group of master browsers, whose name is
// a marker and no one's.
func (n Name) Browsers() bool { return n.size > 1 && n.text[0] == 1 && n.text[1] == 2 }

// DecodeName reads a name in half-ASCII: 32 letters from A to P, two for each
// byte (RFC 1001 section 14.1).
func DecodeName(label []byte) (Name, error) {
	if len(label) != 32 {
		return Name{}, ErrFormat
	}
	var plain [16]byte
	for i := range plain {
		hi, lo := label[2*i]-'A', label[2*i+1]-'A'
		if hi > 15 || lo > 15 {
			return Name{}, ErrFormat
		}
		plain[i] = hi<<4 | lo
	}
	return plainName(plain), nil
}

// plainName removes the padding: spaces by the standard, zeros in the name "*".
func plainName(b [16]byte) Name {
	n := Name{Suffix: b[15], size: 15}
	copy(n.text[:], b[:15])
	for n.size > 0 && (b[n.size-1] == ' ' || b[n.size-1] == 0) {
		n.size--
	}
	return n
}
