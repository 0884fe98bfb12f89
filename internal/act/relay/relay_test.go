package relay

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// patience is how long a test waits for bytes that must come.
const patience = 3 * time.Second

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace(s))
	if err != nil {
		panic(err)
	}
	return b
}

// session is a client and a server with a relay between them, on loopback.
type session struct {
	t      testing.TB
	relay  *Relay
	client *net.TCPConn
	server *net.TCPConn

	mu      sync.Mutex
	reports []Decision
}

// reads allows what a historian needs.
func reads(protocol string, objects ...string) Rule {
	return Rule{Relays: []*policy.Relay{{Protocol: protocol, Kinds: model.KindsOf(plant.Read), Objects: objects}}, Stage: model.StageEnforce}
}

func always(r Rule) Lookup {
	return func(netip.AddrPort, netip.AddrPort) (Rule, bool) { return r, true }
}

func loopback(t testing.TB) (near, far *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close(); f.Close() })
	return n.(*net.TCPConn), f.(*net.TCPConn)
}

func newSession(t testing.TB, protocol string, rule Rule, change ...func(*Config)) *session {
	t.Helper()
	s := &session{t: t}
	c := Config{Policy: always(rule), AnswerWithin: time.Minute, Report: func(d []Decision) {
		s.mu.Lock()
		s.reports = append(s.reports, d...)
		s.mu.Unlock()
	}}
	for _, f := range change {
		f(&c)
	}
	s.relay = New(c)
	var inside *net.TCPConn
	s.client, inside = loopback(t)
	toServer, server := loopback(t)
	s.server = server
	s.relay.dial = func(context.Context, netip.Addr, netip.AddrPort) (*net.TCPConn, error) { return toServer, nil }
	s.relay.take(t.Context(), listener{protocol: protocol}, inside)
	t.Cleanup(func() {
		s.relay.endAll("the test ends")
		s.relay.wg.Wait()
	})
	return s
}

func (s *session) write(to *net.TCPConn, b []byte) {
	s.t.Helper()
	if _, err := to.Write(b); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) want(from *net.TCPConn, who string, want []byte) {
	s.t.Helper()
	got := make([]byte, len(want))
	_ = from.SetReadDeadline(time.Now().Add(patience))
	n, err := io.ReadFull(from, got)
	if err != nil || !bytes.Equal(got, want) {
		s.t.Fatalf("the %s gets %x, %v\nwant %x", who, got[:n], err, want)
	}
}

// passes sends a request and wants it at the server as it was.
func (s *session) passes(request []byte) {
	s.t.Helper()
	s.write(s.client, request)
	s.want(s.server, "server", request)
}

// refused sends a request and wants it answered without the server.
func (s *session) refused(request, reply []byte) {
	s.t.Helper()
	s.write(s.client, request)
	s.want(s.client, "client", reply)
}

// ends wants the connection ended by a reset or an end, on both sides, with
// nothing more for the server.
func (s *session) ends() {
	s.t.Helper()
	_ = s.server.SetReadDeadline(time.Now().Add(patience))
	if b, err := io.ReadAll(s.server); len(b) > 0 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		s.t.Fatalf("the server gets %x, %v", b, err)
	}
	_ = s.client.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadAll(s.client); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		s.t.Fatal(err)
	}
}

// decided is what was reported of a verb's requests.
func (s *session) decided(name string) (d Decision) {
	s.t.Helper()
	s.relay.report()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.reports {
		if one.Verb.Name == name {
			d.Requests += one.Requests
			d.Refused += one.Refused
			d.Object, d.Why, d.Shadow, d.Verb = one.Object, one.Why, one.Shadow, one.Verb
			d.Requester, d.Responder, d.Port = one.Requester, one.Responder, one.Port
		}
	}
	return d
}

