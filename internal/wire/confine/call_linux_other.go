//go:build linux && !amd64 && !arm64 && !riscv64

package confine

import "runtime"

func restrictCalls(Options) Measure {
	return Measure{"seccomp", Missing, "no list of system calls for " + runtime.GOARCH}
}
