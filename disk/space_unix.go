//go:build linux || darwin || freebsd

package disk

import "golang.org/x/sys/unix"

// Free is how many bytes can still be written to the disk of a folder, by who runs the program. It is
// [errors.ErrUnsupported] where the system does not tell.
func Free(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, &Error{Op: "look at the disk of", Path: dir, Err: err}
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
