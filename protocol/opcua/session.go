package opcua

// Application describes a program: the client of a session, or a server.
type Application struct {
	URI     []byte // names this installation
	Product []byte // names the product
	Name    []byte
	Kind    uint32 // 0 server, 1 client, 2 both, 3 discovery server
	URL     []byte // the first discovery URL
}

// Application is the next ApplicationDescription.
func (r *Reader) Application() Application {
	a := Application{URI: r.String(), Product: r.String(), Name: r.Text(), Kind: r.Uint32()}
	r.String() // gateway
	r.String() // discovery profile
	a.URL = r.firstString()
	return a
}

// firstString is the first of an array of strings.
func (r *Reader) firstString() []byte {
	var first []byte
	for i := range r.Count() {
		if s := r.String(); i == 0 {
			first = s
		}
	}
	return first
}

// Modes of message security.
const (
	ModeNone    = 1
	ModeSign    = 2
	ModeEncrypt = 3
)

// Kinds of user tokens, as a set.
const (
	TokenAnonymous   = 1 << 0
	TokenUserName    = 1 << 1
	TokenCertificate = 1 << 2
	TokenIssued      = 1 << 3
)

// Endpoint describes a way into a server.
type Endpoint struct {
	URL         []byte
	Server      Application
	Certificate []byte
	Mode        uint32
	Policy      []byte
	Tokens      uint8 // kinds of user tokens it takes
}

// Endpoint is the next EndpointDescription.
func (r *Reader) Endpoint() Endpoint {
	e := Endpoint{URL: r.String(), Server: r.Application(), Certificate: r.String(), Mode: r.Uint32(), Policy: r.String()}
	for range r.Count() {
		r.String() // policy id
		e.Tokens |= 1 << (r.Uint32() & 7)
		r.String()
		r.String()
		r.String()
	}
	r.String() // transport profile
	r.Byte()   // level
	return e
}

// Registered is the server that registers itself at a discovery server.
type Registered struct {
	URI, Product, Name, URL []byte
	Kind                    uint32
}

// DecodeRegistered reads the body of RegisterServer and RegisterServer2
// requests.
func DecodeRegistered(body []byte) (Registered, error) {
	r := NewReader(body)
	s := Registered{URI: r.String(), Product: r.String()}
	for i := range r.Count() {
		if t := r.Text(); i == 0 {
			s.Name = t
		}
	}
	s.Kind = r.Uint32()
	r.String() // gateway
	s.URL = r.firstString()
	return s, r.Err()
}

// CreateSession is the body of a CreateSession request.
type CreateSession struct {
	Client      Application
	Endpoint    []byte
	Session     []byte
	Certificate []byte
}

// DecodeCreateSession reads the body of a CreateSession request.
func DecodeCreateSession(body []byte) (CreateSession, error) {
	r := NewReader(body)
	s := CreateSession{Client: r.Application()}
	r.String() // server URI
	s.Endpoint, s.Session = r.String(), r.String()
	r.String() // nonce
	s.Certificate = r.String()
	return s, r.Err()
}

// CreatedSession starts on a CreateSession response: the server's certificate,
// and a reader that stands before the endpoints.
func CreatedSession(body []byte) (certificate []byte, endpoints Reader) {
	r := NewReader(body)
	r.NodeID()
	r.NodeID()
	r.Skip(8)
	r.String() // nonce
	certificate = r.String()
	return certificate, r
}

// Token is how a user signs in.
type Token struct {
	Kind        uint8 // one of the Token constants
	User        []byte
	Certificate []byte
	Clear       bool // the password is not encrypted by itself
}

// Node ids of the user identity tokens.
const (
	anonymousToken   = 321
	userNameToken    = 324
	certificateToken = 327
	issuedToken      = 940
)

// DecodeActivateSession reads how the body of an ActivateSession request signs
// in. No token at all is anonymous.
func DecodeActivateSession(body []byte) (Token, error) {
	r := NewReader(body)
	r.String() // signature: algorithm
	r.String()
	for range r.Count() {
		r.String()
		r.String()
	}
	for range r.Count() {
		r.String() // locale
	}
	id, inner := r.ExtensionObject()
	return token(id, inner), r.Err()
}

func token(id NodeID, body []byte) Token {
	r := NewReader(body)
	r.String() // policy id
	switch {
	case id.Is(userNameToken):
		t := Token{Kind: TokenUserName, User: r.String()}
		secret := r.String()
		t.Clear = len(r.String()) == 0 && len(secret) > 0
		return t
	case id.Is(certificateToken):
		return Token{Kind: TokenCertificate, Certificate: r.String()}
	case id.Is(issuedToken):
		return Token{Kind: TokenIssued}
	}
	return Token{Kind: TokenAnonymous}
}

// DecodeOpenRequest reads the security mode that an OpenSecureChannel request
// in clear asks for.
func DecodeOpenRequest(body []byte) (mode uint32, err error) {
	r := NewReader(body)
	r.Skip(4) // protocol version
	r.Skip(4) // issue or renew
	mode = r.Uint32()
	return mode, r.Err()
}
