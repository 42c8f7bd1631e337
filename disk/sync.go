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
	err := f.syncWhole(path.Dir(files[0]))
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
	return f.syncFolders(onTheWay(files))
}

// fewFolders are synced one by one: each waits for the disk, and more take longer than one sync of everything.
const fewFolders = 2

// Sync makes the names of files durable: it syncs every folder on the way to them, or where these are many all at once.
func (f *Folder) Sync(files ...string) error {
	dirs := onTheWay(files)
	if len(dirs) > fewFolders {
		if err := f.syncWhole(path.Dir(files[0])); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	return f.syncFolders(dirs)
}

// onTheWay are the folders that lead to files, each once.
func onTheWay(files []string) []string {
	dirs := make(map[string]bool)
	for _, p := range files {
		for dir := path.Dir(p); !dirs[dir]; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(dirs))
}

// syncFolders makes folders' entries durable. Windows needs none of it.
func (f *Folder) syncFolders(dirs []string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	for _, dir := range dirs {
		err := f.syncFile(dir, os.O_RDONLY, (*os.File).Sync)
		// Some network file systems can't sync a folder; nothing is to be done about it.
		if err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
			return err
		}
	}
	return nil
}

// syncWhole syncs the file system of a folder: that of the files, since json/ and media/ may be mounts of their own.
func (f *Folder) syncWhole(dir string) error { return f.syncFile(dir, os.O_RDONLY, syncFileSystem) }

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
