package console

import (
	"embed"
	"io/fs"
)

// sub is one folder of what is embedded. It cannot fail: the name is a constant
// that go:embed has already found.
func sub(e embed.FS, name string) fs.FS {
	f, err := fs.Sub(e, name)
	if err != nil {
		return e
	}
	return f
}
