package wall

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// within runs a test in time of its own, with a plant that polls every second.
func within(t *testing.T, do func(b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); b.machine.polling(ctx, scada, filler, time.Second) }()
		defer func() {
			b.stop()
			cancel()
			<-done
			b.guards.work.Wait()
		}()
		b.start()
		do(b)
	})
}

func TestConfirmedAndHealthyStays(t *testing.T) {
	within(t, func(b *bench) {
		want := plantPolicy(true)
		p := b.apply(b.request(1, want, time.Minute, critical(time.Second)))
		if !p.Guarded || p.Number != 1 || time.Until(p.Until) != time.Minute {
			t.Errorf("pending %+v", p)
		}
		b.confirm()
		time.Sleep(5 * time.Second)
		b.holds(want)
		x := b.server.Status()
		if x.Pending != nil || x.Confirmed == nil || x.Confirmed.Number != 1 || x.Last == nil || x.Last.What != Confirmed || x.Last.ConfirmedBy != "bernd" {
			t.Errorf("status %+v", x)
		}
		if len(x.Problems) > 0 {
			t.Errorf("problems %q", x.Problems)
		}
		b.stop()
		b.start()
		if x := b.server.Status(); x.Confirmed == nil || x.Confirmed.Number != 1 || x.Last == nil {
			t.Errorf("after a restart: %+v", x)
		}
	})
}

func TestUnconfirmedIsTakenBack(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(true), time.Minute, critical(time.Second)))
		time.Sleep(59 * time.Second)
		b.holds(plantPolicy(true))
		x := b.server.Status()
		if x.Pending == nil || len(x.Pending.Seen) != 1 || !x.Pending.Seen[0].OK || x.Pending.Seen[0].Replies < 50 {
			t.Fatalf("pending %+v", x.Pending)
		}
		time.Sleep(3 * time.Second)
		b.holds(openPolicy("north"))
		if x := b.server.Status(); x.Confirmed != nil || x.Last.What != RolledBack || x.Last.Ender != enderGuard || !strings.Contains(x.Last.Why, "nobody confirmed") {
			t.Errorf("last %+v", x.Last)
		}
	})
}

// TestSilenceEndsATrial is the point of the guard: the operator's confirmation
// does not outweigh what a line misses.
func TestSilenceEndsATrial(t *testing.T) {
	for name, confirms := range map[string]bool{"confirmed": true, "not confirmed": false} {
		t.Run(name, func(t *testing.T) {
			within(t, func(b *bench) {
				b.apply(b.request(1, plantPolicy(true), time.Minute, critical(time.Second)))
				b.confirm()
				time.Sleep(5 * time.Second)
				b.apply(b.request(2, plantPolicy(false), time.Minute, critical(time.Second)))
				if confirms {
					b.confirm()
				}
				time.Sleep(6 * time.Second)
				b.holds(plantPolicy(true))
				x := b.server.Status()
				if x.Last.What != RolledBack || x.Last.Number != 2 || x.Last.Restored != 1 || x.Last.Critical == nil || !strings.Contains(x.Last.Why, "SCADA polls the filler") {
					t.Errorf("last %+v", x.Last)
				}
				if x.Confirmed == nil || x.Confirmed.Number != 1 {
					t.Errorf("confirmed %+v", x.Confirmed)
				}
			})
		})
	}
}

func TestRollbackOnRequest(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(true), time.Minute, nil))
		o, err := b.server.Rollback(EndRequest{By: "anna", Reason: "the scanner stopped"})
		if err != nil {
			t.Fatal(err)
		}
		b.holds(openPolicy("north"))
		if o.What != RolledBack || !strings.Contains(o.Why, "anna took it back: the scanner stopped") {
			t.Errorf("outcome %+v", o)
		}
		if _, err := b.server.Rollback(EndRequest{By: "anna"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("a second time: %v", err)
		}
	})
}

// TestGuardGone is a guard that somebody killed: the server stands in for it.
func TestGuardGone(t *testing.T) {
	within(t, func(b *bench) {
		b.guards.stillit = true
		b.apply(b.request(1, plantPolicy(true), time.Minute, nil))
		b.confirm()
		b.guards.last.end()
		time.Sleep(time.Second)
		b.holds(openPolicy("north"))
		x := b.server.Status()
		if x.Pending != nil || x.Last.What != RolledBack || x.Last.Ender != enderServer || !strings.Contains(x.Last.Why, "guard was gone") {
			t.Errorf("last %+v", x.Last)
		}
	})
}

