// Package pgtest runs a PostgreSQL server for tests: of their own, in a folder
// of its own, reached only through a socket in that folder. It uses the programs
// that Debian installs and starts nothing that outlives the tests.
package pgtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// ErrMissing says that PostgreSQL is not there, so that a test skips itself.
var ErrMissing = errors.New("PostgreSQL is not installed")

// Server is a running server.
type Server struct {
	dir  string
	bin  string
	cred *syscall.Credential
}

// programs is where Debian puts the newest PostgreSQL's programs.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrMissing
	}
	return filepath.Dir(slices.Max(found)), nil
}

// Start makes and starts a server. The error wraps ErrMissing where there is no
// PostgreSQL. Stop ends it and removes its folder.
func Start() (s *Server, err error) {
	s = &Server{}
	if s.bin, err = programs(); err != nil {
		return nil, err
	}
	if s.cred, err = owner(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "bulkhead-postgres-"); err != nil {
		return nil, err
	}
	if s.cred != nil {
		err = os.Chown(s.dir, int(s.cred.Uid), int(s.cred.Gid))
	}
	if err == nil {
		err = s.run("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
	}
	if err == nil {
		err = s.Control("start", "fast")
	}
	if err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	return s, nil
}

// owner is whom the server runs as: it refuses to run as root.
func owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: there is no user postgres", ErrMissing)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Control starts, stops or restarts the server; how is "fast", or "immediate"
// for what a crash does.
func (s *Server) Control(verb, how string) error {
	return s.run("pg_ctl", "-D", s.data(), "-w", "-m", how, "-l", filepath.Join(s.dir, "log"),
		"-o", "-c listen_addresses='' -c unix_socket_directories="+s.dir+" -c fsync=off -c max_connections=60", verb)
}

// Stop ends the server and removes everything.
func (s *Server) Stop() {
	_ = s.Control("stop", "fast")
	os.RemoveAll(s.dir)
}

// URL is that of a database of the server; "postgres" is always there.
func (s *Server) URL(database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(s.dir)
}

func (s *Server) run(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred}
	if name == "pg_ctl" { // the server keeps the output open
		return cmd.Run()
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}
