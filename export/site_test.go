package export_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"lama/export"
	"lama/site"
)

func init() { outlets["site"] = outlet{write: asSite, shows: true} }

// asSite makes a site, and gives all that it is.
func asSite(f *fixture, ctx context.Context, s export.Selection) (string, error) {
	dir, err := os.MkdirTemp(f.root, "site")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	s.Store = f.store
	var lost error
	_, err = site.Site{Selection: s, Data: os.DirFS(f.root), To: filepath.Join(dir, "x"), Progress: func(site.Progress) {},
		Lost: func(err error) { lost = errors.Join(lost, err) }}.Write(ctx)
	var b strings.Builder
	for name, content := range files(f.t, dir) {
		b.WriteString(name + "\n" + content + "\n")
	}
	return b.String(), errors.Join(err, lost)
}
