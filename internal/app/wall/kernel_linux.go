package wall

import "github.com/bulkhead-ot/bulkhead/internal/act/enforce"

// OpenKernel reaches the wall in the kernel of this machine.
func OpenKernel(b Box) (Kernel, error) {
	w, err := enforce.Open(b.Config, b.Caps)
	if err != nil {
		return nil, err
	}
	return w, nil
}