func TestEndsAndHalfEnds(t *testing.T) {
	read := unhex("0001 0000 0006 01 03 0000 0001")
	t.Run("the client is done and the server still answers", func(t *testing.T) {
		s := newSession(t, Modbus, reads(Modbus))
		s.passes(read)
		_ = s.client.CloseWrite()
		if n, err := s.server.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Fatalf("%d, %v", n, err)
		}
		answer := unhex("0001 0000 0005 01 03 02 1234")
		s.write(s.server, answer)
		_ = s.server.Close()
		s.want(s.client, "client", answer)
		if n, err := s.client.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Fatalf("%d, %v", n, err)
		}
	})
	t.Run("the server ends first", func(t *testing.T) {
		s := newSession(t, Modbus, reads(Modbus))
		_ = s.server.CloseWrite()
		if n, err := s.client.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Fatalf("%d, %v", n, err)
		}
		s.passes(read)
	})
	t.Run("a reset goes through", func(t *testing.T) {
		for _, fromClient := range []bool{true, false} {
			s := newSession(t, Modbus, reads(Modbus))
			s.passes(read)
			from, to := s.server, s.client
			if fromClient {
				from, to = to, from
			}
			reset(from)
			_ = to.SetReadDeadline(time.Now().Add(patience))
			if _, err := to.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Fatalf("from the client %v: %v", fromClient, err)
			}
		}
	})
	t.Run("the client ends in a message", func(t *testing.T) {
		s := newSession(t, Modbus, reads(Modbus))
		s.write(s.client, read[:9])
		_ = s.client.CloseWrite()
		s.ends()
		if n := s.relay.Status().Malformed; n != 1 {
			t.Errorf("%d malformed", n)
		}
	})
	t.Run("the server cannot be reached", func(t *testing.T) {
		client, inside := loopback(t)
		r := New(Config{Policy: always(reads(Modbus))})
		r.dial = func(context.Context, netip.Addr, netip.AddrPort) (*net.TCPConn, error) {
			return nil, syscall.ECONNREFUSED
		}
		r.take(t.Context(), listener{protocol: Modbus}, inside)
		_ = client.SetReadDeadline(time.Now().Add(patience))
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%v", err)
		}
		r.wg.Wait()
		if s := r.Status(); s.Unreached != 1 || s.Open != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestLimits(t *testing.T) {
	r := New(Config{Policy: always(reads(Modbus)), MaxPerSource: 2})
	r.dial = func(ctx context.Context, _ netip.Addr, _ netip.AddrPort) (*net.TCPConn, error) {
		_, far := loopback(t)
		return far, nil
	}
	var clients []*net.TCPConn
	for range 3 {
		client, inside := loopback(t)
		r.take(t.Context(), listener{protocol: Modbus}, inside)
		clients = append(clients, client)
	}
	_ = clients[2].SetReadDeadline(time.Now().Add(patience))
	if _, err := clients[2].Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the third of two: %v", err)
	}
	if s := r.Status(); s.Crowded != 1 || s.Open != 2 {
		t.Errorf("%+v", s)
	}
	r.endAll("enough")
	r.wg.Wait()
	if len(r.sources) != 0 || len(r.conns) != 0 {
		t.Errorf("%d sources and %d connections are left", len(r.sources), len(r.conns))
	}
}

func TestPolicyChangesUnderAConnection(t *testing.T) {
	read, write := unhex("0001 0000 0006 01 03 0000 0001"), unhex("0002 0000 0006 01 06 0005 1234")
	s := newSession(t, Modbus, reads(Modbus))
	s.passes(read)
	s.write(s.server, unhex("0001 0000 0005 01 03 02 1234"))
	s.want(s.client, "client", unhex("0001 0000 0005 01 03 02 1234"))
	s.refused(write, unhex("0002 0000 0003 01 86 01"))
	both := Rule{Relays: []*policy.Relay{{Protocol: Modbus, Kinds: model.KindsOf(plant.Read, plant.Write)}}, Stage: model.StageEnforce}
	s.relay.SetPolicy(always(both))
	s.passes(write)
	s.relay.SetPolicy(always(reads(Modbus)))
	s.write(s.server, write) // its answer
	s.want(s.client, "client", write)
	s.refused(write, unhex("0002 0000 0003 01 86 01"))
	s.relay.SetPolicy(func(netip.AddrPort, netip.AddrPort) (Rule, bool) { return Rule{}, false })
	s.ends()
}

func TestStages(t *testing.T) {
	write := unhex("0002 0000 0006 01 06 0005 1234")
	for _, stage := range []model.Stage{model.StageObserve, model.StageShadow} {
		r := reads(Modbus)
		r.Stage = stage
		s := newSession(t, Modbus, r)
		s.passes(write)
		d := s.decided("Write Single Register")
		if d.Requests != 1 || d.Refused != 0 || d.Shadow != (stage == model.StageShadow) {
			t.Errorf("%s: %+v", stage, d)
		}
		garbage := []byte("GET / HTTP/1.1\r\n\r\n") // whatever it is, nothing is enforced
		s.passes(garbage)
		s.write(s.server, garbage)
		s.want(s.client, "client", garbage)
		s.relay.SetPolicy(always(reads(Modbus)))
		s.write(s.client, write)
		s.ends() // nobody knows any more where a message begins
	}
}

func TestEverythingAllowed(t *testing.T) {
	unknown := unhex("0002 0000 0003 01 44 05")
	for name, r := range map[string]Rule{
		"by a service without a relay": {Relays: []*policy.Relay{nil}, Stage: model.StageEnforce},
		"by all kinds":                 {Relays: []*policy.Relay{{Protocol: Modbus, Kinds: everything}}, Stage: model.StageEnforce},
	} {
		t.Run(name, func(t *testing.T) { newSession(t, Modbus, r).passes(unknown) })
	}
}

func TestAnotherProtocolsRelayAllowsNothing(t *testing.T) {
	s := newSession(t, Modbus, reads(S7))
	s.refused(unhex("0001 0000 0006 01 03 0000 0001"), unhex("0001 0000 0003 01 83 01"))
}
