package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"
)

// ActBegin is the act of the first record of every ledger.
const ActBegin = "ledger-begin"

// ActHeal is the act of a record that says that an unfinished one was cut off.
const ActHeal = "ledger-heal"

// program is the actor of what nobody asked for.
const program = "bulkhead"

// begin makes a ledger with its first record beside its place and renames it,
// so that there is a whole one or none.
func begin(o Options, detail string) error {
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o700); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(o.Dir), ".ledger-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := makeKey(work); err != nil {
		return err
	}
	s, _, err := readKey(work)
	if err != nil {
		return err
	}
	r := Record{At: o.Now().UTC().Truncate(stamp), Entry: Entry{Act: ActBegin, Outcome: Done, Actor: program, Detail: detail}}
	r.clean()
	b, err := encode(&r)
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(b)
	c, err := sign(1, leaf, s)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{recordsName: append(b, '\n'), hashesName: leaf[:], checkpointsName: []byte(c.Text)} {
		if err := writeSynced(filepath.Join(work, name), content); err != nil {
			return err
		}
	}
	if err := os.Rename(work, o.Dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(o.Dir))
}

// setAside moves a ledger that cannot be continued out of the way, as evidence.
func setAside(o Options) (to string, err error) {
	for n := 0; n < 1000; n++ {
		to = o.Dir + "-aside-" + o.Now().UTC().Format("20060102T150405Z")
		if n > 0 {
			to = fmt.Sprintf("%s-%d", to, n)
		}
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := os.Rename(o.Dir, to); err != nil {
			return "", err
		}
		return to, syncFolder(filepath.Dir(o.Dir))
	}
	return "", errors.New("there are a thousand damaged ledgers of this second")
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