func TestServerDiesGuardGoesOn(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(true), time.Minute, critical(time.Second)))
		b.confirm()
		time.Sleep(5 * time.Second)
		b.apply(b.request(2, plantPolicy(false), time.Minute, critical(time.Second)))
		b.stop()
		b.start() // while the guard still watches
		b.holds(plantPolicy(false))
		if x := b.server.Status(); x.Pending == nil || !x.Pending.Guarded || x.Pending.Number != 2 {
			t.Errorf("pending %+v", x.Pending)
		}
		if _, err := b.server.Apply(b.request(3, plantPolicy(true), time.Minute, nil)); !errors.Is(err, ErrConflict) {
			t.Errorf("another apply meanwhile: %v", err)
		}
		time.Sleep(6 * time.Second)
		b.holds(plantPolicy(true))
		if x := b.server.Status(); x.Pending != nil || x.Last.What != RolledBack || x.Confirmed.Number != 1 {
			t.Errorf("status %+v", x.Last)
		}
	})
}

// TestPowerLoss loads what was confirmed, never what was on trial.
func TestPowerLoss(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(true), time.Minute, nil))
		b.confirm()
		time.Sleep(time.Second)
		if err := b.server.Grant(GrantRequest{Grant: grant("g"), By: "anna"}); err != nil {
			t.Fatal(err)
		}
		b.guards.stillit = true
		b.apply(b.request(2, plantPolicy(false), time.Minute, nil))
		b.confirm()
		b.stop()
		b.guards.last.end()
		synctest.Wait()
		b.machine.boot()
		b.start()
		b.holds(plantPolicy(true))
		x := b.server.Status()
		if x.Pending != nil || x.Confirmed.Number != 1 || x.Last.Number != 2 || x.Last.What != RolledBack {
			t.Errorf("status %+v, last %+v", x, x.Last)
		}
		if len(b.machine.grants) != 1 {
			t.Errorf("the grant is not in the kernel again")
		}
	})
}

func TestBootLoadsTheConfirmed(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(true), time.Minute, nil))
		b.confirm()
		time.Sleep(time.Second)
		b.stop()
		b.machine.boot()
		b.start()
		b.holds(plantPolicy(true))
	})
}

func TestRefusals(t *testing.T) {
	other := plantPolicy(true)
	other.Site = "south"
	for _, c := range []struct {
		name string
		do   func(r *ApplyRequest)
		kind error
		says string
	}{
		{"another policy than what was signed", func(r *ApplyRequest) { r.Policy = plantPolicy(false).Canonical() }, ErrSignature, "signed for something else"},
		{"another number than what was signed", func(r *ApplyRequest) { r.Number = 8 }, ErrSignature, "signed for something else"},
		{"not signed", func(r *ApplyRequest) { r.Signature = "" }, ErrSignature, "key-file"},
		{"no policy", func(r *ApplyRequest) { r.Policy = []byte(`{"zones": 3}`) }, ErrInvalid, "policy"},
		{"another site's", func(r *ApplyRequest) { r.Policy = other.Canonical() }, ErrInvalid, "south"},
		{"nobody's", func(r *ApplyRequest) { r.By = "" }, ErrInvalid, "who"},
		{"forced without a reason", func(r *ApplyRequest) { r.Force = true }, ErrInvalid, "reason"},
		{"too long a trial", func(r *ApplyRequest) { r.Within = 2 * time.Hour }, ErrInvalid, "1h0m0s"},
		{"no trial", func(r *ApplyRequest) { r.Within = 0 }, ErrInvalid, "from 1s"},
		{"a period longer than the trial", func(r *ApplyRequest) { r.Critical = critical(time.Hour) }, ErrInvalid, "known only after 2h30m"},
		{"a conversation without a period", func(r *ApplyRequest) { r.Critical = critical(0) }, ErrInvalid, "period"},
		{"a conversation twice", func(r *ApplyRequest) { r.Critical = append(critical(1), critical(2)...) }, ErrInvalid, "twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			within(t, func(b *bench) {
				before := b.machine.applies // what a machine has that was just started
				r := b.request(1, plantPolicy(true), time.Minute, nil)
				c.do(r)
				_, err := b.server.Apply(r)
				if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v", err)
				}
				if b.machine.applies != before {
					t.Error("the kernel was changed")
				}
			})
		})
	}
}

func TestOldRevisionNeedsForce(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(5, plantPolicy(true), time.Minute, nil))
		b.confirm()
		time.Sleep(time.Second)
		r := b.request(4, plantPolicy(false), time.Minute, nil)
		if _, err := b.server.Apply(r); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "not newer") {
			t.Errorf("%v", err)
		}
		r.Force, r.Reason = true, "back to before the update"
		b.apply(r)
		b.holds(plantPolicy(false))
		time.Sleep(2 * time.Minute)
	})
}

