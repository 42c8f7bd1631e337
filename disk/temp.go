package disk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A temporary file is hidden and called like nothing else.
const (
	tempPrefix = ".lama-"
	tempSuffix = ".tmp"
)

// Temp is a file that has no name of its own yet. Whoever made it calls [Temp.Discard] in the end, in any case. It is
// for one goroutine.
type Temp struct {
	folder  *Folder
	at      *Folder // the one that it lies in: each step from the data folder to there takes longer than a small file
	dir     string  // of that, in the data folder
	name    string  // there; empty once it has another
	file    *os.File
	hash    hash.Hash
	size    int64
	durable bool // it has been on the disk before it got this name
}

func tempName() string { return tempPrefix + rand.Text() + tempSuffix }

// Create makes a temporary file in a folder that is made where it is missing.
func (f *Folder) Create(dir string) (*Temp, error) {
	at, err := f.below(dir)
	if err != nil {
		return nil, err
	}
	t := &Temp{folder: f, at: at, dir: dir, name: tempName(), hash: sha256.New()}
	if t.file, err = at.root.OpenFile(t.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode); err != nil {
		_ = at.Close()
		return nil, at.fail("create", t.name, err)
	}
	return t, nil
}

// below opens a folder of the folder, and makes it where it is missing. The caller closes it.
func (f *Folder) below(dir string) (*Folder, error) {
	if err := f.root.MkdirAll(dir, dirMode); err != nil {
		return nil, f.fail("create", dir, err)
	}
	root, err := f.root.OpenRoot(dir)
	if err != nil {
		return nil, f.fail("open", dir, err)
	}
	return &Folder{dir: filepath.Join(f.dir, filepath.FromSlash(dir)), root: root}, nil
}

// Write adds to the file. Its errors are of type [*Error].
func (t *Temp) Write(p []byte) (int, error) {
	n, err := t.file.Write(p)
	t.hash.Write(p[:n])
	t.size += int64(n)
	if err != nil {
		return n, t.at.fail("write", t.name, err)
	}
	return n, nil
}

// Size is the number of bytes written so far.
func (t *Temp) Size() int64 { return t.size }

// SHA256 is the hash of the bytes written so far, hexadecimal.
func (t *Temp) SHA256() string { return hex.EncodeToString(t.hash.Sum(nil)) }

// Place makes the file durable and gives it the name p, or one beside it where that is taken by other content: it
// never overwrites. The same content is not kept twice under these names. It returns the name; the folder's entry
// is durable after [Folder.Sync].
func (t *Temp) Place(p string) (string, error) {
	if err := t.finish(); err != nil {
		return "", err
	}
	return t.take(p)
}

// take gives the finished file the first name that is free, or finds its content there.
func (t *Temp) take(p string) (string, error) {
	sum := t.SHA256()
	t.folder.move.Lock()
	defer t.folder.move.Unlock()
	for _, p := range []string{p, beside(p, sum[:8])} {
		at, name := t.place(p)
		taken, same, err := at.compare(name, sum)
		if err != nil || same {
			return p, err
		}
		if !taken {
			return p, t.rename(p)
		}
	}
	// This much of the hash means this content and no other: what else has the name is damaged.
	p = beside(p, sum[:32])
	return p, t.rename(p)
}

// Restore makes the file durable and gives it the name p in place of whatever has it: for a file that was lost or
// damaged.
func (t *Temp) Restore(p string) error {
	if err := t.finish(); err != nil {
		return err
	}
	return t.rename(p)
}

// Discard removes the file, unless it was placed.
func (t *Temp) Discard() {
	_ = t.file.Close() // may be closed already
	if t.name != "" {
		_ = t.at.root.Remove(t.name) // what stays is for Clean
	}
	_ = t.at.Close()
}

// finish makes the content durable and closes the file.
func (t *Temp) finish() error {
	info, err := t.file.Stat()
	if err == nil && info.Size() != t.size {
		err = io.ErrShortWrite
	}
	if err == nil && !t.durable {
		err = t.file.Sync()
	}
	if err == nil {
		err = t.file.Close()
	}
	if err != nil {
		return t.at.fail("write", t.name, err)
	}
	return nil
}

// place is where a path is looked up: mostly it lies beside the temporary file.
func (t *Temp) place(p string) (at *Folder, name string) {
	if path.Dir(p) == t.dir {
		return t.at, path.Base(p)
	}
	return t.folder, p
}

// rename moves the file, also into a folder that is not there yet.
func (t *Temp) rename(p string) error {
	at, to := t.place(p)
	from := t.name
	if at == t.folder {
		from = path.Join(t.dir, t.name)
		if err := at.root.MkdirAll(path.Dir(to), dirMode); err != nil {
			return at.fail("create", path.Dir(to), err)
		}
	}
	if err := at.root.Rename(from, to); err != nil {
		return at.fail("rename to", to, err)
	}
	t.name = ""
	return nil
}

// beside puts a mark before the extension of a name.
func beside(p, mark string) string {
	ext := path.Ext(p)
	return strings.TrimSuffix(p, ext) + "~" + mark + ext
}
