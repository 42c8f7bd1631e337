package disk

import (
	"errors"
	"iter"
	"maps"
	"os"
	"path"
)

// WriteJSON writes one file as [Folder.WriteAll] does.
func (f *Folder) WriteJSON(path string, data []byte) error {
	return f.WriteAll(maps.All(map[string][]byte{path: data}))
}

// WriteAll writes files, each in place of what had its name, and returns when all of them are durable: there is one
// sync for all. A crash before that leaves each file whole, absent, or (after a loss of power) empty: whoever calls
// must then call again.
func (f *Folder) WriteAll(files iter.Seq2[string, []byte]) error {
	var written []string
	open := openFolders{folder: f, open: map[string]*Folder{}}
	defer open.close()
	for p, data := range files {
		dir, err := open.at(path.Dir(p))
		if err != nil {
			return err
		}
		if err := replace(dir.root, path.Base(p), data, fileMode); err != nil {
			return f.fail("write", p, err)
		}
		written = append(written, p)
	}
	return f.flush(written)
}

// replace writes a file beside the one that it takes the place of.
func replace(dir *os.Root, name string, data []byte, mode os.FileMode) error {
	temp := tempName()
	file, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if mode != fileMode && err == nil {
		err = file.Chmod(mode) // whatever the umask takes away
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = dir.Rename(temp, name)
	}
	if err != nil {
		_ = dir.Remove(temp) // what stays is for Clean
	}
	return err
}

// openFolders keeps folders open in which files are written one after the other: finding the way to one from the data
// folder, step by step, takes longer than writing a small file.
type openFolders struct {
	folder *Folder
	open   map[string]*Folder
}

// mostOpen bounds how many folders are open at once.
const mostOpen = 64

// at is a folder, which is made where it is missing.
func (o *openFolders) at(dir string) (*Folder, error) {
	if known := o.open[dir]; known != nil {
		return known, nil
	}
	if len(o.open) == mostOpen {
		o.close()
	}
	f, err := o.folder.below(dir)
	if err == nil {
		o.open[dir] = f
	}
	return f, err
}

func (o *openFolders) close() {
	for dir, f := range o.open {
		_ = f.Close()
		delete(o.open, dir)
	}
}