// TestNoApplyWithoutGuardOrDisk is that nothing changes that nobody would take
// back.
func TestNoApplyWithoutGuardOrDisk(t *testing.T) {
	block := func(name string) func(b *bench) {
		return func(b *bench) { // a folder cannot be replaced by a file
			if err := os.MkdirAll(folder(b.config.Dir).path(name)+"/x", 0o700); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name string
		do   func(b *bench)
		says string
	}{
		{"the guard does not start", func(b *bench) { b.guards.refuse = errors.New("no more processes") }, "the guard cannot start: no more processes"},
		{"the guard cannot count", func(b *bench) { b.machine.blind = errors.New("no counters") }, "no counters"},
		{"the trial cannot be written", block(pendingFile), "write"},
		{"what is put back cannot be written", block(previousFile), "write"},
	} {
		t.Run(c.name, func(t *testing.T) {
			within(t, func(b *bench) {
				before := b.machine.applies
				c.do(b)
				_, err := b.server.Apply(b.request(1, plantPolicy(true), time.Minute, nil))
				if !errors.Is(err, ErrInternal) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "nothing was changed") {
					t.Errorf("%v", err)
				}
				if b.machine.applies != before || b.server.Status().Pending != nil {
					t.Error("something was changed")
				}
			})
		})
	}
}

func TestKernelRefuses(t *testing.T) {
	within(t, func(b *bench) {
		b.machine.set(func() { b.machine.refuse = errors.New("no room") })
		_, err := b.server.Apply(b.request(1, plantPolicy(true), time.Minute, nil))
		if !errors.Is(err, ErrInternal) || !strings.Contains(err.Error(), "no room") {
			t.Errorf("%v", err)
		}
		x := b.server.Status()
		if x.Pending != nil || x.Last.What != RolledBack {
			t.Errorf("status %+v", x)
		}
		b.holds(openPolicy("north"))
	})
}

func TestDrift(t *testing.T) {
	for name, restore := range map[string]bool{"reported": false, "put back": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.config.Restore = restore
				b.start()
				b.apply(b.request(1, plantPolicy(true), time.Minute, nil))
				b.confirm()
				time.Sleep(time.Second)
				b.machine.set(func() { b.machine.policy = plantPolicy(false) })
				time.Sleep(time.Minute)
				x := b.server.Status()
				if restore {
					b.holds(plantPolicy(true))
					if !x.ReadBack.Same || !strings.Contains(x.ReadBack.Says, "put back") || len(x.Problems) > 0 {
						t.Errorf("%+v %q", x.ReadBack, x.Problems)
					}
				} else {
					b.holds(plantPolicy(false))
					if x.ReadBack.Same || x.ReadBack.Since.IsZero() || len(x.Problems) != 1 || !strings.Contains(x.Problems[0], "set conduits") {
						t.Errorf("%+v %q", x.ReadBack, x.Problems)
					}
					b.drifted()
				}
				b.stop()
				b.guards.work.Wait()
			})
		})
	}
}

// drifted applies to a kernel that somebody has changed: not without force, and
// then that change is what is put back.
func (b *bench) drifted() {
	b.Helper()
	r := b.request(2, plantPolicy(true), time.Minute, nil)
	if _, err := b.server.Apply(r); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "set conduits") {
		b.Errorf("apply to a kernel that has drifted: %v", err)
	}
	r.Force, r.Reason = true, "mend it"
	b.apply(r)
	b.holds(plantPolicy(true))
	time.Sleep(2 * time.Minute)
	b.holds(plantPolicy(false))
}

func grant(id string) policy.Grant {
	return policy.Grant{ID: id, Src: office, Dst: filler.Addr(), Proto: policy.TCP, Port: 502, Until: time.Now().Add(time.Minute), Why: "ticket 7"}
}

