package ring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// keptFolder holds what people cut out, below the ring's folder.
const keptFolder = "kept"

// unfinished ends the names of files that are not complete yet.
const unfinished = ".part"

var keptID = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{12}$`)

func (r *Ring) kept(name string) string { return filepath.Join(r.opt.Dir, keptFolder, name) }

// Keep stores a cut in kept/ with a JSON file beside it that holds its hash. Both
// are on the disk when it returns. What is kept is never deleted by the ring.
func (r *Ring) Keep(ctx context.Context, q Query, why string) (Kept, error) {
	r.keeping.Lock()
	defer r.keeping.Unlock()
	room, err := r.keptRoom()
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Sensor: r.opt.Sensor, Why: why, Made: r.opt.Now().UTC(), Query: q}
	asked := ready(q, "").MaxBytes
	q.MaxBytes = min(asked, room)
	part := r.kept("cut" + unfinished)
	if k.Cut, k.SHA256, err = r.cutTo(ctx, part, q, why); err == nil && k.More && q.MaxBytes < asked {
		err = ErrKeptFull
	}
	if err == nil {
		k.ID = k.Made.Format("20060102T150405Z") + "-" + k.SHA256[:12]
		err = r.settle(part, &k)
	}
	if err != nil {
		_ = os.Remove(part) // it may not be there
		return Kept{}, fmt.Errorf("keep packets: %w", err)
	}
	return k, nil
}

// keptRoom is how many bytes may still be kept.
func (r *Ring) keptRoom() (int64, error) {
	list, err := r.Kept()
	if err != nil {
		return 0, err
	}
	room := r.opt.KeptBytes
	for _, k := range list {
		room -= k.Bytes
	}
	if room <= 0 {
		return 0, ErrKeptFull
	}
	return room, nil
}

// cutTo cuts into a new file and returns its hash.
func (r *Ring) cutTo(ctx context.Context, name string, q Query, why string) (Cut, string, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return Cut{}, "", err
	}
	h := sha256.New()
	c, err := r.cut(ctx, io.MultiWriter(f, h), q, why)
	if err == nil {
		err = f.Sync()
	}
	return c, hexSum(h), errors.Join(err, f.Close())
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// settle gives the file its name, and then its description: a file without one
// was not kept.
func (r *Ring) settle(part string, k *Kept) error {
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	if err := os.Rename(part, r.kept(k.ID+fileSuffix)); err != nil {
		return err
	}
	name := r.kept(k.ID + ".json")
	if err := writeSynced(name+unfinished, text); err != nil {
		return err
	}
	if err := os.Rename(name+unfinished, name); err != nil {
		return err
	}
	return syncFolder(r.kept(""))
}

func writeSynced(name string, b []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// dropUnfinished removes what a killed process left half kept.
func (r *Ring) dropUnfinished() error {
	list, err := os.ReadDir(r.kept(""))
	if err != nil {
		return err
	}
	for _, e := range list {
		id, data := strings.CutSuffix(e.Name(), fileSuffix)
		if data && keptID.MatchString(id) {
			_, err := os.Stat(r.kept(id + ".json"))
			data = errors.Is(err, os.ErrNotExist)
		}
		if data || strings.HasSuffix(e.Name(), unfinished) {
			if err := os.Remove(r.kept(e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Kept lists what is kept, oldest first.
func (r *Ring) Kept() ([]Kept, error) {
	list, err := os.ReadDir(r.kept(""))
	if err != nil {
		return nil, fmt.Errorf("list kept packets: %w", err)
	}
	var out []Kept
	for _, e := range list {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || !keptID.MatchString(id) {
			continue
		}
		k, err := r.describeKept(id)
		if errors.Is(err, ErrNotFound) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	slices.SortStableFunc(out, func(a, b Kept) int { return a.Made.Compare(b.Made) })
	return out, nil
}

func (r *Ring) describeKept(id string) (k Kept, err error) {
	if !keptID.MatchString(id) { // it becomes part of a file's name
		return k, ErrNotFound
	}
	text, err := os.ReadFile(r.kept(id + ".json"))
	if errors.Is(err, os.ErrNotExist) {
		return k, ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	if err != nil {
		return k, fmt.Errorf("read the description of kept packets %s: %w", id, err)
	}
	return k, nil
}

// OpenKept opens a kept file for reading.
func (r *Ring) OpenKept(id string) (io.ReadCloser, Kept, error) {
	k, err := r.describeKept(id)
	if err != nil {
		return nil, k, err
	}
	f, err := os.Open(r.kept(id + fileSuffix))
	if errors.Is(err, os.ErrNotExist) {
		return nil, k, fmt.Errorf("%w: %s is gone", ErrChanged, id+fileSuffix)
	}
	if err != nil {
		return nil, k, err
	}
	return f, k, nil
}

// Verify reads a kept file and compares it with its hash; the error wraps
// ErrChanged if it is another.
func (r *Ring) Verify(id string) error {
	f, k, err := r.OpenKept(id)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("read kept packets %s: %w", id, err)
	}
	if got := hexSum(h); got != k.SHA256 {
		return fmt.Errorf("%w: %s has the hash %s, not %s", ErrChanged, id+fileSuffix, got, k.SHA256)
	}
	return nil
}

// RemoveKept deletes a kept file and its description.
func (r *Ring) RemoveKept(id string) error {
	if _, err := r.describeKept(id); errors.Is(err, ErrNotFound) {
		return err
	}
	if err := os.Remove(r.kept(id + fileSuffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove kept packets %s: %w", id, err)
	}
	if err := os.Remove(r.kept(id + ".json")); err != nil {
		return fmt.Errorf("remove kept packets %s: %w", id, err)
	}
	return nil
}
