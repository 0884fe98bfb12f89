//go:build !console

package console

import (
	"embed"
)

//go:embed placeholder
var placeholder embed.FS

const built = false

var files = sub(placeholder, "placeholder")
