package bus

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Remote is the hub that a sensor's server reports to.
type Remote struct {
	URL            string // "tls://hub.example:7422"
	User, Password string // UserOf the sensor, and its key
	TLS            *tls.Config
}

// Listener accepts the servers of sensors elsewhere.
type Listener struct {
	Address string // "0.0.0.0:7422"
	TLS     *tls.Config
	// Sensors may connect; each reaches nothing but its own stream.
	Sensors []Leaf
	local   string // the password of this process
}

// Leaf is one sensor that may connect.
type Leaf struct {
	Site, Sensor string
	Password     string // plain or bcrypt
}

// localUser is the name under which this process uses its own server when that
// has other users.
const localUser = "bulkhead"

// startWait is how long the server may take to read its files.
const startWait = 30 * time.Second

// start runs a server in this process.
func start(o *Options) (*server.Server, error) {
	opts := &server.Options{
		ServerName: "bulkhead", DontListen: true, NoSigs: true, NoLog: true, DisableJetStreamBanner: true,
		JetStream: true, JetStreamDomain: o.Domain, StoreDir: o.Dir, SyncAlways: true,
		JetStreamMaxMemory: 8 << 20, JetStreamMaxStore: o.MaxBytes + o.MaxBytes/4 + maxMessage,
		MaxPayload: maxMessage, MaxPending: 4 * maxMessage,
	}
	if o.Domain != "" {
		opts.ServerName = o.Domain
	}
	if err := listen(opts, o.Listen); err != nil {
		return nil, err
	}
	if err := remote(opts, o.Hub); err != nil {
		return nil, err
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("start the bus: %w", err)
	}
	s.SetLoggerV2(&logger{o.Log}, false, false, false)
	s.Start()
	if !s.ReadyForConnections(startWait) {
		s.Shutdown()
		return nil, fmt.Errorf("start the bus in %s: it was not ready after %s; is the disk full, or another bulkhead running there?", o.Dir, startWait)
	}
	if !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, fmt.Errorf("start the bus in %s: its files could not be opened; see the log for why", o.Dir)
	}
	return s, nil
}

// errPlain keeps keys and observations off the wire in clear.
var errPlain = errors.New("the bus accepts sensors from other machines only with TLS: give it a certificate")

func listen(opts *server.Options, l *Listener) error {
	if l == nil {
		return nil
	}
	host, port, err := net.SplitHostPort(l.Address)
	if err != nil {
		return fmt.Errorf("listen for sensors: %w", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("listen for sensors: the port of %q is no number", l.Address)
	}
	if ip := net.ParseIP(host); l.TLS == nil && (ip == nil || !ip.IsLoopback()) {
		return errPlain
	}
	l.local = rand.Text()
	opts.Users = []*server.User{{Username: localUser, Password: l.local}}
	opts.LeafNode = server.LeafNodeOpts{Host: host, Port: n, TLSConfig: l.TLS, NoAdvertise: true, IsolateLeafnodeInterest: true}
	if n == 0 {
		opts.LeafNode.Port = server.RANDOM_PORT
	}
	for i := range l.Sensors {
		s := &l.Sensors[i]
		d := DomainOf(s.Site, s.Sensor)
		// Not among LeafNode.Users: the server gives those no permissions.
		opts.Users = append(opts.Users, &server.User{
			Username: UserOf(s.Site, s.Sensor), Password: s.Password, AllowedConnectionTypes: map[string]struct{}{"LEAFNODE": {}},
			// A leaf hears requests to its own streams and answers them. What
			// other sensors send it neither hears nor can it ask for.
			Permissions: &server.Permissions{
				Subscribe: &server.SubjectPermission{Allow: []string{"$JS." + d + ".API.>", "$JS.ACK.>"}},
				Publish:   &server.SubjectPermission{Allow: []string{"_INBOX.>"}},
			},
		})
	}
	return nil
}

func remote(opts *server.Options, r *Remote) error {
	if r == nil {
		return nil
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return fmt.Errorf("the hub's address: %w", err)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme != "tls" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("the hub's address %s: use tls://, so that nobody on the way reads or changes what sensors report", r.URL)
	}
	u.User = url.UserPassword(r.User, r.Password)
	leaf := &server.RemoteLeafOpts{URLs: []*url.URL{u}, TLS: r.TLS != nil, TLSConfig: r.TLS}
	opts.LeafNode.Remotes = []*server.RemoteLeafOpts{leaf}
	opts.LeafNode.ReconnectInterval = 2 * time.Second
	return nil
}
