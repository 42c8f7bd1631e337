package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"lama/disk"
)

// Mark is the file in the folder of an export that says of what format it is, and whether it is complete.
const Mark = "lama-export.json"

// hidden is where an export keeps what it needs to go on, and which of the files beside it are its own.
const hidden = ".lama-export"

// mark is the content of [Mark]. It tells nothing of the archive: an export may be published as it is.
type mark struct {
	Format   string `json:"format"`
	Complete bool   `json:"complete"`
}

// Folder is a folder that an export is written into. Until Complete it says that it is not complete. What an earlier export
// wrote there and this one does not is removed then; other files stay. It is for one goroutine.
type Folder struct {
	*disk.Folder
	dir    string
	format string
	own    *Spool[string] // names of the files of this export
	before *Spool[string] // and of those before
}

// OpenFolder opens a folder for an export, or makes it. One that has other things in it, or an export of another format, is
// refused. The caller closes it.
func OpenFolder(dir, format string) (*Folder, error) {
	if err := fit(dir, format); err != nil {
		return nil, err
	}
	files, err := disk.Open(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{Folder: files, dir: dir, format: format, before: &Spool[string]{dir: filepath.Join(dir, hidden, "before"), parts: map[string]*part{}}}
	if err := errors.Join(f.say(false), f.recall()); err != nil {
		_ = files.Close()
		return nil, err
	}
	return f, nil
}

// fit says whether an export may be written into a folder.
func fit(dir, format string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	var m mark
	text, err := os.ReadFile(filepath.Join(dir, Mark)) // #nosec G304 -- in the folder that is asked for
	if err != nil || json.Unmarshal(text, &m) != nil {
		return fmt.Errorf("%s is not empty and holds no export: name a new folder, or an empty one", dir)
	}
	if m.Format != format {
		return fmt.Errorf("%s holds an export of the format %s: name another folder for %s", dir, m.Format, format)
	}
	return nil
}

// say writes the mark.
func (f *Folder) say(complete bool) error {
	text, err := json.Marshal(mark{f.format, complete})
	if err != nil {
		panic(err) // plain values
	}
	return f.WriteJSON(Mark, append(text, '\n'))
}

// recall begins a list of the export's own files. That of an export which was interrupted counts as one from before.
func (f *Folder) recall() error {
	last := &Spool[string]{dir: filepath.Join(f.dir, hidden, "own")}
	names, err := last.Names()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.before.dir, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		files, err := last.Read(name)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := f.before.Put(name, file); err != nil {
				return err
			}
		}
	}
	if err := f.before.Close(); err != nil {
		return err
	}
	f.own, err = NewSpool[string](last.dir)
	return err
}

// Close gives the folder back to the system.
func (f *Folder) Close() error { return errors.Join(f.own.Close(), f.Folder.Close()) }

// Owns notes that a file of this name belongs to the export. It comes before the file: an export that is killed in between
// leaves none behind.
func (f *Folder) Owns(name string) error {
	if err := f.own.Put(PartOf(name), name); err != nil {
		return err
	}
	return f.own.flush(PartOf(name))
}

// WriteAll writes files as [disk.Folder.WriteAll] does, and notes them.
func (f *Folder) WriteAll(files iter.Seq2[string, []byte]) (err error) {
	failed := f.Folder.WriteAll(func(yield func(string, []byte) bool) {
		for name, content := range files {
			if err = f.Owns(name); err != nil || !yield(name, content) {
				return
			}
		}
	})
	return errors.Join(err, failed)
}

// Work is a folder for what the export needs while it is made. It is empty at first, and gone when the export is complete.
func (f *Folder) Work() (string, error) {
	dir := f.work("work")
	return dir, errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700))
}

// work is a place for what the export needs while it is made.
func (f *Folder) work(name string) string { return filepath.Join(f.dir, hidden, name) }

// Complete removes what earlier exports left and this one does not have, and says that the folder is complete.
func (f *Folder) Complete() error {
	if err := f.own.Close(); err != nil {
		return err
	}
	for n := range parts {
		if err := f.removeOld(strconv.Itoa(n)); err != nil {
			return err
		}
	}
	if err := errors.Join(os.RemoveAll(f.before.dir), os.RemoveAll(f.work("work"))); err != nil {
		return err
	}
	return f.say(true)
}

func (f *Folder) removeOld(name string) error {
	own, err := f.own.Read(name)
	if err != nil {
		return err
	}
	before, err := f.before.Read(name)
	if err != nil {
		return err
	}
	stays := map[string]bool{}
	for _, file := range own {
		stays[file] = true
	}
	for _, file := range before {
		if !stays[file] {
			err = errors.Join(err, f.Remove(path.Clean(file)))
		}
	}
	return err
}
