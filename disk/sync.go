package disk

import (
	"errors"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"syscall"
)

// flush makes files durable: all at once where the system can, else one after the other.
func (f *Folder) flush(files []string) error {
	if len(files) == 0 {
		return nil
	}
	// The files' own folder, not the data folder: json/ may be a mount.
	err := f.syncFile(path.Dir(files[0]), os.O_RDONLY, syncFileSystem)
	if errors.Is(err, errors.ErrUnsupported) {
		return f.syncEach(files)
	}
	return err
}

func (f *Folder) syncEach(files []string) error {
	for _, p := range files {
		if err := f.syncFile(p, os.O_RDWR, (*os.File).Sync); err != nil {
			return err
		}
	}
	return f.Sync(files...)
}

// Sync makes the names of files durable: it syncs every folder on the way to them, once. Windows needs none of it.
func (f *Folder) Sync(files ...string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dirs := make(map[string]bool)
	for _, p := range files {
		for dir := path.Dir(p); !dirs[dir]; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		err := f.syncFile(dir, os.O_RDONLY, (*os.File).Sync)
		// Some network file systems can't sync a folder; nothing is to be done about it.
		if err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
			return err
		}
	}
	return nil
}

// syncFile opens a file or folder and syncs it in the way that is given.
func (f *Folder) syncFile(p string, flag int, sync func(*os.File) error) error {
	file, err := f.root.OpenFile(p, flag, 0)
	if err != nil {
		return f.fail("open", p, err)
	}
	defer file.Close()
	if err := sync(file); err != nil {
		return f.fail("sync", p, err)
	}
	return nil
}
