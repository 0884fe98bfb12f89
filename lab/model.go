package lab

import _ "embed"

// Model is the simulated plant in its people's words: plant.yaml of the site
// "Alder Foods". Some of it is left open, as in plants that exist: a line
// without an owner, crossings without a conduit.
//
//go:embed model.yaml
var Model string
