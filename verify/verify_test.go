package verify_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lama/archive"
	"lama/disk"
	"lama/verify"
)

// rows are those of an archive in memory, in the order of their keys. No more is read of them at once than is asked for.
type rows struct {
	files   []archive.File
	pending []archive.Media
	written []archive.Unwritten
	asked   []string
	most    int // of a page that was asked for
}

func (r *rows) VerifySchema(context.Context, bool, bool, func(archive.Damage)) (bool, error) {
	return true, nil
}

func (r *rows) VerifyReferences(context.Context, []archive.Account, bool, func(archive.Damage)) error {
	return nil
}

func (r *rows) VerifyIndex(context.Context, bool, bool, func(archive.Damage)) error { return nil }

func (r *rows) Holdings(context.Context) (archive.Holdings, error) {
	return archive.Holdings{Rows: 1, Files: int64(len(r.files)), JSON: int64(len(r.written))}, nil
}

// page is what follows the row that is the last one already read.
func page[T any](r *rows, all []T, read func(T) bool, limit int) []T {
	r.most = max(r.most, limit)
	from := slices.IndexFunc(all, func(x T) bool { return !read(x) })
	if from < 0 {
		return nil
	}
	return all[from:min(len(all), from+limit)]
}

func (r *rows) Files(_ context.Context, after string, limit int) ([]archive.File, error) {
	return page(r, r.files, func(f archive.File) bool { return f.SHA256 <= after }, limit), nil
}

func (r *rows) FilesAt(_ context.Context, paths []string) (known []string, err error) {
	r.most = max(r.most, len(paths))
	for _, f := range r.files {
		if slices.Contains(paths, f.Path) {
			known = append(known, f.Path)
		}
	}
	return known, nil
}

func (r *rows) KnownFile(_ context.Context, sum string) (archive.File, bool, error) {
	i := slices.IndexFunc(r.files, func(f archive.File) bool { return f.SHA256 == sum })
	if i < 0 {
		return archive.File{}, false, nil
	}
	return r.files[i], true, nil
}

func (r *rows) PendingFiles(_ context.Context, after archive.Media, limit int) ([]archive.Media, error) {
	return page(r, r.pending, func(m archive.Media) bool { return m.PostURI <= after.PostURI }, limit), nil
}

func (r *rows) Filed(_ context.Context, after int64, limit int) ([]archive.Unwritten, error) {
	return page(r, r.written, func(u archive.Unwritten) bool { return u.ID <= after }, limit), nil
}

func (r *rows) Placed(ctx context.Context, after int64, limit int) ([]archive.Unwritten, error) {
	return r.Filed(ctx, after, limit)
}

func (r *rows) Refetch(_ context.Context, sums []string) (map[string]int, error) {
	r.asked = append(r.asked, sums...)
	return map[string]int{}, nil
}

func (r *rows) Returned(context.Context, []string) error { return nil }

func (r *rows) Unwrite(context.Context, []int64) error { return nil }

// bench is an archive of many files, a few pages of each kind.
type bench struct {
	verify.Verifier
	rows *rows
	dir  string
	got  []string
}

const many = 450 // more than two pages

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{dir: t.TempDir(), rows: &rows{}}
	folder, err := disk.View(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	ana := archive.Account{User: "ana", Instance: "home.example"}
	b.Verifier = verify.Verifier{Rows: b.rows, Folder: folder, Accounts: []archive.Account{ana},
		Found: func(d archive.Damage) { b.got = append(b.got, d.Where+": "+d.What) }}
	for n := range many {
		content, path := fmt.Sprint("picture ", n), fmt.Sprintf("media/h/a/2024/01/a_%d_00.png", n)
		b.put(t, path, content)
		b.rows.files = append(b.rows.files, archive.File{SHA256: sum(content), Size: int64(len(content)), Path: path})
		id := fmt.Sprint(n)
		b.put(t, jsonPath(n), "{}\n")
		b.rows.written = append(b.rows.written, archive.Unwritten{ID: int64(n + 1), Hash: "h", JSON: []byte("{}"), Author: "bo",
			Activity: archive.Activity{Account: ana.Name(), Base: archive.BaseFavourite, ID: id}})
	}
	slices.SortFunc(b.rows.files, func(a, b archive.File) int { return strings.Compare(a.SHA256, b.SHA256) })
	return b
}

