package wall

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// GuardOptions are what a guard is started with.
type GuardOptions struct {
	// Dir is the boundary's folder; the trial is in it.
	Dir string
	// Open reaches the kernel's wall as it stands, changing nothing.
	Open func(Box) (Kernel, error)
	// Ready takes the line that says that the guard watches, or why it cannot.
	Ready io.Writer
	// Changed says with a line, or with its end, that the change was made: who
	// holds the other end may be killed right after it.
	Changed io.Reader
	Log     *slog.Logger
}

// guardReady is the line by which a guard says that it watches.
const guardReady = "ready"

// RunGuard watches one trial and ends with it: it keeps the new contents when
// the operator has confirmed and every critical conversation was seen again, and
// puts the previous ones back when one is silent for too long, when the time is
// over, when the operator says so, or when ctx ends. It asks nobody: what it
// needs is in the folder and in the kernel.
//
// It returns when the outcome is in the kernel, however often that must be
// tried.
func RunGuard(ctx context.Context, o GuardOptions) error {
	g := &guard{o: o, dir: folder(o.Dir), said: map[string]bool{}}
	err := g.prepare()
	if err != nil {
		fmt.Fprintln(o.Ready, err)
		return err
	}
	defer g.close()
	if _, err := fmt.Fprintln(o.Ready, guardReady); err != nil {
		return fmt.Errorf("tell that the guard watches: %w", err)
	}
	return g.run(ctx)
}

type guard struct {
	o        GuardOptions
	dir      folder
	lock     *os.File
	kernel   Kernel
	record   *record
	previous previous
	restore  *policy.Policy
	trial    *trial
	based    bool // the counts at the change are known
	noted    time.Time
	problem  string          // what it cannot do, for people who look on
	said     map[string]bool // problems that are logged
}

// prepare takes up everything that could be missing later.
func (g *guard) prepare() (err error) {
	if g.lock, err = lock(g.dir.path(guardLockFile)); err != nil {
		return fmt.Errorf("guard a trial: %w", err)
	}
	defer func() {
		if err != nil {
			g.close()
		}
	}()
	// A full disk is no reason: the number only helps to end the guard by hand.
	_ = mark(g.lock)
	if g.record, err = g.dir.pending(); err != nil {
		return err
	}
	if g.record == nil {
		return errors.New("guard a trial: there is none in " + g.o.Dir)
	}
	if ok, err := g.dir.read(previousFile, &g.previous); !ok || err != nil {
		return errors.Join(errors.New("guard a trial: what would be put back is not known"), err)
	}
	if g.restore, err = policy.Parse(g.previous.Policy); err != nil {
		return fmt.Errorf("guard a trial: read what would be put back: %w", err)
	}
	if g.kernel, err = g.o.Open(g.previous.Box); err != nil {
		return fmt.Errorf("guard a trial: reach the kernel: %w", err)
	}
	// The guard counts for itself: who watched before it is no matter.
	if err := g.kernel.Watch(g.record.Critical); err != nil {
		return fmt.Errorf("guard a trial: count replies: %w", err)
	}
	if _, err := g.counts(); err != nil {
		return fmt.Errorf("guard a trial: count replies: %w", err)
	}
	return nil
}

func (g *guard) close() {
	if g.kernel != nil {
		g.kernel.Close()
	}
	if g.lock != nil {
		g.lock.Close()
	}
}

func (g *guard) run(ctx context.Context) error {
	changed := make(chan struct{})
	go func() { // ends when the other end writes or dies, and with the process
		defer close(changed)
		_, _ = bufio.NewReader(g.o.Changed).ReadString('\n')
	}()
	limit := time.NewTimer(g.record.Within)
	defer limit.Stop()
	select {
	case <-changed:
	case <-limit.C: // the server hangs; what it did or did not do is taken back
	case <-ctx.Done():
	}
	g.trial = newTrial(g.record.Critical, nil, time.Now(), g.record.Within)
	g.base()
	return g.watch(ctx)
}

// counts are the replies of each critical conversation, as the kernel counts.
func (g *guard) counts() ([]uint64, error) {
	list, err := g.kernel.Seen()
	if err != nil {
		return nil, err
	}
	if len(list) != len(g.record.Critical) {
		return nil, fmt.Errorf("the kernel counts %d conversations and not %d", len(list), len(g.record.Critical))
	}
	counts := make([]uint64, len(list))
	for i := range list {
		counts[i] = list[i].Packets
	}
	return counts, nil
}

// base takes the counts as they are at the change: replies before it prove
// nothing.
func (g *guard) base() {
	counts, err := g.counts()
	if err != nil {
		g.say(noCounts, err)
		return
	}
	for i := range g.trial.watched {
		if i < len(counts) {
			g.trial.watched[i].count = counts[i]
		}
	}
	g.based = true
}

