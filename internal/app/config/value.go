package config

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes as people write it: "4GiB", "500MB", "0".
type Size string

var units = []struct {
	name  string
	bytes float64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"TiB", 1 << 40},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"TB", 1e12},
	{"B", 1},
}

// Bytes is the size in bytes; 0 for nothing.
func (s Size) Bytes() (int64, error) {
	text := strings.TrimSpace(string(s))
	if text == "" {
		return 0, nil
	}
	scale := 1.0
	for _, u := range units {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			text, scale = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n*scale <= 1<<60) {
		return 0, fmt.Errorf("%q is no size; write 500MB or 4GiB", s)
	}
	return int64(n * scale), nil
}

// Duration is a time as people write it: "30s", "1m".
type Duration string

// Length is the time.
func (d Duration) Length() (time.Duration, error) {
	t, err := time.ParseDuration(string(d))
	if err != nil {
		return 0, fmt.Errorf("%q is no time; write 30s or 5m", d)
	}
	return t, nil
}

// Secret reads the one line of a secret's file. A file that others than its
// owner and group may read is refused.
func Secret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("read a secret: everybody on this machine may read %s; take that away: chmod o= %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || strings.ContainsAny(secret, "\n\x00") {
		return "", fmt.Errorf("read a secret: %s must hold one line", path)
	}
	return secret, nil
}
