package stages_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lama/archive"
	"lama/disk"
	"lama/mastodon"
	"lama/mastodon/mastodontest"
	"lama/pipeline"
	"lama/stages"
)

// The stages overlap: while every answer is held back, as many requests are in flight as are allowed, of the API
// and of media at once; and never more until the end.
func TestTheStagesOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newOverlap(t)
		gate := w.world.Hold(nil)
		ended := make(chan error)
		go func() { ended <- w.run(t.Context()) }()
		synctest.Wait()
		if got := w.ana.Flight().Now; got != apiWidth {
			t.Errorf("%d requests of the API are in flight, want %d", got, apiWidth)
		}
		if got := w.home.MediaFlight().Now; got != mediaWidth {
			t.Errorf("%d downloads are in flight, want %d", got, mediaWidth)
		}
		gate.Release()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if api, media := w.ana.Flight().Max, w.home.MediaFlight().Max; api != apiWidth || media != mediaWidth {
			t.Errorf("at most %d and %d were in flight, want %d and %d", api, media, apiWidth, mediaWidth)
		}
		if len(w.pending) != 0 {
			t.Errorf("%d tasks are left", len(w.pending))
		}
	})
}

const (
	apiWidth   = 4
	mediaWidth = 2
)

// overlap is a server with posts, and the tasks of asking for each of them and its file.
type overlap struct {
	world   *mastodontest.World
	home    *mastodontest.Instance
	ana     *mastodontest.Person
	network *mastodontest.Memory
	folder  *disk.Folder

	mu      sync.Mutex
	pending map[string]archive.Task
}

func newOverlap(t *testing.T) *overlap {
	w := &overlap{world: mastodontest.New(), pending: map[string]archive.Task{}}
	w.home = w.world.Instance("social.example", mastodontest.Mastodon42, mastodontest.PlainHTTP)
	w.ana = w.home.Person("ana")
	w.network = mastodontest.ServeMemory(w.world)
	t.Cleanup(w.network.Close)
	folder, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	w.folder = folder
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 20 {
		post := w.ana.Post(at.Add(time.Duration(n)*time.Hour), mastodontest.Draft{Text: fmt.Sprint("post ", n)})
		w.add(archive.Task{Lane: archive.Lane{Kind: archive.TaskPosts, Owner: "ana@social.example"},
			Wants: []archive.Want{{Account: "ana@social.example", Name: archive.IDName("social.example", w.home.ID(post))}}})
		w.add(archive.Task{Lane: archive.Lane{Kind: archive.TaskMedia, Owner: "social.example"}, Media: &archive.Media{
			PostURI: post.URI(), PostID: w.home.ID(post), Author: "ana@social.example", CreatedAt: archive.At(at),
			Attachment: archive.Attachment{URL: w.home.BaseURL() + fmt.Sprintf("/system/media_attachments/files/%d/original/x.png", n), Type: "image"}}})
	}
	return w
}

func (w *overlap) add(t archive.Task) { w.pending[t.Keys()[0]] = t }

// Pending implements [pipeline.Source].
func (w *overlap) Pending(_ context.Context, lane archive.Lane, limit int) (tasks []archive.Task, _ time.Time, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.pending {
		if t.Lane == lane && len(tasks) < limit {
			tasks = append(tasks, t)
		}
	}
	return tasks, time.Time{}, nil
}

// Admit, Width and Batch implement [pipeline.Gate].
func (w *overlap) Admit(archive.Task) (bool, time.Time) { return true, time.Time{} }

// Width is wider for the API than for a host.
func (w *overlap) Width(l archive.Lane) int {
	if l.Kind == archive.TaskMedia {
		return mediaWidth
	}
	return apiWidth
}

// Batch asks for one post at a time.
func (w *overlap) Batch(archive.Lane) int  { return 1 }
func (w *overlap) Above(archive.Want) bool { return false }

func (w *overlap) write(_ context.Context, batches []archive.Batch) (settled []archive.Settled, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range batches {
		for _, k := range b.Keys {
			delete(w.pending, k)
		}
		settled = append(settled, archive.Settled{Lane: b.Lane, Keys: b.Keys})
	}
	return settled, nil
}

func (w *overlap) run(ctx context.Context) error {
	client := w.network.Client()
	session := stages.Session{Account: w.ana.Account(), Client: mastodon.New(mastodon.Options{
		BaseURL: w.home.BaseURL(), Token: w.ana.Token, HTTP: client, UserAgent: "test"})}
	retry := stages.Retry{Now: time.Now}
	page := stages.Page{Session: func(string) stages.Session { return session }, Retry: retry}
	media := stages.Media{HTTP: client, Folder: w.folder, Now: time.Now,
		Known: func(context.Context, string) (archive.File, bool, error) { return archive.File{}, false, nil }}
	normalize := stages.Normalizer{View: func(string) stages.View { return stages.View{Account: session.Account} }}
	recurse := stages.Recurse{Own: func(string) bool { return false }, Now: time.Now}
	ready := make(chan []archive.Lane, 1)
	ready <- []archive.Lane{{Kind: archive.TaskPosts, Owner: "ana@social.example"}, {Kind: archive.TaskMedia, Owner: "social.example"}}
	close(ready)
	defer client.CloseIdleConnections()
	return pipeline.Run(ctx, pipeline.Options{Source: w, Gate: w, Pages: 8, Media: 8, CPU: 2, Writers: 2}, pipeline.Stages{
		Page: page.Fetch, Normalize: normalize.Normalize, Recurse: recurse.Recurse, Media: media.Fetch, Write: w.write,
	}, ready)
}
