//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// peak is the most memory that a process that has ended had in use, in bytes. Linux counts what its parent had in use
// when it was started too: this program must stay small, and leaves what is large to processes of their own.
func peak(p *os.ProcessState) int64 {
	u, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}

// syncAll writes to disk what is to be written.
func syncAll() { unix.Sync() }
