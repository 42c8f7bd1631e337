//go:build !linux

package disk

import (
	"errors"
	"os"
)

// syncFileSystem is what only Linux has.
func syncFileSystem(*os.File) error { return errors.ErrUnsupported }
