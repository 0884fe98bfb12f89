//go:build !linux

package confine

// Apply reports that nothing can be taken from the process on this system.
func Apply(o Options) Report {
	return Report{Role: o.Role, Measures: []Measure{{"confinement", Missing, "needs Linux"}}}
}
