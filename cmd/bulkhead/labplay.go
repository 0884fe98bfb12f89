package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkhead-ot/bulkhead/lab"
	"github.com/bulkhead-ot/bulkhead/lab/inject"
)

const labPlayLong = `Send the simulated plant on a network interface, each frame when it is due, for
a sensor that listens there.

A simulated stop looks like a real one to a controller that hears it. So this
sends on interfaces that exist in software only, veth, dummy and tap, and not
on one that is part of a bridge. Where a veth ends in another network namespace
or a program reads a tap, only you know what happens with the frames.

Make a cable to play on:
  ip link add plant0 type veth peer name mirror0
  ip link set plant0 arp off up; ip link set mirror0 arp off up`

type labPlayFlags struct {
	labFlags
	name  string
	speed float64
	pps   int
	loop  bool
	real  bool
}

func labPlayCommand() *cobra.Command {
	var o labPlayFlags
	c := &cobra.Command{
		Use:   "play --interface NAME",
		Short: "Send the simulated plant on a network interface",
		Long:  labPlayLong,
		Args:  noArguments,
		RunE:  func(*cobra.Command, []string) error { return playLab(&o) },
	}
	o.register(c)
	f := c.Flags()
	f.StringVar(&o.name, "interface", "", "send on this `interface`")
	f.Float64Var(&o.speed, "speed", 1, "so many `times` as fast as the plant is")
	f.IntVar(&o.pps, "pps", 0, "or so many `packets` a second, whatever their time")
	f.BoolVar(&o.loop, "loop", false, "keep the frames in memory and send them again and again until interrupted")
	f.BoolVar(&o.real, "yes-send", false, "send on any interface, also where real machines hear it")
	return c
}

func (o *labPlayFlags) check() error {
	switch {
	case o.name == "":
		return fmt.Errorf("%w: name the interface to send on: bulkhead lab play --interface veth0", errUsage)
	case o.speed <= 0 || o.pps < 0:
		return fmt.Errorf("%w: --speed and --pps must be more than 0", errUsage)
	}
	return nil
}

func playLab(flags *labPlayFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	o, err := flags.options()
	if err != nil {
		return err
	}
	to, err := openInterface(flags)
	if err != nil {
		return err
	}
	defer to.Close()
	s, err := lab.NewSource(o)
	if err != nil {
		return err
	}
	defer s.Close()
	var from inject.Source = s
	if flags.loop {
		if from, err = inject.Keep(s); err != nil {
			return fmt.Errorf("%w; play less of it: --minutes", err)
		}
	}
	return play(from, to, flags)
}

// openInterface opens the interface to send on, if it is one to send on.
func openInterface(flags *labPlayFlags) (*inject.Socket, error) {
	i, err := inject.Look(flags.name)
	if err != nil {
		return nil, err
	}
	if err := i.Check(); errors.Is(err, inject.ErrReal) && !flags.real {
		return nil, fmt.Errorf("%w: nothing was sent on %s: %v. Real controllers would take simulated stops for real ones. Play on a veth (bulkhead lab play --help), or add --yes-send if no real machine can hear it", errUsage, flags.name, err)
	}
	return inject.Open(i)
}

func play(from inject.Source, to inject.Sink, flags *labPlayFlags) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	start := time.Now()
	n, err := inject.Play(ctx, from, to, inject.Rate{PerSecond: flags.pps, Speed: flags.speed, Now: time.Now, Sleep: lab.SleepContext})
	took := time.Since(start)
	fmt.Fprintf(os.Stderr, "sent %d packets in %v, %.0f a second, on %s\n", n.Frames, took.Round(time.Millisecond), float64(n.Frames)/took.Seconds(), flags.name)
	return err
}
