package cert

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// files reads a certificate and its key, and again when they change. What is
// there is compared by content: a file that was put in place by a link or with
// an old date is seen, too.
type files struct {
	o       *Options
	mu      sync.Mutex
	cert    []byte
	key     []byte
	current atomic.Pointer[tls.Certificate]
}

func (f *files) check(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, err := os.ReadFile(f.o.Certificate)
	if err != nil {
		return f.keep(err)
	}
	k, err := os.ReadFile(f.o.Key)
	if err != nil {
		return f.keep(err)
	}
	if bytes.Equal(c, f.cert) && bytes.Equal(k, f.key) {
		return f.ends()
	}
	pair, err := tls.X509KeyPair(c, k)
	if err != nil {
		return f.keep(fmt.Errorf("%s and %s: %w", f.o.Certificate, f.o.Key, err))
	}
	if now := f.o.Now(); now.After(pair.Leaf.NotAfter) || now.Before(pair.Leaf.NotBefore) {
		return f.keep(fmt.Errorf("%s holds from %s to %s only, and that is not now", f.o.Certificate, pair.Leaf.NotBefore.UTC(), pair.Leaf.NotAfter.UTC()))
	}
	f.cert, f.key = c, k
	f.current.Store(&pair)
	f.o.Log.Info("using a certificate", "file", f.o.Certificate, "names", pair.Leaf.DNSNames, "until", pair.Leaf.NotAfter)
	return nil
}

// ends tells of a certificate that nobody renewed.
func (f *files) ends() error {
	c := f.current.Load().Leaf
	switch now := f.o.Now(); {
	case now.After(c.NotAfter):
		return fmt.Errorf("%s ended on %s; put another there", f.o.Certificate, c.NotAfter.UTC())
	case now.After(renewAt(c)):
		return fmt.Errorf("%s ends on %s, and two thirds of its life are over; put another there", f.o.Certificate, c.NotAfter.UTC())
	}
	return nil
}

// keep says what is wrong with a pair, and which one stays in use.
func (f *files) keep(err error) error {
	if f.current.Load() == nil {
		return fmt.Errorf("read the certificate: %w", err)
	}
	return fmt.Errorf("read the new certificate: %w; the old one stays in use", err)
}

func (f *files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current.Load(), nil }
