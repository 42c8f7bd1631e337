package stages_test

import (
	"context"
	"fmt"
	"slices"
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

// Many hosts' files come side by side: as many of each host as it is allowed, and no more than are allowed in all.
func TestDownloadsOfManyHosts(t *testing.T) {
	for hosts, want := range map[int]int{1: mediaWidth, 3: 3 * mediaWidth, 5: mediaAll} {
		synctest.Test(t, func(t *testing.T) {
			w := newOverlap(t)
			for n := range hosts - 1 {
				w.files(w.world.Instance(fmt.Sprintf("files%d.example", n), mastodontest.Mastodon42, mastodontest.PlainHTTP))
			}
			gate := w.world.Hold(func(r mastodontest.Request) bool { return r.Media })
			ended := make(chan error)
			go func() { ended <- w.run(t.Context()) }()
			synctest.Wait()
			if gate.Held() != want {
				t.Errorf("%d downloads from %d hosts are in flight, want %d", gate.Held(), hosts, want)
			}
			gate.Release()
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			for _, i := range w.world.Instances() {
				if got := i.MediaFlight().Max; got < 1 || got > mediaWidth {
					t.Errorf("%d downloads from %s were in flight, want at most %d", got, i.Host(), mediaWidth)
				}
			}
			if len(w.pending) != 0 {
				t.Errorf("%d tasks are left", len(w.pending))
			}
		})
	}
}

const (
	apiWidth   = 4
	mediaWidth = 2 // of one host
	mediaAll   = 8 // of all hosts
)

// overlap is a server with posts, and the tasks of asking for each of them and its file.
type overlap struct {
	world   *mastodontest.World
	home    *mastodontest.Instance
	ana     *mastodontest.Person
	network *mastodontest.Memory
	folder  *disk.Folder
	lanes   []archive.Lane

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
	for _, post := range w.files(w.home) {
		w.add(archive.Task{Lane: archive.Lane{Kind: archive.TaskPosts, Owner: "ana@social.example"},
			Wants: []archive.Want{{Account: "ana@social.example", Name: archive.IDName("social.example", w.home.ID(post))}}})
	}
	return w
}

// files makes posts of ana's and the tasks of asking a host for their files.
func (w *overlap) files(i *mastodontest.Instance) (posts []*mastodontest.Post) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 20 {
		post := w.ana.Post(at.Add(time.Duration(n)*time.Hour), mastodontest.Draft{Text: fmt.Sprint("post ", n)})
		posts = append(posts, post)
		address := fmt.Sprintf("%s/system/media_attachments/files/%d/original/x.png", i.BaseURL(), n)
		w.add(archive.Task{Lane: archive.Lane{Kind: archive.TaskMedia, Owner: i.Host()}, Media: &archive.Media{
			PostURI: post.URI(), PostID: w.home.ID(post), Author: "ana@social.example", CreatedAt: archive.At(at),
			Attachment: archive.Attachment{URL: address, Type: "image"}}})
	}
	return posts
}

// add lets a task be pending, in a lane that will be ready.
func (w *overlap) add(t archive.Task) {
	w.pending[t.Keys()[0]] = t
	if !slices.Contains(w.lanes, t.Lane) {
		w.lanes = append(w.lanes, t.Lane)
	}
}

func (w *overlap) Occupied(_ context.Context, lanes []archive.Lane) ([]archive.Lane, error) {
	return lanes, nil
}

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

func (w *overlap) write(_ context.Context, batches []archive.Batch) (result archive.Result, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range batches {
		for _, k := range b.Keys {
			delete(w.pending, k)
		}
		result.Settled = append(result.Settled, archive.Settled{Lane: b.Lane, Keys: b.Keys})
	}
	return result, nil
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
	ready <- w.lanes
	close(ready)
	defer client.CloseIdleConnections()
	return pipeline.Run(ctx, pipeline.Options{Source: w, Gate: w, Pages: 8, Media: mediaAll, CPU: 2, Writers: 2}, pipeline.Stages{
		Page: page.Fetch, Normalize: normalize.Normalize, Recurse: recurse.Recurse, Media: media.Fetch, Write: w.write,
		Prepare:  func(_ context.Context, b archive.Batch) (archive.Batch, error) { return b, nil },
		Announce: func([]archive.Batch) {},
	}, ready)
}
