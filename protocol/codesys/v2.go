package codesys

import "bytes"

// Runtime is what a CODESYS V2 runtime says about itself when a programming
// system connects. The texts point into the decoded buffer.
type Runtime struct {
	OS      []byte // "Nucleus PLUS", "VxWorks"
	Version []byte // of the operating system
	Product []byte // "750-841", "WAGO 750-881 PFC ETHERNET"
}

// IsV2 reports whether b starts a V2 message.
func IsV2(b []byte) bool { return len(b) >= 2 && b[0] == 0xbb && b[1] == 0xbb }

// DecodeV2 reads the identity reply that fills b, the first answer of a V2
// runtime. The places of its texts are those that public discovery scripts
// use; anything but text there is not an identity reply and ErrHeader.
func DecodeV2(b []byte) (Runtime, int, error) {
	const os, version, product = 64, 96, 128
	if len(b) > 0 && b[0] != 0xbb || len(b) > 1 && b[1] != 0xbb {
		return Runtime{}, 0, ErrMagic
	}
	if len(b) <= product {
		return Runtime{}, 0, ErrShort
	}
	r := Runtime{
		OS: text(b[os:version]), Version: text(b[version:product]),
		Product: text(b[product:min(len(b), product+32)]),
	}
	if len(r.OS) < 2 || len(r.Product) < 2 {
		return Runtime{}, 0, ErrHeader
	}
	return r, len(b), nil
}

// text is b up to the first NUL, nil when that is not printable.
func text(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return nil
		}
	}
	return bytes.TrimSpace(b)
}
