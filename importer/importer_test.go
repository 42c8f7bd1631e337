package importer_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lama/archive"
	"lama/disk"
	"lama/importer"
	"lama/stages"
)

// keeper is an archive in memory: what it was given, by URI and by content.
type keeper struct {
	posts   map[string]archive.Post
	files   map[string]archive.File
	placed  map[archive.Fetched]bool
	commits int
}

func newKeeper() *keeper {
	return &keeper{posts: map[string]archive.Post{}, files: map[string]archive.File{}, placed: map[archive.Fetched]bool{}}
}

func (k *keeper) Commit(_ context.Context, batches []archive.Batch) (r archive.Result, _ error) {
	k.commits++
	for _, b := range batches {
		for _, p := range b.Posts {
			if _, known := k.posts[p.URI]; !known {
				r.New++
			}
			k.posts[p.URI] = p
		}
		for _, f := range b.Placed {
			k.files[f.File.SHA256] = f.File
			k.placed[archive.Fetched{PostURI: f.PostURI, Source: f.Source}] = true
		}
	}
	return r, nil
}

func (k *keeper) Compare(_ context.Context, posts []archive.Post) (r archive.Result, _ error) {
	for _, p := range posts {
		if _, known := k.posts[p.URI]; !known {
			r.New++
		}
	}
	return r, nil
}

func (k *keeper) KnownFile(_ context.Context, sum string) (archive.File, bool, error) {
	f, ok := k.files[sum]
	return f, ok, nil
}

func (k *keeper) Settled(context.Context, []archive.Fetched) (map[archive.Fetched]bool, error) {
	return k.placed, nil
}

func (k *keeper) Unwritten(context.Context, int64, int) ([]archive.Unwritten, error) { return nil, nil }
func (k *keeper) Written(context.Context, []archive.Unwritten) error                 { return nil }

// source yields items.
type source []importer.Item