func TestGrants(t *testing.T) {
	within(t, func(b *bench) {
		give := func(g policy.Grant) error { return b.server.Grant(GrantRequest{Grant: g, By: "anna"}) }
		for i, id := range []string{"a", "b", "c"} {
			g := grant(id)
			g.Until = g.Until.Add(time.Duration(i) * time.Second)
			if err := give(g); err != nil {
				t.Fatal(err)
			}
		}
		if err := give(grant("d")); !errors.Is(err, ErrConflict) {
			t.Errorf("one too many: %v", err)
		}
		long, old, noPort := grant("a"), grant("a"), grant("a")
		long.Until, old.Until, noPort.Port = time.Now().Add(2*time.Hour), time.Now(), 0
		for _, g := range []policy.Grant{long, old, noPort, {ID: "a"}, grant("a b")} {
			if err := give(g); !errors.Is(err, ErrInvalid) {
				t.Errorf("%+v: %v", g, err)
			}
		}
		if err := b.server.Revoke("b", EndRequest{By: "anna"}); err != nil {
			t.Error(err)
		}
		if err := b.server.Revoke("b", EndRequest{By: "anna"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("revoked twice: %v", err)
		}
		if x := b.server.Status(); len(x.Grants) != 2 || x.Grants[0].ID != "a" {
			t.Errorf("%+v", x.Grants)
		}
		time.Sleep(61 * time.Second)
		if x := b.server.Status(); len(x.Grants) != 1 || x.Grants[0].ID != "c" {
			t.Errorf("after a's time: %+v", x.Grants)
		}
	})
}

func TestAGrantThatCannotBeKeptIsNone(t *testing.T) {
	within(t, func(b *bench) {
		if err := os.MkdirAll(folder(b.config.Dir).path(grantsFile)+"/x", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := b.server.Grant(GrantRequest{Grant: grant("a"), By: "anna"}); !errors.Is(err, ErrInternal) {
			t.Errorf("%v", err)
		}
		if len(b.machine.grants) != 0 || len(b.server.Status().Grants) != 0 {
			t.Error("it was granted")
		}
	})
}

func TestContainments(t *testing.T) {
	within(t, func(b *bench) {
		b.apply(b.request(1, plantPolicy(true), time.Minute, nil))
		b.confirm()
		time.Sleep(time.Second)
		base := policy.Containment{ID: "c", Until: time.Now().Add(time.Minute), Why: "worm", By: "anna"}
		for _, c := range []struct {
			name string
			do   func(x *policy.Containment)
			want string // what stops, or the kind of error
		}{
			{"a machine in a zone with a conduit", func(x *policy.Containment) { x.Addrs = append(x.Addrs, scada) }, "poll"},
			{"a machine without one", func(x *policy.Containment) { x.Addrs = append(x.Addrs, office) }, "everything"},
			{"a conduit", func(x *policy.Containment) { x.Conduit = "poll" }, "poll"},
			{"a pair, either way", func(x *policy.Containment) { x.Pair = [2]string{"cell", "ops"} }, "poll"},
			{"a conduit that is none", func(x *policy.Containment) { x.Conduit = "pull" }, "error"},
			{"a zone that is none", func(x *policy.Containment) { x.Pair = [2]string{"cell", "hall"} }, "error"},
			{"nothing", func(*policy.Containment) {}, "error"},
			{"two things", func(x *policy.Containment) { x.Conduit, x.Addrs = "poll", append(x.Addrs, scada) }, "error"},
			{"for too long", func(x *policy.Containment) { x.Conduit, x.Until = "poll", x.Until.Add(time.Hour) }, "error"},
			{"without a reason", func(x *policy.Containment) { x.Conduit, x.Why = "poll", "" }, "error"},
		} {
			x := base
			c.do(&x)
			got, err := b.server.Contain(x)
			switch {
			case c.want == "error":
				if !errors.Is(err, ErrInvalid) {
					t.Errorf("%s: %v", c.name, err)
				}
			case err != nil:
				t.Errorf("%s: %v", c.name, err)
			case len(got.Stops) != 1 || got.Stops[0] != c.want:
				t.Errorf("%s: stops %q", c.name, got.Stops)
			}
		}
		if err := b.server.Release("c", EndRequest{By: "anna"}); err != nil {
			t.Error(err)
		}
		if len(b.machine.containments) != 0 || len(b.server.Status().Containments) != 0 {
			t.Error("it still holds")
		}
	})
}

func TestReportsHaveNoGap(t *testing.T) {
	x := newReports(10)
	for range 7 {
		x.add(Report{Kind: KindDenied}, Report{Kind: KindShadow})
	}
	a := x.since("", 3)
	if a.Missed != 4 || a.Next != 15 || len(a.Reports) != 10 || a.Reports[0].Number != 5 {
		t.Errorf("%+v", a)
	}
	a = x.since(x.epoch, 12)
	if a.Missed != 0 || a.Next != 15 || len(a.Reports) != 3 || a.Reports[2].Number != 14 {
		t.Errorf("%+v", a)
	}
	if a = x.since(x.epoch, 15); len(a.Reports) != 0 || a.Next != 15 {
		t.Errorf("%+v", a)
	}
	if a = x.since(x.epoch, 99); len(a.Reports) != 0 || a.Next != 15 {
		t.Errorf("%+v", a)
	}
}
