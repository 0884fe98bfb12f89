//go:build linux

package boundary

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// process is `bulkhead boundary` on the box, and who may tell it what to do.
type process struct {
	*wall.Client
	signer note.Signer
	log    bytes.Buffer
	number int64
}

// needKernel skips where the kernel lacks what a pseudo-bridge with relays needs.
func needKernel(t *testing.T) {
	t.Helper()
	caps, err := enforce.Probe()
	if err != nil {
		t.Skipf("network-namespaces: %v", err)
	}
	list := append(enforce.Needs(enforce.ProxyARP, ""), enforce.FeatureTProxy4, enforce.FeatureTProxy6, enforce.FeatureSocket)
	if missing := caps.Missing(list...); len(missing) > 0 {
		t.Skipf("the kernel lacks %v", missing)
	}
}

// startBoundary runs the program on the box, with a key of the test's own.
func startBoundary(t *testing.T, s *site) *process {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "hub")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := runBoundary(t, s, dir, public+"\n", filepath.Join(dir, "b.sock"))
	if p.signer, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	return p
}

// runBoundary builds the program and runs it on the box. It takes what the owner
// of the public key has signed.
func runBoundary(t *testing.T, s *site, dir, public, socket string) *process {
	t.Helper()
	program := filepath.Join(dir, "bulkhead")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "../../cmd/bulkhead").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	p := &process{}
	config := "site: flat\ndata: " + dir + "/data\nboundary:\n  mode: proxy-arp\n  office: office0\n  plant: plant0\n" +
		"  hosts:\n    office: [" + hosts(pcAddr, historianAddr) + "]\n    plant: [" + hosts(plcAddr, ioAddr) + "]\n" +
		"  group: root\n  socket: " + socket + "\n  data: " + dir + "/wall\n  key-file: " + dir + "/key.pub\n"
	for name, text := range map[string]string{"key.pub": public, "bulkhead.yaml": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := s.box.Command(program, "boundary", "--verbose", "--config", filepath.Join(dir, "bulkhead.yaml"))
	cmd.Stderr = &p.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	p.Client = wall.Dial(socket)
	t.Cleanup(func() {
		p.Close()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil {
			t.Errorf("the boundary ended: %v", err)
		}
		if t.Failed() {
			t.Logf("the boundary's log:\n%s", p.log.String())
		}
	})
	p.await(t, ended)
	return p
}

// hosts is a list of hosts for a configuration, with both addresses of each.
func hosts(addrs ...string) string {
	var all []string
	for _, a := range addrs {
		all = append(all, a, "'"+six(a)+"'")
	}
	return strings.Join(all, ", ")
}

// await waits until the process answers.
func (p *process) await(t *testing.T, ended chan error) {
	t.Helper()
	for late := time.Now().Add(patience); ; <-time.After(20 * time.Millisecond) {
		status, err := p.Status(t.Context())
		if err == nil {
			t.Logf("the kernel: %+v", status.Caps)
			return
		}
		select {
		case err := <-ended:
			ended <- nil
			t.Fatalf("the boundary ended: %v\n%s", err, p.log.String())
		default:
		}
		if !errors.Is(err, wall.ErrAway) || time.Now().After(late) {
			t.Fatalf("the boundary does not answer: %v\n%s", err, p.log.String())
		}
	}
}

// apply puts a policy in force and confirms it.
func (p *process) apply(t *testing.T, x *policy.Policy) {
	t.Helper()
	x.Normalize()
	if err := x.Validate(); err != nil {
		t.Fatal(err)
	}
	p.number++
	signature, err := wall.Sign(p.signer, x.Site, p.number, x.Hash())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), &wall.ApplyRequest{
		Number: p.number, Policy: x.Canonical(), Signature: signature, Within: time.Minute, By: "test", Reason: "test",
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Confirm(t.Context(), wall.EndRequest{By: "test"}); err != nil {
		t.Fatal(err)
	}
}

// Zones of the site's policy.
const (
	office = 1
	dmz    = 2
	cell   = 3
)

// readOnly lets the historian read from the cell by Modbus and S7, and nobody
// anything else.
func readOnly() *policy.Policy {
	reading := func(protocol string, port uint16) policy.Match {
		return policy.Match{Proto: policy.TCP, First: port, Last: port, Relay: &policy.Relay{Protocol: protocol, Kinds: model.KindsOf(plant.Read)}}
	}
	are := func(addrs ...string) (list []netip.Prefix) {
		for _, a := range addrs {
			list = append(list, netip.PrefixFrom(netip.MustParseAddr(a), 32), netip.PrefixFrom(netip.MustParseAddr(six(a)), 128))
		}
		return list
	}
	return &policy.Policy{
		Site: "flat",
		Zones: []policy.Zone{
			{},
			{ID: "office", Name: "Office", Kind: model.ZoneEnterprise, Ranges: are(pcAddr)},
			{ID: "dmz", Name: "DMZ", Kind: model.ZoneDMZ, Ranges: are(historianAddr)},
			{ID: "cell", Name: "Filler", Kind: model.ZoneCell, Ranges: are(plcAddr, ioAddr)},
		},
		Conduits: []policy.Conduit{{ID: "historian", From: dmz, To: cell, Matches: []policy.Match{reading("modbus", 502), reading("s7comm", 102)}}},
		Rest:     model.StageEnforce,
	}
}
