package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminal reports whether a file is a terminal.
func terminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// width is the terminal's width in columns, 0 if there is none.
func width() int {
	w, err := unix.IoctlGetWinsize(int(os.Stdout.Fd()), unix.TIOCGWINSZ)
	if err != nil || w.Col == 0 {
		return 0
	}
	return max(int(w.Col), 40)
}

// colors reports whether standard output shows colours.
func colors() bool { return os.Getenv("NO_COLOR") == "" && terminal(os.Stdout) }
