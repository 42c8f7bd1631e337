package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder is what is in a data folder, by path.
type folder struct {
	media     map[string]string // its SHA-256
	json      map[string]any
	stray     []string
	explained map[string]bool // media that a row names
}

// readFolder reads a data folder; an empty path is none.
func readFolder(t testing.TB, data string) folder {
	t.Helper()
	f := folder{media: map[string]string{}, json: map[string]any{}, explained: map[string]bool{}}
	if data == "" {
		return f
	}
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(data, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return f.add(filepath.ToSlash(name), content)
	})
	if err != nil {
		t.Fatalf("read the data folder: %v", err)
	}
	return f
}

func (f *folder) add(name string, content []byte) (err error) {
	switch {
	case strings.HasSuffix(name, ".tmp"):
		f.stray = append(f.stray, name)
	case strings.HasPrefix(name, "media/"):
		sum := sha256.Sum256(content)
		f.media[name] = hex.EncodeToString(sum[:])
	case strings.HasPrefix(name, "json/"):
		f.json[name], err = canonical(content)
	case !strings.Contains(name, "/"): // the database, its lock, and what says whose folder this is
	default:
		f.stray = append(f.stray, name)
	}
	return err
}

// files are the folder's lines, once the rows have explained what they can.
func (f *folder) files() (lines []string) {
	for name, content := range f.json {
		lines = append(lines, line(name, content))
	}
	for name := range f.media {
		if !f.explained[name] {
			lines = append(lines, "without a row: "+name)
		}
	}
	for _, name := range f.stray {
		lines = append(lines, "stray: "+name)
	}
	return lines
}

// viewers are the fields of a post that differ by who looks at it; the application is shown to the author alone.
var viewers = []string{"favourited", "reblogged", "bookmarked", "muted", "pinned", "filtered", "voted", "own_votes",
	"current_user", "application"}

// canonical is JSON without the viewer's own fields; its numbers stay as they are written.
func canonical(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	return withoutViewer(value), nil
}

func withoutViewer(value any) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = withoutViewer(v[i])
		}
	case map[string]any:
		for _, field := range viewers {
			delete(v, field)
		}
		for name := range v {
			v[name] = withoutViewer(v[name])
		}
	}
	return value
}
