package site

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"lama/export"
	"lama/store"
)

// out is the folder of the site. What has not changed since the last export is left as it is.
type out struct {
	folder *export.Folder
	media  export.Media
	nonce  string // by which the pages' policy knows their scripts: it stays, and so does a page that has not changed

	mu      sync.Mutex  // guards what follows, and the folder, which is for one goroutine
	told    func(error) // of each file that can't be had
	waiting map[string][]byte
	bytes   int   // of what is waiting
	placed  set   // files of posts, by name
	lost    set   // and those that can't be had
	copied  int64 // bytes of files
}

// nonceFile keeps the nonce. It is no secret once the site is published: what was written before could not know it.
const nonceFile = staticPath + "nonce"

// plain is a nonce as it was made: it stands in a policy, where a sign would have a meaning.
var plain = regexp.MustCompile(`^[A-Z0-9]{20,40}$`)

func (s Site) open() (*out, error) {
	folder, err := export.OpenFolder(s.To, "site")
	if err != nil {
		return nil, err
	}
	o := &out{folder: folder, media: export.Media{Store: s.Selection.Store, Viewer: s.Selection.Viewer(), Data: s.Data},
		waiting: map[string][]byte{}, placed: newSet(), lost: newSet(), told: s.Lost}
	text, _ := os.ReadFile(filepath.Join(s.To, nonceFile)) // where there is none, or another, one is made
	if o.nonce = string(text); !plain.MatchString(o.nonce) {
		o.nonce = rand.Text()
	}
	if err := o.write(nonceFile, []byte(o.nonce)); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return o, nil
}

// Files wait until there are so many, or so many bytes of them, and are then written and synced at once.
const (
	mostWaiting = 500
	mostBytes   = 16 << 20
)

// write writes a file of the site.
func (o *out) write(name string, content []byte) error {
	sum := sha256.Sum256(content)
	same, err := o.folder.Holds(name, hex.EncodeToString(sum[:]))
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if same {
		return o.folder.Owns(name)
	}
	o.waiting[name] = content
	if o.bytes += len(content); len(o.waiting) < mostWaiting && o.bytes < mostBytes {
		return nil
	}
	return o.flush()
}

func (o *out) flush() error {
	err := o.folder.WriteAll(maps.All(o.waiting))
	o.bytes = 0
	clear(o.waiting)
	return err
}

// place copies a file of posts into the site, and says whether it is there.
func (o *out) place(ctx context.Context, name string, picture store.Picture) (bool, error) {
	if here, known := o.placedBefore(name); known {
		return here, nil
	}
	f, err := o.media.Picture(ctx, picture)
	if err != nil || f == nil {
		return false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.placed.has(name) || o.lost.has(name) { // another page was faster
		return o.placed.has(name), nil
	}
	f.Name = name // it is made of the content
	err = o.media.Copy(ctx, o.folder, name, f)
	if lost, ok := errors.AsType[*export.Lost](err); ok {
		o.lost.add(name)
		o.told(lost)
		return false, nil
	}
	if err == nil {
		o.placed.add(name)
		o.copied += f.Size
	}
	return err == nil, err
}

// placedBefore says whether it is known if a file is there.
func (o *out) placedBefore(name string) (here, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	here = o.placed.has(name)
	return here, here || o.lost.has(name)
}

// complete ends a site that is whole.
func (o *out) complete() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.flush(); err != nil {
		return err
	}
	return o.folder.Complete()
}
