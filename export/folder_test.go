package export_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lama/archive"
	"lama/export"
	"lama/search"
)

// everyPost selects what is public.
func everyPost() export.Selection { return export.Selection{Visibilities: []string{"public"}} }

// query selects what is public and found.
func query(t *testing.T, text string) export.Selection {
	t.Helper()
	q, err := search.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s := everyPost()
	s.Query = q
	return s
}

// names are those of the files in a folder that a person sees, without the mark.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	for name := range files(t, dir) {
		if name != export.Mark && !strings.HasPrefix(name, ".lama-export/") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// two commits two posts with files; the second is a reply to the first.
func (f *fixture) two() {
	first := picture(status("zoe@far.example", "1", "public", nil), "a heron")
	second := picture(status("ana@home.example", "2", "public", map[string]any{"in_reply_to_id": "1"}), "a pond")
	second.References = []archive.Reference{{Chain: archive.ChainParent, Target: archive.IDName("home.example", "1")}}
	f.commit(did(ana, archive.BaseFavourite, first), did(ana, archive.BasePost, second, status("ana@home.example", "3", "public", nil)))
	f.download(first, "heron")
	f.download(second, "pond")
}

// What the folder of an export of these two, and of a third without a file, has.
const (
	heron      = "media/8b/f140db34c3fc03ca732867002d7396b59434818c0b5cbaa65aace6c4dd3b81.png"
	pond       = "media/4e/7914b0df8068b79cdc10d387f294c12a245d3982ab6fb8ae57c19e62713e41.png"
	zoesThread = "2026/01/zoe@far.example_1.md"
	anasPost   = "2026/01/ana@home.example_3.md"
)

// Once more into the same folder renews an export: what does not leave any more goes, and what is a person's stays.
func TestAnExportIsRenewed(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.two()
		dir := filepath.Join(t.TempDir(), "out")
		whole := []string{anasPost, zoesThread, pond, heron}
		for _, step := range []struct {
			query string
			want  []string
		}{{"", whole}, {"from:zoe", []string{zoesThread, heron, "mine.txt"}}, {"", append(whole, "mine.txt")}} {
			if _, err := f.run(t.Context(), query(t, step.query), "markdown", dir); err != nil {
				t.Fatal(err)
			}
			equal(t, "from "+step.query, names(t, dir), step.want)
			equal(t, "mark", files(t, dir)[export.Mark], `{"format":"markdown","complete":true}`+"\n")
			if err := os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// cutting cancels when a file is opened, the last of some.
type cutting struct {
	fs.FS
	left   int
	cancel func()
}

func (c *cutting) Open(name string) (fs.File, error) {
	if c.left--; c.left == 0 {
		c.cancel()
	}
	return c.FS.Open(name)
}

// An export that is cut off says that it is not complete. The next one completes it, and removes what only that one had.
func TestAnExportIsCompleteOrSaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.two()
		dir := filepath.Join(t.TempDir(), "out")
		ctx, cancel := context.WithCancel(t.Context())
		s := everyPost()
		s.Store = f.store
		e := export.Export{Selection: s, Format: "markdown", To: dir, Lost: func(error) {}, Progress: func(export.Tally) {},
			Data: &cutting{os.DirFS(f.root), 2, cancel}}
		if _, err := e.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("it was cut off: %v", err)
		}
		equal(t, "cut off", names(t, dir), []string{pond, heron})
		equal(t, "mark", files(t, dir)[export.Mark], `{"format":"markdown","complete":false}`+"\n")
		if _, err := f.run(t.Context(), query(t, "from:zoe"), "markdown", dir); err != nil {
			t.Fatal(err)
		}
		equal(t, "completed", names(t, dir), []string{zoesThread, heron})
		equal(t, "mark", files(t, dir)[export.Mark], `{"format":"markdown","complete":true}`+"\n")
	})
}

// A file of an export that is cut off is as it was before.
func TestAFileIsReplacedWhenItIsWhole(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.two()
		dir := t.TempDir()
		s := everyPost()
		s.Accounts, s.Store = []string{ana.Name()}, f.store
		for _, name := range []string{"x.zip", "x.tar.gz"} {
			to := filepath.Join(dir, name)
			if _, err := f.run(t.Context(), s, "mastodon", to); err != nil {
				t.Fatal(err)
			}
			before := slurpFile(t, to)
			ctx, cancel := context.WithCancel(t.Context())
			e := export.Export{Selection: s, Format: "mastodon", To: to, Lost: func(error) {}, Progress: func(export.Tally) { cancel() },
				Data: os.DirFS(f.root)}
			if _, err := e.Run(ctx); !errors.Is(err, context.Canceled) {
				t.Fatalf("%s was cut off: %v", name, err)
			}
			if slurpFile(t, to) != before {
				t.Errorf("%s is another", name)
			}
			if _, err := f.run(t.Context(), s, "mastodon", to); err != nil || slurpFile(t, to) != before {
				t.Errorf("%s, once more, is another (%v)", name, err)
			}
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 2 {
			t.Errorf("beside them stay %v (%v)", entries, err)
		}
	})
}

// What is no export is neither written into nor replaced.
func TestForeignPlacesAreLeftAlone(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.two()
		s := everyPost()
		s.Accounts = []string{ana.Name()}
		for _, c := range []struct{ format, to, file, why string }{
			{"csv", "out", "out/mine.txt", "is not empty and holds no export"},
			{"csv", "out", "out/" + export.Mark, "holds an export of the format markdown"},
			{"mastodon", "mine.zip", "mine.zip", "is there and is no export of LAMA"},
			{"mastodon", "mine.tar.gz", "mine.tar.gz", "is there and is no export of LAMA"},
		} {
			dir := t.TempDir()
			file := filepath.Join(dir, c.file)
			err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(`{"format":"markdown"}`), 0o600))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.run(t.Context(), s, c.format, filepath.Join(dir, c.to)); err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%s: %v", c.file, err)
			}
			if slurpFile(t, file) != `{"format":"markdown"}` {
				t.Errorf("%s is another", c.file)
			}
		}
	})
}

// A file that the archive has lost, or that is not as it was, is told and left out.
func TestLostFilesAreTold(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.two()
		for name := range files(t, f.root) {
			if err := os.WriteFile(filepath.Join(f.root, name), []byte("rotten"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s := everyPost()
		s.Store, s.Accounts = f.store, []string{ana.Name()}
		for format, to := range map[string]string{"markdown": "out", "mastodon": "out.zip"} {
			var lost []string
			e := export.Export{Selection: s, Format: format, To: filepath.Join(t.TempDir(), to), Data: os.DirFS(f.root), Now: then,
				Progress: func(export.Tally) {}, Lost: func(err error) { lost = append(lost, err.Error()) }}
			if _, err := e.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(lost) == 0 || !strings.HasSuffix(lost[0], "is not as it was") {
				t.Errorf("%s: lost are %q", format, lost)
			}
			for name, content := range files(t, filepath.Dir(e.To)) {
				if strings.Contains(content, "rotten") {
					t.Errorf("%s: %s has left", format, name)
				}
			}
		}
	})
}
