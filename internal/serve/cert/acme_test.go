package cert

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

// acmeServer is an ACME server (RFC 8555) that proves names by tls-alpn-01 (RFC
// 8737) at an address of the test. It checks nonces and signatures.
type acmeServer struct {
	t      *testing.T
	url    string
	proves func() string // where a name's proof is asked for

	mu      sync.Mutex
	nonces  map[string]bool
	account *ecdsa.PublicKey
	thumb   string
	mail    string
	order   acmeOrder
	life    time.Duration
	key     *ecdsa.PrivateKey
	root    *x509.Certificate
	issued  int
}

type acmeOrder struct {
	name, token string
	valid       bool
	certificate []byte
}

func newACMEServer(t *testing.T) (*acmeServer, string) {
	a := &acmeServer{t: t, nonces: map[string]bool{}, life: 90 * 24 * time.Hour}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: "a private ACME server"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(10 * 365 * 24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, x, x, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewTLSServer(a)
	t.Cleanup(srv.Close)
	a.url = srv.URL
	file := filepath.Join(t.TempDir(), "acme-ca.pem")
	write(t, file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}))
	return a, file
}

func (a *acmeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	nonce := rand.Text()
	a.nonces[nonce] = true
	w.Header().Set("Replay-Nonce", nonce)
	if r.URL.Path == "/directory" {
		answer(w, 200, map[string]any{"newNonce": a.url + "/nonce", "newAccount": a.url + "/account", "newOrder": a.url + "/order"})
		return
	}
	if r.URL.Path == "/nonce" {
		return
	}
	payload, err := a.open(r)
	if err != nil {
		a.t.Errorf("%s: %v", r.URL.Path, err)
		answer(w, 400, map[string]any{"type": "urn:ietf:params:acme:error:malformed", "detail": err.Error()})
		return
	}
	switch r.URL.Path {
	case "/account":
		var in struct{ Contact []string }
		json.Unmarshal(payload, &in)
		a.mail = strings.Join(in.Contact, ",")
		w.Header().Set("Location", a.url+"/account/1")
		answer(w, 201, map[string]any{"status": "valid"})
	case "/order":
		var in struct {
			Identifiers []struct{ Type, Value string }
		}
		if err := json.Unmarshal(payload, &in); err != nil || len(in.Identifiers) != 1 {
			a.t.Errorf("an order of %s", payload)
			return
		}
		a.order = acmeOrder{name: in.Identifiers[0].Value, token: rand.Text()}
		a.show(w, 201)
	case "/order/1":
		a.show(w, 200)
	case "/authz/1":
		a.authz(w)
	case "/challenge/1":
		if err := a.prove(); err != nil {
			a.t.Errorf("the name is not proved: %v", err)
		} else {
			a.order.valid = true
		}
		answer(w, 200, map[string]any{"type": "tls-alpn-01", "url": a.url + "/challenge/1", "token": a.order.token, "status": "processing"})
	case "/finalize/1":
		a.finalize(w, payload)
	case "/certificate/1":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		w.Write(a.order.certificate)
	default:
		answer(w, 404, map[string]any{"type": "urn:ietf:params:acme:error:malformed"})
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func (a *acmeServer) show(w http.ResponseWriter, status int) {
	state := "pending"
	if a.order.valid {
		state = "ready"
	}
	o := map[string]any{"identifiers": []any{map[string]string{"type": "dns", "value": a.order.name}}, "authorizations": []string{a.url + "/authz/1"}, "finalize": a.url + "/finalize/1"}
	if a.order.certificate != nil {
		state, o["certificate"] = "valid", a.url+"/certificate/1"
	}
	o["status"] = state
	w.Header().Set("Location", a.url+"/order/1")
	answer(w, status, o)
}

func (a *acmeServer) authz(w http.ResponseWriter) {
	state := "pending"
	if a.order.valid {
		state = "valid"
	}
	answer(w, 200, map[string]any{"status": state, "identifier": map[string]string{"type": "dns", "value": a.order.name}, "challenges": []any{
		map[string]string{"type": "tls-alpn-01", "url": a.url + "/challenge/1", "token": a.order.token, "status": state},
	}})
}

// open checks a signed request (RFC 7515, flattened) and returns what it holds.
func (a *acmeServer) open(r *http.Request) ([]byte, error) {
	var m struct{ Protected, Payload, Signature string }
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		return nil, err
	}
	un := base64.RawURLEncoding.DecodeString
	head, err := un(m.Protected)
	if err != nil {
		return nil, err
	}
	var h struct {
		Alg, Nonce, URL, Kid string
		JWK                  *struct{ Kty, Crv, X, Y string }
	}
	if err := json.Unmarshal(head, &h); err != nil {
		return nil, err
	}
	if !a.nonces[h.Nonce] || h.URL != a.url+r.URL.Path || h.Alg != "ES256" {
		return nil, fmt.Errorf("a header of %s", head)
	}
	delete(a.nonces, h.Nonce)
	if h.JWK != nil {
		x, _ := un(h.JWK.X)
		y, _ := un(h.JWK.Y)
		if a.account, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y)); err != nil {
			return nil, err
		}
		if a.thumb, err = acme.JWKThumbprint(crypto.PublicKey(a.account)); err != nil {
			return nil, err
		}
	}
	sig, err := un(m.Signature)
	sum := sha256.Sum256([]byte(m.Protected + "." + m.Payload))
	if err != nil || a.account == nil || len(sig) != 64 || !ecdsa.Verify(a.account, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return nil, fmt.Errorf("the signature is wrong: %v", err)
	}
	return un(m.Payload)
}

