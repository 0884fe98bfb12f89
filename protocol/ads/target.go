package ads

import "bytes"

// Target finds the text of an element in the target description that the
// system service returns for index group SysTargetInfo: small XML without
// attributes, such as <TargetType>CX1020-CE</TargetType>. The path are element
// names from the outside in. The result points into b, nil when there is none.
func Target(b []byte, path ...string) []byte {
	for _, name := range path {
		if b = element(b, name); b == nil {
			return nil
		}
	}
	return bytes.TrimSpace(b)
}

// IsTarget reports whether b starts a target description.
func IsTarget(b []byte) bool { return bytes.HasPrefix(b, []byte("<TcTargetDesc>")) }

func element(b []byte, name string) []byte {
	for i := 0; i+len(name)+2 <= len(b); {
		at := bytes.IndexByte(b[i:], '<')
		if at < 0 {
			return nil
		}
		i += at + 1
		if tag(b[i:], name) {
			return until(b[i+len(name)+1:], name)
		}
	}
	return nil
}

// tag reports whether b starts with the name and a closing bracket.
func tag(b []byte, name string) bool {
	return len(b) > len(name) && string(b[:len(name)]) == name && b[len(name)] == '>'
}

// until is b before the end tag of that name.
func until(b []byte, name string) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] == '<' && i+1 < len(b) && b[i+1] == '/' && tag(b[i+2:], name) {
			return b[:i]
		}
	}
	return nil
}
