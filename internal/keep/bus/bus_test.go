package bus

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func open1(t *testing.T, o Options) *Bus {
	t.Helper()
	b, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func publish(t *testing.T, b *Bus, sensor string, sequences ...uint64) {
	t.Helper()
	for _, n := range sequences {
		if err := b.Publish(t.Context(), &plant.Batch{Site: "s", Sensor: sensor, Epoch: "e", Sequence: n, Position: 10 * n}); err != nil {
			t.Fatal(err)
		}
	}
}

// fetch reads until it has n batches.
func fetch(t *testing.T, c *Consumer, n int) (sequences []uint64) {
	t.Helper()
	sequences, _ = fetchLast(t, c, n)
	return sequences
}

// fetchLast also gives what Commit takes.
func fetchLast(t *testing.T, c *Consumer, n int) (sequences []uint64, last *Delivery) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); len(sequences) < n && time.Now().Before(end); {
		d, err := c.Fetch(t.Context(), n-len(sequences), 200*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range d.Batches {
			sequences, last = append(sequences, b.Sequence), &d
		}
	}
	return sequences, last
}

// take fetches one batch after the other, expects them and commits them.
func take(t *testing.T, c *Consumer, want ...uint64) {
	t.Helper()
	got, last := fetchLast(t, c, len(want))
	expect(t, got, want...)
	if err := c.Commit(t.Context(), last); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, got []uint64, want ...uint64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func consume(t *testing.T, b *Bus, domain string) *Consumer {
	t.Helper()
	c, err := b.Consume(t.Context(), "hub", domain)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsNotCommittedComesAgainInOrder(t *testing.T) {
	b := open1(t, Options{Dir: t.TempDir()})
	publish(t, b, "a", 1, 2, 3, 4, 5)
	c := consume(t, b, "")
	take(t, c, 1, 2)
	expect(t, fetch(t, c, 2), 3, 4) // not committed
	publish(t, b, "a", 6)
	if err := c.Rewind(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, fetch(t, c, 4), 3, 4, 5, 6)
	expect(t, fetch(t, consume(t, b, ""), 4), 3, 4, 5, 6)
}

// TestADeliveryThatIsLost takes a message away from the reader, as happens when
// the wait of a Fetch ends just when the server sends: what was never given out
// must not be covered by the next Commit.
func TestADeliveryThatIsLost(t *testing.T) {
	b := open1(t, Options{Dir: t.TempDir()})
	publish(t, b, "a", 1, 2, 3, 4)
	c := consume(t, b, "")
	_, first := fetchLast(t, c, 1)
	lost, err := c.inner.Next(jetstream.FetchMaxWait(5 * time.Second))
	if err != nil || lost == nil {
		t.Fatal(err)
	}
	d, err := c.Fetch(t.Context(), 1, time.Second)
	if err != nil || len(d.Batches) != 0 {
		t.Fatalf("gave out what comes after a lost one: %+v, %v", d, err)
	}
	if err := c.Commit(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	expect(t, fetch(t, c, 3), 2, 3, 4)
}

func TestBatchesOutliveTheServer(t *testing.T) {
	dir := t.TempDir()
	b := open1(t, Options{Dir: dir})
	publish(t, b, "a b.c", 1, 2)
	c := consume(t, b, "")
	take(t, c, 1)
	b.Close()
	b = open1(t, Options{Dir: dir})
	last, err := b.Last(t.Context(), "s", "a b.c")
	if err != nil || last.Sequence != 2 || last.Position != 20 {
		t.Fatalf("last %+v, %v", last, err)
	}
	expect(t, fetch(t, consume(t, b, ""), 1), 2)
}

func TestABatchSentTwiceIsKeptOnce(t *testing.T) {
	b := open1(t, Options{Dir: t.TempDir()})
	publish(t, b, "a", 1, 1, 2)
	s, err := b.Status(t.Context())
	if err != nil || s.Messages != 2 || !s.Connected {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestNoBatchYet(t *testing.T) {
	b := open1(t, Options{Dir: t.TempDir()})
	publish(t, b, "a", 1)
	if _, err := b.Last(t.Context(), "s", "b"); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}

func TestDamagedMessagesArePassedOver(t *testing.T) {
	b := open1(t, Options{Dir: t.TempDir()})
	publish(t, b, "a", 1)
	if _, err := b.now().js.Publish(t.Context(), subject("s", "a"), []byte("rubbish")); err != nil {
		t.Fatal(err)
	}
	publish(t, b, "a", 2)
	c := consume(t, b, "")
	d, err := c.Fetch(t.Context(), 3, time.Second)
	if err != nil || len(d.Batches) != 2 || len(d.Damaged) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestTheOldestGoWhenRoomIsShort(t *testing.T) {
	b := open1(t, Options{Dir: t.TempDir(), MaxBytes: 4096})
	for n := range uint64(40) {
		publish(t, b, "a", n+1)
	}
	last, err := b.Last(t.Context(), "s", "a")
	s, _ := b.Status(t.Context())
	if err != nil || last.Sequence != 40 || s.Bytes > 4096 || s.Messages == 40 {
		t.Errorf("last %+v, status %+v, %v", last, s, err)
	}
}

func TestSubjectsTellNamesApart(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"", "=", "a.b", "a b", "a=2Eb", "*", ">", "ä", "a"} {
		s := token(name)
		if other, ok := seen[s]; ok {
			t.Errorf("%q and %q are both %q", name, other, s)
		}
		seen[s] = name
	}
}

// TestAServerThatIsThereAlready uses a NATS server that is not ours, by URL.
func TestAServerThatIsThereAlready(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(startWait) {
		t.Fatal("the server does not start")
	}
	b := open1(t, Options{URL: s.ClientURL()})
	publish(t, b, "a", 1, 2)
	take(t, consume(t, b, ""), 1, 2)
	last, err := open1(t, Options{URL: s.ClientURL()}).Last(t.Context(), "s", "a")
	if err != nil || last.Sequence != 2 {
		t.Errorf("last %+v, %v", last, err)
	}
	if _, err := Open(t.Context(), Options{URL: "nats://127.0.0.1:1"}); err == nil {
		t.Error("a server that is not there answers")
	}
}

func TestPlainListenersStayOnLoopback(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:0": true, "0.0.0.0:0": false, ":0": false, "nowhere": false} {
		b, err := Open(t.Context(), Options{Dir: t.TempDir(), Listen: &Listener{Address: address}})
		if (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
		if err == nil {
			b.Close()
		}
	}
	if _, err := Open(t.Context(), Options{Dir: t.TempDir(), Hub: &Remote{URL: "nats://192.0.2.1:7422"}}); err == nil {
		t.Error("a sensor would report in clear")
	}
}

// TestSensorsElsewhere runs a hub and two sensors that connect to it, all on
// loopback: the hub reads what each published, across a time without the hub,
// and no sensor reaches another's batches.
func TestSensorsElsewhere(t *testing.T) {
	cert, roots := certificate(t)
	key := map[string]string{"a": "key-of-a", "b": "key-of-b"}
	hubDir := t.TempDir()
	port := freePort(t)
	openHub := func() *Bus {
		return open1(t, Options{Dir: hubDir, Domain: "hub", Listen: &Listener{
			Address: "127.0.0.1:" + port, TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13},
			Sensors: []Leaf{{"s", "a", key["a"]}, {"s", "b", key["b"]}},
		}})
	}
	openSensor := func(name, password string) *Bus {
		return open1(t, Options{Dir: t.TempDir(), Domain: DomainOf("s", name), Hub: &Remote{
			URL: "tls://127.0.0.1:" + port, User: UserOf("s", name), Password: password, TLS: &tls.Config{RootCAs: roots, ServerName: "localhost"},
		}})
	}
	a := openSensor("a", key["a"])
	publish(t, a, "a", 1, 2) // nobody listens yet
	hub := openHub()
	b := openSensor("b", key["b"])
	publish(t, b, "b", 1)
	ca := eventually(t, hub, DomainOf("s", "a"))
	take(t, ca, 1, 2)
	expect(t, fetch(t, eventually(t, hub, DomainOf("s", "b")), 1), 1)

	if reached(t, a, DomainOf("s", "b")) {
		t.Error("sensor a reads the batches of sensor b")
	}
	if reached(t, a, "hub") {
		t.Error("sensor a reads the streams of the hub")
	}
	if s, err := hub.Status(t.Context()); err != nil || s.Messages != 0 {
		t.Errorf("the hub keeps copies: %+v, %v", s, err)
	}
	// The half second that the question may take is time enough to connect.
	if wrong := openSensor("a", "guess"); reached(t, wrong, "hub") || wrong.now().server.NumLeafNodes() != 0 {
		t.Error("a wrong key was let in")
	}

	hub.Close()
	publish(t, a, "a", 3)
	hub = openHub()
	expect(t, fetch(t, eventually(t, hub, DomainOf("s", "a")), 1), 3)
}

// eventually waits until a sensor's server has connected.
func eventually(t *testing.T, hub *Bus, domain string) *Consumer {
	t.Helper()
	var err error
	for range 40 {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		var c *Consumer
		if c, err = hub.Consume(ctx, "hub", domain); err == nil {
			cancel()
			return c
		}
		<-ctx.Done()
		cancel()
	}
	t.Fatalf("%s did not come: %v", domain, err)
	return nil
}

// reached reports whether a bus gets an answer from the streams of a domain.
func reached(t *testing.T, b *Bus, domain string) bool {
	t.Helper()
	js, err := jetstream.NewWithDomain(b.now().conn, domain)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err = js.Stream(ctx, streamName)
	return err == nil
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
