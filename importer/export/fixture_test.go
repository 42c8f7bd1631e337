package export_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lama/importer/export"
)

// files are the names and contents of an export's files.
type files map[string]string

const picture = "media_attachments/files/109/365/046/915/801/487/original/a4283757f1d4098c.png"

// sample is an export in little: a post with a picture, a boost, a post that the account likes and one that it has marked.
func sample() files {
	return files{
		"actor.json": `{"id":"https://home.example/users/ana","type":"Person","preferredUsername":"ana","name":"Ana",
			"followers":"https://home.example/users/ana/followers","url":"https://home.example/@ana",
			"icon":{"type":"Image","url":"avatar.png"}}`,
		"outbox.json": outboxOf(
			`{"type":"Create","actor":"https://home.example/users/ana","to":["https://www.w3.org/ns/activitystreams#Public"],"cc":[],
				"object":{"id":"https://home.example/users/ana/statuses/11","type":"Note","published":"2022-11-19T11:49:52Z",
				"content":"<p>a heron</p>","attachment":[{"type":"Document","mediaType":"image/png","url":"/`+picture+`","name":"heron"}]}}`,
			`{"id":"https://home.example/users/ana/statuses/12/activity","type":"Announce","actor":"https://home.example/users/ana",
				"to":["https://www.w3.org/ns/activitystreams#Public"],"object":"https://far.example/users/bo/statuses/7"}`),
		"likes.json":     `{"type":"OrderedCollection","orderedItems":["https://far.example/users/bo/statuses/8"]}`,
		"bookmarks.json": `{"type":"OrderedCollection","orderedItems":["https://home.example/users/cy/statuses/9"]}`,
		picture:          "\x89PNG a heron",
		"avatar.png":     "\x89PNG Ana",
	}
}

// outboxOf is an outbox as Mastodon 4.3 writes it, with @context twice.
func outboxOf(items ...string) string {
	return `{"@context":"https://www.w3.org/ns/activitystreams","@context":["https://www.w3.org/ns/activitystreams",{}],
		"id":"outbox.json","type":"OrderedCollection","totalItems":467,"orderedItems":[` + strings.Join(items, ",") + `]}`
}

// below are the files in a folder.
func (f files) below(folder string) files {
	moved := files{}
	for name, content := range f {
		moved[folder+"/"+name] = content
	}
	return moved
}

func (f files) renamed(from, to string) files {
	f[to] = f[from]
	delete(f, from)
	return f
}

func (f files) sorted() []string {
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// packings are the ways in which an export comes; each makes a file or a folder of its own.
var packings = map[string]func(testing.TB, files) string{"zip": zipOf, "tar.gz": tarGzOf, "tar": tarOf, "folder": folderOf}

func zipOf(t testing.TB, f files) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range f.sorted() {
		entry, err := w.Create(name)
		must(t, err)
		_, err = io.WriteString(entry, f[name])
		must(t, err)
	}
	must(t, w.Close())
	return fileOf(t, "archive.zip", b.Bytes())
}

func tarGzOf(t testing.TB, f files) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	writeTar(t, w, f)
	must(t, w.Close())
	return fileOf(t, "archive.tar.gz", b.Bytes())
}

func tarOf(t testing.TB, f files) string {
	var b bytes.Buffer
	writeTar(t, &b, f)
	return fileOf(t, "archive.tar", b.Bytes())
}

// writeTar puts the media before the posts, as Mastodon did.
func writeTar(t testing.TB, to io.Writer, f files) {
	w := tar.NewWriter(to)
	names := f.sorted()
	slices.Reverse(names)
	for _, name := range names {
		must(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o444, Size: int64(len(f[name]))}))
		_, err := io.WriteString(w, f[name])
		must(t, err)
	}
	must(t, w.Close())
}

func folderOf(t testing.TB, f files) string {
	dir := t.TempDir()
	for name, content := range f {
		file := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(file), 0o700))
		must(t, os.WriteFile(file, []byte(content), 0o600))
	}
	return dir
}

func fileOf(t testing.TB, name string, content []byte) string {
	file := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(file, content, 0o600))
	return file
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open opens an export that is whole; a tar goes to a folder of the test.
func open(t testing.TB, file string) *export.Export {
	t.Helper()
	e, err := export.Open(t.Context(), file, export.Options{Scratch: filepath.Join(t.TempDir(), "scratch")})
	must(t, err)
	e.Served = true
	t.Cleanup(func() { must(t, e.Close()) })
	return e
}

// refused is why an export can't be opened.
func refused(t *testing.T, file string, o export.Options) string {
	t.Helper()
	if o.Scratch == "" {
		o.Scratch = filepath.Join(t.TempDir(), "scratch")
	}
	e, err := export.Open(t.Context(), file, o)
	if err == nil {
		e.Close()
		return ""
	}
	if _, err := os.Stat(o.Scratch); !os.IsNotExist(err) {
		t.Errorf("what was unpacked is left: %v", err)
	}
	return err.Error()
}

// told is an export in words, item by item.
func told(t testing.TB, e *export.Export) (all []string) {
	for i := range e.Items() {
		line := i.Where + ": "
		switch {
		case i.Refused != nil:
			line += "refused: " + i.Refused.Error()
		case i.Claim != nil:
			line += string(i.Claim.Base) + " " + string(i.Claim.Name) + " " + i.Claim.URL
		default:
			line += "post " + i.URI
		}
		for _, f := range i.Files {
			r, err := f.Open()
			must(t, err)
			content, err := io.ReadAll(r)
			must(t, err)
			must(t, r.Close())
			line += " + " + f.Source + " " + string(content)
		}
		all = append(all, line)
	}
	return all
}
