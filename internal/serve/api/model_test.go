package api

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

func modelRoute(o *huma.Operation) bool {
	return slices.Contains(o.Tags, "model") || slices.Contains(o.Tags, "boundary")
}