func (s source) Items(context.Context) iter.Seq2[importer.Item, error] {
	return func(yield func(importer.Item, error) bool) {
		for _, item := range s {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (s source) All() int64 { return int64(len(s)) }

const png = "\x89PNG\r\n\x1a\n and more"

// item is a post with a picture that lies in a file.
func item(n int, path string) importer.Item {
	p := archive.Post{URI: fmt.Sprint("https://far.example/", n), ID: fmt.Sprint(n), Author: "zoe@far.example",
		Media: []archive.Attachment{{Type: "image", URL: fmt.Sprint("https://far.example/", n, ".png")}}}
	i := importer.Item{Where: fmt.Sprint("row ", n), Batch: archive.Batch{Account: "ana@home.example", Posts: []archive.Post{p}}}
	if path != "" {
		i.Files = []importer.File{{PostURI: p.URI, Source: p.Media[0].Source(), Local: stages.Local{Path: path}}}
	}
	return i
}

// stage is a data folder, and one beside it from which is imported.
type stage struct {
	t *testing.T
	importer.Importer
	keeper     *keeper
	data, from string
	refused    []string
}

func newStage(t *testing.T) *stage {
	s := &stage{t: t, keeper: newKeeper(), data: t.TempDir(), from: t.TempDir()}
	folder, err := disk.Open(s.data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	s.Importer = importer.Importer{Archive: s.keeper, Folder: folder,
		Recurse: stages.Recurse{Own: func(string) bool { return false }},
		Refused: func(where, why string) { s.refused = append(s.refused, where+": "+why) }}
	return s
}

// file makes a file and says where it is.
func (s *stage) file(dir, name, content string) string {
	s.t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *stage) run(items ...importer.Item) importer.Tally {
	s.t.Helper()
	t, err := s.Run(s.t.Context(), source(items))
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// held are the paths of the files of the archive, each of which must be there with its content.
func (s *stage) held() (paths []string) {
	s.t.Helper()
	for sum, f := range s.keeper.files {
		if held, err := s.Folder.Holds(f.Path, sum); err != nil || !held {
			s.t.Errorf("%s is not there as it should be (%v)", f.Path, err)
		}
		paths = append(paths, f.Path)
	}
	return paths
}

func TestAllIsCommittedInBatches(t *testing.T) {
	s := newStage(t)
	var items []importer.Item
	for n := range 1201 {
		items = append(items, item(n, ""))
	}
	told := 0
	s.Progress = func(importer.Tally) { told++ }
	tally := s.run(items...)
	if tally.Posts.New != 1201 || tally.Posts.Known != 0 || tally.Items != 1201 || tally.All != 1201 || s.keeper.commits != 3 || told != 3 {
		t.Errorf("got %+v in %d commits, told %d times", tally, s.keeper.commits, told)
	}
	if tally = s.run(items...); tally.Posts.New != 0 || tally.Posts.Known != 1201 {
		t.Errorf("once more: got %+v", tally)
	}
}

func TestFilesArePlacedOnceEach(t *testing.T) {
	s := newStage(t)
	one, two := s.file(s.from, "a", png), s.file(s.from, "b", png)
	tally := s.run(item(1, one), item(2, two))
	if tally.Files.New != 1 || tally.Files.Known != 1 || tally.Bytes != int64(len(png)) || len(s.held()) != 1 {
		t.Errorf("got %+v", tally)
	}
	if len(s.keeper.placed) != 2 {
		t.Errorf("%d attachments are settled", len(s.keeper.placed))
	}
	if tally = s.run(item(1, one), item(2, two)); tally.Files.New != 0 || tally.Files.Known != 2 {
		t.Errorf("once more: got %+v", tally)
	}
	if _, err := os.Stat(one); err != nil {
		t.Error(err)
	}
}

// What lies in the data folder already stays where it is, and is never removed.
func TestFilesOfTheDataFolderStayWhereTheyAre(t *testing.T) {
	s := newStage(t)
	s.Move = true
	one, two := s.file(s.data, "media/old/a.png", png), s.file(s.data, "media/old/b.png", png)
	s.run(item(1, one), item(2, two))
	if got := s.held(); len(got) != 1 || got[0] != "media/old/a.png" {
		t.Errorf("files at %v", got)
	}
	for _, path := range []string{one, two} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestMovedFilesAreRemovedWhereTheyWere(t *testing.T) {
	s := newStage(t)
	one := s.file(s.from, "a", png)
	s.run(item(1, one)) // before, without
	s.Move = true
	s.run(item(1, one))
	if _, err := os.Stat(one); !os.IsNotExist(err) || len(s.held()) != 1 {
		t.Errorf("it is still there (%v)", err)
	}
}

func TestWhatIsNoFileOfThePostIsRefusedAndThePostStays(t *testing.T) {
	s := newStage(t)
	other := item(4, s.file(s.from, "other", png))
	other.Files[0].Source = "https://far.example/another.png"
	unread := item(5, "")
	unread.Refused = []string{"no JSON"}
	tally := s.run(item(1, s.file(s.from, "page", "<!doctype html><p>404")), item(2, filepath.Join(s.from, "missing")),
		item(3, s.from), other, unread)
	if tally.Posts.New != 5 || tally.Files.Refused != 4 || tally.Refused != 1 || len(s.keeper.placed) != 0 {
		t.Errorf("got %+v", tally)
	}
	for n, want := range []string{"row 5: no JSON", "row 1: the file for https://far.example/1.png: a page", "row 2: ", "row 3: ", "row 4: "} {
		if !strings.HasPrefix(s.refused[n], want) {
			t.Errorf("told %q, want %q", s.refused[n], want)
		}
	}
}

func TestAFileInsideAnotherIsRead(t *testing.T) {
	s := newStage(t)
	i := item(1, "unused")
	i.Files[0].Local = stages.Local{Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(png)), nil }}
	if tally := s.run(i); tally.Files.New != 1 || len(s.held()) != 1 {
		t.Errorf("got %+v", tally)
	}
}

func TestADryRunSaysTheSameAndChangesNothing(t *testing.T) {
	s := newStage(t)
	s.run(item(1, ""))
	items := []importer.Item{item(1, ""), item(2, s.file(s.from, "a", png)), item(2, "")}
	s.Dry = true
	dry := s.run(items...)
	if entries, err := os.ReadDir(s.data); err != nil || len(entries) > 0 || len(s.keeper.posts) != 1 {
		t.Errorf("it has changed something: %v, %d posts (%v)", entries, len(s.keeper.posts), err)
	}
	s.Dry = false
	if wet := s.run(items...); wet != dry || wet.Posts.New != 1 || wet.Files.New != 1 {
		t.Errorf("said %+v, did %+v", dry, wet)
	}
	s.Dry, s.Archive, s.Folder = true, nil, nil
	if all := s.run(items...); all.Posts.New != 2 {
		t.Errorf("without an archive: %+v", all)
	}
}

// broken is a source that ends in the middle.
type broken struct{ source }

func (b broken) Items(ctx context.Context) iter.Seq2[importer.Item, error] {
	return func(yield func(importer.Item, error) bool) {
		for item := range b.source.Items(ctx) {
			if !yield(item, nil) {
				return
			}
		}
		yield(importer.Item{}, io.ErrUnexpectedEOF)
	}
}

func TestWhatWasCommittedBeforeAnErrorStaysAndTheNextImportGoesOn(t *testing.T) {
	s := newStage(t)
	var items []importer.Item
	for n := range 600 {
		items = append(items, item(n, ""))
	}
	if _, err := s.Run(t.Context(), broken{items}); err != io.ErrUnexpectedEOF || len(s.keeper.posts) != 500 {
		t.Errorf("%d posts (%v)", len(s.keeper.posts), err)
	}
	if tally := s.run(items...); tally.Posts.New != 100 || tally.Posts.Known != 500 {
		t.Errorf("got %+v", tally)
	}
}

func TestAnImportEndsWithItsContext(t *testing.T) {
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Run(ctx, source{item(1, s.file(s.from, "a", png))}); err != context.Canceled || len(s.keeper.posts) != 0 {
		t.Errorf("%d posts (%v)", len(s.keeper.posts), err)
	}
}
