package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	gotls "crypto/tls"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

// certificate is one that signs itself, for a web server of a controller.
func certificate(t *testing.T) gotls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "plc-7"}, DNSNames: []string{"plc-7"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2031, 5, 4, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return gotls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// recorder keeps what passes a connection, in order.
type recorder struct {
	net.Conn
	client bool
	log    *log
}

type log struct {
	sync.Mutex
	messages []dissecttest.Message
}

func (r recorder) Write(b []byte) (int, error) {
	r.log.Lock()
	r.log.messages = append(r.log.messages, dissecttest.Message{Client: r.client, Data: bytes.Clone(b)})
	r.log.Unlock()
	return r.Conn.Write(b)
}

// record runs a handshake of that version, some data behind it, and returns
// what crossed.
func record(t *testing.T, version uint16) []dissecttest.Message {
	var l log
	a, b := net.Pipe()
	server := gotls.Server(recorder{b, false, &l}, &gotls.Config{
		Certificates: []gotls.Certificate{certificate(t)}, MinVersion: version, MaxVersion: version, NextProtos: []string{"http/1.1"},
	})
	client := gotls.Client(recorder{a, true, &l}, &gotls.Config{
		ServerName: "plc-7", InsecureSkipVerify: true, MinVersion: gotls.VersionTLS10, NextProtos: []string{"http/1.1"},
	})
	done := make(chan error, 1)
	go func() {
		buf := make([]byte, 5) // TLS 1.0 cuts the first byte off: read them all
		_, err := io.ReadFull(server, buf)
		if err == nil {
			_, err = server.Write(buf)
		}
		done <- err
	}()
	if _, err := client.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(client, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return l.messages
}

func TestHandshake(t *testing.T) {
	for _, v := range []struct {
		name        string
		version     uint16
		port        uint16
		certificate string
	}{
		{"tls1.2", gotls.VersionTLS12, 443, "subject=CN=plc-7; issuer=CN=plc-7; until=2031-05-04; self-signed"},
		{"tls1.0", gotls.VersionTLS10, 1234, "subject=CN=plc-7; issuer=CN=plc-7; until=2031-05-04; self-signed"},
		{"tls1.3", gotls.VersionTLS13, 443, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			messages := record(t, v.version)
			r := dissecttest.TCP(protocols, v.port, messages...)
			for _, f := range []struct {
				field plant.Field
				want  string
			}{
				{plant.FieldCertificate, v.certificate}, {plant.FieldSecurity, v.name}, {plant.FieldName, "plc-7"},
			} {
				if got := r.Fact(dissecttest.Server, f.field); got != f.want {
					t.Errorf("%s = %q, want %q", f.field, got, f.want)
				}
			}
			if got := r.Fact(dissecttest.Client, plant.FieldFingerprint); len(got) != len("ja4=")+36 {
				t.Errorf("fingerprint %q", got)
			}
			if o := r.Operation("1"); o.Object != "plc-7" || o.Accepted != 1 {
				t.Errorf("hello %+v", o)
			}
			if o := r.Operation("data"); o.Requests == 0 || len(r.Anomalies) != 0 {
				t.Errorf("data %+v, %+v", o, r.Anomalies)
			}
		})
	}
}

func TestSmallSegments(t *testing.T) {
	var small []dissecttest.Message
	for _, m := range record(t, gotls.VersionTLS12) {
		for len(m.Data) > 0 {
			n := min(len(m.Data), 7)
			small = append(small, dissecttest.Message{Client: m.Client, Data: m.Data[:n]})
			m.Data = m.Data[n:]
		}
	}
	r := dissecttest.TCP(protocols, 443, small...)
	if r.Fact(dissecttest.Server, plant.FieldCertificate) == "" || len(r.Anomalies) != 0 {
		t.Errorf("%+v, %+v", r.Sightings, r.Anomalies)
	}
}

func TestMessageInTwoRecords(t *testing.T) {
	var split []dissecttest.Message
	for _, m := range record(t, gotls.VersionTLS12) {
		if n := len(m.Data) - 5; m.Client && m.Data[0] == 22 && m.Data[5] == 1 {
			half := n / 2
			first := append([]byte{22, 3, 1, byte(half >> 8), byte(half)}, m.Data[5:5+half]...)
			m.Data = append(append(first, 22, 3, 1, byte((n-half)>>8), byte(n-half)), m.Data[5+half:]...)
		}
		split = append(split, m)
	}
	r := dissecttest.TCP(protocols, 443, split...)
	if o := r.Operation("1"); o.Object != "plc-7" {
		t.Errorf("hello %+v", o)
	}
}

func TestRefusedHello(t *testing.T) {
	hello := record(t, gotls.VersionTLS12)[0]
	r := dissecttest.TCP(protocols, 443, hello, dissecttest.S([]byte{21, 3, 1, 0, 2, 2, 40}))
	if o := r.Operation("1"); o.Refused != 1 {
		t.Errorf("hello %+v", o)
	}
}

func TestCaptureThatBeginsInAConversation(t *testing.T) {
	data := append([]byte{23, 3, 3, 0, 100}, make([]byte, 100)...)
	r := dissecttest.TCP(protocols, 443, dissecttest.S(data), dissecttest.C(data[:50]), dissecttest.C(data[50:]))
	if c := r.Conversations[0]; c.Protocol != "tls" || !c.Confirmed {
		t.Errorf("%+v", c)
	}
}

func TestOtherBytesOnThePort(t *testing.T) {
	r := dissecttest.TCP(protocols, 443, dissecttest.C([]byte("GET / HTTP/1.1\r\n\r\n")))
	if len(r.Operations) != 0 || r.Conversations[0].Confirmed {
		t.Errorf("%+v", r)
	}
}
