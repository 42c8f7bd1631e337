package site

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
)

// markFile says that a folder is a site that was made here, and may be made anew.
const markFile = "lama-site.json"

// mark is what it holds.
type mark struct {
	Nonce string `json:"nonce"` // by which the pages' policy knows their scripts: it stays, and so does a page that has not changed
}

// folder is a site that grows in a temporary folder beside the place that it takes in the end.
type folder struct {
	to, temp string
	mark     mark
	spools   string

	mu   sync.Mutex
	made map[string]bool // folders
}

// create makes the temporary folder. It refuses a place where there is something else than a site.
func create(to string) (*folder, error) {
	to, err := filepath.Abs(to)
	if err != nil {
		return nil, err
	}
	known, err := recognise(to)
	if err != nil {
		return nil, err
	}
	f := &folder{to: to, mark: known, made: map[string]bool{}}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of the site: %w", err)
	}
	if f.temp, err = os.MkdirTemp(filepath.Dir(to), ".lama-site-*"); err != nil {
		return nil, fmt.Errorf("make a folder beside the site: %w", err)
	}
	f.spools = filepath.Join(f.temp, "spool")
	return f, os.Mkdir(f.spools, 0o700)
}

// recognise reads the mark of the site that is at a place, and makes one where there is nothing.
func recognise(to string) (m mark, err error) {
	entries, err := os.ReadDir(to)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return mark{Nonce: rand.Text()}, nil
	} else if err != nil {
		return m, fmt.Errorf("look at where the site goes: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(to, markFile))
	if err != nil || json.Unmarshal(text, &m) != nil || !plain.MatchString(m.Nonce) {
		return m, fmt.Errorf("%s is neither empty nor a site that lama export made: choose another folder", to)
	}
	return m, nil
}

// plain is a nonce as it was made: it stands in a policy, where a sign would have a meaning.
var plain = regexp.MustCompile(`^[A-Z0-9]{20,}$`)

// path is where a file of the site is until it is published; its folder is made.
func (f *folder) path(name string) (string, error) {
	path := filepath.Join(f.temp, "site", filepath.FromSlash(name))
	dir := filepath.Dir(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made[dir] {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("write the site: %w", err)
	}
	f.made[dir] = len(f.made) < mostKept
	return path, nil
}

// mostKept bounds which folders are remembered.
const mostKept = 10_000

// write writes a file of the site.
func (f *folder) write(name string, content []byte) error {
	path, err := f.path(name)
	if err == nil {
		err = os.WriteFile(path, content, 0o644) // #nosec G306 -- others read it: it is to be published
	}
	if err != nil {
		return fmt.Errorf("write the site: %w", err)
	}
	return nil
}

// publish puts the site where it goes. What was there is there until the new one is whole.
func (f *folder) publish() error {
	text, err := json.Marshal(f.mark)
	if err == nil {
		err = f.write(markFile, append(text, '\n'))
	}
	if err != nil {
		return err
	}
	old := filepath.Join(f.temp, "old")
	if err := os.Rename(f.to, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put the site in its place: %w", err)
	}
	if err := os.Rename(filepath.Join(f.temp, "site"), f.to); err != nil {
		return errors.Join(fmt.Errorf("put the site in its place: %w", err), os.Rename(old, f.to))
	}
	return nil
}

// discard removes what is left of the temporary folder.
func (f *folder) discard() { _ = os.RemoveAll(f.temp) }