// watch looks until there is a decision.
func (g *guard) watch(ctx context.Context) error {
	every := time.NewTicker(g.trial.interval())
	defer every.Stop()
	for {
		switch d := g.look(time.Now()); {
		case d.keep && g.keep(d):
			return nil
		case d.keep && !time.Now().Before(g.trial.until):
			d.why = "it cannot be kept: " + g.problem
			g.back(d)
			return nil
		case d.back:
			g.back(d)
			return nil
		}
		if w, ok := g.dir.saying(rollbackFile, g.record.ID); ok {
			g.back(decision{why: rollbackBecause(w)})
			return nil
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			g.back(decision{why: "the guard was told to end while the revision was on trial"})
			return nil
		}
	}
}

func rollbackBecause(w word) string {
	if w.Reason == "" {
		return w.By + " took it back"
	}
	return w.By + " took it back: " + w.Reason
}

// look takes the counts and what the operator said.
func (g *guard) look(now time.Time) decision {
	if !g.based {
		g.base()
	} else if counts, err := g.counts(); err != nil {
		g.say(noCounts, err)
	} else {
		g.unsay(noCounts)
		g.trial.look(counts, now)
	}
	_, g.trial.confirmed = g.dir.saying(confirmFile, g.record.ID)
	d := g.trial.judge(now)
	g.tell(now)
	return d
}

// tell notes what is seen, for people who look on.
func (g *guard) tell(now time.Time) {
	if now.Sub(g.noted) < 500*time.Millisecond {
		return
	}
	g.noted = now
	if err := g.dir.note(progressFile, progress{g.record.ID, g.trial.seen(), g.problem}); err != nil {
		g.say(noProgress, err)
	}
}

// say notes a problem and logs it once while it lasts.
func (g *guard) say(what string, err error) {
	g.problem = what + ": " + err.Error()
	if !g.said[what] {
		g.said[what] = true
		g.o.Log.Error("guard", "problem", what, "error", err)
	}
}

// unsay notes that a problem is over.
func (g *guard) unsay(what string) {
	delete(g.said, what)
	g.problem = ""
}

// What a guard may not be able to do.
const (
	noCounts   = "the replies cannot be counted"
	noProgress = "its progress cannot be written"
	noKeeping  = "the revision cannot be kept"
	noBack     = "the previous contents cannot be put back"
)

// keep makes the trial the confirmed revision; false if that cannot be written,
// which leaves the trial on.
func (g *guard) keep(d decision) bool {
	w, _ := g.dir.saying(confirmFile, g.record.ID)
	if err := g.made(); err != nil {
		g.say(noKeeping, err)
		return false
	}
	if err := g.dir.keep(); err != nil {
		g.say(noKeeping, err)
		return false
	}
	o := outcomeOf(g.record, Confirmed, d)
	o.ConfirmedBy, o.Ender = w.By, enderGuard
	g.end(o)
	return true
}

// made makes sure that the kernel was given the revision: a server that died
// before it did so leaves a trial of nothing.
func (g *guard) made() error {
	back, err := g.kernel.Read()
	if err != nil {
		return fmt.Errorf("what the kernel has cannot be read: %w", err)
	}
	if back.Applied != g.record.Revision.Hash {
		return errors.New("the revision is not in the kernel: the boundary process ended before it put it there")
	}
	return nil
}

// back puts the previous contents in the kernel, again and again until that is
// done. Only then is anything written: a full disk must not keep a plant down.
func (g *guard) back(d decision) {
	for {
		_, err := g.kernel.Apply(g.restore)
		if err == nil {
			break
		}
		g.say(noBack, err)
		time.Sleep(time.Second)
	}
	o := outcomeOf(g.record, RolledBack, d)
	o.Ender, o.Restored = enderGuard, g.previous.Number
	g.end(o)
}

// end writes how it ended. What cannot be written is for the server to see: the
// trial is still there then, and its guard gone.
func (g *guard) end(o *Outcome) {
	g.o.Log.Warn("trial ended", "revision", o.Number, "what", o.What, "why", o.Why)
	if err := g.dir.write(outcomeFile, o); err != nil {
		g.o.Log.Error("guard", "problem", err)
	}
	if err := g.dir.remove(trialFiles...); err != nil {
		g.o.Log.Error("guard", "problem", err)
	}
}

// Enders of a trial.
const (
	enderGuard  = "guard"
	enderServer = "boundary"
)

func outcomeOf(r *record, what string, d decision) *Outcome {
	return &Outcome{
		Revision: r.Revision, ID: r.ID, What: what, Ended: time.Now(),
		Why: d.why, Critical: d.missed, Since: d.since,
	}
}
