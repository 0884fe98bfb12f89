package wall

import "github.com/bulkhead-ot/bulkhead/internal/act/enforce"

// OpenKernel reaches the wall in the kernel of this machine and puts its chains
// and rules right.
func OpenKernel(b Box) (Kernel, error) { return reached(enforce.Open(b.Config, b.Caps)) }

// AttachKernel reaches the wall in the kernel of this machine as it stands. It
// needs CAP_NET_ADMIN only.
func AttachKernel(b Box) (Kernel, error) { return reached(enforce.Attach(b.Config, b.Caps)) }

func reached(w *enforce.Wall, err error) (Kernel, error) {
	if err != nil {
		return nil, err
	}
	return w, nil
}
