//go:build linux

package enforce

// Probe finds out what this kernel can do. It tries everything in a network
// namespace that it makes and leaves; nothing of the machine's own changes. It
// needs CAP_SYS_ADMIN for that namespace.
func Probe() (Caps, error) { return Caps{}, errNotYet }
