package tds

import "encoding/binary"

// TokenKind is the kind of a token in an answer.
type TokenKind uint8

// Tokens that are read.
const (
	TokenReturnStatus TokenKind = 0x79
	TokenError        TokenKind = 0xaa
	TokenInfo         TokenKind = 0xab
	TokenLoginAck     TokenKind = 0xad
	TokenEnvChange    TokenKind = 0xe3
	TokenSSPI         TokenKind = 0xed
	TokenDone         TokenKind = 0xfd
)

// Token is one token with its contents.
type Token struct {
	Kind TokenKind
	Body []byte
}

// Tokens walks the tokens of an answer up to the first that is not of a length
// known from itself (rows and their columns).
type Tokens struct{ b []byte }

// ReadTokens starts a walk over the body of a Result packet.
func ReadTokens(b []byte) Tokens { return Tokens{b} }

// Next is the next token; false when there are no more that can be read.
func (t *Tokens) Next() (Token, bool) {
	if len(t.b) < 3 {
		return Token{}, false
	}
	k, head, n := TokenKind(t.b[0]), 3, 0
	switch k {
	case TokenError, TokenInfo, TokenLoginAck, TokenEnvChange, TokenSSPI, 0xa9:
		n = int(binary.LittleEndian.Uint16(t.b[1:]))
	case TokenReturnStatus:
		head, n = 1, 4
	default:
		t.b = nil
		return Token{Kind: k}, k == TokenDone
	}
	if head+n > len(t.b) {
		t.b = nil
		return Token{}, false
	}
	x := Token{Kind: k, Body: t.b[head : head+n]}
	t.b = t.b[head+n:]
	return x, true
}

// LoginAck is a server's yes to a sign-in. Program is UTF-16LE: "Microsoft SQL
// Server".
type LoginAck struct {
	Program      []byte
	Major, Minor uint8
	Build        uint16
}

// LoginAck reads a token of that kind.
func (t Token) LoginAck() (LoginAck, bool) {
	b := t.Body
	if t.Kind != TokenLoginAck || len(b) < 6 {
		return LoginAck{}, false
	}
	end := 6 + 2*int(b[5])
	if end+4 > len(b) {
		return LoginAck{}, false
	}
	return LoginAck{Program: b[6:end], Major: b[end], Minor: b[end+1], Build: binary.BigEndian.Uint16(b[end+2:])}, true
}

// Notice is an error or a message of a server. Server is UTF-16LE: the name of
// the computer, with that of the instance behind a backslash.
type Notice struct {
	Number uint32
	Class  uint8
	Server []byte
}

// Notice reads an error or information token.
func (t Token) Notice() (Notice, bool) {
	b := t.Body
	if t.Kind != TokenError && t.Kind != TokenInfo || len(b) < 8 {
		return Notice{}, false
	}
	n := Notice{Number: binary.LittleEndian.Uint32(b), Class: b[5]}
	at := 8 + 2*int(binary.LittleEndian.Uint16(b[6:]))
	if at >= len(b) || at+1+2*int(b[at]) > len(b) {
		return Notice{}, false
	}
	n.Server = b[at+1 : at+1+2*int(b[at])]
	return n, true
}

// headers is how many bytes stand before the text of a batch or call since
// TDS 7.2: their own total length, then each header.
func headers(b []byte) int {
	if len(b) < 4 {
		return 0
	}
	n := binary.LittleEndian.Uint32(b)
	if n < 4 || n > 256 || int(n) > len(b) {
		return 0
	}
	// One header has a length and a type of 1 to 3. Text in UTF-16 has not.
	if n >= 10 && binary.LittleEndian.Uint32(b[4:]) <= n-4 {
		return int(n)
	}
	return 0
}

// Text is the text of a batch, UTF-16LE.
func Text(b []byte) []byte { return b[headers(b):] }

// Procedure is the procedure a call names: a name in UTF-16LE, or a number for
// the well-known ones.
func Procedure(b []byte) (name []byte, id uint16, ok bool) {
	b = b[headers(b):]
	if len(b) < 4 {
		return nil, 0, false
	}
	n := binary.LittleEndian.Uint16(b)
	if n == 0xffff {
		return nil, binary.LittleEndian.Uint16(b[2:]), true
	}
	if n == 0 || n > 1046 || 2+2*int(n) > len(b) {
		return nil, 0, false
	}
	return b[2 : 2+2*int(n)], 0, true
}
