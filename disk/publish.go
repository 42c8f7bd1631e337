package disk

import (
	"errors"
	"os"
	"path/filepath"
)

// publicMode lets other users read what holds nothing private.
const publicMode = 0o644

// Publish writes a file outside of the data folder that other programs of the machine read: at each moment it is there
// whole, as before or as now. Its folder must be there. It need not survive a loss of power.
func Publish(path string, data []byte) error {
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return &Error{Op: "write", Path: path, Err: err}
	}
	if err := errors.Join(replace(dir, filepath.Base(path), data, publicMode), dir.Close()); err != nil {
		return &Error{Op: "write", Path: path, Err: err}
	}
	return nil
}