func jsonPath(n int) string {
	return fmt.Sprintf("json/ana_homeexample/favourites/0000/00/bo_%d.json", n)
}

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

func (b *bench) put(t *testing.T, path, content string) {
	t.Helper()
	path = filepath.Join(b.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) expect(t *testing.T, want ...string) verify.Tally {
	t.Helper()
	b.got = nil
	tally, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(b.got)
	slices.Sort(want)
	if d := cmp.Diff(want, b.got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if tally.Damaged != len(want) || tally.Files != many || tally.JSON != many {
		t.Errorf("%+v", tally)
	}
	return tally
}

func TestAllPagesAreCompared(t *testing.T) {
	b := newBench(t)
	b.expect(t)
	if b.rows.most > 1000 {
		t.Errorf("%d rows were read at once", b.rows.most)
	}
	var want []string
	for _, f := range []archive.File{b.rows.files[0], b.rows.files[many/2], b.rows.files[many-1]} {
		b.put(t, f.Path, strings.Repeat("x", int(f.Size)))
		want = append(want, f.Path+": its content is not what was saved (sha256 "+f.SHA256+")")
	}
	for _, n := range []int{0, many / 2, many - 1} {
		b.put(t, jsonPath(n), "{")
		want = append(want, jsonPath(n)+": it has 1 bytes, and should have 3")
	}
	b.expect(t, want...)
}

// More strays than are looked up at once, in folders of any size, with those that are none.
func TestAllStraysAreFound(t *testing.T) {
	b := newBench(t)
	var want []string
	for n := range 1100 {
		path := fmt.Sprintf("media/strays/%d.png", n)
		b.put(t, path, fmt.Sprint("stray ", n))
		want = append(want, path+": no row tells of this file")
	}
	b.put(t, "json/ana_homeexample/favourites/0000/00/bo_x.json", "{}")
	b.put(t, "copy.png", "picture 7") // of what only media may hold
	b.put(t, "media/copy.png", "picture 7")
	b.put(t, "lama.db", "")
	b.put(t, "media/.DS_Store", "")
	b.put(t, "media/h/a/2024/02/.lama-X.tmp", "half a picture")
	b.put(t, "media/bo/bo/2024/03/bo_1_00~0123abcd.png", "downloaded, and then killed")
	b.rows.pending = []archive.Media{{PostURI: "1", PostID: "1", Author: "bo@bo", CreatedAt: archive.ParseTime("2024-03-01")}}
	b.Own = []string{"lama.db"}
	b.expect(t, append(want, "json/ana_homeexample/favourites/0000/00/bo_x.json: no row tells of this file",
		"copy.png: no row tells of this file",
		"media/copy.png: no row tells of this file, which is a copy of media/h/a/2024/01/a_7_00.png")...)

	b.Legacy = true // they may all be of LAMA 1.x
	if tally := b.expect(t); tally.Legacy != int64(len(want))+3 {
		t.Errorf("%+v", tally)
	}
}

// The JSON file of an activity whose post's row is lost is not called a stray: it may be the last copy.
func TestTheLastCopyIsNoStray(t *testing.T) {
	b := newBench(t)
	for n := range b.rows.written {
		b.rows.written[n].Hash, b.rows.written[n].Author = "", ""
	}
	b.Accounts = nil // so that the files are not compared
	b.got = nil
	if _, err := b.Run(t.Context()); err != nil || len(b.got) > 0 {
		t.Errorf("%v, %v", err, b.got)
	}
}

// What can't be replaced where it lies is not asked for again, and is told.
func TestWhatIsInTheWay(t *testing.T) {
	b := newBench(t)
	b.Repair, b.Rewrite = true, func(context.Context) error { return nil }
	path := b.rows.files[3].Path
	if err := os.Remove(filepath.Join(b.dir, path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(b.dir, path), 0o700); err != nil {
		t.Fatal(err)
	}
	b.expect(t, path+": it is no file (sha256 "+b.rows.files[3].SHA256+")")
	if len(b.rows.asked) > 0 {
		t.Errorf("asked for again: %v", b.rows.asked)
	}
}

func TestAnInterruptedVerificationEnds(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.Progress = func(p verify.Progress) {
		if p.Step == "media" {
			cancel()
		}
	}
	if tally, err := b.Run(ctx); err == nil || tally.Files > 1 {
		t.Errorf("%+v, %v", tally, err)
	}
}
