package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrWhole means that there is no reason to begin a new ledger.
var ErrWhole = errors.New("the ledger is whole; there is no reason to begin a new one")

// ActRenew is the act that begins a new ledger in place of a damaged one.
const ActRenew = "ledger-renew"

// Renew begins a new ledger where Verify finds damage, once somebody looked
// into it. The old folder is set aside as evidence; the first records of the new
// one say what was found, what is known of the old one, and who began it anew.
// No other process may have the ledger open. It returns the folder set aside,
// "" if there was nothing to set aside any more.
func Renew(ctx context.Context, o Options, e Entry) (aside string, err error) {
	var texts []string
	if o.Anchor != nil {
		if texts, err = o.Anchor.LedgerCheckpoints(ctx); err != nil {
			return "", fmt.Errorf("begin a new ledger: %w", err)
		}
	}
	_, damage := Verify(ctx, o.Dir, texts...)
	var d *Damage
	switch {
	case damage == nil:
		return "", ErrWhole
	case !errors.As(damage, &d) && !errors.Is(damage, ErrNone):
		return "", damage
	}
	if _, err := os.Lstat(o.Dir); err == nil {
		if aside, err = setAside(o); err != nil {
			return "", fmt.Errorf("begin a new ledger: %w", err)
		}
	}
	begun := damage.Error()
	if aside != "" {
		begun += "; set aside in " + filepath.Base(aside)
	}
	if err := begin(o, begun); err != nil {
		return aside, fmt.Errorf("begin a new ledger: %w", full(err))
	}
	l, err := Open(ctx, o)
	if err != nil {
		return aside, err
	}
	defer l.Close()
	e.Act, e.Outcome = ActRenew, Done
	if _, err := l.Append(ctx, e); err != nil {
		return aside, err
	}
	return aside, l.forget(ctx, texts)
}

// forget records the last checkpoints of ledgers that are given up and takes
// them out of the store.
func (l *Ledger) forget(ctx context.Context, texts []string) error {
	if err := l.PutAnchor(ctx); err != nil {
		return err
	}
	for _, text := range texts {
		name := NameOf(text)
		if name == l.verifier.Name() {
			continue
		}
		said := strings.ReplaceAll(strings.TrimSpace(text), "\n", " | ")
		if _, err := l.Append(ctx, Entry{Act: "ledger-give-up", Outcome: Done, Actor: program, Object: name, Detail: said}); err != nil {
			return err
		}
		if err := l.o.Anchor.ForgetLedgerCheckpoint(ctx, name); err != nil {
			return err
		}
	}
	return l.PutAnchor(ctx)
}