// prove asks the host for the name's certificate as RFC 8737 section 3 says.
func (a *acmeServer) prove() error {
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", a.proves(), &tls.Config{ServerName: a.order.name, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	s := conn.ConnectionState()
	if s.NegotiatedProtocol != "acme-tls/1" {
		return fmt.Errorf("protocol %q", s.NegotiatedProtocol)
	}
	x := s.PeerCertificates[0]
	want := sha256.Sum256([]byte(a.order.token + "." + a.thumb))
	for _, e := range x.Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) {
			var got []byte
			if _, err := asn1.Unmarshal(e.Value, &got); err != nil || !bytes.Equal(got, want[:]) || !e.Critical {
				return fmt.Errorf("another proof: %v", err)
			}
			return x.VerifyHostname(a.order.name)
		}
	}
	return fmt.Errorf("no proof in the certificate of %v", x.DNSNames)
}

func (a *acmeServer) finalize(w http.ResponseWriter, payload []byte) {
	var in struct{ CSR string }
	json.Unmarshal(payload, &in)
	der, err := base64.RawURLEncoding.DecodeString(in.CSR)
	if err != nil || !a.order.valid {
		a.t.Errorf("finalize: %v, proved %v", err, a.order.valid)
		return
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil || csr.CheckSignature() != nil {
		a.t.Errorf("finalize: %v", err)
		return
	}
	a.issued++
	x := &x509.Certificate{SerialNumber: big.NewInt(int64(a.issued)), NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(a.life), DNSNames: csr.DNSNames, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if der, err = x509.CreateCertificate(rand.Reader, x, a.root, csr.PublicKey, a.key); err != nil {
		a.t.Error(err)
		return
	}
	a.order.certificate = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})...)
	a.show(w, 200)
}

// TestACME has a private ACME server prove a name over the very listener that
// serves the console, which shows a certificate of its own until then.
func TestACME(t *testing.T) {
	a, ca := newACMEServer(t)
	dir := filepath.Join(t.TempDir(), "tls")
	o := Options{Mode: ACME, Dir: dir, Names: []string{"console.plant.example", "10.1.2.3"}, Directory: a.url + "/directory", CA: ca, Mail: "it@plant.example"}
	c := opened(t, o)
	if c.Problem() == nil || !strings.Contains(c.Problem().Error(), "not given a certificate yet") {
		t.Errorf("it was not asked yet: %v", c.Problem())
	}
	_, address := served(t, c, Limits{})
	a.proves = func() string { return address }
	shown := func(name string) *x509.Certificate {
		t.Helper()
		conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0]
	}
	if x := shown("console.plant.example"); x.CheckSignatureFrom(c.own.cert) != nil {
		t.Errorf("until then the own authority vouches: %v", x.Issuer)
	}
	c.Check(t.Context())
	if c.Problem() != nil {
		t.Fatal(c.Problem())
	}
	if x := shown("console.plant.example"); x.CheckSignatureFrom(a.root) != nil || x.VerifyHostname("console.plant.example") != nil {
		t.Errorf("issued by %v for %v", x.Issuer, x.DNSNames)
	}
	if x := shown("elsewhere.example"); x.CheckSignatureFrom(c.own.cert) != nil {
		t.Errorf("for a name that is not ours: %v", x.Issuer)
	}
	if x := shown("10.1.2.3"); x.CheckSignatureFrom(c.own.cert) != nil || x.VerifyHostname("10.1.2.3") != nil {
		t.Errorf("for an address: %v", x.Issuer)
	}
	if a.mail != "mailto:it@plant.example" || a.issued != 1 {
		t.Errorf("mail %q, %d issued", a.mail, a.issued)
	}
	// After a restart nothing is asked for, and everything is there.
	c = opened(t, o)
	if c.Problem() != nil || a.issued != 1 || !c.Knows("console.plant.example") {
		t.Errorf("after a restart: %v, %d issued", c.Problem(), a.issued)
	}
	files, err := filepath.Glob(filepath.Join(dir, "acme", "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("%v %v", files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", f, info.Mode())
		}
	}
	if c.Authority() != nil {
		t.Error("people are offered an authority that they need not trust")
	}
}

// TestOneNameCannotBeProved: the name beside it has its certificate all the same.
func TestOneNameCannotBeProved(t *testing.T) {
	a, ca := newACMEServer(t)
	c := opened(t, Options{Mode: ACME, Dir: filepath.Join(t.TempDir(), "tls"), Names: []string{"box", "console.plant.example"}, Directory: a.url + "/directory", CA: ca})
	_, address := served(t, c, Limits{})
	a.proves = func() string { return address }
	c.Check(t.Context())
	if err := c.Problem(); err == nil || !strings.Contains(err.Error(), "for box") {
		t.Errorf("nobody is told of the name that cannot be proved: %v", err)
	}
	for name, issuer := range map[string]*x509.Certificate{"console.plant.example": a.root, "box": c.own.cert} {
		conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		if x := conn.ConnectionState().PeerCertificates[0]; x.CheckSignatureFrom(issuer) != nil {
			t.Errorf("%s: issued by %v", name, x.Issuer)
		}
		conn.Close()
	}
}

func TestACMENeedsAName(t *testing.T) {
	_, err := Open(context.Background(), Options{Mode: ACME, Dir: t.TempDir(), Names: []string{"10.0.0.1"}})
	if err == nil || !strings.Contains(err.Error(), "needs a host name") {
		t.Errorf("%v", err)
	}
	if _, err := Open(context.Background(), Options{Mode: ACME, Dir: t.TempDir(), Names: []string{"a.example"}, CA: "nothing"}); err == nil {
		t.Error("a file that is not there")
	}
}
