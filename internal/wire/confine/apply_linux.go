package confine

// Apply takes everything from the process that o does not name. Call it once,
// after sockets and files are open and before the first packet is read.
//
// The order matters: giving up capabilities needs one of them, and Landlock and
// seccomp ask that no new privileges can be gained.
func Apply(o Options) Report {
	return Report{Role: o.Role, Measures: []Measure{
		dropCapabilities(),
		noNewPrivileges(),
		restrictFiles(o),
		restrictCalls(o),
	}}
}
