package api

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

func policyRoute(o *huma.Operation) bool { return slices.Contains(o.Tags, "policy") }
