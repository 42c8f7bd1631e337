//go:build sqlite

package export_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lama/archive"
	"lama/disk"
	"lama/importer"
	"lama/importer/export"
	"lama/stages"
	"lama/store"
	"lama/store/storetest"
)

// large is an export that takes several commits: posts of which some have pictures, boosts, and likes.
func large(t *testing.T) string {
	f := files{"actor.json": sample()["actor.json"]}
	const public = `"to":["https://www.w3.org/ns/activitystreams#Public"]`
	var items []string
	for n := range 1200 {
		uri := fmt.Sprintf("https://home.example/users/ana/statuses/%d", 1000+n)
		switch {
		case n%7 == 3:
			items = append(items, fmt.Sprintf(`{"id":"%s/activity","type":"Announce",%s,"object":"https://far.example/users/bo/statuses/%d"}`, uri, public, n))
		case n%10 == 0:
			name := fmt.Sprintf("media_attachments/files/%d/original/a.png", n+1)
			f[name] = dot(t, n/20) // each twice
			items = append(items, fmt.Sprintf(`{"type":"Create",%s,"object":{"id":%q,"published":"2022-11-19T11:49:52Z","content":"%d","attachment":{"mediaType":"image/png","url":"/%s"}}}`,
				public, uri, n, name))
		default:
			items = append(items, fmt.Sprintf(`{"type":"Create",%s,"object":{"id":%q,"published":"2022-11-19T11:49:52Z","content":"%d"}}`, public, uri, n))
		}
	}
	f["outbox.json"] = outboxOf(items...)
	f["likes.json"] = outboxOf(`"https://far.example/users/bo/statuses/1"`, `"https://home.example/users/ana/statuses/1001"`)
	return zipOf(t, f)
}

// dot is a picture of one colour.
func dot(t *testing.T, n int) string {
	var b bytes.Buffer
	i := image.NewGray(image.Rect(0, 0, 1, 1))
	i.Set(0, 0, color.Gray{uint8(n)})
	must(t, png.Encode(&b, i))
	return b.String()
}

// home is an archive in a folder of its own.
type home struct {
	data, url string
	store     *store.Store
}

func newHome(t *testing.T) home {
	schema, err := os.ReadFile("../../schema.sql")
	must(t, err)
	h := home{data: t.TempDir()}
	h.url = "sqlite:" + filepath.Join(h.data, "lama.db")
	h.store, err = store.Open(t.Context(), store.Options{URL: h.url, Schema: string(schema)})
	must(t, err)
	t.Cleanup(h.store.Close)
	return h
}

var ana = archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}

// run imports an export; what it is killed by stands in the archive's place.
func (h home) run(t *testing.T, file string, with func(*store.Store) importer.Archive) (importer.Tally, error) {
	t.Helper()
	must(t, h.store.Begin(t.Context(), store.Rules{Accounts: []archive.Account{ana}, Own: true, Others: true, JSON: true}, nil))
	folder, err := disk.Open(h.data)
	must(t, err)
	defer folder.Close()
	e, err := export.Open(t.Context(), file, export.Options{Account: ana})
	must(t, err)
	defer e.Close()
	e.Served = true
	im := importer.Importer{Archive: with(h.store), Folder: folder,
		Recurse: stages.Recurse{Own: func(string) bool { return true }, DownloadOwn: true, DownloadOthers: true, Now: time.Now}}
	return im.Run(t.Context(), e.Source(stages.View{Account: ana, Reblogs: true}))
}

// killed is an archive that takes so many commits; of the one after these the import does not live to hear.
type killed struct {
	*store.Store
	left  int
	after bool // that one is made
}

var errKilled = errors.New("killed")

func (k *killed) Commit(ctx context.Context, batches []archive.Batch) (archive.Result, error) {
	if k.left--; k.left >= 0 {
		return k.Store.Commit(ctx, batches)
	}
	if k.after {
		if _, err := k.Store.Commit(ctx, batches); err != nil {
			return archive.Result{}, err
		}
	}
	return archive.Result{}, errKilled
}

func whole(s *store.Store) importer.Archive { return s }

// An import that was killed, wherever that was, is gone on with by the next: what comes of both is what comes of one.
func TestAKilledImportIsResumed(t *testing.T) {
	file := large(t)
	undisturbed := newHome(t)
	tally, err := undisturbed.run(t, file, whole)
	must(t, err)
	if tally.Posts.New != 1029 || tally.Claims != 173 || tally.Files.New+tally.Files.Known != 103 || tally.Refused > 0 {
		t.Errorf("got %+v", tally)
	}
	want := storetest.Dump(t, undisturbed.url, undisturbed.data)
	for commits := range 2 {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %d commits, the next one made: %t", commits, after), func(t *testing.T) {
				h := newHome(t)
				_, err := h.run(t, file, func(s *store.Store) importer.Archive { return &killed{s, commits, after} })
				if !errors.Is(err, errKilled) {
					t.Fatalf("error %v", err)
				}
				_, err = h.run(t, file, whole)
				must(t, err)
				if diff := storetest.Differ(want, storetest.Dump(t, h.url, h.data)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// Whoever imports again gets nothing twice.
func TestAnImportMadeAgainChangesNothing(t *testing.T) {
	file, h := large(t), newHome(t)
	_, err := h.run(t, file, whole)
	must(t, err)
	want := storetest.Dump(t, h.url, h.data)
	tally, err := h.run(t, file, whole)
	must(t, err)
	if tally.Posts.New+tally.Posts.Better+tally.Files.New > 0 || tally.Posts.Known != 1029 || tally.Files.Known != 103 {
		t.Errorf("got %+v", tally)
	}
	if diff := storetest.Differ(want, storetest.Dump(t, h.url, h.data)); diff != "" {
		t.Error(diff)
	}
}
