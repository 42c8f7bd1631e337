package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncFileSystem makes all that was written to a file's file system durable.
func syncFileSystem(file *os.File) error { return unix.Syncfs(int(file.Fd())) }
