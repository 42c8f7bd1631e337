package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Error is a failure of the disk: the run can't go on until a person has done something about it.
type Error struct {
	Op   string // what was being done: "create", "write", ...
	Path string // absolute
	Err  error
}

// Error names the file and, where it is known, what to do.
func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: %v%s", e.Op, e.Path, e.Err, e.remedy())
}

func (e *Error) Unwrap() error { return e.Err }

func (e *Error) remedy() string {
	switch {
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.EDQUOT):
		return "; make room, then run again"
	case errors.Is(e.Err, syscall.EROFS):
		return "; mount it for writing, then run again"
	case errors.Is(e.Err, fs.ErrPermission):
		return "; let the user who runs lama write there, then run again"
	}
	return ""
}

// fail makes err an [Error] about a path in the folder.
func (f *Folder) fail(op, path string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return &Error{Op: op, Path: filepath.Join(f.dir, filepath.FromSlash(path)), Err: err}
}
