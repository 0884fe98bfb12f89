package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/keep/bus"
	"github.com/bulkhead-ot/bulkhead/internal/wire/confine"
)

// Process is a Bulkhead that runs around the clock: the roles that a
// configuration gives it. Open opens everything that can fail at the start, and
// then gives away every privilege; Run works until it is told to stop.
type Process struct {
	c       *config.Config
	o       ProcessOptions
	lock    *os.File
	bus     *bus.Bus
	hub     *hubRole // nil without that role
	sensors []*sensorRole
	closers []func() error
}

// ProcessOptions are what a process is told beside its configuration.
type ProcessOptions struct {
	Version string
	Log     *slog.Logger
	// Console are the files of the web console, nil for none.
	Console fs.FS
	// Extra are sensors beside those of the configuration: the demonstration's.
	Extra []ExtraSensor
	// Writable are folders beside the data folder that are written to while it
	// runs, or at its end.
	Writable []string
	// Model is a plant model that is saved at the first start, "" for none.
	Model string
	// SealEvery is how often history is sealed; 0 is the hub's default.
	SealEvery time.Duration
	Now       func() time.Time
}

// Open opens a process. Close it when Run is not reached.
func Open(ctx context.Context, c *config.Config, o ProcessOptions) (_ *Process, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	p := &Process{c: c, o: o}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w; name another with data: or --data", err)
	}
	if p.lock, err = lockFolder(c.Data); err != nil {
		return nil, err
	}
	if err := p.openSensors(); err != nil {
		return nil, err
	}
	if err := p.openBus(ctx); err != nil {
		return nil, err
	}
	if err := p.prepareSensors(ctx); err != nil {
		return nil, err
	}
	if c.Has(config.RoleHub) {
		if p.hub, err = openHub(ctx, p); err != nil {
			return nil, err
		}
	}
	p.confine()
	return p, nil
}

// later notes what Close must do, last opened first.
func (p *Process) later(f func() error) { p.closers = append(p.closers, f) }

// Close gives everything back.
func (p *Process) Close() {
	for i := len(p.closers) - 1; i >= 0; i-- {
		if err := p.closers[i](); err != nil {
			p.o.Log.Warn("close", "error", err)
		}
	}
	p.closers = nil
	if p.lock != nil {
		p.lock.Close()
		p.lock = nil
	}
}

// Address is where the console is served, nil without a hub.
func (p *Process) Address() net.Addr {
	if p.hub == nil {
		return nil
	}
	return p.hub.listener.Addr()
}

// URL is where people find the console, "" without a hub.
func (p *Process) URL() string {
	if p.hub == nil {
		return ""
	}
	scheme := "http://"
	if p.hub.certificates != nil {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(p.hub.listener.Addr().String())
	if ip := net.ParseIP(host); err == nil && ip.IsUnspecified() {
		if names := namesOf(p.c); len(names) > 0 {
			return scheme + net.JoinHostPort(names[0], port)
		}
	}
	return scheme + p.hub.listener.Addr().String()
}

// Run works until ctx is done. A process that only reads captures into a bus
// elsewhere ends with them; one that has a bus of its own stays, so that the hub
// can fetch what waits there. Sensors stop first, so that what they learnt last
// reaches the bus.
func (p *Process) Run(ctx context.Context) error {
	defer p.Close()
	hubContext, stopHub := context.WithCancel(context.WithoutCancel(ctx))
	defer stopHub()
	var hubs, sensors sync.WaitGroup
	failed := make(chan error, 1)
	if p.hub != nil {
		hubs.Go(func() {
			if err := p.hub.run(hubContext); err != nil {
				failed <- err
			}
		})
	}
	sensorContext, stopSensors := context.WithCancel(ctx)
	defer stopSensors()
	for _, s := range p.sensors {
		sensors.Go(func() { s.run(sensorContext) })
	}
	ended := make(chan struct{})
	go func() { sensors.Wait(); close(ended) }()
	err := p.await(ctx, ended, failed)
	stopSensors()
	<-ended
	stopHub()
	hubs.Wait()
	return err
}

func (p *Process) await(ctx context.Context, ended chan struct{}, failed chan error) error {
	if p.c.Bus.URL == "" || p.hub != nil {
		ended = nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-ended:
		return nil
	case err := <-failed:
		return err
	}
}

// confine gives away what is not needed any more.
func (p *Process) confine() {
	if p.c.Confine == "off" {
		return
	}
	o := confine.Options{Role: confine.Sensor, Writable: append([]string{p.c.Data}, p.o.Writable...)}
	if p.hub != nil {
		o.Role = confine.OneBox
	}
	for _, file := range []string{p.c.TLS.Certificate, p.c.TLS.Key} {
		if file != "" {
			// The folder: a file that is put in its place is another one.
			o.Readable = append(o.Readable, filepath.Dir(file))
		}
	}
	for _, s := range p.sensors {
		if s.handle != nil {
			o.Packet = append(o.Packet, s.handle.Descriptors()...)
		}
		if s.c.File != "" {
			o.Readable = append(o.Readable, s.c.File)
		}
	}
	p.o.Log.Info("confined", "report", confine.Apply(o).String())
}

func (p *Process) openBus(ctx context.Context) (err error) {
	size, err := p.c.Bus.Size.Bytes()
	if err != nil {
		return err
	}
	o := bus.Options{
		Dir: filepath.Join(p.c.Data, "bus"), MaxBytes: size, Log: p.o.Log,
		URL: p.c.Bus.URL, Credentials: p.c.Bus.CredentialsFile, CA: p.c.Bus.CAFile,
	}
	if err := p.busNetwork(&o); err != nil {
		return err
	}
	if p.bus, err = bus.Open(ctx, o); err != nil {
		return err
	}
	p.later(func() error { p.bus.Close(); return nil })
	return nil
}

// busNetwork connects the bus with a hub or with sensors elsewhere.
func (p *Process) busNetwork(o *bus.Options) (err error) {
	if address := p.c.Bus.Hub; address != "" {
		name := p.c.Sensors[0].Name
		o.URL, o.CA = "", ""
		o.Domain = bus.DomainOf(p.c.Site, name)
		o.Hub = &bus.Remote{URL: address, User: bus.UserOf(p.c.Site, name)}
		if o.Hub.Password, err = config.Secret(p.c.Bus.PasswordFile); err != nil {
			return err
		}
		o.Hub.TLS, err = clientTLS(address, p.c.Bus.CAFile)
		return err
	}
	if p.c.Hub.Listen == "" {
		return nil
	}
	o.Domain = "hub"
	o.Listen = &bus.Listener{Address: p.c.Hub.Listen}
	if o.Listen.TLS, err = serverTLS(p.c.Hub.Certificate, p.c.Hub.Key); err != nil {
		return err
	}
	for _, r := range p.c.Hub.Sensors {
		password, err := config.Secret(r.PasswordFile)
		if err != nil {
			return err
		}
		o.Listen.Sensors = append(o.Listen.Sensors, bus.Leaf{Site: r.Site, Sensor: r.Name, Password: password})
	}
	return nil
}

// errInUse says that another process works in the folder.
var errInUse = errors.New("another bulkhead works there; stop it, or name another folder with --data")
