package cli_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keep notes a token that nothing but the credentials may hold: after the test it is looked for in every file below the
// household's folder, SQLite's among them, and beside them where the database is elsewhere.
func (h *house) keep(token string) {
	if h.tokens = append(h.tokens, token); len(h.tokens) > 1 {
		return
	}
	h.t.Cleanup(func() {
		folders := []string{h.dir}
		if path, ok := strings.CutPrefix(h.database, "sqlite:"); ok {
			folders = append(folders, filepath.Dir(path))
		}
		for _, folder := range folders {
			if err := filepath.WalkDir(folder, h.expectNoToken); err != nil {
				h.t.Error(err)
			}
		}
	})
}

func (h *house) expectNoToken(path string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case d.Name() == "creds" && d.IsDir():
		return filepath.SkipDir
	case !d.Type().IsRegular():
		return nil
	}
	content, err := os.ReadFile(path)
	h.search(path, content)
	return err
}

func (h *house) search(where string, content []byte) {
	h.t.Helper()
	for n, token := range h.tokens {
		if bytes.Contains(content, []byte(token)) {
			h.t.Errorf("token %d is in %s", n+1, where)
		}
	}
}
