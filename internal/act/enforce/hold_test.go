//go:build linux

package enforce

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// TestMain is also the process that makes a grant and is killed.
func TestMain(m *testing.M) {
	if ns := os.Getenv("BULKHEAD_TEST_GRANT"); ns != "" {
		if err := grantAndHang(ns); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// grantAndHang is what the process does: it grants and waits to be killed.
func grantAndHang(how string) error {
	f := strings.Fields(how) // namespace, mode, tracking, source, destination, milliseconds
	caps, err := Probe()
	if err != nil {
		return err
	}
	cfg := Config{Mode: Mode(f[1]), Tracking: Tracking(strings.Trim(f[2], "-")), Namespace: f[0], Office: testbed.OfficeIf, Plant: testbed.PlantIf}
	w, err := Open(cfg, caps)
	if err != nil {
		return err
	}
	ms, err := strconv.Atoi(f[5])
	if err != nil {
		return err
	}
	until := time.Now().Add(time.Duration(ms) * time.Millisecond)
	g := policy.Grant{ID: "g", Src: netip.MustParseAddr(f[3]), Dst: netip.MustParseAddr(f[4]), Proto: policy.TCP, Port: 503, Until: until}
	if err := w.Grant(g); err != nil {
		return err
	}
	fmt.Printf("granted %d\n", until.UnixNano())
	select {}
}

// TestGrantEndsWithTheProcessDead kills the process that granted and sees the
// session end at its time, not before and not after.
func TestGrantEndsWithTheProcessDead(t *testing.T) {
	for _, way := range []string{"router", "proxy-arp", "bridge br_netfilter", "bridge stateless"} {
		t.Run(strings.ReplaceAll(way, " ", "-"), func(t *testing.T) {
			s := newStand(t, ways[way])
			s.apply(t, s.policy())
			for i := range 2 {
				stop, err := s.Plant.Echo(at(s.plant[i], 503))
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
				// A busy machine may need longer than the grant lasts to begin.
				began := false
				for ttl := time.Second; !began && ttl < time.Minute; ttl *= 3 {
					began = s.grantEnds(t, i, ttl)
				}
				if !began {
					t.Fatal("the grant let nothing in")
				}
			}
		})
	}
}

// grantEnds reports whether there was a session before the grant ended.
func (s *stand) grantEnds(t *testing.T, i int, ttl time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("BULKHEAD_TEST_GRANT=%s %s -%s- %s %s %d",
		s.Box.Path, s.cfg.Mode, s.cfg.Tracking, s.office[i].Addr(), s.plant[i].Addr(), ttl.Milliseconds()))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var until int64
	if _, err := fmt.Fscanf(out, "granted %d\n", &until); err != nil {
		_ = cmd.Process.Kill()
		t.Fatalf("the process did not grant: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	end := time.Unix(0, until)
	c, err := s.Office.Dial("tcp", at(s.plant[i], 503), ttl)
	if err != nil {
		return false
	}
	defer c.Close()
	var last time.Time
	for sent := time.Now(); testbed.Ping(c, []byte("hello"), time.Second) == nil; sent = time.Now() {
		last = sent
		if last.After(end.Add(patience)) {
			t.Fatal("the session goes on")
		}
	}
	if last.IsZero() {
		return false
	}
	if off := last.Sub(end); off > 400*time.Millisecond || off < -ttl/2 {
		t.Errorf("the last answered question was sent %v after the grant's end", off)
	}
	s.reach(t, s.Office, "tcp", at(s.plant[i], 503), false)
	return true
}

func (s *stand) grant(i int, id string, ttl time.Duration) policy.Grant {
	return policy.Grant{
		ID: id, Src: s.office[i].Addr(), Dst: s.plant[i].Addr(), Proto: policy.TCP, Port: 503,
		Until: time.Now().Add(ttl), Why: strings.Repeat("a vendor looks at a drive; ", 20), Approved: []string{"ot@plant"},
	}
}

func TestGrantAndRevoke(t *testing.T) {
	for _, way := range []string{"router", "bridge br_netfilter", "bridge stateless"} {
		t.Run(strings.ReplaceAll(way, " ", "-"), func(t *testing.T) {
			s := newStand(t, ways[way])
			s.apply(t, s.policy())
			for i := range 2 {
				stop, err := s.Plant.Echo(at(s.plant[i], 503))
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
				g := s.grant(i, fmt.Sprint("g", i), time.Minute)
				if err := s.wall.Grant(g); err != nil {
					t.Fatal(err)
				}
				c, err := s.Office.Dial("tcp", at(s.plant[i], 503), patience)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				if err := testbed.Ping(c, []byte("hello"), patience); err != nil {
					t.Fatal(err)
				}
				// A process that comes later knows it, and may end it.
				other := s.open(t)
				list, err := other.Grants()
				if err != nil || len(list) != 1 || list[0].ID != g.ID || list[0].Port != 503 || !list[0].Until.Equal(g.Until) {
					t.Errorf("grants %v, %v", list, err)
				}
				if err := other.Revoke(g.ID); err != nil {
					t.Fatal(err)
				}
				if err := testbed.Ping(c, []byte("hello"), shortly); err == nil {
					t.Error("the session goes on after it was revoked")
				}
				s.reach(t, s.Office, "tcp", at(s.plant[i], 503), false)
				if list, err := s.wall.Grants(); err != nil || len(list) != 0 {
					t.Errorf("grants %v, %v", list, err)
				}
			}
		})
	}
}

// TestGrantOfWhatIsAllowed holds that a session which a conduit allows does not
// end with a grant that was there when it began.
func TestGrantOfWhatIsAllowed(t *testing.T) {
	s := newStand(t, ways["router"])
	s.apply(t, s.policy())
	stop, err := s.Plant.Echo(at(s.plant[0], 502))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	g := s.grant(0, "g", time.Minute)
	g.Port = 502
	if err := s.wall.Grant(g); err != nil {
		t.Fatal(err)
	}
	c, err := s.Office.Dial("tcp", at(s.plant[0], 502), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := s.wall.Revoke("g"); err != nil {
		t.Fatal(err)
	}
	if err := testbed.Ping(c, []byte("hello"), patience); err != nil {
		t.Error(err)
	}
}

// TestStages switches enforcement on under live sessions.
func TestStages(t *testing.T) {
	for _, way := range []string{"router", "bridge br_netfilter"} {
		for _, stage := range []model.Stage{model.StageShadow, model.StageEnforceNew, model.StageEnforce} {
			t.Run(strings.ReplaceAll(way, " ", "-")+"/"+string(stage), func(t *testing.T) {
				s := newStand(t, ways[way])
				stop, err := s.Plant.Echo(at(s.plant[0], 503))
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
				c, err := s.Office.Dial("tcp", at(s.plant[0], 503), patience)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				if err := testbed.Ping(c, []byte("hello"), patience); err != nil {
					t.Fatal(err)
				}
				p := s.policy()
				p.Rest = stage
				a := s.apply(t, p)
				goesOn := testbed.Ping(c, []byte("hello"), shortly) == nil
				if want := stage != model.StageEnforce; goesOn != want || (a.Connections > 0) == want {
					t.Errorf("the session goes on: %t, %d ended", goesOn, a.Connections)
				}
				s.reach(t, s.Office, "tcp", at(s.plant[0], 503), stage == model.StageShadow)
			})
		}
	}
}

func TestContainment(t *testing.T) {
	for _, way := range []string{"router", "bridge stateless"} {
		t.Run(strings.ReplaceAll(way, " ", "-"), func(t *testing.T) {
			s := newStand(t, ways[way])
			s.apply(t, s.policy())
			for i := range 2 {
				stop, err := s.Plant.Echo(at(s.plant[i], 502))
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
				for name, c := range map[string]policy.Containment{
					"asset":   {Addrs: []netip.Addr{s.plant[0].Addr(), s.plant[1].Addr()}},
					"conduit": {Conduit: "read"},
					"pair":    {Pair: [2]string{"cell", "office"}},
				} {
					s.contained(t, name, i, c)
				}
			}
		})
	}
}

// contained sees a session stopped while it is contained, across another policy
// and another process, and go on afterwards.
func (s *stand) contained(t *testing.T, name string, i int, c policy.Containment) {
	t.Helper()
	conn, err := s.Office.Dial("tcp", at(s.plant[i], 502), patience)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer conn.Close()
	c.ID, c.Until, c.Why, c.By = name, time.Now().Add(time.Minute), "test", "me"
	if err := s.wall.Contain(c); err != nil {
		t.Fatal(err)
	}
	if testbed.Ping(conn, []byte("hello"), shortly) == nil {
		t.Errorf("%s: it goes on", name)
	}
	p := s.policy()
	p.Conduits[0].Matches[0].Last = 502 + uint16(i) + 1
	s.apply(t, p)
	s.quiet = true
	s.reach(t, s.Office, "tcp", at(s.plant[i], 502), false)
	s.quiet = false
	if r, err := s.wall.Read(); err != nil || len(r.Drift) > 0 {
		t.Errorf("%s: drift %v, %v", name, r.Drift, err)
	}
	other := s.open(t)
	if f := other.Found(); len(f.Rebuilt) > 0 {
		t.Errorf("%s: a later process makes the tables anew: %+v", name, f.Rebuilt)
	}
	if list, err := other.Containments(); err != nil || len(list) != 1 || list[0].ID != name {
		t.Errorf("%s: containments %v, %v", name, list, err)
	}
	if err := other.Release(name); err != nil {
		t.Fatal(err)
	}
	if err := testbed.Ping(conn, nil, patience); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	s.reach(t, s.Office, "tcp", at(s.plant[i], 502), true)
	s.apply(t, s.policy())
}

func TestContainmentOfNothing(t *testing.T) {
	s := newStand(t, ways["router"])
	s.apply(t, s.policy())
	for _, c := range []policy.Containment{{Conduit: "none"}, {Pair: [2]string{"office", "none"}}, {}} {
		c.ID, c.Until = "x", time.Now().Add(time.Minute)
		if err := s.wall.Contain(c); err == nil {
			t.Errorf("%+v is contained", c)
		}
	}
}
