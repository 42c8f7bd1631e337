//go:build !linux && !darwin && !freebsd && !windows

package disk

import "errors"

// Free is what this system does not tell.
func Free(string) (uint64, error) { return 0, errors.ErrUnsupported }
