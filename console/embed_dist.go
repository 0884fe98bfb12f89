//go:build console

package console

import (
	"embed"
)

//go:embed all:dist
var dist embed.FS

const built = true

var files = sub(dist, "dist")
